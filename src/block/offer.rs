//! What components lend one another: networks, callers, targets, settings, permissions.

use std::borrow::Cow;

use cfn::policy::Statement;
use cfn::resource::{
    apigatewayv2, autoscaling, cloudfront, ec2, elasticloadbalancingv2 as elb, kms, lambda, route53, s3, secretsmanager, sns, sqs, wafv2,
};
use cfn::{Id, Node, Val};

use super::Metric;

/// Who runs code of ours, for what is handed out by audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Answers users' requests.
    App,
    /// Works off the queue.
    Worker,
}

/// One tier of subnets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// A route to the internet gateway.
    Public,
    /// A route to a NAT gateway, when the phase has one.
    Private,
    /// No route out but to gateway endpoints.
    Data,
}

/// A VPC: one of our own, or one that was there before.
#[derive(Debug, Clone)]
pub enum Vpc {
    /// Ours.
    Own(Id<ec2::VPC>),
    /// One that was there before, by id.
    Given(String),
}

impl Vpc {
    /// Its id.
    pub fn reference(&self) -> Val<String> {
        match self {
            Vpc::Own(vpc) => vpc.reference(),
            Vpc::Given(id) => id.into(),
        }
    }
}

/// A subnet: one of our own, or one that was there before.
#[derive(Debug, Clone)]
pub enum Subnet {
    /// Ours.
    Own(Id<ec2::Subnet>),
    /// One that was there before.
    Given {
        /// `subnet-0123456789abcdef0`.
        id: String,
        /// `us-east-1a`.
        zone: String,
    },
}

impl Subnet {
    /// Its id.
    pub fn reference(&self) -> Val<String> {
        match self {
            Subnet::Own(subnet) => subnet.reference(),
            Subnet::Given { id, .. } => id.into(),
        }
    }

    /// The name of its zone.
    pub fn availability_zone(&self) -> Val<String> {
        match self {
            Subnet::Own(subnet) => subnet.availability_zone(),
            Subnet::Given { zone, .. } => zone.into(),
        }
    }
}

/// The network that others stand in.
#[derive(Debug, Clone)]
pub struct NetworkOffer {
    /// The VPC.
    pub vpc: Vpc,
    /// Its address range.
    pub cidr: String,
    /// Three subnets in three zones each; index 0 is the first zone.
    pub public: Vec<Subnet>,
    /// Where servers stand from the first phase with NAT on.
    pub private: Vec<Subnet>,
    /// Where databases and caches stand.
    pub data: Vec<Subnet>,
    /// Whether the private subnets reach the internet.
    pub nat: bool,
}

impl NetworkOffer {
    /// The subnets of a tier in the first `zones` zones, by id.
    pub fn subnets(&self, tier: Tier, zones: usize) -> Vec<Val<String>> {
        let ids = match tier {
            Tier::Public => &self.public,
            Tier::Private => &self.private,
            Tier::Data => &self.data,
        };
        ids.iter().take(zones).map(Subnet::reference).collect()
    }
}

/// A group of machines that calls what others lend: databases, caches and proxies let its security group in.
#[derive(Debug, Clone)]
pub struct Caller {
    /// A word for logical IDs of rules: `WebServers`.
    pub name: &'static str,
    /// What it runs.
    pub role: Role,
    /// The security group of its members, in the network layer.
    pub group: Id<ec2::SecurityGroup>,
}

/// The load balancer that stands in front of what serves requests.
#[derive(Debug, Clone)]
pub struct FrontDoor {
    /// Its security group, in the network layer.
    pub group: Id<ec2::SecurityGroup>,
    /// The balancer.
    pub balancer: Id<elb::LoadBalancer>,
    /// The listener that has the rules.
    pub listener: Id<elb::Listener>,
    /// Whether viewers reach it by HTTPS.
    pub https: bool,
    /// Whether signed-in users are kept on one server by a cookie.
    pub sticky: bool,
    /// Whether it stands inside the VPC, between services.
    pub internal: bool,
}

