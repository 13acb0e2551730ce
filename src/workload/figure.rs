//! A value with its unit, as it is put into a formula: with as many digits as are needed, and never another number than its words say.

use super::assumption::Unit;
use super::step::Value;
use crate::units;

/// A value and what it counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// The value of a step, with the step's unit.
    Step(Value, &'static str),
    /// The value of an assumption, with the assumption's unit.
    Assumed(f64, Unit),
}

/// The most digits that a binary fraction needs to be told from its neighbours.
pub const ALL_DIGITS: usize = 17;

/// Units of data, each a thousand times the one before.
const SIZES: [(&str, f64); 7] = [("B", 1.0), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("PB", 1e15), ("EB", 1e18)];

impl Figure {
    /// The value as it is.
    pub fn amount(&self) -> f64 {
        match self {
            Figure::Step(value, _) => value.amount(),
            Figure::Assumed(value, _) => *value,
        }
    }

    /// The words at a number of digits, and the value that the words say.
    pub fn shown(&self, digits: usize) -> (String, f64) {
        match self {
            Figure::Step(Value::Users(users), _) => (counted(users.0, "users"), users.as_f64()),
            Figure::Step(Value::Count(count), unit) => (counted(*count, unit), *count as f64),
            Figure::Step(Value::Bytes(bytes), unit) => {
                let (words, value) = size(bytes.as_f64(), digits);
                (format!("{words}{}", unit.strip_prefix("bytes").unwrap_or_default()), value)
            }
            Figure::Step(value, unit) => {
                let (number, shown) = significant(value.amount(), digits);
                (if unit.starts_with('/') { format!("{number}{unit}") } else { format!("{number} {unit}") }, shown)
            }
            Figure::Assumed(value, Unit::Bytes) => size(*value, digits),
            Figure::Assumed(value, Unit::Share) => {
                let (number, shown) = significant(value * 100.0, digits);
                (format!("{number} %"), shown / 100.0)
            }
            Figure::Assumed(value, unit) => {
                let (number, shown) = significant(*value, digits);
                let words = match unit {
                    Unit::Ratio => number,
                    Unit::RequestsPerSecond => format!("{number}/s"),
                    _ => format!("{number} {}", unit.words()),
                };
                (words, shown)
            }
        }
    }
}

/// The value of a step with its unit, rounded for reading: `57.9/s`, `50 GB`, `1 user`.
pub fn result(value: Value, unit: &str) -> String {
    match value {
        Value::Users(users) => counted(users.0, "users"),
        Value::Count(count) => counted(count, unit),
        Value::Rate(rate) => rate.to_string(),
        Value::Bytes(bytes) => format!("{bytes}{}", unit.strip_prefix("bytes").unwrap_or_default()),
        Value::Amount(amount) => format!("{} {unit}", units::number(amount)),
    }
}

fn counted(count: u64, unit: &str) -> String {
    let number = units::thousands(count);
    match unit {
        per if per.starts_with('/') => format!("{number}{per}"),
        many if count == 1 => format!("{number} {}", many.strip_suffix('s').unwrap_or(many)),
        many => format!("{number} {many}"),
    }
}

fn size(bytes: f64, digits: usize) -> (String, f64) {
    if digits >= ALL_DIGITS {
        let (number, shown) = significant(bytes, digits);
        return (format!("{number} B"), shown);
    }
    let (unit, step) = SIZES.into_iter().rev().find(|(_, step)| bytes >= *step).unwrap_or(("B", 1.0));
    let (number, shown) = significant(bytes / step, digits);
    (format!("{number} {unit}"), shown * step)
}

/// A number with at least this many significant digits (whole parts are never rounded), and the number that this is.
fn significant(value: f64, digits: usize) -> (String, f64) {
    if value == 0.0 || !value.is_finite() {
        return ("0".to_owned(), 0.0);
    }
    let scientific = format!("{:.*e}", digits.saturating_sub(1), value);
    let exponent: i64 = scientific.split('e').nth(1).and_then(|exponent| exponent.parse().ok()).unwrap_or(0);
    let wanted = i64::try_from(digits).unwrap_or(i64::MAX);
    let decimals = usize::try_from(wanted.saturating_sub(1).saturating_sub(exponent)).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    (units::grouped(text), text.parse().unwrap_or(value))
}
