//! What public scanners say and we do not follow: written into the resource's metadata with the reason, in each scanner's own words.

use std::sync::OnceLock;

use cfn::{Map, Node, Resource};
use serde::Deserialize;

use crate::render::RenderError;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    exceptions: Vec<Exception>,
}

/// One reason and the rules that it answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    #[serde(rename = "type")]
    resource_type: String,
    #[serde(default)]
    only: Vec<String>,
    unless: Option<String>,
    #[serde(default)]
    phases: Vec<String>,
    rules: Vec<String>,
    reason: String,
}

/// The scanners by the form of their rules' names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scanner {
    Checkov,
    CfnNag,
    Guard,
    CdkNag,
}

fn scanner(rule: &str) -> Scanner {
    let digits = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit());
    if rule.starts_with("CKV_") {
        Scanner::Checkov
    } else if rule.strip_prefix(['W', 'F']).is_some_and(digits) {
        Scanner::CfnNag
    } else if rule == rule.to_ascii_uppercase() && !rule.contains('-') || rule == rule.to_ascii_lowercase() {
        Scanner::Guard
    } else {
        Scanner::CdkNag
    }
}

/// All exceptions.
///
/// # Errors
/// When the file that the program carries does not read; a test keeps that from happening.
pub fn all() -> Result<&'static [Exception], RenderError> {
    static ALL: OnceLock<Result<Vec<Exception>, String>> = OnceLock::new();
    let read = || {
        let file: Result<File, _> = serde_saphyr::from_str(include_str!("../../data/exceptions.yaml"));
        file.map(|file| file.exceptions).map_err(|error| error.to_string())
    };
    ALL.get_or_init(read).as_deref().map_err(|error| RenderError::Exceptions(error.clone()))
}

impl Exception {
    /// Whether it is about this resource in this phase.
    pub fn covers(&self, phase: &str, logical_id: &str, resource: &Resource) -> bool {
        let answered = self.unless.as_deref().is_some_and(|path| has(&resource.properties, path));
        self.resource_type == resource.resource_type
            && (self.only.is_empty() || self.only.iter().any(|pattern| matches(pattern, logical_id)))
            && (self.phases.is_empty() || self.phases.iter().any(|one| one == phase))
            && !answered
    }

    fn ids(&self, of: Scanner) -> impl Iterator<Item = &str> {
        self.rules.iter().map(String::as_str).filter(move |rule| scanner(rule) == of)
    }
}

fn has(properties: &Map, path: &str) -> bool {
    let mut steps = path.split('.');
    let first = steps.next().and_then(|name| properties.get(name));
    steps.fold(first, |node, step| node?.get(step)).is_some()
}

/// Whether a name matches a pattern in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, tail)) => name.strip_prefix(head).is_some_and(|rest| (0..=rest.len()).any(|at| matches(tail, &rest[at..]))),
    }
}

/// The metadata that excuses a resource before each scanner.
pub fn metadata(all: &[Exception], phase: &str, logical_id: &str, resource: &Resource) -> Map {
    let about: Vec<&Exception> = all.iter().filter(|one| one.covers(phase, logical_id, resource)).collect();
    let listed = |of: Scanner, word: &str| -> Vec<Node> {
        let each = |one: &&Exception| {
            let entry = |rule: &str| {
                let id = if of == Scanner::CdkNag && !rule.contains('-') { format!("NIST.800.53.R5-{rule}") } else { rule.to_owned() };
                Node::map([("id", Node::from(id)), (word, Node::from(one.reason.as_str()))])
            };
            one.ids(of).map(entry).collect::<Vec<_>>()
        };
        about.iter().flat_map(each).collect()
    };
    let suppressed: Vec<Node> = about.iter().flat_map(|one| one.ids(Scanner::Guard)).map(Node::from).collect();
    let blocks = [
        ("checkov", "skip", listed(Scanner::Checkov, "comment")),
        ("cfn_nag", "rules_to_suppress", listed(Scanner::CfnNag, "reason")),
        ("cdk_nag", "rules_to_suppress", listed(Scanner::CdkNag, "reason")),
        ("guard", "SuppressedRules", suppressed),
    ];
    let said = blocks.into_iter().filter(|(_, _, list)| !list.is_empty());
    Map::from_iter(said.map(|(tool, key, list)| (tool.to_owned(), Node::map([(key, Node::List(list))]))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cfn::resource::s3;

    #[test]
    fn each_scanner_is_told_in_its_own_words() {
        let all = all().unwrap();
        let said = metadata(all, "10k", "LogsBucket", &Resource::new(s3::Bucket::new()));
        assert_eq!(said.keys().map(String::as_str).collect::<Vec<_>>(), ["checkov", "cfn_nag", "cdk_nag", "guard"]);
        let first = said.get("checkov").and_then(|block| block.get("skip")).and_then(Node::as_list).unwrap();
        assert_eq!(first[0].get("id").and_then(Node::as_str), Some("CKV_AWS_18"));
    }

    #[test]
    fn a_rule_that_a_property_answers_needs_no_exception() {
        let all = all().unwrap();
        let told = |model: s3::Bucket| metadata(all, "10k", "TemplatesBucket", &Resource::new(model)).get("guard").cloned();
        let locked = told(s3::Bucket::new().object_lock_enabled(true));
        assert!(locked.is_some() && locked != told(s3::Bucket::new()));
    }

    #[test]
    fn every_reason_is_a_sentence() {
        for one in all().unwrap() {
            assert!(one.reason.len() > 30, "{}", one.reason);
            assert!(!one.rules.is_empty());
        }
    }
}
