//! Who calls whom: workloads whose environment, secrets or start script name the endpoint of something else.

use cfn::Node;

use super::graph::{Graph, Item, below};
use super::listening::number;
use super::permits::{self, Held};
use super::simplify::variables;
use super::subnets::is;

/// Something that a client calls.
#[derive(Debug)]
pub struct Need<'g, 'a> {
    /// What is called.
    pub item: &'g Item<'a>,
    /// The attribute by which it is named: `Endpoint.Address`.
    pub attribute: String,
    /// The port that the client says it calls.
    pub port: Option<i64>,
}

/// A workload that calls others.
#[derive(Debug)]
pub struct Client<'g, 'a> {
    /// What runs: a service, a function, an instance, a launch template.
    pub item: &'g Item<'a>,
    /// Its security groups.
    pub held: Held,
    /// Its subnets.
    pub subnets: Vec<&'g Node>,
    /// Whether it runs inside a VPC.
    pub inside: bool,
    /// What it calls.
    pub needs: Vec<Need<'g, 'a>>,
}

/// Every workload of a set that names an endpoint.
pub fn all<'g, 'a>(graph: &'g Graph<'a>) -> Vec<Client<'g, 'a>> {
    let records = records(graph);
    let mut clients = Vec::new();
    for item in &graph.items {
        let (words, inside) = match item.kind {
            "AWS::ECS::Service" => {
                let Some(task) = item.get("TaskDefinition").and_then(|task| graph.target(task)) else { continue };
                // A task without an interface of its own calls with its host's groups, which are not known here.
                if !item.has("NetworkConfiguration/AwsvpcConfiguration") {
                    continue;
                }
                (words_of_task(task), true)
            }
            "AWS::Lambda::Function" | "AWS::Serverless::Function" => {
                let mut words = Vec::new();
                for map in item.all("Environment/Variables") {
                    words.extend(map.as_map().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
                }
                words.extend(item.all("FileSystemConfigs").into_iter().map(|node| (String::new(), node.clone())));
                (words, item.has("VpcConfig/SubnetIds/*") || item.has("VpcConfig/SubnetIds"))
            }
            "AWS::EC2::Instance" => (lines(item.get("UserData")), true),
            "AWS::EC2::LaunchTemplate" => (lines(item.get("LaunchTemplateData/UserData")), true),
            "AWS::AutoScaling::LaunchConfiguration" => (lines(item.get("UserData")), true),
            _ => continue,
        };
        let mut needs: Vec<Need<'g, 'a>> = Vec::new();
        for (index, (name, value)) in words.iter().enumerate() {
            for (callee, attribute, port) in endpoints(graph, value, &records) {
                if std::ptr::eq(callee, item) || needs.iter().any(|need| std::ptr::eq(need.item, callee) && need.attribute == attribute) {
                    continue;
                }
                let port = port.or_else(|| beside(&words, index, name));
                needs.push(Need { item: callee, attribute, port });
            }
        }
        if !needs.is_empty() {
            clients.push(Client { item, held: permits::held(graph, item), subnets: permits::subnets_of(graph, item), inside, needs });
        }
    }
    clients
}

/// Name and value of what a task's containers are told.
fn words_of_task(task: &Item) -> Vec<(String, Node)> {
    let mut words = Vec::new();
    for container in task.all("ContainerDefinitions/*") {
        for (list, value) in [("Environment/*", "Value"), ("Secrets/*", "ValueFrom")] {
            for pair in below(container, list) {
                let name = pair.get("Name").and_then(Node::as_str).unwrap_or_default();
                words.extend(pair.get(value).map(|value| (name.to_owned(), value.clone())));
            }
        }
        for rest in ["Command", "EntryPoint"] {
            words.extend(below(container, rest).into_iter().map(|node| (String::new(), node.clone())));
        }
    }
    words.extend(task.all("Volumes").into_iter().map(|node| (String::new(), node.clone())));
    words
}

/// A script's lines; `NAME=value` is taken apart.
fn lines(script: Option<&Node>) -> Vec<(String, Node)> {
    let Some(script) = script else { return Vec::new() };
    let body = match script.intrinsic() {
        Some(("Fn::Base64", body)) => body,
        _ => script,
    };
    match body.intrinsic() {
        Some(("Fn::Sub", Node::Str(text))) => text
            .lines()
            .filter(|line| line.contains("${") || line.to_uppercase().contains("PORT"))
            .map(|line| {
                let line = line.trim();
                let (name, value) = line.split_once('=').unwrap_or(("", line));
                let name = name.rsplit(' ').next().unwrap_or_default();
                let value = value.trim_matches(['"', '\'']);
                (name.to_owned(), if value.contains("${") { Node::map([("Fn::Sub", value)]) } else { Node::from(value) })
            })
            .collect(),
        _ => vec![(String::new(), body.clone())],
    }
}

/// The port that stands beside a host: `DATABASE_PORT` for `DATABASE_HOST`.
fn beside(words: &[(String, Node)], index: usize, name: &str) -> Option<i64> {
    let upper = name.to_uppercase();
    let base = ["_READER_HOST", "_READ_HOST", "_HOSTNAME", "_HOST", "_ENDPOINT", "_ADDRESS", "_SERVER"]
        .iter()
        .find_map(|end| upper.strip_suffix(end))?;
    let wanted = format!("{base}_PORT");
    let all = || words.iter().enumerate().filter(|(_, (name, _))| name.to_uppercase() == wanted);
    // One script may set a name twice; the nearest one counts.
    let nearest = all().min_by_key(|(at, _)| at.abs_diff(index))?;
    number(&nearest.1.1)
}

/// Private names of records, with what they lead to.
fn records<'g, 'a>(graph: &'g Graph<'a>) -> Vec<(String, Vec<(&'g Item<'a>, String)>)> {
    let mut found = Vec::new();
    for record in graph.of_type("AWS::Route53::RecordSet") {
        let Some(name) = record.text("Name") else { continue };
        let leads: Vec<(&Item, String)> = ["ResourceRecords", "AliasTarget/DNSName"]
            .iter()
            .flat_map(|path| record.all(path))
            .flat_map(|node| attributes(graph, node))
            .map(|(item, attribute, _)| (item, attribute))
            .collect();
        let name = name.trim_end_matches('.').to_lowercase();
        if name.contains('.') && !leads.is_empty() {
            found.push((name, leads));
        }
    }
    found
}

type Endpoint<'g, 'a> = (&'g Item<'a>, String, Option<i64>);

/// The endpoints that a value names, by themselves, through a parameter of Systems Manager or through a private DNS name.
fn endpoints<'g, 'a>(graph: &'g Graph<'a>, value: &Node, records: &[(String, Vec<(&'g Item<'a>, String)>)]) -> Vec<Endpoint<'g, 'a>> {
    let mut found = Vec::new();
    for (item, attribute, port) in attributes(graph, value) {
        match item.kind {
            "AWS::SSM::Parameter" => {
                let told = item.get("Value").map(|value| attributes(graph, value)).unwrap_or_default();
                found.extend(told.into_iter().filter(|(item, attribute, _)| is_endpoint(item, attribute)));
            }
            "AWS::Route53::RecordSet" => {
                let name = item.text("Name").unwrap_or_default().trim_end_matches('.').to_lowercase();
                let leads = records.iter().find(|(known, _)| *known == name).map(|(_, leads)| leads.clone()).unwrap_or_default();
                found.extend(
                    leads
                        .into_iter()
                        .filter(|(item, attribute)| is_endpoint(item, attribute))
                        .map(|(item, attribute)| (item, attribute, port)),
                );
            }
            "AWS::EFS::FileSystem" | "AWS::EFS::AccessPoint" => {
                let system = match item.kind {
                    "AWS::EFS::AccessPoint" => item.get("FileSystemId").and_then(|id| graph.target(id)),
                    _ => Some(item),
                };
                let Some(system) = system else { continue };
                let mounts = graph
                    .of_type("AWS::EFS::MountTarget")
                    .filter(|mount| mount.get("FileSystemId").is_some_and(|id| is(graph, id, system)));
                found.extend(mounts.map(|mount| (mount, String::new(), None)));
            }
            _ if is_endpoint(item, &attribute) => found.push((item, attribute, port)),
            _ => {}
        }
    }
    if let Node::Str(text) = value {
        for (name, leads) in records {
            if let Some((_, after)) = text.to_lowercase().split_once(name.as_str()) {
                let port = leading_port(after);
                found.extend(
                    leads
                        .iter()
                        .filter(|(item, attribute)| is_endpoint(item, attribute))
                        .map(|(item, attribute)| (*item, attribute.clone(), port)),
                );
            }
        }
    }
    found
}

/// Whether this attribute is an address to call inside a VPC.
fn is_endpoint(item: &Item, attribute: &str) -> bool {
    match item.kind {
        "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" | "AWS::RDS::DBProxy" => attribute.contains("Endpoint"),
        "AWS::ElastiCache::ReplicationGroup"
        | "AWS::ElastiCache::ServerlessCache"
        | "AWS::ElastiCache::CacheCluster"
        | "AWS::MemoryDB::Cluster" => attribute.to_lowercase().contains("endpoint"),
        "AWS::DAX::Cluster" | "AWS::DocDB::DBCluster" | "AWS::Neptune::DBCluster" | "AWS::Redshift::Cluster" => {
            attribute.contains("Endpoint")
        }
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => attribute == "DNSName" && item.text("Scheme") == Some("internal"),
        "AWS::EC2::Instance" => attribute.starts_with("Private"),
        "AWS::EC2::NetworkInterface" => attribute == "PrimaryPrivateIpAddress",
        "AWS::OpenSearchService::Domain" => attribute.contains("Endpoint") && item.has("VPCOptions"),
        "AWS::EFS::MountTarget" => true,
        _ => false,
    }
}

/// Every resource that a value names, with the attribute (empty for `Ref`) and the port that follows it in a text.
fn attributes<'g, 'a>(graph: &'g Graph<'a>, node: &Node) -> Vec<Endpoint<'g, 'a>> {
    let mut found: Vec<Endpoint<'g, 'a>> = Vec::new();
    let named = |word: &str| -> Option<(&'g Item<'a>, String)> {
        let (name, attribute) = word.split_once('.').unwrap_or((word, ""));
        let (file, id) = name.split_once('!')?;
        graph.item(file.parse().ok()?, id).map(|item| (item, attribute.to_owned()))
    };
    node.walk(&mut |node| match node.intrinsic() {
        Some(("Fn::Sub", Node::Str(text))) => {
            for word in variables(text) {
                if let Some((item, attribute)) = named(word) {
                    let after = text.split_once(&format!("${{{word}}}")).map_or("", |(_, after)| after);
                    found.push((item, attribute, leading_port(after)));
                }
            }
        }
        _ => {
            if let Some((item, attribute)) = graph.reference(node) {
                found.push((item, attribute.unwrap_or_default().to_owned(), None));
            }
        }
    });
    found
}

/// `:5432/app` begins with port 5432.
fn leading_port(text: &str) -> Option<i64> {
    let digits: String = text.strip_prefix(':')?.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
