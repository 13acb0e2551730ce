//! A managed policy of AWS that does not exist.

use std::collections::HashMap;
use std::sync::OnceLock;

use cfn::Node;

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "managed-policy-unknown",
    severity: Severity::Error,
    what: "a managed policy of AWS that is attached exists under its path and name",
    why: "IAM answers that the policy does not exist or is not attachable, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",
    run,
};

const TABLE: &str = include_str!("../../../data/managed_policies.txt");

/// The names without their paths, in small letters, with how they are written whole.
fn known() -> &'static HashMap<String, Vec<&'static str>> {
    static KNOWN: OnceLock<HashMap<String, Vec<&'static str>>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known: HashMap<String, Vec<&str>> = HashMap::new();
        for whole in TABLE.lines().filter(|line| !line.starts_with('#')) {
            known.entry(last(whole).to_ascii_lowercase()).or_default().push(whole);
        }
        known
    })
}

fn last(whole: &str) -> &str {
    whole.rsplit('/').next().unwrap_or(whole)
}

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        let path = match item.kind {
            "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group" => "ManagedPolicyArns",
            "AWS::SSO::PermissionSet" => "ManagedPolicies",
            _ => continue,
        };
        for node in item.all(&format!("{path}/*")) {
            let written = match node {
                Node::Str(text) => Some(text.clone()),
                other => graph.text(other),
            };
            let Some(text) = written else { continue };
            if let Some((_, name)) = text.split_once(":iam::aws:policy/")
                && !name.contains('$')
                && let Some(near) = meant(name)
            {
                found.at(item, path, format!("AWS has no managed policy {name}; is {near} meant?"));
            }
        }
    }
}

/// What a name that does not exist was meant to be. The table may lack the newest, so a name that is like none of it passes.
fn meant(name: &str) -> Option<&'static str> {
    let small = last(name).to_ascii_lowercase();
    if let Some(whole) = known().get(&small) {
        return if whole.contains(&name) { None } else { whole.first().copied() };
    }
    let longer = ["access", "policy", "role", "only"].iter().find_map(|end| known().get(&format!("{small}{end}")));
    let near = || {
        let close = known().iter().map(|(other, whole)| (strsim::levenshtein(other, &small), whole)).filter(|(distance, _)| *distance <= 3);
        close.min_by_key(|(distance, whole)| (*distance, *whole)).map(|(_, whole)| whole)
    };
    longer.or_else(near).and_then(|whole| whole.first().copied())
}