impl FrontDoor {
    /// The logical ID of the listener rule for a target; a service waits for it, because a target group without a balancer takes no tasks.
    pub fn rule_for(&self, target: &str) -> Id<elb::ListenerRule> {
        Id::new(format!("{target}{}Rule", if self.internal { "Internal" } else { "" }))
    }
}

/// A bucket for logs, in the data layer, and the policy without which nothing may be written to it.
#[derive(Debug, Clone)]
pub struct LogStore {
    /// The bucket.
    pub bucket: Id<s3::Bucket>,
    /// Its policy.
    pub policy: Id<s3::BucketPolicy>,
}

/// Something that answers HTTP requests behind a load balancer.
#[derive(Debug, Clone)]
pub struct Target {
    /// A word for logical IDs: `Web`, `Users`, `Signup`.
    pub name: String,
    /// Path patterns that lead to it; none: all that no other takes.
    pub paths: Vec<String>,
    /// The target group, in the app layer.
    pub group: Id<elb::TargetGroup>,
    /// The group that takes turns with it at every release.
    pub alternate: Option<Id<elb::TargetGroup>>,
    /// The machines behind it when they are the whole app: its rule is asked before all others, made after them and taken away before them, so that
    /// nobody is led to what is not there yet, or no longer.
    pub whole: Option<Id<autoscaling::AutoScalingGroup>>,
    /// Whether it stands behind the internal balancer, between services.
    pub internal: bool,
}

/// What public names and content delivery lead to. The outermost wins: a distribution before a balancer before a host.
#[derive(Debug, Clone)]
pub enum Address {
    /// A host with an Elastic IP.
    Host(Id<ec2::EIP>),
    /// A load balancer.
    Balancer(Id<elb::LoadBalancer>),
    /// A CloudFront distribution.
    Distribution(Id<cloudfront::Distribution>),
}

impl Address {
    fn rank(&self) -> u8 {
        match self {
            Address::Host(_) => 0,
            Address::Balancer(_) => 1,
            Address::Distribution(_) => 2,
        }
    }
}

/// A bucket whose objects the content delivery network serves under a path.
#[derive(Debug, Clone)]
pub struct Origin {
    /// A word for the origin's id: `assets`.
    pub name: &'static str,
    /// Path pattern, `/assets/*`.
    pub path: &'static str,
    /// The bucket, in this or a lower layer.
    pub bucket: Id<s3::Bucket>,
    /// Its copy in a further region, when there is one: what is served when the first does not answer.
    pub copy: Option<Id<s3::Bucket>>,
}

/// A setting that the app is handed as an environment variable; the same names in every phase.
#[derive(Debug, Clone)]
pub struct Variable {
    /// `DATABASE_HOST`, `USERS_DATABASE_HOST`.
    pub name: Cow<'static, str>,
    /// Where it leads.
    pub value: Val<String>,
    /// The database that it leads to, where it leads to one of several.
    pub database: Option<String>,
}

impl Variable {
    /// A variable of this name and value, for everyone.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<Val<String>>) -> Self {
        Variable { name: name.into(), value: value.into(), database: None }
    }

    /// The same variable, only for those who work with this database.
    pub fn of_database(self, database: &str) -> Self {
        Variable { database: Some(database.to_owned()), ..self }
    }
}

/// A secret that the app fetches by its ARN; never handed over by value.
#[derive(Debug, Clone)]
pub struct SecretVariable {
    /// The variable that holds the ARN: `DATABASE_SECRET_ARN`, `USERS_DATABASE_SECRET_ARN`.
    pub name: Cow<'static, str>,
    /// The secret's ARN.
    pub arn: Val<String>,
    /// The key that encrypts it.
    pub key: Option<Val<String>>,
    /// The database that it opens, where it is one of several.
    pub database: Option<String>,
}

