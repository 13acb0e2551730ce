//! DAX in front of the hot table: reads that take microseconds, and a table that does not see them.
//!
//! Each region has its own, and reads and writes of sessions go through it (`DAX_ENDPOINT`). It does not see writes of other regions before an item's lifetime ends, so that lifetime is short.

mod bill;
mod build;

use cfn::resource::{dax, ec2};
use cfn::{Id, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::catalog::sizing::count_for;
use crate::component::{
    Bill, Ceiling, Component, Driver, Family, Grant, Layers, Metric, Offers, Reason, Reliance, Request, Role, Site, Size, Unplaceable, Variable,
};
use crate::recipe::watch::{above, alarmed, line};
use crate::units::{Bytes, percent, thousands};
use crate::workload::{Load, MEASURED_UTILISATION};

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
    /// Memory of a node that holds items.
    items: Bytes,
    /// Operations a second that a node answers at full tilt.
    at_full_tilt: f64,
    /// Operations a second that it was sized for: those of the stress case.
    stress: f64,
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
    let (peak, stress) = (bill::operations(load), bill::operations(&load.stressed()));
    let full = |vcpu: f64| vcpu * load.assumptions.cache_operations_per_vcpu() / MEASURED_UTILISATION;
    let nodes = |vcpu: f64| count_for(peak, full(vcpu), MEASURED_UTILISATION).max(count_for(stress, full(vcpu), 1.0)).max(LEAST_NODES);
    // Any node answers reads, but one takes all writes, which are half of the operations.
    let fits = |(_, vcpu, memory): &&(&str, f64, Bytes)| {
        memory.scaled(ITEMS_SHARE) >= load.session_bytes && nodes(*vcpu) <= MOST_NODES && stress / 2.0 <= full(*vcpu)
    };
    // Prices are proportional to size, so the smallest class is the cheapest.
    let Some((class, vcpu, memory)) = CLASSES.iter().find(fits) else {
        let (largest, _, memory) = CLASSES[CLASSES.len() - 1];
        let text = format!(
            "{} of sessions at {} operations a second are more than {MOST_NODES} nodes of {largest} with {} each answer",
            load.session_bytes,
            thousands(stress as u64),
            memory.binary()
        );
        return Err(unplaceable(text));
    };
    let cache = TableCache { class, nodes: nodes(*vcpu), items: memory.scaled(ITEMS_SHARE), at_full_tilt: full(*vcpu), stress };
    let memory = format!(
        "each node holds all {} of sessions; a {class} has {}, filled to {}",
        load.session_bytes,
        memory.binary(),
        percent(ITEMS_SHARE)
    );
    let operations = format!(
        "{} operations a second at peak; {} in the stress case need {} of {class}, each of which answers {} at full tilt",
        thousands(peak as u64),
        thousands(stress as u64),
        nodes(*vcpu),
        thousands(full(*vcpu) as u64)
    );
    let zones = format!("{LEAST_NODES} zones get a node each; any of them takes over the writes");
    let (memory, operations) = (Reason::new(Driver::Memory, memory), Reason::new(Driver::Throughput, operations));
    let mut reasons = match cache.nodes > LEAST_NODES {
        true => vec![operations, memory],
        false => vec![Reason::new(Driver::Availability, zones), memory, operations],
    };
    reasons.extend(bill::alternatives(request, &cache));
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
            table_cached: true,
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
    fn line_items(&self, _site: &Site, offers: &Offers, _load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        if offers.network.is_none() || offers.hot_table.is_none() {
            return Ok(());
        }
        bill::line_items(self, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        bill::ceilings(self, site)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        bill::reliances()
    }
}
