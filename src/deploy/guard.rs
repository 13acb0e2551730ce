//! No data is lost by surprise: what a change does to resources that hold data, found before anything is executed.

use super::change::{Action, Change, Policy, Replacement};
use super::deployed::{Deployed, policy};
use super::outcome::Options;
use super::unit::{Key, Unit};
use crate::diff::{self, Home, Move};
use crate::fate::{self, Event, Nature};
use std::collections::BTreeMap;

/// What happens to the data of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is deleted.
    Deleted,
    /// A snapshot is taken, then it is deleted: the running app loses it.
    Snapshotted,
    /// It stays at AWS outside of any stack: the app loses it, and it is still billed.
    Retained,
    /// A new, empty one takes its place; the old one meets the given policy.
    Replaced(Policy),
    /// It may be replaced, depending on values known only during the update; the old one meets the given policy.
    MayBeReplaced(Policy),
}

/// The fate of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFate {
    /// The stack.
    pub key: Key,
    /// Logical ID: the name by which the fate is accepted.
    pub id: String,
    /// The type.
    pub resource_type: String,
    /// What it is for; may be empty.
    pub why: String,
    /// What happens to it.
    pub fate: Fate,
    /// The properties, parameters or resources that cause it; empty for a removal.
    pub causes: Vec<String>,
    /// The described way in which its data can move, and the logical IDs that they move to.
    pub way: Option<(&'static Move, Vec<String>)>,
}

/// Whether losing a resource of this type loses data, for resources that nothing else is known of.
pub fn holds_data(resource_type: &str) -> bool {
    cfn::facts::holds_data(resource_type)
}

/// Whether losing this resource loses data, by the unit's word or by the type.
fn precious(unit: &Unit, options: &Options, id: &str, resource_type: &str) -> bool {
    match unit.resources.get(id) {
        Some(note) if note.resource_type == resource_type => note.holds_data,
        _ => (options.holds_data)(resource_type),
    }
}

/// The fates that comparing templates shows: resources that hold data and are no longer in the new template.
pub fn removed(unit: &Unit, options: &Options, deployed: &BTreeMap<String, Deployed>) -> Vec<DataFate> {
    deployed
        .iter()
        .filter(|(id, old)| !unit.resources.contains_key(*id) && !old.in_cluster && precious(unit, options, id, &old.resource_type))
        .map(|(id, old)| DataFate {
            key: unit.key(),
            id: id.clone(),
            resource_type: old.resource_type.clone(),
            why: old.why.clone(),
            fate: gone(old.deletion()),
            causes: Vec::new(),
            way: way(unit, deployed, id, old),
        })
        .collect()
}

/// The fates that a change set shows. CloudFormation's own word on the policy counts first, then the more dangerous of the old
/// and the new template's.
pub fn of_changes(unit: &Unit, options: &Options, changes: &[Change], deployed: &BTreeMap<String, Deployed>) -> Vec<DataFate> {
    let mut fates = Vec::new();
    for change in changes.iter().filter(|change| precious(unit, options, &change.id, &change.resource_type)) {
        let old = deployed.get(&change.id);
        if old.is_some_and(|old| old.in_cluster) {
            continue;
        }
        let replace = || change.policy.unwrap_or_else(|| replace_policy(unit, &change.id, old));
        let fate = match (&change.action, change.replacement) {
            (Action::Remove, _) => gone(change.policy.unwrap_or_else(|| old.map_or(Policy::Delete, Deployed::deletion))),
            (Action::Modify, Replacement::Conditional) if in_place(unit, change) => continue,
            (Action::Modify, Replacement::Always) => Fate::Replaced(replace()),
            (Action::Modify, Replacement::Conditional) | (Action::Dynamic | Action::Unknown(_), _) => Fate::MayBeReplaced(replace()),
            (Action::Modify, Replacement::Never) | (Action::Add | Action::Import | Action::Sync, _) => continue,
        };
        let note = unit.why(&change.id);
        fates.push(DataFate {
            key: unit.key(),
            id: change.id.clone(),
            resource_type: change.resource_type.clone(),
            why: if note.is_empty() { old.map_or(String::new(), |old| old.why.clone()) } else { note.to_owned() },
            way: old.filter(|_| change.action == Action::Remove).and_then(|old| way(unit, deployed, &change.id, old)),
            fate,
            causes: causes(change),
        });
    }
    fates
}

/// Whether all that might replace the resource is changed in place by its update policy.
fn in_place(unit: &Unit, change: &Change) -> bool {
    let Some(note) = unit.resources.get(&change.id) else { return false };
    let mut risky = change.causes.iter().filter(|cause| cause.recreation != "Never").peekable();
    risky.peek().is_some() && risky.all(|cause| note.in_place.contains(&cause.property))
}

fn gone(policy: Policy) -> Fate {
    match policy {
        Policy::Delete => Fate::Deleted,
        Policy::Snapshot => Fate::Snapshotted,
        Policy::Retain => Fate::Retained,
    }
}

