//! What becomes reachable, wider or less protected: what the new templates let happen and the old ones did not.

mod bearers;
mod grants;
mod guards;

mod policies;
mod ports;
mod protection;
mod public;
mod scope;
mod sight;
mod ways;

use std::collections::HashMap;

use super::StackDifference;
use super::pairing::Paired;
use super::side::SideSet;
use sight::{Both, Sight};

use crate::check::Item;
use crate::jobs;

/// What kind of exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    let kinds: [fn(&Both) -> Vec<Exposure>; 4] = [policies::widened, ports::opened, protection::lessened, public::opened];
    // A part that breaks down is asked again alone, so that it says where: silence would be a clean bill.
    let found = jobs::side_by_side(&kinds, |kind| kind(&both)).unwrap_or_else(|_| kinds.iter().map(|kind| kind(&both)).collect());
    together(found.into_iter().flatten().collect())
}

/// The same of several resources of a stack is told once; by kind, stack and resource.
fn together(found: Vec<Exposure>) -> Vec<Exposure> {
    let mut told: Vec<(Exposure, Vec<String>)> = Vec::new();
    let mut places: HashMap<(ExposureKind, String, String, bool), usize> = HashMap::new();
    for one in found {
        let key = (one.kind, one.stack.clone(), one.what.clone(), one.sure);
        let same = places.get(&key).and_then(|at| told.get_mut(*at)).filter(|_| one.kind != ExposureKind::Port);
        match same {
            Some((first, others)) => {
                if first.id != one.id && !others.contains(&one.id) {
                    others.push(one.id);
                }
            }
            None => {
                places.insert(key, told.len());
                told.push((one, Vec::new()));
            }
        }
    }
    let mut found: Vec<Exposure> = told
        .into_iter()
        .map(|(one, others)| {
            let also = if others.is_empty() { String::new() } else { format!("; the same for {}", listed(&others)) };
            Exposure { what: one.what + &also, ..one }
        })
        .collect();
    // Within a resource the order is that in which it was found: what is counted comes last.
    found.sort_by(|a, b| (a.kind, &a.stack, &a.id).cmp(&(b.kind, &b.stack, &b.id)));
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
