//! Our own templates with one thing changed each, as people change them. Which thing is chance, the same in every run; a change of one
//! template leaves the mutants of the others as they are.

use std::collections::BTreeMap;

use cfn::{Map, Node};

use super::pairs::{Pair, fnv};
use super::properties::{fields, value};
use super::steps::{Path, at, literals, pick, references, renamed, resource, resources};
use crate::chance::Chance;

/// Changes the template and says where, or says that there is nothing of the kind.
type Change = fn(&mut Map, &mut Chance) -> Option<String>;

const CHANGES: [(&str, Change); 20] = [
    ("text", |template, chance| literal(template, chance, |leaf| Some(Node::Str(format!("{}2", leaf.as_str()?))))),
    ("number", |template, chance| literal(template, chance, |leaf| Some(Node::Int(leaf.as_int()? + 1)))),
    ("flag", |template, chance| literal(template, chance, |leaf| if let Node::Bool(on) = leaf { Some(Node::Bool(!on)) } else { None })),
    ("number as text", |template, chance| literal(template, chance, |leaf| Some(Node::Str(leaf.as_int()?.to_string())))),
    ("property", another_property),
    ("property gone", property_gone),
    ("property new", property_new),
    ("list shorter", list_shorter),
    ("reference", reference),
    ("type", another_type),
    ("resource gone", resource_gone),
    ("resource new", resource_new),
    ("logical ID", logical_id),
    ("order", order),
    ("DeletionPolicy", |template, chance| policy(template, chance, "DeletionPolicy")),
    ("UpdateReplacePolicy", |template, chance| policy(template, chance, "UpdateReplacePolicy")),
    ("Condition", condition),
    ("parameter", parameter),
    ("DependsOn", depends_on),
    ("Metadata", metadata),
];

/// The regional copies differ from their stacks in little else than the region, and are as long.
const COPIES: &str = ".us-west-2";

/// One mutant of each kind for each stack that has something of the kind.
pub fn of(stacks: &BTreeMap<String, Node>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (stack, from) in stacks.iter().filter(|(stack, _)| !stack.ends_with(COPIES)) {
        for (number, (kind, change)) in CHANGES.iter().enumerate() {
            let mut chance = Chance::new(fnv(format!("{stack} {kind}").as_bytes()));
            let mut to = from.as_map().unwrap().clone();
            if let Some(what) = change(&mut to, &mut chance) {
                pairs.push(Pair { name: format!("mutation/{stack}/{number} {kind}: {what}"), from: from.clone(), to: Node::Map(to) });
            }
        }
    }
    pairs
}

/// One literal somewhere below the properties of a resource.
fn literal(template: &mut Map, chance: &mut Chance, other: fn(&Node) -> Option<Node>) -> Option<String> {
    let (id, path) = pick_place(template, chance, |properties| literals(properties, &|leaf| other(leaf).is_some()))?;
    let leaf = at(resource(template, &id)?.get_mut("Properties")?, &path)?;
    *leaf = other(leaf)?;
    Some(format!("{id}.{}", path.join(".")))
}

/// Types have the same chance, however many resources they have; within one, its resources, then its places.
fn pick_place(template: &Map, chance: &mut Chance, places: impl Fn(&Node) -> Vec<Path>) -> Option<(String, Path)> {
    let mut types: BTreeMap<&str, Vec<(&String, Vec<Path>)>> = BTreeMap::new();
    for (id, one) in resources(template) {
        let found = one.get("Properties").map(&places).unwrap_or_default();
        if !found.is_empty() {
            types.entry(one.get("Type")?.as_str()?).or_default().push((id, found));
        }
    }
    let types: Vec<_> = types.into_values().collect();
    let (id, found) = pick(pick(&types, chance)?, chance)?;
    Some(((*id).clone(), pick(found, chance)?.clone()))
}

