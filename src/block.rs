//! What a building block is: how its size and its reasons are told, what it lends to others, and where its resources are put.
//!
//! Components never name one another. They meet through [`Offers`], which every component makes before any resource exists.

use std::borrow::Cow;
use std::fmt;

use cfn::resource::{apigatewayv2, cloudfront, ec2, elasticloadbalancingv2 as elb, kms, lambda, s3, secretsmanager, sqs};
use cfn::template::Parameter;
use cfn::{Id, Node, Resource, ResourceType, Val};
use crate::catalog::{Catalog, RegionFacts};
use crate::settings::Settings;
use crate::workload::{Assumptions, Load};

/// What a component is sized from.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The load at peak.
    pub load: &'a Load,
    /// Prices, classes, regions.
    pub catalog: &'a Catalog,
    /// What the user asked for in `scalectl.yaml`.
    pub settings: &'a Settings,
    /// The region of the first stacks; classes are chosen by its prices.
    pub region: &'a RegionFacts,
    /// How many zones the phase spreads over.
    pub zones: usize,
    /// In how many regions everything regional stands.
    pub regions: usize,
    /// What the load rests on: utilisation targets and capacities per vCPU.
    pub assumptions: &'a Assumptions,
}

/// No size fits: what is needed, and the most that there is.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{component}: {problem}")]
pub struct Unplaceable {
    /// The component that could not be sized.
    pub component: &'static str,
    /// What is needed and what there is, with units.
    pub problem: String,
}

/// What decided a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// Redundancy across hosts or zones.
    Availability,
    /// Sustained processor time.
    Cpu,
    /// Memory.
    Memory,
    /// Database connections.
    Connections,
    /// Bytes at rest.
    Storage,
    /// Requests, messages or bytes per second.
    Throughput,
    /// Money: a cheaper way to carry the same load.
    Cost,
    /// The phase asks for it whatever the load.
    Phase,
}

impl Driver {
    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Driver::Availability => "availability",
            Driver::Cpu => "CPU",
            Driver::Memory => "memory",
            Driver::Connections => "connections",
            Driver::Storage => "storage",
            Driver::Throughput => "throughput",
            Driver::Cost => "cost",
            Driver::Phase => "phase",
        }
    }
}

/// Why a component has its size: a sentence, and what drove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What decided.
    pub driver: Driver,
    /// One sentence with its numbers: "availability needs two zones; the load alone would need 1".
    pub text: String,
}

impl Reason {
    /// A reason of this kind.
    pub fn new(driver: Driver, text: impl Into<String>) -> Self {
        Reason { driver, text: text.into() }
    }
}

/// How big a component is, as a plan shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Size {
    /// How many of `class`; none where counting says nothing (on-demand services).
    pub count: Option<u64>,
    /// `t4g.small`, `db.r8g.large`; none where the service has no classes.
    pub class: Option<String>,
    /// What else belongs to the size: "2 zones", "20 GiB gp3", "on demand".
    pub note: String,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sized = match (self.count, &self.class) {
            (Some(count), Some(class)) => format!("{count} × {class}"),
            (Some(count), None) => format!("{count}"),
            (None, Some(class)) => class.clone(),
            (None, None) => String::new(),
        };
        match (sized.is_empty(), self.note.is_empty()) {
            (false, false) => write!(f, "{sized}, {}", self.note),
            (false, true) => f.write_str(&sized),
            _ => f.write_str(&self.note),
        }
    }
}

/// Where one region's stacks stand.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// What the user asked for.
    pub settings: &'a Settings,
    /// The phase's id.
    pub phase: &'a str,
    /// This region.
    pub region: &'a RegionFacts,
    /// All regions of the architecture, the first one leading.
    pub regions: &'a [&'a RegionFacts],
    /// How many zones the phase spreads over, 1 to 3.
    pub zones: usize,
}

