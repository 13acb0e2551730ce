//! What a user sets in `scalectl.yaml`: typed, checked, and complete without any file.
//!
//! `read` turns text into [`Settings`] or into [`Problem`]s that name line and column; `rule` holds the limits that AWS puts on
//! names, so that flags and file obey the same ones.

mod check;
mod file;
mod ground;
mod options;
mod overridden;
mod pointing;
mod problem;
mod read;
pub mod rule;

use indexmap::IndexMap;

pub use problem::{Place, Problem, Problems};
pub use read::{Known, MAX_BYTES, blank, keys, read, too_large};

/// The JSON schema of the settings file, for editors; `scalectl schema` prints it.
pub const SCHEMA: &str = include_str!("../schemas/scalectl.schema.json");

/// The image that runs when the user names none: nginx's stable build in Amazon's public registry. It answers 200 on `/` at port 80, exists
/// for arm64, and needs no account to pull (Docker Hub limits anonymous pulls per address, which a NAT gateway shares).
pub const SAMPLE_IMAGE: &str = "public.ecr.aws/nginx/nginx:stable-alpine";

/// Everything that a settings file, or the defaults in its place, says.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Name of the application: first part of every stack's name.
    pub app: String,
    /// Name of the environment: second part of every stack's name.
    pub environment: String,
    /// Monthly active users, as written (`500k`); the command line's `--users` wins over it.
    pub users: Option<String>,
    /// Phase id, as written; the command line's `--phase` wins over it.
    pub phase: Option<String>,
    /// The home region.
    pub region: String,
    /// The regions beside the home region that `10m` serves from; empty: the phase chooses.
    pub further_regions: Vec<String>,
    /// Domain under which the app answers, without a trailing dot.
    pub domain: Option<String>,
    /// Route 53 hosted zone that holds `domain`.
    pub hosted_zone_id: Option<String>,
    /// The image that the servers run.
    pub container: Container,
    /// The services of phases `500k` and `10m`, in order; one of them has the path `/*`.
    pub services: Vec<Service>,
    /// What carries the services of `500k` and `10m`; none: the phase chooses.
    pub compute: Option<Compute>,
    /// Where alarms are mailed.
    pub alerts_email: Option<String>,
    /// Tags on every stack, and through it on every resource.
    pub tags: IndexMap<String, String>,
    /// How busy users are, as written: a profile of use; the command line's `--workload` wins over it.
    pub workload: Option<String>,
    /// Assumptions that the user knows better, id to value as written.
    pub assume: IndexMap<String, String>,
    /// Bucket for templates that are too large to send in a request.
    pub template_bucket: Option<String>,
    /// The business domains of `10m`'s federation, each with the services that own it; empty: one domain for each service.
    pub federation: IndexMap<String, Vec<String>>,
    /// What the cache speaks.
    pub cache_engine: CacheEngine,
    /// What carries the database; none: the phase chooses.
    pub database_hosting: Option<DatabaseHosting>,
    /// What a month may cost, in whole USD; none: the plan's own estimate, where there is one.
    pub monthly_budget: Option<u32>,
    /// Shield Advanced: 3,000 USD a month for one year; only when asked for.
    pub shield: bool,
    /// A GraphQL API on AppSync beside the services, from `500k`.
    pub appsync: bool,
    /// How many days backups are kept; none: the phase chooses.
    pub backup_retention_days: Option<u32>,
    /// How many days logs are kept; none: the phase chooses.
    pub log_retention_days: Option<u32>,
    /// The first /16 of the regions' address ranges, `10.0.0.0/16`; each region takes the one of its index from there on.
    pub cidr: Option<String>,
    /// A network that is there already and is used instead of one of our own.
    pub existing_vpc: Option<ExistingVpc>,
    /// Who watches for unusual cost.
    pub anomaly_monitor: AnomalyMonitor,
    /// Properties of resources that the user sets in our place, by logical ID; typed against the resource's model when it is rendered.
    pub overrides: IndexMap<String, Override>,
    /// Findings of `check` that the user stands by.
    pub ignore: Vec<Ignore>,
    /// The file itself, when it has overrides: what is wrong with one shows only when resources are written down.
    pub source: Option<Source>,
}

/// A finding that is known and wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The rule's id.
    pub rule: String,
    /// The resource's logical ID, with `*` for anything; none: every resource.
    pub resource: Option<String>,
    /// Why it is wanted.
    pub reason: String,
}

/// A settings file, for problems that are found after it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// How the user calls it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Who watches for unusual cost. AWS lets a member account of an organisation make no monitor but the one of all services, of which every
/// account may have one and most have it already (Cost Management user guide, "Getting started with AWS Cost Anomaly Detection", 2025).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AnomalyMonitor {
    /// A monitor of this account's cost, of our own; for an account that stands alone or that manages an organisation.
    #[default]
    Account,
    /// A monitor that is there already; what it finds is told to our topic.
    Existing(String),
    /// Nobody.
    None,
}

