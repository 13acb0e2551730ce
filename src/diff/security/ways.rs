//! What security groups and network ACLs let in and out, in words that are the same on both sides.

use std::collections::HashMap;

use super::sight::{Made, Sight};
use crate::check::cidr::{self, Cidr};
use crate::check::graph::below;
use crate::check::permits::{self, GROUP, Permit};
use crate::check::{Graph, Item};

/// The type of a network ACL's entry.
pub const ENTRY: &str = "AWS::EC2::NetworkAclEntry";
/// The types of rules that stand outside of their group.
pub const OWN: [&str; 2] = ["AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"];

/// The other side of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Other {
    /// Addresses.
    Block(Cidr),
    /// A security group or a prefix list.
    Group(String),
    /// A block that the templates do not tell; its text.
    Open(String),
}

/// One way in or out.
#[derive(Debug, Clone)]
pub struct Way<'g, 'a> {
    /// Where it is written.
    pub item: &'g Item<'a>,
    /// Whether it lets in.
    pub ingress: bool,
    /// `tcp`, `udp`, `-1` for all.
    pub protocol: String,
    /// First and last port.
    pub ports: (i64, i64),
    /// Whom.
    pub other: Other,
    /// Whether it is made.
    pub made: Made,
}

/// The ways of each group or ACL, by the name that both sides know it by, with their direction.
pub type Ways<'g, 'a> = HashMap<(String, bool), Vec<Way<'g, 'a>>>;

/// The ways of every security group.
pub fn group_ways<'g, 'a>(sight: &'g Sight<'a>) -> Ways<'g, 'a> {
    let graph = &sight.graph;
    let mut ways: Ways = HashMap::new();
    for permit in permits::all(graph).into_iter().filter(|permit| sight.name(permit.item).is_some()) {
        let group = group_name(sight, &permit);
        let made = sight.made(permit.item);
        let (ports, open_ports) = ports(&permit);
        let protocol = protocol(&permit.protocol);
        for other in others(sight, &permit) {
            let made = if open_ports { made.min(Made::Maybe) } else { made };
            let way = Way { item: permit.item, ingress: permit.ingress, protocol: protocol.clone(), ports, other, made };
            ways.entry((group.clone(), permit.ingress)).or_default().push(way);
        }
    }
    // A group that says nothing of what goes out lets everything out.
    for item in sight.items().filter(|item| item.kind == GROUP && item.list("SecurityGroupEgress").is_empty()) {
        let (Some(name), Some(world)) = (sight.name(item), Cidr::parse("0.0.0.0/0")) else { continue };
        let written = item.properties.get("SecurityGroupEgress").is_some_and(|node| node.intrinsic().is_some());
        let made = if written { Made::Maybe } else { sight.made(item) };
        let way = Way { item, ingress: false, protocol: "-1".to_owned(), ports: (0, 65535), other: Other::Block(world), made };
        ways.entry((name.to_owned(), false)).or_default().push(way);
    }
    ways
}

/// The group of a rule; a rule of a group that nobody knows stands for itself.
fn group_name(sight: &Sight, permit: &Permit) -> String {
    if permit.item.kind == GROUP {
        return sight.name(permit.item).unwrap_or_default().to_owned();
    }
    let group = permit.item.get("GroupId").or_else(|| permit.item.get("GroupName"));
    match group.map(|group| (sight.graph.target(group), group)) {
        Some((Some(group), _)) => sight.name(group).unwrap_or(&group.id).to_owned(),
        Some((None, node)) => sight.text(node),
        None => sight.name(permit.item).unwrap_or_default().to_owned(),
    }
}

/// One name for each protocol, whether by number or by word.
fn protocol(word: &str) -> String {
    match word {
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        "all" | "" => "-1",
        other => other,
    }
    .to_owned()
}

/// The ports of a rule, and whether they are more than what is known.
fn ports(permit: &Permit) -> ((i64, i64), bool) {
    let open = |key: &str| below(permit.rule, key).iter().any(|node| node.intrinsic().is_some());
    (permit.ports, open("FromPort") || open("ToPort"))
}

/// Everybody on the other side of a rule: every branch of a choice that stays open.
fn others(sight: &Sight, permit: &Permit) -> Vec<Other> {
    let mut found = Vec::new();
    for (key, node) in ["CidrIp", "CidrIpv6"].iter().flat_map(|key| below(permit.rule, key).into_iter().map(move |node| (key, node))) {
        found.push(cidr::of(&sight.graph, node).map_or_else(|| Other::Open(format!("{key}{}", sight.text(node))), Other::Block));
    }
    let sides = ["SourceSecurityGroupId", "SourceSecurityGroupName", "DestinationSecurityGroupId", "DestinationSecurityGroupName"];
    for node in sides.iter().flat_map(|side| below(permit.rule, side)) {
        let name = sight.graph.target(node).and_then(|item| sight.name(item)).map_or_else(|| sight.text(node), str::to_owned);
        found.push(Other::Group(name));
    }
    for node in ["SourcePrefixListId", "DestinationPrefixListId"].iter().flat_map(|side| below(permit.rule, side)) {
        found.push(Other::Group(sight.text(node)));
    }
    found
}

/// What every network ACL lets in, by its entries that allow.
pub fn acl_ways<'g, 'a>(sight: &'g Sight<'a>) -> Ways<'g, 'a> {
    let mut ways: Ways = HashMap::new();
    for item in sight.items().filter(|item| item.kind == ENTRY) {
        let allows = item.text("RuleAction").is_none_or(|word| word.eq_ignore_ascii_case("allow"));
        if !allows || item.flag("Egress") == Some(true) {
            continue;
        }
        let group = item.get("NetworkAclId");
        let name = group.and_then(|node| sight.graph.target(node)).and_then(|acl| sight.name(acl));
        let name = name.map(str::to_owned).or_else(|| group.map(|node| sight.text(node))).unwrap_or_default();
        let ports = match (item.int("PortRange/From"), item.int("PortRange/To")) {
            (Some(from), Some(to)) => (from, to),
            _ => (0, 65535),
        };
        let protocol = protocol(&item.get("Protocol").and_then(|node| Graph::text(&sight.graph, node)).unwrap_or_default());
        for node in ["CidrBlock", "Ipv6CidrBlock"].iter().flat_map(|key| item.all(key)) {
            let other = cidr::of(&sight.graph, node).map_or_else(|| Other::Open(sight.text(node)), Other::Block);
            let way = Way { item, ingress: true, protocol: protocol.clone(), ports, other, made: sight.made(item) };
            ways.entry((name.clone(), true)).or_default().push(way);
        }
    }
    ways
}
