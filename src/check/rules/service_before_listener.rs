//! An ECS service that is made before its target group belongs to a load balancer, or that names a container or port which is not there.

use crate::check::balancing::{self, SERVICE, is_awsvpc};
use crate::check::listening::number;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "service-before-listener",
    severity: Severity::Error,
    what: "a service waits for the listener or rule of its target group, names a container and port of its task, and has a network when its tasks do",
    why: "ECS refuses a target group without load balancer, an unknown container or port, and a task with a network of its own and no subnets.",
    link: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let forwards = balancing::forwards(graph);
    for service in graph.of_type(SERVICE) {
        if is_awsvpc(graph, service) == Some(true) && !service.raw.properties.contains_key("NetworkConfiguration") {
            found.at(service, "", "its tasks have network interfaces of their own (awsvpc), but it says no NetworkConfiguration with subnets");
        }
        let task = service.get("TaskDefinition").and_then(|task| graph.target(task)).filter(|task| task.kind == "AWS::ECS::TaskDefinition");
        for (index, entry) in service.list("LoadBalancers") {
            let path = format!("LoadBalancers/{index}");
            if let Some(group) = entry.get("TargetGroupArn").and_then(|arn| graph.target(arn)) {
                let via: Vec<&Item> = forwards.iter().filter(|one| std::ptr::eq(one.group, group)).map(|one| one.via).filter(|via| via.file == service.file).collect();
                if !via.is_empty() && !via.iter().any(|via| graph.waits(service, via)) {
                    let names = via.iter().map(|via| via.id.as_str()).collect::<Vec<_>>().join(" or ");
                    found.beside(service, "DependsOn", format!("it may be made before {names} joins {} to a load balancer; add DependsOn", group.id));
                }
            }
            let (Some(task), Some(name)) = (task, entry.get("ContainerName").and_then(|name| name.as_str())) else { continue };
            let containers = task.all("ContainerDefinitions/*");
            let named = |one: &&&cfn::Node| one.get("Name").is_none_or(|own| own.as_str().is_none_or(|own| own == name));
            let Some(container) = containers.iter().find(named) else {
                found.at(service, &path, format!("{} has no container called {name}", task.id));
                continue;
            };
            let ports: Option<Vec<i64>> = crate::check::graph::below(container, "PortMappings/*").into_iter().map(|one| one.get("ContainerPort").and_then(number)).collect();
            if let (Some(ports), Some(port)) = (ports, entry.get("ContainerPort").and_then(number))
                && !ports.contains(&port)
            {
                let words = ports.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                found.at(service, &path, format!("container {name} does not map port {port}; it maps {}", if words.is_empty() { "none" } else { &words }));
            }
        }
    }
}
