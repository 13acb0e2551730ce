//! Rates per second.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

use serde::Serialize;

/// Seconds in a day.
pub const SECONDS_PER_DAY: f64 = 86_400.0;
/// Seconds in AWS's billing month of 730 hours.
pub const SECONDS_PER_MONTH: f64 = 730.0 * 3_600.0;

/// Something that happens so many times a second: finite and never negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct PerSecond(f64);

impl PerSecond {
    /// Never.
    pub const ZERO: PerSecond = PerSecond(0.0);

    /// Negative or NaN becomes zero, infinite the largest finite number.
    pub fn new(rate: f64) -> PerSecond {
        PerSecond(if rate.is_nan() { 0.0 } else { rate.clamp(0.0, f64::MAX) })
    }

    /// The number itself, times per second.
    pub fn get(self) -> f64 {
        self.0
    }

    /// The rate times a factor.
    pub fn scaled(self, factor: f64) -> PerSecond {
        PerSecond::new(self.0 * factor)
    }

    /// The larger of the two.
    pub fn max(self, other: PerSecond) -> PerSecond {
        PerSecond(self.0.max(other.0))
    }

    /// How often in a month of 730 hours, rounded up, saturating.
    pub fn per_month(self) -> u64 {
        super::whole(self.0 * SECONDS_PER_MONTH)
    }
}

impl Add for PerSecond {
    type Output = PerSecond;
    fn add(self, other: PerSecond) -> PerSecond {
        PerSecond::new(self.0 + other.0)
    }
}

impl Sum for PerSecond {
    fn sum<I: Iterator<Item = PerSecond>>(iter: I) -> PerSecond {
        iter.fold(PerSecond::ZERO, Add::add)
    }
}

impl fmt::Display for PerSecond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/s", super::number(self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_always_finite_and_not_negative() {
        assert_eq!(PerSecond::new(f64::NAN), PerSecond::ZERO);
        assert_eq!(PerSecond::new(-1.0), PerSecond::ZERO);
        assert!(PerSecond::new(f64::INFINITY).get().is_finite());
        assert!((PerSecond::new(f64::MAX) + PerSecond::new(f64::MAX)).get().is_finite());
        assert_eq!(PerSecond::new(f64::MAX).per_month(), u64::MAX);
    }

    #[test]
    fn rates_read_well() {
        assert_eq!(PerSecond::new(3472.22).to_string(), "3,472/s");
        assert_eq!(PerSecond::new(0.347).to_string(), "0.35/s");
        assert_eq!(PerSecond::new(1.0).per_month(), 2_628_000);
    }
}
