//! A subnet that is to be in another zone than its sister, and does not say in which.

use crate::check::permits;
use crate::check::subnets::{self, SUBNET};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "subnet-without-zone",
    severity: Severity::Warning,
    what: "subnets that are named together, in a balancer or a subnet group, say which zone they are in",
    why: "AWS chooses the zone of a subnet that does not say; two of them may land in one, and what needs two zones then fails or is gone with one.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        // A resource that borrows a group's subnets says nothing of its own.
        let nodes = permits::subnets_of(graph, item);
        if nodes.len() < 2 {
            continue;
        }
        for subnet in nodes.iter().filter_map(|node| graph.target(node)).filter(|subnet| subnet.kind == SUBNET) {
            if subnets::zone(graph, subnet).is_none() && !subnet.has("AvailabilityZone") && !subnet.has("AvailabilityZoneId") && !subnet.has("OutpostArn") {
                let message = "it says no AvailabilityZone, so AWS may put it beside another subnet of the same balancer, group or service; name one each";
                found.at(subnet, "", message);
            }
        }
    }
}
