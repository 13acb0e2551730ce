//! What a commitment for a year would save on what stands anyway.

use super::Estimate;
use crate::block::{Basis, Commitment};
use crate::catalog::Prices;
use crate::units::{Usd, percent};
use rust_decimal::prelude::ToPrimitive;

/// What one commitment saves in a month.
#[derive(Debug, Clone, PartialEq)]
pub struct Saving {
    /// What is committed to: "Compute Savings Plan, 1 year, nothing upfront: 27 %".
    pub what: String,
    /// The monthly bill that it applies to.
    pub on: Usd,
    /// What it saves of it.
    pub month: Usd,
    /// Where the rate comes from.
    pub source: String,
    /// Whether the rate is an estimate.
    pub estimated: bool,
}

/// The commitments, with their line among the discounts and what they are called.
const COMMITMENTS: [(Commitment, &str, &str); 2] = [
    (Commitment::ComputeSavingsPlan, "savings_plan.compute.1y.no_upfront", "Compute Savings Plan, 1 year, nothing upfront"),
    (Commitment::ReservedDatabase, "rds.reserved.1y.no_upfront", "Reserved database instances, 1 year, nothing upfront"),
];

/// What commitments would save; only what stands counts, because a commitment is paid whether it is used or not. A discount that the list lacks is no
/// saving.
pub fn savings(estimate: &Estimate, prices: &Prices) -> Vec<Saving> {
    let mut savings = Vec::new();
    for (commitment, key, words) in COMMITMENTS {
        let lines = estimate.lines.iter().filter(|line| line.commitment == Some(commitment) && line.basis == Basis::Standing);
        let on: Usd = lines.map(|line| line.month).sum();
        if let Some(discount) = prices.discount(key).filter(|_| on > Usd::ZERO) {
            let rate = discount.fraction.to_f64().map(percent).unwrap_or_default();
            savings.push(Saving {
                what: format!("{words}: {rate}"),
                on,
                month: on.times(discount.fraction).to_cents(),
                source: discount.source.clone(),
                estimated: discount.estimated,
            });
        }
    }
    savings
}
