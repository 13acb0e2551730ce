//! Files that are not as rendered: which, and how they differ.

use similar::TextDiff;

use super::look::{Ink, Look};

/// A file that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Its path.
    pub path: String,
    /// What is wrong with it.
    pub what: What,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It says something else.
    Changed {
        /// What it says.
        is: String,
        /// What it should say.
        should: String,
    },
    /// It is not there.
    Missing,
    /// It was written by an earlier run, and nothing is written to it any more.
    Surplus,
}

/// Every file with its difference as a unified diff: what is there is `-`, what should be is `+`.
pub fn diff(stale: &[Stale], look: &Look) -> String {
    let mut text = String::new();
    for file in stale {
        match &file.what {
            What::Missing => text.push_str(&format!("{} {}\n", look.ink(Ink::Good, "missing"), file.path)),
            What::Surplus => text.push_str(&format!("{} {}\n", look.ink(Ink::Warning, "surplus"), file.path)),
            What::Changed { is, should } => {
                let diff = TextDiff::from_lines(is.as_str(), should.as_str());
                let (old, new) = (format!("{} (as it is)", file.path), format!("{} (as rendered)", file.path));
                for line in diff.unified_diff().header(&old, &new).to_string().lines() {
                    let ink = match line.chars().next() {
                        _ if line.starts_with("---") || line.starts_with("+++") => Ink::Strong,
                        Some('+') => Ink::Good,
                        Some('-') => Ink::Danger,
                        _ => Ink::Faint,
                    };
                    text.push_str(&look.ink(ink, line));
                    text.push('\n');
                }
            }
        }
    }
    text
}

/// How many files of how many, and as the last line what to do.
pub fn summary(stale: &[Stale], files: usize, dir: &str, remedy: &str, look: &Look) -> String {
    let mut text = format!(
        "{} in {dir} (of {files} rendered):\n",
        look.ink(Ink::Danger, &format!("{} stale {}", stale.len(), plural(stale.len(), "file")))
    );
    for file in stale {
        let word = match file.what {
            What::Changed { .. } => "changed",
            What::Missing => "missing",
            What::Surplus => "surplus",
        };
        text.push_str(&format!("  {word}  {}\n", file.path));
    }
    text.push_str(&format!("{remedy}\n"));
    text
}

/// `1 file`, `2 files`: the word without the number.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
