"""cfn-lint over `REGION[,REGION…] template…`: errors and warnings as JSON lines; two processes share the files."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from findings import report


def judge(regions, files):
    command = [sys.executable, "-c", "from cfnlint.runner.cli import main; main()", "--format", "json", "--regions", *regions, "--", *files]
    done = subprocess.run(command, capture_output=True, text=True)
    try:
        return json.loads(done.stdout or "[]") if done.returncode not in (1, 32) else fail(done)
    except json.JSONDecodeError:
        return fail(done)


def fail(done):
    sys.exit(f"cfn-lint did not finish (exit {done.returncode}):\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def main():
    regions, files = sys.argv[1].split(","), sys.argv[2:]
    shares = [share for share in (files[0::2], files[1::2]) if share]
    with ThreadPoolExecutor(len(shares)) as pool:
        for matches in pool.map(lambda share: judge(regions, share), shares):
            for match in matches:
                if match["Level"] != "Informational":
                    path = [str(step) for step in match["Location"]["Path"] or [f"line {match['Location']['Start']['LineNumber']}"]]
                    at = "/".join(path[1:] if path[0] == "Resources" else path)
                    report("cfn-lint", match["Rule"]["Id"], match["Filename"], at, match["Message"])


main()
