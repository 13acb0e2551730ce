//! A service that is to call a function, a queue or a topic, and that nobody lets in.

use cfn::Node;

use crate::check::graph::below;
use crate::check::policy::{self, Statement};
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "caller-not-permitted",
    severity: Severity::Error,
    what: "what services call is open to them: functions by a permission, queues and topics by a policy, encrypted ones by their key, too",
    why: "The event is dropped or lands in a dead-letter queue; a test of the caller and a test of the callee both pass.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
    run,
};

/// Type of the caller, path of what it calls, and as which service.
const CALLS: [(&str, &str, &str); 12] = [
    ("AWS::ApiGatewayV2::Integration", "IntegrationUri", "apigateway.amazonaws.com"),
    ("AWS::Events::Rule", "Targets/*/Arn", "events.amazonaws.com"),
    ("AWS::Events::Rule", "Targets/*/DeadLetterConfig/Arn", "events.amazonaws.com"),
    ("AWS::SNS::Subscription", "Endpoint", "sns.amazonaws.com"),
    ("AWS::SNS::Topic", "Subscription/*/Endpoint", "sns.amazonaws.com"),
    ("AWS::S3::Bucket", "NotificationConfiguration/LambdaConfigurations/*/Function", "s3.amazonaws.com"),
    ("AWS::S3::Bucket", "NotificationConfiguration/QueueConfigurations/*/Queue", "s3.amazonaws.com"),
    ("AWS::S3::Bucket", "NotificationConfiguration/TopicConfigurations/*/Topic", "s3.amazonaws.com"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets/*/Id", "elasticloadbalancing.amazonaws.com"),
    ("AWS::CloudWatch::Alarm", "AlarmActions/*", "cloudwatch.amazonaws.com"),
    ("AWS::CloudWatch::CompositeAlarm", "AlarmActions/*", "cloudwatch.amazonaws.com"),
    ("AWS::SecretsManager::RotationSchedule", "RotationLambdaARN", "secretsmanager.amazonaws.com"),
];

/// Keys of AWS's own whose policy nobody can change: no other service may use them.
const OF_AWS: [&str; 2] = ["alias/aws/sns", "alias/aws/sqs"];

fn run(graph: &Graph, found: &mut Found) {
    let permissions: Vec<&Item> = graph.of_type("AWS::Lambda::Permission").collect();
    let statements = policy::statements(graph);
    for caller in &graph.items {
        // Whoever brings a role calls by that role's permissions.
        if caller.has("CredentialsArn") {
            continue;
        }
        for (_, path, service) in CALLS.into_iter().filter(|(kind, ..)| *kind == caller.kind) {
            for value in caller.all(path) {
                let Some((callee, _)) = graph.reference(value) else { continue };
                let fault = match callee.kind {
                    "AWS::Lambda::Function" | "AWS::Lambda::Alias" | "AWS::Lambda::Version" => function(graph, &permissions, caller, callee, service),
                    "AWS::SQS::Queue" => policed(graph, &statements, callee, "AWS::SQS::QueuePolicy", "Queues/*", "sqs:SendMessage", service)
                        .or_else(|| locked(graph, &statements, callee, "KmsMasterKeyId", service)),
                    "AWS::SNS::Topic" => topic(graph, &statements, callee, service).or_else(|| locked(graph, &statements, callee, "KmsMasterKeyId", service)),
                    _ => None,
                };
                if let Some(fault) = fault {
                    found.at(caller, path.split("/*").next().unwrap_or(path), fault);
                }
            }
        }
    }
}

/// The function behind an alias or a version.
fn base<'g, 'a>(graph: &'g Graph<'a>, item: &'g Item<'a>) -> &'g Item<'a> {
    item.get("FunctionName").filter(|_| item.kind != "AWS::Lambda::Function").and_then(|name| graph.target(name)).unwrap_or(item)
}

fn function(graph: &Graph, permissions: &[&Item], caller: &Item, callee: &Item, service: &str) -> Option<String> {
    let of_function: Vec<&&Item> = permissions
        .iter()
        .filter(|one| match one.get("FunctionName") {
            Some(name) => graph.mentioned(name).iter().any(|item| std::ptr::eq(base(graph, item), base(graph, callee))) || graph.mentioned(name).is_empty(),
            None => false,
        })
        .collect();
    let fits = |one: &&&&Item| one.text("Principal").is_none_or(|name| name == service || name == "*");
    let of_service: Vec<&&&Item> = of_function.iter().filter(fits).collect();
    if of_service.is_empty() {
        return Some(format!("{} lets nobody in as {service}; add an AWS::Lambda::Permission for it", callee.id));
    }
    let source = |one: &&&&Item| match one.get("SourceArn") {
        None => true,
        Some(arn) => {
            let named = graph.mentioned(arn);
            named.is_empty() || named.iter().any(|item| std::ptr::eq(*item, caller) || about(graph, caller).any(|other| std::ptr::eq(other, *item)))
        }
    };
    (!of_service.iter().any(source)).then(|| format!("the permission of {} for {service} is for another source than {}; name this one in SourceArn", callee.id, caller.id))
}

/// What a caller speaks for: a subscription for its topic.
fn about<'g, 'a>(graph: &'g Graph<'a>, caller: &'g Item<'a>) -> impl Iterator<Item = &'g Item<'a>> {
    ["TopicArn", "SecretId", "ApiId"].into_iter().filter_map(|path| caller.get(path)).filter_map(|node| graph.target(node))
}

/// Whether statements let a service in: by name, or everybody.
fn lets(statement: &Statement, service: &str, action: &str) -> bool {
    let principals = statement.values("Principal/Service");
    let anybody = statement.values("Principal").iter().chain(&statement.values("Principal/AWS")).any(|one| one.as_str() == Some("*"));
    let named = principals.iter().any(|one| one.as_str().is_none_or(|name| name == service || name == "*"));
    let verb = action.split(':').next().unwrap_or_default();
    let does = statement.values("Action").iter().any(|one| {
        one.as_str().is_none_or(|name| {
            name == "*"
                || name.eq_ignore_ascii_case(action)
                || name.eq_ignore_ascii_case(&format!("{verb}:*"))
                || name.strip_suffix('*').is_some_and(|start| action.to_ascii_lowercase().starts_with(&start.to_ascii_lowercase()))
        })
    });
    statement.allows() && (named || anybody) && does
}

fn policed(graph: &Graph, statements: &[Statement], callee: &Item, kind: &str, path: &str, action: &str, service: &str) -> Option<String> {
    let of_callee = |item: &Item| item.kind == kind && item.all(path).into_iter().any(|one| graph.target(one).is_none_or(|item| std::ptr::eq(item, callee)));
    let opened = statements.iter().filter(|one| of_callee(one.item)).any(|one| lets(one, service, action));
    (!opened).then(|| format!("no policy of {} lets {service} do {action}; add an {kind} that does", callee.id))
}

/// A topic without a policy is open to alarms of its own account, and to no other service.
fn topic(graph: &Graph, statements: &[Statement], callee: &Item, service: &str) -> Option<String> {
    let kind = "AWS::SNS::TopicPolicy";
    let has = graph.of_type(kind).any(|item| item.all("Topics/*").into_iter().any(|one| graph.target(one).is_none_or(|topic| std::ptr::eq(topic, callee))));
    if !has && service == "cloudwatch.amazonaws.com" {
        return None;
    }
    let owner = |one: &Statement| {
        // The policy that SNS makes by itself names the account that owns the topic.
        let account = below(one.node, "Condition/StringEquals/AWS:SourceOwner").len() + below(one.node, "Condition/StringEquals/aws:SourceAccount").len();
        service == "cloudwatch.amazonaws.com" && account > 0 && one.values("Principal/AWS").iter().any(|one| one.as_str() == Some("*"))
    };
    if statements.iter().filter(|one| one.item.kind == kind).any(owner) {
        return None;
    }
    policed(graph, statements, callee, kind, "Topics/*", "sns:Publish", service)
}

/// A service that sends to something encrypted must be let in by the key.
fn locked(graph: &Graph, statements: &[Statement], callee: &Item, path: &str, service: &str) -> Option<String> {
    let key = callee.get(path)?;
    if let Some(name) = key.as_str().filter(|name| OF_AWS.contains(name)) {
        return Some(format!("{} is encrypted with {name}, which {service} may not use; take a key of your own whose policy lets it in", callee.id));
    }
    let key = graph.target(key).and_then(|item| match item.kind {
        "AWS::KMS::Alias" => item.get("TargetKeyId").and_then(|id| graph.target(id)),
        _ => Some(item),
    })?;
    if key.kind != "AWS::KMS::Key" || !key.has("KeyPolicy/Statement") {
        return None;
    }
    let action = |one: &&Statement| ["kms:GenerateDataKey", "kms:GenerateDataKey*", "kms:Decrypt"].iter().any(|action| lets(one, service, action));
    let opened = statements.iter().filter(|one| std::ptr::eq(one.item, key)).any(|one| action(&one) && !matches!(one.node.get("Principal"), Some(Node::Null)));
    (!opened).then(|| format!("{} is encrypted with {}, whose policy does not let {service} make data keys; allow kms:GenerateDataKey* and kms:Decrypt", callee.id, key.id))
}
