"""The scripts inside `template…` (user data, inline functions): do they parse? bash, shellcheck, Python, Node; JSON lines."""

import ast
import email
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from findings import files, report
from literals import literal, template
from node import node_program
from shell import shell

USER_DATA_LIMIT = 16 * 1024  # bytes before encoding, EC2 user guide

def user_data(file, at, source):
    if len(source.encode()) > USER_DATA_LIMIT:
        report("user-data", "TOO_LONG", file, at, f"{len(source.encode())} bytes, EC2 takes {USER_DATA_LIMIT}")
    if source.startswith("Content-Type: multipart/"):
        for part in email.message_from_string(source).walk():
            if not part.is_multipart():
                user_data(file, at, part.get_payload())
    elif source.startswith("#!"):
        shell(file, at, source)
        for path, _, inner in re.findall(r"cat > (\S+) <<'(\w+)'\n(#!/bin/bash\n.*?\n)\2\n", source, re.S):
            shell(file, f"{at}{path}", inner)
    elif source.startswith("#cloud-config"):
        try:
            written = (yaml.safe_load(source) or {}).get("write_files", [])
        except yaml.YAMLError as problem:
            return report("user-data", "CLOUD_CONFIG", file, at, problem)
        for one in written:
            if one.get("content", "").startswith("#!/bin/bash"):
                shell(file, f"{at}{one['path']}", one["content"])
    else:
        report("user-data", "UNKNOWN", file, at, f"starts with neither #! nor #cloud-config: {source[:40]!r}")

def python(file, at, source, handler):
    try:
        tree = ast.parse(source)
    except SyntaxError as problem:
        return report("python", "SYNTAX", file, at, problem)
    if handler and handler not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
        report("python", "HANDLER", file, at, f"the code defines no function {handler}")

def javascript(file, at, source, handler):
    module = re.search(r"^\s*(import|export)\b", source, re.M)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "index.mjs" if module else "index.cjs")
        script.write_text(source)
        run = subprocess.run([node_program(), "--check", script], capture_output=True, text=True)
    if run.returncode:
        report("node", "SYNTAX", file, at, run.stderr[:400].replace(str(script), "index"))
    elif handler and not re.search(rf"\b{re.escape(handler)}\b", source):
        report("node", "HANDLER", file, at, f"the code names no {handler}")

def scripts(file):
    """Yields (kind, where, text, handler) of each script in the template."""
    for name, resource in template(file).get("Resources", {}).items():
        properties, kind = literal(file, resource.get("Properties", {})), resource["Type"]
        data = properties.get("UserData") or properties.get("LaunchTemplateData", {}).get("UserData")
        if data:
            yield user_data, f"{name}/UserData", data
        code = properties.get("Code")
        if kind == "AWS::Lambda::Function" and isinstance(code, dict) and "ZipFile" in code:
            judge = python if properties.get("Runtime", "").startswith("python") else javascript
            yield judge, f"{name}/Code/ZipFile", code["ZipFile"], properties.get("Handler", "").split(".")[-1]
        if kind == "AWS::CloudFront::Function":
            yield javascript, f"{name}/FunctionCode", properties["FunctionCode"], "handler"
        if kind.startswith("AWS::AppSync::") and "Code" in properties:
            yield javascript, f"{name}/Code", properties["Code"], None

def main():
    judged = 0
    for file in files():
        for judge, *what in scripts(file):
            judged += 1
            judge(file, *what)
    report("scripts", "JUDGED", "", "", judged)

main()
