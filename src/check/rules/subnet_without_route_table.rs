//! A subnet that was forgotten when the others of its kind got their route table.

use crate::check::subnets::{self, SUBNET};
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "subnet-without-route-table",
    severity: Severity::Warning,
    what: "a subnet that gives public addresses, or whose sisters have a route table, has one, too",
    why: "A subnet without one uses the VPC's main table, which has no way out: what runs there reaches less than what runs beside it.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithRouteTables.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let associated = |subnet: &Item| {
        graph.of_type("AWS::EC2::SubnetRouteTableAssociation").any(|one| one.get("SubnetId").is_some_and(|id| subnets::is(graph, id, subnet)))
    };
    for subnet in graph.of_type(SUBNET) {
        // Of a VPC that comes from elsewhere, the main table may be just right; of a subnet that is handed on, others may care.
        if subnets::vpc(graph, subnet).is_none() || associated(subnet) {
            continue;
        }
        let kind = stem(&subnet.id);
        let sister = graph.of_type(SUBNET).find(|other| other.file == subnet.file && other.id != subnet.id && stem(&other.id) == kind && associated(other));
        if let Some(sister) = sister {
            found.at(subnet, "", format!("no route table is associated with it, as there is with {}; add an AWS::EC2::SubnetRouteTableAssociation", sister.id));
        } else if subnet.flag("MapPublicIpOnLaunch") == Some(true) {
            found.at(subnet, "", "it gives public addresses, but no route table with a way to the internet is associated with it");
        }
    }
}

/// `PrivateSubnetB` and `PrivateSubnetC` are sisters: names without their last letter or number, and without CDK's hash.
fn stem(id: &str) -> &str {
    let id = match id.char_indices().rev().nth(7) {
        Some((at, _)) if id[at..].chars().all(|c| c.is_ascii_digit() || ('A'..='F').contains(&c)) && at > 3 && id[at..].chars().any(|c| c.is_ascii_digit()) => &id[..at],
        _ => id,
    };
    let id = id.strip_suffix("Subnet").unwrap_or(id);
    let digits = id.trim_end_matches(|c: char| c.is_ascii_digit());
    if digits.len() < id.len() {
        return digits;
    }
    let mut letters = id.chars();
    match (letters.next_back(), letters.next_back()) {
        (Some('A'..='F'), Some(before)) if before.is_ascii_lowercase() || before.is_ascii_digit() => &id[..id.len() - 1],
        _ => id,
    }
}
