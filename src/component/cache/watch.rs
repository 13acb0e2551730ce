//! What the dashboard shows of every node, and when somebody is woken.

use cfn::Val;

use super::Cache;
use crate::block::{Family, Metric};
use crate::recipe::watch::{above, alarmed, line};

/// Alarms of each node.
pub const ALARMS: u64 = 3;

/// The lines and alarms of all nodes. In cluster mode a node is called `<group>-<shard, four digits>-<node, three digits>`.
pub fn metrics(cache: &Cache) -> Vec<Metric> {
    let nodes = (1..=cache.shards).flat_map(|shard| (1..=1 + cache.replicas).map(move |node| (shard, node)));
    nodes.flat_map(|(shard, node)| of_node(cache, shard, node)).collect()
}

fn of_node(cache: &Cache, shard: u64, node: u64) -> Vec<Metric> {
    let of = |what: &str, title: &str, family, metric, statistic| {
        let id = Val::sub(format!("${{{}}}-{shard:04}-{node:03}", Cache::group().name()));
        line(
            format!("CacheShard{shard}Node{node}{what}"),
            title,
            family,
            ("AWS/ElastiCache", metric, statistic),
            vec![("CacheClusterId", id)],
        )
    };
    let class = &cache.class.name;
    let evicted = match cache.sessions {
        true => {
            "The cache throws out data to make room, sessions among it: users are signed out; add a shard or take a class with more memory."
        }
        false => {
            "The cache throws out data to make room and the database answers in its place: add a shard or take a class with more memory."
        }
    };
    vec![
        alarmed(
            of("Cpu", "Cache: engine CPU (%)", Family::Saturation, "EngineCPUUtilization", "Average"),
            above(80.0, 3, format!("The node's engine ({class}) is busy: look for slow commands and hot keys, then add a shard.")),
        ),
        alarmed(
            of("Memory", "Cache: memory (%)", Family::Saturation, "DatabaseMemoryUsagePercentage", "Average"),
            above(85.0, 3, format!("The node's memory ({class}) is filling up: shorten lifetimes, add a shard or take a larger class.")),
        ),
        of("HitRate", "Cache: hit rate (%)", Family::CacheHits, "CacheHitRate", "Average"),
        alarmed(of("Evictions", "Cache: evictions", Family::CacheHits, "Evictions", "Sum"), above(100.0, 3, evicted)),
        of("Connections", "Cache: connections", Family::Database, "CurrConnections", "Average"),
    ]
}
