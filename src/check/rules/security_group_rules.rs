//! Security groups with more rules, and interfaces with more groups, than EC2 takes.

use std::collections::HashMap;

use cfn::Node;

use crate::catalog::default_quota;
use crate::check::graph::below;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "security-group-rules",
    severity: Severity::Error,
    what: "a security group has at most 60 rules per direction and address family, and a network interface at most five groups",
    why: "EC2 answers RulesPerSecurityGroupLimitExceeded, and the stack rolls back; a prefix list counts as many rules as it may have entries, CloudFront's 55.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    run,
};

const GROUP: &str = "AWS::EC2::SecurityGroup";

/// A direction: the inline list, the type of a separate rule, and the property that names a prefix list.
const DIRECTIONS: &[(&str, &str, &str)] = &[
    ("SecurityGroupIngress", "AWS::EC2::SecurityGroupIngress", "SourcePrefixListId"),
    ("SecurityGroupEgress", "AWS::EC2::SecurityGroupEgress", "DestinationPrefixListId"),
];

/// Where the groups of one network interface are listed.
const INTERFACES: &[(&str, &str)] = &[
    ("AWS::EC2::Instance", "SecurityGroupIds"),
    ("AWS::EC2::Instance", "SecurityGroups"),
    ("AWS::EC2::Instance", "NetworkInterfaces/*/GroupSet"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData/SecurityGroupIds"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData/NetworkInterfaces/*/Groups"),
    ("AWS::EC2::NetworkInterface", "GroupSet"),
    ("AWS::EC2::VPCEndpoint", "SecurityGroupIds"),
    ("AWS::ECS::Service", "NetworkConfiguration/AwsvpcConfiguration/SecurityGroups"),
    ("AWS::ECS::TaskSet", "NetworkConfiguration/AwsvpcConfiguration/SecurityGroups"),
    ("AWS::EFS::MountTarget", "SecurityGroups"),
    ("AWS::ElastiCache::CacheCluster", "VpcSecurityGroupIds"),
    ("AWS::ElastiCache::ReplicationGroup", "SecurityGroupIds"),
    ("AWS::ElastiCache::ServerlessCache", "SecurityGroupIds"),
    ("AWS::ElasticLoadBalancing::LoadBalancer", "SecurityGroups"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "SecurityGroups"),
    ("AWS::Lambda::Function", "VpcConfig/SecurityGroupIds"),
    ("AWS::RDS::DBCluster", "VpcSecurityGroupIds"),
    ("AWS::RDS::DBInstance", "VPCSecurityGroups"),
    ("AWS::RDS::DBProxy", "VpcSecurityGroupIds"),
];

/// CloudFront's list of the addresses that it calls origins from, by region, as `data/regions.yaml` has them.
const REGIONS: &str = include_str!("../../../data/regions.yaml");

/// What that list weighs (VPC user guide, "AWS-managed prefix list weight").
const CLOUDFRONT: i64 = 55;

/// How many rules of each address family; what has no family counts for both.
#[derive(Default)]
struct Load {
    four: i64,
    six: i64,
    lists: i64,
}

fn run(graph: &Graph, found: &mut Found) {
    let most = default_quota("ec2.rules_per_security_group").and_then(|most| i64::try_from(most).ok()).unwrap_or(i64::MAX);
    for (list, separate, prefix) in DIRECTIONS {
        let mut apart: HashMap<(usize, &str), Vec<&Item>> = HashMap::new();
        for rule in graph.of_type(separate).filter(|rule| rule.raw.condition.is_none()) {
            if let Some(group) = rule.get("GroupId").and_then(|id| graph.target(id)) {
                apart.entry((group.file, &group.id)).or_default().push(rule);
            }
        }
        for group in graph.of_type(GROUP) {
            let mut load = Load::default();
            for (_, rule) in group.list(list) {
                add(graph, rule, prefix, &mut load);
            }
            for rule in apart.get(&(group.file, group.id.as_str())).into_iter().flatten() {
                add(graph, &rule.properties, prefix, &mut load);
            }
            let rules = load.four.max(load.six);
            if rules > most {
                let lists = if load.lists > 0 { format!(", {} of them for prefix lists by the entries that these may have", load.lists) } else { String::new() };
                let message = format!("{list} comes to {rules} rules{lists}; a group takes {most}: join ranges, or spread them over two groups");
                found.at(group, if group.has(list) { list } else { "" }, message);
            }
        }
    }
    let most = default_quota("ec2.security_groups_per_interface").and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    for item in &graph.items {
        for (_, path) in INTERFACES.iter().filter(|(kind, _)| *kind == item.kind) {
            for groups in item.all(path).into_iter().filter_map(Node::as_list).filter(|groups| groups.len() > most) {
                let message = format!("{} security groups on one network interface; EC2 takes {most} unless the quota is raised: join some", groups.len());
                found.at(item, path.split("/*").next().unwrap_or(path), message);
            }
        }
    }
}

fn add(graph: &Graph, rule: &Node, prefix: &str, load: &mut Load) {
    let has = |key: &str| !below(rule, key).is_empty();
    if let Some(list) = below(rule, prefix).into_iter().next() {
        let weight = weight(graph, list);
        load.four += weight;
        load.six += weight;
        load.lists += weight;
        return;
    }
    if !has("CidrIpv6") {
        load.four += 1;
    }
    if !has("CidrIp") {
        load.six += 1;
    }
}

/// How many rules a prefix list counts as: its `MaxEntries` when it is made here, CloudFront's weight, else one at least.
fn weight(graph: &Graph, list: &Node) -> i64 {
    match graph.target(list) {
        Some(made) => made.int("MaxEntries").unwrap_or(1),
        None => match list.as_str() {
            Some(id) if id.starts_with("pl-") && REGIONS.contains(&format!("cloudfront_prefix_list: {id},")) => CLOUDFRONT,
            _ => 1,
        },
    }
}
