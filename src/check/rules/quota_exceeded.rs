//! More of something than an account may have until its quota is raised.

use std::collections::HashMap;


use crate::catalog::default_quota;
use crate::check::graph::below;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
///
/// Judged is what the templates of a set say for certain, against the defaults of `data/quotas.yaml`, region by region. What depends on how far
/// an account has grown, such as the vCPUs that Fargate runs at once, or on how far a service scales out, is said by `scalectl headroom`, not here:
/// a template cannot be wrong about it.
pub const RULE: Rule = Rule {
    id: "quota-exceeded",
    severity: Severity::Warning,
    what: "templates that are deployed together stay within the default quotas of a region",
    why: "Deployment stops at the first thing too many with LimitExceeded and rolls back; the quota must be raised before, which takes up to days.",
    link: "https://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html",
    run,
};

/// How much one resource counts.
enum Weight {
    One,
    /// The value of a property, when that is known.
    Of(&'static str),
    /// The items of a list.
    Items(&'static str),
}

/// Counted by region: the quota, what is counted.
const REGIONAL: &[(&str, &[&str], &str)] = &[
    ("vpc.vpcs", &["AWS::EC2::VPC"], "VPCs"),
    ("ec2.internet_gateways", &["AWS::EC2::InternetGateway"], "internet gateways"),
    ("ec2.elastic_ips", &["AWS::EC2::EIP"], "Elastic IP addresses"),
    ("rds.instances", &["AWS::RDS::DBInstance", "AWS::Neptune::DBInstance", "AWS::DocDB::DBInstance"], "DB instances"),
    ("aurora.clusters", &["AWS::RDS::DBCluster"], "DB clusters"),
    ("cloudformation.stacks", &["AWS::CloudFormation::Stack"], "stacks"),
];

/// Counted for what they belong to: the quota, their type, the property that names the owner, the owner's type, how much each counts, what.
const OWNED: &[(&str, &str, &str, &str, Weight, &str)] = &[
    ("vpc.subnets", "AWS::EC2::Subnet", "VpcId", "AWS::EC2::VPC", Weight::One, "subnets"),
    ("vpc.route_tables", "AWS::EC2::RouteTable", "VpcId", "AWS::EC2::VPC", Weight::One, "route tables"),
    ("alb.listeners", "AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", BALANCER, Weight::One, "listeners"),
    ("rds.read_replicas", "AWS::RDS::DBInstance", "SourceDBInstanceIdentifier", "AWS::RDS::DBInstance", Weight::One, "read replicas"),
    ("ecs.tasks_per_service", "AWS::ApplicationAutoScaling::ScalableTarget", "ResourceId", "AWS::ECS::Service", Weight::Of("MaxCapacity"), "tasks"),
];

const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";

fn run(graph: &Graph, found: &mut Found) {
    for (id, kinds, what) in REGIONAL {
        let items = graph.items.iter().filter(|item| kinds.contains(&item.kind));
        tell(by(items.map(|item| (region(graph, item), item, 1))), id, what, "in one region", found);
    }
    for (id, kind, owner, of, weight, what) in OWNED {
        let owned = graph.of_type(kind).filter_map(|item| {
            let of_it = graph.mentioned(item.get(owner)?).into_iter().find(|one| one.kind == *of)?;
            Some((key(of_it), item, weight_of(item, weight)?))
        });
        tell(by(owned), id, what, "of one owner", found);
    }
    let zones = graph.of_type("AWS::EC2::NatGateway").filter_map(|gateway| {
        let subnet = graph.target(gateway.get("SubnetId")?)?;
        let zone = subnet.get("AvailabilityZone").or_else(|| subnet.get("AvailabilityZoneId"))?;
        Some((format!("{}{zone:?}", region(graph, gateway)), gateway, 1))
    });
    tell(by(zones), "vpc.nat_gateways_per_zone", "NAT gateways", "in one zone", found);
    let balancers = graph.of_type(BALANCER).filter(|balancer| balancer.text("Type").is_none_or(|kind| kind == "application"));
    tell(by(balancers.map(|item| (region(graph, item), item, 1))), "alb.load_balancers", "application load balancers", "in one region", found);
    tell(by(of_balancers(graph, "AWS::ElasticLoadBalancingV2::ListenerRule", &Weight::One)), "alb.rules", "rules", "of one load balancer", found);
    let certificates = of_balancers(graph, "AWS::ElasticLoadBalancingV2::ListenerCertificate", &Weight::Items("Certificates"));
    tell(by(certificates), "alb.certificates", "certificates beside the default ones", "of one load balancer", found);
    aurora(graph, found);
    caches(graph, found);
    concurrency(graph, found);
    shards(graph, found);
}

/// Things that name a listener, by the listener's balancer.
fn of_balancers<'g>(graph: &'g Graph, kind: &'g str, weight: &'static Weight) -> impl Iterator<Item = (String, &'g Item<'g>, i64)> {
    graph.of_type(kind).filter_map(move |item| {
        let listener = graph.target(item.get("ListenerArn")?).filter(|listener| listener.kind == LISTENER)?;
        let owner = listener.get("LoadBalancerArn").and_then(|arn| graph.target(arn)).unwrap_or(listener);
        Some((key(owner), item, weight_of(item, weight)?))
    })
}

/// Readers are the instances of a cluster beside the writer.
fn aurora(graph: &Graph, found: &mut Found) {
    let members = graph.of_type("AWS::RDS::DBInstance").filter_map(|instance| {
        let cluster = graph.target(instance.get("DBClusterIdentifier")?)?;
        Some((key(cluster), instance, 1))
    });
    let Some(most) = default_quota("aurora.replicas").and_then(|most| i64::try_from(most).ok()) else { return };
    for (last, count) in by(members) {
        if count > most + 1 {
            found.at(last, "DBClusterIdentifier", format!("the cluster has {count} instances; one writes and at most {most} read"));
        }
    }
}

/// The nodes of a cache: its shards, each with its replicas.
fn caches(graph: &Graph, found: &mut Found) {
    let mut nodes: Vec<(String, &Item, i64)> = Vec::new();
    for cache in graph.of_type("AWS::ElastiCache::ReplicationGroup").filter(|cache| cache.raw.condition.is_none()) {
        let shards = cache.int("NumNodeGroups").or_else(|| i64::try_from(cache.list("NodeGroupConfiguration").len()).ok().filter(|count| *count > 0));
        let count = match (shards, cache.int("NumCacheClusters")) {
            (Some(shards), _) => shards.saturating_mul(1 + cache.int("ReplicasPerNodeGroup").unwrap_or(0)),
            (None, Some(count)) => count,
            (None, None) => 1,
        };
        let most = limit("elasticache.nodes_per_cluster");
        if count > most {
            let at = if cache.has("NumNodeGroups") { "NumNodeGroups" } else { "NodeGroupConfiguration" };
            found.at(cache, at, format!("{count} nodes in one cluster; ElastiCache takes {most} unless the quota is raised: raise it first"));
        }
        nodes.push((region(graph, cache), cache, count));
    }
    tell(by(nodes), "elasticache.nodes", "cache nodes", "in one region", found);
}

/// Lambda keeps a part of the account's concurrency for functions that reserve none.
fn concurrency(graph: &Graph, found: &mut Found) {
    let most = limit("lambda.concurrency").saturating_sub(limit("lambda.unreserved_concurrency"));
    let reserved = ["AWS::Lambda::Function", "AWS::Serverless::Function"].into_iter().flat_map(|kind| graph.of_type(kind)).filter_map(|function| {
        Some((region(graph, function), function, function.int("ReservedConcurrentExecutions")?))
    });
    for (last, count) in by(reserved) {
        if count > most {
            let message = format!("functions reserve {count} executions together; of the default quota {most} can be reserved: reserve less, or raise it first");
            found.at(last, "ReservedConcurrentExecutions", message);
        }
    }
}

/// Provisioned shards; the quota is larger in three regions, and where the region is not known that one is taken.
fn shards(graph: &Graph, found: &mut Found) {
    let streams = graph.of_type("AWS::Kinesis::Stream").filter_map(|stream| {
        let on_demand = stream.text("StreamModeDetails/StreamMode") == Some("ON_DEMAND");
        Some((region(graph, stream), stream, stream.int("ShardCount").filter(|_| !on_demand)?))
    });
    for (last, count) in by(streams) {
        let large = graph.region(last).is_none_or(|region| matches!(region, "us-east-1" | "us-west-2" | "eu-west-1"));
        let most = if large { 500 } else { limit("kinesis.shards") };
        if count > most {
            found.at(last, "ShardCount", format!("{count} shards in one region; the default quota is {most}: raise it first, or take ON_DEMAND"));
        }
    }
}

/// The sums by what things belong to, each with the last thing that counts for it. What stands under a condition may never be made.
fn by<'g>(items: impl IntoIterator<Item = (String, &'g Item<'g>, i64)>) -> Vec<(&'g Item<'g>, i64)> {
    let mut order: Vec<String> = Vec::new();
    let mut sums: HashMap<String, (&Item, i64)> = HashMap::new();
    for (owner, item, weight) in items.into_iter().filter(|(_, item, _)| item.raw.condition.is_none()) {
        match sums.get_mut(&owner) {
            Some((last, sum)) => (*last, *sum) = (item, sum.saturating_add(weight)),
            None => {
                order.push(owner.clone());
                sums.insert(owner, (item, weight));
            }
        }
    }
    order.iter().filter_map(|owner| sums.get(owner).copied()).collect()
}

