"""What the functions' tests share: the sources as modules, with clients of AWS that live in memory. Needs nothing installed."""

import contextlib
import importlib.util
import io
import json
import os
import sys
import types
from pathlib import Path

COMPONENTS = Path(__file__).resolve().parents[2] / "src" / "component"
# Bytes of source that CloudFormation takes in a template.
MOST = 4096


class ClientError(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class ConditionalCheckFailed(ClientError):
    pass


class NoSuchKey(ClientError):
    pass


class Table:
    """DynamoDB with one table whose writes ask that the key is new."""

    exceptions = types.SimpleNamespace(ConditionalCheckFailedException=ConditionalCheckFailed)

    def __init__(self):
        self.items, self.down = {}, False

    def put_item(self, TableName, Item, ConditionExpression):
        assert TableName == "the-table"
        key = ConditionExpression.removeprefix("attribute_not_exists(").removesuffix(")")
        if self.down:
            raise ClientError("InternalServerError")
        if Item[key]["S"] in self.items:
            raise ConditionalCheckFailed("ConditionalCheckFailedException")
        self.items[Item[key]["S"]] = Item


class Bucket:
    """S3 with one bucket."""

    exceptions = types.SimpleNamespace(ClientError=ClientError, NoSuchKey=NoSuchKey)

    def __init__(self):
        self.objects, self.puts = {}, []

    def get_object(self, Bucket, Key):
        assert Bucket == "the-bucket"
        if Key not in self.objects:
            raise NoSuchKey("NoSuchKey")
        body, etag = self.objects[Key][:2]
        return {"Body": io.BytesIO(body), "ContentLength": len(body), "ETag": f'"{etag}"'}

    def head_object(self, Bucket, Key):
        if Key not in self.objects:
            raise ClientError("404")
        return {"Metadata": self.objects[Key][2]}

    def put_object(self, Bucket, Key, Body, ContentType, Metadata):
        self.puts.append((Key, ContentType))
        self.objects[Key] = (Body, "put", Metadata)


def load(path, client, **environment):
    """The source below src/component as a fresh module whose `boto3.client` gives this client."""
    boto3, config = types.ModuleType("boto3"), types.ModuleType("botocore.config")
    boto3.client = lambda service, **options: client
    config.Config = lambda **options: options
    sys.modules.update({"boto3": boto3, "botocore": types.ModuleType("botocore"), "botocore.config": config})
    os.environ.update(environment)
    spec = importlib.util.spec_from_file_location("function", COMPONENTS / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def call(module, event):
    """What the handler returns, and the lines that it logs, read as JSON."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        result = module.handler(event, None)
    return result, [json.loads(line) for line in out.getvalue().splitlines()]


def size(path):
    return (COMPONENTS / path).stat().st_size
