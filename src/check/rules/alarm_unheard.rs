//! An alarm that tells nobody.

use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "alarm-unheard",
    severity: Severity::Warning,
    what: "every alarm does something: it tells a topic, scales, recovers, or another alarm or deployment asks it",
    why: "An alarm without an action turns red on a page that nobody looks at.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
    run,
};

/// What an alarm does when it goes off; to tell that all is well again is no alarm.
const ACTIONS: [&str; 2] = ["AlarmActions", "InsufficientDataActions"];

fn run(graph: &Graph, found: &mut Found) {
    let alarms: Vec<&Item> = graph.of_type("AWS::CloudWatch::Alarm").chain(graph.of_type("AWS::CloudWatch::CompositeAlarm")).collect();
    for alarm in alarms {
        let acts = ACTIONS.iter().any(|path| !alarm.all(&format!("{path}/*")).is_empty());
        let off = alarm.flag("ActionsEnabled") == Some(false);
        if acts && !off {
            continue;
        }
        if asked(graph, alarm) {
            continue;
        }
        if off {
            found.at(alarm, "ActionsEnabled", "the alarm's actions are switched off; set ActionsEnabled: true");
        } else {
            found.at(alarm, "AlarmActions", "the alarm has no action, so nobody hears of it; name a topic in AlarmActions");
        }
    }
}

/// Whether something else of the set looks at the alarm: by reference, or by the name that it was given.
fn asked(graph: &Graph, alarm: &Item) -> bool {
    let mentioned = graph.items.iter().any(|other| !std::ptr::eq(other, alarm) && graph.mentions(other).any(|one| std::ptr::eq(one, alarm)));
    let told = graph.outputs.values().any(|value| graph.mentioned(value).iter().any(|one| std::ptr::eq(*one, alarm)));
    let named = alarm.text("AlarmName").is_some_and(|name| {
        let mut found = false;
        for other in graph.items.iter().filter(|other| !std::ptr::eq(*other, alarm)) {
            other.properties.walk(&mut |node| found |= node.as_str().is_some_and(|text| text.contains(name)));
        }
        found
    });
    mentioned || told || named
}
