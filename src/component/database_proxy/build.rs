//! The proxies with their roles, who may connect, and their logs.

use cfn::Id;
use cfn::policy::Statement;
use cfn::resource::rds::{self, db_proxy, db_proxy_endpoint, db_proxy_target_group as target};
use cfn::resource::{ec2, logs};

use super::{group, proxy, reads, role};
use crate::block::{Layer, Layers, NetworkOffer, Offers, Site, Tier, name_tag};
use crate::recipe::database::{self, choice::Choice};
use crate::recipe;

/// The part of `max_connections` that the pool may open; the rest is for people, for migrations and for writes forwarded by further regions.
const MOST_PERCENT: i64 = 80;
/// The part that stays open while nothing is to be done.
const IDLE_PERCENT: i64 = 40;
/// Seconds that a query waits for a connection before it fails: failing early beats a queue that only grows.
const BORROW_SECONDS: i64 = 10;
/// Seconds after which a silent client is let go.
const IDLE_CLIENT_SECONDS: i64 = 1_800;

/// Puts the security group: callers reach the proxy, the proxy reaches the databases. Callers keep their direct way, for migrations and while
/// tasks change over.
pub fn put_group(site: &Site, network: &NetworkOffer, offers: &Offers, layers: &mut Layers) {
    let id: Id<ec2::SecurityGroup> = group();
    recipe::security_group(site, network, layers, &id, "database-proxy", "Database proxies");
    recipe::let_callers_in(layers, "DatabaseProxy", &id, &offers.callers, database::PORT, "the database's proxy");
    recipe::let_in(layers, "DatabaseFromProxy", &database::group(), &id, database::PORT, "The proxy reaches the database");
}

/// Puts the group that functions wear to reach the proxies: those of the user's own, which stand in no template of ours.
pub fn put_functions_group(site: &Site, network: &NetworkOffer, layers: &mut Layers) {
    let id: Id<ec2::SecurityGroup> = Id::new("FunctionsSecurityGroup");
    recipe::security_group(site, network, layers, &id, "functions", "Functions that use the database");
    recipe::let_in(layers, "DatabaseProxyFromFunctions", &group(), &id, database::PORT, "Functions reach the database's proxy");
    layers.tell(Layer::Network, "FunctionsGroup", id.group_id(), "Security group for functions that use the database, by its proxy");
}

/// Puts the role: a proxy reads the one secret that it logs in with.
pub fn put_role(site: &Site, layers: &mut Layers, domain: &str) {
    let secret = database::secret_variable(site, domain);
    let mut statements = vec![Statement::allow(["secretsmanager:GetSecretValue"]).on(secret.arn).sid("ReadPassword")];
    if let Some(key) = secret.key {
        let via = cfn::Val::sub("secretsmanager.${AWS::Region}.amazonaws.com");
        statements.push(Statement::allow(["kms:Decrypt"]).on(key).when("StringEquals", "kms:ViaService", via).sid("DecryptPassword"));
    }
    recipe::role(layers, Layer::Data, &role(domain), "rds.amazonaws.com", statements, &[]);
}

/// Puts a cluster's proxy, its pool, and its endpoint for reads.
pub fn put_proxy(choice: &Choice, site: &Site, network: &NetworkOffer, layers: &mut Layers, domain: &str) {
    let name = site.name(&database::suffix(domain));
    let log: Id<logs::LogGroup> = Id::new(format!("{}LogGroup", proxy(domain).name()));
    database::put_log(site, layers, &log, format!("/aws/rds/proxy/{name}"));

    let subnets = network.subnets(Tier::Data, 3);
    let password = db_proxy::AuthFormat::new()
        .auth_scheme(db_proxy::AuthScheme::Secrets)
        .client_password_auth_type(db_proxy::ClientPasswordAuthType::PostgresScramSha256)
        .iam_auth(db_proxy::IAMAuth::Disabled)
        .secret_arn(database::secret_variable(site, domain).arn);
    let model = rds::DBProxy::new(name.as_str(), db_proxy::EngineFamily::Postgresql, role(domain).arn(), subnets.clone())
        .auth([password])
        .idle_client_timeout(IDLE_CLIENT_SECONDS)
        .require_tls(true)
        .tags(name_tag(site, &database::suffix(domain)))
        .vpc_security_group_ids([group().group_id()]);
    let why = "Many tasks share few connections, and a new writer takes over without the app connecting anew";
    layers.put(Layer::Data, &proxy(domain), why, cfn::Resource::new(model).after(log.name()));

    let pool = target::ConnectionPoolConfigurationInfoFormat::new()
        .connection_borrow_timeout(BORROW_SECONDS)
        .max_connections_percent(MOST_PERCENT)
        .max_idle_connections_percent(IDLE_PERCENT);
    let model = rds::DBProxyTargetGroup::new(proxy(domain).reference(), target::TargetGroupName::Default)
        .connection_pool_configuration_info(pool)
        .db_cluster_identifiers([database::cluster(domain).reference()]);
    let targets: Id<rds::DBProxyTargetGroup> = Id::new(format!("{}Targets", proxy(domain).name()));
    // After the first instance: a cluster without one cannot be a target.
    let first = if choice.copies(site) { database::reader(domain, 1) } else { database::writer(domain) };
    let why = format!("The pool takes up to {MOST_PERCENT} % of the connections; the rest is for people and migrations");
    layers.put(Layer::Data, &targets, why, cfn::Resource::new(model).after(first.name()));

    let model = rds::DBProxyEndpoint::new(format!("{name}-reads"), proxy(domain).reference(), subnets)
        .tags(name_tag(site, &database::suffix(domain)))
        .target_role(db_proxy_endpoint::TargetRole::ReadOnly)
        .vpc_security_group_ids([group().group_id()]);
    layers.put(Layer::Data, &reads(domain), "Reads go to the readers by a pool of their own", cfn::Resource::new(model).after(targets.name()));
}
