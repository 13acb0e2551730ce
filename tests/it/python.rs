//! The pinned virtual environment of the judges: made under the target folder on first use, then shared by every test and process.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use crate::tree::root;

/// The oldest Python that the pinned packages run on.
const OLDEST: (u32, u32) = (3, 11);
const INTERPRETERS: [&str; 6] = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];

/// The environment's interpreter; the first call of all may take a minute, the others wait for it.
pub fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| environment().unwrap_or_else(|why| panic!("{why}")))
}

/// Runs a script of `tests/oracles` from the project's root; a script that fails is a broken harness, not a finding.
pub fn run(script: &str, arguments: &[String]) -> String {
    let Output { status, stdout, stderr } = command(script).args(arguments).output().unwrap();
    assert!(status.success(), "tests/oracles/{script} did not finish ({status}):\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// A command that would run the script.
pub fn command(script: &str) -> Command {
    let mut command = Command::new(python());
    command.arg(root().join("tests/oracles").join(script)).current_dir(root()).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn environment() -> Result<PathBuf, String> {
    let requirements = root().join("tests/oracles/requirements.txt");
    let mut hash = DefaultHasher::new();
    fs::read(&requirements).unwrap().hash(&mut hash);
    let folder = target().join(format!("oracles-venv-{:016x}", hash.finish()));
    let (interpreter, ready) = (folder.join("bin/python"), folder.join("ready"));
    if ready.exists() {
        return Ok(interpreter);
    }
    // The lock goes with the process that holds it, so a killed test run cannot leave it behind.
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if ready.exists() {
        return Ok(interpreter);
    }
    let _ = fs::remove_dir_all(&folder);
    eprintln!("making the judges' virtual environment in {} (once, about a minute)", folder.display());
    made(Command::new(found(&INTERPRETERS)?).args(["-m", "venv"]).arg(&folder))
        .map_err(|why| format!("Python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv\n{why}"))?;
    made(Command::new(&interpreter).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&requirements))
        .map_err(|why| {
            format!("pip cannot install tests/oracles/requirements.txt; can it reach its index (PIP_INDEX_URL, proxy)?\n{why}")
        })?;
    fs::write(ready, "").unwrap();
    Ok(interpreter)
}

fn made(command: &mut Command) -> Result<(), String> {
    let done = command.stdin(Stdio::null()).output().map_err(|why| why.to_string())?;
    let said = || format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    if done.status.success() { Ok(()) } else { Err(said()) }
}

/// The first interpreter on the PATH that is new enough, else what was looked for and what was there.
fn found<'a>(interpreters: &[&'a str]) -> Result<&'a str, String> {
    let mut seen = Vec::new();
    for name in interpreters {
        let Ok(done) = Command::new(name).args(["-c", "import sys; print(*sys.version_info[:2])"]).output() else { continue };
        let words = String::from_utf8_lossy(&done.stdout).into_owned();
        let numbers: Vec<u32> = words.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            [major, minor] if (major, minor) >= OLDEST => return Ok(name),
            [major, minor] => seen.push(format!("{name} is {major}.{minor}")),
            _ => {}
        }
    }
    let seen = if seen.is_empty() { "none is on the PATH".to_owned() } else { seen.join(", ") };
    Err(format!(
        "the tests judge templates with tools that need Python {}.{} or newer: {seen}. \
         Debian and Ubuntu: apt-get install python3 python3-venv; macOS: brew install python",
        OLDEST.0, OLDEST.1
    ))
}

#[test]
fn a_machine_without_python_is_told_what_to_install() {
    let why = found(&["no-such-python"]).unwrap_err();
    assert!(why.contains("Python 3.11 or newer") && why.contains("apt-get install python3 python3-venv"), "{why}");
}

/// Cargo's target folder.
pub fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}
