"""parliament over every IAM policy document of `template…`, of identities and of resources, as JSON lines."""

import json
from pathlib import Path

import parliament

from findings import files, report
from literals import literal, template


def documents(node, path):
    if isinstance(node, dict):
        if isinstance(node.get("Statement"), (list, dict)):
            yield path, node
        else:
            for key, value in node.items():
                yield from documents(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from documents(value, f"{path}/{index}")


def completed(document, path):
    """Trust and key policies speak of their own role or key: they name no resource, or "*"; parliament wants it named."""
    itself = "arn:aws:kms:us-east-1:123456789012:key/k" if "KeyPolicy" in path else "arn:aws:iam::123456789012:role/r"
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    trust = "AssumeRolePolicy" in path or "KeyPolicy" in path
    return {**document, "Statement": [{**one, "Resource": itself} if trust else one for one in statements]}


def main():
    judged = 0
    for file in files():
        for name, resource in template(file).get("Resources", {}).items():
            if resource["Type"].startswith("AWS::WAFv2::"):
                continue  # a firewall's rules have statements, too, and are no policies
            for path, document in documents(resource.get("Properties", {}), name):
                judged += 1
                policy = parliament.analyze_policy_string(json.dumps(completed(literal(file, document), path)))
                for found in policy.findings:
                    report("parliament", found.issue, file, path, f"{found.detail} {Path(file).name}")
    report("parliament", "JUDGED", "", "", judged)


main()
