//! A difference in numbers, and the road in a matrix.

use super::unseen::opaque;
use super::{Action, Difference, SetDifference, Side, difference};
use crate::fate::Fate;

/// How many resources what happens to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Made.
    pub added: usize,
    /// Changed in place.
    pub changed: usize,
    /// Replaced for sure.
    pub replaced: usize,
    /// Replaced perhaps.
    pub may_be_replaced: usize,
    /// Removed for sure, or perhaps.
    pub removed: usize,
    /// Renamed, or moved between stacks.
    pub renamed: usize,
    /// Of which only what is said about them changes.
    pub reworded: usize,
}

impl Counts {
    /// Counts an action.
    pub fn count(&mut self, action: &Action) {
        let slot = match action {
            Action::Added => &mut self.added,
            Action::Removed | Action::MayBeRemoved => &mut self.removed,
            Action::Renamed { .. } | Action::Moved { .. } => &mut self.renamed,
            Action::Replaced => &mut self.replaced,
            Action::MayBeReplaced => &mut self.may_be_replaced,
            Action::Changed => &mut self.changed,
            Action::Reworded => &mut self.reworded,
        };
        *slot += 1;
    }
}

impl SetDifference {
    /// How many resources what happens to.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.resources().for_each(|(_, resource)| counts.count(&resource.action));
        counts
    }

    /// The worst that happens to data.
    pub fn worst(&self) -> Fate {
        self.resources().filter_map(|(_, resource)| resource.data.as_ref()).map(|data| data.fate).max().unwrap_or(Fate::Keep)
    }
}

impl Difference {
    /// How many resources what happens to, in all sets together.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.resources().for_each(|(_, _, resource)| counts.count(&resource.action));
        counts
    }

    /// The worst that happens to data.
    pub fn worst(&self) -> Fate {
        self.sets.iter().map(SetDifference::worst).max().unwrap_or(Fate::Keep)
    }

    /// Whether all data stay where they are, as far as all of it was seen.
    pub fn keeps_data(&self) -> bool {
        let seen = self.sets.iter().all(|set| set.unread().next().is_none());
        let hidden = self.resources().any(|(_, _, resource)| opaque(&resource.resource_type));
        seen && !hidden && self.sets.iter().all(|set| set.fates().is_empty())
    }

    /// The logical IDs of resources whose fate nobody accepted.
    pub fn unaccepted<'d>(&'d self, accepted: &'d [String]) -> impl Iterator<Item = &'d str> {
        let needing = self.resources().filter(|(_, _, resource)| resource.data.as_ref().is_some_and(|data| data.fate.needs_consent()));
        needing.map(|(_, _, resource)| resource.old_id()).filter(|id| !accepted.iter().any(|accepted| accepted == id))
    }
}

/// One ordered pair of the road.
#[derive(Debug)]
pub struct Pair {
    /// From which phase.
    pub from: String,
    /// To which.
    pub to: String,
    /// What they disagree on.
    pub difference: Difference,
}

/// Every ordered pair of different sides, in the order of the sides.
pub fn matrix(sides: &[Side]) -> Vec<Pair> {
    let pairs: Vec<(&Side, &Side)> =
        sides.iter().flat_map(|from| sides.iter().filter(|to| to.name != from.name).map(move |to| (from, to))).collect();
    let one = |(from, to): &(&Side, &Side)| Pair { from: from.name.clone(), to: to.name.clone(), difference: difference(from, to) };
    crate::jobs::side_by_side(&pairs, one).unwrap_or_default()
}
