//! Several machines, tasks or nodes that are all in one zone.

use crate::check::balancing::{BALANCER, SCALED, SERVICE, is_network};
use crate::check::subnets;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "workload-in-one-zone",
    severity: Severity::Warning,
    what: "what runs several times runs in several zones",
    why: "The loss of one zone takes all of them at once: the second machine costs money and protects from nothing but itself.",
    link: "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/use-fault-isolation-to-protect-your-workload.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        match item.kind {
            SCALED => {
                let several = item.int("MaxSize").is_none_or(|most| most > 1);
                if several {
                    judge(graph, found, item, "VPCZoneIdentifier");
                    let zones = item.all("AvailabilityZones/*");
                    if zones.len() == 1 && item.get("AvailabilityZones").is_some_and(|list| list.as_list().is_some()) && zones.iter().all(|zone| zone.as_str().is_some()) {
                        found.at(item, "AvailabilityZones", "it has one zone for all its machines; name two or three");
                    }
                }
            }
            SERVICE if item.int("DesiredCount").is_some_and(|tasks| tasks > 1) || scales(graph, item) => {
                judge(graph, found, item, "NetworkConfiguration/AwsvpcConfiguration/Subnets");
            }
            "AWS::Lambda::Function" => judge(graph, found, item, "VpcConfig/SubnetIds"),
            BALANCER if is_network(item) => {
                judge(graph, found, item, "Subnets");
                if item.get("SubnetMappings").is_some_and(|list| list.as_list().is_some()) {
                    let nodes = item.all("SubnetMappings/*/SubnetId");
                    one(graph, found, item, "SubnetMappings", &nodes);
                }
            }
            _ => {}
        }
    }
}

/// Whether a service may grow beyond one task.
fn scales(graph: &Graph, service: &Item) -> bool {
    graph.of_type("AWS::ApplicationAutoScaling::ScalableTarget").any(|target| {
        let own = target.get("ResourceId").is_some_and(|id| graph.mentioned(id).iter().any(|one| std::ptr::eq(*one, service)));
        own && target.int("MaxCapacity").is_some_and(|most| most > 1)
    })
}

fn judge(graph: &Graph, found: &mut Found, item: &Item, path: &str) {
    if let Some(nodes) = subnets::written(item, path) {
        one(graph, found, item, path, &nodes);
    }
}

fn one(graph: &Graph, found: &mut Found, item: &Item, path: &str, nodes: &[&cfn::Node]) {
    if let Some(zone) = subnets::one_zone(graph, nodes) {
        found.at(item, path, format!("all of it is in {zone}; name subnets of two or three zones"));
    } else if nodes.len() == 1 {
        found.at(item, path, "it has one subnet, and so one zone; name subnets of two or three zones");
    }
}
