//! What every relational database of ours has, wherever it runs: its secret, who may connect, and how the app is told of it.
//!
//! The logical IDs are the same in every phase, so that a database that moves to its next home finds its password and its callers there.

pub mod choice;
pub mod domain;
pub mod sizing;

use cfn::resource::{ec2, iam, logs, rds, secretsmanager as sm};
use cfn::{Id, Node, Resource, Val};

use crate::block::{Bill, Kind, Layer, Layers, NetworkOffer, Offers, Reliance, SecretVariable, Site, Tier, Variable, Way, about, name_tag};
use crate::catalog::MissingPrice;
use crate::recipe;

/// PostgreSQL's major version in every phase: Amazon Linux 2023 has it as `postgresql17`, RDS and Aurora have it too, so that data moves
/// between them without an upgrade (amazonlinux/amazon-linux-2023 issue 860; RDS release calendar, 2026).
pub const POSTGRES_MAJOR: u32 = 17;
/// The minor version that RDS and Aurora begin with; both take newer ones by themselves. Aurora must not be older than the RDS instance that it
/// copies.
pub const POSTGRES_VERSION: &str = "17.9";
/// `max_connections` of PostgreSQL on a host of ours: more than any app opens that one host carries, where PostgreSQL's own default is 100.
pub const HOST_CONNECTIONS: u64 = 1_000;
/// The TCP port.
pub const PORT: u16 = 5432;
/// The database; create-only at Aurora.
pub const NAME: &str = "app";
/// The user whom the secret belongs to.
pub const USER: &str = "app";
/// Characters of a generated password; letters and digits only, which is 190 bits and needs quoting nowhere (RDS refuses `/`, `@`, `"` and spaces).
const PASSWORD_LENGTH: i64 = 32;

/// A database by its name: a business domain (`users`) or a shard of one (`orders-shard2`); empty for the domain that keeps the first database.
pub type Domain<'a> = &'a str;

/// The cluster of a database: `DatabaseCluster`, `UsersDatabaseCluster`, `OrdersShard2DatabaseCluster`.
pub fn cluster(domain: Domain) -> Id<rds::DBCluster> {
    Id::new(format!("{}DatabaseCluster", word(domain)))
}

/// The instance of a cluster that takes the writes; in a further region there are readers only.
pub fn writer(domain: Domain) -> Id<rds::DBInstance> {
    Id::new(format!("{}DatabaseWriter", word(domain)))
}

/// A reader of a cluster, from 1 on.
pub fn reader(domain: Domain, number: u64) -> Id<rds::DBInstance> {
    Id::new(format!("{}DatabaseReader{number}", word(domain)))
}

/// What a database is called in names of AWS's, beside app and environment: `database`, `users-database`.
pub fn suffix(domain: Domain) -> String {
    if domain.is_empty() { "database".to_owned() } else { format!("{domain}-database") }
}

/// A domain's word in logical IDs: `user-accounts` is `UserAccounts`, the first domain's is empty.
pub fn word(domain: Domain) -> String {
    let capital = |part: &str| part.chars().take(1).flat_map(char::to_uppercase).chain(part.chars().skip(1)).collect::<String>();
    domain.split(['-', '_']).map(capital).collect()
}

/// User and password, as JSON with `username` and `password`; RDS adds `host`, `port`, `dbname` and `engine`.
pub fn secret(domain: Domain) -> Id<sm::Secret> {
    Id::new(format!("{}DatabaseCredentials", word(domain)))
}

/// The security group of every relational database, in the network layer.
pub fn group() -> Id<ec2::SecurityGroup> {
    Id::new("DatabaseSecurityGroup")
}

/// The three data subnets, for RDS and Aurora.
pub fn subnet_group() -> Id<rds::DBSubnetGroup> {
    Id::new("DatabaseSubnetGroup")
}

/// The secret's name: fixed, because copies in further regions carry it too.
pub fn secret_name(site: &Site, domain: Domain) -> String {
    format!("{}/{}", site.settings.prefix(), suffix(domain))
}

