//! A number of users, and the ways a person writes one.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::{thousands, whole};

/// Monthly active users.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Users(pub u64);

impl Users {
    /// As a floating-point number, for rates; exact up to 2^53.
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }

    /// The users of one part (a region, a shard), rounded up to whole users; a share outside 0..=1 is taken as its nearer end.
    pub fn share(self, share: f64) -> Users {
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        Users(whole(self.as_f64() * share).min(self.0))
    }
}

impl fmt::Display for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&thousands(self.0))
    }
}

/// Why a text is not a number of users. Every message shows forms that are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsersError {
    /// Nothing but blanks.
    #[error("the number of users is empty; {FORMS}")]
    Empty,
    /// Below zero.
    #[error("`{0}` is below zero, and there are no negative users; {FORMS}")]
    Negative(String),
    /// More precise than one user.
    #[error("`{0}` comes to a fraction of a user; {FORMS}")]
    Fraction(String),
    /// Beyond what 64 bits hold.
    #[error("`{0}` is more users than can be counted (at most 18,446,744,073,709,551,615); {FORMS}")]
    TooLarge(String),
    /// Scientific notation.
    #[error("`{0}` uses an exponent; write the number out or use k, M or B; {FORMS}")]
    Exponent(String),
    /// Something behind the unit.
    #[error("`{given}` goes on with `{rest}` after the unit `{unit}`; {FORMS}")]
    AfterUnit {
        /// The whole text.
        given: String,
        /// The unit letter.
        unit: char,
        /// What follows it.
        rest: String,
    },
    /// Commas that do not stand before groups of three digits.
    #[error("`{0}` has a separator in the wrong place (commas go between groups of three digits, a decimal point is `.`); {FORMS}")]
    Separator(String),
    /// Not a number at all.
    #[error("`{0}` is not a number of users; {FORMS}")]
    NotANumber(String),
}

const FORMS: &str = "write it like 500000, 500_000, 500,000, 500k, 10M or 1.5M";

impl FromStr for Users {
    type Err = UsersError;

    fn from_str(text: &str) -> Result<Self, UsersError> {
        let text = text.trim();
        let given = || text.to_owned();
        if text.is_empty() {
            return Err(UsersError::Empty);
        }
        if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
            let negative = rest.starts_with(|c: char| c.is_ascii_digit() || c == '.');
            return Err(if negative { UsersError::Negative(given()) } else { UsersError::NotANumber(given()) });
        }
        let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '_' | ',' | '.'))).unwrap_or(text.len());
        let (figures, suffix) = text.split_at(end);
        if !figures.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(UsersError::NotANumber(given()));
        }
        let zeros = zeros_of_unit(text, suffix)?;
        let (whole, fraction) = figures.split_once('.').unwrap_or((figures, "0"));
        let whole = ungrouped(whole).ok_or_else(|| UsersError::Separator(given()))?;
        if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return Err(UsersError::Separator(given()));
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > zeros {
            return Err(UsersError::Fraction(given()));
        }
        let digits = format!("{whole}{fraction:0<zeros$}");
        digits.parse().map(Users).map_err(|_| UsersError::TooLarge(given()))
    }
}

/// How many zeros the unit stands for: none, k 3, M 6, B 9.
fn zeros_of_unit(text: &str, suffix: &str) -> Result<usize, UsersError> {
    let mut letters = suffix.chars();
    let Some(unit) = letters.next() else { return Ok(0) };
    let rest = letters.as_str();
    let zeros = match unit.to_ascii_lowercase() {
        'k' => 3,
        'm' => 6,
        'b' => 9,
        'e' if rest.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit()) => {
            return Err(UsersError::Exponent(text.to_owned()));
        }
        _ => return Err(UsersError::NotANumber(text.to_owned())),
    };
    if rest.is_empty() {
        return Ok(zeros);
    }
    Err(UsersError::AfterUnit { given: text.to_owned(), unit, rest: rest.to_owned() })
}

/// Digits without separators, or nothing when a separator stands where no person would put one (`1,5` is a decimal comma).
fn ungrouped(figures: &str) -> Option<String> {
    if figures.contains('_') {
        let sound = !figures.contains(',') && figures.split('_').all(|part| !part.is_empty());
        return sound.then(|| figures.replace('_', ""));
    }
    let mut groups = figures.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let sound = !first.is_empty() && (rest.is_empty() || first.len() <= 3) && rest.iter().all(|group| group.len() == 3);
    sound.then(|| figures.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_spelling_is_understood() {
        let cases = [
            ("500000", 500_000),
            ("500_000", 500_000),
            ("500,000", 500_000),
            ("500k", 500_000),
            ("500K", 500_000),
            ("10M", 10_000_000),
            ("10m", 10_000_000),
            ("1.5M", 1_500_000),
            ("2b", 2_000_000_000),
            (" 0 ", 0),
            ("1.0", 1),
            ("1,000.50k", 1_000_500),
            ("18446744073709551615", u64::MAX),
        ];
        for (text, users) in cases {
            assert_eq!(text.parse(), Ok(Users(users)), "{text}");
        }
    }

    #[test]
    fn every_mistake_is_named_and_shown_how_to_mend() {
        type Expected = fn(&UsersError) -> bool;
        let cases: [(&str, Expected); 16] = [
            ("", |e| *e == UsersError::Empty),
            ("   ", |e| *e == UsersError::Empty),
            ("-1", |e| matches!(e, UsersError::Negative(_))),
            ("-x", |e| matches!(e, UsersError::NotANumber(_))),
            ("abc", |e| matches!(e, UsersError::NotANumber(_))),
            ("NaN", |e| matches!(e, UsersError::NotANumber(_))),
            ("10 M", |e| matches!(e, UsersError::NotANumber(_))),
            ("٥", |e| matches!(e, UsersError::NotANumber(_))),
            ("1e99", |e| matches!(e, UsersError::Exponent(_))),
            ("10k5", |e| matches!(e, UsersError::AfterUnit { unit: 'k', rest, .. } if rest == "5")),
            ("0.5", |e| matches!(e, UsersError::Fraction(_))),
            ("1.2345k", |e| matches!(e, UsersError::Fraction(_))),
            ("18446744073709551616", |e| matches!(e, UsersError::TooLarge(_))),
            ("99999999999999999999999B", |e| matches!(e, UsersError::TooLarge(_))),
            ("1,5M", |e| matches!(e, UsersError::Separator(_))),
            ("1.2.3", |e| matches!(e, UsersError::Separator(_))),
        ];
        for (text, expected) in cases {
            let error = text.parse::<Users>().unwrap_err();
            assert!(expected(&error), "{text}: {error:?}");
            assert!(error.to_string().contains("500_000, 500,000, 500k, 10M or 1.5M"), "{error}");
            assert!(text.trim().is_empty() || error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn a_share_never_exceeds_the_whole() {
        assert_eq!(Users(10_000_000).share(0.5), Users(5_000_000));
        assert_eq!(Users(1).share(0.5), Users(1));
        assert_eq!(Users(u64::MAX).share(2.0), Users(u64::MAX));
        assert_eq!(Users(5).share(f64::NAN), Users(0));
        assert_eq!(Users(12_345_678).to_string(), "12,345,678");
    }

    proptest::proptest! {
        #[test]
        fn what_is_printed_is_read_back(n in proptest::num::u64::ANY) {
            proptest::prop_assert_eq!(Users(n).to_string().parse(), Ok(Users(n)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,12}") {
            let _ = text.parse::<Users>();
        }
    }
}
