//! Our verdicts beside CDK's: never milder, and stricter only for a reason that is listed.

use std::collections::BTreeMap;

use cfn::Template;
use scalectl::check::File;
use scalectl::diff::{Action, Difference, ResourceDifference, Side, difference};

use super::pairs::{Pair, corpus};
use super::{Impact, judged, severity};
use crate::tree;

fn side(name: &str, node: &cfn::Node) -> Side {
    let template = Template::from_node(node).unwrap();
    Side::of_files(name, vec![File { name: "stack.yaml".to_owned(), region: None, group: None, template, document: None, bytes: None }])
}

pub fn compared(pair: &Pair) -> Difference {
    difference(&side("from", &pair.from), &side("to", &pair.to))
}

/// What we say of every logical ID that differs, as CDK would: a renamed resource is destroyed under its old name.
fn said(difference: &Difference) -> BTreeMap<String, (Impact, Option<&ResourceDifference>)> {
    let mut said = BTreeMap::new();
    for (_, _, resource) in difference.resources() {
        let impact = match &resource.action {
            Action::Added => Impact::WillCreate,
            Action::Renamed { from } | Action::Moved { from, .. } => {
                said.insert(from.clone(), (Impact::WillDestroy, Some(resource)));
                Impact::WillCreate
            }
            Action::Removed => Impact::WillDestroy,
            Action::Replaced | Action::MayBeRemoved => Impact::WillReplace,
            Action::MayBeReplaced => Impact::MayReplace,
            Action::Changed => Impact::WillUpdate,
            Action::Reworded => Impact::WillUpdate,
        };
        said.insert(resource.id.clone(), (impact, Some(resource)));
    }
    said
}

/// Where CDK is stricter than we are and AWS's page says that it is wrong: type, property, reason with the page.
/// What we say all the same is its third part.
fn exceptions() -> Vec<(String, String, Impact)> {
    let text = tree::read("tests/it/cdk/milder.yaml");
    let node = cfn::yaml::parse(&text).unwrap().root;
    let one = |node: &cfn::Node| {
        let text = |key: &str| node.get(key).and_then(cfn::Node::as_str).unwrap_or_else(|| panic!("an exception lacks {key}")).to_owned();
        assert!(text("link").starts_with("https://") && text("why").len() > 20, "every exception says why and where AWS says so");
        let ours = match text("ours").as_str() {
            "update" => Impact::WillUpdate,
            "may" => Impact::MayReplace,
            other => panic!("ours: {other}"),
        };
        (text("type"), text("property"), ours)
    };
    node.as_list().unwrap().iter().map(one).collect()
}

/// Why we say more than CDK does of a resource.
fn reason(resource: &ResourceDifference) -> String {
    let mut words: Vec<String> = Vec::new();
    let kind = &resource.resource_type;
    if resource.action == Action::MayBeRemoved {
        words.push("a resource's Condition changes, which CDK passes over".to_owned());
    }
    if resource.old_type.is_some() {
        words.push("another type under one logical ID".to_owned());
    }
    for cause in &resource.causes {
        let through = resource
            .changes
            .iter()
            .find(|change| change.path.get(1) == Some(&cause.property) && change.replaces != scalectl::diff::Replaces::No)
            .and_then(|change| change.through.as_deref());
        words.push(match (&cause.from, through) {
            (Some(_), _) => format!("{kind}.{}: takes the identity of something that is replaced, where CDK does not look", cause.property),
            (None, Some(through)) => {
                let what = through.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
                format!("its text is the same and its meaning changes ({what} …), which CDK passes over")
            }
            (None, None) if cfn::facts::replacement(kind, &cause.property).is_none() => "a type that nobody publishes facts of".to_owned(),
            (None, None) => format!("{kind}.{}: by AWS's schema or page", cause.property),
        });
    }
    words.sort();
    words.dedup();
    words.join("; ")
}

#[test]
fn our_verdict_is_never_milder_than_that_of_cdk_and_what_is_stricter_is_listed_with_its_reason() {
    let exceptions = exceptions();
    let mut used = vec![false; exceptions.len()];
    let (mut milder, mut stricter): (Vec<String>, BTreeMap<String, usize>) = (Vec::new(), BTreeMap::new());
    let mut compared_resources = 0;
    for pair in corpus() {
        let judged = judged().get(&pair.name).unwrap();
        let difference = compared(pair);
        let ours = said(&difference);
        // What makes entries when it is deployed is a section to us, and a resource to CDK.
        for (id, verdict) in judged.iter().filter(|(id, _)| !id.starts_with("Fn::")) {
            compared_resources += 1;
            let (impact, resource) = ours.get(id).map_or((Impact::NoChange, None), |(impact, resource)| (*impact, *resource));
            let fits = match (severity(verdict.impact), severity(impact)) {
                (Some(theirs), Some(mine)) => mine >= theirs,
                (None, None) => matches!(verdict.impact, Impact::WillCreate) == matches!(impact, Impact::WillCreate),
                _ => false,
            };
            // What differs for CDK only in its form is no change for CloudFormation, and replaces nothing.
            let harmless = verdict.impact == Impact::WillUpdate && impact == Impact::NoChange;
            if fits || harmless {
                if severity(impact) > severity(verdict.impact) && severity(impact) >= Some(2) {
                    *stricter
                        .entry(format!("{} → {}: {}", verdict.impact.name(), impact.name(), resource.map(reason).unwrap_or_default()))
                        .or_default() += 1;
                }
                continue;
            }
            let kind = resource.map_or_else(
                || super::pairs::type_of(&pair.to, id).or_else(|| super::pairs::type_of(&pair.from, id)).unwrap_or_default(),
                |resource| resource.resource_type.clone(),
            );
            let excused = !verdict.by.is_empty()
                && verdict.by.iter().all(|property| {
                    let at = exceptions
                        .iter()
                        .position(|(of, name, least)| *of == kind && name == property && severity(impact) >= severity(*least));
                    if let Some(at) = at {
                        used[at] = true;
                    }
                    at.is_some()
                });
            if !excused {
                milder.push(format!(
                    "{}: {id} ({kind}): CDK {} by {:?}, ours {}",
                    pair.name,
                    verdict.impact.name(),
                    verdict.by,
                    impact.name()
                ));
            }
        }
        // What a loop is written out to has no name in the template.
        let written = |id: &str| [&pair.from, &pair.to].iter().any(|side| super::pairs::type_of(side, id).is_some());
        for (id, (impact, resource)) in ours.iter().filter(|(id, _)| !judged.contains_key(*id) && written(id)) {
            let resource = resource.unwrap();
            assert!(severity(*impact).is_some(), "{}: {id} comes or goes, and CDK does not see it", pair.name);
            if severity(*impact) >= Some(2) {
                *stricter.entry(format!("NO_CHANGE → {}: {}", impact.name(), reason(resource))).or_default() += 1;
            }
        }
    }
    assert!(milder.is_empty(), "milder than CDK, {} of {compared_resources}:\n{}", milder.len(), milder.join("\n"));
    let unused: Vec<&(String, String, Impact)> = exceptions.iter().zip(&used).filter(|(_, used)| !**used).map(|(one, _)| one).collect();
    assert!(unused.is_empty(), "exceptions that nothing needs: {unused:?}");
    assert!(stricter.keys().all(|line| !line.ends_with(": ")), "stricter without a reason: {stricter:?}");
    let lines: Vec<String> = stricter.iter().map(|(line, count)| format!("{count:4} × {line}")).collect();
    insta::assert_snapshot!("stricter_than_cdk", lines.join("\n"));
}