/// Puts the secret of a domain's database in the leading region's data layer, with a copy for every further region.
pub fn put_secret(site: &Site, offers: &Offers, layers: &mut Layers, domain: Domain) {
    let password = sm::secret::GenerateSecretString::new()
        .secret_string_template(format!("{{\"username\": \"{USER}\"}}"))
        .generate_string_key("password")
        .password_length(PASSWORD_LENGTH)
        .exclude_punctuation(true);
    let mut secret = sm::Secret::new()
        .name(secret_name(site, domain))
        .description("User and password of the database")
        .generate_secret_string(password)
        .tags(name_tag(site, "database"));
    if let Some(key) = &offers.key {
        secret = secret.kms_key_id(key.arn());
    }
    // A copy is encrypted by its own region's key for secrets: the further region's data key is made only after this stack.
    let copies: Vec<_> = site.regions.iter().skip(1).map(|region| sm::secret::ReplicaRegion::new(region.region.code())).collect();
    if !copies.is_empty() {
        secret = secret.replica_regions(copies);
    }
    let why = "The database's password is generated here and stands in no template; it is the same in every phase";
    layers.put(Layer::Data, &self::secret(domain), why, Resource::new(secret).retain());
}

/// Bills the secrets of so many databases in one region: the originals in the leading one, their copies in each further one.
pub fn bill_secrets(databases: u64, bill: &mut Bill) -> Result<(), MissingPrice> {
    let why = format!("{databases} × 1 month");
    bill.standing(databases, about("Secrets of databases", "secretsmanager.secret", Kind::Operations, why))
}

/// Secrets are read when servers start: those that run go on without.
pub fn secret_reliance() -> Reliance {
    Reliance::new("Secrets Manager, when servers start", "secretsmanager", Way::Aside)
}

/// The secret's ARN in the site's region: a copy has the ARN of its original but for the region.
pub fn secret_arn(site: &Site, domain: Domain) -> Val<String> {
    let secret = secret(domain);
    match site.regions.first() {
        Some(leading) if !site.leads() => {
            let original = secret.in_region(leading.region.code()).reference();
            let name = Val::select(6, Val::<Vec<String>>::split(":", original));
            let before = Val::sub("arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret");
            Val::join(":", [before, name])
        }
        _ => secret.reference(),
    }
}

/// The secret's field, fetched by CloudFormation during the deployment and never shown.
pub fn resolved(domain: Domain, field: &str) -> Val<String> {
    Val::sub(format!("{{{{resolve:secretsmanager:${{{}}}:SecretString:{field}}}}}", secret(domain).name()))
}

/// Puts the databases' security group and a rule for everyone who calls them.
pub fn put_group(site: &Site, network: &NetworkOffer, offers: &Offers, layers: &mut Layers) {
    recipe::security_group(site, network, layers, &group(), "database", "Databases");
    recipe::let_callers_in(layers, "Database", &group(), &offers.callers, PORT, "the database");
    // A database that moves to its next home, or is divided, streams its changes there.
    recipe::let_in(layers, "DatabaseFromDatabase", &group(), &group(), PORT, "Databases follow one another while data moves");
}

/// Puts the subnet group over all three zones, whatever the phase uses: it cannot be changed on a database that stands in it.
pub fn put_subnet_group(site: &Site, network: &NetworkOffer, layers: &mut Layers) {
    let model =
        rds::DBSubnetGroup::new("The data subnets of all three zones", network.subnets(Tier::Data, 3)).tags(name_tag(site, "database"));
    let why = "Databases stand in subnets without a way to the internet, in three zones";
    // Retained because a retained database goes on standing in it.
    layers.put(Layer::Data, &subnet_group(), why, Resource::new(model).retain());
}

