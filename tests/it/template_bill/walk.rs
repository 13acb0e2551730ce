//! Every resource of every stack, and what it costs: one match over its type. A type that is in no list here has no cost that anyone has thought of.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use scalectl::architecture::Architecture;
use scalectl::render::Stack;

use super::ground::{Place, Placed, decimal};
use super::list::{Books, Line, List};
use super::{backups, data, edge, machines, tables, usage};

/// Types that cost nothing themselves: what they let others do is billed there, or not at all.
pub const FREE: &[&str] = &[
    "AWS::Amplify::Branch",
    "AWS::Amplify::Domain",
    "AWS::ApiGateway::Account",
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Model",
    "AWS::ApiGateway::RequestValidator",
    "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::AppSync::DataSource",
    "AWS::AppSync::GraphQLSchema",
    "AWS::AppSync::Resolver",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::AutoScaling::ScalingPolicy",
    "AWS::Backup::BackupSelection",
    "AWS::Backup::BackupVault",
    "AWS::Budgets::Budget",
    "AWS::CE::AnomalyMonitor",
    "AWS::CE::AnomalySubscription",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::OriginRequestPolicy",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::DAX::ParameterGroup",
    "AWS::DAX::SubnetGroup",
    "AWS::EC2::EIPAssociation",
    "AWS::EC2::InstanceConnectEndpoint",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::VolumeAttachment",
    "AWS::ECS::CapacityProvider",
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "AWS::ECS::TaskDefinition",
    "AWS::ElastiCache::ParameterGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::Events::Rule",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::Logs::Delivery",
    "AWS::Logs::DeliveryDestination",
    "AWS::Logs::DeliverySource",
    "AWS::Logs::LogStream",
    "AWS::RDS::DBClusterParameterGroup",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBProxyEndpoint",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::Route53::RecordSet",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACLAssociation",
];

/// Metrics that a distribution sends when they are asked for.
const DISTRIBUTION_METRICS: u64 = 8;

/// The lines of an architecture, from its templates, and what the list has no price for.
pub fn lines(list: &List, architecture: &Architecture, stacks: &[Stack]) -> (Vec<Line>, BTreeSet<String>) {
    let mut books = Books::open(list);
    for place in Place::all(architecture, stacks) {
        books.place = place.region.to_owned();
        for block in &architecture.phase.components {
            books.component = block.name().to_owned();
            let mut kinds: BTreeMap<&str, Vec<&Placed>> = BTreeMap::new();
            for one in place.resources.iter().filter(|one| one.component() == block.name()) {
                kinds.entry(one.kind()).or_default().push(one);
            }
            for (kind, all) in kinds {
                priced(&mut books, &place, kind, &all);
            }
            beside(&mut books, &place, block.name());
        }
    }
    (books.lines, books.gaps)
}

