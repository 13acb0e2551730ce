//! What happens to a resource, and to the data that it holds.

use std::collections::BTreeMap;

use cfn::Resource;

use super::compare::Item;
use super::moves::{self, Home};
use super::pairing::Paired;
use super::side::{SideSet, stack_name};
use super::{Action, Cause, DataFate, reference, unseen};
use crate::fate::{self, Event, Fate, Nature, Policies};
use crate::render::served;

/// What happens to a resource; none when nothing does.
pub fn action(item: &Item, items: &[Item], pairs: &[Paired], causes: &[Cause], old: &SideSet) -> Option<Action> {
    match (item.old, item.new) {
        (_, None) => Some(Action::Removed),
        (None, Some(_)) => match item.partner.and_then(|at| items.get(at)) {
            Some(partner) if partner.stack == item.stack => Some(Action::Renamed { from: partner.id.to_owned() }),
            Some(partner) => {
                let file = pairs.get(partner.stack).and_then(|pair| pair.old).and_then(|at| old.files.files.get(at));
                let stack = file.map(|file| stack_name(&file.name).to_owned()).unwrap_or_default();
                Some(Action::Moved { stack, from: partner.id.to_owned() })
            }
            None => Some(Action::Added),
        },
        (Some(_), Some(_)) if item.retyped() || causes.iter().any(|cause| cause.sure) => Some(Action::Replaced),
        _ if item.may_go => Some(Action::MayBeRemoved),
        _ if !causes.is_empty() => Some(Action::MayBeReplaced),
        _ if item.changes.is_empty() => None,
        _ if item.changes.iter().all(|change| change.path.first().is_some_and(|first| first == "Metadata")) => Some(Action::Reworded),
        _ => Some(Action::Changed),
    }
}

/// Whether losing a resource may lose data. What a nested stack, a module or a vanished type holds is not known, so it may.
pub fn precious(resource: &Resource) -> bool {
    resource.holds_data() || unseen::opaque(&resource.resource_type)
}

/// What happens to the data of a resource.
pub fn data(item: &Item, items: &[Item], action: &Option<Action>, replaced: bool, carried: Option<&String>) -> Option<DataFate> {
    // What goes on under another name loses what the old name held.
    let partner = item.partner.and_then(|at| items.get(at));
    let old = item.old.or_else(|| partner.and_then(|partner| partner.old)).filter(|old| precious(old))?;
    let (event, sure) = match action {
        None if carried.is_some() => (Event::Unchanged, true),
        None => return None,
        Some(Action::Added) => return None,
        Some(Action::Removed | Action::Renamed { .. } | Action::Moved { .. }) => (Event::Removed, true),
        Some(Action::Replaced) if item.retyped() => (Event::Retyped, true),
        Some(Action::Replaced) => (Event::Replaced, true),
        Some(Action::MayBeReplaced) => (Event::Replaced, false),
        Some(Action::MayBeRemoved) => (Event::Removed, false),
        Some(Action::Changed) => (Event::InPlace, true),
        Some(Action::Reworded) => (Event::Unchanged, true),
    };
    let policies = Policies::of(old);
    let mut fate = fate::fate(event, policies, item.new.map(Policies::of), Nature::of(old));
    if let (true, Some(new)) = (item.may_go, item.new) {
        // A condition and a replacement may both be at work: the worst that either may do counts.
        if replaced {
            fate = fate.max(fate::fate(Event::Replaced, policies, Some(Policies::of(new)), Nature::of(old)));
        }
        fate = fate.max(fate::fate(Event::Removed, policies, None, Nature::of(old)));
        fate = fate.max(fate::fate(Event::Removed, Policies::of(new), None, Nature::of(new)));
    }
    let mut way = None;
    if fate == Fate::Retain && matches!(action, Some(Action::Removed)) {
        // Homes of another stack are filled from those of this one: copies in another region.
        let comes = items.iter().filter(|other| other.old.is_none() && other.stack == item.stack);
        way = moves::way(Home::of(item.id, old), comes.filter_map(|item| Some(Home::of(item.id, item.new?))));
    } else if fate == Fate::Keep
        && let Some(host) = carried
    {
        way = moves::of_volume().filter(|_| served(old, "component") == "data_volume").map(|way| (way, vec![host.clone()]));
    }
    let fate = if way.is_some() { Fate::Move } else { fate };
    Some(DataFate { fate, sure, way })
}

const ATTACHMENT: &str = "AWS::EC2::VolumeAttachment";

/// The name that a property refers to.
fn target(resource: &Resource, property: &str) -> Option<String> {
    let mut found = None;
    if let Some(value) = resource.properties.get(property) {
        reference::names(value, &mut |name| found = Some(name.to_owned()));
    }
    found
}

/// Volumes that go from one host to another: their attachment is replaced. By logical ID, with the new host's.
pub fn carried_volumes(items: &[Item], causes: &[Option<Vec<Cause>>]) -> BTreeMap<String, String> {
    let mut carried = BTreeMap::new();
    for (item, causes) in items.iter().zip(causes) {
        let Some(new) = item.new.filter(|new| new.resource_type == ATTACHMENT) else { continue };
        let replaced = item.old.is_none() || causes.as_ref().is_some_and(|causes| causes.iter().any(|cause| cause.sure));
        let (Some(volume), Some(host)) = (target(new, "VolumeId"), target(new, "InstanceId")) else { continue };
        let stood = items
            .iter()
            .filter_map(|other| other.old)
            .any(|old| old.resource_type == ATTACHMENT && target(old, "VolumeId").as_ref() == Some(&volume));
        if replaced && stood {
            carried.insert(volume, host);
        }
    }
    carried
}
