"""Keeps addresses of people who want to hear more. Called by an HTTP API (payload 2.0), a load balancer, or directly with {"email": ...}."""
import base64
import hashlib
import json
import os
import re
import time

import boto3
from botocore.config import Config

MAX_BODY = 1024  # bytes; an address has at most 254
ADDRESS = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
# Three tries of at most 2 s fit into the function's timeout.
table = boto3.client(
    "dynamodb",
    region_name=os.environ["TABLE_REGION"],
    config=Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 3, "mode": "standard"}),
)


class Refused(Exception):
    def __init__(self, status, error):
        super().__init__(error)
        self.status, self.error = status, error


def handler(event, context):
    try:
        address = address_of(event)
    except Refused as refused:
        print(json.dumps({"event": "signup_refused", "status": refused.status, "error": refused.error}))
        return answer(refused.status, {"error": refused.error})
    # The address itself stays out of the log; the digest tells deliveries of one address apart.
    digest = hashlib.sha256(address.encode()).hexdigest()[:10]
    print(json.dumps({"event": "signup", "new": keep(address), "address": digest}))
    # The same answer for a known address: nobody can find out by asking who has signed up.
    return answer(200, {"status": "ok"})


def address_of(event):
    if not isinstance(event, dict):
        raise Refused(400, "expected an object")
    given = body_of(event) if "requestContext" in event else event
    address = given.get("email") if isinstance(given, dict) else None
    if not isinstance(address, str):
        raise Refused(400, "email is missing")
    address = address.strip(" \t\r\n")
    # Checked before lower-casing: some characters outside ASCII become ASCII by it.
    if not address.isascii() or not ADDRESS.fullmatch(address.lower()):
        raise Refused(400, "email is not a valid address")
    return address.lower()


def body_of(event):
    request = event["requestContext"] or {}
    method = event.get("httpMethod") or request.get("http", {}).get("method")
    if method != "POST":
        raise Refused(405, "use POST")
    body = event.get("body") or ""
    if len(body) > MAX_BODY * 2:
        raise Refused(413, "body is too large")
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
        if len(raw) > MAX_BODY:
            raise Refused(413, "body is too large")
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused(400, "body is not JSON") from None


def keep(address):
    """Whether the address is new; a repeated delivery leaves the first record as it is."""
    try:
        table.put_item(
            TableName=os.environ["TABLE_NAME"],
            Item={"email": {"S": address}, "signed_up_at": {"N": str(int(time.time()))}},
            ConditionExpression="attribute_not_exists(email)",
        )
        return True
    except table.exceptions.ConditionalCheckFailedException:
        return False


def answer(status, body):
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    if status == 405:
        headers["allow"] = "POST"
    return {"statusCode": status, "headers": headers, "body": json.dumps(body), "isBase64Encoded": False}
