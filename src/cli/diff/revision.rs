//! `git:REV`, `git:REV:PATH` and `git:A...B`: what is meant, and which commit it is.

use super::git::Git;
use crate::cli::exit::Stop;
use crate::settings::rule;

/// A revision, and perhaps a path in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// As the user wrote it.
    pub word: String,
    /// Which revision.
    pub revision: Revision,
    /// The path behind it.
    pub path: Option<String>,
}

/// A revision in git's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// One commit.
    Commit(String),
    /// The last commit that two have in common.
    Base(String, String),
}

/// The place of a mark outside of `{…}`, in which git lets dates and searches stand.
fn outside(text: &str, mark: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && text.get(at..).is_some_and(|rest| rest.starts_with(mark)) => return Some(at),
            _ => {}
        }
    }
    None
}

/// Reads what stands behind `git:`.
pub fn parse(word: &str, spec: &str) -> Result<Spec, Stop> {
    let (revision, path) = match outside(spec, ":") {
        Some(at) => (&spec[..at], Some(spec[at + 1..].to_owned())),
        None => (spec, None),
    };
    if revision.is_empty() {
        return Err(Stop::usage(format!("\"{word}\" names no revision; write git:HEAD, git:origin/main or git:v1.0:templates/10k")));
    }
    let or_head = |name: &str| if name.is_empty() { "HEAD".to_owned() } else { name.to_owned() };
    let revision = match outside(revision, "...") {
        Some(at) => Revision::Base(or_head(&revision[..at]), or_head(&revision[at + 3..])),
        None => match outside(revision, "..") {
            Some(at) => {
                let (a, b) = (or_head(&revision[..at]), or_head(&revision[at + 2..]));
                return Err(Stop::usage(format!(
                    "\"{word}\" is a range, and a side is one state: compare git:{a} with git:{b}, or write git:{a}...{b} for what both have in common"
                )));
            }
            None => Revision::Commit(revision.to_owned()),
        },
    };
    Ok(Spec { word: word.to_owned(), revision, path })
}

/// The commit that is meant.
pub fn commit(git: Git, revision: &Revision) -> Result<String, Stop> {
    let (a, b) = match revision {
        Revision::Commit(name) => return one(git, name),
        Revision::Base(a, b) => (a, b),
    };
    let said = git.run(&["merge-base", &one(git, a)?, &one(git, b)?])?;
    match said.text().lines().next() {
        Some(base) if said.ok && !base.is_empty() => Ok(base.to_owned()),
        _ => Err(Stop::error(format!("{a} and {b} have no commit in common{}", cut_off(git)))),
    }
}

fn one(git: Git, name: &str) -> Result<String, Stop> {
    let said = git.run(&["rev-parse", "--verify", "--end-of-options", &format!("{name}^{{commit}}")])?;
    if said.ok {
        return Ok(said.text());
    }
    let err = said.err.trim();
    if err.contains("ambiguous") {
        return Err(Stop::error(format!("the revision \"{name}\" is ambiguous; git says:\n  {}", err.replace('\n', "\n  "))));
    }
    if err.contains("expected commit type") {
        return Err(Stop::error(format!("\"{name}\" is no commit, but a file or a folder; write git:REV:PATH")));
    }
    let known = git.names();
    if known.is_empty() && !git.run(&["rev-parse", "--verify", "HEAD"])?.ok {
        return Err(Stop::error("the repository has no commit yet"));
    }
    // What a remote has of the same name is what is missing after most clones.
    let remote = known.iter().find(|other| other.strip_suffix(name).is_some_and(|rest| rest.ends_with('/')));
    let near = match remote {
        Some(other) => format!("; did you mean \"{other}\"?"),
        None => rule::suggestion(name, known.iter().map(String::as_str)),
    };
    Err(Stop::error(format!("there is no revision \"{name}\" in this repository{near}{}", cut_off(git))))
}

/// What to do where the history is not all there.
fn cut_off(git: Git) -> &'static str {
    if git.shallow() {
        "\n  this clone is shallow: it holds only the latest commits; get the rest with: git fetch --unshallow\n  \
         (in GitHub Actions: fetch-depth: 0 at actions/checkout)"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_may_hold_a_path_a_base_and_colons_in_braces() {
        let read = |text: &str| parse(text, text).map(|spec| (spec.revision, spec.path)).map_err(|stop| stop.message);
        let one = |name: &str| Revision::Commit(name.to_owned());
        assert_eq!(read("HEAD"), Ok((one("HEAD"), None)));
        assert_eq!(read("origin/main:templates/10k"), Ok((one("origin/main"), Some("templates/10k".to_owned()))));
        assert_eq!(read("HEAD@{2024-01-01 10:00}:a:b"), Ok((one("HEAD@{2024-01-01 10:00}"), Some("a:b".to_owned()))));
        assert_eq!(read("main...:x"), Ok((Revision::Base("main".to_owned(), "HEAD".to_owned()), Some("x".to_owned()))));
        assert!(read("a..b").is_err_and(|message| message.contains("git:a...b")));
        assert!(read(":x").is_err_and(|message| message.contains("names no revision")));
    }
}
