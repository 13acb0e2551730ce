//! A NAT gateway that has no way to the internet itself.

use crate::check::subnets::{Way, way};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "nat-in-private-subnet",
    severity: Severity::Error,
    what: "a public NAT gateway has an Elastic IP and stands in a subnet with a route to an internet gateway",
    why: "Whatever is sent to it goes no further: servers behind it reach nothing, and it is billed by the hour.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for nat in graph.of_type("AWS::EC2::NatGateway").filter(|nat| nat.text("ConnectivityType") != Some("private")) {
        if !nat.has("AllocationId") && !nat.has("ConnectivityType") && !nat.has("AvailabilityMode") {
            found.at(nat, "", "a public NAT gateway needs an Elastic IP; set AllocationId");
        }
        let Some(subnet) = nat.get("SubnetId") else { continue };
        let how = match way(graph, subnet) {
            Way::Nat => "itself leaves through a NAT gateway",
            Way::Nowhere => "has no route to an internet gateway",
            _ => continue,
        };
        let name = graph.target(subnet).map_or("?", |subnet| subnet.id.as_str());
        found.at(nat, "SubnetId", format!("its subnet {name} {how}; put it into a public subnet"));
    }
}