/// A network that somebody made before; three zones, one subnet of each kind in each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExistingVpc {
    /// `vpc-0123456789abcdef0`.
    pub id: String,
    /// Its address range.
    pub cidr: String,
    /// The zones of the subnets by name, `us-east-1a`, in order.
    pub zones: Vec<String>,
    /// Subnets with a route to an internet gateway, one a zone.
    pub public: Vec<String>,
    /// Subnets whose way out is a NAT gateway, one a zone.
    pub private: Vec<String>,
    /// Subnets for databases and caches, one a zone.
    pub data: Vec<String>,
}

/// What a user sets of one resource, and where in the file that stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// The properties, as a tree.
    pub properties: cfn::Map,
    /// Where the logical ID stands.
    pub place: Place,
    /// Where each property stands, by its path (`LaunchTemplateData/Monitoring`).
    pub places: IndexMap<String, Place>,
}

/// What the cache speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheEngine {
    /// The open fork of Redis, cheaper by a fifth.
    #[default]
    Valkey,
    /// Redis OSS.
    Redis,
    /// Memcached: no replicas, no failover.
    Memcached,
}

/// What carries the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseHosting {
    /// PostgreSQL on an EC2 instance of its own.
    Ec2,
    /// RDS for PostgreSQL.
    Rds,
    /// Aurora PostgreSQL.
    Aurora,
}

/// A container image and how to reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Image reference, with tag or digest.
    pub image: String,
    /// TCP port that the container listens on.
    pub port: u16,
    /// Path that answers 200 when the container is healthy.
    pub health_check_path: String,
    /// Plain environment variables; no secrets.
    pub environment: IndexMap<String, String>,
}

/// One service of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Name, part of resource names.
    pub name: String,
    /// Path pattern that the load balancer routes to it, such as `/users*`.
    pub path: String,
    /// CPU of one task in ECS units, 1,024 to the vCPU; none: the load decides.
    pub cpu: Option<u32>,
    /// Memory of one task in MiB; none: the load decides.
    pub memory: Option<u32>,
    /// Its own image; none: the app's.
    pub container: Option<Container>,
}

/// What carries the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compute {
    /// AWS Fargate: no hosts to look after.
    Fargate,
    /// EC2 capacity behind a capacity provider: cheaper when it is well filled.
    Ec2,
}

/// Why a cache of this engine cannot serve a phase; nothing when it can.
pub fn conflict(engine: CacheEngine, phase: &str) -> Option<String> {
    (engine == CacheEngine::Memcached && phase == "10k").then(|| {
        "cache engine memcached does not go with phase 10k, which keeps sessions in the cache: without replicas and failover a lost node logs \
         its users out; take valkey or redis, or memcached from 500k on"
            .to_owned()
    })
}

impl Settings {
    /// The first part of every stack's name: `<app>-<environment>`.
    pub fn prefix(&self) -> String {
        format!("{}-{}", self.app, self.environment)
    }

    /// The tags of every stack, and of what AWS makes outside of stacks by their templates.
    pub fn all_tags(&self) -> Vec<(String, String)> {
        let mut tags = vec![("scalectl:app".to_owned(), self.app.clone()), ("scalectl:environment".to_owned(), self.environment.clone())];
        tags.extend(self.tags.iter().map(|(key, value)| (key.clone(), value.clone())));
        tags
    }

    /// The service that takes every path that no other service takes.
    pub fn default_service(&self) -> Option<&Service> {
        self.services.iter().find(|service| service.path == "/*")
    }

    /// The container that a service runs: its own, or the app's.
    pub fn container_of<'a>(&'a self, service: &'a Service) -> &'a Container {
        service.container.as_ref().unwrap_or(&self.container)
    }
}

impl Default for Settings {
    fn default() -> Self {
        let service =
            |name: &str, path: &str| Service { name: name.to_owned(), path: path.to_owned(), cpu: None, memory: None, container: None };
        Self {
            app: "app".to_owned(),
            environment: "prod".to_owned(),
            users: None,
            phase: None,
            region: "us-east-1".to_owned(),
            further_regions: Vec::new(),
            domain: None,
            hosted_zone_id: None,
            container: Container::default(),
            services: vec![
                service("web", "/*"),
                service("users", "/users*"),
                service("catalog", "/catalog*"),
                service("orders", "/orders*"),
            ],
            compute: None,
            alerts_email: None,
            tags: IndexMap::new(),
            workload: None,
            assume: IndexMap::new(),
            template_bucket: None,
            federation: IndexMap::new(),
            cache_engine: CacheEngine::default(),
            database_hosting: None,
            monthly_budget: None,
            shield: false,
            appsync: false,
            backup_retention_days: None,
            log_retention_days: None,
            cidr: None,
            existing_vpc: None,
            anomaly_monitor: AnomalyMonitor::default(),
            overrides: IndexMap::new(),
            ignore: Vec::new(),
            source: None,
        }
    }
}

impl Default for Container {
    fn default() -> Self {
        Self { image: SAMPLE_IMAGE.to_owned(), port: 80, health_check_path: "/".to_owned(), environment: IndexMap::new() }
    }
}
