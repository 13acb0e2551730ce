//! What a plan says of the templates that it stands behind: bill, room and uptime.

use rust_decimal::Decimal;

use super::{Presence, SetDifference};
use crate::architecture::Architecture;
use crate::availability::availability;
use crate::catalog::{Catalog, CatalogError};
use crate::headroom::headroom;
use crate::render::Stack;
use crate::units::{Usd, Users};

/// The figures of one architecture.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The phase.
    pub phase: String,
    /// The number of users that it is sized for.
    pub users: Users,
    /// What a month costs.
    pub month: Usd,
    /// How many things have no price, so that their cost is not in the sum.
    pub unpriced: usize,
    /// What each component costs, by its label.
    pub components: Vec<(&'static str, Usd)>,
    /// The most users that it carries, and what breaks then; none where nothing saturates.
    pub carries: Option<(Users, String)>,
    /// The share of the time that the parts' service levels promise, on the whole way.
    pub uptime: Decimal,
    /// Whether what the phase promises is met; none where it promises no figure.
    pub promise_met: Option<bool>,
    /// What the user set in the place of ours, with its value: no plan prices or sizes it.
    pub overridden: Vec<String>,
}

/// The figures of an architecture and its stacks.
///
/// # Errors
/// When the tables cannot be read or lack a line that a component names.
pub fn figures(architecture: &Architecture, stacks: &[Stack], catalog: &Catalog) -> Result<Figures, CatalogError> {
    let (headroom, availability) = (headroom(architecture, catalog)?, availability(architecture, catalog)?);
    let estimate = &architecture.estimate;
    let mut components: Vec<(&'static str, Usd)> = Vec::new();
    for piece in &architecture.pieces {
        let (name, label) = (piece.component.name(), piece.component.label());
        let month = estimate.lines.iter().filter(|line| line.component == name).map(|line| line.month).sum();
        components.push((label, month));
    }
    let overridden = stacks.iter().flat_map(|stack| &stack.overridden).map(|one| {
        let value = one.is.as_ref().map(cfn::json::minified).unwrap_or_default();
        format!("{}.{} {value}", one.logical_id, one.path)
    });
    Ok(Figures {
        overridden: overridden.collect(),
        phase: architecture.phase.id.clone(),
        users: architecture.users,
        month: estimate.total(),
        unpriced: estimate.gaps.len(),
        components,
        carries: headroom.first().map(|room| (room.users_most, room.what.clone())),
        uptime: availability.path,
        promise_met: availability.promised().map(|(promised, figure)| figure >= promised),
    })
}

impl SetDifference {
    /// What a month costs on each side, where both are known and can be compared; a side that has nothing of a set pays nothing for it. What is
    /// overridden is in no bill, so it must be the same on both.
    pub fn months(&self) -> Option<(Usd, Usd)> {
        match (&self.figures, self.presence) {
            ((Some(old), Some(new)), _) if old.overridden == new.overridden => Some((old.month, new.month)),
            ((None, Some(new)), Presence::Added) if new.overridden.is_empty() => Some((Usd::ZERO, new.month)),
            ((Some(old), None), Presence::Removed) if old.overridden.is_empty() => Some((old.month, Usd::ZERO)),
            _ => None,
        }
    }

    /// Whether bills are unknown because overrides differ, which no plan prices.
    pub fn overrides_differ(&self) -> bool {
        let of = |figures: &Option<Figures>| figures.as_ref().map(|figures| figures.overridden.clone()).unwrap_or_default();
        of(&self.figures.0) != of(&self.figures.1)
    }
}