/// Days that every moment can be restored: what the user chose, else by phase; 1 to 35 is what RDS keeps.
pub fn backup_days(site: &Site) -> i64 {
    let by_phase = match site.phase {
        "10" | "1k" => 7,
        "10k" => 14,
        "500k" => 30,
        _ => 35,
    };
    site.settings.backup_retention_days.map_or(by_phase, |days| i64::from(days.clamp(1, 35)))
}

/// Days that the logs of databases and their proxies are kept: what the user chose, else a month.
pub fn log_days(site: &Site) -> i64 {
    site.settings.log_retention_days.map_or(recipe::LOG_DAYS, i64::from)
}

/// Puts a log group under the name that RDS writes to; slow queries stand in it.
pub fn put_log(site: &Site, layers: &mut Layers, id: &Id<logs::LogGroup>, name: String) {
    let model = logs::LogGroup::new().log_group_name(name).retention_in_days(log_days(site));
    layers.put(Layer::Data, id, "Slow queries are kept for as long as they help, because the group is there before the database is", model);
}

/// When the daily backup and the weekly maintenance begin, UTC: apart from each other, in the night of both Americas and Europe.
pub const BACKUP_WINDOW: &str = "03:00-04:00";
/// See [`BACKUP_WINDOW`].
pub const MAINTENANCE_WINDOW: &str = "sun:05:00-sun:06:00";
/// Days that Database Insights keeps query statistics: what its standard mode has free of charge.
pub const INSIGHTS_DAYS: i64 = 7;
/// Seconds between two samples of the operating system's figures.
pub const MONITORING_SECONDS: i64 = 60;
/// The certificate authority that signs the servers' certificates; the older one ended in 2024.
pub const CERTIFICATE_AUTHORITY: &str = "rds-ca-rsa2048-g1";

/// Puts the role by which RDS writes figures of the operating system to CloudWatch.
pub fn put_monitoring_role(layers: &mut Layers) -> Id<iam::Role> {
    let id: Id<iam::Role> = Id::new("DatabaseMonitoringRole");
    recipe::role(layers, Layer::Data, &id, "monitoring.rds.amazonaws.com", Vec::new(), &["service-role/AmazonRDSEnhancedMonitoringRole"]);
    id
}

/// Settings of PostgreSQL that hold in every home: connections are encrypted, changes can be streamed to the next home, slow queries are logged.
pub fn parameters() -> Vec<(&'static str, &'static str)> {
    vec![("rds.force_ssl", "1"), ("rds.logical_replication", "1"), ("log_min_duration_statement", "1000")]
}

/// The variables that lead the app to a domain's database; the names are the same in every phase.
pub fn variables(domain: Domain, host: Val<String>, reader: Option<Val<String>>) -> Vec<Variable> {
    let mut variables = vec![Variable::new(variable(domain, "HOST"), host).of_database(domain)];
    variables.extend(reader.map(|reader| Variable::new(variable(domain, "READER_HOST"), reader).of_database(domain)));
    if domain.is_empty() {
        variables.extend(names());
    }
    variables
}

/// The variables that are the same for every database: port, name and user.
pub fn names() -> [Variable; 3] {
    let text = |text: &str| Val::of_node(Node::from(text));
    [
        Variable::new("DATABASE_PORT", text(&PORT.to_string())),
        Variable::new("DATABASE_NAME", text(NAME)),
        Variable::new("DATABASE_USER", text(USER)),
    ]
}

/// The variable with the secret's ARN, and the key that whoever reads it must be allowed to use.
pub fn secret_variable(site: &Site, domain: Domain) -> SecretVariable {
    let key = site.leads().then(|| recipe::data_key().arn());
    SecretVariable { name: variable(domain, "SECRET_ARN").into(), arn: secret_arn(site, domain), key, database: Some(domain.to_owned()) }
}

/// `DATABASE_HOST`, and for a domain `USERS_DATABASE_HOST`.
fn variable(domain: Domain, what: &str) -> String {
    let own = if domain.is_empty() { String::new() } else { format!("{}_", domain.to_uppercase().replace('-', "_")) };
    format!("{own}DATABASE_{what}")
}
