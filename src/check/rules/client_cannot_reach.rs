//! A workload that is told the address of a database, a cache or a service, and whose security groups keep it out.

use crate::check::clients;
use crate::check::listening;
use crate::check::permits::{self, Reach, called};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "client-cannot-reach",
    severity: Severity::Error,
    what: "a workload whose environment or start script names an endpoint is let in there, on the port that it listens on",
    why: "Security groups drop what they do not allow without a word: every connection of the client times out.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let permits = permits::all(graph);
    for client in clients::all(graph) {
        if !client.inside {
            continue;
        }
        let addresses = permits::addresses(graph, &client.subnets);
        for need in &client.needs {
            if graph.region(client.item) != graph.region(need.item) {
                continue;
            }
            let ports = listening::ports(graph, need.item).or(need.port.map(|port| vec![port])).unwrap_or_default();
            let callee = permits::held(graph, need.item);
            let reach: Vec<Reach> = ports.iter().map(|port| permits::reach(graph, &permits, &client.held, &addresses, &callee, *port)).collect();
            if reach.is_empty() || reach.contains(&Reach::Yes) {
                continue;
            }
            let (Some(port), Some(first)) = (ports.first(), reach.first()) else { continue };
            let names = |held: &permits::Held| held.groups.iter().map(|name| called(name)).collect::<Vec<_>>().join(", ");
            let (inner, outer) = (names(&callee), names(&client.held));
            let outer = if outer.is_empty() { "its VPC's default security group".to_owned() } else { outer };
            let what = format!("it is told to call {} ({}), which listens on port {port}", need.item.id, need.attribute);
            let message = match first {
                Reach::NobodyIn => format!("{what}, but {inner} lets nobody in there; add an ingress rule for port {port} from {outer}"),
                Reach::NotIn => format!("{what}, but {inner} lets only others in there; add an ingress rule for port {port} from {outer}"),
                _ => format!("{what}, but the egress rules of {outer} do not let it out to there; add one for port {port} to {inner}"),
            };
            found.at(client.item, "", message);
        }
    }
}
