//! The clusters, their instances, their readers' scaling, and the copies in further regions.

use cfn::resource::applicationautoscaling as scaling;
use cfn::resource::rds::db_cluster::ServerlessV2ScalingConfiguration;
use cfn::resource::rds::global_cluster;
use cfn::resource::{iam, logs, rds, secretsmanager as sm};
use cfn::{Id, Policy, Resource, Val};

use crate::block::{Layer, Layers, NetworkOffer, Offers, Site, name_tag};
use crate::recipe::database;
use crate::recipe::database::choice::{Choice, Chosen};

const ENGINE: &str = "aurora-postgresql";
/// CPU in percent at which readers are added; sizes are chosen for the same share.
const READER_CPU: f64 = 60.0;
/// Seconds until the next reader may come or go: one takes some minutes to start.
const COOLDOWN: i64 = 300;

/// What all clusters of a region share.
pub struct Shared {
    parameters: Id<rds::DBClusterParameterGroup>,
    monitoring: Id<iam::Role>,
}

/// Puts the parameter group and the role for monitoring.
pub fn put_shared(site: &Site, layers: &mut Layers) -> Shared {
    let parameters: Id<rds::DBClusterParameterGroup> = Id::new("DatabaseClusterParameterGroup");
    let family = format!("{ENGINE}{}", database::POSTGRES_MAJOR);
    let settings = cfn::Node::map(database::parameters());
    let model = rds::DBClusterParameterGroup::new("TLS only, changes can be streamed", family, Val::of_node(settings))
        .tags(name_tag(site, "database"));
    let why = "Refuses connections without TLS, and lets changes be streamed when the data moves to its next home";
    layers.put(Layer::Data, &parameters, why, Resource::new(model).retain());
    Shared { parameters, monitoring: database::put_monitoring_role(layers) }
}

/// Puts a domain's cluster with writer, readers and their scaling in the leading region, and makes it global where that is asked.
pub fn put_cluster(
    database: &Choice,
    site: &Site,
    network: &NetworkOffer,
    offers: &Offers,
    layers: &mut Layers,
    shared: &Shared,
    domain: &str,
) {
    let word = database::word(domain);
    let id = database::cluster(domain);
    let model = cluster(database, site, offers, shared, domain)
        .database_name(database::NAME)
        .master_user_password(database::resolved(domain, "password"))
        .master_username(database::resolved(domain, "username"));
    let why = match domain {
        "" => "One volume in three zones that writer and readers share; a reader becomes the writer within a minute".to_owned(),
        _ => format!("The {domain} service's own database: its writes wait for no other domain's"),
    };
    let log = put_log(site, layers, domain);
    layers.put(Layer::Data, &id, why, Resource::new(model).retain().after(log.name()));
    let writer: Id<rds::DBInstance> = database::writer(domain);
    let member = instance(database, site, network, offers, shared, &id, 0);
    layers.put(Layer::Data, &writer, "Takes the writes, in the first zone", deleted_with_cluster(member));
    for number in 1..=database.readers {
        let member = instance(database, site, network, offers, shared, &id, number);
        // After the writer: the first instance of a cluster becomes the one that writes.
        layers.put(Layer::Data, &database::reader(domain, number), READER, deleted_with_cluster(member).after(writer.name()));
    }
    put_scaling(database, layers, &id, &word);
    let attachment: Id<sm::SecretTargetAttachment> = Id::new(format!("{word}DatabaseSecretAttachment"));
    let model = sm::SecretTargetAttachment::new(database::secret(domain).reference(), id.reference(), "AWS::RDS::DBCluster");
    layers.put(Layer::Data, &attachment, "Adds host, port and database to the secret, so that one read tells all", model);
    if database.global {
        let model = rds::GlobalCluster::new()
            .global_cluster_identifier(global_name(site, domain))
            .source_db_cluster_identifier(id.db_cluster_arn())
            .deletion_protection(true);
        let why = "Carries every change to the further regions within about a second, and lets one of them take over";
        // After the writer: a cluster without instances cannot become global.
        layers.put(Layer::Data, &global(domain), why, Resource::new(model).retain().after(writer.name()));
    }
}

/// Puts a further region's copy of a domain's cluster: readers only, one for every instance that the leading region has.
pub fn put_copy(
    database: &Choice,
    site: &Site,
    network: &NetworkOffer,
    offers: &Offers,
    layers: &mut Layers,
    shared: &Shared,
    domain: &str,
) {
    let Some(leading) = site.regions.first() else { return };
    let id = database::cluster(domain);
    // User, password and database come with the data; the key is this region's own.
    let model = cluster(database, site, offers, shared, domain)
        .global_cluster_identifier(global_name(site, domain))
        .enable_global_write_forwarding(true);
    let why =
        "A copy next to this region's users, which takes over when the leading region is lost; writes are forwarded to the leading region";
    let after = global(domain).in_region(leading.region.code());
    let log = put_log(site, layers, domain);
    layers.put(Layer::Data, &id, why, Resource::new(model).retain().after(after.name()).after(log.name()));
    for number in 1..=database.readers + 1 {
        // Scaling by load is not offered for copies, so there are as many as the leading region begins with.
        let member = instance(database, site, network, offers, shared, &id, number - 1);
        layers.put(Layer::Data, &database::reader(domain, number), READER, deleted_with_cluster(member));
    }
}

/// Puts the log group of a cluster before the cluster makes one that keeps everything for ever.
fn put_log(site: &Site, layers: &mut Layers, domain: &str) -> Id<logs::LogGroup> {
    let name = format!("/aws/rds/cluster/{}/postgresql", site.name(&database::suffix(domain)));
    let id: Id<logs::LogGroup> = Id::new(format!("{}LogGroup", database::cluster(domain).name()));
    database::put_log(site, layers, &id, name);
    id
}