/// The table that every request reads.
#[derive(Debug, Clone)]
pub struct HotTable {
    /// Its name.
    pub name: String,
    /// The ARNs of the table and of its indexes, in this region.
    pub arns: Vec<Val<String>>,
}

/// Where a relational database is reached. A pool in front of it replaces what leads straight to it.
#[derive(Debug, Clone)]
pub struct DatabaseAddress {
    /// Which database: its domain or shard; empty for the first.
    pub database: String,
    /// Whether this is a pool of connections in front of the database.
    pub pooled: bool,
    /// Where writes go; a pool that takes none leaves them where they went.
    pub host: Option<Val<String>>,
    /// Where reads may go.
    pub reader: Option<Val<String>>,
}

/// Something that backups are taken of.
#[derive(Debug, Clone)]
pub struct Saved {
    /// A word for logical IDs and for people: `DatabaseVolume`.
    pub name: String,
    /// Its ARN.
    pub arn: Val<String>,
    /// What it is, which decides what a copy of it costs.
    pub store: Store,
    /// The part of the app's stored bytes that it holds, 0 to 1.
    pub share: f64,
}

/// Where data lies that backups are taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// A volume of EBS.
    Volume,
    /// A database instance of RDS.
    Instance,
    /// A cluster of Aurora.
    Cluster,
}

/// A permission that whoever runs the app is given.
#[derive(Debug, Clone)]
pub struct Grant {
    /// A word for the statement's id: `UseQueue`.
    pub name: &'static str,
    /// Who gets it.
    pub roles: &'static [Role],
    /// The actions, `sqs:SendMessage`.
    pub actions: Vec<&'static str>,
    /// The resources, by ARN.
    pub resources: Vec<Val<String>>,
}

/// What components lend one another. Fields that only one component may fill are an error when two do.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    /// The network.
    pub network: Option<NetworkOffer>,
    /// The key for data at rest, in the data layer.
    pub key: Option<Id<kms::Key>>,
    /// The secret header that CloudFront sends and the load balancer asks for; by name, because it is copied to us-east-1.
    pub origin_secret: Option<Id<secretsmanager::Secret>>,
    /// Who calls what others lend.
    pub callers: Vec<Caller>,
    /// The public load balancer.
    pub front_door: Option<FrontDoor>,
    /// The load balancer between services.
    pub internal_door: Option<FrontDoor>,
    /// What answers requests behind the load balancers.
    pub targets: Vec<Target>,
    /// Functions that answer HTTP requests, by path, wherever there is something that can call them.
    pub functions: Vec<HttpFunction>,
    /// Where load balancers write who asked for what.
    pub balancer_logs: Option<LogStore>,
    /// The firewall of content delivery, in the edge layer.
    pub edge_acl: Option<Id<wafv2::WebACL>>,
    /// The firewall of what clients reach without content delivery, such as a stage of a REST API, in the app layer; whoever lends itself to
    /// clients puts the association.
    pub regional_acl: Option<Id<wafv2::WebACL>>,
    /// The function that content delivery runs on each request for a page and on its answer, in the edge layer.
    pub page_function: Option<Id<cloudfront::Function>>,
    /// The check of the public address, in the edge layer.
    pub public_check: Option<Id<route53::HealthCheck>>,
    /// Where the public name may lead.
    pub addresses: Vec<Address>,
    /// What content delivery serves from buckets.
    pub origins: Vec<Origin>,
    /// The app's settings.
    pub variables: Vec<Variable>,
    /// The app's secrets.
    pub secrets: Vec<SecretVariable>,
    /// The app's permissions.
    pub grants: Vec<Grant>,
    /// The table that every request reads, for a cache in front of it.
    pub hot_table: Option<HotTable>,
    /// Whether a cache stands in front of that table and answers its reads.
    pub table_cached: bool,
    /// Where relational databases are reached; they become variables when all are known.
    pub databases: Vec<DatabaseAddress>,
    /// What backups are taken of.
    pub backups: Vec<Saved>,
    /// The data volume of a database on EC2, and the host that shall hold it.
    pub volume: Option<Id<ec2::Volume>>,
    /// How requests are traced through the services.
    pub tracing: Option<Tracing>,
    /// The queue whose backlog scales the workers.
    pub backlog: Option<Id<sqs::Queue>>,
    /// The HTTP API in front of functions.
    pub api: Option<Id<apigatewayv2::Api>>,
    /// The topic by which services tell one another what happened.
    pub topic: Option<Id<sns::Topic>>,
    /// Queues that are told everything that the topic is told.
    pub listeners: Vec<Id<sqs::Queue>>,
    /// What the public API lets its clients do beside calling functions.
    pub api_actions: Vec<ApiAction>,
    /// The table of orders, which the workflow writes.
    pub orders: Option<NamedTable>,
    /// Origins of pages that call the API from a browser: `https://main.example.amplifyapp.com`.
    pub site_origins: Vec<Val<String>>,
    /// What the dashboard shows and alarms watch.
    pub metrics: Vec<Metric>,
}

