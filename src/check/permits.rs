//! Security groups: what their rules let in and out, and who holds which group.

use cfn::Node;

use super::cidr::{self, Cidr};
use super::graph::{Graph, Item, below};
use super::subnets::identity;

/// The type of a security group.
pub const GROUP: &str = "AWS::EC2::SecurityGroup";

/// Whom a rule is about, on its other side.
#[derive(Debug, Clone, PartialEq)]
pub enum Peer {
    /// Holders of a security group, by [`identity`].
    Group(String),
    /// Addresses.
    Block(Cidr),
    /// A prefix list, or what the templates do not tell.
    Open,
}

/// One rule of a security group.
#[derive(Debug)]
pub struct Permit<'g, 'a> {
    /// Where it is written.
    pub item: &'g Item<'a>,
    /// Its path below the item's properties; empty for a resource of its own.
    pub path: String,
    /// The rule as it stands there.
    pub rule: &'g Node,
    /// The group whose rule it is, by [`identity`]; none when that is not known.
    pub group: Option<String>,
    /// Whether it lets in (or out).
    pub ingress: bool,
    /// `tcp`, `udp`, `icmp`, `-1` for all.
    pub protocol: String,
    /// First and last port; the whole range when the rule is for every port, or the ports are not known.
    pub ports: (i64, i64),
    /// Whether the ports are known.
    pub sure: bool,
    /// The other side.
    pub peer: Peer,
}

impl Permit<'_, '_> {
    /// Whether it lets this TCP port (UDP when `udp`) through.
    pub fn has(&self, port: i64, udp: bool) -> bool {
        let speaks = match self.protocol.as_str() {
            "-1" | "all" => return true,
            "tcp" | "6" => !udp,
            "udp" | "17" => udp,
            "icmp" | "icmpv6" | "1" | "58" => return false,
            _ => true,
        };
        speaks && self.ports.0 <= port && port <= self.ports.1
    }

    /// Its ports in words.
    pub fn words(&self) -> String {
        match (self.protocol.as_str(), self.ports) {
            ("-1", _) | (_, (0, 65535)) => "every port".to_owned(),
            (_, (first, last)) if first == last => format!("port {first}"),
            (_, (first, last)) => format!("ports {first} to {last}"),
        }
    }
}

/// All rules of all security groups of a set.
pub fn all<'g, 'a>(graph: &'g Graph<'a>) -> Vec<Permit<'g, 'a>> {
    let mut permits = Vec::new();
    for item in &graph.items {
        match item.kind {
            GROUP => {
                let own = Some(format!("{}!{}", item.file, item.id));
                for (list, ingress) in [("SecurityGroupIngress", true), ("SecurityGroupEgress", false)] {
                    for (index, rule) in item.list(list) {
                        permits.push(permit(graph, item, format!("{list}/{index}"), rule, own.clone(), ingress));
                    }
                }
            }
            "AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress" => {
                let group = item.get("GroupId").or_else(|| item.get("GroupName")).and_then(|group| identity(graph, group));
                permits.push(permit(graph, item, String::new(), &item.properties, group, item.kind.ends_with("Ingress")));
            }
            _ => {}
        }
    }
    permits
}

