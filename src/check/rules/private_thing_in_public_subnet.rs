//! A database, a cache, an internal balancer or a function in subnets that the internet is routed to.

use crate::check::balancing::{BALANCER, is_public};
use crate::check::permits::subnets_of;
use crate::check::subnets::{Way, way};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "private-thing-in-public-subnet",
    severity: Severity::Warning,
    what: "databases, caches, internal load balancers and functions are in subnets without a route to an internet gateway",
    why: "One public address or one open rule is then all that stands between them and the internet; and a function there reaches no internet at all.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        let what = match item.kind {
            "AWS::RDS::DBSubnetGroup" | "AWS::DocDB::DBSubnetGroup" | "AWS::Neptune::DBSubnetGroup" => "holds databases",
            "AWS::ElastiCache::SubnetGroup" | "AWS::DAX::SubnetGroup" | "AWS::MemoryDB::SubnetGroup" => "holds caches",
            "AWS::RDS::DBProxy" => "is a way to a database",
            "AWS::Lambda::Function" => "is a function, which has no public address and so no way out there",
            BALANCER if is_public(item) == Some(false) => "is internal",
            _ => continue,
        };
        let users = graph.of_type("AWS::RDS::DBInstance").filter(|one| one.get("DBSubnetGroupName").and_then(|name| graph.target(name)).is_some_and(|group| std::ptr::eq(group, item)));
        // A database that is meant to be public says so.
        if users.into_iter().any(|one| one.has("PubliclyAccessible") && one.flag("PubliclyAccessible") != Some(false)) {
            continue;
        }
        let public: Vec<&str> = subnets_of(graph, item).into_iter().filter(|node| way(graph, node) == Way::Internet).filter_map(|node| graph.target(node)).map(|one| one.id.as_str()).collect();
        if !public.is_empty() {
            found.at(item, "", format!("it {what}, but {} has a route to an internet gateway; name private subnets", public.join(", ")));
        }
    }
}
