//! The cache: Valkey, or Redis by choice, in cluster mode from the start, so that shards can be added in place; hot reads, and sessions while they live here.
//! Memcached by choice where it holds hot reads alone.

mod bill;
mod build;
mod memcached;
mod sizing;
mod watch;

use cfn::{Id, Val};
use serde::Deserialize;

use cfn::resource::{elasticache, secretsmanager as sm};

use self::sizing::{Needs, Way};
use crate::catalog::{Class, MissingPrice};
use crate::component::{
    Bill, Ceiling, Component, Driver, Layers, Metric, Offers, Reason, Recovery, Reliance, Request, SecretVariable, Site, Size, Unplaceable,
    Variable,
};
use crate::recipe;
use crate::settings::CacheEngine;
use crate::units::{Bytes, PerSecond, number, percent, thousands};
use crate::workload::{Load, MEASURED_UTILISATION};

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether sessions are kept here; later they live in a table of their own.
    sessions: bool,
}

/// The sized cache.
#[derive(Debug, Clone)]
pub struct Cache {
    /// What it speaks.
    pub engine: CacheEngine,
    /// The class of every node.
    pub class: Class,
    /// Shards that divide the keys.
    pub shards: u64,
    /// Copies of each shard, in other zones.
    pub replicas: u64,
    /// Whether sessions are kept here.
    pub sessions: bool,
    /// What it is to hold.
    pub bytes: Bytes,
    /// Operations a second that a node answers at full tilt.
    pub at_full_tilt: f64,
    /// Operations a second that it was sized for: those of the stress case.
    pub stress: f64,
}

/// Families on offer, all Graviton: burstable, balanced, memory-optimised.
const FAMILIES: &[&str] = &["cache.t4g", "cache.m7g", "cache.r7g"];
/// Nodes of one cluster without asking AWS for more (ElastiCache user guide, "Quotas").
const MOST_NODES: u64 = 90;
/// A copy in another zone, which takes over when the first node or its zone is lost.
const REPLICAS: u64 = 1;
/// The TCP port.
const PORT: u16 = 6379;

/// When the cache may be maintained, UTC: after the databases.
const MAINTENANCE_WINDOW: &str = "sun:06:30-sun:07:30";
/// Days that the nightly snapshots are kept.
const SNAPSHOT_DAYS: i64 = 7;
/// Nodes of a Memcached cluster: the loss of one must not send all reads to the database.
const LEAST_NODES: u64 = 2;

/// Chooses the cheapest class and number of shards that hold the data and answer the operations.
///
/// # Errors
/// When more nodes would be needed than a cluster has, or when there is no price in the region.
pub fn size(settings: &Settings, request: &Request) -> Result<(Cache, Vec<Reason>), Unplaceable> {
    let unplaceable = |problem: String| Unplaceable { component: "cache", problem };
    let prices = request.catalog.prices().map_err(|error| unplaceable(error.to_string()))?;
    let load = request.load;
    let engine = request.settings.cache_engine;
    if engine == CacheEngine::Memcached && settings.sessions {
        let problem = "cache_engine memcached: sessions live in this phase's cache, and Memcached has no copies and no failover, so the loss of \
                       a node would sign its users out; take valkey or redis until sessions have a table of their own (500k)";
        return Err(unplaceable(problem.to_owned()));
    }
    let needs = Needs::of(load, engine, settings.sessions);
    let (offering, _, replicas) = sizing::shape(engine);
    let Some(way) = needs.cheapest(request, prices, offering) else {
        let families = FAMILIES.join(", ");
        let region = &request.region.region;
        return Err(unplaceable(format!(
            "no class of {families} in {region} holds {} in {MOST_NODES} nodes at {} of their memory, answers {} in the stress case and takes {} \
             connections a node",
            needs.bytes,
            percent(load.assumptions.utilisation_target_cache_memory()),
            PerSecond::new(needs.stress),
            thousands(needs.connections)
        )));
    };
    let cache = Cache {
        engine,
        class: way.class.clone(),
        shards: way.shards(),
        replicas,
        sessions: settings.sessions,
        bytes: needs.bytes,
        at_full_tilt: sizing::at_full_tilt(way.class, request.assumptions),
        stress: needs.stress,
    };
    let mut reasons = reasons(settings, request, &way, &needs);
    reasons.extend(sizing::alternatives(request, prices, &needs, &way, engine));
    Ok((cache, reasons))
}