fn whole_properties(properties: &Node) -> Vec<Path> {
    properties.as_map().unwrap().keys().map(|key| vec![key.clone()]).collect()
}

/// A whole property is as the type's schema would have it, whatever it was.
fn another_property(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let (id, path) = pick_place(template, chance, whole_properties)?;
    let one = resource(template, &id)?;
    let facts = cfn::facts::of(one.get("Type")?.as_str()?)?;
    let shape = fields(facts).iter().find(|field| field.name == path[0])?.shape;
    one.get_mut("Properties").and_then(|properties| at(properties, &path)).map(|place| *place = value(shape, true))?;
    Some(format!("{id}.{}", path[0]))
}

fn property_gone(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let (id, path) = pick_place(template, chance, whole_properties)?;
    let Node::Map(properties) = resource(template, &id)?.get_mut("Properties")? else { return None };
    properties.shift_remove(&path[0])?;
    Some(format!("{id}.{}", path[0]))
}

fn property_new(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let (id, _) = pick_place(template, chance, whole_properties)?;
    let one = resource(template, &id)?;
    let facts = cfn::facts::of(one.get("Type")?.as_str()?)?;
    let Node::Map(properties) = one.get_mut("Properties")? else { return None };
    let absent: Vec<_> = fields(facts).iter().filter(|field| !properties.contains_key(field.name)).collect();
    let field = pick(&absent, chance)?;
    properties.insert(field.name.to_owned(), value(field.shape, false));
    Some(format!("{id}.{}", field.name))
}

fn list_shorter(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let lists = |properties: &Node| {
        let several = |(key, value): (&String, &Node)| value.as_list().is_some_and(|items| items.len() > 1).then(|| vec![key.clone()]);
        properties.as_map().unwrap().iter().filter_map(several).collect()
    };
    let (id, path) = pick_place(template, chance, lists)?;
    let Node::List(items) = at(resource(template, &id)?.get_mut("Properties")?, &path)? else { return None };
    items.pop()?;
    Some(format!("{id}.{}", path.join(".")))
}

/// A `Ref` or `Fn::GetAtt` speaks of another resource, of the same type where there is one.
fn reference(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let kinds: BTreeMap<String, String> = resources(template)
        .filter_map(|(id, one)| Some((id.clone(), one.get("Type")?.as_str()?.to_owned())))
        .chain(template.get("Parameters").and_then(Node::as_map).into_iter().flatten().map(|(id, _)| (id.clone(), "Parameter".to_owned())))
        .collect();
    let (id, path) = pick_place(template, chance, |properties| references(properties, &|target| kinds.contains_key(target)))?;
    let place = at(resource(template, &id)?.get_mut("Properties")?, &path)?;
    let old = place.as_str()?.to_owned();
    let alike: Vec<&String> =
        kinds.iter().filter(|(other, kind)| **other != old && Some(*kind) == kinds.get(&old)).map(|(id, _)| id).collect();
    let any: Vec<&String> = kinds.keys().filter(|other| **other != old).collect();
    let new = pick(if alike.is_empty() { &any } else { &alike }, chance)?;
    *place = Node::Str((*new).clone());
    Some(format!("{id}.{} from {old} to {new}", path.join(".")))
}

fn another_type(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let id = pick_id(template, chance)?;
    let types: Vec<Node> = resources(template).filter_map(|(_, one)| one.get("Type").cloned()).collect();
    let one = resource(template, &id)?;
    let others: Vec<&Node> = types.iter().filter(|other| one.get("Type") != Some(other)).collect();
    one.insert("Type".to_owned(), (*pick(&others, chance)?).clone());
    Some(id)
}

/// A resource; types have the same chance, however many resources they have.
fn pick_id(template: &Map, chance: &mut Chance) -> Option<String> {
    Some(pick_place(template, chance, |_| vec![Path::new()])?.0)
}

