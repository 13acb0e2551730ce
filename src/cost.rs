//! What an architecture costs in a month: line by line, with a range, and what a commitment would save.

mod range;
mod saving;

pub use range::{Mover, Range, range};
pub use saving::{Saving, savings};

use crate::architecture::Architecture;
use crate::block::{Basis, Bill, Gap, LineItem};
use crate::catalog::{Catalog, CatalogError, MissingPrice, Prices};
use crate::render::{RenderError, gather};
use crate::units::{Region, Usd, Users};
use crate::workload::Load;

/// Why there is no bill.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// A price that the list lacks.
    #[error("{component}: {missing}; --allow-unpriced shows the bill without it and says what is missing")]
    Missing {
        /// Who needs it.
        component: &'static str,
        /// What is missing.
        missing: MissingPrice,
    },
    /// The tables cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The components do not fit together.
    #[error(transparent)]
    Offers(#[from] RenderError),
}

/// How a bill is made.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whose prices count, when not those of the architecture's own regions.
    pub price_region: Option<Region>,
    /// Whether a missing price makes a gap instead of an error.
    pub allow_unpriced: bool,
}

/// The bill of a month, in cents that add up.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// Whose number of users it is for.
    pub users: Users,
    /// All lines, in the order of regions and components.
    pub lines: Vec<LineItem>,
    /// What has no price: its cost is unknown and not in any sum.
    pub gaps: Vec<Gap>,
}

impl Estimate {
    /// The sum of all lines.
    pub fn total(&self) -> Usd {
        self.lines.iter().map(|line| line.month).sum()
    }

    /// The sum of what stands, or of what is used.
    pub fn of(&self, basis: Basis) -> Usd {
        self.lines.iter().filter(|line| line.basis == basis).map(|line| line.month).sum()
    }

    /// The sum of lines that rest on estimated prices.
    pub fn estimated(&self) -> Usd {
        self.lines.iter().filter(|line| line.estimated).map(|line| line.month).sum()
    }

    /// The total for a thousand users; none without users.
    pub fn per_thousand(&self) -> Option<Usd> {
        let users = rust_decimal::Decimal::from(self.users.0);
        self.total().amount().checked_mul(rust_decimal::Decimal::ONE_THOUSAND)?.checked_div(users).map(Usd::new)
    }
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
    let (mut lines, mut gaps) = (Vec::new(), Vec::new());
    for site in architecture.sites(&regions) {
        let offers = gather::offers(architecture, &site)?;
        let place = options.price_region.as_ref().unwrap_or(&site.region.region);
        let mut bill = Bill::new(prices, place, options.allow_unpriced);
        for piece in &architecture.pieces {
            let component = piece.component.name();
            bill.component = component;
            piece.component.line_items(&site, &offers, load, &mut bill).map_err(|missing| CostError::Missing { component, missing })?;
        }
        lines.append(&mut bill.lines);
        gaps.append(&mut bill.gaps);
    }
    Ok(Estimate { users: load.users, lines, gaps })
}
