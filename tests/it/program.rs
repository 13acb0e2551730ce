//! Running the built program as a person or a script would: its own folder, a clean environment, a fixed width.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::ministack::Cloud;

/// Longer than anything takes here; a program that hangs fails its test rather than the whole run.
const PATIENCE: Duration = Duration::from_secs(180);

/// A folder of its own in which the program runs.
pub struct Desk {
    pub folder: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub struct Run {
    /// None when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The run, if it ended with this exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// The run, if what it said (anywhere) holds each of these.
    #[track_caller]
    pub fn says(self, wanted: &[&str]) -> Run {
        for one in wanted {
            let said = self.stdout.contains(one) || self.stderr.contains(one);
            assert!(said, "{one:?} is missing\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        }
        self
    }
}

pub fn desk() -> Desk {
    Desk { folder: tempfile::tempdir().unwrap() }
}

impl Desk {
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// The program with these arguments, in this folder, seeing nothing of the machine's own AWS settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        // Without the feature `aws` there is no program to run; the tests that only read files still work.
        let program = option_env!("CARGO_BIN_EXE_scalectl").map(Path::new).filter(|program| program.exists());
        let Some(program) = program else { panic!("scalectl was not built: run the tests with the default features") };
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path()).env_clear();
        command.envs(["PATH", "LLVM_PROFILE_FILE"].iter().filter_map(|key| Some((key, std::env::var_os(key)?))));
        command.env("HOME", self.path()).env("COLUMNS", "110").env("NO_COLOR", "1").env("AWS_EC2_METADATA_DISABLED", "true");
        command
            .env("AWS_CONFIG_FILE", self.path().join("no-config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", self.path().join("no-credentials"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The program against a cloud on this machine, looking again every 20 ms.
    pub fn against(&self, cloud: &Cloud, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.args(["--endpoint-url", cloud.endpoint]).env("SCALECTL_POLL_MS", "20");
        command.env("AWS_ACCESS_KEY_ID", &cloud.account).env("AWS_SECRET_ACCESS_KEY", "test");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        finished(self.command(arguments))
    }

    pub fn run_against(&self, cloud: &Cloud, arguments: &[&str]) -> Run {
        finished(self.against(cloud, arguments))
    }
}

/// Waits for the end of a run.
pub fn finished(mut command: Command) -> Run {
    ended(command.spawn().unwrap())
}

/// Waits for the end of a started run, which PATIENCE cuts short.
pub fn ended(child: std::process::Child) -> Run {
    let pid = child.id();
    let (send, receive) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if receive.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            signal(pid, "KILL");
        }
    });
    let started = Instant::now();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    drop(send);
    watch.join().unwrap();
    assert!(started.elapsed() < PATIENCE, "the program was still running after {PATIENCE:?}");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Run { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

/// Sends a signal to one process.
pub fn signal(pid: u32, name: &str) {
    let _ = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status();
}
