//! A VPC whose machines cannot resolve names.

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "vpc-dns-off",
    severity: Severity::Error,
    what: "a VPC resolves names, and gives names to addresses where endpoints or databases are reached by private ones",
    why: "Databases, caches, load balancers and AWS's own services are reached by name; without an answer every connection fails.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for vpc in graph.of_type("AWS::EC2::VPC") {
        if vpc.flag("EnableDnsSupport") == Some(false) {
            found.at(vpc, "EnableDnsSupport", "names are not resolved in this VPC; set EnableDnsSupport: true");
        }
        // What nobody sets is off for a VPC that a template makes.
        let named = if vpc.has("EnableDnsHostnames") { vpc.flag("EnableDnsHostnames") } else { Some(false) };
        let private = graph.of_type("AWS::EC2::VPCEndpoint").find(|one| one.flag("PrivateDnsEnabled") == Some(true));
        let database = graph.of_type("AWS::RDS::DBInstance").chain(graph.of_type("AWS::RDS::DBCluster")).find(|one| one.flag("PubliclyAccessible") == Some(true));
        if let (Some(false), Some(needs)) = (named, private.or(database)) {
            let message = format!("{} is reached by a private name, which this VPC does not give; set EnableDnsHostnames: true", needs.id);
            found.at(vpc, "EnableDnsHostnames", message);
        }
    }
}
