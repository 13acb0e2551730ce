//! Two subnets of one VPC that share addresses.

use crate::check::cidr::{self, Cidr};
use crate::check::subnets::{self, SUBNET};
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "subnets-overlap",
    severity: Severity::Error,
    what: "no two subnets of a VPC share addresses",
    why: "EC2 refuses the second one as a conflict, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let known: Vec<(&Item, String, Cidr)> = graph
        .of_type(SUBNET)
        .filter_map(|subnet| {
            let vpc = subnet.get("VpcId").and_then(|vpc| subnets::identity(graph, vpc))?;
            Some((subnet, vpc, subnet.get("CidrBlock").and_then(|block| cidr::of(graph, block))?))
        })
        .collect();
    for (index, (subnet, vpc, block)) in known.iter().enumerate() {
        for (other, home, taken) in known.iter().take(index) {
            // Of two with conditions only one may be made.
            let both = subnet.raw.condition.is_none() && other.raw.condition.is_none() || subnet.raw.condition == other.raw.condition;
            // A VPC from a parameter is the same one only in the same file.
            let same = vpc == home && (vpc.contains('!') || subnet.file == other.file);
            if both && same && block.overlaps(*taken) {
                let message = format!("{} overlaps {} of {}; give each subnet addresses of its own", block.text(), taken.text(), other.id);
                found.at(subnet, "CidrBlock", message);
            }
        }
    }
}
