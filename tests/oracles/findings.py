"""What every judge here shares: reading templates, naming what was found, one JSON object a line on stdout."""

import json
import sys

from cfnlint.decode import decode


def report(tool, rule, file, at, message):
    """Prints one finding; `at` is the logical id, then the path inside it, joined by slashes."""
    print(json.dumps({"tool": tool, "rule": rule, "file": file, "at": at, "message": " ".join(str(message).split())}), flush=True)


def load(file):
    """A template as plain dicts and lists (long form intrinsics), or None with the parse error reported."""
    template, problems = decode(file)
    for problem in problems or []:
        report("parse", problem.rule.id, file, f"line {problem.linenumber}", problem.message)
    return None if problems else plain(template)


def plain(node):
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return str(node) if isinstance(node, str) else node


def files():
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} template…")
    return sys.argv[1:]