fn permit<'g, 'a>(
    graph: &Graph<'a>,
    item: &'g Item<'a>,
    path: String,
    rule: &'g Node,
    group: Option<String>,
    ingress: bool,
) -> Permit<'g, 'a> {
    let first = |key: &str| below(rule, key).into_iter().next();
    let number = |key: &str| match first(key) {
        Some(Node::Int(number)) => Some(*number),
        Some(Node::Str(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let protocol = first("IpProtocol").and_then(|node| graph.text(node)).unwrap_or_default().to_lowercase();
    let (from, to) = (number("FromPort"), number("ToPort").or(number("FromPort")));
    let whole = protocol == "-1" || from.is_some_and(|from| from < 0);
    let (ports, sure) = match (from, to, whole) {
        (Some(from), Some(to), false) => ((from, to), true),
        (None, _, false) => ((0, 65535), !rule.get("FromPort").is_some_and(|_| true)),
        _ => ((0, 65535), true),
    };
    let sides = if ingress {
        ["SourceSecurityGroupId", "SourceSecurityGroupName"]
    } else {
        ["DestinationSecurityGroupId", "DestinationSecurityGroupName"]
    };
    let peer = match sides.iter().find_map(|side| first(side)).map(|side| identity(graph, side)) {
        Some(Some(name)) => Peer::Group(name),
        Some(None) => Peer::Open,
        None => match first("CidrIp").or_else(|| first("CidrIpv6")).and_then(|block| cidr::of(graph, block)) {
            Some(block) => Peer::Block(block),
            None => Peer::Open,
        },
    };
    Permit { item, path, rule, group, ingress, protocol, ports, sure, peer }
}

/// Where each type holds its security groups.
const HELD: &[(&str, &[&str])] = &[
    ("AWS::AmazonMQ::Broker", &["SecurityGroups"]),
    ("AWS::ApiGatewayV2::VpcLink", &["SecurityGroupIds"]),
    ("AWS::AppRunner::VpcConnector", &["SecurityGroups"]),
    ("AWS::AutoScaling::LaunchConfiguration", &["SecurityGroups"]),
    ("AWS::CodeBuild::Project", &["VpcConfig/SecurityGroupIds"]),
    ("AWS::DAX::Cluster", &["SecurityGroupIds"]),
    ("AWS::DocDB::DBCluster", &["VpcSecurityGroupIds"]),
    ("AWS::EC2::Instance", &["SecurityGroupIds", "SecurityGroups", "NetworkInterfaces/*/GroupSet"]),
    ("AWS::EC2::LaunchTemplate", &["LaunchTemplateData/SecurityGroupIds", "LaunchTemplateData/NetworkInterfaces/*/Groups"]),
    ("AWS::EC2::NetworkInterface", &["GroupSet"]),
    ("AWS::EC2::VPCEndpoint", &["SecurityGroupIds"]),
    ("AWS::ECS::Service", &["NetworkConfiguration/AwsvpcConfiguration/SecurityGroups"]),
    ("AWS::EFS::MountTarget", &["SecurityGroups"]),
    ("AWS::ElastiCache::CacheCluster", &["VpcSecurityGroupIds"]),
    ("AWS::ElastiCache::ReplicationGroup", &["SecurityGroupIds"]),
    ("AWS::ElastiCache::ServerlessCache", &["SecurityGroupIds"]),
    ("AWS::ElasticLoadBalancing::LoadBalancer", &["SecurityGroups"]),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", &["SecurityGroups"]),
    ("AWS::Events::Rule", &["Targets/*/EcsParameters/NetworkConfiguration/AwsVpcConfiguration/SecurityGroups"]),
    ("AWS::Lambda::Function", &["VpcConfig/SecurityGroupIds"]),
    ("AWS::MSK::Cluster", &["BrokerNodeGroupInfo/SecurityGroups"]),
    ("AWS::MemoryDB::Cluster", &["SecurityGroupIds"]),
    ("AWS::Neptune::DBCluster", &["VpcSecurityGroupIds"]),
    ("AWS::OpenSearchService::Domain", &["VPCOptions/SecurityGroupIds"]),
    ("AWS::RDS::DBCluster", &["VpcSecurityGroupIds"]),
    ("AWS::RDS::DBInstance", &["VPCSecurityGroups"]),
    ("AWS::RDS::DBProxy", &["VpcSecurityGroupIds"]),
    ("AWS::Redshift::Cluster", &["VpcSecurityGroupIds"]),
    ("AWS::Scheduler::Schedule", &["Target/EcsParameters/NetworkConfiguration/AwsvpcConfiguration/SecurityGroups"]),
    ("AWS::Serverless::Function", &["VpcConfig/SecurityGroupIds"]),
];

/// The groups that something holds: their identities, and whether that is all of them.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Held {
    /// By [`identity`].
    pub groups: Vec<String>,
    /// Whether each of them is written out.
    pub sure: bool,
}

/// The paths under which this type names its groups.
pub fn paths(kind: &str) -> &'static [&'static str] {
    HELD.iter().find(|(name, _)| *name == kind).map_or(&[], |(_, paths)| paths)
}

/// The security groups of a resource, of its launch template too when it is an instance.
pub fn held(graph: &Graph, item: &Item) -> Held {
    let mut held = Held { groups: Vec::new(), sure: true };
    for path in paths(item.kind) {
        for list in item.all(path) {
            match list {
                Node::List(_) => {
                    for group in below(list, "*") {
                        match identity(graph, group) {
                            Some(name) => held.groups.push(name),
                            None => held.sure = false,
                        }
                    }
                }
                _ => held.sure = false,
            }
        }
    }
    if held.groups.is_empty() && held.sure && item.kind == "AWS::EC2::Instance" {
        if let Some(template) = launch_template(graph, item, "LaunchTemplate") {
            return self::held(graph, template);
        }
        held.sure = !item.has("LaunchTemplate");
    }
    held
}

/// The launch template or configuration that an instance or an Auto Scaling group starts machines with.
pub fn launch_template<'g, 'a>(graph: &'g Graph<'a>, item: &Item, path: &str) -> Option<&'g Item<'a>> {
    ["LaunchTemplateId", "LaunchTemplateName"].iter().find_map(|key| item.get(&format!("{path}/{key}"))).and_then(|id| graph.target(id))
}

/// Every template or configuration that an Auto Scaling group starts machines with.
pub fn launched<'g, 'a>(graph: &'g Graph<'a>, group: &Item) -> Option<&'g Item<'a>> {
    launch_template(graph, group, "LaunchTemplate")
        .or_else(|| launch_template(graph, group, "MixedInstancesPolicy/LaunchTemplate/LaunchTemplateSpecification"))
        .or_else(|| group.get("LaunchConfigurationName").and_then(|name| graph.target(name)))
        .or_else(|| group.get("InstanceId").and_then(|id| graph.target(id)))
}

/// The name of a group in a message: its logical ID.
pub fn called(name: &str) -> &str {
    name.split_once('!').map_or(name, |(_, id)| id)
}

/// Whether a group is made by this set.
pub fn of_set<'g, 'a>(graph: &'g Graph<'a>, name: &str) -> Option<&'g Item<'a>> {
    let (file, id) = name.split_once('!')?;
    graph.item(file.parse().ok()?, id).filter(|item| item.kind == GROUP)
}

/// What is known of two sides, and whether one reaches the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It does, or the templates do not tell.
    Yes,
    /// The callee lets nobody in on that port.
    NobodyIn,
    /// The callee lets others in, not this caller.
    NotIn,
    /// The caller's own rules do not let it out.
    NotOut,
}

