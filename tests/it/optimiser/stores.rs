//! Databases and caches.

use scalectl::block::Site;
use scalectl::catalog::Offering;
use scalectl::settings::CacheEngine;
use scalectl::units::{Bytes, PerSecond, whole};

use super::*;

/// Queries a second at peak.
pub fn all_queries(case: &Case) -> f64 {
    case.load.database_reads.get() + case.load.database_writes.get()
}

/// vCPUs for so many queries at the database's target.
pub fn at_target(case: &Case, queries: f64) -> f64 {
    queries / (case.assumptions.transactions_per_vcpu() * case.assumptions.utilisation_target_database() / 0.60)
}

/// vCPUs that so many queries keep busy to the full.
pub fn busy(case: &Case, queries: f64) -> f64 {
    queries * 0.60 / case.assumptions.transactions_per_vcpu()
}

/// vCPUs of what does not scale out: the peak at the target, the stress case at full tilt.
pub fn in_all(case: &Case, queries: f64) -> f64 {
    at_target(case, queries).max(busy(case, queries) * stressed(case))
}

/// Connections that the app opens when it has scaled out, and those that must be allowed: of which the peak's may be a part.
pub fn connections(case: &Case) -> (u64, u64) {
    let (load, a) = (&case.load, &case.assumptions);
    let per_vcpu = a.requests_per_vcpu() * a.utilisation_target_app() / 0.60;
    let open = load.connections.max(whole(whole(stress(case) / per_vcpu) as f64 * a.connections_per_vcpu()));
    (open, open.max(whole(load.connections as f64 / a.utilisation_target_connections())))
}

/// A gibibyte for PostgreSQL, and three quarters of the rest for data.
fn database_memory(case: &Case) -> Bytes {
    Bytes::gib(1) + case.load.working_set_bytes.scaled(1.0 / 0.75)
}

/// PostgreSQL's default on RDS: of 97.454 % of the memory less 307 MiB, one for each 9,531,392 bytes, 5,000 at most.
fn allowed(memory: f64) -> f64 {
    ((memory * 0.974_54 - 307.0 * Bytes::MIB as f64) / 9_531_392.0).floor().clamp(0.0, 5_000.0)
}

#[test]
fn the_leader_is_of_the_cheapest_class_that_carries_all_alone() {
    let ways = |case: &Case, market: &Market| {
        let (vcpus, memory, (_, connections)) = (in_all(case, all_queries(case)), database_memory(case), connections(case));
        let (load, a) = (&case.load, &case.assumptions);
        // Writes, and reads that memory does not answer; of gp3 there are 12,000 a second, and 64 TiB.
        let disk = (load.database_writes.get() + load.database_reads.get() * (1.0 - a.buffer_hit_rate())) * stressed(case);
        if disk * NOISE > 12_000.0 || load.stored_bytes > Bytes::gib(65_536) {
            return Vec::new();
        }
        let classes = market.classes(Offering::RdsMultiAz, &["db.t4g", "db.m7g", "db.r7g", "db.r8g"]).into_iter();
        let fitting = classes.filter(|class| {
            let enough = lasting(class) >= vcpus * NOISE && class.memory >= memory && class.max_connections() >= connections;
            enough && f64::from(class.ebs_iops_baseline) >= disk * NOISE
        });
        fitting.map(|class| Way::standing(class, 3, market.leader(class))).collect()
    };
    let placed = holds("database_instance", "1k", 1e7, &ways);
    assert!((100..CASES).contains(&placed), "{placed}");
}

/// Half an ACU is the step.
fn steps(units: f64) -> f64 {
    (units * 2.0 * NOISE).ceil() / 2.0
}

/// What each reader of several must have.
fn per_reader(case: &Case, readers: u64) -> f64 {
    let zones = (case.phase.zones as u64).clamp(2, 3);
    let (reads, writes) = (case.load.database_reads_after_cache().get(), case.load.database_writes.get());
    // The fullest zone is gone; one of those that are left is the writer, and one alone does everything. At full tilt.
    let left = 1 + readers - (1 + readers).div_ceil(zones);
    let crowded = if left <= 1 { busy(case, reads + writes) } else { busy(case, reads) / (left - 1) as f64 };
    crowded.max(at_target(case, reads) / readers as f64)
}

