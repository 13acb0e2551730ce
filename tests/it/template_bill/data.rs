//! What databases, caches and tables cost.

use cfn::Node;
use rust_decimal::Decimal;

use super::ground::{MONTH, Place, Placed, decimal, gigabytes, vcpus};
use super::list::Books;

/// Reading queries a second that reach the database, on average.
fn reads(place: &Place) -> f64 {
    let missed = if place.cached() { 1.0 - place.load.assumptions.cache_hit_rate() } else { 1.0 };
    place.load.database_reads.get() * missed / place.load.assumptions.peak_factor()
}

/// Writing queries a second, on average.
fn writes(place: &Place) -> f64 {
    place.load.database_writes.get() / place.load.assumptions.peak_factor()
}

/// What has changed of the stored data while backups are kept.
fn changed(place: &Place, days: f64) -> Decimal {
    gigabytes(place.load.stored_bytes.0) * decimal(place.load.assumptions.changed_share_per_day()) * decimal(days)
}

/// Instances of RDS: a leader in two zones or one, and followers; or members of a cluster.
pub fn instances(books: &mut Books, place: &Place, all: &[&Placed]) {
    let member = |one: &&&Placed| one.at("DBClusterIdentifier").is_some();
    for one in all.iter().filter(|one| !member(one)) {
        let class = one.text("DBInstanceClass");
        let zones = if one.at("MultiAZ") == Some(&Node::Bool(true)) { "multi_az" } else { "single_az" };
        books.hours(&format!("rds.postgres.{class}.{zones}"), 1);
        let leader = one.at("SourceDBInstanceIdentifier").map_or(*one, |source| all.iter().find(|leader| is(source, leader)).unwrap());
        let storage = decimal(leader.number("AllocatedStorage"));
        books.line(&format!("rds.postgres.storage.gp3.{zones}"), storage);
        if let Some(days) = one.maybe("BackupRetentionPeriod") {
            books.line("rds.backup", (changed(place, days) - storage).max(Decimal::ZERO));
        }
    }
    let members: Vec<_> = all.iter().filter(member).collect();
    let Some(first) = members.first() else { return };
    let (class, count) = (first.text("DBInstanceClass"), members.len() as u64);
    assert!(members.iter().all(|one| one.text("DBInstanceClass") == class), "clusters are alike");
    if class == "db.serverless" {
        let (least, mean) = acus(place);
        books.hours("aurora.serverless_v2.acu", least * Decimal::from(count));
        books.hours("aurora.serverless_v2.acu", (mean - least) * Decimal::from(count));
    } else {
        books.hours(&format!("aurora.postgres.{class}"), count);
    }
}

fn is(reference: &Node, one: &Placed) -> bool {
    let mut found = false;
    reference.walk(&mut |node| found |= node.as_str() == Some(one.id));
    found
}

/// Capacity units of one serverless instance: the least, and the mean, which is a quarter vCPU a unit in steps of a half.
fn acus(place: &Place) -> (Decimal, Decimal) {
    let cluster = place.of("AWS::RDS::DBCluster").next().unwrap();
    let clusters = place.of("AWS::RDS::DBCluster").count() as f64;
    let members = place.of("AWS::RDS::DBInstance").count() as f64 / clusters;
    let least = cluster.number("ServerlessV2ScalingConfiguration/MinCapacity");
    let a = &place.load.assumptions;
    let each = a.transactions_per_vcpu() * a.utilisation_target_database() / 0.60;
    let busiest = writes(place).max(reads(place) / (members - 1.0)) / clusters / each;
    (decimal(least), decimal(((busiest / 0.25 * 2.0).ceil() / 2.0).max(least)))
}

/// Volumes of Aurora with what is read and written, repeated and kept.
pub fn clusters(books: &mut Books, place: &Place, all: &[&Placed]) {
    let count = Decimal::from(all.len() as u64);
    for _ in all {
        books.line("aurora.storage", gigabytes(place.load.stored_bytes.0) / count);
    }
    if place.leads {
        let from_volume = reads(place) * (1.0 - place.load.assumptions.buffer_hit_rate());
        books.line("aurora.io", decimal((writes(place) + from_volume) * MONTH / 1e6));
    }
    let kept: Decimal = all.iter().filter_map(|one| one.maybe("BackupRetentionPeriod")).map(|days| changed(place, days) / count).sum();
    books.line("aurora.backup", kept);
}

/// What a global database repeats in further regions, billed where it is written.
pub fn repeated(books: &mut Books, place: &Place) {
    let further = Decimal::from(place.regions() - 1);
    books.line("aurora.global.replicated_write_io", decimal(writes(place) * MONTH / 1e6) * further);
    let bytes = writes(place) * MONTH * place.load.assumptions.query_bytes();
    books.line("dt.inter_region_out", decimal(bytes / super::ground::GB) * further);
}

/// Pools of connections, by the processors behind them.
pub fn proxies(books: &mut Books, place: &Place, count: u64) {
    let members: Vec<_> = place.of("AWS::RDS::DBInstance").collect();
    let each = members.len() as u64 / place.of("AWS::RDS::DBCluster").count() as u64;
    let class = members[0].text("DBInstanceClass");
    if class == "db.serverless" {
        let (_, mean) = acus(place);
        let units = (mean * Decimal::from(each)).max(Decimal::from(8));
        books.hours("rds.proxy.acu", units * Decimal::from(count));
    } else {
        books.hours("rds.proxy", decimal(vcpus(class).max(2.0) * (each * count) as f64));
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