/// Whether holders of `caller` reach holders of `callee` on a TCP port. `addresses` are the blocks that the caller may have its address in.
pub fn reach(graph: &Graph, permits: &[Permit], caller: &Held, addresses: &[Cidr], callee: &Held, port: i64) -> Reach {
    let known = callee.sure && !callee.groups.is_empty() && callee.groups.iter().all(|name| of_set(graph, name).is_some());
    if known {
        // A rule whose own group is not known may belong to the callee.
        let of_callee = |permit: &&Permit| permit.ingress && permit.group.as_ref().is_none_or(|group| callee.groups.contains(group));
        let on_port: Vec<&Permit> = permits.iter().filter(of_callee).filter(|permit| permit.has(port, false)).collect();
        if on_port.is_empty() {
            return Reach::NobodyIn;
        }
        let certain = caller.sure && !caller.groups.is_empty() && caller.groups.iter().all(|name| of_set(graph, name).is_some());
        let lets = |permit: &&Permit| match &permit.peer {
            Peer::Group(name) => caller.groups.contains(name) || !certain,
            Peer::Block(block) => addresses.is_empty() || addresses.iter().any(|address| block.overlaps(*address)),
            Peer::Open => true,
        };
        if !on_port.iter().any(lets) {
            return Reach::NotIn;
        }
    }
    let egress: Option<Vec<&Permit>> =
        caller.groups.iter().map(|name| rules_out(graph, permits, name)).collect::<Option<Vec<_>>>().map(|all| all.concat());
    match egress {
        Some(rules) if caller.sure && !caller.groups.is_empty() => {
            let lets = |permit: &&&Permit| {
                permit.has(port, false)
                    && match &permit.peer {
                        Peer::Group(name) => callee.groups.contains(name) || !known,
                        Peer::Block(block) => block.prefix != block_bits(*block),
                        Peer::Open => true,
                    }
            };
            if rules.iter().any(|permit| lets(&permit)) { Reach::Yes } else { Reach::NotOut }
        }
        _ => Reach::Yes,
    }
}

