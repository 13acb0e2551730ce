//! Subnets: their VPC, their zone, and where their routes lead.

use cfn::Node;

use super::graph::{Graph, Item};

/// The type of a subnet.
pub const SUBNET: &str = "AWS::EC2::Subnet";

/// Where what a subnet sends to the internet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To an internet gateway: a public subnet.
    Internet,
    /// To a NAT gateway or instance.
    Nat,
    /// Somewhere else: a transit gateway, a firewall, a peer.
    Elsewhere,
    /// Nowhere: no default route.
    Nowhere,
    /// The templates do not tell.
    Unknown,
}

/// What a value refers to, as a word that can be compared: `2!Vpc`, `vpc-0123`. None when the templates do not tell.
pub fn identity(graph: &Graph, node: &Node) -> Option<String> {
    match graph.target(node) {
        Some(item) => Some(format!("{}!{}", item.file, item.id)),
        None => match node {
            Node::Str(text) => Some(text.clone()),
            _ => match node.intrinsic()? {
                ("Ref" | "Fn::ImportValue", argument) => Some(format!("{argument:?}")),
                _ => None,
            },
        },
    }
}

/// Whether two values refer to one resource of the set.
pub fn is(graph: &Graph, node: &Node, item: &Item) -> bool {
    graph.target(node).is_some_and(|target| std::ptr::eq(target, item))
}

/// The zone of a subnet, as a word that can be compared with others of its set; none when AWS chooses or a caller does.
pub fn zone(graph: &Graph, subnet: &Item) -> Option<String> {
    let node = subnet.get("AvailabilityZone").or_else(|| subnet.get("AvailabilityZoneId"))?;
    zone_of(graph, node, 0)
}

fn zone_of(graph: &Graph, node: &Node, depth: usize) -> Option<String> {
    if depth > 4 {
        return None;
    }
    match node {
        Node::Str(text) => Some(text.clone()),
        _ => match node.intrinsic()? {
            ("Ref", Node::Str(name)) => Some(format!("${{{name}}}")),
            ("Fn::Sub", Node::Str(text)) => Some(text.clone()),
            ("Fn::GetAtt", _) => {
                let (item, _) = graph.reference(node)?;
                let there = item.get("AvailabilityZone").or_else(|| item.get("AvailabilityZoneId"))?;
                zone_of(graph, there, depth + 1)
            }
            ("Fn::Select", Node::List(parts)) => {
                let [index, list] = parts.as_slice() else { return None };
                let index = graph.text(index)?;
                match list.intrinsic()? {
                    ("Fn::GetAZs", _) => Some(format!("zone {index} of the region")),
                    (_, argument) => Some(format!("zone {index} of {argument:?}")),
                }
            }
            _ => None,
        },
    }
}

/// Zones of several subnets; `None` in it where a zone is not known.
pub fn zones(graph: &Graph, subnets: &[&Node]) -> Vec<Option<String>> {
    subnets.iter().map(|node| graph.target(node).filter(|item| item.kind == SUBNET).and_then(|subnet| zone(graph, subnet))).collect()
}

/// The one zone that several subnets are all in, when that is known of all of them.
pub fn one_zone(graph: &Graph, subnets: &[&Node]) -> Option<String> {
    let zones: Option<Vec<String>> = zones(graph, subnets).into_iter().collect();
    let zones = zones?;
    let first = zones.first()?;
    zones.iter().all(|zone| zone == first).then(|| first.clone())
}

/// The nodes of a list property, or none when the list itself is not written out: a parameter may hold any number of subnets.
pub fn written<'i>(item: &'i Item, path: &str) -> Option<Vec<&'i Node>> {
    match item.get(path)? {
        Node::List(_) => {
            let nodes = item.all(&format!("{path}/*"));
            // A parameter or a `Fn::Split` in the list may stand for several.
            let open = nodes.iter().any(|node| matches!(node.intrinsic(), Some((name, _)) if !matches!(name, "Ref" | "Fn::GetAtt" | "Fn::ImportValue" | "Fn::Select" | "Fn::Sub")));
            (!open).then_some(nodes)
        }
        _ => None,
    }
}

/// Where a subnet's traffic to the internet goes.
pub fn way(graph: &Graph, subnet: &Node) -> Way {
    match graph.target(subnet) {
        Some(item) if item.kind == SUBNET => way_of(graph, item),
        _ => Way::Unknown,
    }
}

/// Where this subnet's traffic to the internet goes.
pub fn way_of(graph: &Graph, subnet: &Item) -> Way {
    let association =
        graph.of_type("AWS::EC2::SubnetRouteTableAssociation").find(|one| one.get("SubnetId").is_some_and(|id| is(graph, id, subnet)));
    let Some(association) = association else {
        // The main table of a VPC that is made here has its local route only; of another VPC we know nothing.
        let own = subnet.get("VpcId").and_then(|vpc| graph.target(vpc)).is_some();
        let strangers = graph
            .of_type("AWS::EC2::SubnetRouteTableAssociation")
            .any(|one| one.get("SubnetId").is_none_or(|id| graph.target(id).is_none()));
        let main = graph.of_type("AWS::EC2::Route").any(|route| route.get("RouteTableId").is_none_or(|id| graph.target(id).is_none()));
        return if own && !strangers && !main { Way::Nowhere } else { Way::Unknown };
    };
    let Some(table) = association.get("RouteTableId").and_then(|id| graph.target(id)) else { return Way::Unknown };
    let mut way = Way::Nowhere;
    for route in graph.of_type("AWS::EC2::Route").filter(|route| route.get("RouteTableId").is_some_and(|id| is(graph, id, table))) {
        if let Some(leads) = leads(graph, route) {
            // Two default routes: the public one decides what the subnet is.
            way = if way == Way::Nowhere || leads == Way::Internet { leads } else { way };
        }
    }
    way
}

/// Where a default route leads; none for a route to somewhere else, or of IPv6 (which needs no NAT and says nothing about IPv4).
fn leads(graph: &Graph, route: &Item) -> Option<Way> {
    if let Some(destination) = route.get("DestinationCidrBlock") {
        match destination {
            Node::Str(text) if text == "0.0.0.0/0" => {}
            Node::Str(_) => return None,
            _ => return Some(Way::Unknown),
        }
    } else {
        return None;
    }
    if let Some(gateway) = route.get("GatewayId") {
        return Some(match graph.target(gateway).map(|item| item.kind) {
            Some("AWS::EC2::InternetGateway") => Way::Internet,
            Some("AWS::EC2::VPNGateway" | "AWS::EC2::CarrierGateway") => Way::Elsewhere,
            Some(_) => Way::Nowhere,
            None => match gateway {
                Node::Str(id) if id.starts_with("vgw-") => Way::Elsewhere,
                // A gateway from a parameter is nearly always the internet's.
                _ => Way::Internet,
            },
        });
    }
    if route.has("NatGatewayId") || route.has("InstanceId") || route.has("NetworkInterfaceId") {
        return Some(Way::Nat);
    }
    Some(Way::Elsewhere)
}

/// The VPC of a subnet, a security group, a target group: whatever has a `VpcId`.
pub fn vpc<'g, 'a>(graph: &'g Graph<'a>, item: &Item) -> Option<&'g Item<'a>> {
    item.get("VpcId").and_then(|vpc| graph.target(vpc)).filter(|vpc| vpc.kind == "AWS::EC2::VPC")
}
