//! A version that the engine never had, or an instance that runs another engine than its cluster.

use crate::check::engine;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "engine-version",
    severity: Severity::Error,
    what: "an engine's version is one that it has, and the members of a cluster run the cluster's engine",
    why: "AWS refuses the instance when it is made; a copied template with another engine's version is the usual reason.",
    link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#Concepts.DBEngines",
    run,
};

const TYPES: [&str; 5] = [
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::RDS::GlobalCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::CacheCluster",
];

fn run(graph: &Graph, found: &mut Found) {
    for item in graph.items.iter().filter(|item| TYPES.contains(&item.kind)) {
        let (Some(engine), version) = engine::of(graph, item) else { continue };
        if let Some(cluster) = engine::cluster(graph, item)
            && let (Some(own), (Some(theirs), _)) = (item.text("Engine"), engine::of(graph, cluster))
            && own != theirs
        {
            found.at(item, "Engine", format!("the instance says {own} and its cluster {} runs {theirs}; they must be the same", cluster.id));
        }
        let (majors, Some(version)) = (engine::majors(&engine), version.filter(|_| item.has("EngineVersion"))) else { continue };
        let Some((newest, first)) = majors.last().zip(version.chars().next()) else { continue };
        let known = majors.iter().any(|major| version == *major || version.strip_prefix(major).is_some_and(|rest| rest.starts_with(['.', '-'])));
        // A bare major of an engine that counts in two numbers (`8` of mysql, `7` of redis) is completed by AWS.
        let prefix = majors.iter().any(|major| major.split('.').next() == Some(version.as_str()));
        if !first.is_ascii_digit() || (!known && !prefix && number(&version) <= number(newest)) {
            let list = majors.join(", ");
            found.at(item, "EngineVersion", format!("{engine} has no version {version}; its major versions are {list}"));
        }
    }
}

/// The first two numbers of a version, so that versions compare; newer ones than we know pass.
fn number(version: &str) -> (u32, u32) {
    let mut parts = version.split(['.', '-']).map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}
