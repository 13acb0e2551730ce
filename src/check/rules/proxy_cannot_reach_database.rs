//! A database proxy that its database does not let in.

use crate::check::listening;
use crate::check::permits::{self, Reach, called};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "proxy-cannot-reach-database",
    severity: Severity::Error,
    what: "a database lets its proxy in on the port that it listens on",
    why: "The proxy's targets stay unavailable, and every client of the proxy waits until it times out.",
    link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-network-prereqs.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let permits = permits::all(graph);
    for group in graph.of_type("AWS::RDS::DBProxyTargetGroup") {
        let Some(proxy) = group.get("DBProxyName").and_then(|name| graph.target(name)) else { continue };
        let caller = permits::held(graph, proxy);
        let addresses = permits::addresses(graph, &permits::subnets_of(graph, proxy));
        let named = ["DBClusterIdentifiers/*", "DBInstanceIdentifiers/*"].iter().flat_map(|path| group.all(path));
        for database in named.filter_map(|id| graph.target(id)) {
            let callee = permits::held(graph, database);
            let ports = listening::ports(graph, database).unwrap_or_default();
            let reach: Vec<Reach> = ports.iter().map(|port| permits::reach(graph, &permits, &caller, &addresses, &callee, *port)).collect();
            if let (Some(port), Some(first)) = (ports.first(), reach.first())
                && !reach.contains(&Reach::Yes)
            {
                let names = |held: &permits::Held| held.groups.iter().map(|name| called(name)).collect::<Vec<_>>().join(", ");
                let message = match first {
                    Reach::NotOut => format!("the egress rules of {} do not let {} out to {} on port {port}", names(&caller), proxy.id, database.id),
                    _ => format!("{} does not let {} in: {} needs an ingress rule for port {port} from {}", database.id, proxy.id, names(&callee), names(&caller)),
                };
                found.at(group, "", message);
            }
        }
    }
}
