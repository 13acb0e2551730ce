//! What is wrong in a settings file, and where: shown with the line itself and a caret below the word.

use std::fmt;

/// Lines longer than this are cut in the excerpt, so that a caret stays in sight.
const MAX_COLUMNS: usize = 100;

/// A place in a file: line and column count from 1, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// How many characters are meant, at least 1.
    pub width: usize,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name, as the user would type it.
    pub file: String,
    /// Where, when one place can be named.
    pub place: Option<Place>,
    /// What is wrong and what would be right.
    pub message: String,
    /// The line before and the line itself, each with its number.
    excerpt: Vec<(usize, String)>,
}

impl Problem {
    /// A problem of the whole file.
    pub fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into(), excerpt: Vec::new() }
    }

    /// A problem at one place of `text`.
    pub fn at(file: &str, text: &str, place: Place, message: impl Into<String>) -> Self {
        let first = place.line.saturating_sub(1).max(1);
        let excerpt = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .skip(first - 1)
            .take(place.line + 1 - first)
            .map(|(number, line)| (number, line.replace('\t', " ")))
            .collect();
        Self { file: file.to_owned(), place: Some(place), message: message.into(), excerpt }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(place) = self.place else {
            return write!(f, "{}: {}", self.file, self.message);
        };
        write!(f, "{}:{}:{}: {}", self.file, place.line, place.column, self.message)?;
        // A long line is shown from a little before the place on.
        let skip = place.column.saturating_sub(MAX_COLUMNS / 2);
        let gutter = place.line.to_string().len() + 1;
        for (number, line) in &self.excerpt {
            let shown: String = line.chars().skip(skip).take(MAX_COLUMNS).collect();
            write!(f, "\n{number:>gutter$} | {}", shown.trim_end())?;
        }
        let width = place.width.clamp(1, MAX_COLUMNS / 2);
        write!(f, "\n{:>gutter$} | {:indent$}{}", "", "", "^".repeat(width), indent = place.column - 1 - skip)
    }
}

/// All that is wrong in one file; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
