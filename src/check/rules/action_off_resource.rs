//! An action that is allowed on a resource which it never applies to.

use cfn::Node;

use crate::check::actions::{self, meet};
use crate::check::policy::{Bearer, statements};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "action-off-resource",
    severity: Severity::Error,
    what: "an allowed action exists and applies to a resource of its statement",
    why: "IAM takes such a statement and grants nothing by it: s3:GetObject on a bucket's own ARN, or an action with a typing error, ends as AccessDenied when the program runs.",
    link: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for statement in statements(graph) {
        let resources: Vec<String> = statement.values("Resource").into_iter().map(|node| arn(graph, node)).collect();
        for action in statement.values("Action").into_iter().filter_map(Node::as_str).filter(|action| *action != "*") {
            let Some((prefix, name)) = action.split_once(':') else {
                found.at(statement.item, statement.path, format!("{action} is no action; one is written service:Action"));
                continue;
            };
            let Some(service) = actions::service(prefix) else { continue };
            if name.contains(['*', '?']) {
                if !service.names().any(|other| meet(&other.to_ascii_lowercase(), &name.to_ascii_lowercase())) {
                    found.at(statement.item, statement.path, format!("no action of {prefix} fits {action}"));
                }
                continue;
            }
            let Some(patterns) = service.patterns(name) else {
                let near = service.names().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
                let near = near.map(|near| format!("; is {prefix}:{near} meant?")).unwrap_or_default();
                found.at(statement.item, statement.path, format!("{prefix} has no action {name}{near}"));
                continue;
            };
            // Resource policies and refusals speak of their own bearer, in shorter words.
            if statement.bearer != Bearer::Identity || !statement.allows() || resources.is_empty() {
                continue;
            }
            if !resources.iter().any(|resource| applies(resource, &patterns)) {
                let wanted = match patterns.first() {
                    Some(first) => format!("it applies to arn:*:{first}"),
                    None => "it applies to no single resource, only to *".to_owned(),
                };
                found.at(statement.item, statement.path, format!("{action} never applies to {}; {wanted}", resources.join(", ")));
            }
        }
    }
}

fn applies(resource: &str, patterns: &[&str]) -> bool {
    let Some(rest) = resource.strip_prefix("arn:").and_then(|rest| rest.split_once(':')).map(|(_, rest)| rest) else {
        // `*`, or a value that is not known.
        return true;
    };
    patterns.iter().any(|pattern| {
        // A bucket's name has no slash, so what has one is an object.
        let object = *pattern == "s3:::*" && rest.contains('/');
        !object && meet(rest, pattern)
    })
}

/// A resource of a statement as an ARN with `*` for what is not known.
fn arn(graph: &Graph, node: &Node) -> String {
    if let Some((item, attribute)) = graph.reference(node) {
        return of_type(item.kind, attribute).unwrap_or("*").to_owned();
    }
    let Some(text) = graph.text(node) else { return "*".to_owned() };
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else { break };
        out.push_str(before);
        let (id, attribute) = name.split_once('.').map_or((name, None), |(id, attribute)| (id, Some(attribute)));
        let known = graph.target(&Node::map([("Ref", id)])).and_then(|item| of_type(item.kind, attribute));
        out.push_str(known.unwrap_or("*"));
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// What `Ref` or an attribute of a type gives, when that is an ARN.
fn of_type(kind: &str, attribute: Option<&str>) -> Option<&'static str> {
    Some(match (kind, attribute) {
        ("AWS::S3::Bucket", Some("Arn")) => "arn:aws:s3:::bucket",
        ("AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable", Some("Arn")) => "arn:aws:dynamodb:*:*:table/name",
        ("AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable", Some("StreamArn")) => "arn:aws:dynamodb:*:*:table/name/stream/label",
        ("AWS::SQS::Queue", Some("Arn")) => "arn:aws:sqs:*:*:name",
        ("AWS::SNS::Topic", None | Some("TopicArn")) => "arn:aws:sns:*:*:name",
        ("AWS::Lambda::Function", Some("Arn")) => "arn:aws:lambda:*:*:function:name",
        ("AWS::Lambda::Alias" | "AWS::Lambda::Version", None) => "arn:aws:lambda:*:*:function:name:1",
        ("AWS::Logs::LogGroup", Some("Arn")) => "arn:aws:logs:*:*:log-group:name:*",
        ("AWS::KMS::Key", Some("Arn")) => "arn:aws:kms:*:*:key/id",
        ("AWS::SecretsManager::Secret", None | Some("Id")) => "arn:aws:secretsmanager:*:*:secret:name",
        ("AWS::Kinesis::Stream", Some("Arn")) => "arn:aws:kinesis:*:*:stream/name",
        ("AWS::KinesisFirehose::DeliveryStream", Some("Arn")) => "arn:aws:firehose:*:*:deliverystream/name",
        ("AWS::StepFunctions::StateMachine", None | Some("Arn")) => "arn:aws:states:*:*:stateMachine:name",
        ("AWS::IAM::Role", Some("Arn")) => "arn:aws:iam::*:role/name",
        ("AWS::ECS::Cluster", Some("Arn")) => "arn:aws:ecs:*:*:cluster/name",
        ("AWS::Events::EventBus", Some("Arn")) => "arn:aws:events:*:*:event-bus/name",
        _ => return None,
    })
}
