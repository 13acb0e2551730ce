//! A cloud on this machine: one MiniStack server for all tests of the process, one account for each test.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use serde_json::Value;

use crate::python::{command, run};

/// The server ends when its standard input does: with this process, however that ends.
struct Server {
    child: Child,
    endpoint: String,
}

/// One account of the server: nothing in it is seen from another.
pub struct Cloud {
    pub endpoint: &'static str,
    pub account: String,
}

/// A fresh, empty account.
pub fn cloud() -> Cloud {
    static ACCOUNTS: AtomicU64 = AtomicU64::new(100_000_000_001);
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(|| (0..5).find_map(|_| started()).expect("no MiniStack server came up in five attempts"));
    Cloud { endpoint: &server.endpoint, account: ACCOUNTS.fetch_add(1, Ordering::Relaxed).to_string() }
}

/// None when another process took the port between our look and the server's start.
fn started() -> Option<Server> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let log = env::temp_dir().join(format!("scalectl-ministack-{port}.log"));
    let mut child = command("ministack_plus.py")
        .envs([("BIND_HOST", "127.0.0.1"), ("GATEWAY_PORT", &port.to_string()), ("IOT_MTLS_ENABLED", "0")])
        .env("DOCKER_HOST", "unix:///nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline && child.try_wait().unwrap().is_none() {
        if healthy(port) {
            // The answer may come from whoever took the port; ours is the one that is still there a moment later.
            thread::sleep(Duration::from_millis(200));
            if child.try_wait().unwrap().is_none() {
                return Some(Server { child, endpoint: format!("http://127.0.0.1:{port}") });
            }
        }
        thread::sleep(Duration::from_millis(50));
    }
    eprintln!("{}", fs::read_to_string(&log).unwrap_or_default());
    let _ = child.kill();
    None
}

fn healthy(port: u16) -> bool {
    use io::{Read, Write};
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut answer = String::new();
    let asked = stream.write_all(b"GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Cloud {
    /// Asks the cloud itself, not scalectl: a verb of `tests/oracles/cloud.py`.
    pub fn ask(&self, region: &str, verb: &str, arguments: &[&str]) -> Value {
        let all = [self.endpoint, &self.account, region, verb].into_iter().chain(arguments.iter().copied());
        serde_json::from_str(&run("cloud.py", &all.map(str::to_owned).collect::<Vec<_>>())).unwrap()
    }

    /// The stacks of a region: name → status.
    pub fn stacks(&self, region: &str) -> Vec<(String, String)> {
        let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
        let mut found: Vec<_> =
            self.ask(region, "stacks", &[]).as_array().unwrap().iter().map(|one| (text(one, "name"), text(one, "status"))).collect();
        found.sort();
        found
    }

    /// The logical ids of a stack, sorted.
    pub fn resources(&self, region: &str, stack: &str) -> Vec<String> {
        let answer = self.ask(region, "resources", &[stack]);
        let mut ids: Vec<_> = answer.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }

    /// Everything in these regions at one go: region → `stacks` and `kept`.
    pub fn look(&self, regions: &[&str]) -> Value {
        self.ask(regions[0], "look", &regions[1..])
    }

    /// What happened to a stack, as a number: it grows with each thing that happens.
    pub fn events(&self, region: &str, stack: &str) -> usize {
        self.ask(region, "events", &[stack]).as_array().unwrap().len()
    }
}
