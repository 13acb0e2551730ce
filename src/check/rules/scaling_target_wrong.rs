//! Scaling of something by a name, a dimension or a metric that it does not have.

use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "scaling-target-wrong",
    severity: Severity::Error,
    what: "a scalable target's dimension and name are of its service, and a policy's metric is one of its target, with a value that can be reached",
    why: "Auto Scaling refuses the target or the policy when the stack is made; a value that is never reached never scales.",
    link: "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
    run,
};

/// Words of AWS's.
type Words = &'static [&'static str];

/// Service, how its dimensions begin, how its names begin, its predefined metrics.
const SERVICES: [(&str, Words, Words, Words); 8] = [
    ("ecs", &["ecs:service:"], &["service/"], &["ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"]),
    ("rds", &["rds:cluster:"], &["cluster:"], &["RDSReaderAverageCPUUtilization", "RDSReaderAverageDatabaseConnections"]),
    ("dynamodb", &["dynamodb:table:", "dynamodb:index:"], &["table/"], &["DynamoDBReadCapacityUtilization", "DynamoDBWriteCapacityUtilization"]),
    ("ec2", &["ec2:spot-fleet-request:"], &["spot-fleet-request/"], &["EC2SpotFleetRequestAverageCPUUtilization", "EC2SpotFleetRequestAverageNetworkIn", "EC2SpotFleetRequestAverageNetworkOut", "ALBRequestCountPerTarget"]),
    ("lambda", &["lambda:function:"], &["function:"], &["LambdaProvisionedConcurrencyUtilization"]),
    (
        "elasticache",
        &["elasticache:replication-group:", "elasticache:cache-cluster:"],
        &["replication-group/", "cache-cluster/"],
        &[
            "ElastiCachePrimaryEngineCPUUtilization",
            "ElastiCacheReplicaEngineCPUUtilization",
            "ElastiCacheEngineCPUUtilization",
            "ElastiCacheDatabaseMemoryUsageCountedForEvictPercentage",
            "ElastiCacheDatabaseCapacityUsageCountedForEvictPercentage",
            "ElastiCacheDatabaseMemoryUsagePercentage",
            "ElastiCacheCPUUtilization",
        ],
    ),
    ("kafka", &["kafka:broker-storage:"], &["arn:"], &["KafkaBrokerStorageUtilization"]),
    ("sagemaker", &["sagemaker:"], &["endpoint/", "inference-component/"], &[]),
];

/// What an Auto Scaling group of machines is scaled by.
const OF_MACHINES: [&str; 4] = ["ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut", "ALBRequestCountPerTarget"];

fn run(graph: &Graph, found: &mut Found) {
    for target in graph.of_type("AWS::ApplicationAutoScaling::ScalableTarget") {
        let Some((namespace, dimensions, names, _)) = target.text("ServiceNamespace").and_then(service) else { continue };
        if let Some(dimension) = target.text("ScalableDimension")
            && !dimensions.iter().any(|start| dimension.starts_with(start))
        {
            found.at(target, "ScalableDimension", format!("{dimension} is no dimension of {namespace}; its dimensions begin with {}", dimensions.join(", ")));
        }
        let name = target.get("ResourceId").and_then(|id| graph.text(id)).filter(|name| !name.starts_with("${"));
        if let Some(name) = name
            && !names.iter().any(|start| name.starts_with(start))
        {
            found.at(target, "ResourceId", format!("{name} is no name of {namespace}; one begins with {}", names.join(", ")));
        }
    }
    for policy in graph.of_type("AWS::ApplicationAutoScaling::ScalingPolicy") {
        let target = policy.get("ScalingTargetId").and_then(|id| graph.target(id));
        let namespace = policy.text("ServiceNamespace").or_else(|| target.and_then(|target| target.text("ServiceNamespace")));
        let path = "TargetTrackingScalingPolicyConfiguration";
        if let Some(metric) = policy.text(&format!("{path}/PredefinedMetricSpecification/PredefinedMetricType")) {
            if let Some((namespace, _, _, metrics)) = namespace.and_then(service).filter(|(.., metrics)| !metrics.is_empty() && !metrics.contains(&metric)) {
                let message = format!("{metric} is no metric of {namespace}; it is scaled by {}", metrics.join(", "));
                found.at(policy, &format!("{path}/PredefinedMetricSpecification/PredefinedMetricType"), message);
            }
            value(policy, path, metric, found);
        }
        kind(policy, found);
    }
    for policy in graph.of_type("AWS::AutoScaling::ScalingPolicy") {
        let path = "TargetTrackingConfiguration";
        if let Some(metric) = policy.text(&format!("{path}/PredefinedMetricSpecification/PredefinedMetricType")) {
            if !OF_MACHINES.contains(&metric) {
                let message = format!("{metric} is no metric of an Auto Scaling group; it is scaled by {}", OF_MACHINES.join(", "));
                found.at(policy, &format!("{path}/PredefinedMetricSpecification/PredefinedMetricType"), message);
            }
            value(policy, path, metric, found);
        }
        kind(policy, found);
    }
}

fn service(name: &str) -> Option<(&'static str, Words, Words, Words)> {
    SERVICES.iter().find(|(namespace, ..)| *namespace == name).copied()
}

/// A share of what there is lies between 0 and 100; requests for one target need to be told from which balancer.
fn value(policy: &Item, path: &str, metric: &str, found: &mut Found) {
    let share = metric.ends_with("Utilization") || metric.ends_with("Percentage");
    let most = if metric.starts_with("Lambda") { 1.0 } else { 100.0 };
    let target = policy.get(&format!("{path}/TargetValue")).and_then(|node| match node {
        cfn::Node::Int(number) => Some(*number as f64),
        cfn::Node::Float(number) => Some(*number),
        cfn::Node::Str(text) => text.parse().ok(),
        _ => None,
    });
    if let Some(target) = target.filter(|target| *target <= 0.0 || (share && *target > most)) {
        found.at(policy, &format!("{path}/TargetValue"), format!("{metric} never stays at {target}; set a value above 0 and up to {most}"));
    }
    if metric == "ALBRequestCountPerTarget" && !policy.has(&format!("{path}/PredefinedMetricSpecification/ResourceLabel")) {
        let message = "ALBRequestCountPerTarget needs a ResourceLabel: app/<balancer>/<id>/targetgroup/<group>/<id>";
        found.at(policy, &format!("{path}/PredefinedMetricSpecification"), message);
    }
}

/// A policy has the part that its type names.
fn kind(policy: &Item, found: &mut Found) {
    let tracking = ["TargetTrackingScalingPolicyConfiguration", "TargetTrackingConfiguration"].iter().any(|part| policy.has(part));
    let steps = policy.has("StepScalingPolicyConfiguration") || policy.has("StepAdjustments");
    match policy.text("PolicyType") {
        Some("TargetTrackingScaling") if !tracking => found.at(policy, "PolicyType", "the policy tracks a target and has no target to track; set its configuration"),
        Some("StepScaling") if !steps => found.at(policy, "PolicyType", "the policy scales by steps and has none; set StepAdjustments"),
        _ => {}
    }
}
