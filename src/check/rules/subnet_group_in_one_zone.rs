//! A subnet group for databases, or the subnets of a proxy, that do not cover two zones.

use crate::check::subnets;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "subnet-group-in-one-zone",
    severity: Severity::Error,
    what: "a database's subnet group, a database proxy and a cache with failover have subnets in at least two zones",
    why: "RDS refuses a group that does not cover two zones, even for one instance; a cache that should survive a zone has nowhere to go.",
    link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    run,
};

const LISTS: &[(&str, &str)] = &[
    ("AWS::RDS::DBSubnetGroup", "SubnetIds"),
    ("AWS::DocDB::DBSubnetGroup", "SubnetIds"),
    ("AWS::Neptune::DBSubnetGroup", "SubnetIds"),
    ("AWS::RDS::DBProxy", "VpcSubnetIds"),
];

fn run(graph: &Graph, found: &mut Found) {
    for (kind, path) in LISTS {
        for group in graph.of_type(kind) {
            judge(graph, found, group, path, "RDS");
        }
    }
    for cache in graph.of_type("AWS::ElastiCache::ReplicationGroup") {
        let zones = cache.flag("MultiAZEnabled") == Some(true) || cache.flag("AutomaticFailoverEnabled") == Some(true);
        if let Some(group) = cache.get("CacheSubnetGroupName").and_then(|name| graph.target(name)).filter(|_| zones) {
            judge(graph, found, group, "SubnetIds", "failover");
        }
    }
    for cache in graph.of_type("AWS::DAX::Cluster").filter(|cache| cache.int("ReplicationFactor").is_some_and(|nodes| nodes > 1)) {
        if let Some(group) = cache.get("SubnetGroupName").and_then(|name| graph.target(name)) {
            judge(graph, found, group, "SubnetIds", "a DAX cluster of several nodes");
        }
    }
}

fn judge(graph: &Graph, found: &mut Found, group: &crate::check::Item, path: &str, who: &str) {
    let Some(nodes) = subnets::written(group, path) else { return };
    if nodes.len() < 2 {
        found.at(group, path, format!("it has {} subnet; {who} needs at least two, in different zones", nodes.len()));
    } else if let Some(zone) = subnets::one_zone(graph, &nodes) {
        found.at(group, path, format!("all {} subnets are in {zone}; {who} needs subnets in at least two zones", nodes.len()));
    }
}
