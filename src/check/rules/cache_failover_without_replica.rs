//! A cache that is promised in several zones and cannot change over to another node.

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "cache-failover-without-replica",
    severity: Severity::Error,
    what: "a replication group with Multi-AZ or failover switched on has what failover needs: automatic failover and a replica",
    why: "ElastiCache refuses MultiAZEnabled without AutomaticFailoverEnabled, and with no replica there is nothing to fail over to: the loss of one node is the loss of the cache.",
    link: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
    run,
};

const GROUP: &str = "AWS::ElastiCache::ReplicationGroup";

fn run(graph: &Graph, found: &mut Found) {
    for group in graph.of_type(GROUP) {
        let (zones, failover) = (group.flag("MultiAZEnabled"), group.flag("AutomaticFailoverEnabled"));
        let nodes = group.int("NumCacheClusters");
        let shards = group.int("NumNodeGroups");
        let replicas = group.int("ReplicasPerNodeGroup").or(nodes.map(|nodes| nodes - 1));
        if zones == Some(true) && failover != Some(true) {
            found.at(group, "MultiAZEnabled", "MultiAZEnabled is true but AutomaticFailoverEnabled is not; set it to true");
        }
        if (zones == Some(true) || failover == Some(true)) && replicas.unwrap_or(0) < 1 {
            let message = "failover has no replica to go to; set ReplicasPerNodeGroup (or NumCacheClusters to 2) or more";
            found.at(group, "AutomaticFailoverEnabled", message);
        }
        if shards.is_some_and(|shards| shards > 1) && failover == Some(false) {
            found.at(group, "AutomaticFailoverEnabled", "a group of several shards must have AutomaticFailoverEnabled: true");
        }
    }
}
