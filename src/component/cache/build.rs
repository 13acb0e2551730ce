//! The replication group and what it stands on.

use cfn::resource::elasticache::replication_group::{ClusterMode, TransitEncryptionMode};
use cfn::resource::{ec2, elasticache, secretsmanager as sm};
use cfn::{Id, Node, Resource, Val};

use super::{Cache, MAINTENANCE_WINDOW, PORT, SNAPSHOT_DAYS};
use crate::block::{Layer, Layers, NetworkOffer, Offers, Site, Tier, name_tag};
use crate::recipe;
use crate::settings::CacheEngine;

/// Name, parameter family and version of an engine; newer minor versions come by themselves. Redis turns into Valkey in place, not back.
fn engine(engine: CacheEngine) -> (&'static str, &'static str, &'static str) {
    match engine {
        CacheEngine::Redis => ("redis", "redis7", "7.1"),
        CacheEngine::Valkey | CacheEngine::Memcached => ("valkey", "valkey8", "8.1"),
    }
}
/// Letters and digits of the token: ElastiCache takes 16 to 128 characters and few signs.
const TOKEN_LENGTH: i64 = 64;

/// Puts the security group, the secret, and the cache.
pub fn resources(cache: &Cache, site: &Site, network: &NetworkOffer, offers: &Offers, layers: &mut Layers) {
    let group: Id<ec2::SecurityGroup> = Id::new("CacheSecurityGroup");
    recipe::security_group(site, network, layers, &group, "cache", "Caches");
    recipe::let_callers_in(layers, "Cache", &group, &offers.callers, PORT, "the cache");
    put_secret(site, offers, layers);

    let subnets = put_subnets(site, network, layers);
    let (engine, family, version) = engine(cache.engine);
    let parameters: Id<elasticache::ParameterGroup> = Id::new("CacheParameterGroup");
    let model = elasticache::ParameterGroup::new(family, "Cluster mode; when memory is full, what expires goes first")
        .properties([("cluster-enabled", "yes"), ("maxmemory-policy", "volatile-lru")])
        .tags(name_tag(site, "cache"));
    let why = "Cluster mode from the start, because it cannot be turned on later without a new cache";
    layers.put(Layer::Data, &parameters, why, Resource::new(model).retain());

    let id = Cache::group();
    let token = format!("{{{{resolve:secretsmanager:${{{}}}:SecretString:password}}}}", Cache::secret().name());
    let mut model = elasticache::ReplicationGroup::new(format!("Cache of {}", site.name("cache")))
        .at_rest_encryption_enabled(true)
        .auth_token(Val::sub(token))
        .auto_minor_version_upgrade(true)
        .automatic_failover_enabled(true)
        .cache_node_type(&cache.class.name)
        .cache_parameter_group_name(parameters.reference())
        .cache_subnet_group_name(subnets.reference())
        .cluster_mode(ClusterMode::Enabled)
        .engine(engine)
        .engine_version(version)
        .multi_az_enabled(true)
        .num_node_groups(cache.shards as i64)
        .port(i64::from(PORT))
        .preferred_maintenance_window(MAINTENANCE_WINDOW)
        .replicas_per_node_group(cache.replicas as i64)
        .security_group_ids([group.group_id()])
        .snapshot_retention_limit(SNAPSHOT_DAYS)
        .snapshot_window("04:00-05:00")
        .tags(name_tag(site, "cache"))
        .transit_encryption_enabled(true)
        .transit_encryption_mode(TransitEncryptionMode::Required);
    if let Some(key) = &offers.key {
        model = model.kms_key_id(key.arn());
    }
    let why = match cache.sessions {
        true => "Hot reads spare the database, and sessions outlive any server; a copy in another zone takes over by itself",
        false => "Hot reads spare the database; a copy in another zone takes over by itself",
    };
    // Shards are added and taken away while the cache serves, instead of making a new one.
    let in_place = Node::map([("UseOnlineResharding", true)]);
    layers.put(Layer::Data, &id, why, Resource::new(model).retain().update_policy(in_place));
}

/// Puts the subnet group over all three zones.
pub fn put_subnets(site: &Site, network: &NetworkOffer, layers: &mut Layers) -> Id<elasticache::SubnetGroup> {
    let id: Id<elasticache::SubnetGroup> = Id::new("CacheSubnetGroup");
    let subnets = network.subnets(Tier::Data, 3);
    let model = elasticache::SubnetGroup::new("The data subnets of all three zones", subnets).tags(name_tag(site, "cache"));
    let why = "Caches stand in subnets without a way to the internet, in three zones";
    layers.put(Layer::Data, &id, why, Resource::new(model).retain());
    id
}

/// The token in each region is its own, as the cache is.
fn put_secret(site: &Site, offers: &Offers, layers: &mut Layers) {
    let token = sm::secret::GenerateSecretString::new()
        .secret_string_template("{\"username\": \"default\"}")
        .generate_string_key("password")
        .password_length(TOKEN_LENGTH)
        .exclude_punctuation(true);
    let mut secret = sm::Secret::new()
        .name(format!("{}-{}/cache", site.settings.app, site.settings.environment))
        .description("Token of the cache")
        .generate_secret_string(token)
        .tags(name_tag(site, "cache"));
    if let Some(key) = &offers.key {
        secret = secret.kms_key_id(key.arn());
    }
    let why = "The cache's token is generated here and stands in no template";
    layers.put(Layer::Data, &Cache::secret(), why, Resource::new(secret).retain());
}
