//! Listener rules that ask for more than a load balancer judges.

use cfn::Node;

use crate::catalog::default_quota;
use crate::check::graph::below;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
///
/// These limits AWS never raises; those that it raises (rules, listeners and certificates of one balancer) are `quota-exceeded`'s.
pub const RULE: Rule = Rule {
    id: "listener-limits",
    severity: Severity::Error,
    what: "a listener rule has at most five condition values, an action at most five target groups, and no two rules of a listener one priority",
    why: "Elastic Load Balancing refuses the rule, the quota is fixed, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html",
    run,
};

const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
const LISTENER_RULE: &str = "AWS::ElasticLoadBalancingV2::ListenerRule";

/// Where a condition's values stand; the shorter and the longer way of writing them never stand together.
const VALUES: &[&str] = &[
    "Values",
    "HostHeaderConfig/Values",
    "PathPatternConfig/Values",
    "HttpHeaderConfig/Values",
    "HttpRequestMethodConfig/Values",
    "QueryStringConfig/Values",
    "SourceIpConfig/Values",
];

/// One value of a condition has at most this many characters, a method 40 (API reference, RuleCondition).
const LONGEST: usize = 128;

fn run(graph: &Graph, found: &mut Found) {
    let quota = |id: &str| default_quota(id).and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    let (values, groups) = (quota("alb.condition_values_per_rule"), quota("alb.target_groups_per_action"));
    for rule in graph.of_type(LISTENER_RULE) {
        conditions(rule, values, found);
        actions(rule, "Actions", groups, found);
    }
    for listener in graph.of_type(LISTENER) {
        actions(listener, "DefaultActions", groups, found);
    }
    priorities(graph, found);
}

fn conditions(rule: &Item, most: usize, found: &mut Found) {
    let mut count = 0;
    for (index, condition) in rule.list("Conditions") {
        for path in VALUES {
            let values: Vec<&Node> = below(condition, &format!("{path}/*"));
            count += values.len();
            for text in values.into_iter().filter_map(Node::as_str).filter(|text| text.chars().count() > LONGEST) {
                let at = format!("Conditions/{index}/{path}");
                found.at(rule, &at, format!("a condition's value has at most {LONGEST} characters; \"{text}\" has {}", text.chars().count()));
            }
        }
    }
    if count > most {
        found.at(rule, "Conditions", format!("{count} condition values in one rule; a load balancer takes {most}: make several rules with one action"));
    }
}

fn actions(item: &Item, path: &str, most: usize, found: &mut Found) {
    for (index, action) in item.list(path) {
        let groups = below(action, "ForwardConfig/TargetGroups/*");
        if groups.len() > most {
            found.at(item, &format!("{path}/{index}/ForwardConfig"), format!("{} target groups in one action; a load balancer takes {most}", groups.len()));
        }
        for weight in groups.iter().flat_map(|group| below(group, "Weight")).filter_map(Node::as_int).filter(|weight| !(0..=999).contains(weight)) {
            found.at(item, &format!("{path}/{index}/ForwardConfig"), format!("a target group's weight is 0 to 999, not {weight}"));
        }
    }
}

/// Two rules of one listener may not have one priority; rules under a condition may stand for one another.
fn priorities(graph: &Graph, found: &mut Found) {
    let rules: Vec<&Item> = graph.of_type(LISTENER_RULE).filter(|rule| rule.raw.condition.is_none()).collect();
    let place = |rule: &Item| Some((graph.target(rule.get("ListenerArn")?).map(|listener| (listener.file, listener.id.clone()))?, rule.int("Priority")?));
    let mut seen: std::collections::HashMap<_, &Item> = std::collections::HashMap::new();
    for rule in rules {
        let Some(place) = place(rule) else { continue };
        match seen.get(&place) {
            Some(other) => found.at(rule, "Priority", format!("{} has priority {} already on this listener; give each rule its own", other.id, place.1)),
            None => {
                seen.insert(place, rule);
            }
        }
    }
}
