//! What there is to say of an architecture beside what it is: its bill's range, how far it carries, and how much of the time it is promised to answer.

use crate::architecture::Architecture;
use crate::availability::{Availability, availability};
use crate::catalog::Catalog;
use crate::cost::{CostError, Options, Range, range};
use crate::headroom::{Headroom, headroom};

/// The three figures that a plan ends with.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The bill with its low and its high end.
    pub range: Range,
    /// How far everything carries.
    pub headroom: Headroom,
    /// What is promised.
    pub availability: Availability,
}

/// Judges an architecture. Prices that are missing are gaps of its estimate, which whoever shows the bill names.
///
/// # Errors
/// When the tables cannot be read or lack a line that a component names.
pub fn judge(architecture: &Architecture, catalog: &Catalog) -> Result<Judgement, CostError> {
    let options = Options { allow_unpriced: true, ..Options::default() };
    Ok(Judgement {
        range: range(architecture, catalog, &options)?,
        headroom: headroom(architecture, catalog)?,
        availability: availability(architecture, catalog)?,
    })
}
