//! What databases, caches and tables cost.

use cfn::Node;
use rust_decimal::Decimal;

use super::ground::{MONTH, Place, Placed, above, decimal, gigabytes, millions, vcpus, whole};
use super::list::Books;

/// Reading queries a second at peak that reach the database.
fn reads(place: &Place) -> f64 {
    let missed = if place.cached() { 1.0 - place.load.assumptions.cache_hit_rate() } else { 1.0 };
    place.load.database_reads.get() * missed
}

/// A month of queries that are so many a second at peak: whole ones, in millions.
fn month(peak: f64, place: &Place) -> Decimal {
    millions(whole(peak / place.load.assumptions.peak_factor() * MONTH))
}

/// What has changed of the stored data while backups are kept.
fn changed(place: &Place, days: f64) -> Decimal {
    gigabytes(place.load.stored_bytes.0) * decimal(place.load.assumptions.changed_share_per_day()) * decimal(days)
}

/// Instances of RDS: a leader in two zones or one, and followers; or members of a cluster.
pub fn instances(books: &mut Books, place: &Place, all: &[&Placed]) {
    let member = |one: &&&Placed| one.at("DBClusterIdentifier").is_some();
    let mut allocated = Decimal::ZERO;
    for one in all.iter().filter(|one| !member(one)) {
        let class = one.text("DBInstanceClass");
        let zones = if one.at("MultiAZ") == Some(&Node::Bool(true)) { "multi_az" } else { "single_az" };
        books.hours(&format!("rds.postgres.{class}.{zones}"), 1);
        // A follower has as much as its leader.
        let leader = one.at("SourceDBInstanceIdentifier").map_or(*one, |source| place.led_to(source));
        let storage = decimal(leader.number("AllocatedStorage"));
        books.line(&format!("rds.postgres.storage.gp3.{zones}"), storage);
        allocated += storage;
    }
    for days in all.iter().filter(|one| !member(one)).filter_map(|one| one.maybe("BackupRetentionPeriod")) {
        let kept = gigabytes(place.load.stored_bytes.0) + changed(place, days);
        books.line("rds.backup", (kept - allocated).max(Decimal::ZERO));
    }
    let members: Vec<_> = all.iter().filter(member).collect();
    let Some(first) = members.first() else { return };
    let (class, count) = (first.text("DBInstanceClass"), members.len() as u64);
    assert!(members.iter().all(|one| one.text("DBInstanceClass") == class), "clusters are alike");
    if class == "db.serverless" {
        let (least, mean) = units(place);
        books.hours("aurora.serverless_v2.acu", decimal(least));
        books.hours("aurora.serverless_v2.acu", decimal(mean - least));
    } else {
        books.hours(&format!("aurora.postgres.{class}"), count);
    }
}

/// Capacity units of all serverless instances of a region: the least, and on average of the day. An instance takes so much of a unit for each request a
/// second, within its bounds; a reader at least as much as the writer, which it may have to replace.
fn units(place: &Place) -> (f64, f64) {
    let (load, a) = (place.load, &place.load.assumptions);
    let clusters: Vec<_> = place.of("AWS::RDS::DBCluster").collect();
    let domains = clusters.iter().filter(|one| !one.id.contains("Shard")).count() as f64;
    let readers = place.of("AWS::RDS::DBInstance").count() as f64 / clusters.len() as f64 - 1.0;
    let bound = |name: &str| clusters[0].number(&format!("ServerlessV2ScalingConfiguration/{name}"));
    let (least, most) = (bound("MinCapacity"), bound("MaxCapacity"));
    // A unit is a quarter of a vCPU.
    let a_unit = a.transactions_per_vcpu() * a.utilisation_target_database() / 0.60 * 0.25;
    let for_a_request = |queries: f64| queries / load.requests_peak.get() / domains / a_unit;
    let writer = for_a_request(load.database_writes.get());
    let reader = (for_a_request(reads(place)) / readers).max(writer);
    let beyond = |level: f64| above(load.requests_mean.get(), a.peak_factor(), level);
    let mean = |taken: f64| least + taken * (beyond(least / taken) - beyond(most / taken));
    let instances = (1.0 + readers) * clusters.len() as f64;
    (least * instances, (mean(writer) + readers * mean(reader)) * clusters.len() as f64)
}

/// Volumes of Aurora with what is read and written, and kept.
pub fn clusters(books: &mut Books, place: &Place, all: &[&Placed]) {
    books.line("aurora.storage", gigabytes(place.load.stored_bytes.0));
    // Every write in the leading region, and in each what its reads do not find in memory.
    let written = if place.leads { month(place.load.database_writes.get(), place) } else { Decimal::ZERO };
    let from_volume = reads(place) * (1.0 - place.load.assumptions.buffer_hit_rate()) / place.regions() as f64;
    books.line("aurora.io", written + month(from_volume, place));
    let days = all.iter().filter_map(|one| one.maybe("BackupRetentionPeriod")).fold(0.0, f64::max);
    books.line("aurora.backup", changed(place, days));
}

/// What a global database repeats in further regions, billed where it is written.
pub fn repeated(books: &mut Books, place: &Place) {
    let writes = month(place.load.database_writes.get(), place) * Decimal::from(place.regions() - 1);
    books.line("aurora.global.replicated_write_io", writes);
    let bytes = writes * Decimal::from(1_000_000) * decimal(place.load.assumptions.query_bytes());
    books.line("dt.inter_region_out", bytes / Decimal::from(1_u64 << 30));
}

/// Pools of connections in front of each cluster, by the processors behind them.
pub fn proxies(books: &mut Books, place: &Place) {
    let members: Vec<_> = place.of("AWS::RDS::DBInstance").collect();
    let (class, count) = (members[0].text("DBInstanceClass"), members.len() as f64);
    if class == "db.serverless" {
        let (least, mean) = units(place);
        let standing = least.max(8.0 * count);
        books.hours("rds.proxy.acu", decimal(standing));
        books.hours("rds.proxy.acu", decimal(mean - standing));
    } else {
        books.hours("rds.proxy", decimal(vcpus(class).max(2.0) * count));
    }
}

/// Secrets and their copies in other regions.
pub fn secrets(books: &mut Books, all: &[&Placed]) {
    let copies: usize = all.iter().map(|one| 1 + one.list("ReplicaRegions").len()).sum();
    books.line("secretsmanager.secret", copies as u64);
}

/// Nodes of a cache, and snapshots beyond the one that is free: of its data, and of sessions where they live in it.
pub fn cache(books: &mut Books, place: &Place, cache: &Placed) {
    let shards = cache.maybe("NumNodeGroups");
    let nodes = shards.map_or_else(|| cache.number("NumCacheNodes"), |shards| shards * (1.0 + cache.number("ReplicasPerNodeGroup")));
    // Memcached has the prices of Redis.
    let engine = if cache.text("Engine") == "valkey" { "valkey" } else { "redis" };
    books.hours(&format!("elasticache.{engine}.{}", cache.text("CacheNodeType")), decimal(nodes));
    if let Some(kept) = cache.maybe("SnapshotRetentionLimit") {
        let tabled = place.has_component("sessions");
        let bytes = place.load.cache_bytes.0 + if tabled { 0 } else { place.load.session_bytes.0 };
        books.line("elasticache.backup", place.part(gigabytes(bytes)) * decimal(kept - 1.0));
    }
}
