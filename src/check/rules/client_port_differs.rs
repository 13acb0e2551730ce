//! A workload that is told another port than the one its database or cache listens on.

use crate::check::clients;
use crate::check::listening;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "client-port-differs",
    severity: Severity::Error,
    what: "the port that a workload is told beside an endpoint is the one that the endpoint listens on",
    why: "Nothing answers on the other port: every connection is refused or times out.",
    link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ConnectToInstance.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for client in clients::all(graph) {
        for need in &client.needs {
            let (Some(told), Some(ports)) = (need.port, listening::ports(graph, need.item)) else { continue };
            // A balancer of the classic or network kind may be reached on ports of listeners that are made elsewhere.
            if !ports.is_empty() && !ports.contains(&told) {
                let right = ports.iter().map(i64::to_string).collect::<Vec<_>>().join(" or ");
                let message = format!("it is told to call {} ({}) on port {told}, but that listens on port {right}", need.item.id, need.attribute);
                found.at(client.item, "", message);
            }
        }
    }
}
