//! A role that nothing in the templates takes, or that its trust policy keeps from whom it is given to.

use cfn::Node;

use crate::check::graph::below;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "role-nobody-assumes",
    severity: Severity::Warning,
    what: "every role that trusts a service is given to something, and trusts the service that it is given to",
    why: "A role that trusts another service fails when the function or the task starts; one that nobody uses is a permission that waits for somebody to find it.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html",
    run,
};

/// Who takes a role under which property, and which service's principal that is.
const TAKERS: [(&str, &str, &str); 17] = [
    ("AWS::Lambda::Function", "Role", "lambda"),
    ("AWS::ECS::TaskDefinition", "TaskRoleArn", "ecs-tasks"),
    ("AWS::ECS::TaskDefinition", "ExecutionRoleArn", "ecs-tasks"),
    ("AWS::IAM::InstanceProfile", "Roles/*", "ec2"),
    ("AWS::StepFunctions::StateMachine", "RoleArn", "states"),
    ("AWS::EC2::FlowLog", "DeliverLogsPermissionArn", "vpc-flow-logs"),
    ("AWS::RDS::DBProxy", "RoleArn", "rds"),
    ("AWS::RDS::DBInstance", "MonitoringRoleArn", "monitoring.rds"),
    ("AWS::RDS::DBCluster", "MonitoringRoleArn", "monitoring.rds"),
    ("AWS::KinesisFirehose::DeliveryStream", "ExtendedS3DestinationConfiguration/RoleARN", "firehose"),
    ("AWS::ApiGateway::Account", "CloudWatchRoleArn", "apigateway"),
    ("AWS::Scheduler::Schedule", "Target/RoleArn", "scheduler"),
    ("AWS::Events::Rule", "Targets/*/RoleArn", "events"),
    ("AWS::Backup::BackupSelection", "BackupSelection/IamRoleArn", "backup"),
    ("AWS::CodeBuild::Project", "ServiceRole", "codebuild"),
    ("AWS::CodePipeline::Pipeline", "RoleArn", "codepipeline"),
    ("AWS::EKS::Cluster", "RoleArn", "eks"),
];

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        for (_, path, service) in TAKERS.iter().filter(|(kind, ..)| *kind == item.kind) {
            for role in item.all(path).into_iter().filter_map(|value| graph.target(value)).filter(|role| role.kind == "AWS::IAM::Role") {
                let trusted = trusted(role);
                let fits = |one: &String| one == service || (*service == "ec2" && one.starts_with("ec2")) || one == &format!("edge{service}");
                if !trusted.is_empty() && !trusted.iter().any(fits) {
                    let message = format!("{} takes this role as {service}.amazonaws.com, and it trusts {}.amazonaws.com only", item.id, trusted.join(", "));
                    found.at(role, "AssumeRolePolicyDocument", message);
                }
            }
        }
    }
    let mentioned: Vec<&Item> = graph.items.iter().filter(|item| !attaches(item)).flat_map(|item| graph.mentions(item)).collect();
    let told: Vec<&Item> = graph.outputs.values().flat_map(|value| graph.mentioned(value)).collect();
    for role in graph.of_type("AWS::IAM::Role").filter(|role| !trusted(role).is_empty()) {
        let used = mentioned.iter().chain(&told).any(|one| std::ptr::eq(*one, role));
        let named = role.has("RoleName") || graph.items.iter().any(|item| item.raw.depends_on.contains(&role.id) && !attaches(item));
        if !used && !named {
            found.at(role, "", "nothing in these templates takes this role; give it to something, or take it away");
        }
    }
}

/// What belongs to a role and does not take it.
fn attaches(item: &Item) -> bool {
    matches!(item.kind, "AWS::IAM::Policy" | "AWS::IAM::RolePolicy" | "AWS::IAM::ManagedPolicy")
}

/// The services that a role's trust policy names, without `.amazonaws.com`; empty when it trusts others too, accounts or identity providers.
fn trusted(role: &Item) -> Vec<String> {
    let mut services = Vec::new();
    for (_, statement) in role.list("AssumeRolePolicyDocument/Statement") {
        let principal = statement.get("Principal");
        if principal.and_then(Node::as_map).is_none_or(|map| map.keys().any(|kind| kind != "Service")) {
            return Vec::new();
        }
        for service in below(statement, "Principal/Service/*") {
            match service.as_str().and_then(|name| name.split(".amazonaws.com").next()) {
                Some(name) => services.push(name.to_owned()),
                None => return Vec::new(),
            }
        }
    }
    services
}
