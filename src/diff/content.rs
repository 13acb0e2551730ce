//! What differs within one resource, or beside the resources of one template, and which of it nobody may see.

use cfn::{Node, Resource, Template};

use super::indirect::Shifted;
use super::replacement;
use super::tree::{self, entry, leaves};
use super::{Change, Replaces};
use crate::check::is_secret;

/// What differs between two resources of one logical ID.
pub fn changes(old: &Resource, new: &Resource, shifted: &Shifted) -> Vec<Change> {
    let mut found = Vec::new();
    let kind = &new.resource_type;
    let retyped = old.resource_type != new.resource_type;
    for (property, value) in &new.properties {
        let Some(was) = old.properties.get(property) else {
            found.push(property_change(new, vec![property.clone()], None, Some(value.clone())));
            continue;
        };
        let before = found.len();
        for leaf in entry(property, was, value) {
            found.push(property_change(new, leaf.path, leaf.old, leaf.new));
        }
        if found.len() == before && was != value && !strictly(was, value) {
            // A set in another order is the same, unless the type cannot be changed at all: whether AWS compares it as a set is not known then.
            let order = property_change(new, vec![property.clone(), "order".to_owned()], Some(was.clone()), Some(value.clone()));
            found.extend((order.replaces > Replaces::No).then_some(order));
        }
        if found.len() == before
            && let Some(reason) = shifted.reason(was, value, false)
        {
            let mut change = property_change(new, vec![property.clone()], Some(was.clone()), Some(value.clone()));
            change.through = Some(reason);
            found.push(change);
        }
    }
    for (property, was) in old.properties.iter().filter(|(property, _)| !new.properties.contains_key(*property)) {
        found.push(property_change(new, vec![property.clone()], Some(was.clone()), None));
    }
    if retyped {
        found.insert(0, plain(vec!["Type".to_owned()], Some(Node::from(old.resource_type.as_str())), Some(Node::from(kind.as_str()))));
    }
    attributes(old, new, &mut found);
    found
}

/// Whether two values are the same item by item, numbers and flags as text.
fn strictly(a: &Node, b: &Node) -> bool {
    match (a, b) {
        (Node::List(a), Node::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| strictly(a, b)),
        (Node::Map(a), Node::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| strictly(value, other)))
        }
        _ => tree::same(a, b),
    }
}

fn property_change(resource: &Resource, path: Vec<String>, old: Option<Node>, new: Option<Node>) -> Change {
    let (replaces, when) = replacement::of(resource, &path);
    let mut full = vec!["Properties".to_owned()];
    full.extend(path);
    let secret = [&old, &new].into_iter().flatten().any(|value| secret(&full, value));
    Change { path: full, old, new, through: None, replaces, when, secret }
}

fn plain(path: Vec<String>, old: Option<Node>, new: Option<Node>) -> Change {
    let secret = [&old, &new].into_iter().flatten().any(|value| secret(&path, value));
    Change { path, old, new, through: None, replaces: Replaces::No, when: None, secret }
}

/// Whether a value is, or holds, what nobody should read. A reference is not: it says where the secret is.
fn secret(path: &[String], value: &Node) -> bool {
    match value {
        Node::Str(text) => is_secret(name_of(path), text),
        Node::List(items) => items.iter().any(|item| secret(path, item)),
        Node::Map(map) => match value.intrinsic() {
            Some(("Ref" | "Fn::GetAtt" | "Fn::ImportValue" | "Fn::GetAZs", _)) => false,
            Some((_, argument)) => secret(path, argument),
            None => {
                // `{Name: DB_PASSWORD, Value: …}` says its name beside its value.
                let named = ["Name", "Key"].iter().find_map(|key| map.get(*key).and_then(Node::as_str));
                map.iter().any(|(key, value)| {
                    let beside = named.is_some_and(|name| key == "Value" && value.as_str().is_some_and(|text| is_secret(name, text)));
                    beside || secret(&[path, std::slice::from_ref(key)].concat(), value)
                })
            }
        },
        _ => false,
    }
}

