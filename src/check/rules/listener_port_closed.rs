//! A load balancer that listens on a port which its security groups let nobody in on.

use crate::check::balancing::BALANCER;
use crate::check::permits::{self, Held, Reach, called};
use crate::check::{Found, Graph, Rule, Severity, listening};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "listener-port-closed",
    severity: Severity::Error,
    what: "a load balancer's security groups let somebody in on the port of each of its listeners",
    why: "Clients' packets are dropped before they reach the listener: the site seems to be down.",
    link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let permits = permits::all(graph);
    for balancer in graph.of_type(BALANCER) {
        let held = permits::held(graph, balancer);
        let names = held.groups.iter().map(|name| called(name)).collect::<Vec<_>>().join(", ");
        for listener in listening::listeners(graph, balancer) {
            let Some(port) = listener.int("Port") else { continue };
            if permits::reach(graph, &permits, &Held::default(), &[], &held, port) == Reach::NobodyIn
                && !matches!(listener.text("Protocol"), Some("UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC"))
            {
                let message = format!("{} listens on port {port}, but {names} lets nobody in there; add an ingress rule for port {port}", balancer.id);
                found.at(listener, "Port", message);
            }
        }
    }
}
