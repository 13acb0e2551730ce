//! The user's own properties laid over those of the components: maps are merged, everything else is replaced, `null` takes away.
//!
//! What AWS's schema of the type refuses is a mistake of the settings file, shown at its line. What is dangerous is done and said.

mod judge;
mod merge;

use std::collections::HashMap;

use cfn::{Map, Node, Policy, facts};

use crate::architecture::Architecture;
use crate::block::{Layers, Placed, Site};
use crate::catalog::Catalog;
use crate::render::{RenderError, Stack};
use crate::settings::{Override, Place, Problem, Problems, Settings, rule};
use crate::{phase, planner};

/// One property that the user set in our place.
#[derive(Debug, Clone, PartialEq)]
pub struct Overridden {
    /// Whose.
    pub logical_id: String,
    /// Of which type.
    pub resource_type: String,
    /// Which: `LaunchTemplateData/Monitoring/Enabled`, or `DeletionPolicy`.
    pub path: String,
    /// What the component had put there.
    pub was: Option<Node>,
    /// What stands there now; nothing when it was taken away.
    pub is: Option<Node>,
    /// What this does to a resource that stands already, or to its data, when that is more than a change in place.
    pub danger: Option<String>,
}

/// What was overridden, by region and logical ID.
pub type Applied = HashMap<(String, String), Vec<Overridden>>;

/// Attributes beside the properties that may be overridden.
const ATTRIBUTES: [&str; 2] = ["DeletionPolicy", "UpdateReplacePolicy"];

/// Lays the overrides over the drafts of all regions.
///
/// # Errors
/// Everything in the settings file that the types do not have or do not take.
pub fn apply(settings: &Settings, drafts: &mut [(Site, Layers)]) -> Result<Applied, RenderError> {
    let mut applied = Applied::new();
    let mut problems: Vec<Problem> = Vec::new();
    for (site, layers) in drafts.iter_mut() {
        let known: Vec<String> = layers
            .placed
            .iter()
            .map(|placed| placed.logical_id.clone())
            .chain(layers.asked.iter().map(|asked| asked.name.clone()))
            .collect();
        for placed in &mut layers.placed {
            let Some(wanted) = settings.overrides.get(&placed.logical_id) else { continue };
            let faults = judge::dangling(wanted, &known);
            match if faults.is_empty() { one(placed, wanted) } else { Err(faults) } {
                Ok(list) => {
                    applied.insert((site.region.region.to_string(), placed.logical_id.clone()), list);
                }
                Err(faults) => {
                    for problem in faults.into_iter().map(|(path, message)| at(settings, wanted, &path, message)) {
                        // A further region has the same resource and the same fault.
                        if !problems.contains(&problem) {
                            problems.push(problem);
                        }
                    }
                }
            }
        }
    }
    if problems.is_empty() { Ok(applied) } else { Err(RenderError::Overridden(Problems(problems))) }
}

/// Overrides one resource; or says what is wrong, each with its path.
fn one(placed: &mut Placed, wanted: &Override) -> Result<Vec<Overridden>, Vec<(String, String)>> {
    let before = placed.resource.clone();
    let facts = facts::of(&before.resource_type);
    let (properties, attributes) = split(&wanted.properties);
    let mut list = Vec::new();
    let mut faults = Vec::new();
    merge::lay(&mut placed.resource.properties, &properties, "", &mut |path, was, is| {
        let (logical_id, resource_type) = (placed.logical_id.clone(), before.resource_type.clone());
        let danger = judge::danger(facts, &before, &path, was.as_ref(), is.as_ref());
        list.push(Overridden { logical_id, resource_type, path, was, is, danger });
    });
    for (name, value) in attributes {
        let Some(policy) = value.as_str().and_then(Policy::parse) else {
            faults.push((name.clone(), format!("{name} takes Delete, Retain, RetainExceptOnCreate or Snapshot")));
            continue;
        };
        let slot = if name == ATTRIBUTES[0] { &mut placed.resource.deletion_policy } else { &mut placed.resource.update_replace_policy };
        let was = slot.map(|policy| Node::from(policy.as_str()));
        *slot = Some(policy);
        let danger = (before.holds_data() && policy != Policy::Retain)
            .then(|| format!("{} holds data, and no longer keeps it when it goes", placed.logical_id));
        let (logical_id, resource_type) = (placed.logical_id.clone(), before.resource_type.clone());
        list.push(Overridden { logical_id, resource_type, path: name.clone(), was, is: Some(value.clone()), danger });
    }
    if let Some(facts) = facts {
        faults.extend(judge::faults(&placed.logical_id, facts, &placed.resource.properties, wanted));
    }
    if faults.is_empty() { Ok(list) } else { Err(faults) }
}

