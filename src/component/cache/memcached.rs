//! Memcached, when it is asked for: nodes that each hold a part of the keys; no copies, no failover, no password. So it holds hot reads alone.

use cfn::resource::elasticache::cache_cluster::AZMode;
use cfn::resource::{ec2, elasticache};
use cfn::{Id, Val};

use super::{Cache, MAINTENANCE_WINDOW};
use crate::block::{Family, Layer, Layers, Metric, NetworkOffer, Offers, Site, name_tag};
use crate::recipe;
use crate::recipe::watch::{above, alarmed, line};

/// Family and version; from 1.6.12 on Memcached encrypts connections.
const FAMILY: &str = "memcached1.6";
const VERSION: &str = "1.6.22";
/// The TCP port.
pub const PORT: u16 = 11_211;

/// The cluster. Not `Cache`: that one is a replication group, and CloudFormation does not let a resource change its type.
pub fn cluster() -> Id<elasticache::CacheCluster> {
    Id::new("MemcachedCache")
}

/// Puts who may connect, and the cluster over all zones.
pub fn resources(cache: &Cache, site: &Site, network: &NetworkOffer, offers: &Offers, layers: &mut Layers) {
    let group: Id<ec2::SecurityGroup> = Id::new("CacheSecurityGroup");
    recipe::security_group(site, network, layers, &group, "cache", "Caches");
    recipe::let_callers_in(layers, "Cache", &group, &offers.callers, PORT, "the cache");
    let subnets = super::build::put_subnets(site, network, layers);
    let parameters: Id<elasticache::ParameterGroup> = Id::new("MemcachedParameterGroup");
    let model = elasticache::ParameterGroup::new(FAMILY, "Memcached as it comes").tags(name_tag(site, "cache"));
    layers.put(Layer::Data, &parameters, "Parameters of our own, so that one can be changed later without another group", model);
    let model = elasticache::CacheCluster::new(&cache.class.name, "memcached", cache.nodes() as i64)
        .auto_minor_version_upgrade(true)
        .az_mode(AZMode::CrossAz)
        .cache_parameter_group_name(parameters.reference())
        .cache_subnet_group_name(subnets.reference())
        .engine_version(VERSION)
        .port(i64::from(PORT))
        .preferred_maintenance_window(MAINTENANCE_WINDOW)
        .tags(name_tag(site, "cache"))
        .transit_encryption_enabled(true)
        .vpc_security_group_ids([group.group_id()]);
    let why = format!("Hot reads spare the database; a node that is lost takes 1/{} of them along, until they are read again", cache.nodes());
    layers.put(Layer::Data, &cluster(), why, model);
}

/// Alarms of each node.
pub const ALARMS: u64 = 2;

/// The lines and alarms of each node.
pub fn metrics(cache: &Cache) -> Vec<Metric> {
    (1..=cache.nodes()).flat_map(|node| of_node(cache, node)).collect()
}

fn of_node(cache: &Cache, node: u64) -> Vec<Metric> {
    let of = |what: &str, title: &str, family, metric, statistic| {
        let dimensions = vec![("CacheClusterId", cluster().reference()), ("CacheNodeId", Val::from(format!("{node:04}")))];
        line(format!("MemcachedNode{node}{what}"), title, family, ("AWS/ElastiCache", metric, statistic), dimensions)
    };
    let class = &cache.class.name;
    let busy = format!("The node's processors ({class}) are busy: look for hot keys, then add a node.");
    let evicted = "The cache throws out data to make room and the database answers in its place: add a node or take a class with more memory.";
    vec![
        alarmed(of("Cpu", "Cache: CPU (%)", Family::Saturation, "CPUUtilization", "Average"), above(80.0, 3, busy)),
        of("Memory", "Cache: free memory (bytes)", Family::Saturation, "FreeableMemory", "Average"),
        of("Hits", "Cache: hits and misses", Family::CacheHits, "GetHits", "Sum"),
        of("Misses", "Cache: hits and misses", Family::CacheHits, "GetMisses", "Sum"),
        alarmed(of("Evictions", "Cache: evictions", Family::CacheHits, "Evictions", "Sum"), above(100.0, 3, evicted)),
        of("Connections", "Cache: connections", Family::Database, "CurrConnections", "Average"),
    ]
}
