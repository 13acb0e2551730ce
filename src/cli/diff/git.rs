//! The `git` program as a reader of revisions: nothing is written, checked out or fetched.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::cli::exit::Stop;
use crate::cli::templates::MOST;

/// The repository in which the program runs.
#[derive(Debug, Clone, Copy)]
pub struct Git(());

/// What a run of git said.
pub struct Said {
    /// Whether it did what was asked.
    pub ok: bool,
    /// Its output.
    pub out: Vec<u8>,
    /// Its complaints.
    pub err: String,
}

/// What a path of a revision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// Another repository.
    Submodule,
}

/// A path of a revision.
#[derive(Debug)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// The object's name.
    pub object: String,
    /// From the root of the repository on.
    pub path: String,
}

impl Said {
    /// Its output as text, without the line's end.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).trim_end().to_owned()
    }
}

impl Git {
    /// Finds the repository.
    pub fn open() -> Result<Git, Stop> {
        let git = Git(());
        let said = git.run(&["rev-parse", "--git-dir"])?;
        if said.ok {
            return Ok(git);
        }
        let err = said.err.trim();
        if err.contains("dubious ownership") {
            let way = err.lines().map(str::trim).find(|line| line.starts_with("git config"));
            let way = way.unwrap_or("git config --global --add safe.directory <folder>");
            return Err(Stop::error(format!("git does not read a repository that belongs to another user; if you trust it:\n  {way}")));
        }
        if err.contains("not a git repository") {
            return Err(Stop::error("this folder is in no git repository: run scalectl inside of one, or name files and folders instead"));
        }
        Err(Stop::error(format!("git cannot read the repository: {err}")))
    }

    /// The program with nothing that asks, writes, fetches, or is said in another language.
    fn command(self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(["--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false"]).args(arguments);
        // A partial clone would fetch what it lacks; the second word is for versions of git that do not know the first.
        command.envs([("GIT_TERMINAL_PROMPT", "0"), ("GIT_NO_LAZY_FETCH", "1"), ("GIT_ALLOW_PROTOCOL", "none")]);
        command.envs([("LC_ALL", "C"), ("LANGUAGE", "C")]).stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn run(self, arguments: &[&str]) -> Result<Said, Stop> {
        let done = self.command(arguments).output().map_err(no_git)?;
        let err = String::from_utf8_lossy(&done.stderr).into_owned();
        Ok(Said { ok: done.status.success(), out: done.stdout, err })
    }

    /// The working copy's root; none in a bare repository.
    pub fn root(self) -> Option<PathBuf> {
        let said = self.run(&["rev-parse", "--show-toplevel"]).ok().filter(|said| said.ok)?;
        Path::new(&said.text()).canonicalize().ok()
    }

    /// Whether the repository's history was cut off when it was cloned.
    pub fn shallow(self) -> bool {
        self.run(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|said| said.text() == "true")
    }

    /// The short names of branches and tags.
    pub fn names(self) -> Vec<String> {
        let said = self.run(&["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"]);
        said.map(|said| said.text().lines().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Every path of a commit.
    pub fn tree(self, commit: &str) -> Result<Vec<Entry>, Stop> {
        let said = self.run(&["ls-tree", "-r", "-z", "--full-tree", commit])?;
        if !said.ok {
            return Err(lacking(&said.err));
        }
        let entry = |line: &[u8]| {
            let line = String::from_utf8_lossy(line);
            let (about, path) = line.split_once('\t')?;
            let mut about = about.split_ascii_whitespace();
            let kind = match about.next()? {
                "120000" => Kind::Link,
                "160000" => Kind::Submodule,
                _ => Kind::File,
            };
            Some(Entry { kind, object: about.nth(1)?.to_owned(), path: path.to_owned() })
        };
        Ok(said.out.split(|byte| *byte == 0).filter_map(entry).collect())
    }

    /// The contents of files, as much of each as a template may have and one byte more.
    pub fn contents(self, entries: &[&Entry]) -> Result<Vec<Vec<u8>>, Stop> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = self.command(&["cat-file", "--batch"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(no_git)?;
        let read = read_all(&mut child, entries);
        // Without its input it ends; what it says at its end tells nothing that was not seen.
        drop(child.stdin.take());
        drop(child.stdout.take());
        let _ = child.wait();
        read
    }

    /// Whether any of these paths of the working copy is not as it was last committed.
    pub fn uncommitted(self, paths: &[String]) -> bool {
        let places: Vec<String> = paths.iter().map(|path| format!(":(top,literal){path}")).collect();
        let arguments: Vec<&str> =
            ["status", "--porcelain", "-z", "--ignore-submodules=all", "--"].into_iter().chain(places.iter().map(String::as_str)).collect();
        self.run(&arguments).is_ok_and(|said| said.ok && !said.out.is_empty())
    }
}

fn read_all(child: &mut Child, entries: &[&Entry]) -> Result<Vec<Vec<u8>>, Stop> {
    let broken = |e: std::io::Error| Stop::error(format!("git cat-file stopped in the middle: {e}"));
    let (Some(asks), Some(answers)) = (child.stdin.as_mut(), child.stdout.as_mut()) else {
        return Err(Stop::error("git cat-file cannot be spoken to"));
    };
    let mut answers = BufReader::new(answers);
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        writeln!(asks, "{}", entry.object).and_then(|()| asks.flush()).map_err(broken)?;
        let mut head = String::new();
        answers.read_line(&mut head).map_err(broken)?;
        let size = head.split_ascii_whitespace().nth(2).and_then(|size| size.parse::<u64>().ok());
        let Some(size) = size else { return Err(lacking(&format!("{}: {}", entry.path, head.trim()))) };
        let mut bytes = Vec::new();
        (&mut answers).take(size.min(MOST)).read_to_end(&mut bytes).map_err(broken)?;
        // The rest of a long one, and the line's end behind it.
        let rest = size.saturating_sub(MOST) + 1;
        std::io::copy(&mut (&mut answers).take(rest), &mut std::io::sink()).map_err(broken)?;
        all.push(bytes);
    }
    Ok(all)
}

fn no_git(e: std::io::Error) -> Stop {
    Stop::error(match e.kind() {
        std::io::ErrorKind::NotFound => {
            "git is not installed, or not on the PATH: a side git:… needs it; without it, name files and folders instead".to_owned()
        }
        _ => format!("git cannot be started: {e}"),
    })
}

fn lacking(said: &str) -> Stop {
    Stop::error(format!(
        "git lacks an object of this revision ({}): in a partial clone, fetch it first with: git fetch --refetch --no-filter",
        said.trim()
    ))
}
