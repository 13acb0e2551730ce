//! Subnets of several zones that leave through the NAT gateway of one.

use std::collections::BTreeMap;

use crate::check::subnets::{self, SUBNET};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "nat-in-one-zone",
    severity: Severity::Warning,
    what: "private subnets of several zones do not all leave through one NAT gateway, and none through that of another zone while its own has one",
    why: "The loss of the gateway's zone cuts off the servers of the other zones, which were there for just that day; traffic between zones is billed, too.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    // By NAT gateway: the zones of the subnets that leave through it.
    let mut users: BTreeMap<(usize, &str), Vec<(String, &str)>> = BTreeMap::new();
    let gateways: Vec<_> = graph.of_type("AWS::EC2::NatGateway").collect();
    for association in graph.of_type("AWS::EC2::SubnetRouteTableAssociation") {
        let Some(subnet) = association.get("SubnetId").and_then(|id| graph.target(id)).filter(|item| item.kind == SUBNET) else { continue };
        let Some(table) = association.get("RouteTableId").and_then(|id| graph.target(id)) else { continue };
        let Some(zone) = subnets::zone(graph, subnet) else { continue };
        for route in graph.of_type("AWS::EC2::Route").filter(|route| route.get("RouteTableId").is_some_and(|id| subnets::is(graph, id, table))) {
            if let Some(nat) = route.get("NatGatewayId").and_then(|id| graph.target(id)) {
                users.entry((nat.file, &nat.id)).or_default().push((zone.clone(), &subnet.id));
            }
        }
    }
    let zone_of = |nat: &crate::check::Item| nat.get("SubnetId").and_then(|id| graph.target(id)).and_then(|subnet| subnets::zone(graph, subnet));
    let homes: Vec<Option<String>> = gateways.iter().map(|nat| zone_of(nat)).collect();
    for (nat, home) in gateways.iter().zip(&homes) {
        let Some(used) = users.get(&(nat.file, nat.id.as_str())) else { continue };
        let away: Vec<&(String, &str)> = used.iter().filter(|(zone, _)| Some(zone) != home.as_ref()).collect();
        let Some(home) = home else { continue };
        let Some((zone, subnet)) = away.first() else { continue };
        let peer = gateways.iter().zip(&homes).find(|(other, place)| place.as_ref() == Some(zone) && other.file == nat.file);
        let message = match peer {
            Some((other, _)) => format!("{subnet} in {zone} leaves through this gateway in {home}, though {} is in its own zone; route it there", other.id),
            None if used.iter().any(|(zone, _)| zone == home) || away.len() > 1 => {
                format!("{subnet} in {zone} leaves through this gateway in {home} as well; give each zone a NAT gateway and a route table of its own")
            }
            None => format!("{subnet} in {zone} leaves through this gateway, which is in {home}; put the gateway into a public subnet of {zone}"),
        };
        found.at(nat, "SubnetId", message);
    }
}
