//! An Auto Scaling group behind a load balancer that replaces a server only when its machine breaks.

use crate::check::balancing::SCALED;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "health-by-machine",
    severity: Severity::Warning,
    what: "an Auto Scaling group behind a load balancer takes the balancer's health checks",
    why: "With EC2 checks alone a server whose app hangs stays: the balancer sends nothing to it, and nothing replaces it.",
    link: "https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-checks-overview.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for group in graph.of_type(SCALED) {
        let behind = ["TargetGroupARNs/*", "LoadBalancerNames/*", "TrafficSources/*"].iter().any(|path| !group.all(path).is_empty());
        if !behind {
            continue;
        }
        let asked = match group.get("HealthCheckType") {
            None => Some("EC2"),
            Some(node) => node.as_str(),
        };
        if let Some(kind) = asked
            && !kind.split(',').any(|one| one.trim().eq_ignore_ascii_case("ELB"))
        {
            found.at(group, "HealthCheckType", "only the machine's health is looked at; set HealthCheckType: ELB, with a grace period for the start");
        }
        if asked.is_some_and(|kind| kind.contains("ELB")) && group.int("HealthCheckGracePeriod") == Some(0) {
            found.at(group, "HealthCheckGracePeriod", "without grace a server is replaced before it has started; set what the start takes, such as 300");
        }
    }
}
