//! A template, script or name that is larger than AWS takes.

use cfn::Node;

use crate::check::code;
use crate::check::{Found, Graph, Item, MOST_RESOURCES, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "template-limits",
    severity: Severity::Error,
    what: "templates, start scripts and names stay within what CloudFormation and the services take",
    why: "AWS refuses what is longer, some of it only half-way through the deployment.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
    run,
};

/// Names and the most characters that they take.
const NAMES: &[(&str, &str, usize)] = &[
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", 32),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", 32),
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId", 40),
    ("AWS::ElastiCache::CacheCluster", "ClusterName", 50),
    ("AWS::IAM::Role", "RoleName", 64),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", 128),
    ("AWS::Lambda::Function", "FunctionName", 64),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier", 63),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier", 63),
    ("AWS::S3::Bucket", "BucketName", 63),
    ("AWS::SQS::Queue", "QueueName", 80),
    ("AWS::SNS::Topic", "TopicName", 256),
    ("AWS::DynamoDB::Table", "TableName", 255),
    ("AWS::ECS::Service", "ServiceName", 255),
    ("AWS::CloudWatch::Alarm", "AlarmName", 255),
    ("AWS::Events::Rule", "Name", 64),
    ("AWS::StepFunctions::StateMachine", "StateMachineName", 80),
    ("AWS::Logs::LogGroup", "LogGroupName", 512),
    ("AWS::WAFv2::WebACL", "Name", 128),
    ("AWS::WAFv2::IPSet", "Name", 128),
    ("AWS::CloudWatch::CompositeAlarm", "AlarmName", 255),
    ("AWS::CloudWatch::Dashboard", "DashboardName", 255),
    ("AWS::IAM::User", "UserName", 64),
    ("AWS::IAM::Group", "GroupName", 128),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName", 128),
    ("AWS::IAM::Role", "Policies/*/PolicyName", 128),
    ("AWS::EC2::SecurityGroup", "GroupName", 255),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateName", 128),
    ("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName", 255),
    ("AWS::ECS::Cluster", "ClusterName", 255),
    ("AWS::ECS::TaskDefinition", "Family", 255),
    ("AWS::ElasticLoadBalancing::LoadBalancer", "LoadBalancerName", 32),
    ("AWS::ElastiCache::ServerlessCache", "ServerlessCacheName", 40),
    ("AWS::ElastiCache::SubnetGroup", "CacheSubnetGroupName", 255),
    ("AWS::RDS::DBProxy", "DBProxyName", 63),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", 255),
    ("AWS::RDS::DBParameterGroup", "DBParameterGroupName", 255),
    ("AWS::RDS::DBCluster", "DatabaseName", 63),
    ("AWS::DAX::Cluster", "ClusterName", 20),
    ("AWS::Kinesis::Stream", "Name", 128),
    ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName", 64),
    ("AWS::ApiGateway::Stage", "StageName", 128),
    ("AWS::ApiGatewayV2::Stage", "StageName", 128),
    ("AWS::ApiGatewayV2::Api", "Name", 128),
    ("AWS::SecretsManager::Secret", "Name", 512),
    ("AWS::KMS::Alias", "AliasName", 256),
    ("AWS::Scheduler::Schedule", "Name", 64),
    ("AWS::Backup::BackupVault", "BackupVaultName", 50),
    ("AWS::CloudFront::Function", "Name", 64),
    ("AWS::ECR::Repository", "RepositoryName", 256),
    ("AWS::Budgets::Budget", "Budget/BudgetName", 100),
];

fn run(graph: &Graph, found: &mut Found) {
    for (index, file) in graph.set.files.iter().enumerate() {
        let one = &file.template;
        for (section, count, most) in [("Resources", one.resources.len(), 500), ("Parameters", one.parameters.len(), 200), ("Outputs", one.outputs.len(), 200), ("Mappings", one.mappings.len(), 200)] {
            if count > most {
                let rest = if count > MOST_RESOURCES { "; nothing else is judged before that" } else { "" };
                found.of_file(index, section, format!("{count} {section} are more than the {most} that a template may have; split it{rest}"));
            }
        }
        if let Some(length) = one.description.as_ref().map(String::len).filter(|length| *length > 1024) {
            found.of_file(index, "Description", format!("a description has at most 1,024 bytes; this has {length}"));
        }
    }
    for item in &graph.items {
        for (kind, path, most) in NAMES.iter().filter(|(kind, ..)| *kind == item.kind) {
            for name in item.all(path).into_iter().filter_map(|name| graph.text(name)) {
                named(item, kind, path.split("/*").next().unwrap_or(path), &name, *most, found);
            }
        }
        for path in ["UserData", "LaunchTemplateData/UserData"] {
            if let Some(length) = item.get(path).and_then(script).filter(|length| *length > 16_384) {
                found.at(item, path, format!("the start script has {length} bytes; EC2 takes 16,384"));
            }
        }
        if item.kind == "AWS::Lambda::Function" {
            let size: usize = item.all("Environment/Variables").iter().filter_map(|map| map.as_map()).flatten().map(|(name, value)| name.len() + value.as_str().map_or(0, str::len)).sum();
            if size > 4096 {
                found.at(item, "Environment", format!("its environment has {size} bytes; Lambda takes 4,096"));
            }
        }
    }
}

/// Judges a name by the least that it can have: a region has 9 letters at least, what else is open one.
fn named(item: &Item, kind: &str, path: &str, name: &str, most: usize, found: &mut Found) {
    let name = name.replace("${AWS::Region}", "us-east-1");
    let (mut length, mut open, mut rest) = (0, false, name.as_str());
    while let Some((before, after)) = rest.split_once("${") {
        let Some((_, tail)) = after.split_once('}') else { break };
        length += before.chars().count() + 1;
        open = true;
        rest = tail;
    }
    length += rest.chars().count();
    if length > most {
        let least = if open { " at least" } else { "" };
        found.at(item, path, format!("{name} has{least} {length} characters; {kind} takes {most}"));
    }
    let odd = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.');
    if kind == "AWS::S3::Bucket" && !open && name.chars().any(odd) {
        found.at(item, path, format!("{name} is no name for a bucket: only lower-case letters, digits, dots and hyphens"));
    }
}

/// The bytes of a start script, as far as they are known: of a text that is encoded here, or that was encoded before.
fn script(node: &Node) -> Option<usize> {
    match node.as_str() {
        Some(encoded) => Some(encoded.trim_end_matches('=').len() * 3 / 4),
        None => code::source(node).map(|text| text.len()),
    }
}
