//! Quantities of the bill that several components work out alike; none of them can overflow or divide by zero.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::bucket;
use crate::block::Site;
use crate::units::{Bytes, decimal, number};

/// The part of all requests that programs of others make at the public API, where there is one. An estimate: nothing is known of them.
pub const API_SHARE: f64 = 0.1;

/// What logs in CloudWatch take of what was written: they are compressed. An estimate.
const COMPRESSED: f64 = 0.15;

/// The days of a month, where a figure is one of a day: what changes, what is kept.
pub const DAYS: u32 = 30;

/// One region's part of what all regions have together.
pub fn of_region(site: &Site, all: Decimal) -> Decimal {
    all / Decimal::from(site.regions.len().max(1))
}

/// Times a measured factor.
pub fn times(quantity: impl Into<Decimal>, factor: f64) -> Decimal {
    quantity.into().saturating_mul(decimal(factor))
}

/// Divided by a measured factor; by nothing it is nothing.
pub fn per(quantity: Decimal, factor: f64) -> Decimal {
    quantity.checked_div(decimal(factor)).unwrap_or_default()
}

/// In millions.
pub fn millions(quantity: Decimal) -> Decimal {
    quantity / Decimal::from(1_000_000)
}

/// In thousands.
pub fn thousands(quantity: Decimal) -> Decimal {
    quantity / Decimal::ONE_THOUSAND
}

/// Bytes in the gigabytes that are billed.
pub fn gigabytes(bytes: Decimal) -> Decimal {
    bytes / Decimal::from(Bytes::GIB)
}

/// GB-months of access logs that a bucket keeps, when so many requests of a month are written down with so many bytes each.
pub fn kept_logs(requests: Decimal, bytes: u32) -> Decimal {
    let days = Decimal::from(bucket::kept_days(bucket::ACCESS_LOG_DAYS));
    gigabytes(requests.saturating_mul(Decimal::from(bytes))).saturating_mul(days) / Decimal::from(DAYS)
}

/// GB-months that a log group keeps of what is written to it in a month, and the days for which it does: those of the settings where they say so.
pub fn log_group(site: &Site, days: i64, written: Decimal) -> (Decimal, i64) {
    let days = site.settings.log_retention_days.map_or(days, i64::from);
    (times(written, COMPRESSED).saturating_mul(Decimal::from(days)) / Decimal::from(DAYS), days)
}

/// For a person.
pub fn words(quantity: Decimal) -> String {
    number(quantity.to_f64().unwrap_or(f64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_quantities_stay_quantities() {
        let most = Decimal::MAX;
        assert_eq!(times(most, f64::MAX), most);
        assert_eq!(per(most, 1e-20), Decimal::ZERO, "what cannot be told is left out, and never a crash");
        assert!(kept_logs(most, 600) > Decimal::ZERO);
        assert!(!words(most).is_empty());
    }

    #[test]
    fn logs_are_kept_for_a_quarter_and_the_week_in_which_they_can_be_had_back() {
        assert_eq!(kept_logs(Decimal::from(Bytes::GIB), 30), Decimal::from(97));
    }
}
