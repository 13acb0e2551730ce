//! A subnet whose addresses are not in its VPC's blocks.

use crate::check::cidr::{self, Cidr};
use crate::check::subnets::{self, SUBNET};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "subnet-outside-vpc",
    severity: Severity::Error,
    what: "a subnet's addresses lie inside a block of its VPC",
    why: "EC2 refuses the subnet, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for subnet in graph.of_type(SUBNET) {
        let Some(vpc) = subnets::vpc(graph, subnet) else { continue };
        let Some(own) = subnet.get("CidrBlock").and_then(|block| cidr::of(graph, block)) else { continue };
        let further = graph.of_type("AWS::EC2::VPCCidrBlock").filter(|one| one.get("VpcId").is_none_or(|id| subnets::is(graph, id, vpc)));
        let nodes = vpc.all("CidrBlock").into_iter().chain(further.filter_map(|one| one.get("CidrBlock")));
        let blocks: Option<Vec<Cidr>> = nodes.map(|node| cidr::of(graph, node)).collect();
        // A block that is not known may hold it.
        let Some(blocks) = blocks.filter(|blocks| !blocks.is_empty()) else { continue };
        if !blocks.iter().any(|block| block.contains(own)) {
            let words = blocks.iter().map(|block| block.text()).collect::<Vec<_>>().join(" or ");
            found.at(subnet, "CidrBlock", format!("{} does not lie in {words}, the addresses of {}", own.text(), vpc.id));
        }
    }
}
