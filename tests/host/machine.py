"""A throw-away machine for boot scripts: its own root folder, the real PostgreSQL, blkid and mkfs, and stand-ins for what needs a kernel or AWS."""

import email
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from glob import glob
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "oracles"))
from literals import literal, template  # noqa: E402

STANDINS = "aws amazon-cloudwatch-agent-ctl docker hostname rpm dnf lsblk mountpoint mount findmnt mkfs.xfs xfs_growfs systemctl".split()
MIB = 1024 * 1024
# PostgreSQL syncs everything it writes; in memory that costs nothing.
MEMORY = "/dev/shm"
BINARIES = max(glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]), default=None)


def roomy(folder):
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 1024 * MIB


def missing():
    """What this machine lacks to run the scripts, or nothing."""
    if os.geteuid() != 0:
        return "root, because PostgreSQL's files change hands"
    if not BINARIES:
        return "PostgreSQL (apt-get install postgresql)"
    lacking = [name for name in ("runuser", "blkid", "mkfs.ext4", "openssl") if not shutil.which(name)]
    return f"{lacking[0]} on the PATH" if lacking else None


def major():
    return subprocess.run([f"{BINARIES}/postgres", "--version"], capture_output=True, text=True, check=True).stdout.split()[2].split(".")[0]


def script(file, host):
    """The shell script in a host's user data, as the machine of a deployed template gets it."""
    data = literal(file, template(file)["Resources"][host]["Properties"]["UserData"])
    (part,) = [part for part in email.message_from_string(data).walk() if part.get_content_type() == "text/x-shellscript"]
    return part.get_payload()


class Machine:
    def __init__(self, file, host, version=None):
        self.root = Path(tempfile.mkdtemp(prefix="host-", dir=MEMORY if roomy(MEMORY) else None))
        self.root.chmod(0o755)
        for folder in ("bin", "packages", "volume", "run", "etc/systemd/system", "var/lib", "usr/local/sbin", "etc/docker"):
            (self.root / folder).mkdir(parents=True)
        for name in STANDINS:
            (self.root / "bin" / name).symlink_to(HERE / "machine.sh")
        shutil.chown(self.root / "run", "postgres", "postgres")
        with open(self.root / "volume.img", "wb") as image:
            image.truncate(400 * MIB)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        path = f"{self.root}/bin:{BINARIES}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        self.surroundings = {"PATH": path, "ROOT": str(self.root), "PGPORT": str(self.port), "PGHOST": f"{self.root}/run", "LC_ALL": "C.UTF-8"}
        self.boot_script = self.redirected(script(file, host), version or major())
        self.secret("app", "it's $x \"y\"")

    def redirected(self, text, version):
        """The same script below the machine's root; who connects from here is taken for the app's host."""
        agent = "/opt/aws/amazon-cloudwatch-agent"
        text = text.replace(f"{agent}/etc", "@AGENT@").replace(f"{agent}/bin/", "")
        for folder in ("/etc/", "/var/lib/", "/usr/local/sbin"):
            text = text.replace(folder, f"{self.root}{folder}")
        text = text.replace("@AGENT@", f"{self.root}/opt/agent")
        text = text.replace("127.0.0.1/32", "127.0.0.9/32").replace("10.0.0.0/16", "127.0.0.1/32").replace("172.17.0.0/16", "127.0.0.1/32")
        assert "\nmajor=17\nhome=" in text and "\nvolume=databasevolume\n" in text, "the program no longer says its volume and version at the top"
        return text.replace("\nmajor=17\n", f"\nmajor={version}\n").replace("\nvolume=databasevolume\n", "\nvolume=vol-0abc123\n")

    def secret(self, user, password):
        self.password = password
        (self.root / "secret.json").write_text(json.dumps({"username": user, "password": password}))

    def attach(self):
        (self.root / "attached").touch()

    def run(self, *command, **more):
        return subprocess.run(command, env=self.surroundings, capture_output=True, text=True, **more)

    def boot(self):
        """Turned off and on again: no mount and no server survives; then the script runs as cloud-init runs it."""
        home = self.root / "var/lib/pgsql"
        if home.is_symlink():
            self.run("systemctl", "stop", "postgresql")
            home.unlink()
        done = self.run("bash", "-s", input=self.boot_script)
        assert done.returncode == 0, done.stderr
        return (self.root / "service.log").read_text()

    def hourly(self):
        """What the timer runs."""
        return self.run(self.root / "usr/local/sbin/database")

    def calls(self, name):
        return [line for line in (self.root / "calls").read_text().splitlines() if line.split()[0] == name]

    def query(self, sql, **more):
        """As PostgreSQL's own administrator."""
        done = self.run("runuser", "-u", "postgres", "--", "psql", "-XAtc", sql, *(f"--{name}={value}" for name, value in more.items()), cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def connect(self, sql, password=None, tls="require", address="127.0.0.1"):
        """As the app, over the network."""
        target = f"host={address} port={self.port} user=app dbname=app sslmode={tls}"
        surroundings = {**self.surroundings, "PGPASSWORD": self.password if password is None else password}
        return subprocess.run(["psql", "-XAtc", sql, target], env=surroundings, capture_output=True, text=True)

    def digest(self):
        with open(self.root / "volume.img", "rb") as image:
            return hashlib.file_digest(image, "sha256").hexdigest()

    def close(self):
        self.run("systemctl", "stop", "postgresql")
        shutil.rmtree(self.root)
