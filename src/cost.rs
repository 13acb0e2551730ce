//! The bill's surroundings: made anew with other prices or another load, with its range, and with what a commitment would save.

mod curve;
mod range;
mod saving;

pub use crate::estimate::{Estimate, EstimateError, Options};
pub use curve::{Curve, Point, Sums, curve};
pub use range::{Mover, Range, range};
pub use saving::{Saving, savings};

use crate::architecture::Architecture;
use crate::catalog::{Catalog, CatalogError, Prices};
use crate::estimate;
use crate::jobs::Broken;
use crate::phase::PhaseError;
use crate::workload::Load;

/// Why there is no bill.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// A price is missing, or components do not fit together.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
    /// The tables cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The program carries a phase that does not read.
    #[error(transparent)]
    Phase(#[from] PhaseError),
    /// A thread broke down.
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// The bill of an architecture under the load that it was planned for.
///
/// # Errors
/// When a price is missing and gaps are not allowed, or when the tables cannot be read.
pub fn estimate(architecture: &Architecture, catalog: &Catalog, options: &Options) -> Result<Estimate, CostError> {
    estimate_under(architecture, &architecture.load, catalog.prices()?, options)
}

/// The bill of an architecture under another load than the one it was planned for: what is used follows the load, what stands stays.
///
/// # Errors
/// As [`estimate`].
pub fn estimate_under(architecture: &Architecture, load: &Load, prices: &Prices, options: &Options) -> Result<Estimate, CostError> {
    let regions: Vec<_> = architecture.regions.iter().collect();
    Ok(estimate::of(&architecture.pieces, architecture.sites(&regions), load, prices, options)?)
}
