//! A dashboard that CloudWatch does not take.

use serde_json::Value;

use crate::check::metrics::body;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "dashboard-refused",
    severity: Severity::Error,
    what: "the body of a dashboard is JSON, and its widgets are as CloudWatch wants them",
    why: "CloudFormation takes any text; CloudWatch answers InvalidParameterInput, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
    run,
};

const BODY: &str = "DashboardBody";

fn run(graph: &Graph, found: &mut Found) {
    for dashboard in graph.of_type("AWS::CloudWatch::Dashboard") {
        match body(dashboard) {
            None => {}
            Some(Err(error)) => found.at(dashboard, BODY, format!("the body is no JSON: {error}")),
            Some(Ok(body)) => judge(dashboard, &body, found),
        }
    }
}

fn judge(dashboard: &Item, body: &Value, found: &mut Found) {
    let Some(widgets) = body.get("widgets").and_then(Value::as_array) else {
        return found.at(dashboard, BODY, "the body has no list widgets");
    };
    if widgets.len() > 500 {
        found.at(dashboard, BODY, format!("a dashboard has at most 500 widgets, this one has {}", widgets.len()));
    }
    let drawn = |widget: &Value| widget.pointer("/properties/metrics").and_then(Value::as_array).map_or(0, Vec::len);
    let all: usize = widgets.iter().map(drawn).sum();
    if all > 2_500 {
        found.at(dashboard, BODY, format!("a dashboard draws at most 2,500 metrics, this one {all}"));
    }
    for (index, widget) in widgets.iter().enumerate() {
        if drawn(widget) > 500 {
            found.at(dashboard, BODY, format!("widget {index}: a widget draws at most 500 metrics, this one {}", drawn(widget)));
        }
        for fault in faults(widget) {
            found.at(dashboard, BODY, format!("widget {index}: {fault}"));
        }
    }
}

fn faults(widget: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let none = Value::Null;
    let properties = widget.get("properties").unwrap_or(&none);
    let kind = widget.get("type").and_then(Value::as_str);
    let absent = |key: &str| properties.get(key).is_none();
    if !properties.is_object() {
        faults.push("it has no properties".to_owned());
    } else {
        match kind {
            Some("metric") => {
                if absent("metrics") && properties.pointer("/annotations/alarms").is_none() {
                    faults.push("a metric widget needs metrics, or an alarm in annotations".to_owned());
                }
                if absent("region") && absent("accountId") {
                    faults.push("a metric widget needs region".to_owned());
                }
                faults.extend(rows(properties));
            }
            Some("text") if absent("markdown") => faults.push("a text widget needs markdown".to_owned()),
            Some("log") if absent("query") => faults.push("a log widget needs query".to_owned()),
            Some("alarm") if absent("alarms") => faults.push("an alarm widget needs alarms".to_owned()),
            Some("custom") if absent("endpoint") => faults.push("a custom widget needs endpoint".to_owned()),
            _ => {}
        }
    }
    match kind {
        Some("metric" | "text" | "log" | "alarm" | "explorer" | "custom") => {}
        Some(other) => faults.push(format!("there is no type {other}; the types are metric, text, log, alarm, explorer and custom")),
        None => faults.push("it has no type".to_owned()),
    }
    for (key, from, to) in [("width", 1, 24), ("height", 1, 1000), ("x", 0, 23), ("y", 0, i64::MAX)] {
        if let Some(value) = widget.get(key)
            && !value.as_i64().is_some_and(|value| (from..=to).contains(&value))
        {
            faults.push(format!("{key} is {value}, and must be a whole number from {from} to {to}"));
        }
    }
    faults
}

/// The rows of metrics and how they are drawn.
fn rows(properties: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    match properties.get("metrics") {
        None => {}
        Some(Value::Array(rows)) => {
            for row in rows {
                match row.as_array().map(Vec::as_slice) {
                    Some([]) | None => faults.push(format!("{row} is no list of a namespace, a metric and dimensions")),
                    Some([Value::Object(options)]) if options.contains_key("expression") => {}
                    Some(parts) => {
                        let words = parts.iter().filter(|part| part.is_string()).count();
                        let short = parts.iter().any(|part| part == "...");
                        if !short && (words < 2 || words % 2 == 1) {
                            faults.push(format!("{row} needs a namespace, a metric, and a value for each dimension"));
                        }
                    }
                }
            }
        }
        Some(other) => faults.push(format!("metrics is {other}, and must be a list of lists")),
    }
    if let Some(view) = properties.get("view").and_then(Value::as_str)
        && !["timeSeries", "singleValue", "gauge", "bar", "pie", "table"].contains(&view)
    {
        faults.push(format!("there is no view {view}; one is timeSeries"));
    }
    if let Some(period) = properties.get("period").and_then(Value::as_i64)
        && !([1, 5, 10, 20, 30].contains(&period) || (period > 0 && period % 60 == 0))
    {
        faults.push(format!("period is {period}, and must be 1, 5, 10, 20, 30 or a multiple of 60 seconds"));
    }
    faults
}
