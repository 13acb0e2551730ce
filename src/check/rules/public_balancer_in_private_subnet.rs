//! A load balancer for the internet in subnets that the internet does not reach.

use crate::check::balancing::{BALANCER, is_public};
use crate::check::permits::subnets_of;
use crate::check::subnets::{Way, way};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "public-balancer-in-private-subnet",
    severity: Severity::Error,
    what: "an internet-facing load balancer stands in subnets with a route to an internet gateway",
    why: "It gets public addresses, and no packet reaches them: every request times out.",
    link: "https://repost.aws/knowledge-center/public-load-balancer-private-ec2",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let classic = graph.of_type("AWS::ElasticLoadBalancing::LoadBalancer");
    for balancer in graph.of_type(BALANCER).chain(classic).filter(|one| is_public(one) == Some(true)) {
        for node in subnets_of(graph, balancer) {
            let how = match way(graph, node) {
                Way::Nat => "leads to a NAT gateway",
                Way::Nowhere => "has no route to the internet",
                _ => continue,
            };
            let name = graph.target(node).map_or("?", |subnet| subnet.id.as_str());
            let path = if balancer.has("Subnets") { "Subnets" } else { "" };
            found.at(balancer, path, format!("it faces the internet, but subnet {name} {how}; name public subnets, or make its Scheme internal"));
        }
    }
}
