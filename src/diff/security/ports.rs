//! Ports that the new templates open, and the old ones did not: rules of security groups and of network ACLs, as sets.

use std::collections::{BTreeMap, HashSet};

use super::sight::{Both, Made};
use super::ways::{ENTRY, OWN, Other, Way, Ways, acl_ways, group_ways};
use super::{Exposure, ExposureKind, listed};
use crate::check::cidr::Cidr;
use crate::check::permits::GROUP;

/// Lines by stack, logical ID, words and whether they are sure, with the protocols and ports of each.
type Lines = BTreeMap<(String, String, String, bool), Vec<(String, (i64, i64))>>;

/// Every port that is open to more than it was.
pub fn opened(both: &Both) -> Vec<Exposure> {
    let any = both.new.items().any(|item| item.kind == GROUP || item.kind == ENTRY || OWN.contains(&item.kind));
    if !any {
        return Vec::new();
    }
    let mut lines = of_ways(both, &group_ways(&both.old), &group_ways(&both.new), "");
    lines.extend(of_ways(both, &acl_ways(&both.old), &acl_ways(&both.new), " in the network ACL"));
    lines
}

fn of_ways(both: &Both, old: &Ways, new: &Ways, place: &str) -> Vec<Exposure> {
    let mut lines = Lines::new();
    let known: HashSet<&str> = old.keys().map(|(group, _)| group.as_str()).collect();
    let fresh = both.old.graph.items.is_empty();
    for ((group, ingress), ways) in new {
        let before = old.get(&(group.clone(), *ingress)).map_or(&[][..], Vec::as_slice);
        // A group or ACL that the templates do not make stood before, with rules that they do not tell.
        let stood = both.old.by_name(group).is_some() || known.contains(group.as_str()) || (both.new.by_name(group).is_none() && !fresh);
        for way in ways {
            let Some(words) = words(way, before, stood, place) else { continue };
            if covered(way, before) {
                continue;
            }
            let home = both.new.by_name(group).unwrap_or(way.item);
            let sure = way.made == Made::Yes && !matches!(way.other, Other::Open(_));
            let key = (both.new.stack(home), home.id.clone(), words, sure);
            lines.entry(key).or_default().push((way.protocol.clone(), way.ports));
        }
    }
    let tell = |((stack, id, words, sure), ports)| Exposure {
        kind: ExposureKind::Port,
        stack,
        id,
        what: format!("{} {words}{place}", port_words(ports)),
        sure,
    };
    lines.into_iter().map(tell).collect()
}

/// What a way is called when it is new; none for what is no exposure: a way for another group, or one inside of a new group.
fn words(way: &Way, before: &[Way], stood: bool, place: &str) -> Option<String> {
    let out = !way.ingress;
    // What goes out of a new group, and what comes into a new ACL, was free before.
    if (out || !place.is_empty()) && !stood {
        return None;
    }
    let open = if out { "free to send to" } else { "open to" };
    match &way.other {
        Other::Block(block) if block.is_world() => {
            let four = |one: &Way| matches!(one.other, Other::Block(block) if block.is_world() && block.is_v4());
            let six = if !block.is_v4() && before.iter().any(four) { " over IPv6" } else { "" };
            Some(format!("{open} the internet{six}"))
        }
        // A new group that takes calls from a private block opens nothing that stood.
        Other::Block(block) if stood || !private(*block) => {
            let inside = |one: &&Way| matches!(one.other, Other::Block(narrow) if narrow != *block && block.contains(narrow));
            let narrow = before.iter().find(inside).and_then(|one| match one.other {
                Other::Block(narrow) => Some(narrow),
                _ => None,
            });
            let was = narrow.map(|narrow| format!(", not only to {}", narrow.text())).unwrap_or_default();
            (!out || narrow.is_some()).then(|| format!("{open} {}{was}", block.text()))
        }
        Other::Open(_) if stood || !out => Some(format!("{open} addresses that only the deployment knows")),
        // The same peer on more ports.
        Other::Group(name) if before.iter().any(|one| one.other == way.other) => {
            Some(format!("{open} {}", name.trim_start_matches('+').rsplit('!').next().unwrap_or(name)))
        }
        _ => None,
    }
}

fn private(block: Cidr) -> bool {
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10", "127.0.0.0/8"]
        .into_iter()
        .filter_map(Cidr::parse)
        .any(|one| one.contains(block))
}

/// Whether the old ways together let this one through.
fn covered(way: &Way, before: &[Way]) -> bool {
    let speaks = |one: &&Way| one.protocol == "-1" || one.protocol == way.protocol;
    let reaches = |one: &&Way| match (&one.other, &way.other) {
        (Other::Block(wide), Other::Block(narrow)) => wide.contains(*narrow),
        (Other::Block(wide), _) => wide.prefix == 0 && wide.is_v4(),
        (a, b) => a == b,
    };
    let mut spans: Vec<(i64, i64)> =
        before.iter().filter(|one| one.made >= way.made).filter(speaks).filter(reaches).map(|one| one.ports).collect();
    spans.sort_unstable();
    let mut next = way.ports.0;
    for (first, last) in spans {
        if first <= next && last >= next {
            next = last.saturating_add(1);
        }
    }
    next > way.ports.1
}

/// Ports in words: `ports 80 and 443`, `UDP port 53`, `every port`.
fn port_words(mut ports: Vec<(String, (i64, i64))>) -> String {
    ports.sort();
    ports.dedup();
    if ports.iter().any(|(protocol, (first, last))| (protocol == "-1" || protocol == "tcp") && *first <= 0 && *last >= 65535) {
        return "every port".to_owned();
    }
    let mut by_protocol: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (protocol, (first, last)) in &ports {
        let range = if first == last { first.to_string() } else { format!("{first} to {last}") };
        by_protocol.entry(protocol).or_default().push(range);
    }
    let words: Vec<String> = by_protocol
        .into_iter()
        .map(|(protocol, ranges)| {
            let plural = if ranges.len() > 1 || ranges.iter().any(|range| range.contains(' ')) { "ports" } else { "port" };
            match protocol {
                "tcp" | "-1" => format!("{plural} {}", listed(&ranges)),
                "udp" => format!("UDP {plural} {}", listed(&ranges)),
                "icmp" | "icmpv6" => "ICMP".to_owned(),
                other => format!("protocol {other}"),
            }
        })
        .collect();
    listed(&words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_said_in_words() {
        let one = |protocol: &str, first: i64, last: i64| (protocol.to_owned(), (first, last));
        assert_eq!(port_words(vec![one("tcp", 443, 443), one("tcp", 80, 80), one("tcp", 80, 80)]), "ports 80 and 443");
        assert_eq!(port_words(vec![one("udp", 53, 53)]), "UDP port 53");
        assert_eq!(port_words(vec![one("-1", 0, 65535), one("tcp", 22, 22)]), "every port");
        assert_eq!(port_words(vec![one("tcp", 8000, 8100)]), "ports 8000 to 8100");
        assert_eq!(port_words(vec![one("icmp", 0, 65535)]), "ICMP");
    }
}
