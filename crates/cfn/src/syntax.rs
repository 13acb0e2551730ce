//! What YAML and JSON have in common: a document that knows where each value stands, its errors, its limits, and one normal form.

mod normal;
mod place;

pub use normal::{normalise, settle};
pub(crate) use place::Spot;
pub use place::{Document, Place};

use crate::{json, yaml};

/// The text is not YAML or JSON that CloudFormation would read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct SyntaxError {
    /// What is wrong, and what would be right.
    pub message: String,
    /// Line, counted from one.
    pub line: usize,
    /// Column in characters, counted from one.
    pub column: usize,
}

impl SyntaxError {
    pub(crate) fn at(place: Place, message: impl Into<String>) -> Self {
        SyntaxError { message: message.into(), line: place.line, column: place.column }
    }
}

/// How much a reader takes before it refuses; a file from a stranger must cost neither memory nor stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest text, in bytes; also bounds what YAML aliases may expand to.
    pub max_bytes: usize,
    /// How many lists and maps may stand inside one another. The readers recurse, so a caller who raises it needs the stack for it; YAML
    /// stops at 255 in any case.
    pub max_depth: usize,
}

impl Default for Limits {
    /// 1 MB, the largest template that CloudFormation takes (through S3), and 100 levels.
    fn default() -> Self {
        Limits { max_bytes: 1_000_000, max_depth: 100 }
    }
}

impl Limits {
    /// The text without its byte-order mark, when it is neither too long nor blank.
    pub(crate) fn admit(self, text: &str) -> Result<&str, SyntaxError> {
        if text.len() > self.max_bytes {
            let message = format!("the file has {} bytes; at most {} are read", text.len(), self.max_bytes);
            return Err(SyntaxError::at(Place::START, message));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            return Err(SyntaxError::at(Place::START, "the file is empty"));
        }
        Ok(text)
    }

    pub(crate) fn check_depth(self, depth: usize, place: Place) -> Result<(), SyntaxError> {
        if depth > self.max_depth {
            return Err(SyntaxError::at(place, format!("nested more than {} levels deep", self.max_depth)));
        }
        Ok(())
    }
}

/// Reads JSON or YAML, whichever it is.
///
/// # Errors
/// The text is neither. Text that opens with `{` is judged as JSON, unless YAML can read it (`{Key: value}`).
pub fn parse(text: &str) -> Result<Document, SyntaxError> {
    parse_with(text, Limits::default())
}

/// [`parse`] with limits of the caller's.
///
/// # Errors
/// As for [`parse`].
pub fn parse_with(text: &str, limits: Limits) -> Result<Document, SyntaxError> {
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return yaml::parse_with(text, limits);
    }
    json::parse_with(text, limits).or_else(|error| yaml::parse_with(text, limits).map_err(|_| error))
}
