//! Class or Serverless, and how many readers: whichever carries the load for less money.

use std::cmp::Reverse;

use serde::Deserialize;

use super::{domain, sizing};
use crate::block::{Driver, Reason, Request, Site};
use crate::catalog::sizing::{Needs, count_for, unmet};
use crate::catalog::{Class, Offering, Prices, Service};
use crate::units::{Bytes, Usd, decimal, number, thousands, whole};

/// Memory-optimised Graviton only: AWS advises against burstable classes for Aurora in production, and a global database does not take them
/// (Aurora user guide, "DB instance classes" and "Getting started with Aurora global databases").
const FAMILIES: &[&str] = &["db.r7g", "db.r8g"];
/// Readers of one cluster (Aurora user guide, "Quotas").
const MOST_READERS: u64 = 15;
/// Memory of one ACU (Aurora user guide, "Serverless v2").
const ACU_MEMORY: u64 = 2 * Bytes::GIB;
/// vCPUs of one ACU: what a memory-optimised class has for the same memory, 1 for 8 GiB [estimate].
const ACU_VCPU: f64 = 0.25;
/// The most ACUs of an instance (SDK reference).
const MOST_ACU: f64 = 256.0;
/// The least that keeps query statistics from taking the capacity of the queries (Aurora user guide, "Choosing the minimum capacity").
const LEAST_ACU: f64 = 2.0;
/// A ceiling that costs nothing until it is used, ACUs.
const LEAST_CEILING: f64 = 8.0;
/// The share of requests that scaling readers must reach beyond the peak, when the stress case asks for no more.
const READER_ROOM: u64 = 2;

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
        /// The most, in ACUs: carries the stress case.
        most: f64,
        /// What is used on average of the day, in ACUs; what is billed.
        mean: f64,
    },
}

/// The sized clusters, all alike.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The databases by name, each a cluster: domains, and further shards of one of them; the first is empty and keeps the cluster of the phases before.
    pub databases: Vec<String>,
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
}

/// One way to build a cluster.
struct Way {
    chosen: Chosen,
    readers: u64,
    /// For an hour at the mean load of the day, of one cluster.
    hourly: Usd,
    max_connections: u64,
}

/// What a cluster must carry: its domain's part of the load.
struct Part {
    writer: Needs,
    reads_vcpu: f64,
    /// The stress case against the peak, at least 1.
    stress: f64,
    peak_factor: f64,
    least_readers: u64,
}

/// The part of `max_connections` above which connections are pooled.
pub const POOLED_ABOVE: f64 = 0.6;