/// What all resources of a type in one component cost.
fn priced(books: &mut Books, place: &Place, kind: &str, all: &[&Placed]) {
    let count = all.len() as u64;
    match kind {
        "AWS::EC2::Instance" => all.iter().for_each(|one| machines::host(books, place, one)),
        "AWS::AutoScaling::AutoScalingGroup" => all.iter().for_each(|one| machines::group(books, place, one)),
        "AWS::ECS::Service" => machines::tasks(books, place, all),
        "AWS::ECS::Cluster" => all.iter().for_each(|one| machines::insights(books, place, one)),
        "AWS::EC2::Volume" => all.iter().for_each(|one| books.line("ebs.gp3.storage", decimal(one.number("Size")))),
        "AWS::EC2::EIP" => books.hours("public_ipv4.hour", count),
        "AWS::EC2::NatGateway" => edge::nat(books, place, count),
        "AWS::EC2::FlowLog" => all.iter().for_each(|one| edge::flow_log(books, place, one)),
        "AWS::EC2::VPCEndpoint" => edge::endpoints(books, all),
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => all.iter().for_each(|one| edge::balancer(books, place, one)),
        "AWS::RDS::DBInstance" => data::instances(books, place, all),
        "AWS::RDS::DBCluster" => data::clusters(books, place, all),
        "AWS::RDS::GlobalCluster" => data::repeated(books, place),
        "AWS::RDS::DBProxy" => data::proxies(books, place),
        "AWS::ElastiCache::ReplicationGroup" | "AWS::ElastiCache::CacheCluster" => {
            all.iter().for_each(|one| data::cache(books, place, one))
        }
        "AWS::DAX::Cluster" => all.iter().for_each(|one| books.hours(one.text("NodeType"), decimal(one.number("ReplicationFactor")))),
        "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" => all.iter().for_each(|one| tables::table(books, place, one)),
        "AWS::SecretsManager::Secret" => data::secrets(books, all),
        "AWS::KMS::Key" => books.line("kms.key", count),
        "AWS::CloudWatch::Alarm" => books.line("cloudwatch.alarm", count),
        "AWS::CloudWatch::Dashboard" => books.line("cloudwatch.dashboard", count),
        "AWS::CloudFront::Distribution" => edge::distribution(books, place),
        "AWS::CloudFront::Function" => edge::functions(books, place),
        "AWS::CloudFront::MonitoringSubscription" => books.tiered("us-east-1", "cloudwatch.metric", DISTRIBUTION_METRICS),
        "AWS::WAFv2::WebACL" => all.iter().for_each(|one| edge::firewall(books, place, one)),
        "AWS::Route53::HealthCheck" => all.iter().for_each(|one| edge::health_check(books, one)),
        "AWS::XRay::SamplingRule" => all.iter().for_each(|one| edge::traces(books, place, one)),
        "AWS::Backup::BackupPlan" => all.iter().for_each(|one| backups::plan(books, place, one)),
        "AWS::Kinesis::Stream" => usage::stream(books, place),
        "AWS::KinesisFirehose::DeliveryStream" => all.iter().for_each(|one| usage::delivery(books, place, one)),
        "AWS::SQS::Queue" => usage::queues(books, place, all),
        "AWS::SNS::Topic" => usage::topics(books, place),
        "AWS::StepFunctions::StateMachine" => all.iter().for_each(|one| usage::workflow(books, place, one)),
        "AWS::Lambda::Function" => all.iter().for_each(|one| usage::function(books, place, one)),
        "AWS::S3::Bucket" => all.iter().for_each(|one| usage::bucket(books, place, one)),
        "AWS::ApiGateway::RestApi" => edge::api(books, place, true),
        "AWS::ApiGatewayV2::Api" => edge::api(books, place, false),
        "AWS::AppSync::GraphQLApi" => usage::graphql(books, place),
        "AWS::Amplify::App" => edge::page(books, place),
        // The app's own log is the first of those that serve it; others are small beside it.
        "AWS::Logs::LogGroup" => {
            if ["app_server", "web_servers", "services"].contains(&books.component.as_str()) {
                edge::logs(books, place, all[0]);
            }
        }
        // A year's commitment for the organisation, and what is sent.
        "AWS::Shield::Protection" => {
            if place.leads {
                books.line_at("global", "shield.advanced", Decimal::ONE, Decimal::ONE);
                books.tiered("global", "shield.advanced.dto_cloudfront", super::ground::gigabytes(place.load.egress_bytes_month.0));
            }
        }
        _ => assert!(FREE.contains(&kind), "say what {kind} costs ({} of {})", all[0].id, books.component),
    }
}

/// What a component costs that no resource of its own stands for.
fn beside(books: &mut Books, place: &Place, component: &str) {
    match component {
        "network" => edge::between_zones(books, place),
        // A host without a balancer answers by its own address.
        "app_server" => {
            books.tiered(place.region, "dt.internet_out", place.part(super::ground::gigabytes(place.load.egress_bytes_month.0)))
        }
        // The zone is the user's, and there where a name is asked for.
        "names" if place.leads && place.architecture.settings.domain.is_some() => {
            books.line_at("global", "route53.zone", Decimal::ONE, Decimal::ONE);
        }
        _ => {}
    }
}
