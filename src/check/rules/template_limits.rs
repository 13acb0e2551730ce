//! A template, script or name that is larger than AWS takes.

use crate::check::{Found, Graph, Rule, Severity};

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
];

fn run(graph: &Graph, found: &mut Found) {
    for (index, file) in graph.set.files.iter().enumerate() {
        let one = &file.template;
        for (section, count, most) in [("Resources", one.resources.len(), 500), ("Parameters", one.parameters.len(), 200), ("Outputs", one.outputs.len(), 200), ("Mappings", one.mappings.len(), 200)] {
            if count > most {
                found.of_file(index, section, format!("{count} {section} are more than the {most} that a template may have; split it"));
            }
        }
        if let Some(length) = one.description.as_ref().map(String::len).filter(|length| *length > 1024) {
            found.of_file(index, "Description", format!("a description has at most 1,024 bytes; this has {length}"));
        }
    }
    for item in &graph.items {
        for (kind, path, most) in NAMES.iter().filter(|(kind, ..)| *kind == item.kind) {
            let Some(name) = item.get(path).and_then(|name| graph.text(name)) else { continue };
            // A region has 9 letters at least; what else is open may be short.
            let name = name.replace("${AWS::Region}", "us-east-1");
            if !name.contains("${") && name.len() > *most {
                found.at(item, path, format!("{name} has {} characters; {kind} takes {most}", name.len()));
            }
            if *kind == "AWS::S3::Bucket" && !name.contains("${") && name.chars().any(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.')) {
                found.at(item, path, format!("{name} is no name for a bucket: only lower-case letters, digits, dots and hyphens"));
            }
        }
        for path in ["UserData", "LaunchTemplateData/UserData"] {
            let body = item.get(path).and_then(|script| script.intrinsic()).filter(|(name, _)| *name == "Fn::Base64").and_then(|(_, body)| graph.text(body));
            if let Some(length) = body.map(|body| body.len()).filter(|length| *length > 16_384) {
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
