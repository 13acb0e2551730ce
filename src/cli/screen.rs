//! The way out: data to stdout, everything else to stderr, each with the look that its reader can take.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::exit::{Exit, Stop};
use crate::report::look::Look;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum When {
    #[default]
    Auto,
    Always,
    Never,
}

/// Where words go, and how they may look there.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// The look of stdout.
    pub out: Look,
    /// The look of stderr.
    pub err: Look,
    /// Whether stderr is a terminal, where lines can be redrawn.
    pub live: bool,
    /// Whether somebody can be asked: stdin and stderr are a terminal.
    pub ask: bool,
}

/// Narrower than this, tables are unreadable and lines rather wrap; wider, lines are tiring to read.
const WIDTHS: (usize, usize) = (60, 120);

impl Screen {
    /// Looks at the environment, once.
    pub fn new(when: When) -> Screen {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = |terminal: bool| match when {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !set("NO_COLOR") && !dumb,
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
        let unicode = locale.is_none_or(|locale| locale.to_lowercase().contains("utf"));
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))).unwrap_or(80);
        let width = width.clamp(WIDTHS.0, WIDTHS.1);
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        Screen {
            out: Look { width, colour: colour(out), unicode },
            err: Look { width, colour: colour(err), unicode },
            live: err && !dumb,
            ask: err && io::stdin().is_terminal(),
        }
    }

    /// Writes a view to stdout.
    pub fn view(&self, text: &str) -> Result<(), Stop> {
        data(&self.out.finish(text))
    }

    /// Writes to stderr; a reader who has gone is no reason to fail.
    pub fn note(&self, text: &str) {
        let _ = io::stderr().write_all(self.err.finish(text).as_bytes());
    }

    /// Asks a question on stderr and reads one line. None when nobody can answer, or when `stopped` says so before somebody did.
    pub fn ask(&self, question: &str, stopped: impl Fn() -> bool) -> Option<String> {
        if !self.ask {
            return None;
        }
        self.note(question);
        // Reading cannot be interrupted, so it happens aside; an unanswered question ends with the program.
        let (send, answer) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            if io::stdin().read_line(&mut line).is_ok_and(|read| read > 0) {
                let _ = send.send(line.trim().to_owned());
            }
        });
        loop {
            match answer.recv_timeout(Duration::from_millis(50)) {
                Ok(line) => return Some(line),
                Err(RecvTimeoutError::Timeout) if !stopped() => {}
                Err(_) => {
                    self.note("\n");
                    return None;
                }
            }
        }
    }
}

/// Writes bytes to stdout as they are. A reader who closes the pipe (`| head`) ends the program quietly.
pub fn data(text: &str) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Err(Stop::quiet(Exit::Done)),
        Err(e) => Err(Stop::error(format!("the output could not be written: {e}"))),
    }
}
