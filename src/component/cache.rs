//! The cache: Valkey, or Redis by choice, in cluster mode from the start, so that shards can be added in place; hot reads, and sessions while they live here.
//! Memcached by choice where it holds hot reads alone.

mod build;
mod memcached;
mod watch;

use std::cmp::Reverse;

use cfn::{Id, Val};
use serde::Deserialize;

use cfn::resource::{elasticache, secretsmanager as sm};

use crate::catalog::sizing::count_for;
use crate::catalog::{Class, Offering, Service};
use crate::component::{Component, Driver, Layers, Metric, Offers, Reason, Request, SecretVariable, Site, Size, Unplaceable, Variable};
use crate::recipe;
use crate::settings::CacheEngine;
use crate::units::{Bytes, Usd, number, percent};

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
/// Nodes of a Memcached cluster: the loss of one must not send all reads to the database.
const LEAST_NODES: u64 = 2;

/// One way to build the cache.
struct Way<'a> {
    class: &'a Class,
    for_memory: u64,
    for_operations: u64,
    hourly: Usd,
}

impl Way<'_> {
    fn shards(&self) -> u64 {
        self.for_memory.max(self.for_operations)
    }
}

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
    let (offering, least, replicas) = match engine {
        CacheEngine::Valkey => (Offering::CacheValkey, 1, REPLICAS),
        CacheEngine::Redis => (Offering::CacheRedis, 1, REPLICAS),
        CacheEngine::Memcached => (Offering::CacheRedis, LEAST_NODES, 0),
    };
    let kept = if settings.sessions { load.session_bytes } else { Bytes::ZERO };
    let bytes = load.cache_bytes + kept;
    let target = load.assumptions.utilisation_target_cache_memory();
    let per_vcpu = load.assumptions.cache_operations_per_vcpu();
    let ways = request.catalog.classes_of(Service::ElastiCache).filter(|class| FAMILIES.contains(&class.family.as_str()));
    let ways = ways.filter_map(|class| {
        let price = prices.price(&offering.key(class), &request.region.region).ok()?;
        let for_memory = count_for(bytes.as_f64(), class.usable_memory().as_f64(), target).max(least);
        let for_operations = count_for(load.cache_operations.get(), class.sustained_vcpu() * per_vcpu, 1.0).max(least);
        let way = Way { class, for_memory, for_operations, hourly: price.usd };
        let nodes = way.shards().saturating_mul(1 + replicas);
        // Several burstable shards would be cheap in memory and short of network and CPU credits.
        let fits = nodes <= MOST_NODES && (way.shards() == least || !class.is_burstable());
        fits.then_some(Way { hourly: price.usd.times(nodes), ..way })
    });
    let Some(way) = ways.min_by_key(|way| (way.hourly, way.shards(), Reverse(way.class.memory))) else {
        let families = FAMILIES.join(", ");
        let region = &request.region.region;
        return Err(unplaceable(format!(
            "no class of {families} in {region} holds {bytes} in {MOST_NODES} nodes at {} of their memory",
            percent(target)
        )));
    };
    let cache = Cache { engine, class: way.class.clone(), shards: way.shards(), replicas, sessions: settings.sessions, bytes };
    Ok((cache, reasons(settings, request, &way, bytes)))
}

fn reasons(settings: &Settings, request: &Request, way: &Way, bytes: Bytes) -> Vec<Reason> {
    let load = request.load;
    let name = &way.class.name;
    let what = if settings.sessions {
        format!("{} of hot data and {} of sessions", load.cache_bytes, load.session_bytes)
    } else {
        format!("{bytes} of hot data")
    };
    let target = percent(load.assumptions.utilisation_target_cache_memory());
    let memory = format!(
        "{what} fit in memory; a {name} has {} for data, filled to {target} at most, so {}",
        way.class.usable_memory().binary(),
        if way.for_memory == 1 { "one shard holds them".to_owned() } else { format!("{} shards hold them", way.for_memory) }
    );
    let operations = format!(
        "{} operations at peak; a {name} answers {} for as long as one likes, so {} needed",
        load.cache_operations,
        crate::units::PerSecond::new(way.class.sustained_vcpu() * load.assumptions.cache_operations_per_vcpu()),
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
}
