//! Quantities that must not be confused: users, rates, sizes, money, regions; none of them can overflow, be NaN or print nonsense.

mod bytes;
mod money;
mod rate;
mod region;
mod users;

pub use bytes::{Binary, Bytes};
pub use money::{Usd, UsdError};
pub use rate::{PerSecond, SECONDS_PER_DAY, SECONDS_PER_MONTH};
pub use region::{Region, RegionError};
pub use users::{Users, UsersError};

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

/// The smallest whole number of things that covers `amount`; 0 for anything negative or not a number, saturating at `u64::MAX`.
///
/// An excess of less than one part in 10^12 is rounding noise of binary fractions (0.07 × 100 is 7.000000000000001), not an eighth thing.
pub fn whole(amount: f64) -> u64 {
    if amount.is_nan() {
        return 0;
    }
    let nearest = amount.round();
    let noise = 1e-12 * amount.abs().max(1.0);
    // A cast from a float saturates, and takes negative numbers to 0.
    if (amount - nearest).abs() <= noise { nearest as u64 } else { amount.ceil() as u64 }
}

/// A measured quantity as a decimal, ready to be multiplied by a price; negative or NaN is 0, beyond the range is `Decimal::MAX`.
pub fn decimal(amount: f64) -> Decimal {
    if amount.is_nan() || amount <= 0.0 {
        return Decimal::ZERO;
    }
    Decimal::from_f64(amount).unwrap_or(Decimal::MAX)
}

/// A whole number with thousands separators: `1234567` is `1,234,567`.
pub fn thousands(number: u64) -> String {
    group(&number.to_string())
}

/// A finite number for people: separators from 1,000 on, two decimals below 10, one below 100, none above; `0` when it is not a number.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "0".to_owned();
    }
    let size = value.abs().min(f64::MAX);
    let digits = match size {
        s if s < 0.01 && s > 0.0 => return format!("{}{}", sign(value), tiny(s)),
        s if s < 9.995 => 2,
        s if s < 99.95 => 1,
        _ => 0,
    };
    let text = format!("{size:.digits$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{}{point}{fraction}", sign(value), group(whole))
}

/// A share as a percentage: `0.85` is `85 %`.
pub fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

fn sign(value: f64) -> &'static str {
    if value < 0.0 { "-" } else { "" }
}

fn tiny(size: f64) -> String {
    if size < 1e-6 { "<0.000001".to_owned() } else { format!("{size:.6}").trim_end_matches('0').to_owned() }
}

/// A number in digits with separators in its whole part: `1234567.89` is `1,234,567.89`.
pub fn grouped(digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}", group(whole))
}

/// Puts a comma before every third digit from the right.
fn group(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_round_up_but_not_because_of_rounding_noise() {
        assert_eq!(whole(5e15), 5_000_000_000_000_000);
        assert_eq!(whole(0.07 * 100.0), 7);
        assert_eq!(whole(7.001), 8);
        assert_eq!(whole(0.2), 1);
        assert_eq!(whole(0.0), 0);
        assert_eq!(whole(-3.0), 0);
        assert_eq!(whole(f64::NAN), 0);
        assert_eq!(whole(f64::INFINITY), u64::MAX);
    }

    #[test]
    fn numbers_read_well_at_every_size() {
        let cases = [(0.0, "0"), (0.347, "0.35"), (0.0042, "0.0042"), (1.16, "1.16"), (57.87, "57.9"), (173.6, "174"), (8333.3, "8,333")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(f64::NAN), "0");
        assert_eq!(number(9.999), "10");
        assert_eq!(number(1e-12), "<0.000001");
        assert!(!number(f64::INFINITY).contains("inf"));
        assert_eq!(percent(0.85), "85 %");
    }

    #[test]
    fn decimals_never_go_below_zero_or_beyond_range() {
        assert_eq!(decimal(f64::NAN), Decimal::ZERO);
        assert_eq!(decimal(-1.0), Decimal::ZERO);
        assert_eq!(decimal(f64::INFINITY), Decimal::MAX);
        assert_eq!(decimal(0.5).to_string(), "0.5");
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
    }
}
