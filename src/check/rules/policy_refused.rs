//! A policy document that IAM refuses, or that says nothing.

use cfn::Node;

use crate::check::policy::{self, Bearer, Statement};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "policy-refused",
    severity: Severity::Error,
    what: "each statement of a policy has an effect, actions, and what its kind of policy asks for: resources, or principals",
    why: "IAM refuses the document when the stack is made, or takes it and never applies the statement.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    run,
};

/// Operators of conditions, without `ForAllValues:`, `ForAnyValue:` before and `IfExists` after them.
const OPERATORS: [&str; 26] = [
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
    "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
    "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
    "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike",
];

/// What a statement may have.
const ELEMENTS: [&str; 9] = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

fn run(graph: &Graph, found: &mut Found) {
    for statement in policy::statements(graph) {
        if statement.node.as_map().is_none() || statement.node.intrinsic().is_some() {
            continue;
        }
        for fault in faults(&statement) {
            found.at(statement.item, statement.path, fault);
        }
    }
}

fn faults(statement: &Statement) -> Vec<String> {
    let node = statement.node;
    let has = |key: &str| node.get(key).is_some();
    let sid = node.get("Sid").and_then(Node::as_str).map(|sid| format!("statement {sid}")).unwrap_or_else(|| "a statement".to_owned());
    let mut faults = Vec::new();
    match node.get("Effect") {
        None => faults.push(format!("{sid} has no Effect; set Allow or Deny")),
        Some(Node::Str(word)) if word != "Allow" && word != "Deny" => faults.push(format!("{sid} has the effect \"{word}\"; there are Allow and Deny")),
        Some(_) => {}
    }
    for key in node.as_map().into_iter().flat_map(|map| map.keys()).filter(|key| !ELEMENTS.contains(&key.as_str()) && !key.starts_with("Fn::")) {
        let near = ELEMENTS.into_iter().max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)));
        faults.push(format!("{sid} has an element {key}, which policies do not know; is {} meant?", near.unwrap_or("Condition")));
    }
    match (has("Action"), has("NotAction")) {
        (false, false) => faults.push(format!("{sid} has no Action")),
        (true, true) => faults.push(format!("{sid} has Action and NotAction; it may have one of them")),
        _ => {}
    }
    let (principal, resource) = (has("Principal") || has("NotPrincipal"), has("Resource") || has("NotResource"));
    match statement.bearer {
        Bearer::Identity => {
            if principal {
                faults.push(format!("{sid} names a Principal, which only policies of resources and trust policies do"));
            }
            if !resource {
                faults.push(format!("{sid} has no Resource"));
            }
        }
        Bearer::Trust => {
            if !principal {
                faults.push(format!("{sid} of the trust policy names no Principal, so nobody can take the role"));
            }
            if resource {
                faults.push(format!("{sid} of the trust policy has a Resource; the role itself is meant, take it away"));
            }
            faults.extend(trusted(statement, &sid));
        }
        Bearer::Resource if !principal && statement.item.kind != "AWS::Events::EventBusPolicy" => {
            faults.push(format!("{sid} of a resource's policy names no Principal, so it is about nobody"));
        }
        Bearer::Resource => {}
    }
    if node.get("NotPrincipal").is_some() && statement.allows() {
        faults.push(format!("{sid} allows everybody but those in NotPrincipal; name those who may instead"));
    }
    for operator in node.get("Condition").and_then(Node::as_map).into_iter().flat_map(|map| map.keys()) {
        let plain = operator.rsplit_once(':').map_or(operator.as_str(), |(_, plain)| plain);
        let plain = plain.strip_suffix("IfExists").unwrap_or(plain);
        if plain != "Null" && !operator.starts_with("Fn::") && !OPERATORS.contains(&plain) {
            let near = OPERATORS.into_iter().max_by(|a, b| strsim::jaro_winkler(a, plain).total_cmp(&strsim::jaro_winkler(b, plain)));
            faults.push(format!("{sid} has a condition {operator}, which is no operator; is {} meant?", near.unwrap_or("StringEquals")));
        }
    }
    faults
}

/// Who is federated takes a role by another action than a service does, and must be told from all others of the same provider.
fn trusted(statement: &Statement, sid: &str) -> Vec<String> {
    let actions: Vec<&str> = statement.values("Action").into_iter().filter_map(Node::as_str).collect();
    if actions.is_empty() {
        return Vec::new();
    }
    let may = |action: &str| actions.iter().any(|one| one.eq_ignore_ascii_case(action) || *one == "sts:*" || *one == "*");
    let mut faults = Vec::new();
    let kinds: Vec<&str> = statement.node.get("Principal").and_then(Node::as_map).map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default();
    let federated = kinds.contains(&"Federated");
    if federated && !["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"].into_iter().any(may) {
        faults.push(format!("{sid} trusts a federated provider; it takes the role by sts:AssumeRoleWithWebIdentity or sts:AssumeRoleWithSAML"));
    }
    if (kinds.contains(&"Service") || kinds.contains(&"AWS")) && !federated && !may("sts:AssumeRole") && !actions.iter().any(|one| one.contains("sts:TagSession") || one.contains("sts:SetSourceIdentity")) {
        faults.push(format!("{sid} trusts a principal for {}, and it takes the role by sts:AssumeRole", actions.join(", ")));
    }
    if federated && may("sts:AssumeRoleWithWebIdentity") && statement.allows() && statement.node.get("Condition").is_none() {
        faults.push(format!("{sid} lets in whoever the provider knows; add a condition on its :aud and :sub"));
    }
    faults
}
