//! `scalectl init`: a commented settings file to start from; `init ci`: a pipeline.

mod ci;
mod given;

use std::path::{Path, PathBuf};

use super::exit::{Exit, Stop};
use super::screen::Screen;
use super::{CONFIG, Global, files};
use crate::settings::{SCHEMA, rule};

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// Name of the application
    #[arg(long, value_name = "NAME", default_value = "app")]
    app: String,
    /// Name of the environment
    #[arg(long, value_name = "NAME", default_value = "prod")]
    environment: String,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write the pipeline that reviews every change of the templates, and deploys them
    Ci(ci::Args),
}

/// The schema's name beside the settings file, where the editor finds it without a network.
const SCHEMA_FILE: &str = "scalectl.schema.json";

/// Writes the settings file and its schema, or a pipeline; a settings file that exists stays as it is.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    if let Some(What::Ci(args)) = &args.what {
        return ci::run(args, global, screen);
    }
    let named = |result: Result<(), String>| result.map_err(Stop::usage);
    named(rule::name("app", &args.app, rule::MAX_PREFIX))?;
    named(rule::name("environment", &args.environment, rule::MAX_PREFIX))?;
    named(rule::prefix(&args.app, &args.environment))?;
    let path = global.config.clone().unwrap_or_else(|| PathBuf::from(CONFIG));
    if path.symlink_metadata().is_ok() {
        return Err(Stop::error(format!(
            "{} exists and stays as it is; remove it first, or write elsewhere with --config FILE",
            path.display()
        )));
    }
    let text = TEMPLATE.replace("{app}", &args.app).replace("{environment}", &args.environment).replace("{schema}", SCHEMA_FILE);
    let schema = path.parent().unwrap_or(Path::new("")).join(SCHEMA_FILE);
    let mut written = vec![(path.clone(), text)];
    if !schema.exists() {
        written.push((schema, SCHEMA.to_owned()));
    }
    files::write_all(&written)?;
    let names: Vec<String> = written.iter().map(|(path, _)| path.display().to_string()).collect();
    screen.note(&format!("wrote {}\nnext: scalectl plan --users 10000\n", names.join(" and ")));
    Ok(Exit::Done)
}

const TEMPLATE: &str = "\
# yaml-language-server: $schema={schema}
#
# Settings of scalectl. Every key is optional; what stands behind # is the default or an example.
# Flags win over this file: scalectl plan --help

# Stacks are called <app>-<environment>-<part>. Together they may have 16 characters, hyphen included.
app: {app}
environment: {environment}

# The home region. Phase 10m serves from further ones too.
region: us-east-1
# further_regions: [us-west-2]

# How far to build: a number of monthly active users, or a phase. --users and --phase win over it.
# users: 10000
# phase: 10k

# The address of the app. Without it AWS gives one. Find the zone with: aws route53 list-hosted-zones
# domain: shop.example.com
# hosted_zone_id: Z0123456789ABCDEFGHIJ
# or, checked against the domain: hosted_zone: { id: Z0123456789ABCDEFGHIJ, name: example.com }

# What runs: an image built for arm64. Without it a public sample runs, so that every phase deploys as it is.
# container:
#   image: public.ecr.aws/nginx/nginx:stable-alpine
#   port: 80
#   health_check_path: /
#   environment:            # in plain sight; secrets belong in Secrets Manager
#     LOG_LEVEL: info

# The services of phases 500k and 10m; one of them takes /*. cpu and memory follow the load unless they are set.
# services:
#   - { name: web, path: /* }
#   - { name: users, path: /users* }
#   - { name: catalog, path: /catalog* }
#   - { name: orders, path: /orders*, cpu: 1024, memory: 2048 }

# What carries the services: fargate or ec2. Without it the phase chooses.
# compute: fargate

# Where alarms are mailed; AWS asks this address to confirm.
# alerts_email: ops@example.com

# Tags on every stack and its resources.
# tags:
#   team: shop

# How busy users are: light, normal or heavy (20, 50 or 200 requests of an active user on a day).
# workload: normal

# What you know better than the defaults, with or without a unit: scalectl explain assumptions
# assume:
#   peak_factor: 4
#   static_bytes_per_page: 500KB

# Findings of scalectl check that you stand by: scalectl explain rules
# check:
#   ignore:
#     - { rule: port-nobody-opens, resource: LegacyDatabase, reason: reached through a peered network }

# Which services own which database, at 10m. Without it every service has one of its own.
# federation:
#   accounts: [users]
#   shop: [catalog, orders]

# What the cache speaks: valkey, redis or memcached (not at 10k, which keeps sessions in it).
# cache: { engine: valkey }

# What carries the database: ec2, rds or aurora. Without it the phase chooses.
# database: { hosting: aurora }

# What a month may cost, in whole USD, and who watches for unusual cost: account (a monitor of its own), none, or the ARN of a monitor.
# A member account of an organisation may not make one.
# budget: 500
# anomaly_monitor: account

# Shield Advanced costs 3,000 USD a month and binds for a year. AppSync is a GraphQL API beside the services.
# shield: false
# appsync: false

# How long backups (1 to 35 days) and logs are kept. Without them the phase chooses.
# backup_retention_days: 7
# log_retention_days: 30

# The addresses of the network: 10.<n>.0.0/16, from which on each region has a /16 of its own. Choose it once.
# cidr: 10.0.0.0/16

# A network that is there already, in the home region: three subnets of each kind, in the order of the zones. Public ones need a route to an internet
# gateway, private ones to a NAT gateway, data ones to the gateway endpoints of S3 and DynamoDB.
# existing_vpc:
#   id: vpc-0123456789abcdef0
#   cidr: 10.20.0.0/16
#   zones: [us-east-1a, us-east-1b, us-east-1c]
#   public: [subnet-0a000000000000001, subnet-0a000000000000002, subnet-0a000000000000003]
#   private: [subnet-0b000000000000001, subnet-0b000000000000002, subnet-0b000000000000003]
#   data: [subnet-0c000000000000001, subnet-0c000000000000002, subnet-0c000000000000003]

# Properties in the place of ours, by logical ID (scalectl render shows them). Maps are merged, lists replaced, null takes a property away.
# overrides:
#   DatabaseWriter: { DBInstanceClass: db.r8g.xlarge }

# Bucket for templates over 51,200 bytes, which AWS does not take in a request.
# template_bucket: my-templates
";
