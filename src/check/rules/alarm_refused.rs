//! An alarm that CloudWatch refuses, or that can never go off.

use cfn::Node;

use crate::check::graph::below;
use crate::check::listening::number;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "alarm-refused",
    severity: Severity::Error,
    what: "an alarm asks one metric or one expression, with a statistic, period and number of periods that CloudWatch takes",
    why: "CloudWatch refuses the alarm when the stack is made; nobody hears of what it was for until then.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    run,
};

const STATISTICS: [&str; 5] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
/// Beginnings of extended statistics: percentiles, trimmed and winsorised means, trimmed counts and sums, interquartile mean.
const EXTENDED: [&str; 7] = ["p", "tm", "wm", "tc", "ts", "pr", "iqm"];
/// Operators of alarms on a band of expected values.
const OF_BAND: [&str; 3] = ["LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"];
/// Seconds that an alarm may look back: a day, or seven for periods of an hour and more.
const DAY: i64 = 86_400;
/// The most metrics in one expression (API reference of PutMetricAlarm).
const MOST_METRICS: usize = 10;

fn run(graph: &Graph, found: &mut Found) {
    for alarm in graph.of_type("AWS::CloudWatch::Alarm") {
        let metrics = below(&alarm.properties, "Metrics/*");
        if alarm.has("MetricName") && !metrics.is_empty() {
            found.at(alarm, "Metrics", "the alarm has both MetricName and Metrics; it watches one metric, or one expression");
        } else if !alarm.has("MetricName") && !alarm.has("Metrics") {
            found.at(alarm, "", "the alarm watches nothing; set Namespace and MetricName, or Metrics");
        } else if metrics.is_empty() && alarm.has("MetricName") {
            of_metric(alarm, found);
        } else {
            of_expression(alarm, &metrics, found);
        }
        span(alarm, found);
        band(alarm, found);
    }
}

fn of_metric(alarm: &Item, found: &mut Found) {
    match (alarm.text("Statistic"), alarm.text("ExtendedStatistic")) {
        (Some(_), Some(_)) => found.at(alarm, "ExtendedStatistic", "the alarm has Statistic and ExtendedStatistic; take one away"),
        (Some(word), None) if !STATISTICS.contains(&word) => {
            let message = format!("there is no statistic {word}: {}; percentiles go into ExtendedStatistic", STATISTICS.join(", "));
            found.at(alarm, "Statistic", message);
        }
        (None, Some(word)) if !extended(word) => found.at(alarm, "ExtendedStatistic", format!("{word} is no extended statistic; one is p95 or tm99")),
        (None, None) if !alarm.has("Statistic") && !alarm.has("ExtendedStatistic") => {
            found.at(alarm, "", "the alarm says no Statistic; set Average, Sum, Maximum, or p95 as ExtendedStatistic");
        }
        _ => {}
    }
    if !alarm.has("Period") {
        found.at(alarm, "Period", "the alarm says no Period; set 60 or a multiple of it");
    }
    if !alarm.has("Namespace") {
        found.at(alarm, "Namespace", "the alarm says no Namespace, so its metric cannot be found");
    }
}

/// `p95`, `p99.9`, `tm90`, `TM(10%:90%)`, `IQM`.
fn extended(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let head: String = word.chars().take_while(char::is_ascii_alphabetic).collect();
    let rest = &word[head.len()..];
    let ranged = rest.starts_with('(') && rest.ends_with(')');
    let share = rest.parse::<f64>().is_ok_and(|share| (0.0..=100.0).contains(&share));
    EXTENDED.contains(&head.as_str()) && (ranged || share || (head == "iqm" && rest.is_empty()))
}