fn replace_policy(unit: &Unit, id: &str, old: Option<&Deployed>) -> Policy {
    let new = unit.resources.get(id).map(|note| note.policies);
    match (old, new) {
        (Some(old), new) => old.replacement(new),
        (None, Some(new)) => {
            let kind = unit.resources.get(id).map_or("", |note| note.resource_type.as_str());
            let nature = Nature { snapshots: cfn::facts::snapshots(kind), snapshot_by_default: false };
            policy(fate::fate(Event::Replaced, new, None, nature))
        }
        (None, None) => Policy::Delete,
    }
}

/// The described way of what leaves to what comes with the same template, when it stays at AWS until it has moved.
fn way(unit: &Unit, deployed: &BTreeMap<String, Deployed>, id: &str, old: &Deployed) -> Option<(&'static Move, Vec<String>)> {
    let comes = unit.resources.iter().filter(|(id, _)| !deployed.contains_key(*id)).map(|(id, note)| Home {
        id,
        component: Some(&note.component),
        resource_type: &note.resource_type,
        follows: note.follows,
    });
    if old.deletion() == Policy::Retain { diff::way(old.home(id), comes) } else { None }
}

/// The properties that force replacement, with what makes them change.
fn causes(change: &Change) -> Vec<String> {
    if change.action == Action::Remove {
        return Vec::new();
    }
    let mut causes: Vec<String> = Vec::new();
    for cause in change.causes.iter().filter(|cause| cause.recreation != "Never" && !cause.property.is_empty()) {
        let text = match &cause.entity {
            Some(entity) => format!("{} ({entity})", cause.property),
            None => cause.property.clone(),
        };
        if !causes.contains(&text) {
            causes.push(text);
        }
    }
    causes
}

/// The fates that nobody accepted.
pub fn unaccepted(options: &Options, fates: &[DataFate]) -> Vec<DataFate> {
    fates.iter().filter(|fate| !options.accept_data_fate.contains(&fate.id)).cloned().collect()
}

/// A stack policy that forbids to delete or replace these resources; everything else is allowed.
pub fn stack_policy(ids: &[&str]) -> String {
    let allow = r#"{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}"#;
    let resources: Vec<String> = ids.iter().map(|id| format!("\"LogicalResourceId/{id}\"")).collect();
    let deny = match resources.is_empty() {
        true => String::new(),
        false => format!(
            r#",{{"Effect":"Deny","Action":["Update:Delete","Update:Replace"],"Principal":"*","Resource":[{}]}}"#,
            resources.join(",")
        ),
    };
    format!(r#"{{"Statement":[{allow}{deny}]}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::change::Cause;
    use crate::deploy::unit::ResourceNote;

    #[test]
    fn types_that_hold_data_are_known_whether_we_build_them_or_not() {
        for resource_type in ["AWS::DynamoDB::Table", "AWS::RDS::DBInstance", "AWS::EC2::Volume", "AWS::S3::Bucket", "AWS::KMS::Key"] {
            assert!(cfn::facts::of(resource_type).is_some() && holds_data(resource_type), "{resource_type}");
        }
        for resource_type in ["AWS::DocDB::DBCluster", "AWS::Redshift::Cluster", "AWS::EFS::FileSystem"] {
            assert!(holds_data(resource_type), "{resource_type}");
        }
        assert!(!holds_data("AWS::EC2::VPC") && !holds_data("AWS::Unheard::Of"));
    }

    fn fates_of(in_place: &[&str], properties: &[&str]) -> Vec<DataFate> {
        let resource_type = "AWS::ElastiCache::ReplicationGroup".to_owned();
        let in_place = in_place.iter().map(|name| (*name).to_owned()).collect();
        let note = ResourceNote { resource_type: resource_type.clone(), holds_data: true, in_place, ..ResourceNote::default() };
        let unit = Unit { resources: BTreeMap::from([("Cache".to_owned(), note)]), ..Unit::default() };
        let cause = |name: &&str| Cause { property: (*name).to_owned(), recreation: "Conditionally".to_owned(), ..Cause::default() };
        let change = Change {
            action: Action::Modify,
            id: "Cache".to_owned(),
            physical: None,
            resource_type,
            replacement: Replacement::Conditional,
            policy: None,
            causes: properties.iter().map(cause).collect(),
        };
        of_changes(&unit, &Options::new("t"), &[change], &BTreeMap::new())
    }

    #[test]
    fn what_the_update_policy_changes_in_place_is_no_replacement_and_anything_beside_it_still_may_be() {
        assert_eq!(fates_of(&[], &["NumNodeGroups"])[0].fate, Fate::MayBeReplaced(Policy::Delete));
        assert!(fates_of(&["NumNodeGroups"], &["NumNodeGroups"]).is_empty());
        assert_eq!(fates_of(&["NumNodeGroups"], &["NumNodeGroups", "Other"]).len(), 1);
        assert_eq!(fates_of(&["NumNodeGroups"], &[]).len(), 1, "a reason that is not given is not known to be harmless");
    }
}