/// Properties and attributes apart; `Properties:` may stand around the properties, as in a template.
fn split(wanted: &Map) -> (Map, Map) {
    let (mut properties, mut attributes) = (Map::new(), Map::new());
    for (name, value) in wanted {
        match value {
            Node::Map(inner) if name == "Properties" => properties.extend(inner.clone()),
            _ if ATTRIBUTES.contains(&name.as_str()) => {
                attributes.insert(name.clone(), value.clone());
            }
            _ => {
                properties.insert(name.clone(), value.clone());
            }
        }
    }
    (properties, attributes)
}

/// A problem at the place of a path, or of the nearest part above it that the file has.
fn at(settings: &Settings, wanted: &Override, path: &str, message: String) -> Problem {
    let mut place: Place = wanted.place;
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(found) = wanted.places.get(rest).or_else(|| wanted.places.get(&format!("Properties/{rest}"))) {
            place = *found;
            break;
        }
        rest = rest.rsplit_once('/').map_or("", |(above, _)| above);
    }
    match &settings.source {
        Some(source) => Problem::at(&source.name, &source.text, place, message),
        None => Problem::of_file("overrides", message),
    }
}

/// An override that the architecture has no resource for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// Of which logical ID.
    pub logical_id: String,
    /// The phases that have it.
    pub phases: Vec<&'static str>,
}

/// The overrides whose resource these stacks do not have; other phases have it.
///
/// # Errors
/// A logical ID that no phase has: a mistake of the settings file.
pub fn unused(architecture: &Architecture, stacks: &[Stack], catalog: &Catalog) -> Result<Vec<Unused>, RenderError> {
    let settings = &architecture.settings;
    let has = |stacks: &[Stack], id: &str| stacks.iter().any(|stack| stack.template.resources.contains_key(id));
    let absent: Vec<(&String, &Override)> = settings.overrides.iter().filter(|(id, _)| !has(stacks, id)).collect();
    if absent.is_empty() {
        return Ok(Vec::new());
    }
    let without = Settings { overrides: indexmap::IndexMap::new(), source: None, ..settings.clone() };
    let mut others: Vec<(&'static str, Vec<Stack>)> = Vec::new();
    for id in phase::IDS.into_iter().filter(|id| *id != architecture.phase.id) {
        let Ok(phase) = phase::find(id) else { continue };
        let users = crate::units::Users(phase.from);
        // A phase that these settings do not allow has no resources to name.
        let planned = planner::plan(phase, users, &without, &architecture.assumptions, catalog);
        if let Some(stacks) = planned.ok().and_then(|planned| crate::render::stacks(&planned).ok()) {
            others.push((id, stacks));
        }
    }
    let (mut unused, mut problems) = (Vec::new(), Vec::new());
    for (id, wanted) in absent {
        let phases: Vec<&'static str> = others.iter().filter(|(_, stacks)| has(stacks, id)).map(|(phase, _)| *phase).collect();
        if !phases.is_empty() {
            unused.push(Unused { logical_id: id.clone(), phases });
            continue;
        }
        let ids = |stacks: &[Stack]| -> Vec<String> { stacks.iter().flat_map(|stack| stack.template.resources.keys().cloned()).collect() };
        let here = ids(stacks);
        let elsewhere: Vec<String> = others.iter().flat_map(|(_, stacks)| ids(stacks)).collect();
        let near = rule::nearest(id, here.iter().map(String::as_str)).or_else(|| rule::nearest(id, elsewhere.iter().map(String::as_str)));
        let hint = near.map_or_else(|| "; scalectl render shows the logical IDs".to_owned(), |near| format!("; did you mean \"{near}\"?"));
        problems.push(at(settings, wanted, "", format!("no phase has a resource \"{id}\"{hint}")));
    }
    if problems.is_empty() { Ok(unused) } else { Err(RenderError::Overridden(Problems(problems))) }
}
