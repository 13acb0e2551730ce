//! A VPC or subnet that is larger or smaller than EC2 allows, or whose address is no block.

use crate::check::cidr;
use crate::check::subnets::SUBNET;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "cidr-of-wrong-size",
    severity: Severity::Error,
    what: "the IPv4 block of a VPC or subnet is between /16 and /28",
    why: "EC2 refuses every other size, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in graph.items.iter().filter(|item| matches!(item.kind, SUBNET | "AWS::EC2::VPC" | "AWS::EC2::VPCCidrBlock")) {
        let Some(block) = item.get("CidrBlock").and_then(|block| cidr::of(graph, block)).filter(|block| block.is_v4()) else { continue };
        if !(16..=28).contains(&block.prefix) {
            found.at(item, "CidrBlock", format!("/{} is no size for it; EC2 takes /16 (65,536 addresses) to /28 (16)", block.prefix));
        } else if block.has_host_bits() {
            found.at(item, "CidrBlock", format!("its address lies inside a block of /{}, not at its start; write {}", block.prefix, block.text()));
        }
    }
}
