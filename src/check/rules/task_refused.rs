//! A task that ECS refuses, or that cannot start: sizes, logs, roles.

use cfn::Node;

use crate::check::graph::below;
use crate::check::listening::number;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "task-refused",
    severity: Severity::Error,
    what: "a task has a size that Fargate sells, containers that fit into it, a log group that exists, and the role that pulls, logs and reads secrets",
    why: "ECS refuses the task definition, or starts tasks that stop at once and starts them again.",
    link: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html",
    run,
};

/// Fargate's sizes: CPU units, least and most MiB, and the step between (ECS developer guide, "Fargate task CPU and memory").
const SIZES: [(i64, i64, i64, i64); 7] = [
    (256, 512, 2_048, 512),
    (512, 1_024, 4_096, 1_024),
    (1_024, 2_048, 8_192, 1_024),
    (2_048, 4_096, 16_384, 1_024),
    (4_096, 8_192, 30_720, 1_024),
    (8_192, 16_384, 61_440, 4_096),
    (16_384, 32_768, 122_880, 8_192),
];

fn run(graph: &Graph, found: &mut Found) {
    for task in graph.of_type("AWS::ECS::TaskDefinition") {
        let fargate = task.all("RequiresCompatibilities/*").iter().any(|one| one.as_str() == Some("FARGATE"));
        if fargate {
            size(task, found);
            if task.text("NetworkMode").is_some_and(|mode| mode != "awsvpc") || !task.has("NetworkMode") {
                found.at(task, "NetworkMode", "Fargate runs tasks in the network mode awsvpc only; set it");
            }
        }
        containers(graph, task, fargate, found);
    }
}

/// `1024`, `1 vCPU`, `2 GB`, in units and MiB.
fn amount(task: &Item, path: &str) -> Option<i64> {
    let node = task.get(path)?;
    number(node).or_else(|| {
        let (figure, _) = node.as_str()?.split_once(' ')?;
        let figure: f64 = figure.parse().ok()?;
        Some((figure * 1_024.0) as i64)
    })
}

fn size(task: &Item, found: &mut Found) {
    if !task.has("Cpu") || !task.has("Memory") {
        found.at(task, "Cpu", "Fargate needs Cpu and Memory of the whole task");
        return;
    }
    let (Some(cpu), Some(memory)) = (amount(task, "Cpu"), amount(task, "Memory")) else { return };
    match SIZES.iter().find(|(units, ..)| *units == cpu) {
        None => {
            let all: Vec<String> = SIZES.iter().map(|(units, ..)| units.to_string()).collect();
            found.at(task, "Cpu", format!("Fargate sells no {cpu} CPU units; it sells {}", all.join(", ")));
        }
        Some((_, least, most, step)) => {
            let small = cpu == 256 && memory == 512;
            let fits = small || (memory >= *least && memory <= *most && memory % step == 0 && !(cpu == 256 && memory == 1_536));
            if !fits {
                found.at(task, "Memory", format!("with {cpu} CPU units Fargate sells {least} to {most} MiB in steps of {step}, not {memory}"));
            }
        }
    }
}

fn containers(graph: &Graph, task: &Item, fargate: bool, found: &mut Found) {
    let list = task.list("ContainerDefinitions");
    let mut names: Vec<&str> = Vec::new();
    let mut taken = 0;
    for (index, container) in &list {
        let path = |rest: &str| format!("ContainerDefinitions/{index}/{rest}");
        if let Some(name) = container.get("Name").and_then(Node::as_str) {
            if names.contains(&name) {
                found.at(task, &path("Name"), format!("two containers are called {name}; give each its own name"));
            }
            names.push(name);
        }
        taken += container.get("MemoryReservation").or_else(|| container.get("Memory")).and_then(number).unwrap_or(0);
        logs(graph, task, container, &path("LogConfiguration"), found);
        let secrets = !below(container, "Secrets/*").is_empty();
        let driver = container.get("LogConfiguration").and_then(|logs| logs.get("LogDriver")).and_then(Node::as_str);
        let private = container.get("Image").and_then(Node::as_str).is_some_and(|image| image.contains(".dkr.ecr."));
        let why = [(secrets, "reads secrets"), (fargate && driver == Some("awslogs"), "writes logs"), (fargate && private, "pulls from a private repository")];
        if let Some((_, what)) = why.iter().find(|(needs, _)| *needs)
            && !task.has("ExecutionRoleArn")
        {
            found.at(task, "ExecutionRoleArn", format!("a container {what} before it starts, by the execution role; name one"));
        }
    }
    if !list.is_empty() && list.iter().all(|(_, one)| matches!(one.get("Essential"), Some(Node::Bool(false)))) {
        found.at(task, "ContainerDefinitions", "no container is essential; the task has to end with one of them");
    }
    if let Some(memory) = amount(task, "Memory").filter(|memory| taken > *memory) {
        found.at(task, "Memory", format!("the containers take {taken} MiB together, the task has {memory}"));
    }
}

fn logs(graph: &Graph, task: &Item, container: &Node, path: &str, found: &mut Found) {
    let Some(logs) = container.get("LogConfiguration").filter(|logs| logs.get("LogDriver").and_then(Node::as_str) == Some("awslogs")) else { return };
    let option = |key: &str| logs.get("Options").and_then(|options| options.get(key));
    let Some(group) = option("awslogs-group") else {
        return found.at(task, path, "the log driver awslogs needs the option awslogs-group");
    };
    if let (Some(region), Some(own)) = (option("awslogs-region").and_then(Node::as_str), graph.region(task))
        && region != own
    {
        found.at(task, path, format!("logs go to {region}, and the task runs in {own}; use AWS::Region"));
    }
    if option("awslogs-region").is_none() {
        found.at(task, path, "the log driver awslogs needs the option awslogs-region");
    }
    let creates = option("awslogs-create-group").and_then(Node::as_str) == Some("true");
    if let Some(target) = graph.target(group) {
        if target.kind != "AWS::Logs::LogGroup" {
            found.at(task, path, format!("{} is no log group; name one", target.id));
        }
        return;
    }
    let groups: Vec<&Item> = graph.of_type("AWS::Logs::LogGroup").collect();
    let (Some(name), false) = (group.as_str(), creates) else { return };
    let known = groups.iter().filter_map(|one| one.get("LogGroupName").and_then(|name| graph.text(name))).any(|one| one == name);
    let open = groups.iter().any(|one| one.get("LogGroupName").is_some_and(|name| name.as_str().is_none()));
    if !known && !open && !groups.is_empty() {
        found.at(task, path, format!("no log group of these templates is called {name}, and the driver does not make it: the task stops before it starts"));
    }
}
