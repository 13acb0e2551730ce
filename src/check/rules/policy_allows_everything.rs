//! A policy that allows everything, or everything but.

use cfn::Node;

use crate::check::policy::{self, Bearer};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "policy-allows-everything",
    severity: Severity::Error,
    what: "no policy of a role, a user or a group allows * on *, or everything except a few actions",
    why: "Whoever takes over the workload takes over the account; least privilege names the actions and the resources.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for statement in policy::statements(graph).iter().filter(|one| one.bearer == Bearer::Identity && one.allows()) {
        let any = |path: &str| statement.values(path).into_iter().any(|value| value.as_str() == Some("*"));
        let services = statement.values("Action").into_iter().filter_map(Node::as_str).any(|action| matches!(action, "*" | "*:*"));
        if services && any("Resource") {
            let message = "the policy allows every action on every resource; name the actions and the ARNs that the workload needs";
            found.at(statement.item, &statement.path.replace("/*", "/0"), message);
        } else if services {
            let message = "the policy allows every action of every service; name the actions that the workload needs";
            found.at(statement.item, &statement.path.replace("/*", "/0"), message);
        }
        if !statement.values("NotAction").is_empty() {
            let message = "Allow with NotAction allows everything that it does not name, also what AWS adds tomorrow; name what is allowed by Action";
            found.at(statement.item, &statement.path.replace("/*", "/0"), message);
        }
    }
    const ADMINISTRATORS: [&str; 2] = ["policy/AdministratorAccess", "policy/IAMFullAccess"];
    for role in graph.items.iter().filter(|item| matches!(item.kind, "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group")) {
        for (index, arn) in role.list("ManagedPolicyArns") {
            let arn = graph.text(arn).unwrap_or_default();
            if ADMINISTRATORS.iter().any(|name| arn.ends_with(name)) {
                let message = format!("{arn} allows everything; write a policy of what the workload needs");
                found.at(role, &format!("ManagedPolicyArns/{index}"), message);
            }
        }
    }
}