impl Site<'_> {
    /// `<app>-<environment>-<suffix>`: the one way in which names are made.
    pub fn name(&self, suffix: &str) -> String {
        format!("{}-{}-{suffix}", self.settings.app, self.settings.environment)
    }

    /// Where this region comes in the list of regions; it numbers the address range.
    pub fn index(&self) -> usize {
        self.regions.iter().position(|region| region.region == self.region.region).unwrap_or_default()
    }

    /// Whether this region leads: it holds the writers and everything that is global.
    pub fn leads(&self) -> bool {
        self.index() == 0
    }
}

/// The stack that a resource belongs to, lowest first: references only ever point to the same layer or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Addresses, routes, security groups and their rules: hardly ever changes.
    Network,
    /// Everything that holds data.
    Data,
    /// The landing page and its little backend; in a further region, the copy of the static files.
    Site,
    /// Queues, events and the functions that take from them.
    Async,
    /// What is redeployed daily: servers, services, load balancers.
    App,
    /// Content delivery and public names; always in us-east-1.
    Edge,
    /// Alarms, dashboards, and what binds finished parts together.
    Ops,
}

impl Layer {
    /// All layers, lowest first.
    pub const ALL: [Layer; 7] = [Layer::Network, Layer::Data, Layer::Site, Layer::Async, Layer::App, Layer::Edge, Layer::Ops];

    /// The stack's name without app and environment.
    pub fn word(self) -> &'static str {
        match self {
            Layer::Network => "network",
            Layer::Data => "data",
            Layer::Site => "site",
            Layer::Async => "async",
            Layer::App => "app",
            Layer::Edge => "edge",
            Layer::Ops => "ops",
        }
    }
}

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

/// The network that others stand in.
#[derive(Debug, Clone)]
pub struct NetworkOffer {
    /// The VPC.
    pub vpc: Id<ec2::VPC>,
    /// Its address range.
    pub cidr: String,
    /// Three subnets in three zones each; index 0 is the first zone.
    pub public: Vec<Id<ec2::Subnet>>,
    /// Where servers stand from the first phase with NAT on.
    pub private: Vec<Id<ec2::Subnet>>,
    /// Where databases and caches stand.
    pub data: Vec<Id<ec2::Subnet>>,
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
        ids.iter().take(zones).map(Id::reference).collect()
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

/// The families of metrics that every dashboard is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// How long users wait.
    Latency,
    /// Processor and memory.
    Saturation,
    /// Hits and misses of caches.
    CacheHits,
    /// Connections and query times of databases.
    Database,
    /// Errors and throttles.
    Errors,
    /// Age and depth of queues.
    Queues,
}

impl Family {
    /// The heading on the dashboard.
    pub fn title(self) -> &'static str {
        match self {
            Family::Latency => "Latency",
            Family::Saturation => "CPU and memory",
            Family::CacheHits => "Cache hits",
            Family::Database => "Databases",
            Family::Errors => "Errors and throttles",
            Family::Queues => "Queues",
        }
    }
}

/// A metric: a line on the dashboard, and an alarm when it has a threshold.
#[derive(Debug, Clone)]
pub struct Metric {
    /// A word for the alarm's logical ID, unique: `LoadBalancerSlow`.
    pub name: String,
    /// The widget's title: "Load balancer: response time, p95 (s)". Metrics of one title share a widget.
    pub title: String,
    /// Which part of the dashboard.
    pub family: Family,
    /// `AWS/ApplicationELB`.
    pub namespace: &'static str,
    /// `TargetResponseTime`.
    pub metric: &'static str,
    /// Names and values.
    pub dimensions: Vec<(&'static str, Val<String>)>,
    /// `Average`, `Sum`, `Maximum`, `p95`.
    pub statistic: &'static str,
    /// The region whose CloudWatch has the metric, when it is not the stack's own (CloudFront: us-east-1).
    pub region: Option<&'static str>,
    /// When to wake somebody.
    pub alarm: Option<Threshold>,
}

/// When an alarm goes off.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// `true`: above or at the limit; `false`: below it.
    pub above: bool,
    /// The limit in the metric's unit.
    pub limit: f64,
    /// Seconds in a period.
    pub period: u32,
    /// How many periods in a row.
    pub periods: u32,
    /// What missing data means: `notBreaching`, `breaching`, `missing`.
    pub missing: &'static str,
    /// What it tells whoever is woken, one sentence with what to do.
    pub why: String,
    /// Further actions beside the topic, such as the recovery of an instance.
    pub actions: Vec<Val<String>>,
}

