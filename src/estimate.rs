//! What an architecture costs in a month, line by line, with prices as they are known.

use crate::architecture::Piece;
pub use crate::block::Estimate;
use crate::block::{Allowances, Bill};
use crate::catalog::{MissingPrice, Prices};
use crate::component::Site;
use crate::gather::{self, OfferedTwice};
use crate::units::Region;
use crate::workload::Load;

/// Why there is no bill.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EstimateError {
    /// A price that the list lacks.
    #[error("{component}: {missing}; --allow-unpriced shows the bill without it and says what is missing")]
    Missing {
        /// Who needs it.
        component: &'static str,
        /// What is missing.
        missing: MissingPrice,
    },
    /// The components do not fit together.
    #[error(transparent)]
    Offers(#[from] OfferedTwice),
}

/// How a bill is made.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whose prices count, when not those of the architecture's own regions.
    pub price_region: Option<Region>,
    /// Whether a missing price makes a gap instead of an error.
    pub allow_unpriced: bool,
}

/// The bill of these components in these places under a load. What is free of charge is the account's and so shared by all of them.
///
/// # Errors
/// When a price is missing and gaps are not allowed, or when two components lend the same thing.
pub fn of<'a>(
    pieces: &[Piece],
    sites: impl Iterator<Item = Site<'a>>,
    load: &Load,
    prices: &Prices,
    options: &Options,
) -> Result<Estimate, EstimateError> {
    let (mut lines, mut gaps, mut free) = (Vec::new(), Vec::new(), Allowances::default());
    for site in sites {
        let offers = gather::gathered(pieces, &site)?;
        let place = options.price_region.as_ref().unwrap_or(&site.region.region);
        let mut bill = Bill::new(prices, place, options.allow_unpriced);
        std::mem::swap(&mut bill.free, &mut free);
        for piece in pieces {
            let component = piece.component.name();
            bill.component = component;
            piece.component.line_items(&site, &offers, load, &mut bill).map_err(|missing| EstimateError::Missing { component, missing })?;
        }
        lines.append(&mut bill.lines);
        gaps.append(&mut bill.gaps);
        free = bill.free;
    }
    Ok(Estimate { users: load.users, lines, gaps })
}