fn reasons(settings: &Settings, request: &Request, way: &Way, needs: &Needs) -> Vec<Reason> {
    let load = request.load;
    let name = &way.class.name;
    let what = if settings.sessions {
        format!("{} of hot data and {} of sessions", load.cache_bytes, load.session_bytes)
    } else {
        format!("{} of hot data", needs.bytes)
    };
    let target = percent(load.assumptions.utilisation_target_cache_memory());
    let memory = format!(
        "{what} fit in memory; a {name} has {} for data, filled to {target} at most, so {}",
        way.class.usable_memory().binary(),
        if way.for_memory == 1 { "one shard holds them".to_owned() } else { format!("{} shards hold them", way.for_memory) }
    );
    let full = sizing::at_full_tilt(way.class, request.assumptions);
    let operations = format!(
        "{} operations at peak; {} in the stress case, and a {name} answers {} for as long as one likes, {} of it at the normal peak, so {} needed",
        PerSecond::new(needs.peak),
        PerSecond::new(needs.stress),
        PerSecond::new(full),
        percent(MEASURED_UTILISATION),
        if way.for_operations == 1 { "one shard is".to_owned() } else { format!("{} shards are", way.for_operations) }
    );
    let availability = format!(
        "two zones, load alone would need {}; each shard has {REPLICAS} copy in another zone that takes over by itself",
        number(way.shards() as f64)
    );
    let availability = match request.settings.cache_engine {
        CacheEngine::Memcached => format!("{} nodes over the zones, without copies: a lost one takes its part of the keys along", way.shards()),
        _ => availability,
    };
    let memory = Reason::new(Driver::Memory, memory);
    let operations = Reason::new(Driver::Throughput, operations);
    let availability = Reason::new(Driver::Availability, availability);
    match way.for_operations > way.for_memory {
        true => vec![operations, memory, availability],
        false => vec![memory, availability, operations],
    }
}

impl Cache {
    fn group() -> Id<elasticache::ReplicationGroup> {
        Id::new("Cache")
    }

    fn secret() -> Id<sm::Secret> {
        Id::new("CacheCredentials")
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> u64 {
        self.shards * (1 + self.replicas)
    }
}

impl Component for Cache {
    fn name(&self) -> &'static str {
        "cache"
    }

    fn label(&self) -> &'static str {
        match self.engine {
            CacheEngine::Valkey => "Valkey cache",
            CacheEngine::Redis => "Redis cache",
            CacheEngine::Memcached => "Memcached cache",
        }
    }

    fn size(&self) -> Size {
        if self.engine == CacheEngine::Memcached {
            return Size { count: Some(self.nodes()), class: Some(self.class.name.clone()), note: "no copies; reads".to_owned() };
        }
        let shards = if self.shards == 1 { "1 shard".to_owned() } else { format!("{} shards", self.shards) };
        let note = format!("{shards} with a copy each{}", if self.sessions { "; reads and sessions" } else { "; reads" });
        Size { count: Some(self.nodes()), class: Some(self.class.name.clone()), note }
    }

    fn offers(&self, _site: &Site) -> Offers {
        if self.engine == CacheEngine::Memcached {
            let host = memcached::cluster().configuration_endpoint_address();
            let port = Val::from(memcached::PORT.to_string());
            return Offers { variables: vec![Variable::new("CACHE_HOST", host), Variable::new("CACHE_PORT", port)], ..Offers::default() };
        }
        let group = Self::group();
        Offers {
            variables: vec![
                Variable::new("CACHE_HOST", group.configuration_end_point_address()),
                Variable::new("CACHE_PORT", Val::from(PORT.to_string())),
            ],
            secrets: vec![SecretVariable {
                name: "CACHE_SECRET_ARN".into(),
                arn: Self::secret().reference(),
                key: Some(recipe::data_key().arn()),
                database: None,
            }],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = &offers.network else { return };
        match self.engine {
            CacheEngine::Memcached => memcached::resources(self, site, network, offers, layers),
            CacheEngine::Valkey | CacheEngine::Redis => build::resources(self, site, network, offers, layers),
        }
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        match self.engine {
            CacheEngine::Memcached => memcached::metrics(self),
            CacheEngine::Valkey | CacheEngine::Redis => watch::metrics(self),
        }
    }
    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        bill::line_items(self, site, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        bill::ceilings(self, site)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        bill::reliances(self)
    }

    fn recoveries(&self, _site: &Site) -> Vec<Recovery> {
        bill::recoveries(self)
    }
}
