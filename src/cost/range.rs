//! How far the bill may be off: each assumption is moved alone to the ends of its usual range, and everything is decided anew.

use super::{CostError, Options, estimate};
use crate::architecture::Architecture;
use crate::catalog::Catalog;
use crate::units::Usd;
use crate::workload::Assumptions;
use crate::{jobs, planner};

/// What the bill becomes when one assumption moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Mover {
    /// The assumption.
    pub assumption: &'static str,
    /// The lowest bill in its usual range.
    pub low: Usd,
    /// The highest.
    pub high: Usd,
}

/// The bill with its range. The assumptions are taken as independent: their parts add up as squares, so the range is where the bill will
/// usually be, not the worst of everything at once. Above, the parts are what each adds; below, the factors by which each makes it less.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The low end.
    pub low: Usd,
    /// The bill with all assumptions as they are.
    pub expected: Usd,
    /// The high end.
    pub high: Usd,
    /// The assumptions that move the bill, the strongest first.
    pub movers: Vec<Mover>,
}

/// The bill's range.
///
/// # Errors
/// When a price is missing and gaps are not allowed. An end of a range that no architecture carries is left out: its bill is unknown.
pub fn range(architecture: &Architecture, catalog: &Catalog, options: &Options) -> Result<Range, CostError> {
    let expected = estimate(architecture, catalog, options)?.total();
    let Architecture { phase, users, settings, assumptions, .. } = architecture;
    // What the user set is known, not assumed.
    let assumed = assumptions.entries().filter(|(entry, _)| !assumptions.is_overridden(entry.id));
    let ends: Vec<(&'static str, f64)> = assumed
        .flat_map(|(entry, value)| [entry.typical.0, entry.typical.1].map(|end| (entry.id, value, end)))
        .filter(|(_, value, end)| (end - value).abs() >= f64::EPSILON)
        .map(|(id, _, end)| (id, end))
        .collect();
    let bills = jobs::side_by_side(&ends, |(id, end)| {
        let mut moved: Assumptions = assumptions.clone();
        moved.set(&format!("{id}={end}")).ok()?;
        moved.check().ok()?;
        let moved = planner::plan(phase.clone(), *users, settings, &moved, catalog).ok()?;
        Some(match options {
            Options { price_region: None, allow_unpriced: true } => Ok(moved.estimate.total()),
            _ => estimate(&moved, catalog, options).map(|estimate| estimate.total()),
        })
    })?;
    let mut movers: Vec<Mover> = Vec::new();
    for ((id, _), bill) in ends.iter().zip(bills) {
        let Some(bill) = bill.transpose()? else { continue };
        match movers.iter_mut().find(|mover| mover.assumption == *id) {
            Some(mover) => (mover.low, mover.high) = (mover.low.min(bill), mover.high.max(bill)),
            None => movers.push(Mover { assumption: id, low: expected.min(bill), high: expected.max(bill) }),
        }
    }
    movers.retain(|mover| mover.low != mover.high);
    movers.sort_by_key(|mover| std::cmp::Reverse(mover.high - mover.low));
    let above = root(movers.iter().map(|mover| mover.high - expected));
    Ok(Range { low: least(expected, &movers), expected, high: expected + above, movers })
}

/// The low end: a bill falls by factors and never below nothing, so the parts that add up as squares are those by which the expected bill is more
/// than each low one, as seen from there.
fn least(expected: Usd, movers: &[Mover]) -> Usd {
    let more = movers.iter().filter(|mover| mover.low > Usd::ZERO).map(|mover| {
        let factor = (expected - mover.low).amount().checked_div(mover.low.amount()).unwrap_or_default();
        expected.times(factor)
    });
    let all = expected + root(more);
    let share = expected.amount().checked_div(all.amount()).unwrap_or(rust_decimal::Decimal::ONE);
    expected.times(share).to_cents()
}

/// The root of the sum of squares, in whole cents: no binary fraction stands between the lines and the range.
fn root(parts: impl Iterator<Item = Usd>) -> Usd {
    let squares = parts.map(|part| {
        let cents = part.to_cents().amount().mantissa().unsigned_abs();
        let scale = part.to_cents().amount().scale();
        let cents = cents.saturating_mul(10_u128.saturating_pow(2_u32.saturating_sub(scale)));
        cents.saturating_mul(cents)
    });
    let cents = squares.fold(0_u128, u128::saturating_add).isqrt();
    let cents = i128::try_from(cents).unwrap_or(i128::MAX).min(MOST_CENTS);
    Usd::new(rust_decimal::Decimal::from_i128_with_scale(cents, 2))
}

/// What a decimal holds.
const MOST_CENTS: i128 = 79_228_162_514_264_337_593_543_950_335;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_low_end_is_a_part_of_the_bill_and_never_nothing() {
        let usd = |text: &str| text.parse::<Usd>().unwrap();
        let mover = |low: &str| Mover { assumption: "peak_factor", low: usd(low), high: usd("100") };
        assert_eq!(least(usd("100"), &[]), usd("100"));
        assert_eq!(least(usd("100"), &[mover("50")]), usd("50"), "one alone goes to its own end");
        // 100 is three times more than 25 and four times more than 20: together five times more.
        assert_eq!(least(usd("100"), &[mover("25"), mover("20")]), usd("16.67"));
        assert_eq!(least(Usd::ZERO, &[mover("0")]), Usd::ZERO);
    }

    #[test]
    fn parts_add_up_as_squares() {
        let usd = |text: &str| text.parse::<Usd>().unwrap();
        assert_eq!(root([usd("3"), usd("4.00")].into_iter()), usd("5"));
        assert_eq!(root([usd("0.30"), usd("0.40")].into_iter()), usd("0.5"));
        assert_eq!(root(std::iter::empty()), Usd::ZERO);
    }
}
