//! Which class, and how many shards of it: the cheapest nodes that hold the data at their target and answer the stress case at full tilt.

use std::cmp::Reverse;

use rust_decimal::prelude::ToPrimitive;

use super::{FAMILIES, LEAST_NODES, MOST_NODES, REPLICAS, memcached, watch};
use crate::block::HOME;
use crate::catalog::sizing::count_for;
use crate::catalog::{Class, Offering, Prices, Service};
use crate::component::{Driver, Reason, Request};
use crate::settings::CacheEngine;
use crate::units::{Bytes, PerSecond, SECONDS_PER_MONTH, Usd, decimal, number, percent, thousands, whole};
use crate::workload::{Assumptions, Load, MEASURED_UTILISATION};

/// Bytes a second that a gigabit is.
const BYTES_PER_GIGABIT: f64 = 1.25e8;

/// Operations: every read looks here first, and sessions that live here are read and touched by each request.
pub fn operations(load: &Load, sessions: bool) -> PerSecond {
    if sessions { load.cache_operations } else { load.database_reads }
}

/// What is held: hot data, and sessions that live here.
pub fn held(load: &Load, sessions: bool) -> Bytes {
    if sessions { load.cache_bytes + load.session_bytes } else { load.cache_bytes }
}

/// Connections that a node takes (`maxclients`; `elasticache.max_clients` of the quotas).
pub fn most_connections(class: &Class) -> u64 {
    if class.size == "micro" { 20_000 } else { 65_000 }
}

/// Operations a second that one node answers for as long as one likes at full tilt: what its processors and its network sustain.
pub fn at_full_tilt(class: &Class, assumptions: &Assumptions) -> f64 {
    let processors = class.sustained_vcpu() * assumptions.cache_operations_per_vcpu() / MEASURED_UTILISATION;
    processors.min(class.network_gbps_baseline * BYTES_PER_GIGABIT / assumptions.query_bytes())
}

/// How the engine is bought, the fewest shards, and the copies of each.
pub fn shape(engine: CacheEngine) -> (Offering, u64, u64) {
    match engine {
        CacheEngine::Valkey => (Offering::CacheValkey, 1, REPLICAS),
        CacheEngine::Redis => (Offering::CacheRedis, 1, REPLICAS),
        CacheEngine::Memcached => (Offering::CacheRedis, LEAST_NODES, 0),
    }
}

/// What the cache must carry.
pub struct Needs {
    /// What it holds.
    pub bytes: Bytes,
    /// Operations a second at the normal peak.
    pub peak: f64,
    /// The same in the stress case.
    pub stress: f64,
    /// Connections in the stress case: each of the app's leads to every node.
    pub connections: u64,
    least: u64,
    replicas: u64,
    alarms: u64,
}

/// One way to build the cache.
pub struct Way<'a> {
    /// The class of every node.
    pub class: &'a Class,
    /// Shards that hold the data.
    pub for_memory: u64,
    /// Shards that answer the operations.
    pub for_operations: u64,
    /// An hour of all nodes.
    pub hourly: Usd,
    /// A month of all nodes, with their alarms: what is least.
    pub month: Usd,
}

impl Way<'_> {
    /// How many shards there are.
    pub fn shards(&self) -> u64 {
        self.for_memory.max(self.for_operations)
    }
}

impl Needs {
    /// The needs under a load.
    pub fn of(load: &Load, engine: CacheEngine, sessions: bool) -> Needs {
        let (_, least, replicas) = shape(engine);
        let stressed = load.stressed();
        Needs {
            bytes: held(load, sessions),
            peak: operations(load, sessions).get(),
            stress: operations(&stressed, sessions).get(),
            connections: stressed.connections,
            least,
            replicas,
            alarms: if engine == CacheEngine::Memcached { memcached::ALARMS } else { watch::ALARMS },
        }
    }

    /// How many shards of a class are needed, for memory and for operations.
    pub fn shards(&self, class: &Class, assumptions: &Assumptions) -> (u64, u64) {
        let target = assumptions.utilisation_target_cache_memory();
        let full = at_full_tilt(class, assumptions);
        let for_memory = count_for(self.bytes.as_f64(), class.usable_memory().as_f64(), target).max(self.least);
        let for_operations = count_for(self.peak, full, MEASURED_UTILISATION).max(count_for(self.stress, full, 1.0)).max(self.least);
        (for_memory, for_operations)
    }

    /// The cheapest way, by what is billed for all of its nodes and their alarms.
    pub fn cheapest<'a>(&self, request: &Request<'a>, prices: &Prices, offering: Offering) -> Option<Way<'a>> {
        let classes = request.catalog.classes_of(Service::ElastiCache).filter(|class| FAMILIES.contains(&class.family.as_str()));
        let region = &request.region.region;
        let alarm = prices.price("cloudwatch.alarm", region).or_else(|_| prices.price_at("cloudwatch.alarm", HOME)).map(|price| price.usd);
        let alarms = alarm.unwrap_or_default().times(self.alarms);
        let ways = classes.filter(|class| self.connections <= most_connections(class)).filter_map(|class| {
            let (for_memory, for_operations) = self.shards(class, request.assumptions);
            let shards = for_memory.max(for_operations);
            let nodes = shards.saturating_mul(1 + self.replicas);
            // Several burstable shards would be cheap in memory and short of network and CPU credits.
            let fits = nodes <= MOST_NODES && (shards == self.least || !class.is_burstable());
            let price = fits.then(|| prices.price(&offering.key(class), region).ok()).flatten()?;
            let hourly = price.usd.times(nodes);
            let month = hourly.times(prices.hours_per_month) + alarms.times(nodes);
            Some(Way { class, for_memory, for_operations, hourly, month })
        });
        ways.min_by_key(|way| (way.month, way.shards(), Reverse(way.class.memory)))
    }
}