/// One building block, sized.
pub trait Component: fmt::Debug {
    /// The block's name as the phase files write it.
    fn name(&self) -> &'static str;
    /// What a plan calls it: "Load balancer".
    fn label(&self) -> &'static str;
    /// How big it is.
    fn size(&self) -> Size;
    /// What it lends to others, known before any resource.
    fn offers(&self, site: &Site) -> Offers;
    /// Its resources, each placed on a layer.
    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers);
    /// Its lines on the dashboard and its alarms.
    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        Vec::new()
    }
}

/// A resource on its layer, with the component that owns it and the requirement that it serves.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Which stack.
    pub layer: Layer,
    /// The logical ID.
    pub logical_id: String,
    /// The component that put it there.
    pub component: &'static str,
    /// The requirement that it serves, in one sentence.
    pub why: String,
    /// What it is.
    pub resource: Resource,
}

/// A value that the stack tells its users.
#[derive(Debug, Clone)]
pub struct Told {
    /// Which stack.
    pub layer: Layer,
    /// The output's name.
    pub name: String,
    /// Its value.
    pub value: Val<String>,
    /// What it is, in one sentence.
    pub about: String,
    /// Whether this is the app's public address.
    pub address: bool,
}

/// A parameter that the deployment supplies from outside the templates.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which stack.
    pub layer: Layer,
    /// The parameter's name.
    pub name: String,
    /// Its declaration.
    pub parameter: Parameter,
    /// The public SSM parameter whose value is looked up once, at the first deployment.
    pub image_path: &'static str,
    /// Whether an image refresh that was asked for changes it (scaling groups), or never (hosts that hold data or addresses).
    pub refreshable: bool,
}

/// Where components put their resources.
#[derive(Debug, Default)]
pub struct Layers {
    /// Who is putting; set by the renderer before it calls a component.
    pub component: &'static str,
    /// All resources, in the order in which they were put.
    pub placed: Vec<Placed>,
    /// All outputs that a component tells.
    pub told: Vec<Told>,
    /// All parameters that the deployment supplies.
    pub asked: Vec<Asked>,
}

impl Layers {
    /// Puts a resource on a layer, with the requirement that it serves in one sentence.
    pub fn put<R: ResourceType>(&mut self, layer: Layer, id: &Id<R>, why: impl Into<String>, resource: impl Into<Resource>) {
        let resource = resource.into();
        self.placed.push(Placed { layer, logical_id: id.name().to_owned(), component: self.component, why: why.into(), resource });
    }

    /// Tells a value as a stack output.
    pub fn tell(&mut self, layer: Layer, name: &str, value: Val<String>, about: &str) {
        self.told.push(Told { layer, name: name.to_owned(), value, about: about.to_owned(), address: false });
    }

    /// Tells the app's public address as a stack output.
    pub fn tell_address(&mut self, layer: Layer, name: &str, value: Val<String>, about: &str) {
        self.told.push(Told { layer, name: name.to_owned(), value, about: about.to_owned(), address: true });
    }

    /// Asks the deployment for a machine image; gives the parameter's value.
    pub fn image(&mut self, layer: Layer, name: &str, path: &'static str, refreshable: bool) -> Val<String> {
        let parameter = Parameter {
            parameter_type: "AWS::EC2::Image::Id".to_owned(),
            description: Some(format!("Machine image; the first deployment looks up {path}, later ones keep it")),
            ..Parameter::default()
        };
        self.asked.push(Asked { layer, name: name.to_owned(), parameter, image_path: path, refreshable });
        Val::reference(name)
    }
}

/// The `Name` tag that the console shows; every tag list of every model takes it.
pub fn name_tag<T>(site: &Site, suffix: &str) -> Val<Vec<T>> {
    Val::of_node(Node::list([Node::map([("Key", Node::from("Name")), ("Value", Node::from(site.name(suffix)))])]))
}
