"""The thumbnail function: pictures really shrink, what is none is skipped, and a repeated event changes nothing."""

import struct
import unittest
import zlib

import fake

SOURCE = "uploads/thumbnail.py"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def paeth(a, b, c):
    return min((a, b, c), key=lambda value: abs(a + b - c - value))


def png(width, height, color, pixel, filters=(0,), depth=8, laced=0, pieces=1):
    """A PNG whose rows take the filters in turn; `pixel(x, y)` gives the channels."""
    n, up, raw = CHANNELS[color], [0] * width * CHANNELS[color], b""
    for y in range(height):
        row, kind = [value for x in range(width) for value in pixel(x, y)], filters[y % len(filters)]
        out = []
        for i, value in enumerate(row):
            a, b, c = row[i - n] if i >= n else 0, up[i], up[i - n] if i >= n else 0
            out.append((value - (0, a, b, (a + b) // 2, paeth(a, b, c))[kind]) % 256)
        raw, up = raw + bytes([kind, *out]), row
    data = zlib.compress(raw)
    cut = -(-len(data) // pieces)
    parts = b"".join(chunk(b"IDAT", data[at : at + cut]) for at in range(0, len(data), cut))
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, laced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"tEXt", b"Title\0x") + parts + chunk(b"IEND", b"")


def pixels(data):
    """Width, height, colour type and rows of a PNG without filters; checks every checksum."""
    at, body, head = 8, b"", None
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        part = data[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", data, at + 8 + size)[0] == zlib.crc32(name + part)
        head, body, at = part if name == b"IHDR" else head, body + part if name == b"IDAT" else body, at + 12 + size
    width, height, depth, color = struct.unpack_from(">IIBB", head)
    assert depth == 8 and name == b"IEND"
    raw, line = zlib.decompress(body), width * CHANNELS[color] + 1
    assert len(raw) == line * height and not any(raw[::line])
    return width, height, color, [list(raw[y * line + 1 : (y + 1) * line]) for y in range(height)]


def jpeg(preview, order="<", before=b""):
    base = {"<": b"II", ">": b"MM"}[order]
    second = 8 + 2 + 12 + 4
    start = second + 2 + 2 * 12 + 4
    tiff = base + struct.pack(order + "HI", 42, 8) + struct.pack(order + "HHHIII", 1, 0x0112, 3, 1, 1, second)
    tiff += struct.pack(order + "H", 2) + struct.pack(order + "HHII", 0x0201, 4, 1, start) + struct.pack(order + "HHIII", 0x0202, 4, 1, len(preview), 0)
    exif = b"Exif\0\0" + tiff + preview
    return b"\xff\xd8" + before + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + b"\xff\xda\0\2"


class Thumbnail(unittest.TestCase):
    def setUp(self):
        self.bucket = fake.Bucket()
        self.module = fake.load(SOURCE, self.bucket, BUCKET="the-bucket")

    def outcome(self, data, key="uploads/a b/picture", etag="e1"):
        if data is not None:
            self.bucket.objects[key] = (data, etag, {})
        _, logged = fake.call(self.module, {"detail": {"bucket": {"name": "the-bucket"}, "object": {"key": key}}})
        self.assertEqual(logged[0]["key"], key)
        return logged[0]["outcome"]

    def made(self, data):
        self.assertEqual(self.outcome(data), "made")
        return self.bucket.objects["thumbnails/uploads/a b/picture"]

    def test_source_fits_into_a_template(self):
        self.assertLessEqual(fake.size(SOURCE), fake.MOST)

    def test_every_filter_and_channel_count_reads_right(self):
        for color in (0, 2, 4, 6):
            pixel = lambda x, y: [(x * 37 + y * 91 + c * 53 + x * y) % 256 for c in range(CHANNELS[color])]
            data = png(19, 23, color, pixel, filters=(4, 1, 3, 2, 0), pieces=3)
            expected = [[value for x in range(19) for value in pixel(x, y)] for y in range(23)]
            self.assertEqual(pixels(self.made(data)[0]), (19, 23, color, expected))
            self.bucket.objects.clear()

    def test_large_pictures_shrink_to_the_mean_of_their_boxes(self):
        # 600 × 301 in boxes of 3 × 3: 200 × 101, the last row of boxes one pixel high.
        pixel = lambda x, y: [x // 3 % 256, y // 3, 30 * (x % 3)]
        width, height, color, rows = pixels(self.made(png(600, 301, 2, pixel, filters=(1, 2)))[0])
        self.assertEqual((width, height, color), (200, 101, 2))
        self.assertEqual([rows[7][i * 3 : i * 3 + 3] for i in (0, 150, 199)], [[0, 7, 30], [150, 7, 30], [199, 7, 30]])
        self.assertEqual(rows[100][:3], [0, 100, 30])

    def test_edges_of_one_column_keep_their_brightness(self):
        width, _, _, rows = pixels(self.made(png(513, 2, 0, lambda x, y: [200]))[0])
        self.assertEqual((width, set(rows[0])), (171, {200}))

    def test_the_preview_of_a_photograph_is_taken(self):
        preview = b"\xff\xd8 a small picture \xff\xd9"
        for order in "<>":
            app0 = b"\xff\xe0" + struct.pack(">H", 7) + b"JFIF\0"
            body, _, metadata = self.made(jpeg(preview, order, before=app0))
            self.assertEqual((body, metadata), (preview, {"source-etag": "e1"}))
            self.bucket.objects.clear()
        self.assertEqual({kind for _, kind in self.bucket.puts}, {"image/jpeg"})

    def test_a_repeated_event_changes_nothing_and_a_new_picture_does(self):
        data = png(2, 2, 0, lambda x, y: [x])
        self.made(data)
        self.assertEqual(self.outcome(data), "unchanged")
        self.assertEqual(len(self.bucket.puts), 1)
        self.assertEqual(self.outcome(data, etag="e2"), "made")

    def test_it_does_not_react_to_what_it_made(self):
        self.made(png(2, 2, 0, lambda x, y: [x]))
        self.assertIn("skipped", self.outcome(None, key="thumbnails/uploads/a b/picture"))
        self.assertEqual(len(self.bucket.puts), 1)

    def test_what_is_no_picture_or_too_large_is_skipped(self):
        good = png(9, 9, 6, lambda x, y: [x, y, 1, 2], filters=(4,))
        huge = good[:16] + struct.pack(">II", 100_000, 100_000) + good[24:]
        empty = good[:16] + struct.pack(">II", 0, 9) + good[24:]
        strange = png(2, 2, 0, lambda x, y: [1])
        strange = strange[:25] + b"\5" + strange[26:]
        bad_filter = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\x09\1"))
        bad = [b"", b"\x89PNG", b"\xff\xd8", b"\xff\xd8\xff\xda\0\2", b"GIF89a", b"text", good[:40], huge, empty, strange, bad_filter, b"\xff\xd8" + b"\0" * 99]
        bad += [png(2, 2, 3, lambda x, y: [1]), png(2, 2, 0, lambda x, y: [1], laced=1), png(2, 2, 0, lambda x, y: [1], depth=16)]
        bad += [jpeg(b"not a picture"), jpeg(b"\xff\xd8")[:30], good[:33] + chunk(b"IDAT", b"not zlib")]
        for data in bad:
            self.assertIn("skipped", self.outcome(data), data[:60])
        self.assertEqual(self.bucket.puts, [])
        self.assertIn("too large", self.outcome(b"x" * (self.module.MOST + 1)))

    def test_a_deleted_upload_is_skipped(self):
        self.assertIn("skipped", self.outcome(None))


if __name__ == "__main__":
    unittest.main()