fn tell(sums: Vec<(&Item, i64)>, id: &str, what: &str, wherein: &str, found: &mut Found) {
    let most = limit(id);
    for (last, count) in sums.into_iter().filter(|(_, count)| *count > most) {
        found.at(last, "", format!("{count} {what} {wherein}; the default quota is {most}: have fewer, or raise it before the deployment"));
    }
}

fn limit(id: &str) -> i64 {
    default_quota(id).and_then(|most| i64::try_from(most).ok()).unwrap_or(i64::MAX)
}

fn weight_of(item: &Item, weight: &Weight) -> Option<i64> {
    match weight {
        Weight::One => Some(1),
        Weight::Of(path) => item.int(path),
        Weight::Items(path) => item.get(path).map(|list| i64::try_from(below(list, "*").len()).unwrap_or(i64::MAX)),
    }
}

/// The region, or a word for the one that is not known: the files of a set without a region go to one.
fn region(graph: &Graph, item: &Item) -> String {
    graph.region(item).unwrap_or("here").to_owned()
}

fn key(item: &Item) -> String {
    format!("{}!{}", item.file, item.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quota_that_is_judged_is_in_the_table() {
        let ids = REGIONAL.iter().map(|row| row.0).chain(OWNED.iter().map(|row| row.0));
        let others = ["vpc.nat_gateways_per_zone", "alb.load_balancers", "alb.rules", "alb.certificates", "aurora.replicas", "elasticache.nodes"];
        let more = ["elasticache.nodes_per_cluster", "lambda.concurrency", "lambda.unreserved_concurrency", "kinesis.shards"];
        for id in ids.chain(others).chain(more) {
            assert!(default_quota(id).is_some(), "{id}");
        }
    }
}