/// The step of a path that names its value: the key, or what stands above `Value` and `Default`.
fn name_of(path: &[String]) -> &str {
    let names = |step: &&String| !step.chars().all(|c| c.is_ascii_digit()) && !cfn::node::is_intrinsic(step);
    let mut steps = path.iter().rev().filter(names).map(String::as_str);
    match steps.next() {
        Some("Value" | "Default" | "+" | "-") => steps.next().unwrap_or_default(),
        step => step.unwrap_or_default(),
    }
}

/// What stands beside the properties.
fn attributes(old: &Resource, new: &Resource, found: &mut Vec<Change>) {
    let policy = |one: Option<cfn::Policy>| one.map(|policy| Node::from(policy.as_str()));
    let names = |one: &[String]| (!one.is_empty()).then(|| Node::list(one.iter().map(String::as_str)));
    let map = |one: &cfn::Map| (!one.is_empty()).then(|| Node::Map(one.clone()));
    let word = |one: &Option<String>| one.as_deref().map(Node::from);
    let pairs = [
        ("DeletionPolicy", policy(old.deletion_policy), policy(new.deletion_policy)),
        ("UpdateReplacePolicy", policy(old.update_replace_policy), policy(new.update_replace_policy)),
        ("DependsOn", names(&old.depends_on), names(&new.depends_on)),
        ("Condition", word(&old.condition), word(&new.condition)),
        ("CreationPolicy", old.creation_policy.clone(), new.creation_policy.clone()),
        ("UpdatePolicy", old.update_policy.clone(), new.update_policy.clone()),
        ("Metadata", map(&old.metadata), map(&new.metadata)),
        ("", map(&old.rest), map(&new.rest)),
    ];
    for (name, old, new) in pairs {
        between(name, old, new, found);
    }
}

/// The changes between two optional trees, each below a name.
fn between(name: &str, old: Option<Node>, new: Option<Node>, found: &mut Vec<Change>) {
    let path: &[&str] = if name.is_empty() { &[] } else { &[name] };
    match (old, new) {
        (None, None) => {}
        (Some(old), Some(new)) => found.extend(leaves(&old, &new, path).into_iter().map(|leaf| plain(leaf.path, leaf.old, leaf.new))),
        (old, new) => found.push(plain(path.iter().map(|step| (*step).to_owned()).collect(), old, new)),
    }
}

/// The sections of a template as one tree, but for its resources, which are most of it.
fn without_resources(template: &Template) -> Node {
    let Template { parameters, mappings, conditions, outputs, rest, .. } = template;
    let sections = Template {
        parameters: parameters.clone(),
        mappings: mappings.clone(),
        conditions: conditions.clone(),
        outputs: outputs.clone(),
        rest: rest.clone(),
        ..Template::default()
    };
    sections.to_node()
}

/// What differs beside the resources. A template's description and metadata are words about it.
pub fn sections(before: Option<&Template>, after: Option<&Template>) -> Vec<Change> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let mut found = Vec::new();
    let (old, new) = (without_resources(before), without_resources(after));
    let hidden = |name: &str| [before, after].iter().any(|template| template.parameters.get(name).is_some_and(|one| one.no_echo));
    for section in ["Parameters", "Mappings", "Conditions", "Outputs", "Transform", "Rules", "Hooks", "Globals"] {
        let from = found.len();
        between(section, old.get(section).cloned(), new.get(section).cloned(), &mut found);
        for change in
            found.iter_mut().skip(from).filter(|change| section == "Parameters" && change.path.get(1).is_some_and(|name| hidden(name)))
        {
            change.secret = true;
        }
    }
    for section in ["Parameters", "Outputs"] {
        let entries = |template: &Template| template.macros.get(section).map(|map| Node::Map(map.clone()));
        between(section, entries(before), entries(after), &mut found);
    }
    found
}
