//! A subnet with two route tables, or a table with two routes to one destination.

use std::collections::HashMap;

use crate::check::subnets::identity;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "route-table-associated-twice",
    severity: Severity::Error,
    what: "a subnet has one route table, and a route table one route to a destination",
    why: "EC2 refuses the second association and the second route: the stack fails, or the one silently takes the other's place.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let mut seen: HashMap<String, &Item> = HashMap::new();
    for association in graph.of_type("AWS::EC2::SubnetRouteTableAssociation").filter(|one| one.raw.condition.is_none()) {
        let Some(subnet) = association.get("SubnetId").and_then(|id| identity(graph, id)) else { continue };
        // A parameter is the same subnet only inside its own file.
        let key = if subnet.contains('!') { subnet.clone() } else { format!("{}/{subnet}", association.file) };
        if let Some(first) = seen.insert(key, association) {
            let name = subnet.split_once('!').map_or(subnet.as_str(), |(_, id)| id);
            found.at(association, "SubnetId", format!("{name} has its route table from {} already; a subnet takes one", first.id));
        }
    }
    let mut routes: HashMap<(String, String), &Item> = HashMap::new();
    for route in graph.of_type("AWS::EC2::Route").filter(|one| one.raw.condition.is_none()) {
        let Some(table) = route.get("RouteTableId").and_then(|id| identity(graph, id)) else { continue };
        let Some(to) = ["DestinationCidrBlock", "DestinationIpv6CidrBlock"].iter().find_map(|key| route.text(key)) else { continue };
        let key = if table.contains('!') { table } else { format!("{}/{table}", route.file) };
        if let Some(first) = routes.insert((key, to.to_owned()), route) {
            found.at(route, "", format!("{} leads the same table's {to} elsewhere already; a table takes one route to a destination", first.id));
        }
    }
}