fn section<'a>(template: &'a mut Map, name: &str) -> Option<&'a mut Map> {
    match template.entry(name.to_owned()).or_insert_with(|| Node::Map(Map::new())) {
        Node::Map(map) => Some(map),
        _ => None,
    }
}

fn resource_gone(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let id = pick_id(template, chance)?;
    section(template, "Resources")?.shift_remove(&id)?;
    Some(id)
}

fn resource_new(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let id = pick_id(template, chance)?;
    let copy = resource(template, &id)?.clone();
    section(template, "Resources")?.insert(format!("{id}Copy"), Node::Map(copy));
    Some(id)
}

/// A logical ID is another one, in all that refers to it too.
fn logical_id(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let old = pick_id(template, chance)?;
    let new = format!("{old}Renamed");
    let Node::Map(after) = renamed(&Node::Map(template.clone()), &old, &new) else { return None };
    *template = after;
    let entries = std::mem::take(section(template, "Resources")?);
    *section(template, "Resources")? = entries.into_iter().map(|(id, one)| (if id == old { new.clone() } else { id }, one)).collect();
    Some(old)
}

/// All maps are written backwards, which changes nothing.
fn order(template: &mut Map, _: &mut Chance) -> Option<String> {
    fn backwards(node: &Node) -> Node {
        match node {
            Node::Map(map) => Node::Map(map.iter().rev().map(|(key, value)| (key.clone(), backwards(value))).collect()),
            Node::List(items) => Node::List(items.iter().map(backwards).collect()),
            scalar => scalar.clone(),
        }
    }
    let Node::Map(after) = backwards(&Node::Map(template.clone())) else { return None };
    *template = after;
    Some("backwards".to_owned())
}

fn policy(template: &mut Map, chance: &mut Chance, attribute: &str) -> Option<String> {
    let id = pick_id(template, chance)?;
    let one = resource(template, &id)?;
    let now = one.get(attribute).and_then(Node::as_str).unwrap_or("none");
    let words: Vec<&str> = ["Delete", "Retain", "Snapshot", "none"].into_iter().filter(|word| *word != now).collect();
    let word = chance.one_of(&words);
    let what = format!("{id} from {now} to {word}");
    if word == "none" {
        one.shift_remove(attribute)
    } else {
        one.insert(attribute.to_owned(), word.into())
    };
    Some(what)
}

fn condition(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let id = pick_id(template, chance)?;
    if let Some(name) = resource(template, &id)?.shift_remove("Condition") {
        return Some(format!("{id} without {}", name.as_str()?));
    }
    let here = Node::list([Node::map([("Ref", "AWS::Region")]), "us-east-1".into()]);
    section(template, "Conditions")?.insert("Here".to_owned(), Node::map([("Fn::Equals", here)]));
    resource(template, &id)?.insert("Condition".to_owned(), "Here".into());
    Some(format!("{id} with Here"))
}

fn parameter(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let Node::Map(parameters) = template.get_mut("Parameters")? else { return None };
    let names: Vec<String> = parameters.keys().cloned().collect();
    let name = pick(&names, chance)?;
    let Node::Map(one) = parameters.get_mut(name)? else { return None };
    let default = one.get("Default").and_then(Node::as_str).unwrap_or_default();
    one.insert("Default".to_owned(), format!("{default}2").into());
    Some(name.clone())
}

fn depends_on(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let (id, other) = (pick_id(template, chance)?, pick_id(template, chance)?);
    let one = resource(template, &id)?;
    match one.shift_remove("DependsOn") {
        Some(_) => Some(format!("{id} without")),
        None => one.insert("DependsOn".to_owned(), Node::list([other.as_str()])).is_none().then(|| format!("{id} on {other}")),
    }
}

fn metadata(template: &mut Map, chance: &mut Chance) -> Option<String> {
    let id = pick_id(template, chance)?;
    resource(template, &id)?.insert("Metadata".to_owned(), Node::map([("Reviewed", "2024-05-01")]));
    Some(id)
}
