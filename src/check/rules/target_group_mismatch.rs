//! A target group of a protocol or kind that its load balancer or its targets cannot use, or with a health check that is refused.

use crate::check::balancing::{self, SCALED, SERVICE, TARGETS, is_application, is_awsvpc, is_network};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "target-group-mismatch",
    severity: Severity::Error,
    what: "a target group's protocol fits its load balancer, its target type what is registered, and its health check what Elastic Load Balancing takes",
    why: "Elastic Load Balancing or ECS refuses the combination, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
    run,
};

const WEB: &[&str] = &["HTTP", "HTTPS"];

fn run(graph: &Graph, found: &mut Found) {
    for forward in balancing::forwards(graph) {
        let (Some(balancer), Some(protocol)) = (forward.balancer, forward.group.text("Protocol")) else { continue };
        if is_application(balancer) && !WEB.contains(&protocol) {
            found.at(forward.group, "Protocol", format!("{protocol} is for Network Load Balancers, but {} is an Application Load Balancer; use HTTP or HTTPS", balancer.id));
        }
        if is_network(balancer) && WEB.contains(&protocol) {
            found.at(forward.group, "Protocol", format!("{protocol} is for Application Load Balancers, but {} is a Network Load Balancer; use TCP or TLS", balancer.id));
        }
    }
    for listener in graph.of_type(balancing::LISTENER) {
        let (Some(balancer), Some(protocol)) = (listener.get("LoadBalancerArn").and_then(|arn| graph.target(arn)), listener.text("Protocol")) else { continue };
        if is_application(balancer) && !WEB.contains(&protocol) || is_network(balancer) && WEB.contains(&protocol) {
            let right = if is_application(balancer) { "HTTP or HTTPS" } else { "TCP, UDP or TLS" };
            found.at(listener, "Protocol", format!("{} does not listen for {protocol}; use {right}", balancer.id));
        }
    }
    for group in graph.of_type(TARGETS) {
        let kind = match group.get("TargetType") {
            None => "instance",
            Some(kind) => kind.as_str().unwrap_or_default(),
        };
        for target in balancing::targets(graph, group) {
            let right = match target.item.kind {
                SERVICE => is_awsvpc(graph, target.item).map(|own| if own { "ip" } else { "instance" }),
                SCALED => Some("instance"),
                "AWS::EC2::Instance" if group.all("Targets/*/Id").iter().any(|id| graph.reference(id).is_some_and(|(_, attribute)| attribute.is_none())) => Some("instance"),
                "AWS::Lambda::Function" => Some("lambda"),
                _ => None,
            };
            if let Some(right) = right.filter(|right| !kind.is_empty() && *right != kind) {
                found.at(group, "TargetType", format!("{} registers targets of type {right}, but this group takes {kind}; set TargetType: {right}", target.item.id));
            }
        }
        if kind == "lambda" && (group.has("Port") || group.has("Protocol")) {
            found.at(group, "Port", "a target group for a function has no Port and no Protocol; remove them");
        }
        if let Some(path) = group.text("HealthCheckPath").filter(|path| !path.starts_with('/')) {
            // gRPC groups name a method, which begins with a slash as well.
            found.at(group, "HealthCheckPath", format!("a health check's path begins with a slash: /{path}"));
        }
        if let (Some(interval), Some(timeout)) = (group.int("HealthCheckIntervalSeconds").or(Some(30)), group.int("HealthCheckTimeoutSeconds"))
            && interval <= timeout
            && (group.has("HealthCheckIntervalSeconds") || !group.raw.properties.contains_key("HealthCheckIntervalSeconds"))
        {
            let message = format!("a health check times out after {timeout} s, but the next begins after {interval} s; the interval must be longer");
            found.at(group, "HealthCheckTimeoutSeconds", message);
        }
        let check = group.text("HealthCheckProtocol");
        if group.text("Protocol").is_some_and(|protocol| WEB.contains(&protocol)) && check.is_some_and(|check| !WEB.contains(&check)) {
            found.at(group, "HealthCheckProtocol", "a group of HTTP or HTTPS is checked by HTTP or HTTPS");
        }
        if check == Some("TCP") && (group.has("HealthCheckPath") || group.has("Matcher")) {
            found.at(group, "HealthCheckProtocol", "a health check by TCP only connects: HealthCheckPath and Matcher are refused");
        }
    }
}
