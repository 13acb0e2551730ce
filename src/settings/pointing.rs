//! A word of a settings file that was read before, for problems that only the whole of it shows.

use super::{Place, Problem, Settings};

impl Settings {
    /// A problem at a word below a key of the file's first level; an empty key stands for any. Without a place when the word came from a flag.
    pub fn problem(&self, key: &str, word: &str, message: impl Into<String>) -> Problem {
        let Some(source) = &self.source else { return Problem::of_file(if key.is_empty() { word } else { key }, message) };
        match place(&source.text, key, word) {
            Some(place) => Problem::at(&source.name, &source.text, place, message),
            None => Problem::of_file(&source.name, message),
        }
    }
}

/// Where a word stands by itself, outside comments, under a key of the first level.
fn place(text: &str, key: &str, word: &str) -> Option<Place> {
    let part = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let mut below = key.is_empty();
    text.lines().enumerate().find_map(|(index, line)| {
        let said = line.split('#').next().unwrap_or_default();
        if !key.is_empty() && said.starts_with(|c: char| c.is_ascii_alphabetic()) {
            below = said.split(':').next() == Some(key);
        }
        let alone = |(at, word): &(usize, &str)| !said[..*at].ends_with(part) && !said[at + word.len()..].starts_with(part);
        let (at, _) = said.match_indices(word).filter(|_| below).find(alone)?;
        Some(Place { line: index + 1, column: said[..at].chars().count() + 1, width: word.chars().count() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_counts_only_under_its_key_and_by_itself() {
        let text = "app: rds-shop # rds\nnote: rds\ndatabase:\n  hosting: rds\n";
        assert_eq!(place(text, "database", "rds"), Some(Place { line: 4, column: 12, width: 3 }));
        assert_eq!(place(text, "", "rds"), Some(Place { line: 2, column: 7, width: 3 }));
        assert_eq!(place(text, "cache", "rds"), None);
    }
}
