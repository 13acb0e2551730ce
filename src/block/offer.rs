//! What components lend one another: networks, callers, targets, settings, permissions.

use std::borrow::Cow;

use cfn::resource::{apigatewayv2, cloudfront, ec2, elasticloadbalancingv2 as elb, kms, lambda, s3, secretsmanager, sqs};
use cfn::{Id, Val};

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

/// Something that answers HTTP requests behind a load balancer.
#[derive(Debug, Clone)]
pub struct Target {
    /// A word for logical IDs: `Web`, `Users`, `Signup`.
    pub name: String,
    /// Path patterns that lead to it; none: all that no other takes.
    pub paths: Vec<String>,
    /// The target group, in the app layer.
    pub group: Id<elb::TargetGroup>,
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
}

impl Variable {
    /// A variable of this name and value.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<Val<String>>) -> Self {
        Variable { name: name.into(), value: value.into() }
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
    /// The data volume of a database on EC2, and the host that shall hold it.
    pub volume: Option<Id<ec2::Volume>>,
    /// The queue whose backlog scales the workers.
    pub backlog: Option<Id<sqs::Queue>>,
    /// The HTTP API in front of functions.
    pub api: Option<Id<apigatewayv2::Api>>,
    /// Origins of pages that call the API from a browser: `https://main.example.amplifyapp.com`.
    pub site_origins: Vec<Val<String>>,
    /// What the dashboard shows and alarms watch.
    pub metrics: Vec<Metric>,
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
}