/// Chooses capacity and readers; reasons begin with the binding one.
///
/// # Errors
/// When no class and no Serverless capacity carries the writes, or when there are no prices.
pub fn choose(shape: &Shape, request: &Request) -> Result<(Choice, Vec<Reason>), String> {
    let prices = request.catalog.prices().map_err(|error| error.to_string())?;
    let domains = domain::domains(shape, request.settings);
    let connections = sizing::connections(request.load).div_ceil(domains.len() as u64);
    let mut part = part(request, domains.len() as f64, connections);
    if shape.pooled {
        part.writer.connections = 0;
    }
    let strained = strained(request, prices, &mut part, connections);
    let provisioned = provisioned(request, prices, &part);
    // Serverless needs at least 8 ACU in a global database, which is dearer than a class of the same memory.
    let serverless = if shape.global { None } else { serverless(request, prices, &part) };
    let take_serverless = match (shape.capacity, &provisioned, &serverless) {
        (_, _, None) => false,
        (Capacity::Serverless, ..) | (_, None, Some(_)) => true,
        (Capacity::Provisioned, ..) => false,
        (Capacity::Cheapest, Some(fixed), Some(scaling)) => scaling.hourly < fixed.hourly,
    };
    let compared = compared(shape, prices, &part, provisioned.as_ref(), serverless.as_ref());
    let way = if take_serverless { serverless } else { provisioned };
    let Some(way) = way else {
        let (families, region) = (FAMILIES.join(", "), &request.region.region);
        return Err(format!(
            "no class of {families} with a price in {region} has {} for the writer: divide the writes among more services' domains, or by key",
            part.writer
        ));
    };
    let readers_most = whole(way.readers as f64 * part.stress).max(way.readers * READER_ROOM).min(MOST_READERS);
    let mut reasons = Vec::new();
    match &way.chosen {
        Chosen::Provisioned(class) => {
            let binding = sizing::binding(request.catalog, prices, &request.region.region, Offering::Aurora, FAMILIES, &part.writer);
            reasons.push(Reason::new(binding, writer_sentence(binding, request, &part, class, connections, domains.len())));
            reasons.extend(compared);
        }
        Chosen::Serverless { .. } => reasons.extend(compared),
    }
    reasons.push(readers_reason(request, &way, &part));
    let pooled = shape.pooled && (shape.functions || connections as f64 > way.max_connections as f64 * POOLED_ABOVE);
    reasons.push(Reason::new(
        Driver::Connections,
        format!(
            "{} connections to a cluster when scaled out; an instance allows {}{}",
            thousands(connections),
            thousands(way.max_connections),
            if pooled { ", so they are pooled" } else { "" }
        ),
    ));
    reasons.extend(strained);
    if shape.federated {
        let text = format!(
            "one cluster for each of {} domains; one writer alone would take {}, each of them {}",
            domains.len(),
            request.load.database_writes,
            request.load.database_writes.scaled(1.0 / domains.len() as f64)
        );
        reasons.push(Reason::new(Driver::Phase, text));
    }
    let (by_writes, by_memory) = shards(request, domains.len());
    let by_load = by_writes.max(by_memory);
    let sharded = shape.shards.map(|least| (domain::heavy(shape, request.settings), least.max(by_load)));
    if let Some((heavy, count)) = &sharded {
        reasons.push(shards_reason(request, heavy, *count, domains.len()));
    }
    if shape.global {
        let text = "further regions hold a copy as large, to take over; it lags about a second";
        reasons.push(Reason::new(Driver::Phase, text));
    }
    let further = sharded.iter().flat_map(|(heavy, count)| domain::shards(heavy, *count).skip(1));
    let choice = Choice {
        databases: domains.into_iter().chain(further).collect(),
        sharded: sharded.clone(),
        readers: way.readers,
        readers_most,
        connections,
        max_connections: way.max_connections,
        pooled,
        chosen: way.chosen,
        global: shape.global,
    };
    Ok((choice, reasons))
}

/// The writer that a shard should get along with. Larger classes exist, but their caches take hours to warm again after a failover, and whoever is at
/// the largest has nowhere to go while the data is divided.
const SHARD_CLASS: &str = "db.r8g.8xlarge";

/// How many shards a domain takes: by its writes, and by the data that it touches in a day.
fn shards(request: &Request, domains: usize) -> (u64, u64) {
    let Ok(class) = request.catalog.class(SHARD_CLASS) else { return (1, 1) };
    let load = request.load;
    let share = 1.0 / domains as f64;
    let vcpus = load.database_vcpus_for(load.database_writes.scaled(share));
    let memory = sizing::memory(load.working_set_bytes.scaled(share));
    (count_for(vcpus, class.sustained_vcpu(), 1.0).max(1), count_for(memory.as_f64(), class.memory.as_f64(), 1.0).max(1))
}

fn shards_reason(request: &Request, heavy: &str, count: u64, domains: usize) -> Reason {
    let (by_writes, by_memory) = shards(request, domains);
    let load = request.load;
    let share = 1.0 / domains as f64;
    let (writes, touched) = (load.database_writes.scaled(share), load.working_set_bytes.scaled(share));
    let tail = match by_writes.max(by_memory) < count {
        true => format!("; the phase begins with {count}, because the first division is the long one"),
        false => String::new(),
    };
    let text = format!(
        "{} is divided by key over {count} clusters: {writes} of writes want {by_writes} writers of {SHARD_CLASS}, {touched} touched in a day \
         want {by_memory}{tail}",
        domain::title(heavy, request.settings)
    );
    Reason::new(if tail.is_empty() { Driver::Throughput } else { Driver::Phase }, text)
}

