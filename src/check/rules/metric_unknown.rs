//! A metric that no service publishes, or not under these dimensions.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use cfn::Node;
use serde::Deserialize;

use crate::check::metrics::{Asked, asked};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "metric-unknown",
    severity: Severity::Error,
    what: "alarms, scaling policies and dashboards ask for metrics that exist, under the dimensions that they are published with",
    why: "CloudWatch takes any name. A metric that nobody publishes has no data: the alarm never goes off, the policy never scales and the widget stays empty.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",
    run,
};

#[derive(Deserialize)]
struct Namespace {
    #[serde(default)]
    sets: Vec<String>,
    metrics: String,
    #[serde(default)]
    prefixes: Vec<String>,
}

fn table() -> &'static BTreeMap<String, Namespace> {
    static TABLE: OnceLock<BTreeMap<String, Namespace>> = OnceLock::new();
    TABLE.get_or_init(|| serde_saphyr::from_str(include_str!("../../../data/metrics.yaml")).unwrap_or_default())
}

fn run(graph: &Graph, found: &mut Found) {
    for one in asked(graph) {
        let path = if one.path.is_empty() { "MetricName" } else { one.path };
        if let Some(message) = name(&one).or_else(|| dimensions(graph, &one)) {
            found.at(one.item, path, message);
        }
    }
}

/// The most similar of some names.
fn nearest<'n>(name: &str, of: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    of.max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)))
}

fn name(one: &Asked) -> Option<String> {
    let Some(of) = table().get(&one.namespace) else {
        // The table does not have every namespace, so only what is nearly one of them is a typing error.
        let near = nearest(&one.namespace, table().keys().map(String::as_str))?;
        let same = near.eq_ignore_ascii_case(&one.namespace) || near.strip_prefix("AWS/") == Some(&one.namespace);
        let close = one.namespace.len() > 8 && one.namespace.starts_with("AWS/") && strsim::levenshtein(near, &one.namespace) == 1;
        return (same || close).then(|| format!("no service publishes under {}; is {near} meant?", one.namespace));
    };
    let known = of.metrics.split(' ').any(|name| name == one.metric) || of.prefixes.iter().any(|start| one.metric.starts_with(start));
    if known {
        return None;
    }
    let near = nearest(&one.metric, of.metrics.split(' '))?;
    Some(format!("{} has no metric {}; is {near} meant?", one.namespace, one.metric))
}

fn dimensions(graph: &Graph, one: &Asked) -> Option<String> {
    let of = table().get(&one.namespace)?;
    let given = one.dimensions.as_ref()?;
    let mut names: Vec<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if !of.sets.is_empty() && !of.sets.contains(&names.join(" ")) {
        let sets: Vec<&str> = of.sets.iter().map(|set| if set.is_empty() { "none" } else { set }).collect();
        return Some(format!(
            "{} does not publish {} under the dimensions [{}]; it has: {}",
            one.namespace,
            one.metric,
            names.join(", "),
            sets.join(", ")
        ));
    }
    given.iter().find_map(|(name, value)| wrong(graph, &one.namespace, name, value))
}

/// What is wrong with the value of a dimension: it refers to another kind of thing, or by another name of it.
fn wrong(graph: &Graph, namespace: &str, name: &str, value: &Node) -> Option<String> {
    let (kinds, attribute): (&[&str], Option<&str>) = match (namespace, name) {
        ("AWS/ApplicationELB" | "AWS/NetworkELB", "LoadBalancer") => {
            (&["AWS::ElasticLoadBalancingV2::LoadBalancer"], Some("LoadBalancerFullName"))
        }
        ("AWS/ApplicationELB" | "AWS/NetworkELB", "TargetGroup") => {
            (&["AWS::ElasticLoadBalancingV2::TargetGroup"], Some("TargetGroupFullName"))
        }
        ("AWS/SQS", "QueueName") => (&["AWS::SQS::Queue"], Some("QueueName")),
        ("AWS/SNS", "TopicName") => (&["AWS::SNS::Topic"], Some("TopicName")),
        ("AWS/Lambda", "FunctionName") => (&["AWS::Lambda::Function", "AWS::Serverless::Function"], None),
        ("AWS/EC2", "InstanceId") => (&["AWS::EC2::Instance"], None),
        ("AWS/EC2" | "AWS/AutoScaling", "AutoScalingGroupName") => (&["AWS::AutoScaling::AutoScalingGroup"], None),
        ("AWS/RDS", "DBInstanceIdentifier") => (&["AWS::RDS::DBInstance"], None),
        ("AWS/RDS", "DBClusterIdentifier") => (&["AWS::RDS::DBCluster"], None),
        ("AWS/DynamoDB", "TableName") => (&["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"], None),
        ("AWS/ECS", "ClusterName") => (&["AWS::ECS::Cluster"], None),
        ("AWS/ECS", "ServiceName") => (&["AWS::ECS::Service"], Some("Name")),
        ("AWS/Kinesis", "StreamName") => (&["AWS::Kinesis::Stream"], None),
        _ => return None,
    };
    let said = |what: String| Some(format!("dimension {name} of {namespace} {what}"));
    let (item, given) = graph.reference(value)?;
    if !kinds.contains(&item.kind) {
        // A name that some other resource passes on is not judged.
        return if given.is_none() { said(format!("names {}, which is a {}; it wants a {}", item.id, item.kind, kinds[0])) } else { None };
    }
    match (given, attribute) {
        (given, wanted) if given == wanted => None,
        (Some(given), None) if !given.ends_with("Arn") => None,
        (_, Some(wanted)) => said(format!("takes the attribute {wanted} of {}, not its address or ARN", item.id)),
        (_, None) => said(format!("takes the name of {}, which is its Ref, not its ARN", item.id)),
    }
}
