//! Class or Serverless, and how many readers: whichever carries the load for less money.

mod way;
mod words;

#[cfg(test)]
mod tests;

use serde::Deserialize;

pub use self::way::memory_of;
use self::way::{MOST_ACU, Part};
use super::sizing::Connections;
use super::{domain, sizing};
use crate::block::{Driver, Reason, Request, Site};
use crate::catalog::sizing::{Market, count_for};
use crate::catalog::{Class, Offering, Prices};
use crate::units::{Bytes, PerSecond, Region, Usd, number, thousands};
use crate::workload::Load;

/// Memory-optimised Graviton only: AWS advises against burstable classes for Aurora in production, and a global database does not take them
/// (Aurora user guide, "DB instance classes" and "Getting started with Aurora global databases").
const FAMILIES: &[&str] = &["db.r7g", "db.r8g"];
/// Memory of one ACU (Aurora user guide, "Serverless v2").
const ACU_MEMORY: u64 = 2 * Bytes::GIB;
/// vCPUs of one ACU: what a memory-optimised class has for the same memory, 1 for 8 GiB [estimate].
pub const ACU_VCPU: f64 = 0.25;
/// GiB that a cluster's volume holds: 256 TiB from PostgreSQL 17.5 on (`aurora.volume_tib` in `data/quotas.yaml`).
pub const MOST_VOLUME: u64 = 256 * 1_024;
/// vCPUs of an instance and ACUs of one that a proxy is billed for at least (RDS Proxy pricing; 8 ACU also serverworks.co.jp, 2024-06).
const LEAST_PROXIED_VCPU: u32 = 2;
/// See [`LEAST_PROXIED_VCPU`].
const LEAST_PROXIED_ACU: f64 = 8.0;

/// What a phase file says of its clusters; the entries for the clusters, their proxies and the map of their shards say the same.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// How instances are bought.
    pub capacity: Capacity,
    /// Whether every business domain has a cluster of its own.
    pub federated: bool,
    /// Whether further regions hold copies.
    pub global: bool,
    /// Whether a proxy may pool connections, so that no class is taken for its connections alone.
    #[serde(default)]
    pub pooled: bool,
    /// Whether functions connect beside the servers: each run opens a connection of its own, and there is no pool that they share.
    #[serde(default)]
    pub functions: bool,
    /// The least number of clusters that the domain with most writes is divided over; none: it is not divided.
    #[serde(default)]
    pub shards: Option<u64>,
    /// Whether no cache takes reads off the readers.
    #[serde(default)]
    pub uncached: bool,
}

/// How instances are bought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// Whichever is cheaper under the load.
    #[default]
    Cheapest,
    /// By class.
    Provisioned,
    /// Serverless v2, by the capacity used.
    Serverless,
}

/// What an instance of a cluster is.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// A class with fixed processors and memory.
    Provisioned(Class),
    /// Serverless v2: capacity that follows the load, in ACUs of 2 GiB each.
    Serverless {
        /// The least, in ACUs: holds the working set.
        least: f64,
        /// What the busier of writer and readers takes at the normal peak, in ACUs.
        peak: f64,
        /// The most, in ACUs: carries the stress case.
        most: f64,
    },
}

/// The sized clusters, all alike.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The databases by name, each a cluster: domains, and further shards of one of them; the first is empty and keeps the cluster of the phases before.
    pub databases: Vec<String>,
    /// Among how many domains the load is divided.
    pub domains: u64,
    /// The domain that is divided by key, and over how many clusters.
    pub sharded: Option<(String, u64)>,
    /// What each instance is.
    pub chosen: Chosen,
    /// Readers of each cluster beside the writer.
    pub readers: u64,
    /// Readers that scaling may reach, at most 15.
    pub readers_most: u64,
    /// Connections that the app opens to a cluster when it is scaled out.
    pub connections: u64,
    /// `max_connections` of an instance.
    pub max_connections: u64,
    /// Whether connections are pooled in front of each cluster.
    pub pooled: bool,
    /// Whether a cache takes reads off the readers.
    pub cached: bool,
    /// Whether what is touched in a day is more than any instance holds, so that a part of it is read from the volume.
    pub strained: bool,
    /// Whether further regions hold copies.
    pub global: bool,
}

impl Choice {
    /// What the class is called.
    pub fn class_name(&self) -> &str {
        match &self.chosen {
            Chosen::Provisioned(class) => &class.name,
            Chosen::Serverless { .. } => "db.serverless",
        }
    }

