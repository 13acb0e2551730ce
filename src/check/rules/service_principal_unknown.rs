//! A policy that names a service which AWS does not have.

use std::collections::HashSet;
use std::sync::OnceLock;

use cfn::Node;

use crate::check::policy::statements;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "service-principal-unknown",
    severity: Severity::Error,
    what: "a service that a policy or a permission names exists",
    why: "IAM refuses a policy with an invalid principal, and where it does not, the service that was meant is never let in.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services",
    run,
};

const TABLE: &str = include_str!("../../../data/service_principals.txt");

fn known() -> &'static HashSet<&'static str> {
    static KNOWN: OnceLock<HashSet<&'static str>> = OnceLock::new();
    KNOWN.get_or_init(|| TABLE.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect())
}

fn run(graph: &Graph, found: &mut Found) {
    for statement in statements(graph) {
        for key in ["Principal/Service", "NotPrincipal/Service"] {
            for name in statement.values(key).into_iter().filter_map(Node::as_str) {
                if let Some(message) = fault(name) {
                    found.at(statement.item, statement.path, message);
                }
            }
        }
    }
    for permission in graph.of_type("AWS::Lambda::Permission") {
        for name in permission.all("Principal").into_iter().filter_map(Node::as_str).filter(|name| name.contains(".amazonaws")) {
            if let Some(message) = fault(name) {
                found.at(permission, "Principal", message);
            }
        }
    }
}

/// What is wrong with the name of a service.
fn fault(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".amazonaws.com").or_else(|| name.strip_suffix(".amazonaws.com.cn"));
    let Some(stem) = stem else {
        let other = name.ends_with(".amazon.com") || name.ends_with(".aws.internal") || name.ends_with(".aws.com") || name.contains('$') || name == "*";
        return (!other).then(|| format!("{name} is no service principal; one is written like lambda.amazonaws.com"));
    };
    let regional = |part: &str| part.split('-').count() >= 3 && part.ends_with(|c: char| c.is_ascii_digit());
    let plain: Vec<&str> = stem.split('.').filter(|part| !regional(part)).collect();
    let plain = plain.join(".");
    if known().contains(plain.as_str()) {
        return None;
    }
    let near = known().iter().max_by(|a, b| strsim::jaro_winkler(a, &plain).total_cmp(&strsim::jaro_winkler(b, &plain)).then(b.cmp(a)))?;
    Some(format!("AWS has no service principal {name}; is {near}.amazonaws.com meant?"))
}
