//! What the cache costs, what saturates in it, and what its loss means.

use std::time::Duration;

use rust_decimal::Decimal;

use super::{Cache, SNAPSHOT_DAYS, sizing};
use crate::block::{Bill, Ceiling, Driver, Event, Kind, Recovery, Reliance, Site, Way, about};
use crate::catalog::MissingPrice;
use crate::recipe::on_demand::{self, holding};
use crate::settings::CacheEngine;
use crate::workload::Load;

/// How long a copy takes to become the leader when the leader is lost (ElastiCache user guide, "Minimizing downtime": under a minute) [estimate].
const FAILOVER: Duration = Duration::from_secs(60);
/// How far a copy is behind its leader [estimate].
const BEHIND: Duration = Duration::from_secs(1);

/// Nodes, snapshots beyond the one that is free, and the secret.
///
/// # Errors
/// When the list lacks a price.
pub fn line_items(cache: &Cache, site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let (nodes, class) = (cache.nodes(), &cache.class);
    let (offering, _, _) = sizing::shape(cache.engine);
    let key = offering.key(class);
    let why = match cache.replicas {
        0 => format!("{nodes} × 730 h"),
        replicas => format!("{} × (1 + {replicas}) × 730 h", cache.shards),
    };
    bill.machines(nodes, about(format!("Cache, {nodes} × {}", class.name), &key, Kind::Data, why), None)?;
    if cache.engine == CacheEngine::Memcached {
        return Ok(());
    }
    let held = sizing::held(load, cache.sessions);
    let beyond = Decimal::from(SNAPSHOT_DAYS - 1);
    let kept = held.billed_gb() / on_demand::regions(site) * beyond;
    let why = format!("{held}{} × ({SNAPSHOT_DAYS} snapshots − 1 free)", on_demand::divided(site));
    bill.usage(kept, about("Cache, snapshots", "elasticache.backup", Kind::Storage, why))?;
    bill.standing(Decimal::ONE, about("Cache, secret", "secretsmanager.secret", Kind::Operations, "1 secret in each region"))
}

/// Memory, operations, and connections of a node.
pub fn ceilings(cache: &Cache, site: &Site) -> Vec<Ceiling> {
    let (part, sessions) = (site.part(), cache.sessions);
    let nodes = cache.nodes() as f64;
    let memory = cache.class.usable_memory().as_f64() * cache.shards as f64;
    let evicts = if sessions { "it throws out sessions, which signs users out" } else { "it throws out data, which the database answers" };
    let answers = holding(cache.at_full_tilt * cache.shards as f64, cache.stress);
    let connections = sizing::most_connections(&cache.class) as f64;
    vec![
        Ceiling::fixed("memory", Driver::Memory, "bytes", memory, move |load| sizing::held(load, sessions).as_f64() * part)
            .within("elasticache.nodes_per_cluster", nodes)
            .then(format!("add a shard or take a larger class: {evicts}")),
        Ceiling::fixed("operations", Driver::Throughput, "operations/s", answers, move |load| {
            sizing::operations(load, sessions).get() * part
        })
        .within("elasticache.nodes", nodes)
        .then("add a shard, which divides the operations as well"),
        Ceiling::fixed("connections of a node", Driver::Connections, "connections", connections, move |load| {
            load.connections as f64 * part
        })
        .within("elasticache.max_clients", connections)
        .then("hold fewer connections for each vCPU of the app: every one of them leads to every node"),
    ]
}

/// Sessions stand on the way of a request; hot reads can be asked of the database.
pub fn reliances(cache: &Cache) -> Vec<Reliance> {
    let (what, way) = match cache.sessions {
        true => ("ElastiCache over several zones, with sessions", Way::Region),
        false => ("ElastiCache over several zones, with hot reads", Way::Aside),
    };
    vec![Reliance::new(what, "elasticache.multi_az", way)]
}

/// Sessions are lost with the cache; hot reads are only read again.
pub fn recoveries(cache: &Cache) -> Vec<Recovery> {
    if !cache.sessions {
        return Vec::new();
    }
    let of = |event, point, time, why: &str, estimated| Recovery {
        what: "Sessions in the cache".to_owned(),
        event,
        point,
        time,
        why: why.to_owned(),
        estimated,
    };
    let copied = "the copy in another zone takes over by itself; what was written in the last second may be missing";
    let gone = "nothing of it is in another region: all users sign in again";
    let old = "a snapshot a night, kept for 7 days, holds sessions of yesterday, which are worth nothing: all users sign in again";
    vec![
        of(Event::Host, Some(BEHIND), Some(FAILOVER), copied, true),
        of(Event::Zone, Some(BEHIND), Some(FAILOVER), copied, true),
        of(Event::Region, None, None, gone, false),
        of(Event::Mistake, None, None, old, false),
    ]
}
