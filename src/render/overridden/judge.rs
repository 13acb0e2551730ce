//! What AWS's schema says of an override: what it refuses, and what it does to a resource that stands already.

use cfn::facts::{self, Facts, Replacement, Shape};
use cfn::{Map, Node, Resource};

use crate::settings::{Override, rule};

/// Properties that keep data from being lost, and the value that no longer does.
const GUARDS: [(&str, &str); 7] = [
    ("DeletionProtection", "false"),
    ("DeletionProtectionEnabled", "false"),
    ("StorageEncrypted", "false"),
    ("Encrypted", "false"),
    ("BackupRetentionPeriod", "0"),
    ("SnapshotRetentionLimit", "0"),
    ("PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled", "false"),
];

/// What is wrong with the merged properties in the parts that the user set: path and words.
pub fn faults(id: &str, facts: &'static Facts, merged: &Map, wanted: &Override) -> Vec<(String, String)> {
    let set = |path: &str| -> bool {
        let mine = |path: &str| wanted.places.contains_key(path) || wanted.places.contains_key(&format!("Properties/{path}"));
        mine(path) || path.rsplit_once('/').is_some_and(|(above, _)| mine(above)) || removed(wanted, path)
    };
    let ours = facts::faults(facts, merged).into_iter().filter(|fault| set(&fault.path));
    ours.map(|fault| {
        let name = fault.path.rsplit('/').next().unwrap_or_default();
        let above = fault.path.rsplit_once('/').map_or("", |(above, _)| above);
        let message = match fields(facts.shape, above) {
            Some(names) if !names.contains(&name) && !facts.read_only.contains(&fault.path.as_str()) => {
                let whole = if above.is_empty() { String::new() } else { format!(" in {above}") };
                let near = rule::suggestion(name, names.iter().copied());
                let list = if near.is_empty() { format!("; there are: {}", names.join(", ")) } else { near };
                format!("{id} ({}) has no property \"{name}\"{whole}{list}", facts.resource_type)
            }
            _ => format!("{id} ({}), {}: {}", facts.resource_type, fault.path, fault.problem),
        };
        (fault.path, message)
    })
    .collect()
}

/// Whether the file takes this property away.
fn removed(wanted: &Override, path: &str) -> bool {
    let mut node = None;
    let mut map = Some(&wanted.properties);
    for step in path.split('/') {
        node = map.and_then(|map| map.get(step));
        map = node.and_then(Node::as_map);
    }
    matches!(node, Some(Node::Null))
}

/// The names of the fields of the object at a path; nothing where there is none.
fn fields(shape: &'static Shape, path: &str) -> Option<Vec<&'static str>> {
    let mut shape = shape;
    for step in path.split('/').filter(|step| !step.is_empty()) {
        shape = match shape {
            Shape::Object { fields, .. } => fields.iter().find(|field| field.name == step)?.shape,
            Shape::List { item, .. } | Shape::Dict { item } => item,
            _ => return None,
        };
    }
    match shape {
        Shape::Object { fields, .. } => Some(fields.iter().map(|field| field.name).collect()),
        _ => None,
    }
}

/// What a change does beyond a change in place.
pub fn danger(facts: Option<&Facts>, resource: &Resource, path: &str, was: Option<&Node>, is: Option<&Node>) -> Option<String> {
    if was == is {
        return None;
    }
    let data = resource.holds_data();
    let guard = GUARDS.iter().any(|(name, open)| *name == path && is.is_none_or(|value| word(value) == *open));
    if data && guard {
        return Some("takes away what keeps its data from being lost".to_owned());
    }
    let fate = match resource.update_replace_policy {
        _ if !data => "",
        Some(cfn::Policy::Retain) => "; the data stays behind in the old one",
        _ => "; the data goes with the old one",
    };
    match facts?.replacement(path) {
        Replacement::Always => Some(format!("create-only: where the resource stands already, AWS makes a new one in its place{fate}")),
        Replacement::Sometimes(_) => Some(format!("AWS may make a new one in the place of a resource that stands already{fate}")),
        Replacement::Never => None,
    }
}

fn word(node: &Node) -> String {
    match node {
        Node::Bool(flag) => flag.to_string(),
        Node::Int(number) => number.to_string(),
        Node::Str(text) => text.clone(),
        _ => String::new(),
    }
}

/// References of an override to something that the phase does not have: path and words.
pub fn dangling(wanted: &Override, known: &[String]) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    for (name, value) in &wanted.properties {
        visit(name, value, &mut |path, target| {
            let id = target.split(['.', '@']).next().unwrap_or_default();
            if !id.starts_with("AWS::") && !known.iter().any(|known| known == id) {
                let near = rule::suggestion(id, known.iter().map(String::as_str));
                faults.push((path.to_owned(), format!("this refers to \"{id}\", which this phase does not have{near}")));
            }
        });
    }
    faults
}

fn visit(path: &str, node: &Node, tell: &mut impl FnMut(&str, &str)) {
    match (node.intrinsic(), node) {
        (Some(("Ref", Node::Str(name))), _) => tell(path, name),
        (Some(("Fn::GetAtt", Node::List(parts))), _) => parts.iter().take(1).filter_map(Node::as_str).for_each(|name| tell(path, name)),
        (Some(("Fn::Sub", Node::Str(text))), _) => {
            let names = text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
            names.filter(|name| !name.starts_with('!')).for_each(|name| tell(path, name));
        }
        (_, Node::Map(map)) => map.iter().for_each(|(key, value)| visit(&format!("{path}/{key}"), value, tell)),
        (_, Node::List(items)) => items.iter().enumerate().for_each(|(index, value)| visit(&format!("{path}/{index}"), value, tell)),
        _ => {}
    }
}