/// How requests are traced: a collector beside each service, and what the service and its task are told and allowed.
#[derive(Debug, Clone)]
pub struct Tracing {
    /// The collector's image, with its version.
    pub image: &'static str,
    /// The variable that holds the collector's settings, and the settings.
    pub settings: (&'static str, Val<String>),
    /// The command by which the collector says that it works.
    pub check: &'static str,
    /// What the service is told: where the collector listens, and which part of the requests it traces.
    pub variables: Vec<Variable>,
    /// What the task may do.
    pub statements: Vec<Statement>,
}

impl Offers {
    /// What users reach: the address that stands farthest out.
    pub fn outermost(&self) -> Option<&Address> {
        self.addresses.iter().max_by_key(|address| address.rank())
    }
}

/// A function that answers HTTP requests under a path.
#[derive(Debug, Clone)]
pub struct HttpFunction {
    /// A word for logical IDs: `Signup`.
    pub name: &'static str,
    /// Path pattern: `/signup`.
    pub path: &'static str,
    /// The function.
    pub function: Id<lambda::Function>,
    /// The versions of it that callers are led to, where it is released step by step.
    pub release: Option<Release>,
}

impl HttpFunction {
    /// What callers are to call: the released version where there is one, else the function as it is.
    pub fn called(&self) -> Val<String> {
        self.release.as_ref().map_or_else(|| self.function.arn(), |release| release.live.reference())
    }
}

/// The aliases of a function that is released step by step.
#[derive(Debug, Clone)]
pub struct Release {
    /// Follows a new version step by step, and goes back when it fails.
    pub live: Id<lambda::Alias>,
    /// Is at the new version at once, for the small part of callers that try it first.
    pub canary: Id<lambda::Alias>,
}

/// A table by its fixed name, in whichever region it is asked for.
#[derive(Debug, Clone)]
pub struct NamedTable {
    /// Its name.
    pub name: Val<String>,
    /// The ARN of this region's replica.
    pub arn: Val<String>,
}

/// Something that the public API asks of an AWS service by itself, without a function between them.
#[derive(Debug, Clone)]
pub struct ApiAction {
    /// A word for logical IDs: `Orders`.
    pub name: &'static str,
    /// The path below the root, without a slash: `orders`.
    pub path: &'static str,
    /// Service and action: `states:action/StartExecution`.
    pub target: &'static str,
    /// The permission that it takes.
    pub grant: Grant,
    /// The permission on the key that encrypts what it writes to.
    pub key: Option<Grant>,
    /// What a body must look like, as JSON schema (draft 4).
    pub body: Node,
    /// The body of the call to the service, as a mapping template.
    pub request: Val<String>,
    /// The content type of that call.
    pub content_type: &'static str,
    /// The answer to the client when it succeeded, as a mapping template.
    pub accepted: &'static str,
    /// The answer to the client when the service refused, as a mapping template; it may set the status.
    pub refused: &'static str,
}
