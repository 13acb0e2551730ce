//! Exact money.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

/// US dollars, exact to 28 digits; arithmetic saturates instead of overflowing, and is never done in binary fractions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Usd(Decimal);

impl Usd {
    /// Nothing to pay.
    pub const ZERO: Usd = Usd(Decimal::ZERO);

    /// From an exact decimal.
    pub const fn new(amount: Decimal) -> Usd {
        Usd(amount)
    }

    /// The exact amount.
    pub const fn amount(self) -> Decimal {
        self.0
    }

    /// Times a quantity (hours, gigabytes, requests; see [`super::decimal`] for measured ones).
    pub fn times(self, quantity: impl Into<Decimal>) -> Usd {
        Usd(self.0.saturating_mul(quantity.into()))
    }

    /// Rounded to cents, half away from zero, as invoices do.
    pub fn to_cents(self) -> Usd {
        Usd(self.0.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }
}

impl Add for Usd {
    type Output = Usd;
    fn add(self, other: Usd) -> Usd {
        Usd(self.0.saturating_add(other.0))
    }
}

impl Sub for Usd {
    type Output = Usd;
    fn sub(self, other: Usd) -> Usd {
        Usd(self.0.saturating_sub(other.0))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Usd>>(iter: I) -> Usd {
        iter.fold(Usd::ZERO, Add::add)
    }
}

/// A text that is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an amount of US dollars; write it like 1234.56")]
pub struct UsdError(String);

impl FromStr for Usd {
    type Err = UsdError;

    fn from_str(text: &str) -> Result<Usd, UsdError> {
        // Published prices are also written like 1.66667e-05.
        let parsed = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { Decimal::from_str(text) };
        parsed.map(Usd).map_err(|_| UsdError(text.to_owned()))
    }
}

impl fmt::Display for Usd {
    /// `1,234.56 USD`; an amount below a cent keeps two significant digits, because `0.00` would be a lie.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cent = Decimal::new(1, 2);
        if self.0 != Decimal::ZERO && self.0.abs() < cent {
            let text = self.0.round_sf(2).unwrap_or(self.0).normalize();
            return f.pad(&format!("{text} USD"));
        }
        let text = format!("{:.2}", self.to_cents().0.abs());
        let (dollars, cents) = text.split_once('.').unwrap_or((&text, "00"));
        let sign = if self.0.is_sign_negative() && !self.0.is_zero() { "-" } else { "" };
        f.pad(&format!("{sign}{}.{cents} USD", super::group(dollars)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Usd {
        text.parse().unwrap()
    }

    #[test]
    fn money_is_exact() {
        assert_eq!(usd("0.1") + usd("0.2"), usd("0.3"));
        assert_eq!(usd("0.0336").times(730), usd("24.528"));
        assert_eq!(usd("1.66667e-05").times(1_000_000), usd("16.6667"));
        assert_eq!([usd("1.10"), usd("2.20")].into_iter().sum::<Usd>(), usd("3.3"));
        assert_eq!(usd("5") - usd("1.5"), usd("3.5"));
    }

    #[test]
    fn money_reads_well_and_hides_nothing() {
        assert_eq!(usd("1234567.891").to_string(), "1,234,567.89 USD");
        assert_eq!(usd("-12.5").to_string(), "-12.50 USD");
        assert_eq!(usd("0").to_string(), "0.00 USD");
        assert_eq!(usd("0.0000166667").to_string(), "0.000017 USD");
        assert_eq!(usd("0.005").to_string(), "0.005 USD");
    }

    #[test]
    fn money_saturates_instead_of_overflowing() {
        assert_eq!(Usd::new(Decimal::MAX).times(10), Usd::new(Decimal::MAX));
        assert_eq!(Usd::new(Decimal::MAX) + usd("1"), Usd::new(Decimal::MAX));
        assert!("ten".parse::<Usd>().unwrap_err().to_string().contains("`ten`"));
    }
}
