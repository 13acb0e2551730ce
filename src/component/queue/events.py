"""Writes each event of the queue into the journal, once, however often it is delivered. What does not read ends in the dead-letter queue."""
import json
import os
import re
import time

import boto3

TYPE = re.compile(r"[a-z][a-z0-9._-]{0,63}")
ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
MAX_BYTES = 262_144  # an item of DynamoDB has at most 400 KB
DAY = 86_400
journal = boto3.client("dynamodb")


class Malformed(Exception):
    pass


def handler(event, context):
    failures = []
    for record in event["Records"]:
        message = record["messageId"]
        try:
            log(message, **take(record))
        except Exception as error:  # Whatever happens to one message, the others of the batch go on.
            log(message, outcome="failed", error=type(error).__name__, about=str(error)[:200])
            failures.append({"itemIdentifier": message})
    return {"batchItemFailures": failures}


def take(record):
    happened = read(record.get("body"))
    now = int(time.time())
    item = {
        "id": {"S": happened["id"]},
        "type": {"S": happened["type"]},
        "event": {"S": json.dumps(happened, separators=(",", ":"))},
        "recorded_at": {"N": str(now)},
        "expires_at": {"N": str(now + int(os.environ["KEEP_DAYS"]) * DAY)},
    }
    outcome = "recorded"
    try:
        journal.put_item(TableName=os.environ["TABLE_NAME"], Item=item, ConditionExpression="attribute_not_exists(id)")
    except journal.exceptions.ConditionalCheckFailedException:
        outcome = "repeated"
    return {"outcome": outcome, "type": happened["type"], "id": happened["id"]}


def read(body):
    if not isinstance(body, str) or len(body.encode()) > MAX_BYTES:
        raise Malformed(f"the body is not text of at most {MAX_BYTES} bytes")
    try:
        happened = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    if not isinstance(happened, dict):
        raise Malformed("the body is not an object")
    for name, pattern in (("type", TYPE), ("id", ID)):
        value = happened.get(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Malformed(f"{name} does not match {pattern.pattern}")
    return happened


def log(message, **fields):
    print(json.dumps({"message": message, **fields}))