/// A rule for one single address, as it stands where nothing is to go out at all, lets nobody out to a service.
fn block_bits(block: Cidr) -> u32 {
    if block.is_v4() { 32 } else { 128 }
}

/// A group's rules for what goes out; none when all may: without rules of its own in the group, AWS's rule for everything stays.
fn rules_out<'p, 'g, 'a>(graph: &Graph, permits: &'p [Permit<'g, 'a>], name: &str) -> Option<Vec<&'p Permit<'g, 'a>>> {
    let group = of_set(graph, name)?;
    let written = group.all("SecurityGroupEgress/*");
    if written.is_empty() || group.get("SecurityGroupEgress").is_some_and(|list| !matches!(list, Node::List(_))) {
        return None;
    }
    Some(permits.iter().filter(|permit| !permit.ingress && permit.group.as_deref().is_none_or(|group| group == name)).collect())
}

/// The address blocks of subnets; empty when one of them is not known.
pub fn addresses(graph: &Graph, subnets: &[&Node]) -> Vec<Cidr> {
    let blocks: Option<Vec<Cidr>> = subnets
        .iter()
        .map(|node| graph.target(node).and_then(|subnet| subnet.get("CidrBlock")).and_then(|block| cidr::of(graph, block)))
        .collect();
    blocks.unwrap_or_default()
}

/// The subnets of a resource, wherever its type names them.
pub fn subnets_of<'i>(graph: &'i Graph, item: &'i Item) -> Vec<&'i Node> {
    let lists = [
        "Subnets/*",
        "SubnetIds/*",
        "SubnetId",
        "SubnetMappings/*/SubnetId",
        "VPCZoneIdentifier/*",
        "VpcSubnetIds/*",
        "VpcConfig/SubnetIds/*",
        "NetworkConfiguration/AwsvpcConfiguration/Subnets/*",
        "NetworkInterfaces/*/SubnetId",
        "VPCOptions/SubnetIds/*",
        "BrokerNodeGroupInfo/ClientSubnets/*",
    ];
    let found: Vec<&Node> = lists.iter().flat_map(|path| item.all(path)).collect();
    if !found.is_empty() {
        return found;
    }
    let group = ["DBSubnetGroupName", "CacheSubnetGroupName", "SubnetGroupName"]
        .iter()
        .find_map(|key| item.get(key))
        .and_then(|name| graph.target(name));
    if let Some(group) = group {
        return subnets_of(graph, group);
    }
    if item.kind == "AWS::EC2::LaunchTemplate" || item.kind == "AWS::AutoScaling::LaunchConfiguration" {
        let scaled = graph
            .of_type("AWS::AutoScaling::AutoScalingGroup")
            .find(|group| launched(graph, group).is_some_and(|by| std::ptr::eq(by, item)));
        return scaled.map(|group| subnets_of(graph, group)).unwrap_or_default();
    }
    Vec::new()
}
