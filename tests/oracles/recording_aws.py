#!/usr/bin/env python3
"""The AWS CLI as far as an ejected script asks it: it writes down each deployment and answers from what was deployed before."""

import json
import os
import re
import sys
from pathlib import Path

LOG = Path(os.environ["RECORDING"])
past = [json.loads(line) for line in LOG.read_text().splitlines()] if LOG.exists() else []
words = sys.argv[1:]
flags = {words[i]: words[i + 1] for i in range(2, len(words) - 1) if words[i].startswith("--") and not words[i + 1].startswith("--")}
verb = " ".join(words[:2])
name, region = flags.get("--stack-name"), flags["--region"]
stack = next((one for one in reversed(past) if one["verb"] == "cloudformation deploy" and (one["stack"], one["region"]) == (name, region)), None)


def fail(text):
    print(text, file=sys.stderr)
    sys.exit(254)


if verb == "cloudformation describe-stacks":
    if os.environ.get("DENIED"):
        fail("An error occurred (AccessDenied) when calling the DescribeStacks operation")
    if stack is None:
        fail(f"An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id {name} does not exist")
    kind, wanted = re.search(r"(Outputs|Parameters)\[\?\w+Key=='(\w+)'\]", flags["--query"]).groups()
    if kind == "Parameters":
        print(stack["parameters"].get(wanted, "None"))
    else:
        text = Path(stack["template"]).read_text()
        outputs = re.split(r'\nOutputs:\n|"Outputs":', text)[-1]
        print(f'{name}/"{wanted}"\\' if re.search(rf'(^  |"){wanted}"?:', outputs, re.M) else "None")
elif verb == "ssm get-parameter":
    print(os.environ.get("IMAGE", "ami-1"))
else:
    parameters = flags.get("--parameter-overrides")
    given = json.loads(Path(parameters.removeprefix("file://")).read_text()) if parameters else []
    tags = words[words.index("--tags") + 1:] if "--tags" in words else []
    entry = {
        "verb": verb, "stack": name, "region": region, "template": str(Path(flags.get("--template-file", ".")).resolve()),
        "parameters": {one["ParameterKey"]: one["ParameterValue"] for one in given}, "bucket": flags.get("--s3-bucket"),
        "tags": [tag for tag in tags if "=" in tag and not tag.startswith("--")],
        "capabilities": flags.get("--capabilities"),
    }
    with LOG.open("a") as log:
        log.write(json.dumps(entry) + "\n")
