//! A port for administrators or of a database that is open to the whole internet.

use crate::check::permits::{self, Peer};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "admin-port-open-to-world",
    severity: Severity::Error,
    what: "no security group opens a port of remote administration, a database or a cache, or every port, to the internet",
    why: "Such ports are scanned within minutes: a weak password or one unpatched hole is then enough.",
    link: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19",
    run,
};

const PORTS: &[(i64, &str)] = &[
    (22, "SSH"),
    (23, "Telnet"),
    (135, "Windows RPC"),
    (445, "Windows file sharing"),
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2049, "NFS"),
    (2375, "Docker"),
    (2376, "Docker"),
    (2379, "etcd"),
    (3306, "MySQL"),
    (3389, "Remote Desktop"),
    (5432, "PostgreSQL"),
    (5439, "Redshift"),
    (5601, "Kibana"),
    (5900, "VNC"),
    (5985, "Windows remote management"),
    (5986, "Windows remote management"),
    (6379, "Redis or Valkey"),
    (8111, "DAX"),
    (9042, "Cassandra"),
    (9092, "Kafka"),
    (9111, "DAX"),
    (9200, "Elasticsearch"),
    (9300, "Elasticsearch"),
    (10250, "the Kubernetes agent"),
    (11211, "Memcached"),
    (27017, "MongoDB"),
];

fn run(graph: &Graph, found: &mut Found) {
    for permit in permits::all(graph).iter().filter(|permit| permit.ingress && permit.sure) {
        let Peer::Block(block) = permit.peer else { continue };
        if !block.is_world() {
            continue;
        }
        let path = permit.path.as_str();
        let every = matches!(permit.protocol.as_str(), "-1" | "all") || permit.ports == (0, 65535) && matches!(permit.protocol.as_str(), "tcp" | "udp" | "6" | "17");
        if every {
            found.at(permit.item, path, format!("it opens every port to {}; open only the ports that are served, and only to those who call", block.text()));
            continue;
        }
        let open = |port: i64| permit.has(port, false) || permit.has(port, true);
        if let Some((port, name)) = PORTS.iter().find(|(port, _)| open(*port)) {
            let message = format!("it opens port {port} ({name}) to {}; let in the security group of those who call, or use Session Manager", block.text());
            found.at(permit.item, path, message);
        }
    }
}
