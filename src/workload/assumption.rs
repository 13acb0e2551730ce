//! One entry of the ledger, and how a person overrides it.

use std::fmt;

use serde::Serialize;

use super::ledger::{Assumptions, LEDGER};
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
    /// No `=`, or nothing before or after it.
    #[error("`{0}` is not of the form id=value, such as cache_hit_rate=0.9")]
    Syntax(String),
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
    /// A percentage for something that is no share.
    #[error("{id}: `{value}` is a percentage, but the unit is {unit}; write it like {example}")]
    NotAShare {
        /// The assumption.
        id: &'static str,
        /// What was given.
        value: String,
        /// Its unit.
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
    #[error("{0}")]
    Contradiction(&'static str),
}

impl Assumptions {
    /// The defaults with the given `id=value` settings, checked singly and together.
    pub fn with<S: AsRef<str>>(settings: impl IntoIterator<Item = S>) -> Result<Assumptions, AssumptionError> {
        let mut assumptions = Assumptions::default();
        for setting in settings {
            assumptions.set(setting.as_ref())?;
        }
        assumptions.check()?;
        Ok(assumptions)
    }

    /// Overrides one assumption, given as `id=value`; shares also as `id=20%`. What contradicts another shows in [`Assumptions::check`].
    pub fn set(&mut self, setting: &str) -> Result<(), AssumptionError> {
        let (id, value) = match setting.split_once('=') {
            Some((id, value)) if !id.trim().is_empty() && !value.trim().is_empty() => (id.trim(), value.trim()),
            _ => return Err(AssumptionError::Syntax(setting.to_owned())),
        };
        let entry = assumption(id).ok_or_else(|| unknown(id))?;
        let number = parse(entry, value)?;
        if !(entry.low..=entry.high).contains(&number) {
            return Err(AssumptionError::OutOfRange {
                id: entry.id,
                given: value.to_owned(),
                low: entry.unit.format(entry.low),
                high: entry.unit.format(entry.high),
                default: entry.unit.format(entry.value),
            });
        }
        let overridden = self.is_overridden(entry.id);
        let Some(slot) = self.slot(entry.id) else { return Err(unknown(id)) };
        if overridden && slot.to_bits() != number.to_bits() {
            let (first, second) = (entry.unit.format(*slot), entry.unit.format(number));
            return Err(AssumptionError::SetTwice { id: entry.id, first, second });
        }
        *slot = number;
        if !overridden {
            self.overridden.push(entry.id);
        }
        Ok(())
    }

    /// Values that are sound alone but cannot both be true.
    pub fn check(&self) -> Result<(), AssumptionError> {
        let contradictions = [
            (
                self.static_objects_per_page() <= 0.0 && self.static_bytes_per_page() > 0.0,
                "static_objects_per_page is 0, so static_bytes_per_page must be 0 too: bytes cannot come without requests",
            ),
            (
                self.requests_per_page() > self.requests_per_active_user_per_day(),
                "requests_per_page is more than requests_per_active_user_per_day: an active user sees at least one page",
            ),
        ];
        match contradictions.into_iter().find(|(holds, _)| *holds) {
            Some((_, text)) => Err(AssumptionError::Contradiction(text)),
            None => Ok(()),
        }
    }

    /// Whether the user set it.
    pub fn is_overridden(&self, id: &str) -> bool {
        self.overridden.contains(&id)
    }

    /// Every entry of the ledger with the value in force.
    pub fn entries(&self) -> impl Iterator<Item = (&'static Assumption, f64)> + '_ {
        LEDGER.iter().map(|entry| (entry, self.value(entry.id).unwrap_or(entry.value)))
    }
}

fn unknown(id: &str) -> AssumptionError {
    let nearest = LEDGER
        .iter()
        .map(|entry| (strsim::damerau_levenshtein(id, entry.id), entry.id))
        .min()
        .filter(|(distance, nearest)| *distance <= nearest.len().div_ceil(3) || nearest.contains(id));
    let hint = match nearest {
        Some((_, nearest)) => format!("did you mean `{nearest}`?"),
        None => format!("there are: {}", LEDGER.iter().map(|entry| entry.id).collect::<Vec<_>>().join(", ")),
    };
    AssumptionError::Unknown { id: id.to_owned(), hint }
}

fn parse(entry: &Assumption, value: &str) -> Result<f64, AssumptionError> {
    let example = || format!("{}={}", entry.id, entry.value);
    let (figures, divisor) = match value.strip_suffix('%') {
        Some(_) if entry.unit != Unit::Share => {
            let unit = entry.unit.words();
            return Err(AssumptionError::NotAShare { id: entry.id, value: value.to_owned(), unit, example: example() });
        }
        Some(figures) => (figures.trim_end(), 100.0),
        None => (value, 1.0),
    };
    let number: Option<f64> = figures.replace('_', "").parse().ok();
    match number {
        Some(number) if number.is_finite() => Ok(number / divisor),
        _ => Err(AssumptionError::NotANumber { id: entry.id, value: value.to_owned(), example: example() }),
    }
}
