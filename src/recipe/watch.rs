//! Lines of the dashboard and the alarms on them, in few words.

use cfn::resource::{lambda, sqs};
use cfn::{Id, Val};

use crate::block::{Family, Metric, Threshold};

/// Seconds in a period of an alarm, long enough that one bad minute wakes nobody.
const PERIOD: u32 = 300;

/// A line on the dashboard: the alarm's word, the widget's title, and the metric as CloudWatch knows it.
pub fn line(
    name: impl Into<String>,
    title: &str,
    family: Family,
    (namespace, metric, statistic): (&'static str, &'static str, &'static str),
    dimensions: Vec<(&'static str, Val<String>)>,
) -> Metric {
    Metric { name: name.into(), title: title.to_owned(), family, namespace, metric, dimensions, statistic, region: None, alarm: None }
}

/// The same line with an alarm.
pub fn alarmed(metric: Metric, threshold: Threshold) -> Metric {
    Metric { alarm: Some(threshold), ..metric }
}

/// Goes off when the metric is at or above the limit for so many periods of five minutes.
pub fn above(limit: f64, periods: u32, why: impl Into<String>) -> Threshold {
    threshold(true, limit, periods, why.into())
}

/// Goes off when the metric is below the limit for so many periods of five minutes.
pub fn below(limit: f64, periods: u32, why: impl Into<String>) -> Threshold {
    threshold(false, limit, periods, why.into())
}

fn threshold(above: bool, limit: f64, periods: u32, why: String) -> Threshold {
    Threshold { above, limit, period: PERIOD, periods, missing: "notBreaching", why, actions: Vec::new() }
}

/// Errors, throttles, duration and concurrency of a function. `errors`: how many in five minutes wake somebody; none where a dead-letter queue tells of them.
pub fn function(id: &Id<lambda::Function>, errors: Option<f64>) -> Vec<Metric> {
    let name = id.name();
    let of = |word: &str, title, family, metric, statistic| {
        line(format!("{name}{word}"), title, family, ("AWS/Lambda", metric, statistic), vec![("FunctionName", id.reference())])
    };
    let mut failed = of("Errors", "Functions: errors", Family::Errors, "Errors", "Sum");
    if let Some(limit) = errors {
        failed = alarmed(failed, above(limit, 1, format!("{name} fails: its log group has the errors and what it was called with")));
    }
    let throttled =
        above(1.0, 3, format!("{name} is throttled: raise the account's limit of concurrent executions, or find what calls so often"));
    vec![
        of("Duration", "Functions: duration, p95 (ms)", Family::Latency, "Duration", "p95"),
        failed,
        alarmed(of("Throttles", "Functions: throttles", Family::Errors, "Throttles", "Sum"), throttled),
        of("Concurrency", "Functions: running at once", Family::Saturation, "ConcurrentExecutions", "Maximum"),
    ]
}

/// Messages that were given up; one is enough to wake somebody.
pub fn dead_letters(id: &Id<sqs::Queue>) -> Metric {
    let name = id.name();
    let source = ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum");
    let metric =
        line(format!("{name}Messages"), "Dead-letter queues: messages", Family::Queues, source, vec![("QueueName", id.queue_name())]);
    let why =
        format!("{name} holds messages that were given up: read one, mend the cause, then start a redrive; they are kept for 14 days");
    alarmed(metric, above(1.0, 1, why))
}

/// How long the oldest message of a queue has waited, with an alarm, and how many wait.
pub fn waiting(id: &Id<sqs::Queue>, limit: f64, why: &str) -> Vec<Metric> {
    let of = |word: &str, title, metric| {
        let source = ("AWS/SQS", metric, "Maximum");
        line(format!("{}{word}", id.name()), title, Family::Queues, source, vec![("QueueName", id.queue_name())])
    };
    let age = of("Late", "Queues: age of the oldest message (s)", "ApproximateAgeOfOldestMessage");
    vec![alarmed(age, above(limit, 2, why)), of("Depth", "Queues: messages waiting", "ApproximateNumberOfMessagesVisible")]
}

/// Time of writes to a table on demand, and writes that it refused because they came too fast.
pub fn writes(id: &str, table: &Val<String>) -> Vec<Metric> {
    let of = |word: &str, title, family, metric, statistic, dimensions| {
        line(format!("{id}{word}"), title, family, ("AWS/DynamoDB", metric, statistic), dimensions)
    };
    let name = || ("TableName", table.clone());
    let latency = vec![name(), ("Operation", "PutItem".into())];
    let throttled =
        above(1.0, 3, format!("{id} refuses writes: more came at once than twice the peak so far; it grows by itself in minutes"));
    vec![
        of("WriteTime", "DynamoDB: time of a write, mean (ms)", Family::Database, "SuccessfulRequestLatency", "Average", latency),
        alarmed(of("WriteThrottles", "DynamoDB: throttled writes", Family::Errors, "WriteThrottleEvents", "Sum", vec![name()]), throttled),
    ]
}

/// Time of reads from a table on demand, and reads that it refused because they came too fast.
pub fn reads(id: &str, table: &Val<String>) -> Vec<Metric> {
    let of = |word: &str, title, family, metric, statistic, dimensions| {
        line(format!("{id}{word}"), title, family, ("AWS/DynamoDB", metric, statistic), dimensions)
    };
    let name = || ("TableName", table.clone());
    let latency = vec![name(), ("Operation", "GetItem".into())];
    let throttled = above(1.0, 3, format!("{id} refuses reads: look for whoever reads it again and again instead of keeping what it read"));
    vec![
        of("ReadTime", "DynamoDB: time of a read, mean (ms)", Family::Database, "SuccessfulRequestLatency", "Average", latency),
        alarmed(of("ReadThrottles", "DynamoDB: throttled reads", Family::Errors, "ReadThrottleEvents", "Sum", vec![name()]), throttled),
    ]
}
