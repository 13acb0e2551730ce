//! The metrics that a set watches: in alarms, in scaling policies, on dashboards.

use cfn::Node;

use super::code;
use super::graph::{Graph, Item, below};

/// A metric as somebody asks for it.
#[derive(Debug)]
pub struct Asked<'g, 'a> {
    /// By which resource.
    pub item: &'g Item<'a>,
    /// Where below its properties.
    pub path: &'static str,
    /// `AWS/SQS`.
    pub namespace: String,
    /// `NumberOfMessagesSent`.
    pub metric: String,
    /// Names and resolved values; none when they are not all known.
    pub dimensions: Option<Vec<(String, Node)>>,
}

/// Where one metric stands: type, path of the map that names it.
const PLACES: [(&str, &str); 7] = [
    ("AWS::CloudWatch::Alarm", ""),
    ("AWS::CloudWatch::Alarm", "Metrics/*/MetricStat/Metric"),
    ("AWS::ApplicationAutoScaling::ScalingPolicy", "TargetTrackingScalingPolicyConfiguration/CustomizedMetricSpecification"),
    (
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "TargetTrackingScalingPolicyConfiguration/CustomizedMetricSpecification/Metrics/*/MetricStat/Metric",
    ),
    ("AWS::AutoScaling::ScalingPolicy", "TargetTrackingConfiguration/CustomizedMetricSpecification"),
    ("AWS::AutoScaling::ScalingPolicy", "TargetTrackingConfiguration/CustomizedMetricSpecification/Metrics/*/MetricStat/Metric"),
    ("AWS::CloudWatch::AnomalyDetector", ""),
];

/// Every metric that a set asks for.
pub fn asked<'g, 'a>(graph: &'g Graph<'a>) -> Vec<Asked<'g, 'a>> {
    let mut all = Vec::new();
    for item in &graph.items {
        for (_, path) in PLACES.into_iter().filter(|(kind, _)| *kind == item.kind) {
            for node in item.all(path) {
                let (Some(namespace), Some(metric)) = (word(node, "Namespace"), word(node, "MetricName")) else { continue };
                let pairs = below(node, "Dimensions/*").into_iter().map(|one| Some((word(one, "Name")?, one.get("Value")?.clone())));
                all.push(Asked { item, path, namespace, metric, dimensions: pairs.collect() });
            }
        }
        if item.kind == "AWS::CloudWatch::Dashboard" {
            all.extend(on_dashboard(item).into_iter().flatten());
        }
    }
    all
}

fn word(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(Node::as_str).map(str::to_owned)
}

/// The body of a dashboard as JSON, with `${2!Queue.QueueName}` where a resource is named; none when it is not known.
pub fn body(dashboard: &Item) -> Option<Result<serde_json::Value, serde_json::Error>> {
    let text = match dashboard.get("DashboardBody")? {
        Node::Str(text) => text.clone(),
        node => match node.intrinsic()? {
            ("Fn::Sub", Node::Str(text)) => text.clone(),
            _ => code::source(node)?,
        },
    };
    Some(serde_json::from_str(&text))
}

fn on_dashboard<'g, 'a>(item: &'g Item<'a>) -> Option<Vec<Asked<'g, 'a>>> {
    let body = body(item)?.ok()?;
    let mut all = Vec::new();
    for widget in body.get("widgets")?.as_array()? {
        let mut before: Vec<String> = Vec::new();
        for row in widget.pointer("/properties/metrics").and_then(|rows| rows.as_array()).into_iter().flatten() {
            let written: Vec<&str> = row.as_array().into_iter().flatten().filter_map(|part| part.as_str()).collect();
            let Some(words) = whole(&written, &before) else { continue };
            if let [namespace, metric, pairs @ ..] = words.as_slice() {
                let dimensions = pairs.chunks(2).map(|pair| Some((pair.first()?.clone(), value(pair.get(1)?))));
                let (namespace, metric, dimensions) = (namespace.clone(), metric.clone(), dimensions.collect());
                all.push(Asked { item, path: "DashboardBody", namespace, metric, dimensions });
            }
            before = words;
        }
    }
    Some(all)
}

/// A row with its dots replaced by what the row before says.
fn whole(written: &[&str], before: &[String]) -> Option<Vec<String>> {
    let mut words = Vec::new();
    for (index, word) in written.iter().enumerate() {
        match *word {
            "." => words.push(before.get(index)?.clone()),
            "..." => {
                let after = written.len() - index - 1;
                words.extend(before.get(words.len()..before.len().checked_sub(after)?)?.iter().cloned());
            }
            word => words.push(word.to_owned()),
        }
    }
    (words.len() >= 2).then_some(words)
}

/// `${2!Queue.QueueName}` as the reference that it is.
fn value(text: &str) -> Node {
    match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        Some(name) if !name.contains('$') => match name.split_once('.') {
            Some((id, attribute)) => Node::map([("Fn::GetAtt", Node::list([id, attribute]))]),
            None => Node::map([("Ref", name)]),
        },
        _ => Node::from(text),
    }
}
