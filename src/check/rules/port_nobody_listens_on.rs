//! A security-group rule for a port that nothing behind the group listens on, or that its load balancer never calls.

use std::collections::HashMap;

use crate::check::balancing::{self, BALANCER};
use crate::check::listening;
use crate::check::permits::{self, Peer, called};
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "port-nobody-listens-on",
    severity: Severity::Warning,
    what: "a security group opens only ports that what holds it listens on",
    why: "A rule for another port is either a slip, and the right port stays shut, or a door that will be forgotten.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let holders = holders(graph);
    let forwards = balancing::forwards(graph);
    for permit in permits::all(graph) {
        let Some(group) = permit.group.as_ref().filter(|group| permits::of_set(graph, group).is_some()) else { continue };
        if !permit.ingress || !permit.sure || permit.ports == (0, 65535) || matches!(permit.protocol.as_str(), "-1" | "icmp" | "icmpv6" | "udp" | "17") {
            continue;
        }
        let Some(members) = holders.get(group.as_str()).filter(|members| !members.is_empty()) else { continue };
        let udp = permit.protocol == "udp";
        let path = if permit.path.is_empty() { "FromPort".to_owned() } else { format!("{}/FromPort", permit.path) };
        let ports: Option<Vec<Vec<i64>>> = members.iter().map(|member| listening::ports(graph, member)).collect();
        if let Some(ports) = ports.map(|ports| ports.concat()) {
            if !ports.iter().any(|port| permit.has(*port, udp)) {
                let names = members.iter().map(|member| member.id.as_str()).collect::<Vec<_>>().join(", ");
                let right = match ports.as_slice() {
                    [] => "which listens on none".to_owned(),
                    ports => {
                        let mut words: Vec<String> = ports.iter().map(i64::to_string).collect();
                        words.dedup();
                        format!("which listens on {}", words.join(", "))
                    }
                };
                found.at(permit.item, &path, format!("it opens {} of {}, but that is the group of {names}, {right}", permit.words(), called(group)));
            }
            continue;
        }
        // Nothing is known of the servers, but much of a balancer that is the only caller let in.
        let Peer::Group(caller) = &permit.peer else { continue };
        let Some(callers) = holders.get(caller.as_str()).filter(|callers| !callers.is_empty() && callers.iter().all(|one| one.kind == BALANCER)) else { continue };
        let own: Vec<_> = forwards.iter().filter(|forward| forward.balancer.is_some_and(|balancer| callers.iter().any(|one| std::ptr::eq(*one, balancer)))).collect();
        let mut called_ports = Vec::new();
        for forward in &own {
            for target in balancing::targets(graph, forward.group) {
                match target.port {
                    Some(port) => called_ports.push(port),
                    None => called_ports.extend(0..=65535),
                }
            }
            called_ports.extend(balancing::health_port(forward.group));
        }
        called_ports.sort_unstable();
        called_ports.dedup();
        if !called_ports.is_empty() && !called_ports.iter().any(|port| permit.has(*port, false)) {
            let words = called_ports.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            let names = callers.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(", ");
            found.at(permit.item, &path, format!("it opens {} of {} to {names}, which calls its targets on {words} only", permit.words(), called(group)));
        }
    }
}

/// Who holds each group. A group that is named by something whose ports cannot be known has that among its holders.
fn holders<'g, 'a>(graph: &'g Graph<'a>) -> HashMap<String, Vec<&'g Item<'a>>> {
    let mut holders: HashMap<String, Vec<&Item>> = HashMap::new();
    for item in &graph.items {
        if item.kind.starts_with("AWS::EC2::SecurityGroup") {
            continue;
        }
        let mut groups = permits::held(graph, item).groups;
        if permits::paths(item.kind).is_empty() {
            let mentioned = graph.mentioned(&item.properties);
            groups = mentioned.iter().filter(|one| one.kind == permits::GROUP).map(|one| format!("{}!{}", one.file, one.id)).collect();
        }
        for group in groups {
            let members = holders.entry(group).or_default();
            if !members.iter().any(|member| std::ptr::eq(*member, item)) {
                members.push(item);
            }
        }
    }
    holders
}
