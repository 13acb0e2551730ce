//! A difference in words: for people, for scripts, for a pull request, for code hosts and for test reports.
//!
//! Everything here that comes out of a template is data: no view lets it draw, link, mention or hide anything.

mod danger;
mod detail;
mod details;
mod figures;
mod json;
mod junit;
mod markdown;
mod matrix;
mod road;
mod safe;
mod sarif;
mod stack_json;
mod stacks;
pub mod step;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod words;

pub use json::json;
pub use junit::junit;
pub use markdown::{MARKER, markdown};
pub use matrix::{matrix, matrix_json, matrix_markdown};
pub use road::broken;
pub use sarif::sarif;
pub use text::text;

use crate::diff::{Breach, Difference};

/// The JSON schema of [`json()`]; `scalectl schema diff` prints it.
pub const SCHEMA: &str = include_str!("../../schemas/diff.schema.json");

/// The JSON schema of [`matrix_json`]; `scalectl schema matrix` prints it.
pub const MATRIX_SCHEMA: &str = include_str!("../../schemas/matrix.schema.json");

/// A difference with what was asked of it.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// What the two sides disagree on.
    pub difference: &'a Difference,
    /// What of it breaks a condition.
    pub breaches: &'a [Breach],
    /// The logical IDs of resources whose data's fate was accepted.
    pub accepted: &'a [String],
}

impl Shown<'_> {
    /// Whether somebody accepted what happens to the data of this resource.
    fn accepts(&self, id: &str) -> bool {
        self.accepted.iter().any(|accepted| accepted == id)
    }
}
