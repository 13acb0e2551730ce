//! A property outside the bounds that its service sets.

use cfn::Node;

use crate::check::bounds::{ATTRIBUTES, LISTS, NUMBERS, PAIRS, TEXTS};
use crate::check::code;
use crate::check::graph::below;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "property-limits",
    severity: Severity::Error,
    what: "numbers, lists and texts stay within the bounds that their services set and never raise",
    why: "CloudFormation takes the template; the service refuses the resource, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        for (_, path, low, high) in NUMBERS.iter().filter(|(kind, ..)| *kind == item.kind) {
            for number in item.all(path).into_iter().filter_map(number).filter(|number| !(*low..=*high).contains(number)) {
                found.at(item, place(path), format!("{} is {low} to {high}, not {number}", name(path)));
            }
        }
        for (_, path, most, what) in LISTS.iter().filter(|(kind, ..)| *kind == item.kind) {
            for list in item.all(path).into_iter().filter_map(Node::as_list).filter(|list| list.len() > *most) {
                found.at(item, path, format!("{} {what}; it may have {most}", list.len()));
            }
        }
        for (_, path, most, advice) in TEXTS.iter().filter(|(kind, ..)| *kind == item.kind) {
            for length in item.all(path).into_iter().filter_map(length).filter(|length| length > most) {
                found.at(item, place(path), format!("{} has {length} bytes; {most} are taken: {advice}", name(path)));
            }
        }
        for (_, path, key, low, high, off) in ATTRIBUTES.iter().filter(|(kind, ..)| *kind == item.kind) {
            for (index, attribute) in item.list(path) {
                let is = below(attribute, "Key").first().and_then(|node| node.as_str()) == Some(key);
                let value = below(attribute, "Value").into_iter().find_map(number);
                if let Some(value) = value.filter(|value| is && !(low..=high).contains(&value) && !(*off && *value == 0.0)) {
                    let or = if *off && *low > 0.0 { ", or 0 for none" } else { "" };
                    found.at(item, &format!("{path}/{index}"), format!("{key} is {low} to {high}{or}, not {value}"));
                }
            }
        }
        for (_, small, large, equal) in PAIRS.iter().filter(|(kind, ..)| *kind == item.kind) {
            let (Some(low), Some(high)) = (item.int(small), item.int(large)) else { continue };
            if low > high || (low == high && !equal) {
                let wanted = if *equal { "at most" } else { "less than" };
                found.at(item, small, format!("{} {low} must be {wanted} {} {high}", name(small), name(large)));
            }
        }
        match item.kind {
            "AWS::CloudWatch::Alarm" => alarm(item, found),
            "AWS::SQS::Queue" | "AWS::SNS::Topic" => fifo(graph, item, found),
            "AWS::SSM::Parameter" => parameter(item, found),
            "AWS::Lambda::EventSourceMapping" => batch(graph, item, found),
            _ => {}
        }
    }
}

/// What an alarm may look at: ten metrics, a day or, with periods of an hour and more, a week.
fn alarm(item: &Item, found: &mut Found) {
    let metrics = item.all("Metrics/*/MetricStat").len();
    if metrics > 10 {
        found.at(item, "Metrics", format!("{metrics} metrics in one alarm; CloudWatch takes 10: split it and join the parts by a composite alarm"));
    }
    for period in item.all("Period").into_iter().chain(item.all("Metrics/*/MetricStat/Period")).filter_map(Node::as_int) {
        if !(matches!(period, 10 | 20 | 30) || (period > 0 && period % 60 == 0)) {
            found.at(item, if item.has("Period") { "Period" } else { "Metrics" }, format!("a period is 10, 20, 30 or a multiple of 60 s, not {period}"));
        }
    }
    if let (Some(period), Some(times)) = (item.int("Period"), item.int("EvaluationPeriods")) {
        let most = if period >= 3_600 { 604_800 } else { 86_400 };
        if period.saturating_mul(times) > most {
            let message = format!("{times} periods of {period} s are more than the {most} s that an alarm looks back; take fewer or shorter ones");
            found.at(item, "EvaluationPeriods", message);
        }
    }
}

/// A FIFO queue's or topic's name ends with `.fifo`, no other's does.
fn fifo(graph: &Graph, item: &Item, found: &mut Found) {
    let (key, flag) = if item.kind == "AWS::SQS::Queue" { ("QueueName", "FifoQueue") } else { ("TopicName", "FifoTopic") };
    let Some(name) = item.get(key).and_then(|name| graph.text(name)).filter(|name| !name.ends_with('}')) else { return };
    let open = item.get(flag).is_some_and(|node| node.intrinsic().is_some());
    let first = item.flag(flag).unwrap_or(false);
    if !open && first != name.ends_with(".fifo") {
        let wanted = if first { "ends with .fifo" } else { "does not end with .fifo unless it is FIFO" };
        found.at(item, key, format!("the name {wanted}; this one is {name}"));
    }
}

/// A parameter of the standard tier holds half of what the advanced one holds.
fn parameter(item: &Item, found: &mut Found) {
    let standard = item.text("Tier").is_none_or(|tier| tier == "Standard") && item.get("Tier").is_none_or(|tier| tier.as_str().is_some());
    let size = item.get("Value").and_then(length).unwrap_or(0);
    if standard && (4_097..=8_192).contains(&size) {
        found.at(item, "Value", format!("{size} bytes; a standard parameter takes 4,096: set Tier: Advanced, or put it into S3"));
    }
}

/// A queue hands out ten messages at a time, more only when Lambda may wait for them, and never of a FIFO queue.
fn batch(graph: &Graph, item: &Item, found: &mut Found) {
    let Some(queue) = item.get("EventSourceArn").and_then(|arn| graph.target(arn)).filter(|queue| queue.kind == "AWS::SQS::Queue") else { return };
    let Some(size) = item.int("BatchSize").filter(|size| *size > 10) else { return };
    if queue.flag("FifoQueue") == Some(true) {
        found.at(item, "BatchSize", format!("a FIFO queue gives at most 10 messages at once, not {size}"));
    } else if item.int("MaximumBatchingWindowInSeconds") == Some(0) || !item.has("MaximumBatchingWindowInSeconds") {
        found.at(item, "BatchSize", format!("a batch of {size} messages needs MaximumBatchingWindowInSeconds of 1 or more; without it 10 is the most"));
    }
}

fn number(node: &Node) -> Option<f64> {
    match node {
        Node::Int(number) => Some(*number as f64),
        Node::Float(number) => Some(*number),
        Node::Str(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The bytes of a text, without what is only known in the cloud.
fn length(node: &Node) -> Option<usize> {
    code::source(node).map(|text| text.len())
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The part of a path above its first star: what a place can be given for.
fn place(path: &str) -> &str {
    path.split("/*").next().unwrap_or(path)
}