/// The domains are taken to share the load evenly: nothing is known of their proportions.
fn part(request: &Request, domains: f64, connections: u64) -> Part {
    let load = request.load;
    let writer = sizing::needs(load, load.database_writes.scaled(1.0 / domains), load.working_set_bytes.scaled(1.0 / domains), connections);
    let peak = load.requests_peak.get();
    let stress = if peak > 0.0 { (load.requests_ceiling().get() / peak).max(1.0) } else { 1.0 };
    Part {
        writer,
        reads_vcpu: load.database_vcpus_for(load.database_reads_after_cache().scaled(1.0 / domains)),
        stress,
        peak_factor: load.assumptions.peak_factor(),
        // One reader in every other zone: each can become the writer.
        least_readers: (request.zones as u64).max(2) - 1,
    }
}

/// Memory and connections bend where processors do not: a working set may be read from the volume, connections may be pooled. What the largest
/// class does not have is therefore said and not refused.
fn strained(request: &Request, prices: &Prices, part: &mut Part, connections: u64) -> Vec<Reason> {
    let offered = request.catalog.offered(prices, Offering::Aurora, &request.region.region);
    let offered = || offered.iter().filter(|class| FAMILIES.contains(&class.family.as_str()));
    let mut reasons = Vec::new();
    let memory = offered().map(|class| class.memory).max().unwrap_or(part.writer.memory);
    if part.writer.memory > memory {
        let text = format!(
            "{} would keep the day's data in memory; the largest class has {}, the rest is read from the volume until the data is divided further",
            part.writer.memory.binary(),
            memory.binary()
        );
        reasons.push(Reason::new(Driver::Memory, text));
        part.writer.memory = memory;
    }
    let most = offered().map(|class| class.max_connections()).max().unwrap_or(part.writer.connections);
    if part.writer.connections > most {
        let text = format!(
            "{} connections are more than the {} that an instance should take; pool them in front of it",
            thousands(connections),
            thousands(most)
        );
        reasons.push(Reason::new(Driver::Connections, text));
        part.writer.connections = most;
    }
    reasons
}

fn provisioned(request: &Request, prices: &Prices, part: &Part) -> Option<Way> {
    let classes = request.catalog.classes_of(Service::Rds).filter(|class| FAMILIES.contains(&class.family.as_str()));
    let ways = classes.filter(|class| unmet(class, &part.writer).is_none()).filter_map(|class| {
        let price = prices.price(&Offering::Aurora.key(class), &request.region.region).ok()?;
        let readers = count_for(part.reads_vcpu, class.sustained_vcpu(), 1.0).max(part.least_readers);
        let way = Way {
            hourly: price.usd.times(1 + readers),
            readers,
            max_connections: class.max_connections(),
            chosen: Chosen::Provisioned(class.clone()),
        };
        (readers <= MOST_READERS).then_some((way, class.memory))
    });
    ways.min_by_key(|(way, memory)| (way.hourly, Reverse(*memory))).map(|(way, _)| way)
}

