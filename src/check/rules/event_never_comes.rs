//! An event pattern that nothing matches, and a schedule that does not read.

use cfn::Node;

use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "event-never-comes",
    severity: Severity::Error,
    what: "an event pattern names fields that events have, each with a list of values, and a schedule is a rate or a cron expression",
    why: "EventBridge refuses the rule, or takes it and never fires: nothing tells that an event was not caught.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html",
    run,
};

/// The fields at the top of every event.
const FIELDS: [&str; 10] = ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "replay-name"];
/// Fields of an event whose last part is written by whoever sends it, and begins so when it comes from AWS.
const SOURCES: &str = "aws.";

fn run(graph: &Graph, found: &mut Found) {
    for rule in graph.of_type("AWS::Events::Rule") {
        if !rule.has("EventPattern") && !rule.has("ScheduleExpression") {
            found.at(rule, "", "the rule has neither EventPattern nor ScheduleExpression, so nothing sets it off");
        }
        if let Some(pattern) = rule.get("EventPattern") {
            of_pattern(rule, pattern, found);
        }
        if let Some(text) = rule.text("ScheduleExpression") {
            of_schedule(rule, text, false, found);
        }
    }
    for schedule in graph.of_type("AWS::Scheduler::Schedule") {
        if let Some(text) = schedule.text("ScheduleExpression") {
            of_schedule(schedule, text, true, found);
        }
    }
}

fn of_pattern(rule: &Item, pattern: &Node, found: &mut Found) {
    let Some(map) = pattern.as_map().filter(|_| pattern.intrinsic().is_none()) else {
        if let Some(text) = pattern.as_str() {
            found.at(rule, "EventPattern", format!("the pattern is text (\"{}\"), not a map of fields", text.chars().take(40).collect::<String>()));
        }
        return;
    };
    if map.is_empty() {
        found.at(rule, "EventPattern", "the pattern is empty; name at least a source");
    }
    for (field, value) in map {
        if !FIELDS.contains(&field.as_str()) && !field.starts_with('$') {
            let near = FIELDS.into_iter().max_by(|a, b| strsim::jaro_winkler(a, field).total_cmp(&strsim::jaro_winkler(b, field)));
            let message = format!("no event has a field \"{field}\" at its top; is \"{}\" meant? What a service tells stands below \"detail\"", near.unwrap_or("detail"));
            found.at(rule, &format!("EventPattern/{field}"), message);
            continue;
        }
        leaves(rule, &format!("EventPattern/{field}"), value, found);
    }
    let kinds = below_all(map.get("detail-type"));
    for source in below_all(map.get("source")) {
        // `aws.s3` and "EC2 Instance State-change Notification" never come together.
        let Some(service) = source.strip_prefix(SOURCES) else { continue };
        let other = kinds.iter().find(|kind| {
            let word = kind.split(' ').next().unwrap_or_default().to_ascii_lowercase();
            ["ec2", "s3", "ecs", "rds", "ecr", "codebuild", "codepipeline", "guardduty"].contains(&word.as_str())
                && word != service
                && kinds.len() == 1
                && !(word == "ec2" && service == "autoscaling")
        });
        if let Some(kind) = other {
            found.at(rule, "EventPattern/source", format!("{source} sends no \"{kind}\": source and detail-type belong to two services"));
        }
    }
}

fn below_all(node: Option<&Node>) -> Vec<&str> {
    node.and_then(Node::as_list).into_iter().flatten().filter_map(Node::as_str).collect()
}

/// Every value at the end of a pattern is a list: of values, or of comparisons.
fn leaves(rule: &Item, path: &str, value: &Node, found: &mut Found) {
    match value {
        Node::List(items) if items.is_empty() => found.at(rule, path, "an empty list matches no value; name one, or take the field away"),
        Node::List(items) if path.ends_with("/$or") => {
            for (index, item) in items.iter().enumerate() {
                leaves(rule, &format!("{path}/{index}"), item, found);
            }
        }
        Node::List(_) => {}
        Node::Map(map) if value.intrinsic().is_none() => {
            for (key, inner) in map {
                leaves(rule, &format!("{path}/{key}"), inner, found);
            }
        }
        Node::Map(_) => {}
        Node::Str(text) => found.at(rule, path, format!("\"{text}\" must stand in a list: [\"{text}\"]")),
        _ => found.at(rule, path, "the value must stand in a list"),
    }
}

fn of_schedule(item: &Item, text: &str, once: bool, found: &mut Found) {
    if let Some(problem) = schedule(text, once) {
        found.at(item, "ScheduleExpression", format!("\"{text}\" {problem}"));
    }
}

fn schedule(text: &str, once: bool) -> Option<String> {
    let inside = |word: &str| text.strip_prefix(word).and_then(|rest| rest.strip_prefix('(')).and_then(|rest| rest.strip_suffix(')'));
    if let Some(rate) = inside("rate") {
        let Some((number, unit)) = rate.split_once(' ') else {
            return Some("needs a number and a unit, such as rate(5 minutes)".to_owned());
        };
        let Some(number) = number.parse::<u64>().ok().filter(|number| *number > 0) else {
            return Some("needs a whole number above 0, such as rate(5 minutes)".to_owned());
        };
        let right = if number == 1 { ["minute", "hour", "day"] } else { ["minutes", "hours", "days"] };
        // The Scheduler takes both forms.
        let loose = once && ["minute", "minutes", "hour", "hours", "day", "days"].contains(&unit);
        return (!right.contains(&unit) && !loose).then(|| format!("must end with one of {}", right.join(", ")));
    }
    if let Some(cron) = inside("cron") {
        let fields: Vec<&str> = cron.split_whitespace().collect();
        if fields.len() != 6 {
            return Some(format!("has {} fields; six are needed: minutes, hours, day of the month, month, day of the week, year", fields.len()));
        }
        if (fields[2] == "?") == (fields[4] == "?") {
            return Some("needs ? in exactly one of the two day fields".to_owned());
        }
        let ranges = [(0, 59, "minutes"), (0, 23, "hours"), (1, 31, "day of the month"), (1, 12, "month"), (1, 7, "day of the week"), (1970, 2199, "year")];
        for (field, (least, most, name)) in fields.iter().zip(ranges) {
            // What stands behind a slash is a step, what stands behind a hash a week.
            let field = field.split(['/', '#']).next().unwrap_or_default();
            let wrong = field.split([',', '-']).filter_map(|part| part.parse::<i64>().ok()).find(|number| *number > most || *number < least);
            if let Some(number) = wrong {
                return Some(format!("has {number} as {name}, which go from {least} to {most}"));
            }
        }
        return None;
    }
    if inside("at").is_some() && once {
        return None;
    }
    Some("is neither rate(5 minutes) nor cron(0 12 * * ? *)".to_owned())
}