/// What was not taken, with the number that spoke against it.
pub fn alternatives(request: &Request, prices: &Prices, needs: &Needs, way: &Way, engine: CacheEngine) -> Vec<Reason> {
    let (offering, _, _) = shape(engine);
    let nodes = way.hourly.times(prices.hours_per_month).to_cents();
    let mut reasons = Vec::new();
    reasons.extend(smaller(request, prices, needs, way, offering));
    if engine == CacheEngine::Memcached {
        return reasons;
    }
    let (other, name) = match engine {
        CacheEngine::Redis => (Offering::CacheValkey, "Valkey"),
        _ => (Offering::CacheRedis, "Redis OSS"),
    };
    if let Ok(price) = prices.price(&other.key(way.class), &request.region.region) {
        let count = way.shards() * (1 + needs.replicas);
        let month = price.usd.times(count).times(prices.hours_per_month).to_cents();
        let text = format!("{name}: the same {count} × {} would be {month} a month against {nodes}", way.class.name);
        reasons.push(Reason::instead(Driver::Cost, text));
    }
    reasons.extend(serverless(request, prices, needs, nodes, engine));
    reasons
}

/// The next smaller class, and what it lacks with as many shards.
fn smaller(request: &Request, prices: &Prices, needs: &Needs, way: &Way, offering: Offering) -> Option<Reason> {
    let below = request.catalog.classes_of(Service::ElastiCache).filter(|class| FAMILIES.contains(&class.family.as_str()));
    let below = below.filter(|class| class.usable_memory() < way.class.usable_memory());
    let class = below.max_by_key(|class| class.usable_memory())?;
    let shards = way.shards();
    let (for_memory, for_operations) = needs.shards(class, request.assumptions);
    let target = request.assumptions.utilisation_target_cache_memory();
    let (driver, lacks) = if for_memory > shards {
        let room = Bytes::from_f64(class.usable_memory().as_f64() * target * shards as f64);
        (Driver::Memory, format!("{} at {} of what is usable, {} needed", room.binary(), percent(target), needs.bytes.binary()))
    } else if for_operations > shards {
        let full = PerSecond::new(at_full_tilt(class, request.assumptions) * shards as f64);
        (Driver::Throughput, format!("{full} operations at full tilt, {} needed in the stress case", PerSecond::new(needs.stress)))
    } else if needs.connections > most_connections(class) {
        let most = thousands(most_connections(class));
        (Driver::Connections, format!("{most} connections a node, {} needed in the stress case", thousands(needs.connections)))
    } else if class.is_burstable() && shards > needs.least {
        (Driver::Cpu, format!("burstable, and {shards} shards are needed: that would live on CPU credits"))
    } else {
        let price = prices.price(&offering.key(class), &request.region.region).ok()?;
        let hourly = price.usd.times(shards.saturating_mul(1 + needs.replicas));
        let (dearer, taken) = (hourly.times(prices.hours_per_month).to_cents(), way.hourly.times(prices.hours_per_month).to_cents());
        (Driver::Cost, format!("would do, but costs {dearer} a month against {taken}"))
    };
    Some(Reason::instead(driver, format!("{shards} × {}: {lacks}", class.name)))
}

/// ElastiCache Serverless: gigabytes held, and a processing unit (ECPU) for each operation of up to a kilobyte.
fn serverless(request: &Request, prices: &Prices, needs: &Needs, nodes: Usd, engine: CacheEngine) -> Option<Reason> {
    // The least that is billed: 100 MB of Valkey, 1 GB of Redis OSS [estimate].
    let (storage, units, least) = match engine {
        CacheEngine::Redis => ("elasticache.serverless.redis.gb", "elasticache.serverless.redis.ecpu", 1e9),
        _ => ("elasticache.serverless.valkey.gb", "elasticache.serverless.valkey.ecpu", 1e8),
    };
    let region = &request.region.region;
    let storage = prices.price(storage, region).ok()?.usd.times(prices.hours_per_month);
    // Flat, as far as is known: the price in us-east-1 stands in.
    let unit = prices.price(units, region).or_else(|_| prices.price_at(units, "us-east-1")).ok()?.usd;
    let share = 1.0 / request.regions.max(1) as f64;
    let own = Bytes::from_f64(needs.bytes.as_f64() * share);
    let held = own.max(Bytes::from_f64(least));
    let a_month = needs.peak / request.assumptions.peak_factor() * share * SECONDS_PER_MONTH;
    let millions = a_month * (request.assumptions.query_bytes() / 1_024.0).max(1.0) / 1e6;
    let operations = unit.times(decimal(millions));
    let month = (storage.times(held.billed_gb()) + operations).to_cents();
    let what = format!("ElastiCache Serverless: {held} held and {} million ECPUs would be {month} a month in a region", number(millions));
    if month > nodes {
        return Some(Reason::instead(Driver::Cost, format!("{what} against {nodes} for nodes")));
    }
    // Without what is billed at the least, a month is proportional to the users: there Serverless costs as much as the nodes at the latest.
    let by_use = storage.times(own.billed_gb()) + operations;
    let ratio = nodes.amount().checked_div(by_use.amount()).and_then(|ratio| ratio.to_f64())?;
    let passes = thousands(whole(request.load.users.as_f64() * ratio));
    let text = format!(
        "{what} against {nodes} for nodes, which it passes at {passes} users at the latest; it does not become nodes in place, so whoever grows would \
         have to move to another cache"
    );
    Some(Reason::instead(Driver::Availability, text))
}
