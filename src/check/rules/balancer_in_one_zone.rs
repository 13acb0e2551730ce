//! An Application Load Balancer without subnets in two zones, or any balancer with two subnets in one.

use crate::check::balancing::{BALANCER, is_application};
use crate::check::subnets;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "balancer-in-one-zone",
    severity: Severity::Error,
    what: "an Application Load Balancer has subnets in at least two zones, and no balancer has two subnets in one zone",
    why: "Elastic Load Balancing refuses it, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for balancer in graph.of_type(BALANCER) {
        let (path, nodes) = match subnets::written(balancer, "Subnets") {
            Some(nodes) => ("Subnets", nodes),
            None if balancer.get("SubnetMappings").is_some_and(|list| list.as_list().is_some()) => ("SubnetMappings", balancer.all("SubnetMappings/*/SubnetId")),
            None => continue,
        };
        let names: Vec<Option<String>> = nodes.iter().map(|node| subnets::identity(graph, node)).collect();
        if is_application(balancer) && nodes.len() < 2 {
            let message = format!("it has {} subnet; an Application Load Balancer needs at least two, in different zones", nodes.len());
            found.at(balancer, path, message);
            continue;
        }
        for (index, name) in names.iter().enumerate() {
            if name.is_some() && names.iter().take(index).any(|other| other == name) {
                found.at(balancer, path, format!("subnet {} stands there twice; name one of each zone", called(name)));
            }
        }
        let zones = subnets::zones(graph, &nodes);
        for (index, zone) in zones.iter().enumerate() {
            let twin = zones.iter().take(index).position(|other| zone.is_some() && other == zone);
            if let (Some(twin), Some(zone)) = (twin, zone)
                && names.get(twin) != names.get(index)
            {
                let (one, other) = (called(&names[twin]), called(&names[index]));
                found.at(balancer, path, format!("{one} and {other} are both in {zone}; a load balancer takes one subnet of each zone, and at least two zones"));
            }
        }
    }
}

fn called(name: &Option<String>) -> &str {
    name.as_deref().map_or("?", |name| name.split_once('!').map_or(name, |(_, id)| id))
}