const READER: &str = "Takes reads off the writer, in another zone than its neighbours, and can become the writer";

fn global(domain: &str) -> Id<global_cluster::GlobalCluster> {
    Id::new(format!("{}DatabaseGlobalCluster", database::word(domain)))
}

/// Fixed, because the further regions name it; lower case, as RDS keeps it.
fn global_name(site: &Site, domain: &str) -> String {
    site.name(&database::suffix(domain))
}

/// What clusters have in common, in the leading region and in further ones.
fn cluster(database: &Choice, site: &Site, offers: &Offers, shared: &Shared, domain: &str) -> rds::DBCluster {
    let mut model = rds::DBCluster::new()
        .auto_minor_version_upgrade(true)
        .backup_retention_period(database::backup_days(site))
        .copy_tags_to_snapshot(true)
        // Named, so that its log group is ours and there before it is; no cluster is ever replaced.
        .db_cluster_identifier(site.name(&database::suffix(domain)))
        .db_cluster_parameter_group_name(shared.parameters.reference())
        .db_subnet_group_name(database::subnet_group().reference())
        .deletion_protection(true)
        .enable_cloudwatch_logs_exports(["postgresql"])
        .enable_iam_database_authentication(true)
        .engine(ENGINE)
        .engine_version(database::POSTGRES_VERSION)
        .port(i64::from(database::PORT))
        .preferred_backup_window(database::BACKUP_WINDOW)
        .preferred_maintenance_window(database::MAINTENANCE_WINDOW)
        .storage_encrypted(true)
        .tags(name_tag(site, &database::suffix(domain)))
        .vpc_security_group_ids([database::group().group_id()]);
    if let Some(key) = &offers.key {
        model = model.kms_key_id(key.arn());
    }
    if let Chosen::Serverless { least, most, .. } = database.chosen {
        model = model.serverless_v2_scaling_configuration(ServerlessV2ScalingConfiguration::new().min_capacity(least).max_capacity(most));
    }
    model
}

/// An instance of a cluster; its zone is named, because Aurora would choose one at random.
fn instance(
    database: &Choice,
    site: &Site,
    network: &NetworkOffer,
    offers: &Offers,
    shared: &Shared,
    cluster: &Id<rds::DBCluster>,
    number: u64,
) -> rds::DBInstance {
    let mut model = rds::DBInstance::new()
        .auto_minor_version_upgrade(true)
        .ca_certificate_identifier(database::CERTIFICATE_AUTHORITY)
        .db_cluster_identifier(cluster.reference())
        .db_instance_class(database.class_name())
        .enable_performance_insights(true)
        .engine(ENGINE)
        .monitoring_interval(database::MONITORING_SECONDS)
        .monitoring_role_arn(shared.monitoring.arn())
        .performance_insights_retention_period(database::INSIGHTS_DAYS)
        .preferred_maintenance_window(database::MAINTENANCE_WINDOW)
        .promotion_tier(if number < site.zones as u64 { 1 } else { 2 })
        .publicly_accessible(false)
        .tags(name_tag(site, "database"));
    if let Some(subnet) = network.data.get(number as usize % site.zones.clamp(1, 3)) {
        model = model.availability_zone(subnet.availability_zone());
    }
    if let Some(key) = &offers.key {
        model = model.performance_insights_kms_key_id(key.arn());
    }
    model
}

/// An instance holds no data, the cluster does: one that is no longer needed goes, instead of staying and being billed.
fn deleted_with_cluster(instance: rds::DBInstance) -> Resource {
    let mut resource = Resource::new(instance);
    resource.deletion_policy = Some(Policy::Delete);
    resource.update_replace_policy = Some(Policy::Delete);
    resource
}

/// Readers come and go with the load, above those that the template has.
fn put_scaling(database: &Choice, layers: &mut Layers, cluster: &Id<rds::DBCluster>, word: &str) {
    use scaling::scalable_target::{ScalableDimension, ServiceNamespace};
    use scaling::scaling_policy::{
        PolicyType, PredefinedMetricSpecification, PredefinedMetricType, TargetTrackingScalingPolicyConfiguration,
    };
    let target: Id<scaling::ScalableTarget> = Id::new(format!("{word}DatabaseReaders"));
    let model = scaling::ScalableTarget::new(
        database.readers_most as i64,
        database.readers as i64,
        Val::sub(format!("cluster:${{{}}}", cluster.name())),
        ScalableDimension::RdsClusterReadReplicaCount,
        ServiceNamespace::Rds,
    );
    let why = format!("Between {} and {} readers, by load", database.readers, database.readers_most);
    // After the readers of the template, or scaling would add its own while those are still starting.
    let readers = (1..=database.readers).map(|number| format!("{word}DatabaseReader{number}"));
    layers.put(Layer::Data, &target, why, readers.fold(Resource::new(model), Resource::after));
    let policy: Id<scaling::ScalingPolicy> = Id::new(format!("{word}DatabaseReadersPolicy"));
    let tracking = TargetTrackingScalingPolicyConfiguration::new(READER_CPU)
        .predefined_metric_specification(PredefinedMetricSpecification::new(PredefinedMetricType::RdsReaderAverageCpuUtilization))
        .scale_in_cooldown(COOLDOWN)
        .scale_out_cooldown(COOLDOWN);
    let model = scaling::ScalingPolicy::new("reader-cpu", PolicyType::TargetTrackingScaling)
        .scaling_target_id(target.reference())
        .target_tracking_scaling_policy_configuration(tracking);
    layers.put(Layer::Data, &policy, format!("Adds a reader when the readers' processors are {READER_CPU} % busy"), model);
}
