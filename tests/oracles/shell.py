"""Shell scripts before bash and shellcheck, which must have nothing at all to say, not even about style; `shell.py FILE…`: JSON lines."""

import json
import subprocess
import sys
from pathlib import Path

from findings import files, report

SHELLCHECK = Path(sys.executable).parent / "shellcheck"


def shell(file, at, source):
    run = subprocess.run(["bash", "-n"], input=source, capture_output=True, text=True)
    if run.returncode:
        report("bash", "SYNTAX", file, at, run.stderr)
        return
    run = subprocess.run([SHELLCHECK, "-s", "bash", "-f", "json", "-"], input=source, capture_output=True, text=True)
    for found in json.loads(run.stdout):
        report("shellcheck", f"SC{found['code']}", file, at, f"line {found['line']}: {found['message']}")


if __name__ == "__main__":
    for path in files():
        shell(path, "", Path(path).read_text())