/// A writer for the writes, and readers, one in every other zone at least and 15 at most, for the reads that the cache leaves; by class, or by capacity.
fn clusters(case: &Case, market: &Market, pooled: bool) -> Vec<Way> {
    let load = &case.load;
    let reads = load.database_reads_after_cache().get();
    let writer = in_all(case, load.database_writes.get());
    let classes = market.classes(Offering::Aurora, &["db.r7g", "db.r8g"]);
    // Memory bends: what the largest class does not have is not asked for.
    let memory = database_memory(case).min(classes.iter().map(|class| class.memory).max().unwrap());
    let most = classes.iter().map(|class| class.max_connections()).max().unwrap();
    let (_, open) = connections(case);
    let connections = if pooled { 0 } else { open };
    let mut ways = Vec::new();
    if connections > most || load.stored_bytes > Bytes::gib(256 * 1_024) {
        return ways;
    }
    for readers in (case.phase.zones.clamp(2, 3) - 1) as u64..=15 {
        let (each, in_stress) = (per_reader(case, readers), busy(case, reads) * stressed(case));
        for class in &classes {
            let enough = lasting(class) >= writer * NOISE && class.memory >= memory && class.max_connections() >= connections;
            // Readers that come with the load, 15 at most, carry the stress case.
            if enough && lasting(class) >= each * NOISE && lasting(class) * 15.0 >= in_stress * NOISE {
                ways.push(Way::standing(class, 1 + readers, market.cluster(class, 1 + readers, pooled)));
            }
        }
        // An ACU has 2 GiB and a quarter of a vCPU; 2 at least, 256 at most, never less than the day's data takes.
        let least = steps(memory.as_f64() / (2.0 * Bytes::GIB as f64)).max(2.0);
        let asked = writer.max(each).max(in_stress / readers as f64).max(at_target(case, load.database_writes.get()));
        // All connections of the stress case are allowed, as far as PostgreSQL allows any: capacity that is not used costs nothing.
        let wanted = (open as f64).min(5_000.0);
        let for_connections =
            (1..=512).map(|half| f64::from(half) / 2.0).find(|units| allowed(units * 2.0 * Bytes::GIB as f64) >= wanted).unwrap();
        let most = steps(asked / 0.25).max(least).max(8.0).max(for_connections);
        if most > 256.0 {
            continue;
        }
        // Writer and readers follow the load of the day between the least and the most; a reader that may become the writer keeps its size.
        let mean = |pace: f64| {
            let above = |units: f64| load.requests_above(PerSecond::new(units / pace)).get();
            if pace > 0.0 { least + pace * (above(least) - above(most)) } else { least }
        };
        let of = |queries: f64| at_target(case, queries) / 0.25 / load.requests_peak.get();
        let write = of(load.database_writes.get());
        let read = write.max(of(reads) / readers as f64);
        let month = market.serverless(mean(write) + readers as f64 * mean(read), least, 1 + readers, pooled);
        ways.push(Way { class: "db.serverless".to_owned(), count: 1 + readers, least: None, month });
    }
    ways
}

#[test]
fn aurora_is_bought_in_the_cheapest_way_that_carries_writes_and_reads() {
    holds("database_cluster", "10k", 1e8, &|case, market| clusters(case, market, false));
    // Functions connect there, so that a proxy always stands in front.
    holds("database_cluster", "500k", 1e8, &|case, market| clusters(case, market, true));
}

#[test]
fn aurora_that_mostly_reads_is_bought_in_the_cheapest_way_too() {
    let reading = |chance: &mut Chance, _: &Catalog| {
        let set = [
            format!("read_share={}", chance.between(0.9, 0.99)),
            format!("cache_hit_rate={}", chance.between(0.0, 0.8)),
            format!("database_bytes_per_user={}", chance.spread(1_000.0, 100_000.0)),
            format!("peak_factor={}", chance.between(2.0, 10.0)),
        ];
        Case::of("10k", chance.spread(10_000.0, 3e6) as u64, Settings::default(), Assumptions::with(&set).unwrap())
    };
    holds_for("database_cluster", &reading, &|case, market| clusters(case, market, false));
}

/// Shards with a copy each, 90 nodes at the most, that hold the data below the target, answer the peak's operations at the utilisation that capacities were
/// measured at and the stress case's at full tilt, and take the app's connections on each node; burstable ones only where one shard does.
fn caches(case: &Case, market: &Market, sessions: bool) -> Vec<Way> {
    let (load, a) = (&case.load, &case.assumptions);
    let kept = if sessions { load.session_bytes } else { Bytes::ZERO };
    let bytes = (load.cache_bytes + kept).as_f64();
    // Each read looks here; a session that lives here is read and touched by each request.
    let asked = load.database_reads.get() + if sessions { 2.0 * load.requests_peak.get() } else { 0.0 };
    let (open, _) = connections(case);
    let mut ways = Vec::new();
    for class in market.classes(Offering::CacheValkey, &["cache.t4g", "cache.m7g", "cache.r7g"]) {
        let processors = lasting(class) * a.cache_operations_per_vcpu() / 0.60;
        let full = processors.min(class.network_gbps_baseline * 1e9 / 8.0 / a.query_bytes());
        for shards in 1..=45 {
            let room = class.usable_memory().as_f64() * a.utilisation_target_cache_memory() * shards as f64;
            let one = class.baseline_percent.is_none() || shards == 1;
            let answers = full * shards as f64 >= (asked / 0.60).max(asked * stressed(case)) * NOISE;
            let takes = open <= if class.size == "micro" { 20_000 } else { 65_000 };
            if one && room >= bytes * NOISE && answers && takes {
                ways.push(Way::standing(class, 2 * shards, market.cache(class, 2 * shards)));
            }
        }
    }
    ways
}

#[test]
fn a_node_of_the_cache_has_as_many_alarms_as_it_is_chosen_by() {
    let catalog = Catalog::builtin().unwrap();
    for (phase, engine, alarms) in [("10k", CacheEngine::Valkey, 3), ("500k", CacheEngine::Redis, 3), ("500k", CacheEngine::Memcached, 2)] {
        let settings = Settings { cache_engine: engine, ..Settings::default() };
        let case = Case::of(phase, 3_000_000, settings, Assumptions::default());
        let cache = case.component("cache", &catalog).unwrap();
        let region = catalog.region(&case.settings.region).unwrap();
        let site = Site { settings: &case.settings, phase, region, regions: &[region], zones: case.phase.zones, month: Usd::ZERO };
        let alarmed = cache.metrics(&site).into_iter().filter(|metric| metric.alarm.is_some()).count();
        assert_eq!(alarmed as u64, alarms * cache.size().count.unwrap(), "{engine:?}");
    }
}

#[test]
fn the_cache_is_the_cheapest_that_holds_and_answers() {
    holds("cache", "10k", 1e9, &|case, market| caches(case, market, true));
    holds("cache", "500k", 1e9, &|case, market| caches(case, market, false));
}
