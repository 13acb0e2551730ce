//! A class of machine that AWS does not have, or that the engine does not run on.

use crate::check::classes::{self, Machine};
use crate::check::engine;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "class-unknown",
    severity: Severity::Error,
    what: "classes of instances, databases and caches exist, also those behind a parameter or a mapping",
    why: "A typo in a class fails when the machine is made, minutes into a deployment; linters do not follow it through mappings and defaults.",
    link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html",
    run,
};

const PLACES: [(&str, &str, Machine); 13] = [
    ("AWS::EC2::Instance", "InstanceType", Machine::Instance),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData/InstanceType", Machine::Instance),
    ("AWS::AutoScaling::LaunchConfiguration", "InstanceType", Machine::Instance),
    ("AWS::AutoScaling::AutoScalingGroup", "MixedInstancesPolicy/LaunchTemplate/Overrides/*/InstanceType", Machine::Instance),
    ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData/LaunchTemplateConfigs/*/Overrides/*/InstanceType", Machine::Instance),
    ("AWS::EC2::EC2Fleet", "LaunchTemplateConfigs/*/Overrides/*/InstanceType", Machine::Instance),
    ("AWS::EKS::Nodegroup", "InstanceTypes/*", Machine::Instance),
    ("AWS::Batch::ComputeEnvironment", "ComputeResources/InstanceTypes/*", Machine::Instance),
    ("AWS::RDS::DBInstance", "DBInstanceClass", Machine::Database),
    ("AWS::RDS::DBCluster", "DBClusterInstanceClass", Machine::Database),
    ("AWS::ElastiCache::ReplicationGroup", "CacheNodeType", Machine::Cache),
    ("AWS::ElastiCache::CacheCluster", "CacheNodeType", Machine::Cache),
    ("AWS::ElastiCache::GlobalReplicationGroup", "CacheNodeType", Machine::Cache),
];

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        for (_, path, machine) in PLACES.iter().filter(|(kind, ..)| *kind == item.kind) {
            let mut told = Vec::new();
            for class in item.all(path) {
                let Some(class) = graph.text(class).filter(|class| !class.contains("${")) else { continue };
                let known = class == "optimal" || (*machine == Machine::Database && class == "db.serverless");
                if known || told.contains(&class) {
                    continue;
                }
                if let Some(fault) = classes::fault(*machine, &class) {
                    found.at(item, &path.replace("/*", "/0"), fault);
                } else if *machine == Machine::Database
                    && let Some(fault) = of_aurora(graph, item, &class)
                {
                    found.at(item, path, fault);
                }
                told.push(class);
            }
        }
    }
}

/// Aurora runs on memory-optimised classes and on a few burstable ones.
fn of_aurora(graph: &Graph, item: &Item, class: &str) -> Option<String> {
    let (engine, _) = engine::of(graph, item);
    let engine = engine.filter(|engine| engine.starts_with("aurora"))?;
    let (family, size) = class.strip_prefix("db.")?.split_once('.')?;
    let fits = match family.chars().next() {
        Some('r' | 'x') => true,
        Some('t') => matches!(size, "medium" | "large") || (engine == "aurora-mysql" && size == "small"),
        _ => false,
    };
    (!fits).then(|| format!("{engine} does not run on {class}; it takes db.r and db.x classes, db.t medium and large, and db.serverless"))
}
