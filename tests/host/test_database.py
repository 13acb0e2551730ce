"""The database host's boot script, run for real: PostgreSQL starts, nothing that holds data is formatted, a second run changes nothing."""

import os
import subprocess
import unittest
from pathlib import Path

from machine import MIB, Machine, major, missing

RENDERED = os.environ["RENDERED"]


def setUpModule():
    if missing():
        raise (AssertionError if os.environ.get("CI") else unittest.SkipTest)(f"needs {missing()}")


class DatabaseHost(unittest.TestCase):
    def machine(self, phase="10", stack="data", host="DatabaseServer", **more):
        machine = Machine(f"{RENDERED}/{phase}/{stack}.yaml", host, **more)
        self.addCleanup(machine.close)
        return machine

    def assert_serves(self, machine, log=""):
        done = machine.connect("SELECT current_user, current_database()")
        self.assertEqual((done.returncode, done.stdout.strip()), (0, "app|app"), f"{done.stderr}\n{log}")

    def test_it_waits_for_its_volume_and_serves_the_app_by_tls_alone(self):
        machine = self.machine()
        self.assertIn("vol-0abc123 is not attached yet", machine.boot())
        self.assertEqual(machine.calls("mkfs.xfs"), [])
        machine.attach()
        done = machine.hourly()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_serves(machine)
        for refused in (machine.connect("SELECT 1", tls="disable"), machine.connect("SELECT 1", password="wrong")):
            self.assertNotEqual(refused.returncode, 0)
        self.assertEqual(machine.connect("CREATE TABLE things (id int)").returncode, 0)
        shown = machine.query("SELECT name || '=' || setting FROM pg_settings WHERE name IN ('data_checksums', 'wal_level', 'ssl', 'password_encryption')")
        self.assertEqual(sorted(shown.split()), ["data_checksums=on", "password_encryption=scram-sha-256", "ssl=on", "wal_level=logical"])
        self.assertEqual(machine.query("SELECT rolsuper FROM pg_roles WHERE rolname = 'app'"), "f")
        self.assertEqual(machine.query("SELECT datcollate FROM pg_database WHERE datname = 'app'"), "C.UTF-8")
        self.assertEqual(machine.connect("SELECT 1", address="127.0.0.5").stdout.strip(), "1", "the address that hostname -I names first")

    def test_a_second_run_and_a_reboot_change_nothing(self):
        machine = self.machine()
        machine.attach()
        log = machine.boot()
        self.assert_serves(machine, log)
        machine.connect("CREATE TABLE kept AS SELECT 42 AS answer")
        cluster = machine.query("SELECT system_identifier FROM pg_control_system()")
        server = machine.query("SELECT pg_postmaster_start_time()")
        written = {path: path.read_bytes() for path in self.written(machine)}

        self.assertEqual(machine.hourly().returncode, 0)
        self.assertEqual(machine.query("SELECT pg_postmaster_start_time()"), server)
        log = machine.boot()
        self.assert_serves(machine, log)
        self.assertEqual(machine.connect("SELECT answer FROM kept").stdout.strip(), "42")
        self.assertEqual(machine.query("SELECT system_identifier FROM pg_control_system()"), cluster)
        self.assertEqual({path: path.read_bytes() for path in self.written(machine)}, written)
        self.assertEqual((len(machine.calls("mkfs.xfs")), len(machine.calls("mount")), len([call for call in machine.calls("dnf") if "postgresql" in call])), (1, 2, 1))

    @staticmethod
    def written(machine):
        data = machine.root / "volume/data"
        settings = [data / name for name in ("postgresql.conf", "pg_hba.conf", "server.crt", "server.key", "PG_VERSION")]
        return settings + sorted(path for path in (machine.root / "etc").rglob("*") if path.is_file())

    def test_a_volume_that_grew_is_used_to_its_end(self):
        machine = self.machine()
        machine.attach()
        machine.boot()
        before = len(machine.calls("xfs_growfs"))
        self.assertEqual(machine.hourly().returncode, 0)
        self.assertEqual(len(machine.calls("xfs_growfs")), before + 1 if machine.run("findmnt").stdout.strip() == "xfs" else before)

    def test_a_new_password_replaces_the_old_one(self):
        machine = self.machine()
        machine.attach()
        machine.boot()
        old = machine.password
        machine.secret("app", "'; DROP DATABASE app; -- \\ %L")
        self.assertEqual(machine.hourly().returncode, 0)
        self.assert_serves(machine)
        self.assertNotEqual(machine.connect("SELECT 1", password=old).returncode, 0)

    def test_a_volume_with_another_file_system_is_kept_with_its_files(self):
        machine = self.machine()
        machine.attach()
        subprocess.run(["mkfs.ext4", "-q", machine.root / "volume.img"], check=True)
        (machine.root / "volume/marker").write_text("mine")
        before = machine.digest()
        log = machine.boot()
        self.assert_serves(machine, log)
        self.assertEqual((machine.calls("mkfs.xfs"), machine.digest(), (machine.root / "volume/marker").read_text()), ([], before, "mine"))

    def test_what_cannot_be_told_is_never_formatted(self):
        for where, content in ((512 * 1024, b"an unknown file system"), (510, b"\x55\xaa")):
            machine = self.machine()
            machine.attach()
            with open(machine.root / "volume.img", "r+b") as image:
                image.seek(where)
                image.write(content)
                image.truncate(400 * MIB)
            before = machine.digest()
            log = machine.boot()
            self.assertIn("failed", log)
            self.assertEqual((machine.calls("mkfs.xfs"), machine.digest()), ([], before), log)

    def test_the_files_decide_which_version_serves_them(self):
        first = self.machine()
        first.attach()
        first.boot()
        first.connect("CREATE TABLE kept AS SELECT 42 AS answer")
        text = first.boot_script.replace(f"\nmajor={major()}\n", "\nmajor=99\n")
        (first.root / "packages" / f"postgresql{major()}-server").unlink()
        first.boot_script = text
        log = first.boot()
        self.assertIn(f"the data is PostgreSQL {major()}'s", log)
        self.assertEqual(first.connect("SELECT answer FROM kept").stdout.strip(), "42", log)
        servers = [call for call in first.calls("dnf") if "postgresql" in call]
        self.assertTrue(all(call.endswith(f"postgresql{major()}-server") for call in servers), servers)

    def test_a_first_start_that_was_cut_off_is_begun_again(self):
        machine = self.machine()
        machine.attach()
        subprocess.run(["mkfs.ext4", "-q", machine.root / "volume.img"], check=True)
        (machine.root / "volume/new").mkdir()
        (machine.root / "volume/new/PG_VERSION").write_text("")
        log = machine.boot()
        self.assert_serves(machine, log)
        self.assertFalse((machine.root / "volume/new").exists())

    def test_at_launch_the_whole_host_boots_with_its_database(self):
        machine = self.machine("launch", "app", "AppServer")
        machine.attach()
        log = machine.boot()
        self.assert_serves(machine, log)
        self.assertIn("postgresql", log + " ".join(machine.calls("dnf")))
        self.assertTrue(Path(machine.root, "etc/systemd/system/app.service").exists())
        self.assertIn("systemctl restart --no-block app.service", machine.calls("systemctl"))
        self.assertIn("172.17.0.1", machine.query("SHOW listen_addresses"))


if __name__ == "__main__":
    unittest.main()
