//! Something that is put together from parts of two VPCs.

use crate::check::balancing;
use crate::check::permits;
use crate::check::subnets::{self, SUBNET};
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "vpcs-differ",
    severity: Severity::Error,
    what: "the subnets, security groups, route tables and target groups of one resource belong to one VPC",
    why: "EC2 and Elastic Load Balancing refuse parts of different VPCs, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        let mut parts: Vec<&Item> = permits::subnets_of(graph, item).into_iter().filter_map(|node| graph.target(node)).filter(|one| one.kind == SUBNET).collect();
        parts.extend(permits::held(graph, item).groups.iter().filter_map(|name| permits::of_set(graph, name)));
        match item.kind {
            "AWS::EC2::SubnetRouteTableAssociation" => {
                parts.extend(["SubnetId", "RouteTableId"].iter().filter_map(|key| item.get(key)).filter_map(|id| graph.target(id)));
            }
            "AWS::EC2::VPCEndpoint" => parts.extend(item.all("RouteTableIds/*").into_iter().filter_map(|id| graph.target(id))),
            _ => {}
        }
        differ(graph, found, item, &parts);
    }
    for forward in balancing::forwards(graph) {
        let Some(balancer) = forward.balancer else { continue };
        let mut parts: Vec<&Item> = permits::subnets_of(graph, balancer).into_iter().filter_map(|node| graph.target(node)).collect();
        parts.push(forward.group);
        differ(graph, found, forward.via, &parts);
    }
}

fn differ(graph: &Graph, found: &mut Found, item: &Item, parts: &[&Item]) {
    let mut known = parts.iter().filter_map(|part| subnets::vpc(graph, part).map(|vpc| (part, vpc)));
    let Some((first, home)) = known.next() else { return };
    if let Some((other, away)) = known.find(|(_, vpc)| !std::ptr::eq(*vpc, home)) {
        found.at(item, "", format!("{} is in {}, but {} in {}; all of it must be in one VPC", first.id, home.id, other.id, away.id));
    }
}
