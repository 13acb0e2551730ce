//! Policies that are longer than IAM and the services take.

use std::collections::HashMap;

use cfn::Node;

use crate::catalog::default_quota;
use crate::check::graph::below;
use crate::check::simplify::ONE_OF;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
///
/// What is only known in the cloud counts as the least that it can be, so a policy that is flagged is too long for certain.
pub const RULE: Rule = Rule {
    id: "policy-size",
    severity: Severity::Error,
    what: "policies stay within what IAM and the services take, and no identity has more managed policies than IAM attaches",
    why: "IAM answers LimitExceeded when the last statement or attachment comes, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    run,
};

/// Who carries policies: its type, the quota of its inline policies together, how separate policies name it, and the type of a separate one.
const BEARERS: &[(&str, &str, &str, &str, &str)] = &[
    ("AWS::IAM::Role", "iam.role_inline_characters", "Roles", "AWS::IAM::RolePolicy", "RoleName"),
    ("AWS::IAM::User", "iam.user_inline_characters", "Users", "AWS::IAM::UserPolicy", "UserName"),
    ("AWS::IAM::Group", "iam.group_inline_characters", "Groups", "AWS::IAM::GroupPolicy", "GroupName"),
];

/// Documents that have a limit of their own: type, path, the most, who says so. The figures of S3, KMS and endpoints are those of their user guides' quotas.
const DOCUMENTS: &[(&str, &str, usize, &str)] = &[
    ("AWS::S3::BucketPolicy", "PolicyDocument", 20_480, "S3"),
    ("AWS::KMS::Key", "KeyPolicy", 32_768, "KMS"),
    ("AWS::KMS::ReplicaKey", "KeyPolicy", 32_768, "KMS"),
    ("AWS::EC2::VPCEndpoint", "PolicyDocument", 20_480, "a VPC endpoint"),
];

/// An ARN has this many characters at least: `arn:aws:s3:::abc`.
const SHORTEST_ARN: usize = 16;

fn run(graph: &Graph, found: &mut Found) {
    let quota = |id: &str| default_quota(id).and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    for item in &graph.items {
        for (_, path, most, who) in DOCUMENTS.iter().filter(|(kind, ..)| *kind == item.kind) {
            document(item, path, *most, who, found);
        }
        match item.kind {
            "AWS::IAM::ManagedPolicy" => document(item, "PolicyDocument", quota("iam.managed_policy_characters"), "a managed policy", found),
            "AWS::IAM::Role" => document(item, "AssumeRolePolicyDocument", quota("iam.trust_policy_characters"), "a trust policy", found),
            _ => {}
        }
    }
    for (kind, inline, list, single, name) in BEARERS {
        let all = format!("{list}/*");
        let mut beside: HashMap<(usize, &str), usize> = HashMap::new();
        let mut named: HashMap<(usize, &str), usize> = HashMap::new();
        for policy in graph.items.iter().filter(|policy| policy.raw.condition.is_none()) {
            let (path, sums, counts) = match policy.kind {
                "AWS::IAM::Policy" => (all.as_str(), &mut beside, policy_length(policy)),
                "AWS::IAM::ManagedPolicy" => (all.as_str(), &mut named, 1),
                other if other == *single => (*name, &mut beside, policy_length(policy)),
                _ => continue,
            };
            for bearer in policy.all(path).into_iter().filter_map(|node| graph.target(node)) {
                *sums.entry((bearer.file, &bearer.id)).or_default() += counts;
            }
        }
        for bearer in graph.of_type(kind) {
            let key = (bearer.file, bearer.id.as_str());
            let own = bearer.all("Policies/*/PolicyDocument").into_iter().map(measure).sum::<usize>();
            let beside = beside.get(&key).copied().unwrap_or(0);
            let (length, most) = (own + beside, quota(inline));
            if length > most {
                let message = format!(
                    "its inline policies have {length} characters together, not counting white space; IAM takes {most}: make some managed policies, or name fewer resources"
                );
                found.at(bearer, if own > 0 { "Policies" } else { "" }, message);
            }
            let managed = bearer.all("ManagedPolicyArns/*").len() + named.get(&key).copied().unwrap_or(0);
            let most = quota("iam.policies_attached");
            if managed > most {
                let message = format!("{managed} managed policies are attached to it; IAM attaches {most} unless the quota is raised: join some");
                found.at(bearer, "ManagedPolicyArns", message);
            }
        }
    }
}

fn document(item: &Item, path: &str, most: usize, who: &str, found: &mut Found) {
    let length = item.get(path).map_or(0, measure);
    if length > most {
        found.at(item, path, format!("the policy has {length} characters, not counting white space; {who} takes {most}: split it, or name fewer resources"));
    }
}

fn policy_length(policy: &Item) -> usize {
    policy.get("PolicyDocument").map_or(0, measure)
}

/// How many characters a value has as JSON without white space; of what is open, the least that it can have.
fn measure(node: &Node) -> usize {
    match node.intrinsic() {
        Some((ONE_OF, Node::List(branches))) => branches.iter().map(measure).min().unwrap_or(0),
        Some(("Fn::Sub", Node::Str(text))) => substituted(text) + 2,
        Some(("Fn::Join", argument)) => {
            below(argument, "1/*").into_iter().map(|part| measure(part).saturating_sub(2)).sum::<usize>() + 2
        }
        Some(("Fn::GetAtt", argument)) => attribute(argument.as_list().and_then(|parts| parts.get(1)).and_then(Node::as_str)) + 2,
        Some(_) => 3,
        None => match node {
            Node::List(items) => items.iter().map(measure).sum::<usize>() + items.len().saturating_sub(1) + 2,
            Node::Map(map) => {
                map.iter().map(|(key, value)| printed(key) + 3 + measure(value)).sum::<usize>() + map.len().saturating_sub(1) + 2
            }
            Node::Str(text) => printed(text) + 2,
            Node::Int(number) => number.to_string().len(),
            Node::Float(number) => number.to_string().len(),
            Node::Bool(flag) => flag.to_string().len(),
            _ => 4,
        },
    }
}

fn printed(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| if matches!(c, '"' | '\\') { 2 } else { 1 }).sum()
}

fn substituted(text: &str) -> usize {
    let mut rest = text;
    let mut length = 0;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else { break };
        length += printed(before) + if name == "AWS::AccountId" { 12 } else { attribute(name.split_once('.').map(|(_, attribute)| attribute)) };
        rest = tail;
    }
    length + printed(rest)
}

fn attribute(name: Option<&str>) -> usize {
    if name.is_some_and(|name| name.ends_with("Arn")) { SHORTEST_ARN } else { 1 }
}
