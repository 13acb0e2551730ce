//! On which TCP ports a resource takes connections.

use cfn::Node;

use super::graph::{Graph, Item};
use super::subnets::is;

/// The ports that a resource listens on: any of them is right for a client that does not say which.
/// None when the templates do not tell, as with a server of one's own.
pub fn ports(graph: &Graph, item: &Item) -> Option<Vec<i64>> {
    let own = |default: &[i64]| match item.get("Port") {
        Some(_) => item.int("Port").map(|port| vec![port]),
        None => (!default.is_empty()).then(|| default.to_vec()),
    };
    match item.kind {
        "AWS::RDS::DBCluster" | "AWS::RDS::DBInstance" => {
            // An instance of a cluster listens where its cluster does.
            if item.kind.ends_with("Instance")
                && let Some(cluster) = item.get("DBClusterIdentifier")
            {
                return graph.target(cluster).filter(|cluster| !std::ptr::eq(*cluster, item)).and_then(|cluster| ports(graph, cluster));
            }
            let cluster = item.kind.ends_with("Cluster");
            own(by_engine(item.text("Engine")?, cluster))
        }
        "AWS::RDS::DBProxy" => Some(match item.text("EngineFamily")? {
            "POSTGRESQL" => vec![5432],
            "MYSQL" => vec![3306],
            "SQLSERVER" => vec![1433],
            _ => return None,
        }),
        "AWS::ElastiCache::ReplicationGroup"
        | "AWS::ElastiCache::ServerlessCache"
        | "AWS::ElastiCache::CacheCluster"
        | "AWS::MemoryDB::Cluster" => {
            let memcached = item.text("Engine").is_some_and(|engine| engine.eq_ignore_ascii_case("memcached"));
            let mut found = own(if memcached { &[11211] } else { &[6379] })?;
            if item.kind.ends_with("ServerlessCache") {
                // Readers of a serverless cache have a port of their own.
                found.push(if memcached { 11212 } else { 6380 });
            }
            Some(found)
        }
        "AWS::DAX::Cluster" => match item.text("ClusterEndpointEncryptionType") {
            Some("TLS") => Some(vec![9111]),
            _ if item.has("ClusterEndpointEncryptionType") && item.text("ClusterEndpointEncryptionType").is_none() => {
                Some(vec![8111, 9111])
            }
            _ => Some(vec![8111]),
        },
        "AWS::DocDB::DBCluster" => own(&[27017]),
        "AWS::Neptune::DBCluster" => match item.get("DBPort").or_else(|| item.get("Port")) {
            Some(_) => item.int("DBPort").or(item.int("Port")).map(|port| vec![port]),
            None => Some(vec![8182]),
        },
        "AWS::Redshift::Cluster" => own(&[5439]),
        "AWS::EFS::MountTarget" => Some(vec![2049]),
        "AWS::OpenSearchService::Domain" => Some(vec![443, 80]),
        "AWS::EC2::VPCEndpoint" => Some(vec![443]),
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
            let listeners: Vec<&Item> = listeners(graph, item).collect();
            let ports: Vec<i64> = listeners.iter().filter_map(|listener| listener.int("Port")).collect();
            (!ports.is_empty() && ports.len() == listeners.len()).then_some(ports)
        }
        "AWS::ElasticLoadBalancing::LoadBalancer" => {
            let ports: Vec<i64> = item.all("Listeners/*/LoadBalancerPort").into_iter().filter_map(number).collect();
            (!ports.is_empty()).then_some(ports)
        }
        "AWS::ECS::Service" => {
            let task = item.get("TaskDefinition").and_then(|task| graph.target(task))?;
            container_ports(task)
        }
        // These only call.
        "AWS::Lambda::Function"
        | "AWS::Serverless::Function"
        | "AWS::ApiGatewayV2::VpcLink"
        | "AWS::AppRunner::VpcConnector"
        | "AWS::CodeBuild::Project" => Some(Vec::new()),
        _ => None,
    }
}

fn by_engine(engine: &str, cluster: bool) -> &'static [i64] {
    match engine.to_lowercase().as_str() {
        // CloudFormation's page names 3306 as the default of every cluster, the engine's own is 5432: both are let pass.
        "aurora-postgresql" if cluster => &[5432, 3306],
        "postgres" | "aurora-postgresql" => &[5432],
        "mysql" | "mariadb" | "aurora" | "aurora-mysql" => &[3306],
        engine if engine.contains("oracle") => &[1521],
        engine if engine.contains("sqlserver") => &[1433],
        engine if engine.starts_with("db2") => &[50000],
        _ => &[],
    }
}

/// The listeners of a load balancer.
pub fn listeners<'g, 'a>(graph: &'g Graph<'a>, balancer: &'g Item) -> impl Iterator<Item = &'g Item<'a>> {
    graph
        .of_type("AWS::ElasticLoadBalancingV2::Listener")
        .filter(move |listener| listener.get("LoadBalancerArn").is_some_and(|arn| is(graph, arn, balancer)))
}

/// The container ports of a task definition; none when one of them is not known.
pub fn container_ports(task: &Item) -> Option<Vec<i64>> {
    if task.kind != "AWS::ECS::TaskDefinition" {
        return None;
    }
    let mappings = task.all("ContainerDefinitions/*/PortMappings/*");
    if mappings.iter().any(|mapping| mapping.get("ContainerPortRange").is_some()) {
        return None;
    }
    mappings.iter().map(|mapping| mapping.get("ContainerPort").and_then(number)).collect()
}

/// A whole number, also one written as text.
pub fn number(node: &Node) -> Option<i64> {
    match node {
        Node::Int(number) => Some(*number),
        Node::Str(text) => text.trim().parse().ok(),
        _ => None,
    }
}