    /// Whether this region holds a copy that only the leading region's writer changes.
    pub fn copies(&self, site: &Site) -> bool {
        self.global && !site.leads()
    }

    /// Writes to one cluster.
    pub fn writes(&self, load: &Load) -> PerSecond {
        load.database_writes.scaled(1.0 / self.domains as f64)
    }

    /// Reads of one cluster, in all regions together.
    pub fn reads(&self, load: &Load) -> PerSecond {
        self.all_reads(load).scaled(1.0 / self.domains as f64)
    }

    /// Reads of all clusters, in all regions together.
    pub fn all_reads(&self, load: &Load) -> PerSecond {
        reads(load, self.cached)
    }

    /// One cluster's part of the data.
    pub fn share(&self, bytes: Bytes) -> Bytes {
        bytes.scaled(1.0 / self.domains as f64)
    }

    /// ACUs that writer and readers of one Serverless cluster take together on average of a day; nothing for classes.
    pub fn mean_acu(&self, load: &Load) -> f64 {
        let Chosen::Serverless { least, most, .. } = self.chosen else { return 0.0 };
        let pace = way::pace(load, self.domains, self.cached, self.readers);
        way::mean(load, pace.writer, least, most) + self.readers as f64 * way::mean(load, pace.reader, least, most)
    }

    /// What one cluster's proxy is billed for: vCPUs, or of Serverless the ACUs that stand and those that come with the load.
    pub fn proxied(&self, load: &Load) -> (f64, f64) {
        let instances = (1 + self.readers) as f64;
        match &self.chosen {
            Chosen::Provisioned(class) => (instances * f64::from(class.vcpu.max(LEAST_PROXIED_VCPU)), 0.0),
            Chosen::Serverless { least, .. } => {
                let standing = instances * least.max(LEAST_PROXIED_ACU);
                (standing, (self.mean_acu(load) - standing).max(0.0))
            }
        }
    }

    /// The line of the price list that a proxy is billed by.
    pub fn proxy_key(&self) -> &'static str {
        match &self.chosen {
            Chosen::Provisioned(_) => "rds.proxy",
            Chosen::Serverless { .. } => "rds.proxy.acu",
        }
    }
}

/// Reads that reach the databases.
fn reads(load: &Load, cached: bool) -> PerSecond {
    if cached { load.database_reads_after_cache() } else { load.database_reads }
}

/// A price as the bill counts it: one that the list has for one region only stands in elsewhere.
pub fn hourly(prices: &Prices, key: &str, region: &Region) -> Option<Usd> {
    prices.price(key, region).or_else(|_| prices.price_at(key, crate::block::HOME)).ok().map(|price| price.usd)
}

/// The part of `max_connections` above which connections are pooled.
pub const POOLED_ABOVE: f64 = 0.6;

