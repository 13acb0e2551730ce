//! What is paid by use and grows by itself: its part of a month, its functions, and the limit that a quota sets.

use rust_decimal::Decimal;

use super::LOG_DAYS;
use crate::block::{Bill, Ceiling, Driver, Kind, Site, about};
use crate::catalog::{self, MissingPrice};
use crate::units::{Bytes, decimal, number, whole};
use crate::workload::Load;

/// Bytes that a function's call leaves in its log: what Lambda says of it and one line of the function's own [estimate].
const LOG_BYTES_PER_CALL: f64 = 500.0;
/// What is left of log lines when CloudWatch has compressed them [estimate].
const LOG_COMPRESSED: Decimal = Decimal::from_parts(15, 0, 0, false, 2);
/// A million, the unit of most prices of requests.
const MILLION: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// How many regions there are.
pub fn regions(site: &Site) -> Decimal {
    Decimal::from(site.regions.len().max(1))
}

/// One region's even part of what all users cause.
pub fn part(site: &Site, count: u64) -> Decimal {
    Decimal::from(count) / regions(site)
}

/// How the arithmetic of a line shows that a region has its part; nothing where there is one region.
pub fn divided(site: &Site) -> String {
    if site.regions.len() > 1 { format!(" ÷ {} regions", site.regions.len()) } else { String::new() }
}

/// How it shows that a region has what all cause; nothing where there is one region.
pub fn of_all(site: &Site) -> &'static str {
    if site.regions.len() > 1 { " of all regions" } else { "" }
}

/// "1 unit", "4 units".
pub fn units(count: u64) -> String {
    if count == 1 { "1 unit".to_owned() } else { format!("{count} units") }
}

/// So many in millions.
pub fn millions(count: Decimal) -> Decimal {
    count / MILLION
}

/// Billed gigabytes (2^30) of so many things of so many bytes.
pub fn gb(count: Decimal, bytes: f64) -> Decimal {
    count.saturating_mul(decimal(bytes)) / Decimal::from(Bytes::GIB)
}

/// How many steps are billed for one thing of so many bytes: at least one.
pub fn steps(bytes: f64, step: f64) -> u64 {
    whole(bytes / step).max(1)
}

/// A count as the arithmetic of a line shows it.
pub fn shown(count: Decimal) -> String {
    use rust_decimal::prelude::ToPrimitive;
    number(count.to_f64().unwrap_or(f64::MAX))
}

/// A function's month.
#[derive(Debug, Clone)]
pub struct Calls<'a> {
    /// What it is called in the bill.
    pub what: &'a str,
    /// How often it is called.
    pub calls: Decimal,
    /// Seconds that one call is billed.
    pub seconds: f64,
    /// Its memory in MB (2^20).
    pub memory: i64,
    /// Where the number of calls comes from.
    pub why: String,
}

/// The calls of a function, what they take, and what they leave in the log.
///
/// # Errors
/// When the list lacks a price.
pub fn function(site: &Site, bill: &mut Bill, month: Calls) -> Result<(), MissingPrice> {
    let Calls { what, calls, seconds, memory, why } = month;
    bill.usage(millions(calls), about(format!("{what}, calls"), "lambda.requests", Kind::Compute, why))?;
    let gb_seconds = calls.saturating_mul(decimal(seconds)).saturating_mul(Decimal::from(memory)) / Decimal::from(1_024);
    let why = format!("{} calls × {} s × {memory} MB ÷ 1,024", shown(calls), number(seconds));
    let basis = crate::block::Basis::Usage;
    bill.tiered(None, basis, gb_seconds, about(format!("{what}, time"), "lambda.arm64.gb_second", Kind::Compute, why))?;
    let logged = gb(calls, LOG_BYTES_PER_CALL);
    let why = format!("{} calls × {} bytes [estimate]", shown(calls), number(LOG_BYTES_PER_CALL));
    bill.usage(logged, about(format!("{what}, log"), "cloudwatch.logs.ingest", Kind::Operations, why))?;
    let days = site.settings.log_retention_days.map_or(LOG_DAYS, i64::from);
    let why = format!("{} GB × {days} days ÷ 30, compressed to 15 % [estimate]", shown(logged));
    let kept = logged.saturating_mul(Decimal::from(days)) / Decimal::from(30) * LOG_COMPRESSED;
    bill.usage(kept, about(format!("{what}, log kept"), "cloudwatch.logs.storage", Kind::Operations, why))
}

/// The limit of a service that grows by itself: what it takes at once, and at most what its quota allows, or what the plan's stress case asks for when
/// that is more; then the quota has to be raised before.
pub fn ceiling(
    what: impl Into<String>,
    unit: &'static str,
    first: Option<f64>,
    (quota, planned): (&'static str, f64),
    demand: impl Fn(&Load) -> f64 + Send + Sync + 'static,
) -> Ceiling {
    let most = catalog::default_quota(quota).map_or(planned, |value| planned.max(value as f64));
    Ceiling::fixed(what, Driver::Throughput, unit, first.unwrap_or(most).min(most), demand).scales_to(most).within(quota, most)
}

/// A capacity that was sized for a demand holds it: rounding noise of binary fractions must not take it away again.
pub fn holding(capacity: f64, sized_for: f64) -> f64 {
    if sized_for <= capacity * (1.0 + 1e-9) { capacity.max(sized_for) } else { capacity }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_billed_in_steps_is_rounded_up_and_never_free() {
        assert_eq!((steps(0.0, 1_024.0), steps(1_024.0, 1_024.0), steps(1_025.0, 1_024.0)), (1, 1, 2));
        assert_eq!(gb(Decimal::from(2), 1_073_741_824.0), Decimal::from(2));
        assert_eq!(millions(Decimal::from(1_500_000)), Decimal::new(15, 1));
    }

    #[test]
    fn a_plan_beyond_a_quota_says_how_much_of_it_is_needed() {
        let of = |planned: f64| ceiling("writes", "units/s", Some(4_000.0), ("dynamodb.table_wru", planned), |_| 1.0);
        let (small, large) = (of(10.0), of(70_000.0));
        assert_eq!((small.built, small.most, small.quota), (4_000.0, 40_000.0, Some(("dynamodb.table_wru", 40_000.0))));
        assert_eq!((large.most, large.quota), (70_000.0, Some(("dynamodb.table_wru", 70_000.0))));
    }

    #[test]
    fn noise_takes_no_capacity_away_and_makes_none() {
        let cases = [(350.000_000_000_06, 350.000_000_000_06), (351.0, 350.0), (1.0, 350.0)];
        for (sized_for, holds) in cases {
            assert_eq!(holding(350.0, sized_for).to_bits(), f64::to_bits(holds), "{sized_for}");
        }
    }
}
