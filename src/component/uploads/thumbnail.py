"""Thumbnails: scales 8-bit PNG down, takes the preview that cameras embed in JPEG."""
import json
import os
import zlib
from struct import error as Short, pack, unpack_from

import boto3

SIDE = 256  # pixels of the longer side
MOST = 32 * 2**20  # bytes of a file, and of its pixels
s3, BUCKET = boto3.client("s3"), os.environ["BUCKET"]


def handler(event, context):
    key = event["detail"]["object"]["key"]
    print(json.dumps({"key": key, "outcome": make(key)}))


def make(key):
    if not key.startswith("uploads/"):
        return "skipped: no upload"
    try:
        source = s3.get_object(Bucket=BUCKET, Key=key)
    except s3.exceptions.NoSuchKey:
        return "skipped: gone"
    if source["ContentLength"] > MOST:
        return "skipped: too large"
    target, etag = "thumbnails/" + key, source["ETag"].strip('"')
    try:
        if s3.head_object(Bucket=BUCKET, Key=target)["Metadata"].get("source-etag") == etag:
            return "unchanged"
    except s3.exceptions.ClientError:
        pass  # none yet; trouble shows in the put
    try:
        data = source["Body"].read()
        body, kind = (png(data), "image/png") if data[:4] == b"\x89PNG" else (jpeg(data), "image/jpeg")
    except (ValueError, IndexError, KeyError, Short, zlib.error) as error:
        return f"skipped: {error}"
    s3.put_object(Bucket=BUCKET, Key=target, Body=body, ContentType=kind, Metadata={"source-etag": etag})
    return "made"


def png(data):
    parts, at = bytearray(), 8
    while at < len(data):
        size, name = unpack_from(">I4s", data, at)
        at += 8
        if name == b"IDAT":
            parts += data[at : at + size]
        at += size + 4
    w, h, depth, color, *_, laced = unpack_from(">II5B", data, 16)
    n = {0: 1, 2: 3, 4: 2, 6: 4}.get(color, 0)
    line = w * n + 1
    if depth != 8 or laced or not 0 < w * h * n <= MOST:
        raise ValueError("unknown kind of PNG, or too large")
    raw = zlib.decompressobj().decompress(parts, line * h)
    step = -(-max(w, h) // SIDE)
    xs = range(0, w, step)
    row, out = bytes(line), b""
    for y in range(h):
        at = y * line
        row = unfilter(raw[at], bytearray(raw[at + 1 : at + line]), row, n)
        if y % step == 0:
            sums = [0] * (len(xs) * n)
        for i in range(len(sums)):
            at = xs[i // n] * n
            sums[i] += sum(row[at + i % n : at + step * n : n])
        if y % step == step - 1 or y == h - 1:
            rows = y % step + 1
            out += b"\0" + bytes(s // rows // min(step, w - xs[i // n]) for i, s in enumerate(sums))
    head = pack(">II5B", len(xs), -(-h // step), 8, color, 0, 0, 0)
    return data[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(out)) + chunk(b"IEND", b"")


def chunk(name, data):
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))


def unfilter(kind, row, up, n):
    for i in range(len(row) if kind else 0):
        a, b, c = (row[i - n], up[i], up[i - n]) if i >= n else (0, up[i], 0)
        if kind == 4:
            p, q, r = abs(b - c), abs(a - c), abs(a + b - 2 * c)
            a = a if p <= q and p <= r else b if q <= r else c
        row[i] = (row[i] + (0, a, b, (a + b) // 2, a)[kind]) & 255
    return row


def jpeg(data):
    at = 2
    while data[:2] == b"\xff\xd8" and data[at + 1] != 0xDA:
        size = unpack_from(">H", data, at + 2)[0]
        if data[at + 4 : at + 8] == b"Exif":
            return preview(data[at + 10 : at + 2 + size])
        at += 2 + size
    raise ValueError("no PNG, no JPEG with preview")


def preview(tiff):
    end = "<" if tiff[:2] == b"II" else ">"
    number = lambda form, at: unpack_from(end + form, tiff, at)[0]
    first = number("I", 4)
    second = number("I", first + 2 + 12 * number("H", first))
    tags = range(second + 2, second + 2 + 12 * number("H", second), 12)
    where = {number("H", at): number("I", at + 8) for at in tags}
    image = tiff[where[0x201] : where[0x201] + where[0x202]]
    if image[:2] != b"\xff\xd8":
        raise ValueError("bad preview")
    return image
