//! The instances, their settings and where they stand.

use cfn::resource::rds::db_instance::DatabaseInsightsMode;
use cfn::resource::{iam, logs, rds, secretsmanager as sm};
use cfn::{Id, Resource};

use super::DatabaseInstance;
use crate::block::{Layer, Layers, NetworkOffer, Offers, Site, Tier, name_tag};
use crate::recipe::database;

/// Puts leader, follower, their parameters, and joins the secret to the leader.
pub fn instances(database: &DatabaseInstance, site: &Site, network: &NetworkOffer, offers: &Offers, layers: &mut Layers) {
    let leader_id = DatabaseInstance::leader();
    let parameters = put_parameters(site, layers);
    let monitoring = database::put_monitoring_role(layers);
    let subnets = put_leader_subnets(site, network, layers);

    let mut leader = common(database, &parameters, &monitoring, offers)
        .allocated_storage(database.storage.to_string())
        .max_allocated_storage(database.storage_most as i64)
        .backup_retention_period(database::backup_days(site))
        .db_instance_identifier(site.name("leader"))
        .db_name(database::NAME)
        .db_subnet_group_name(subnets.reference())
        .delete_automated_backups(false)
        .engine("postgres")
        .engine_version(database::POSTGRES_VERSION)
        .master_user_password(database::resolved("", "password"))
        .master_username(database::resolved("", "username"))
        .multi_az(!database.alone)
        .port(database::PORT.to_string())
        .preferred_backup_window(database::BACKUP_WINDOW)
        .storage_encrypted(true)
        .tags(name_tag(site, "database-leader"));
    if let Some(key) = &offers.key {
        leader = leader.kms_key_id(key.arn());
    }
    let why = "Takes all writes; its standby in another zone takes over within a minute or two";
    let leader = with_logs(site, layers, &leader_id, "leader", leader);
    layers.put(Layer::Data, &leader_id, why, leader);

    if !database.alone {
        put_follower(database, site, network, offers, layers, (&parameters, &monitoring));
    }

    let attachment: Id<sm::SecretTargetAttachment> = Id::new("DatabaseSecretAttachment");
    let model = sm::SecretTargetAttachment::new(database::secret("").reference(), leader_id.reference(), "AWS::RDS::DBInstance");
    layers.put(Layer::Data, &attachment, "Adds host, port and database to the secret, so that one read tells all", model);
}

fn put_follower(
    database: &DatabaseInstance,
    site: &Site,
    network: &NetworkOffer,
    offers: &Offers,
    layers: &mut Layers,
    (parameters, monitoring): (&Id<rds::DBParameterGroup>, &Id<iam::Role>),
) {
    let (leader_id, follower_id) = (DatabaseInstance::leader(), DatabaseInstance::follower());
    // Name, user, storage, encryption and engine are the source's.
    let mut follower = common(database, parameters, monitoring, offers)
        .db_subnet_group_name(database::subnet_group().reference())
        .db_instance_identifier(site.name("follower"))
        .source_db_instance_identifier(leader_id.reference())
        .max_allocated_storage(database.storage_most as i64)
        .tags(name_tag(site, "database-follower"));
    if let Some(third) = network.data.get(2) {
        follower = follower.availability_zone(third.availability_zone());
    }
    let why = "Takes reads off the leader; always in the third zone, where neither the leader nor its standby stands";
    let follower = with_logs(site, layers, &follower_id, "follower", follower);
    layers.put(Layer::Data, &follower_id, why, follower);
}

/// Puts the log groups of an instance before the instance makes ones that keep everything for ever; it is named, so that they are known.
fn with_logs(site: &Site, layers: &mut Layers, id: &Id<rds::DBInstance>, suffix: &str, model: rds::DBInstance) -> Resource {
    let mut resource = Resource::new(model).retain();
    for (word, log) in LOGS {
        let group: Id<logs::LogGroup> = Id::new(format!("{}{word}LogGroup", id.name()));
        database::put_log(site, layers, &group, format!("/aws/rds/instance/{}/{log}", site.name(suffix)));
        resource = resource.after(group.name());
    }
    resource
}

/// The logs that an instance sends to CloudWatch, with their words in logical IDs.
const LOGS: [(&str, &str); 2] = [("", "postgresql"), ("Upgrade", "upgrade")];

/// What leader and follower have in common.
fn common(
    database: &DatabaseInstance,
    parameters: &Id<rds::DBParameterGroup>,
    monitoring: &Id<iam::Role>,
    offers: &Offers,
) -> rds::DBInstance {
    let mut model = rds::DBInstance::new()
        .auto_minor_version_upgrade(true)
        .ca_certificate_identifier(database::CERTIFICATE_AUTHORITY)
        .copy_tags_to_snapshot(true)
        .db_instance_class(&database.class.name)
        .db_parameter_group_name(parameters.reference())
        .database_insights_mode(DatabaseInsightsMode::Standard)
        .deletion_protection(true)
        .enable_cloudwatch_logs_exports(LOGS.map(|(_, log)| log))
        .enable_iam_database_authentication(true)
        .enable_performance_insights(true)
        .monitoring_interval(database::MONITORING_SECONDS)
        .monitoring_role_arn(monitoring.arn())
        .performance_insights_retention_period(database::INSIGHTS_DAYS)
        .preferred_maintenance_window(database::MAINTENANCE_WINDOW)
        .publicly_accessible(false)
        .storage_type("gp3")
        .vpc_security_groups([database::group().group_id()]);
    if let Some(key) = &offers.key {
        model = model.performance_insights_kms_key_id(key.arn());
    }
    model
}

fn put_parameters(site: &Site, layers: &mut Layers) -> Id<rds::DBParameterGroup> {
    let id: Id<rds::DBParameterGroup> = Id::new("DatabaseParameterGroup");
    let model = rds::DBParameterGroup::new("TLS only, changes can be streamed", format!("postgres{}", database::POSTGRES_MAJOR))
        .parameters(database::parameters())
        .tags(name_tag(site, "database"));
    let why = "Refuses connections without TLS, and lets changes be streamed when the data moves to its next home";
    layers.put(Layer::Data, &id, why, Resource::new(model).retain());
    id
}

/// The first two zones: leader and standby keep out of the third, which is the follower's.
fn put_leader_subnets(site: &Site, network: &NetworkOffer, layers: &mut Layers) -> Id<rds::DBSubnetGroup> {
    let id: Id<rds::DBSubnetGroup> = Id::new("DatabaseLeaderSubnetGroup");
    let subnets = network.subnets(Tier::Data, 2);
    let model = rds::DBSubnetGroup::new("The data subnets of the first two zones", subnets).tags(name_tag(site, "database-leader"));
    let why = "Keeps leader and standby in the first two zones, so that the follower in the third never shares a zone with them";
    layers.put(Layer::Data, &id, why, Resource::new(model).retain());
    id
}
