//! Load balancers, their listeners, target groups, and what is registered there.

use cfn::Node;

use super::graph::{Graph, Item, below};
use super::listening::number;
use super::permits::{self, Held};
use super::subnets::is;

/// The type of a load balancer.
pub const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
/// The type of a listener.
pub const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
/// The type of a listener's rule.
pub const RULE: &str = "AWS::ElasticLoadBalancingV2::ListenerRule";
/// The type of a target group.
pub const TARGETS: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";
/// The type of an Auto Scaling group.
pub const SCALED: &str = "AWS::AutoScaling::AutoScalingGroup";
/// The type of an ECS service.
pub const SERVICE: &str = "AWS::ECS::Service";

/// A listener or rule that sends to a target group.
#[derive(Debug)]
pub struct Forward<'g, 'a> {
    /// The listener or the rule.
    pub via: &'g Item<'a>,
    /// Its load balancer, when that is in the set.
    pub balancer: Option<&'g Item<'a>>,
    /// Where it sends to.
    pub group: &'g Item<'a>,
}

/// Every way from a listener to a target group.
pub fn forwards<'g, 'a>(graph: &'g Graph<'a>) -> Vec<Forward<'g, 'a>> {
    let mut found: Vec<Forward> = Vec::new();
    for via in graph.items.iter().filter(|item| item.kind == LISTENER || item.kind == RULE) {
        let listener = if via.kind == LISTENER { Some(via) } else { via.get("ListenerArn").and_then(|arn| graph.target(arn)) };
        let balancer = listener.and_then(|listener| listener.get("LoadBalancerArn")).and_then(|arn| graph.target(arn));
        for group in sends_to(graph, via) {
            found.push(Forward { via, balancer, group });
        }
    }
    found
}

/// The target groups that a listener or a rule sends to.
pub fn sends_to<'g, 'a>(graph: &'g Graph<'a>, via: &Item) -> Vec<&'g Item<'a>> {
    let actions = if via.kind == LISTENER { "DefaultActions" } else { "Actions" };
    let paths = ["TargetGroupArn", "ForwardConfig/TargetGroups/*/TargetGroupArn"].map(|path| format!("{actions}/*/{path}"));
    let mut found: Vec<&Item> = Vec::new();
    for group in paths.iter().flat_map(|path| via.all(path)).filter_map(|arn| graph.target(arn)).filter(|item| item.kind == TARGETS) {
        if !found.iter().any(|other| std::ptr::eq(*other, group)) {
            found.push(group);
        }
    }
    found
}

/// Something that answers for a target group.
#[derive(Debug)]
pub struct Target<'g, 'a> {
    /// A service, a launch template, an instance, a function, another load balancer.
    pub item: &'g Item<'a>,
    /// The port that requests arrive on; none when it is not known.
    pub port: Option<i64>,
    /// Its security groups.
    pub held: Held,
}

/// What is registered at a target group by this set.
pub fn targets<'g, 'a>(graph: &'g Graph<'a>, group: &Item) -> Vec<Target<'g, 'a>> {
    let mut found = Vec::new();
    let own = group.int("Port");
    for service in graph.of_type(SERVICE) {
        for entry in service.all("LoadBalancers/*") {
            if below(entry, "TargetGroupArn").into_iter().any(|arn| is(graph, arn, group)) {
                // Without an interface of its own a task answers on a port of its host, and with the host's groups.
                let awsvpc = service.has("NetworkConfiguration/AwsvpcConfiguration");
                let port = entry.get("ContainerPort").and_then(number).filter(|_| awsvpc);
                let held = if awsvpc { permits::held(graph, service) } else { Held::default() };
                found.push(Target { item: service, port, held });
            }
        }
    }
    for scaled in graph.of_type(SCALED) {
        let by_arn = scaled.all("TargetGroupARNs/*").into_iter().any(|arn| is(graph, arn, group));
        let by_source = scaled.all("TrafficSources/*/Identifier").into_iter().any(|arn| is(graph, arn, group));
        if by_arn || by_source {
            let held = permits::launched(graph, scaled).map(|template| permits::held(graph, template)).unwrap_or_default();
            found.push(Target { item: scaled, port: own, held });
        }
    }
    for entry in group.all("Targets/*") {
        let Some(item) = entry.get("Id").and_then(|id| graph.target(id)) else { continue };
        let port = entry.get("Port").and_then(number).or(own);
        found.push(Target { item, port, held: permits::held(graph, item) });
    }
    found
}

/// The port of a target group's health check, when it is another than that of its traffic.
pub fn health_port(group: &Item) -> Option<i64> {
    if group.flag("HealthCheckEnabled") == Some(false) { None } else { group.int("HealthCheckPort") }
}

/// Whether a load balancer is an Application Load Balancer: what it is when nothing is said.
pub fn is_application(balancer: &Item) -> bool {
    match balancer.get("Type") {
        None => true,
        Some(kind) => kind.as_str() == Some("application"),
    }
}

/// Whether a load balancer is a Network Load Balancer.
pub fn is_network(balancer: &Item) -> bool {
    balancer.text("Type") == Some("network")
}

/// Whether a load balancer faces the internet: what it does when nothing is said. None when that is open.
pub fn is_public(balancer: &Item) -> Option<bool> {
    match balancer.get("Scheme") {
        None => Some(true),
        Some(Node::Str(scheme)) => Some(scheme == "internet-facing"),
        Some(_) => None,
    }
}

/// Whether tasks of a service have interfaces of their own; none when that is not known.
pub fn is_awsvpc(graph: &Graph, service: &Item) -> Option<bool> {
    if is_fargate(service) {
        return Some(true);
    }
    let task = service.get("TaskDefinition").and_then(|task| graph.target(task)).filter(|task| task.kind == "AWS::ECS::TaskDefinition")?;
    match task.get("NetworkMode") {
        Some(Node::Str(mode)) => Some(mode == "awsvpc"),
        Some(_) => None,
        None => Some(task.all("RequiresCompatibilities/*").iter().any(|one| one.as_str() == Some("FARGATE"))),
    }
}

/// Whether a service runs on Fargate.
pub fn is_fargate(service: &Item) -> bool {
    service.text("LaunchType") == Some("FARGATE")
        || service
            .all("CapacityProviderStrategy/*/CapacityProvider")
            .iter()
            .any(|one| one.as_str().is_some_and(|name| name.starts_with("FARGATE")))
}