fn of_expression(alarm: &Item, metrics: &[&Node], found: &mut Found) {
    let ids: Vec<&str> = metrics.iter().filter_map(|one| one.get("Id").and_then(Node::as_str)).collect();
    if ids.len() < metrics.len() {
        return;
    }
    if let Some(twice) = ids.iter().enumerate().find_map(|(index, id)| ids[..index].contains(id).then_some(id)) {
        found.at(alarm, "Metrics", format!("two of the metrics have the id {twice}; give each its own"));
    }
    if metrics.len() > MOST_METRICS {
        found.at(alarm, "Metrics", format!("{} metrics and expressions; an alarm takes {MOST_METRICS}", metrics.len()));
    }
    let silent = |one: &&&Node| matches!(one.get("ReturnData"), Some(Node::Bool(false))) || one.get("ReturnData").and_then(Node::as_str) == Some("false");
    let told = metrics.iter().filter(|one| !silent(one)).count();
    let known = metrics.iter().all(|one| one.get("ReturnData").is_none_or(|flag| matches!(flag, Node::Bool(_) | Node::Str(_))));
    // On a band of expected values the metric and its band are both told.
    let banded = alarm.has("ThresholdMetricId");
    if known && told != 1 && !(banded && told == 2) {
        found.at(alarm, "Metrics", format!("{told} of the metrics return data; the alarm judges exactly one, the others say ReturnData: false"));
    }
    for one in metrics {
        let Some(expression) = one.get("Expression").and_then(Node::as_str) else { continue };
        // A query of Metrics Insights names metrics and labels, not ids.
        if expression.trim_start().get(..6).is_some_and(|word| word.eq_ignore_ascii_case("select")) {
            continue;
        }
        for word in words(expression) {
            if !ids.contains(&word.as_str()) {
                found.at(alarm, "Metrics", format!("the expression \"{expression}\" names {word}; the ids here are {}", ids.join(", ")));
            }
        }
    }
}

/// The ids in an expression: words in small letters that are not called and stand in no quotes.
fn words(expression: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in expression.split(['"', '\'']).enumerate() {
        if index % 2 == 1 {
            continue;
        }
        let mut rest = part;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '_') {
            let tail = &rest[start..];
            let end = tail.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(tail.len());
            let (word, after) = tail.split_at(end);
            let number = rest[..start].ends_with(|c: char| c.is_ascii_digit());
            if word.starts_with(|c: char| c.is_ascii_lowercase()) && !after.trim_start().starts_with('(') && !number {
                words.push(word.to_owned());
            }
            rest = after;
        }
    }
    words
}

fn span(alarm: &Item, found: &mut Found) {
    let periods = alarm.int("EvaluationPeriods");
    if periods.is_some_and(|periods| periods < 1) {
        found.at(alarm, "EvaluationPeriods", "EvaluationPeriods is below 1; at least one period is judged");
    }
    if let (Some(points), Some(periods)) = (alarm.int("DatapointsToAlarm"), periods)
        && points > periods
    {
        let message = format!("DatapointsToAlarm is {points}, of {periods} periods: so many never come together; set {periods} or fewer");
        found.at(alarm, "DatapointsToAlarm", message);
    }
    let own = alarm.all("Period").into_iter().map(|period| ("Period", period));
    let inner = alarm.all("Metrics/*/MetricStat/Period").into_iter().map(|period| ("Metrics", period));
    for (path, period) in own.chain(inner).filter_map(|(path, node)| Some((path, number(node)?))) {
        if !(matches!(period, 10 | 20 | 30) || (period >= 60 && period % 60 == 0)) {
            found.at(alarm, path, format!("a period of {period} s; CloudWatch takes 10, 20, 30 and multiples of 60"));
        } else if let Some(periods) = periods {
            let most = if period >= 3_600 { 7 * DAY } else { DAY };
            if period.saturating_mul(periods) > most {
                let message = format!("{periods} periods of {period} s are {} s; CloudWatch looks back {most} s", period.saturating_mul(periods));
                found.at(alarm, "EvaluationPeriods", message);
            }
        }
    }
}

fn band(alarm: &Item, found: &mut Found) {
    let Some(operator) = alarm.text("ComparisonOperator") else { return };
    let of_band = OF_BAND.contains(&operator);
    if of_band && !alarm.has("ThresholdMetricId") {
        found.at(alarm, "ComparisonOperator", format!("{operator} compares with a band; name the band's metric in ThresholdMetricId"));
    }
    if !of_band && !alarm.has("Threshold") {
        found.at(alarm, "Threshold", "the alarm says no Threshold to compare with");
    }
}
