"""MiniStack, made stricter and wider: what it lacks is stubbed, and a GetAtt that AWS does not know is refused.

Alone it refuses a template with a type that it does not have, knows no create-only property of those types, and does not know every
attribute. Here every other type of AWS's schemas (cfn-lint carries them) is recorded without doing anything, create-only
properties replace, and an attribute answers a stand-in of its kind if, and only if, the type's schema has it.
The server ends when its standard input does, so that it never outlives the test that started it.
"""

import os
import re
import signal
import sys
import threading
import time
import uuid
from functools import lru_cache

from cfnlint.data.schemas.providers.us_east_1 import types as AWS_TYPES
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from ministack.services import secretsmanager, ssm
from ministack.services.cloudformation import provisioners

# MiniStack alone knows the images of one architecture only.
IMAGES = {
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64": "ami-0a2023c0ffee12345",
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id": "ami-0ec52023c0ffee123",
}
PREFIX = {"AWS::EC2::EIP": "eipalloc-", "AWS::EC2::NatGateway": "nat-", "AWS::EC2::FlowLog": "fl-"}
# What stands before the name in an ARN, where a template takes the ARN apart.
ARN_KIND = {"AWS::DAX::Cluster": "cache/"}


@lru_cache(None)
def schema(kind):
    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind)


@lru_cache(None)
def offered(kind):
    """The names that the type's schema offers to GetAtt, some of them patterns (`Outputs\\..*` of a nested stack)."""
    return list(schema(kind).get_atts) if kind in AWS_TYPES else [".*"]


def attribute_type(kind, name):
    node = schema(kind).schema
    for step in name.split("."):
        while "$ref" in node:
            node = schema(kind).schema["definitions"][node["$ref"].split("/")[-1]]
        node = node.get("properties", {}).get(step, {})
    return node.get("type", "string")


def attributes(known, kind, physical_id, properties):
    """Attributes that the schema has: as MiniStack knows them, else as stand-ins; no others. A plain dict: MiniStack copies it."""
    names, known = offered(kind), known or {}
    sound = {name: value for name, value in known.items() if any(re.fullmatch(pattern, name) for pattern in names)}
    plain = [name for name in names if re.fullmatch(r"[\w.]+", name)]
    return {**{name: stand_in(name, kind, physical_id, properties) for name in plain}, **sound}


def stand_in(name, kind, physical_id, properties):
    given = properties.get(name)
    if isinstance(given, (str, int)):
        return given
    match attribute_type(kind, name):
        case "integer" | "number": return 5432
        case "boolean": return True
        case "array": return [f"{physical_id}-{name}"]
    if name == "PublicIp":
        return "203.0.113.9"
    service = kind.split("::")[1].lower()
    return f"arn:aws:{service}:us-east-1:000000000000:{ARN_KIND.get(kind, '')}{physical_id}" if name.endswith("Arn") else f"{physical_id}-{name}".replace(".", "-")


def stub(kind):
    def create(logical_id, properties, stack_name):
        print(f"stub {kind} {stack_name}/{logical_id}", file=sys.stderr, flush=True)
        return PREFIX.get(kind, f"{stack_name}-{logical_id}-") + uuid.uuid4().hex[:17 if kind in PREFIX else 8], {}

    def update(physical_id, old, new, stack_name, logical_id=None):
        return physical_id, {}

    return {"create": create, "update": update, "delete": lambda physical_id, properties: None}


def strict(kind, handler):
    def wrapped(step, properties_at):
        inner = handler[step]

        def outer(*given, **named):
            physical_id, known = inner(*given, **named)[:2]
            return physical_id, attributes(known, kind, physical_id, given[properties_at])
        return outer
    for step, properties_at in (("create", 1), ("update", 2)):
        if step in handler:
            handler[step] = wrapped(step, properties_at)


def by_arn(handler):
    """Ref of a secret is its ARN at AWS; MiniStack answers, and keeps it under, its name."""
    create, update, delete = handler["create"], handler["update"], handler["delete"]

    def name(physical_id):
        return next((name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == physical_id), physical_id)

    def arn(answer):
        return secretsmanager._secrets[answer[0]]["ARN"], answer[1]
    handler["create"] = lambda logical_id, properties, stack_name: arn(create(logical_id, properties, stack_name))
    handler["update"] = lambda physical_id, *rest, **named: arn(update(name(physical_id), *rest, **named))
    handler["delete"] = lambda physical_id, properties: delete(name(physical_id), properties)


def with_math(handler):
    """Alarms on an expression over several metrics, which MiniStack refuses, are recorded without ever going off."""
    plain, recorded = dict(handler), stub("AWS::CloudWatch::Alarm")

    def step(name, properties_at):
        def either(*given, **named):
            return (recorded if "Metrics" in given[properties_at] else plain).get(name, recorded[name])(*given, **named)
        return either
    handler.update(create=step("create", 1), update=step("update", 2), delete=step("delete", 1))


class Replacing(dict):
    """Create-only properties: MiniStack's own table first, then AWS's schema of the type."""

    def get(self, kind, default=None):
        if kind not in self and kind in AWS_TYPES:
            paths = schema(kind).schema.get("createOnlyProperties", [])
            self[kind] = frozenset(path.split("/")[2] for path in paths if path.count("/") == 2)
        return super().get(kind, default)


def end_with_stdin():
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(2)
    os._exit(0)


def main():
    handlers = provisioners._RESOURCE_HANDLERS
    for kind in AWS_TYPES:
        if kind not in handlers and not kind.startswith("AWS::CloudFormation::"):
            handlers[kind] = stub(kind)
    by_arn(handlers["AWS::SecretsManager::Secret"])
    with_math(handlers["AWS::CloudWatch::Alarm"])
    for kind, handler in handlers.items():
        strict(kind, handler)
    provisioners._REPLACING_PROPERTIES = Replacing(provisioners._REPLACING_PROPERTIES)
    ssm._PUBLIC_AMI_PARAMETERS = {**ssm._PUBLIC_AMI_PARAMETERS, **IMAGES}
    threading.Thread(target=end_with_stdin, daemon=True).start()
    from ministack.app import main as serve
    serve()


main()
