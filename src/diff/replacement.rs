//! What is replaced, and why: by a changed property, by another type, or because it takes the identity of something that is replaced.

use std::collections::{BTreeMap, BTreeSet};

use cfn::facts::{self, Replacement};
use cfn::{Node, Resource, Template};

use super::reference;
use super::{Cause, Change, Replaces};
use crate::check::Set;

/// Whether a change of the property at a path replaces a resource, and when.
///
/// Of a type that nobody publishes facts of (custom resources, third-party types) every change may.
pub fn of(resource: &Resource, path: &[String]) -> (Replaces, Option<&'static str>) {
    if let Some(replaced) = path.first().and_then(|property| resource.replaced_by_policy(property)) {
        return (if replaced { Replaces::Yes } else { Replaces::No }, None);
    }
    if path.first().is_some_and(|first| cfn::node::is_intrinsic(first)) {
        return (Replaces::Maybe, Some("as the macro decides that writes its properties"));
    }
    match facts::replacement(&resource.resource_type, &fact_path(path)) {
        None => (Replaces::Maybe, Some("as its provider decides: nothing is published about this type")),
        Some(Replacement::Always) => (Replaces::Yes, None),
        Some(Replacement::Sometimes(condition)) => (Replaces::Maybe, condition.and_then(|condition| condition.when)),
        Some(Replacement::Never) => (Replaces::No, None),
    }
}

/// The path as the facts write it: what stands inside an `Fn::If` stands where the `Fn::If` does, and other functions are one value.
fn fact_path(path: &[String]) -> String {
    let mut steps: Vec<&str> = Vec::new();
    let mut rest = path.iter().map(String::as_str);
    while let Some(step) = rest.next() {
        match step {
            // The branch's number belongs to the function.
            "Fn::If" => {
                rest.next();
            }
            _ if cfn::node::is_intrinsic(step) => break,
            "+" | "-" | "order" => break,
            step if step.chars().all(|c| c.is_ascii_digit()) => steps.push("*"),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// What its own changes do to a resource: the causes of a replacement, none when it is changed in place.
pub fn causes(changes: &[Change]) -> Vec<Cause> {
    let mut causes: BTreeMap<String, Cause> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.replaces > Replaces::No) {
        let Some(("Properties", path)) = change.path.split_first().map(|(first, rest)| (first.as_str(), rest)) else { continue };
        let property = path.first().cloned().unwrap_or_default();
        // What comes through a parameter is known only when the stack is deployed: it may keep the value that it has.
        let sure = change.replaces == Replaces::Yes && change.through.is_none();
        let when = if sure { None } else { change.when };
        let cause = causes.entry(property.clone()).or_insert(Cause { property, from: None, when, sure });
        cause.sure |= sure;
    }
    causes.into_values().collect()
}

/// A resource on its way through the spreading of replacements.
pub struct Candidate<'a> {
    /// The new file's index.
    pub file: usize,
    /// Logical ID.
    pub id: &'a str,
    /// The new resource.
    pub resource: &'a Resource,
    /// Whether it stood before under this ID, so that it can be replaced.
    pub stood: bool,
    /// Why it is replaced.
    pub causes: Vec<Cause>,
    /// Whether its logical ID comes to name something else altogether.
    pub retyped: bool,
    /// Whether a condition may take it away, and another one may come.
    pub may_go: bool,
}

impl Candidate<'_> {
    fn level(&self) -> Replaces {
        match (self.retyped || self.causes.iter().any(|cause| cause.sure), self.may_go || !self.causes.is_empty()) {
            (true, _) => Replaces::Yes,
            (false, true) => Replaces::Maybe,
            (false, false) => Replaces::No,
        }
    }
}

