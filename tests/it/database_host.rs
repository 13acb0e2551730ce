//! The boot scripts of the hosts that serve a database, run for real on a throw-away machine: `tests/host`, with the templates as rendered now.

use std::process::Command;

use scalectl::settings::Settings;

use crate::identity::architecture;
use crate::python::{python, target};
use crate::tree::root;

#[test]
fn the_hosts_of_a_database_boot_and_keep_what_they_hold() {
    let below = target().join("rendered-hosts");
    for (phase, users) in [("launch", 1), ("10", 10)] {
        let folder = below.join(phase);
        std::fs::create_dir_all(&folder).unwrap();
        for stack in scalectl::render::stacks(&architecture(phase, users, &Settings::default())).unwrap() {
            std::fs::write(folder.join(&stack.file), stack.template.to_yaml()).unwrap();
        }
    }
    let mut tests = Command::new(python());
    tests.args(["-m", "unittest", "discover", "--start-directory"]).arg(root().join("tests/host"));
    let done = tests.env("RENDERED", &below).env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    // Without PostgreSQL or without being root nothing ran: that is said here, and in CI it is a failure.
    eprintln!("{said}");
}
