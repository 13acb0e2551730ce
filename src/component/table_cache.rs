//! DAX in front of the hot table: reads that take microseconds, and a table that does not see them.
//!
//! Each region has its own, and reads and writes of sessions go through it (`DAX_ENDPOINT`). It does not see writes of other regions before an item's lifetime ends, so that lifetime is short.

mod build;

use cfn::resource::{dax, ec2};
use cfn::{Id, Val};
use serde::Deserialize;

use crate::catalog::sizing::count_for;
use crate::component::{
    Component, Driver, Family, Grant, Layers, Metric, Offers, Reason, Request, Role, Site, Size, Unplaceable, Variable,
};
use crate::recipe::watch::{above, alarmed, line};
use crate::units::{Bytes, percent, thousands};

/// What a phase file says of it: nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The sized cluster.
#[derive(Debug, Clone)]
pub struct TableCache {
    /// The class of every node.
    pub class: &'static str,
    /// Nodes, each with all of the data: one takes the writes, all answer reads.
    pub nodes: u64,
}

/// Node classes with vCPU and memory: the memory-optimised ones, which alone are meant for lasting load (DynamoDB developer guide, "DAX sizing
/// guide" and pricing page, 2025).
const CLASSES: [(&str, f64, Bytes); 8] = [
    ("dax.r5.large", 2.0, Bytes::gib(16)),
    ("dax.r5.xlarge", 4.0, Bytes::gib(32)),
    ("dax.r5.2xlarge", 8.0, Bytes::gib(64)),
    ("dax.r5.4xlarge", 16.0, Bytes::gib(128)),
    ("dax.r5.8xlarge", 32.0, Bytes::gib(256)),
    ("dax.r5.12xlarge", 48.0, Bytes::gib(384)),
    ("dax.r5.16xlarge", 64.0, Bytes::gib(512)),
    ("dax.r5.24xlarge", 96.0, Bytes::gib(768)),
];
/// The part of the memory that holds items; the rest is DAX's own, and room before items are thrown out [estimate].
const ITEMS_SHARE: f64 = 0.7;
/// One in each zone (DynamoDB developer guide, "DAX cluster components": at least three for production).
const LEAST_NODES: u64 = 3;
/// The most nodes of a cluster (same).
const MOST_NODES: u64 = 11;
/// The port for TLS.
const PORT: u16 = 9111;
/// Regions that have DAX, of those that scalectl has figures for (CloudFormation's resource types by region, 2026).
const REGIONS: [&str; 8] =
    ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1", "ap-northeast-1", "ap-south-1", "sa-east-1"];

/// Chooses the smallest class of which eleven nodes answer the reads and one holds all sessions.
///
/// # Errors
/// When the region has no DAX, or no class holds the items.
pub fn size(_settings: &Settings, request: &Request) -> Result<(TableCache, Vec<Reason>), Unplaceable> {
    let unplaceable = |problem: String| Unplaceable { component: "table_cache", problem };
    let (load, region) = (request.load, request.region.region.code());
    if !REGIONS.contains(&region) {
        return Err(unplaceable(format!("{region} has no DAX; regions that have it: {}", REGIONS.join(", "))));
    }
    // Every request reads its session and touches it.
    let operations = load.requests_ceiling().get() * 2.0;
    let per_vcpu = load.assumptions.cache_operations_per_vcpu();
    let nodes = |vcpu: f64| count_for(operations, vcpu * per_vcpu, load.assumptions.utilisation_target_app()).max(LEAST_NODES);
    let fits = |(_, vcpu, memory): &&(&str, f64, Bytes)| memory.scaled(ITEMS_SHARE) >= load.session_bytes && nodes(*vcpu) <= MOST_NODES;
    let Some((class, vcpu, memory)) = CLASSES.iter().find(fits) else {
        let (largest, _, memory) = CLASSES[CLASSES.len() - 1];
        let text = format!("{} of sessions at {} operations a second are more than {MOST_NODES} nodes of {largest} with {} each answer", load.session_bytes, thousands(operations as u64), memory.binary());
        return Err(unplaceable(text));
    };
    let cache = TableCache { class, nodes: nodes(*vcpu) };
    let memory = format!(
        "each node holds all {} of sessions; a {class} has {}, filled to {}",
        load.session_bytes,
        memory.binary(),
        percent(ITEMS_SHARE)
    );
    let operations = format!("{} operations a second in the stress case need {} of {class}", thousands(operations as u64), nodes(*vcpu));
    let zones = format!("{LEAST_NODES} zones get a node each; any of them takes over the writes");
    let reasons = vec![
        Reason::new(Driver::Memory, memory),
        Reason::new(if cache.nodes > LEAST_NODES { Driver::Throughput } else { Driver::Availability }, if cache.nodes > LEAST_NODES { operations } else { zones }),
    ];
    Ok((cache, reasons))
}

fn cluster() -> Id<dax::Cluster> {
    Id::new("TableCache")
}

fn group() -> Id<ec2::SecurityGroup> {
    Id::new("TableCacheSecurityGroup")
}

impl Component for TableCache {
    fn name(&self) -> &'static str {
        "table_cache"
    }

    fn label(&self) -> &'static str {
        "DAX"
    }

    fn size(&self) -> Size {
        Size { count: Some(self.nodes), class: Some(self.class.to_owned()), note: "sessions, in each region".to_owned() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers {
            variables: vec![Variable::new("DAX_ENDPOINT", cluster().cluster_discovery_endpoint_url())],
            grants: vec![Grant {
                name: "UseTableCache",
                roles: &[Role::App],
                actions: vec!["dax:BatchGetItem", "dax:DeleteItem", "dax:GetItem", "dax:PutItem", "dax:Query", "dax:UpdateItem"],
                resources: vec![cluster().arn()],
            }],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let (Some(network), Some(table)) = (&offers.network, &offers.hot_table) else { return };
        build::resources(self, site, network, offers, table, layers);
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let of = |what: &str, title: &str, family, metric, statistic| {
            // The cluster's name is the last part of its ARN.
            let name = Val::select(1, Val::<Vec<String>>::split("/", cluster().arn()));
            line(format!("TableCache{what}"), title, family, ("AWS/DAX", metric, statistic), vec![("ClusterId", name)])
        };
        let busy = format!("DAX ({}) is busy: look for reads that miss, then add a node.", self.class);
        let full = format!("DAX ({}) is full and slows writes down: shorten lifetimes or take a larger class.", self.class);
        let failing = "DAX itself fails: the app should go on with the table; look at AWS's health page.";
        vec![
            of("Hits", "DAX: hits and misses of items", Family::CacheHits, "ItemCacheHits", "Sum"),
            of("Misses", "DAX: hits and misses of items", Family::CacheHits, "ItemCacheMisses", "Sum"),
            alarmed(of("Cpu", "DAX: CPU (%)", Family::Saturation, "CPUUtilization", "Average"), above(80.0, 3, busy)),
            alarmed(of("Memory", "DAX: memory (%)", Family::Saturation, "CacheMemoryUtilization", "Average"), above(90.0, 3, full)),
            of("Connections", "DAX: connections", Family::Database, "ClientConnections", "Sum"),
            of("Throttled", "DAX: throttled requests", Family::Errors, "ThrottledRequestCount", "Sum"),
            alarmed(of("Faults", "DAX: faults", Family::Errors, "FaultRequestCount", "Sum"), above(10.0, 2, failing)),
        ]
    }
}
