//! One entry of the ledger, and why a value for it can be refused.

use std::fmt;

use serde::Serialize;

use super::ledger::LEDGER;
use crate::units::{self, Bytes};

/// What an assumption's value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A part of a whole, 0 to 1; also accepted as a percentage.
    Share,
    /// So many per one of the other.
    Ratio,
    /// Requests on one day.
    RequestsPerDay,
    /// Requests for one page view.
    RequestsPerPage,
    /// Operations per second.
    RequestsPerSecond,
    /// Bytes.
    Bytes,
    /// Binary mebibytes.
    Mebibytes,
    /// Open connections.
    Connections,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Hours.
    Hours,
}

impl Unit {
    /// The words that follow a number.
    pub fn words(self) -> &'static str {
        match self {
            Unit::Share => "share",
            Unit::Ratio => "ratio",
            Unit::RequestsPerDay => "requests/day",
            Unit::RequestsPerPage => "requests/page",
            Unit::RequestsPerSecond => "per second",
            Unit::Bytes => "bytes",
            Unit::Mebibytes => "MiB",
            Unit::Connections => "connections",
            Unit::Milliseconds => "ms",
            Unit::Seconds => "s",
            Unit::Hours => "hours",
        }
    }

    /// A value as people read it: `85 %`, `500 KB`, `100 per second`.
    pub fn format(self, value: f64) -> String {
        match self {
            Unit::Share => units::percent(value),
            Unit::Bytes => Bytes::from_f64(value).to_string(),
            Unit::Ratio => units::number(value),
            _ => format!("{} {}", units::number(value), self.words()),
        }
    }
}

/// How far a figure can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Trust {
    /// AWS's own data or documentation.
    A,
    /// A primary write-up or a measured benchmark.
    B,
    /// Secondary text.
    C,
    /// No source seen.
    #[serde(rename = "estimate")]
    Estimate,
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Trust::A => "A",
            Trust::B => "B",
            Trust::C => "C",
            Trust::Estimate => "estimate",
        })
    }
}

/// One figure that the load model takes for granted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Assumption {
    /// Its name on the command line.
    pub id: &'static str,
    /// The default.
    pub value: f64,
    /// What the value counts.
    pub unit: Unit,
    /// Where most apps lie; for low and high estimates.
    pub typical: (f64, f64),
    /// The smallest value that is accepted.
    pub low: f64,
    /// The largest value that is accepted.
    pub high: f64,
    /// Where the default comes from.
    pub source: &'static str,
    /// What it means, in one sentence.
    pub why: &'static str,
    /// How good the source is.
    pub trust: Trust,
}

/// The ledger's entry called `id`.
pub fn assumption(id: &str) -> Option<&'static Assumption> {
    LEDGER.iter().find(|entry| entry.id == id)
}

/// Why an override was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AssumptionError {
    /// No `=`, or nothing before it.
    #[error("`{0}` is not of the form id=value, such as cache_hit_rate=0.9")]
    Syntax(String),
    /// Nothing behind the `=`.
    #[error("{id} is empty; write it like {example}")]
    Empty {
        /// The assumption.
        id: &'static str,
        /// A valid setting.
        example: String,
    },
    /// No such entry.
    #[error("no assumption is called `{id}`; {hint}")]
    Unknown {
        /// What was asked for.
        id: String,
        /// The nearest name, or how to see all.
        hint: String,
    },
    /// The value is not a finite number.
    #[error("{id}: `{value}` is not a number; write it like {example}")]
    NotANumber {
        /// The assumption.
        id: &'static str,
        /// What was given.
        value: String,
        /// A valid setting.
        example: String,
    },
    /// A unit of another kind: a time for a size.
    #[error("{id}: `{value}` is {kind}, but the unit is {unit}; write it like {example}")]
    WrongUnit {
        /// The assumption.
        id: &'static str,
        /// What was given.
        value: String,
        /// What kind of quantity that is, in words.
        kind: &'static str,
        /// The assumption's unit.
        unit: &'static str,
        /// A valid setting.
        example: String,
    },
    /// A word behind the number that is no unit.
    #[error("{id}: `{value}` ends in \"{word}\", which is no unit known here; the unit is {unit}, write it like {example}")]
    UnknownUnit {
        /// The assumption.
        id: &'static str,
        /// What was given.
        value: String,
        /// The word.
        word: String,
        /// The assumption's unit.
        unit: &'static str,
        /// A valid setting.
        example: String,
    },
    /// Outside the accepted range.
    #[error("{id}: `{given}` is out of range; it must be from {low} to {high} (default {default})")]
    OutOfRange {
        /// The assumption.
        id: &'static str,
        /// What was given.
        given: String,
        /// The smallest accepted value.
        low: String,
        /// The largest accepted value.
        high: String,
        /// The default.
        default: String,
    },
    /// The same assumption with two values.
    #[error("{id} is set twice, to {first} and to {second}; keep one")]
    SetTwice {
        /// The assumption.
        id: &'static str,
        /// The value set before.
        first: String,
        /// The value refused.
        second: String,
    },
    /// Two values that cannot both be true.
    #[error("{text}")]
    Contradiction {
        /// The two assumptions.
        ids: [&'static str; 2],
        /// What is said of them.
        text: String,
    },
}