/// Serverless never shrinks below the working set, so that its buffers stay warm; it is billed for what the mean load of the day takes.
fn serverless(request: &Request, prices: &Prices, part: &Part) -> Option<Way> {
    let price = prices.price("aurora.serverless_v2.acu", &request.region.region).ok()?;
    let readers = part.least_readers;
    let vcpu = part.writer.vcpu.max(part.reads_vcpu / readers as f64);
    let least = halves(part.writer.memory.as_f64() / ACU_MEMORY as f64).max(LEAST_ACU);
    let mean = halves(vcpu / part.peak_factor / ACU_VCPU).max(least);
    let peak = halves(vcpu / ACU_VCPU).max(least);
    let most = halves(peak * part.stress).max(2.0 * peak).max(LEAST_CEILING).max(acu_for_connections(part.writer.connections));
    let max_connections = connections_of(most.min(MOST_ACU));
    (peak <= MOST_ACU && max_connections >= part.writer.connections).then(|| Way {
        chosen: Chosen::Serverless { least: least.min(MOST_ACU), most: most.min(MOST_ACU), mean },
        readers,
        hourly: price.usd.times(decimal(mean)).times(1 + readers),
        max_connections,
    })
}

/// Rounded up to half an ACU, the step that Aurora has.
fn halves(acu: f64) -> f64 {
    (acu * 2.0).ceil() / 2.0
}

/// Bytes of memory for one connection in PostgreSQL's default, and its cap (Aurora user guide, docs 2023-06).
const BYTES_PER_CONNECTION: f64 = 9_531_392.0;
const MOST_CONNECTIONS: f64 = 5_000.0;

/// `max_connections` is set by the most capacity, whatever is in use.
fn connections_of(most: f64) -> u64 {
    (most * ACU_MEMORY as f64 / BYTES_PER_CONNECTION).min(MOST_CONNECTIONS) as u64
}

fn acu_for_connections(connections: u64) -> f64 {
    halves((connections + 1) as f64 * BYTES_PER_CONNECTION / ACU_MEMORY as f64)
}

/// Both bills, with the loads that they rest on; none where there is nothing to compare.
fn compared(shape: &Shape, prices: &Prices, part: &Part, fixed: Option<&Way>, scaling: Option<&Way>) -> Option<Reason> {
    let (Some(fixed), Some(scaling)) = (fixed, scaling) else {
        let text = "a global database wants memory-optimised classes; Serverless would need 8 ACU in each instance there";
        return shape.global.then(|| Reason::new(Driver::Phase, text));
    };
    let (Chosen::Provisioned(class), Chosen::Serverless { mean, most, .. }) = (&fixed.chosen, &scaling.chosen) else { return None };
    let month = |way: &Way| way.hourly.times(prices.hours_per_month);
    let (less, more) = (month(scaling), month(fixed));
    let verdict = if less < more { format!("is cheaper by {}", more - less) } else { format!("would cost {} more", less - more) };
    let text = format!(
        "Serverless v2 {verdict} a month; {less} for {} instances at a mean of {mean} ACU (up to {most} at peaks), {more} for {} × {}; \
         the mean is the peak ÷ {}",
        1 + scaling.readers,
        1 + fixed.readers,
        class.name,
        number(part.peak_factor)
    );
    Some(Reason::new(Driver::Cost, text))
}

fn writer_sentence(binding: Driver, request: &Request, part: &Part, class: &Class, connections: u64, domains: usize) -> String {
    let sentence = sizing::sentence(binding, request.load, &part.writer, &class.name, connections);
    if domains == 1 { sentence } else { format!("{sentence}; each domain is taken to have 1/{domains} of the load") }
}

fn readers_reason(request: &Request, way: &Way, part: &Part) -> Reason {
    let alone = match &way.chosen {
        Chosen::Provisioned(class) => count_for(part.reads_vcpu, class.sustained_vcpu(), 1.0),
        Chosen::Serverless { .. } => 1,
    };
    let reads = request.load.database_reads_after_cache();
    if way.readers > part.least_readers {
        return Reason::new(Driver::Throughput, format!("{reads} of reads behind the cache need {} readers", way.readers));
    }
    let text = format!(
        "{} zones get a writer and {} where reads alone would need {alone}; those are {reads} behind the cache",
        request.zones,
        if way.readers == 1 { "1 reader".to_owned() } else { format!("{} readers", way.readers) }
    );
    Reason::new(Driver::Availability, text)
}
