//! Which stack of the one side is which of the other, and which resource goes on under another name: told by digests.

use std::collections::{BTreeMap, HashMap};

use cfn::{Node, Resource, Template};

use crate::digest::{self, Digest};
use crate::render::served;

use super::reference::told;
use super::side::{SideSet, stack_name};
use crate::check::Set;

/// A stack: the index of its file on the old side and on the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paired {
    /// Of the old side.
    pub old: Option<usize>,
    /// Of the new side.
    pub new: Option<usize>,
}

/// The stacks of two sets, in the order of the new one; a single file on each side is one stack, whatever it is called.
pub fn stacks(old: &SideSet, new: &SideSet) -> Vec<Paired> {
    let (a, b) = (&old.files.files, &new.files.files);
    if let ([_], [_], true) = (a.as_slice(), b.as_slice(), old.broken.is_empty() && new.broken.is_empty()) {
        return vec![Paired { old: Some(0), new: Some(0) }];
    }
    let broken = |set: &SideSet, name: &str| set.broken.iter().any(|broken| stack_name(&broken.name) == name);
    let mut taken = vec![false; a.len()];
    let mut pairs = Vec::new();
    for (index, file) in b.iter().enumerate() {
        let name = stack_name(&file.name);
        if broken(old, name) {
            continue;
        }
        let partner = (0..a.len()).find(|other| !taken[*other] && a.get(*other).is_some_and(|other| stack_name(&other.name) == name));
        if let Some(slot) = partner.and_then(|partner| taken.get_mut(partner)) {
            *slot = true;
        }
        pairs.push(Paired { old: partner, new: Some(index) });
    }
    for (index, file) in a.iter().enumerate().filter(|(index, _)| !taken[*index]) {
        if !broken(new, stack_name(&file.name)) {
            pairs.push(Paired { old: Some(index), new: None });
        }
    }
    pairs
}

/// Digests of the resources of one side: the same for the same resource whatever its logical ID and its stack, because references count by
/// the digest of what they refer to.
#[derive(Debug)]
pub struct Digests<'a> {
    templates: Vec<&'a Template>,
    feeds: &'a Set,
    known: HashMap<(usize, &'a str), u64>,
}

/// How far a digest follows references; what lies further counts by its name.
const DEEPEST: usize = 24;

impl<'a> Digests<'a> {
    /// For the templates of a set.
    pub fn new(templates: Vec<&'a Template>, feeds: &'a Set) -> Digests<'a> {
        Digests { templates, feeds, known: HashMap::new() }
    }

    /// The digest of a resource.
    pub fn of(&mut self, file: usize, id: &'a str) -> u64 {
        self.resource(file, id, 0)
    }

    fn resource(&mut self, file: usize, id: &'a str, depth: usize) -> u64 {
        if let Some(known) = self.known.get(&(file, id)) {
            return *known;
        }
        let mut hash = Digest::default();
        let Some(resource) = self.templates.get(file).and_then(|template| template.resources.get(id)) else { return hash.value() };
        hash.text(&resource.resource_type);
        // Two of our own that look alike, and serve different ends, are not the same.
        hash.text(served(resource, "component"));
        if depth < DEEPEST {
            // A ring of references ends where it comes back: at the type.
            self.known.insert((file, id), hash.value());
            hash.number(self.map(file, resource, depth));
        }
        self.known.insert((file, id), hash.value());
        hash.value()
    }

    fn map(&mut self, file: usize, resource: &'a Resource, depth: usize) -> u64 {
        let mut fields: Vec<(&str, u64)> = Vec::new();
        for (key, value) in &resource.properties {
            fields.push((key, self.node(file, value, depth)));
        }
        fields.sort_unstable();
        let mut hash = Digest::default();
        for (key, value) in fields {
            hash.text(key);
            hash.number(value);
        }
        hash.value()
    }

    fn node(&mut self, file: usize, node: &'a Node, depth: usize) -> u64 {
        let mut hash = Digest::default();
        match node {
            Node::Null => hash.text("null"),
            Node::Bool(flag) => hash.text(if *flag { "true" } else { "false" }),
            Node::Int(number) => hash.text(&number.to_string()),
            Node::Float(number) => hash.text(&number.to_string()),
            Node::Str(text) => hash.text(text),
            Node::List(items) => {
                hash.text("[");
                for item in items {
                    let item = self.node(file, item, depth);
                    hash.number(item);
                }
            }
            Node::Map(map) => match node.intrinsic() {
                Some(("Ref", Node::Str(name))) => match self.fed(file, name).filter(|_| depth < DEEPEST) {
                    Some((other, value)) => return self.node(other, value, depth + 1),
                    None => {
                        hash.text("Ref");
                        hash.number(self.name(file, name, depth));
                    }
                },
                Some(("Fn::GetAtt", Node::List(parts))) => {
                    hash.text("Fn::GetAtt");
                    for (at, part) in parts.iter().enumerate() {
                        let part = match part {
                            Node::Str(name) if at == 0 => self.name(file, name, depth),
                            other => self.node(file, other, depth),
                        };
                        hash.number(part);
                    }
                }
                _ => {
                    hash.text("{");
                    let mut fields: Vec<(&str, u64)> =
                        map.iter().map(|(key, value)| (key.as_str(), self.node(file, value, depth))).collect();
                    fields.sort_unstable();
                    for (key, value) in fields {
                        hash.text(key);
                        hash.number(value);
                    }
                }
            },
        }
        hash.value()
    }

    /// What a name stands for: a resource by its digest, all else by itself.
    fn name(&mut self, file: usize, name: &'a str, depth: usize) -> u64 {
        if self.templates.get(file).is_some_and(|template| template.resources.contains_key(name)) {
            return self.resource(file, name, depth + 1);
        }
        digest::of([name])
    }

    /// The output's value that feeds a parameter, and its file: a value is the same whether it comes by parameter or stands there.
    fn fed(&self, file: usize, name: &str) -> Option<(usize, &'a Node)> {
        self.templates.get(file).filter(|template| template.parameters.contains_key(name))?;
        let (other, output) = self.feeds.feeding(file, name)?;
        Some((other, told(self.templates.get(other)?, output)?))
    }
}

/// What leaves and what comes, and is the same by its digest: pairs of indices into both lists. Where several are alike, none is paired,
/// because nothing tells which became which.
pub fn renamed(gone: &[u64], come: &[u64]) -> Vec<(usize, usize)> {
    let mut by_digest: BTreeMap<u64, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, digest) in gone.iter().enumerate() {
        by_digest.entry(*digest).or_default().0.push(index);
    }
    for (index, digest) in come.iter().enumerate() {
        by_digest.entry(*digest).or_default().1.push(index);
    }
    by_digest
        .into_values()
        .filter_map(|(gone, come)| match (gone.as_slice(), come.as_slice()) {
            ([gone], [come]) => Some((*gone, *come)),
            _ => None,
        })
        .collect()
}