/// Chooses capacity and readers; reasons begin with the binding one.
///
/// # Errors
/// When no class and no Serverless capacity carries the writes, when the app opens more connections than an instance allows and nothing pools them,
/// when a volume does not hold the data, or when there are no prices.
pub fn choose(shape: &Shape, request: &Request) -> Result<(Choice, Vec<Reason>), String> {
    let prices = request.catalog.prices().map_err(|error| error.to_string())?;
    let (load, region) = (request.load, &request.region.region);
    let stress = load.stressed();
    let domains = domain::domains(shape, request.settings);
    let count = domains.len() as u64;
    let market = Market::new(request.catalog, prices, region, &[Offering::Aurora], FAMILIES);
    let mut part = Part::of(shape, request, &stress, count);
    fits(shape, &market, load, &part, count)?;
    let mut reasons = Vec::new();
    let strain = strained(&market, &mut part);
    let provisioned = way::provisioned(&market, prices, region, &part);
    // Serverless needs at least 8 ACU in a global database, which is dearer than a class of the same memory.
    let serverless = if shape.global { None } else { way::serverless(prices, region, &part) };
    let take_serverless = match (shape.capacity, &provisioned, &serverless) {
        (_, _, None) => false,
        (Capacity::Serverless, ..) | (_, None, Some(_)) => true,
        (Capacity::Provisioned, ..) => false,
        (Capacity::Cheapest, Some(fixed), Some(scaling)) => scaling.hourly < fixed.hourly,
    };
    let (way, other) = if take_serverless { (serverless, provisioned) } else { (provisioned, serverless) };
    let Some(way) = way else {
        let families = FAMILIES.join(", ");
        return Err(format!(
            "no class of {families} with a price in {region} has {} for the writer: divide the writes among more services' domains, or by key",
            part.writer
        ));
    };
    let words = words::Words { shape, request, prices, market: &market, part: &part, domains: count };
    reasons.push(words.chosen(&way, other.as_ref()));
    reasons.push(words.readers(&way));
    reasons.push(words.connections(&way));
    reasons.extend(words.alternatives(&way, other.as_ref()));
    let is_strained = strain.is_some();
    reasons.extend(strain);
    if shape.federated {
        let text = format!(
            "one cluster for each of {count} domains; one writer alone would take {}, each of them {}",
            load.database_writes,
            load.database_writes.scaled(1.0 / count as f64)
        );
        reasons.push(Reason::new(Driver::Phase, text));
    }
    let (by_writes, by_memory) = shards(request, &stress, count);
    let sharded = shape.shards.map(|least| (domain::heavy(shape, request.settings), least.max(by_writes).max(by_memory)));
    if let Some((heavy, shards)) = &sharded {
        reasons.push(words.shards(heavy, *shards, (by_writes, by_memory)));
    }
    if shape.global {
        let text = "further regions hold a copy as large, to take over; it lags about a second";
        reasons.push(Reason::new(Driver::Phase, text));
    }
    let further = sharded.iter().flat_map(|(heavy, count)| domain::shards(heavy, *count).skip(1));
    let choice = Choice {
        databases: domains.into_iter().chain(further).collect(),
        domains: count,
        sharded: sharded.clone(),
        readers: way.readers,
        readers_most: way.readers_most,
        connections: part.connections.most,
        max_connections: way.max_connections,
        pooled: way.pooled,
        chosen: way.chosen,
        cached: !shape.uncached,
        strained: is_strained,
        global: shape.global,
    };
    Ok((choice, reasons))
}

/// What no class can give: more connections than PostgreSQL's default allows on any, when nothing pools them, and more data than a volume holds.
fn fits(shape: &Shape, market: &Market, load: &Load, part: &Part, domains: u64) -> Result<(), String> {
    let stored = load.stored_bytes.scaled(1.0 / domains as f64);
    if stored > Bytes::gib(MOST_VOLUME) {
        return Err(format!(
            "{stored} in one cluster are more than the {} of its volume: divide the data among more domains",
            Bytes::gib(MOST_VOLUME).binary()
        ));
    }
    let most = market.offered().map(|(class, _)| class.max_connections()).max().unwrap_or_else(|| way::connections_of(MOST_ACU));
    if !shape.pooled && part.writer.connections > most {
        return Err(format!(
            "the app opens {} connections at peak and {} when scaled out, which wants max_connections of {}, and no class allows more than {}: pool \
             them, as later phases do",
            thousands(part.connections.peak),
            thousands(part.connections.most),
            thousands(part.writer.connections),
            thousands(most)
        ));
    }
    Ok(())
}

/// Memory bends where processors do not: a working set may be read from the volume. What the largest class does not have is therefore said and not
/// refused.
fn strained(market: &Market, part: &mut Part) -> Option<Reason> {
    let memory = market.offered().map(|(class, _)| class.memory).max()?;
    let wanted = part.writer.memory;
    part.writer.memory = wanted.min(memory);
    (wanted > memory).then(|| {
        let text = format!(
            "{} would keep the day's data in memory; the largest class has {}, the rest is read from the volume until the data is divided further",
            wanted.binary(),
            memory.binary()
        );
        Reason::new(Driver::Memory, text)
    })
}

/// The writer that a shard should get along with. Larger classes exist, but their caches take hours to warm again after a failover, and whoever is at
/// the largest has nowhere to go while the data is divided.
const SHARD_CLASS: &str = "db.r8g.8xlarge";

/// How many shards a domain takes: by its writes, and by the data that it touches in a day.
fn shards(request: &Request, stress: &Load, domains: u64) -> (u64, u64) {
    let Ok(class) = request.catalog.class(SHARD_CLASS) else { return (1, 1) };
    let share = 1.0 / domains as f64;
    let vcpus = sizing::vcpus(request.load, stress, |load| load.database_writes.scaled(share));
    let memory = sizing::memory(request.load.working_set_bytes.scaled(share));
    (count_for(vcpus, class.sustained_vcpu(), 1.0).max(1), count_for(memory.as_f64(), class.memory.as_f64(), 1.0).max(1))
}
