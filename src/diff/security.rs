//! What becomes reachable, wider or less protected: what the new templates let happen and the old ones did not.

mod bearers;
mod grants;

mod policies;
mod ports;
mod protection;
mod public;
mod sight;

use super::StackDifference;
use super::pairing::Paired;
use super::side::SideSet;
use sight::{Both, Sight};

use crate::check::Item;

/// What kind of exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExposureKind {
    /// A port is open to the internet that was not.
    Port,
    /// Somebody becomes reachable, or readable, by everybody.
    Public,
    /// A policy allows more than it did.
    Policy,
    /// What keeps data from being lost or read is taken away.
    Protection,
}

/// One thing that becomes reachable, wider or less protected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exposure {
    /// What kind.
    pub kind: ExposureKind,
    /// The stack.
    pub stack: String,
    /// The logical ID.
    pub id: String,
    /// What, in half a sentence.
    pub what: String,
    /// Whether it is sure to; false where a value or a condition decides that only the deployment knows.
    pub sure: bool,
}

/// Everything that the new side lets happen and the old one did not. Where nothing differs there is nothing to look at.
pub fn exposures(old: &SideSet, new: &SideSet, pairs: &[Paired], stacks: &[StackDifference]) -> Vec<Exposure> {
    if new.files.files.is_empty() || stacks.iter().all(|stack| stack.resources.is_empty() && stack.sections.is_empty()) {
        return Vec::new();
    }
    let both = Both::of(old, new, pairs, stacks);
    let mut found = ports::opened(&both);
    found.extend(public::opened(&both));
    found.extend(policies::widened(&both));
    found.extend(protection::lessened(&both));
    found.sort();
    found.dedup();
    found
}

/// An exposure of a resource of the new side.
fn told(kind: ExposureKind, sight: &Sight, item: &Item, what: String, sure: bool) -> Exposure {
    Exposure { kind, stack: sight.stack(item), id: item.id.clone(), what, sure }
}

/// `a`, `a and b`, `a, b and c`; beyond three the rest is counted.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, two, three, rest @ ..] => format!("{one}, {two}, {three} and {} more", rest.len()),
    }
}