/// Carries replacements on along references, across stacks too, until nothing more follows.
pub fn spread(candidates: &mut [Candidate], templates: &[&Template], feeds: &Set) {
    loop {
        // Names that mean another identity than before, by file.
        let mut affected: Vec<BTreeMap<&str, (Replaces, String)>> = vec![BTreeMap::new(); templates.len()];
        for candidate in candidates.iter().filter(|candidate| candidate.stood && candidate.level() > Replaces::No) {
            if let Some(names) = affected.get_mut(candidate.file) {
                names.insert(candidate.id, (candidate.level(), candidate.id.to_owned()));
            }
        }
        if affected.iter().all(BTreeMap::is_empty) {
            return;
        }
        hand_on(&mut affected, templates, feeds);
        let mut news = Vec::new();
        for (index, candidate) in candidates.iter().enumerate().filter(|(_, candidate)| candidate.stood) {
            let Some(names) = affected.get(candidate.file).filter(|names| !names.is_empty()) else { continue };
            for cause in followed(candidate, names) {
                if !candidate.causes.contains(&cause) {
                    news.push((index, cause));
                }
            }
        }
        if news.is_empty() {
            return;
        }
        for (index, cause) in news {
            if let Some(candidate) = candidates.get_mut(index) {
                candidate.causes.push(cause);
            }
        }
    }
}

/// Parameters that are fed by outputs which tell an affected identity are affected too.
fn hand_on<'a>(affected: &mut [BTreeMap<&'a str, (Replaces, String)>], templates: &[&'a Template], feeds: &Set) {
    // An output may pass on a parameter; a chain is never longer than there are files.
    for _ in 0..templates.len() {
        let mut grown = false;
        for (file, template) in templates.iter().enumerate() {
            for name in template.parameters.keys().map(String::as_str) {
                let Some((other, output)) = feeds.feeding(file, name) else { continue };
                let Some(value) = templates.get(other).and_then(|there| reference::told(there, output)) else { continue };
                let mut worst: Option<(Replaces, String)> = None;
                reference::names(value, &mut |name| {
                    if let Some((level, from)) = affected.get(other).and_then(|names| names.get(name))
                        && worst.as_ref().is_none_or(|(known, _)| known < level)
                    {
                        worst = Some((*level, from.clone()));
                    }
                });
                if let (Some(worst), Some(names)) = (worst, affected.get_mut(file))
                    && names.get(name).is_none_or(|(known, _)| *known < worst.0)
                {
                    names.insert(name, worst);
                    grown = true;
                }
            }
        }
        if !grown {
            return;
        }
    }
}

/// The create-only properties of a resource that take an affected identity.
fn followed(candidate: &Candidate, names: &BTreeMap<&str, (Replaces, String)>) -> BTreeSet<Cause> {
    let mut causes = BTreeSet::new();
    for (property, value) in &candidate.resource.properties {
        if !reference::mentions(value, |name| name != candidate.id && names.contains_key(name)) {
            continue;
        }
        reference::places(value, &mut vec![property.as_str()], &mut |path, name| {
            let Some((level, from)) = names.get(name).filter(|_| name != candidate.id) else { return };
            let path: Vec<String> = path.iter().map(|step| (*step).to_owned()).collect();
            let (replaces, when) = of(candidate.resource, &path);
            let property = || property.clone();
            match (replaces, level) {
                (Replaces::No, _) => {}
                (Replaces::Yes, Replaces::Yes) => {
                    causes.insert(Cause { property: property(), from: Some(from.clone()), when: None, sure: true });
                }
                _ => {
                    causes.insert(Cause { property: property(), from: Some(from.clone()), when, sure: false });
                }
            }
        });
    }
    causes
}

/// Whether a name that the user gave stays the same, which keeps CloudFormation from making the new one beside the old.
pub fn name_taken(old: &Resource, new: &Resource) -> bool {
    let kind = new.resource_type.as_str();
    let own = format!("{}Name", kind.rsplit("::").next().unwrap_or_default());
    // Records of one name stand beside one another in different zones.
    let plain = (kind != "AWS::Route53::RecordSet").then_some("Name");
    let by_facts = facts::identifier(kind).filter(|property| property.ends_with("Name") || property.ends_with("Identifier"));
    let unique = |property: &str| facts::replacement(kind, property) == Some(Replacement::Always);
    let names: Vec<&str> = by_facts.chain(plain).collect();
    names.into_iter().chain([own.as_str()]).any(|property| match (old.properties.get(property), new.properties.get(property)) {
        (Some(a @ Node::Str(_)), Some(b)) => a == b && unique(property),
        _ => false,
    })
}
