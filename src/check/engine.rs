//! Which engine and version a database or a cache runs, wherever that is written: on the instance, or on its cluster.

use super::graph::{Graph, Item};

/// The cluster of a database instance, when it stands in the set.
pub fn cluster<'g, 'a>(graph: &'g Graph<'a>, instance: &Item) -> Option<&'g Item<'a>> {
    let member = instance.kind == "AWS::RDS::DBInstance";
    instance.get("DBClusterIdentifier").filter(|_| member).and_then(|id| graph.target(id))
}

/// Engine and version of a database instance, cluster, cache or replication group; what is not known is none. A replica's are its source's.
pub fn of(graph: &Graph, item: &Item) -> (Option<String>, Option<String>) {
    let mut from = item;
    for _ in 0..4 {
        if let Some(engine) = from.text("Engine") {
            let version = from.get("EngineVersion").and_then(|version| graph.text(version)).filter(|version| !version.contains("${"));
            return (Some(engine.to_ascii_lowercase()), version);
        }
        let source = ["DBClusterIdentifier", "SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"]
            .into_iter()
            .find_map(|property| from.get(property).and_then(|id| graph.target(id)));
        match source {
            Some(source) => from = source,
            None => break,
        }
    }
    (None, None)
}

/// The parameter-group family that an engine's version wants: `postgres17`, `aurora-mysql8.0`, `valkey8`. None for engines that are not known here.
pub fn family(engine: &str, version: &str) -> Option<String> {
    let mut parts = version.split('.');
    let major = parts.next().filter(|major| !major.is_empty() && major.chars().all(|c| c.is_ascii_digit()))?;
    let mut two = || parts.next().map(|minor| format!("{major}.{minor}"));
    match engine {
        "postgres" | "aurora-postgresql" => Some(format!("{engine}{major}")),
        "mysql" | "mariadb" | "aurora-mysql" => two().map(|two| format!("{engine}{two}")),
        "docdb" | "memcached" => two().map(|two| format!("{engine}{two}")),
        "valkey" => Some(format!("{engine}{major}")),
        "redis" => match major.parse::<u32>().ok()? {
            ..=5 => two().map(|two| format!("redis{two}")),
            6 => Some("redis6.x".to_owned()),
            _ => Some(format!("redis{major}")),
        },
        _ => None,
    }
}

/// The major versions of an engine that AWS has had, newest last; empty for engines that are not known here.
/// Source: the lists of cfn-lint 1.51.0, read 2026-11-23.
pub fn majors(engine: &str) -> &'static [&'static str] {
    match engine {
        "postgres" => &["9", "10", "11", "12", "13", "14", "15", "16", "17", "18"],
        "aurora-postgresql" => &["9", "10", "11", "12", "13", "14", "15", "16", "17"],
        "mysql" => &["5.5", "5.6", "5.7", "8.0", "8.4"],
        "aurora-mysql" => &["5.7", "8.0"],
        "mariadb" => &["10.0", "10.1", "10.2", "10.3", "10.4", "10.5", "10.6", "10.11", "11.4", "11.8"],
        "redis" => &["2.6", "2.8", "3.2", "4.0", "5.0", "6.0", "6.2", "7.0", "7.1"],
        "valkey" => &["7.2", "8.0", "8.1", "8.2", "9.0"],
        "memcached" => &["1.4", "1.5", "1.6"],
        _ => &[],
    }
}
