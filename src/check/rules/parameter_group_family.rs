//! A parameter group of another engine, or of another major version.

use crate::check::engine;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "parameter-group-family",
    severity: Severity::Error,
    what: "a parameter group's family is the one of the engine and version that uses it",
    why: "AWS refuses a group of another family, but only when the instance is made, after everything before it was.",
    link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/parameter-groups-overview.html",
    run,
};

/// Who names which group, and under which property the group keeps its family.
const USES: [(&str, &str, &str); 7] = [
    ("AWS::RDS::DBInstance", "DBParameterGroupName", "Family"),
    ("AWS::RDS::DBCluster", "DBClusterParameterGroupName", "Family"),
    ("AWS::RDS::DBCluster", "DBInstanceParameterGroupName", "Family"),
    ("AWS::DocDB::DBCluster", "DBClusterParameterGroupName", "Family"),
    ("AWS::ElastiCache::ReplicationGroup", "CacheParameterGroupName", "CacheParameterGroupFamily"),
    ("AWS::ElastiCache::CacheCluster", "CacheParameterGroupName", "CacheParameterGroupFamily"),
    ("AWS::ElastiCache::GlobalReplicationGroup", "CacheParameterGroupName", "CacheParameterGroupFamily"),
];

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        for (_, property, family) in USES.iter().filter(|(kind, ..)| *kind == item.kind) {
            let Some(value) = item.get(property) else { continue };
            let (engine, version) = engine::of(graph, item);
            let Some(engine) = engine.or_else(|| item.kind.starts_with("AWS::DocDB").then(|| "docdb".to_owned())) else { continue };
            match graph.target(value) {
                Some(group) => of_group(graph, item, property, group, family, &engine, version.as_deref(), found),
                None => of_default(item, property, value.as_str().unwrap_or_default(), &engine, version.as_deref(), found),
            }
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn of_group(
    graph: &Graph,
    item: &Item,
    property: &str,
    group: &Item,
    family: &str,
    engine: &str,
    version: Option<&str>,
    found: &mut Found,
) {
    let Some(has) = group.get(family).and_then(|family| graph.text(family)).filter(|family| !family.contains("${")) else { return };
    let fault = fault(&has, engine, version);
    if let Some(wanted) = fault {
        let runs = version.map_or(engine.to_owned(), |version| format!("{engine} {version}"));
        found.at(group, family, format!("{} runs {runs} and takes this group as {property}, so {family} must be {wanted}, not {has}", item.id));
    }
}

/// `default.postgres17`, `default.valkey8.cluster.on`.
fn of_default(item: &Item, property: &str, name: &str, engine: &str, version: Option<&str>, found: &mut Found) {
    let Some(has) = name.strip_prefix("default.") else { return };
    let family = has.strip_suffix(".cluster.on").unwrap_or(has);
    let runs = version.map_or(engine.to_owned(), |version| format!("{engine} {version}"));
    if let Some(wanted) = fault(family, engine, version) {
        found.at(item, property, format!("{name} does not fit {runs}; its default group is default.{wanted}"));
    }
    let sharded = item.int("NumNodeGroups").is_some_and(|shards| shards > 1) || item.text("ClusterMode") == Some("enabled");
    if item.kind.starts_with("AWS::ElastiCache") && sharded && !name.ends_with(".cluster.on") {
        found.at(item, property, format!("a group of shards needs a parameter group with cluster mode on: {name}.cluster.on"));
    }
}

/// The family that belongs there, when the one that is there does not.
fn fault(has: &str, engine: &str, version: Option<&str>) -> Option<String> {
    match version.and_then(|version| engine::family(engine, version)) {
        Some(wanted) => (wanted != has).then_some(wanted),
        // Without a version the engine alone must fit: a family is the engine's name and digits.
        None => {
            let digits = has.strip_prefix(engine).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.' || c == 'x') && !rest.is_empty());
            (!digits && !engine::majors(engine).is_empty()).then(|| format!("one of {engine}'s, such as {engine}{}", example(engine)))
        }
    }
}

fn example(engine: &str) -> String {
    engine::majors(engine).last().and_then(|version| engine::family(engine, version)).map(|family| family.replacen(engine, "", 1)).unwrap_or_default()
}
