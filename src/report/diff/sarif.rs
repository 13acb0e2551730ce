//! A difference in SARIF 2.1.0, as code hosts show it beside the lines of a template.

use cfn::syntax::Place;
use serde_json::{Value, json};

use super::super::json::pretty;
use super::value::{calm, name};
use super::{Shown, words};
use crate::check::{RULES, Severity};
use crate::diff::{ResourceDifference, SetDifference, StackDifference};
use crate::fate::Fate;

/// The rules of a comparison itself: id, what, why.
const OWN: [(&str, &str, &str, &str); 4] = [
    ("replace", "A resource is, or may be, replaced", "A new resource is made and the old one deleted, with whatever it holds.", "warning"),
    (
        "data-fate",
        "Data do not stay where they are",
        "What is lost, left behind or must be moved is decided before the deployment.",
        "error",
    ),
    (
        "exposure",
        "Something becomes reachable, wider or less protected",
        "What is open to more people than before should be meant to be.",
        "warning",
    ),
    ("unseen", "Something could not be compared", "What a comparison does not see it cannot warn of.", "note"),
];

/// The difference as one run.
pub fn sarif(shown: &Shown) -> String {
    let own = OWN.iter().map(|(id, what, why, level)| {
        json!({
            "id": id,
            "shortDescription": { "text": what },
            "fullDescription": { "text": why },
            "defaultConfiguration": { "level": level },
        })
    });
    let checks = RULES.iter().map(|rule| {
        json!({
            "id": rule.id,
            "shortDescription": { "text": rule.what },
            "fullDescription": { "text": rule.why },
            "helpUri": rule.link,
            "defaultConfiguration": { "level": level(rule.severity) },
        })
    });
    let rules: Vec<Value> = own.chain(checks).collect();
    let results: Vec<Value> = shown.difference.sets.iter().flat_map(|set| of_set(set, shown)).collect();
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "scalectl", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "results": results,
        }],
    }))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(rule: &str, level: &str, message: String, file: &str, place: Option<Place>, logical: &str) -> Value {
    let (line, column) = place.map_or((1, 1), |place| (place.line, place.column));
    let own = OWN.iter().position(|(id, ..)| *id == rule);
    let index = own.or_else(|| RULES.iter().position(|one| one.id == rule).map(|at| at + OWN.len()));
    json!({
        "ruleId": rule,
        "ruleIndex": index,
        "level": level,
        "message": { "text": message },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(file) },
                "region": { "startLine": line, "startColumn": column },
            },
            "logicalLocations": [{ "fullyQualifiedName": logical }],
        }],
    })
}

/// A file's name as a reference: what an address gives a meaning to is written as a number.
fn uri(file: &str) -> String {
    let mut text = String::new();
    for byte in file.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b'+' | b',' | b'@' | b'=' => {
                text.push(char::from(byte))
            }
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    text
}

/// Where a resource stands: in the new file, or in the old one when it leaves.
fn stands<'a>(stack: &'a StackDifference, resource: &ResourceDifference) -> (&'a str, Option<Place>) {
    match (&stack.to, &stack.from) {
        (Some(to), _) if resource.new_place.is_some() || stack.from.is_none() => (to, resource.new_place),
        (_, Some(from)) if resource.old_place.is_some() => (from, resource.old_place),
        (to, from) => (to.as_deref().or(from.as_deref()).unwrap_or_default(), None),
    }
}

fn of_set(set: &SetDifference, shown: &Shown) -> Vec<Value> {
    let mut results = Vec::new();
    for (stack, resource) in set.resources() {
        let (file, place) = stands(stack, resource);
        let logical = format!("Resources/{}", resource.old_id());
        let kind = words::kind(&resource.resource_type);
        if resource.replaced() {
            let sure = resource.action == crate::diff::Action::Replaced;
            let message = format!("{} ({kind}) {}: {}", name(&resource.id), words::verb(resource, false), words::reasons(resource));
            results.push(result("replace", if sure { "warning" } else { "note" }, message, file, place, &logical));
        }
        let Some(data) = resource.data.as_ref().filter(|data| data.fate > Fate::Keep) else { continue };
        let level = if data.fate.needs_consent() { "error" } else { "warning" };
        let message = format!("{} ({kind}) {} · data: {}", name(resource.old_id()), words::verb(resource, false), words::data(data));
        let mut one = result("data-fate", level, message, file, place, &logical);
        if data.fate.needs_consent()
            && shown.accepts(resource.old_id())
            && let Some(map) = one.as_object_mut()
        {
            map.insert("suppressions".to_owned(), json!([{ "kind": "external", "justification": "accepted by name" }]));
        }
        results.push(one);
    }
    for exposure in &set.exposures {
        let stack = set.stacks.iter().find(|stack| stack.name == exposure.stack);
        let resource = stack.and_then(|stack| stack.resources.iter().find(|resource| resource.id == exposure.id));
        let file = stack.and_then(|stack| stack.to.as_deref().or(stack.from.as_deref())).unwrap_or(&exposure.stack);
        let message = format!("{}: {} {}", words::exposed(exposure), name(&exposure.id), calm(&exposure.what));
        let place = resource.and_then(|resource| resource.new_place);
        let level = if exposure.sure { "warning" } else { "note" };
        results.push(result("exposure", level, message, file, place, &format!("Resources/{}", exposure.id)));
    }
    for unseen in &set.unseen {
        let level = if unseen.broken { "warning" } else { "note" };
        results.push(result("unseen", level, calm(&unseen.why), &unseen.file, None, &unseen.what));
    }
    for finding in &set.findings {
        let (severity, path) = (level(finding.rule.severity), finding.path.join("/"));
        results.push(result(finding.rule.id, severity, finding.message.clone(), &finding.name, finding.place, &path));
    }
    results
}
