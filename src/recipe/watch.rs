//! Lines of the dashboard and the alarms on them, in few words.

use cfn::Val;

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
