//! Shapes that several components share: roles, log groups, functions, security groups and their rules.
//!
//! What only one component needs belongs into that component's file.

pub mod application;
pub mod database;
pub mod fingerprint;
pub mod host;
pub mod on_demand;
pub mod queue;
pub mod table;
pub mod target;
pub mod watch;

pub mod balancer;
pub mod bucket;
pub mod front;
pub mod quantity;
pub mod rules;

use cfn::policy::{self, Document, Statement};
use cfn::resource::{ec2, iam, kms, lambda, logs, sqs};
use cfn::{Id, Val};

use crate::block::{Caller, Layer, Layers, NetworkOffer, Role, Site, name_tag};

/// The security group of whoever runs the app: a single host, web servers or services. One logical ID in every phase, so that
/// what lets it in never changes.
pub fn app_group() -> Id<ec2::SecurityGroup> {
    Id::new("AppSecurityGroup")
}

/// The security group of the machines that work off the queue.
pub fn worker_group() -> Id<ec2::SecurityGroup> {
    Id::new("WorkerSecurityGroup")
}

/// The key for data at rest, in the data layer; what encrypts with it names it before it is known who else is there.
pub fn data_key() -> Id<kms::Key> {
    Id::new("DataKey")
}

/// Whoever runs the app, as those that lend to it know it.
pub fn app_caller() -> Caller {
    Caller { name: "App", role: Role::App, group: app_group() }
}

/// The workers, as those that lend to them know them.
pub fn worker_caller() -> Caller {
    Caller { name: "Workers", role: Role::Worker, group: worker_group() }
}

/// A security group without rules, in the network layer; what may connect is said by [`let_in`].
pub fn security_group(site: &Site, network: &NetworkOffer, layers: &mut Layers, id: &Id<ec2::SecurityGroup>, suffix: &str, about: &str) {
    let group = ec2::SecurityGroup::new(about).vpc_id(network.vpc.reference()).tags(name_tag(site, suffix));
    layers.put(Layer::Network, id, format!("{about}: who may connect is decided in one place"), group);
}

/// A rule that lets one security group connect to another on a port.
pub fn let_in(layers: &mut Layers, rule: &str, to: &Id<ec2::SecurityGroup>, from: &Id<ec2::SecurityGroup>, port: u16, about: &str) {
    let ingress = ec2::SecurityGroupIngress::new("tcp")
        .group_id(to.group_id())
        .source_security_group_id(from.group_id())
        .from_port(i64::from(port))
        .to_port(i64::from(port))
        .description(about);
    layers.put(Layer::Network, &Id::<ec2::SecurityGroupIngress>::new(rule), about, ingress);
}

/// A rule for every caller, called `<Callee>From<Caller>`.
pub fn let_callers_in(layers: &mut Layers, callee: &str, to: &Id<ec2::SecurityGroup>, callers: &[Caller], port: u16, what: &str) {
    for caller in callers {
        let about = format!("{} reach {what}", caller.name);
        let_in(layers, &format!("{callee}From{}", caller.name), to, &caller.group, port, &about);
    }
}

/// A role for one workload: who may assume it, what it may do, and which of AWS's managed policies it has.
pub fn role(layers: &mut Layers, layer: Layer, id: &Id<iam::Role>, service: &str, statements: Vec<Statement>, managed: &[&str]) {
    let mut role = iam::Role::new(policy::assumable_by(service));
    if !managed.is_empty() {
        let arns: Vec<Val<String>> =
            managed.iter().map(|name| Val::sub(format!("arn:${{AWS::Partition}}:iam::aws:policy/{name}"))).collect();
        role = role.managed_policy_arns(arns);
    }
    if !statements.is_empty() {
        role = role.policies([iam::role::Policy::new(Document::of(statements), "access")]);
    }
    let why = format!("{} may do what its work needs and nothing else", id.name().trim_end_matches("Role"));
    layers.put(layer, id, why, role);
}

/// A log group of its own with a retention, so that nothing is kept for ever by accident.
pub fn log_group(layers: &mut Layers, layer: Layer, id: &Id<logs::LogGroup>, days: i64, why: &str) {
    layers.put(layer, id, why, logs::LogGroup::new().retention_in_days(days));
}

/// Write access to one log group.
pub fn writes_logs(group: &Id<logs::LogGroup>) -> Statement {
    Statement::allow(["logs:CreateLogStream", "logs:PutLogEvents"]).on(group.arn()).sid("WriteLogs")
}

/// Days that logs of functions and servers are kept: long enough to look back a month after an incident.
pub const LOG_DAYS: i64 = 30;

/// A Lambda function with what belongs to it.
#[derive(Debug)]
pub struct Function<'a> {
    /// Its logical ID, `SignupFunction`; role and log group are called after it.
    pub id: &'a str,
    /// Which stack.
    pub layer: Layer,
    /// The requirement that it serves.
    pub why: &'a str,
    /// Python source of at most 4,096 bytes with a `handler(event, context)`.
    pub source: &'a str,
    /// Seconds until it is stopped.
    pub timeout: i64,
    /// MB of memory; processor time grows with it.
    pub memory: i64,
    /// Its settings.
    pub environment: Vec<(&'a str, Val<String>)>,
    /// What it may do besides writing its log.
    pub statements: Vec<Statement>,
    /// Where asynchronous invocations go that failed for good.
    pub failures: Option<&'a Id<sqs::Queue>>,
    /// The most that run at once, where something behind it must be protected.
    pub most: Option<i64>,
}

/// The runtime of every function of ours.
pub const RUNTIME: lambda::function::Runtime = lambda::function::Runtime::Python3_13;

/// Puts a function, its role and its log group.
pub fn function(layers: &mut Layers, function: Function) -> Id<lambda::Function> {
    use lambda::function::{Architecture, Code, DeadLetterConfig, Environment, LoggingConfig};
    let id: Id<lambda::Function> = Id::new(function.id);
    let role_id: Id<iam::Role> = Id::new(format!("{}Role", function.id));
    let group: Id<logs::LogGroup> = Id::new(format!("{}LogGroup", function.id));
    log_group(layers, function.layer, &group, LOG_DAYS, "What the function says is kept for a month, then deleted");
    let mut statements = vec![writes_logs(&group)];
    statements.extend(function.statements);
    if let Some(queue) = function.failures {
        statements.push(Statement::allow(["sqs:SendMessage"]).on(queue.arn()).sid("KeepFailures"));
    }
    role(layers, function.layer, &role_id, "lambda.amazonaws.com", statements, &[]);
    let mut model = lambda::Function::new(Code::new().zip_file(function.source), role_id.arn())
        .description(function.why)
        .runtime(RUNTIME)
        .handler("index.handler")
        .architectures([Architecture::Arm64])
        .memory_size(function.memory)
        .timeout(function.timeout)
        .logging_config(LoggingConfig::new().log_group(group.reference()));
    if !function.environment.is_empty() {
        model = model.environment(Environment::new().variables(function.environment));
    }
    if let Some(queue) = function.failures {
        model = model.dead_letter_config(DeadLetterConfig::new().target_arn(queue.arn()));
    }
    if let Some(most) = function.most {
        model = model.reserved_concurrent_executions(most);
    }
    layers.put(function.layer, &id, function.why, model);
    id
}
