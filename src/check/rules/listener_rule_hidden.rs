//! Two rules of a listener with one priority, or a rule that another one answers before.

use crate::check::balancing::RULE as LISTENER_RULE;
use crate::check::subnets::identity;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "listener-rule-hidden",
    severity: Severity::Error,
    what: "rules of a listener have priorities and conditions of their own",
    why: "A second rule of one priority is refused; a second one with the same conditions never answers.",
    link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let rules: Vec<(&Item, String)> = graph
        .of_type(LISTENER_RULE)
        .filter(|rule| rule.raw.condition.is_none())
        .filter_map(|rule| rule.get("ListenerArn").and_then(|arn| identity(graph, arn)).map(|listener| (rule, listener)))
        .collect();
    for (index, (rule, listener)) in rules.iter().enumerate() {
        for (other, _) in rules.iter().take(index).filter(|(other, home)| home == listener && (home.contains('!') || other.file == rule.file)) {

            let (own, first) = (rule.int("Priority"), other.int("Priority"));
            if own.is_some() && own == first {
                found.at(rule, "Priority", format!("{} has priority {} at this listener already; give each rule its own", other.id, own.unwrap_or_default()));
            } else if rule.get("Conditions").is_some() && rule.get("Conditions") == other.get("Conditions") && own.is_some() && first.is_some() {
                let (early, late) = if first < own { (other, rule) } else { (rule, other) };
                found.at(late, "Conditions", format!("{} asks for the same and is asked first, so this rule never answers", early.id));
            }
        }
    }
}
