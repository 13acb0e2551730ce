//! A state machine that Step Functions refuses, or that gets stuck.

use serde_json::{Map, Value};

use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "state-machine-broken",
    severity: Severity::Error,
    what: "a state machine is valid JSON, starts at a state that exists, leads only to states that exist, reaches all of them and ends",
    why: "Step Functions refuses the definition when the stack is made; what it accepts and nobody reaches is a step of the order that never happens.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for machine in graph.of_type("AWS::StepFunctions::StateMachine").chain(graph.of_type("AWS::Serverless::StateMachine")) {
        let (property, definition) = match (machine.get("DefinitionString"), machine.get("Definition")) {
            (Some(text), _) => match graph.text(text) {
                Some(text) => ("DefinitionString", serde_json::from_str(&text).map_err(|e| e.to_string())),
                None => continue,
            },
            (None, Some(tree)) => ("Definition", serde_json::from_str(&cfn::json::write(tree)).map_err(|e| e.to_string())),
            (None, None) => continue,
        };
        match definition {
            Ok(Value::Object(definition)) => of_states(machine, property, &definition, "", found),
            Ok(_) => found.at(machine, property, "the definition is no JSON object with StartAt and States"),
            Err(why) => found.at(machine, property, format!("the definition is not valid JSON: {why}")),
        }
    }
}

const TYPES: [&str; 8] = ["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"];

/// One level of states; branches of Parallel and Map have levels of their own.
fn of_states(machine: &Item, property: &str, level: &Map<String, Value>, within: &str, found: &mut Found) {
    let place = |name: &str| if within.is_empty() { format!("state \"{name}\"") } else { format!("state \"{name}\" in {within}") };
    let Some(Value::Object(states)) = level.get("States") else {
        return found.at(machine, property, format!("{}has no States", if within.is_empty() { String::new() } else { format!("{within} ") }));
    };
    let start = level.get("StartAt").and_then(Value::as_str);
    match start {
        Some(start) if states.contains_key(start) => {}
        Some(start) => found.at(machine, property, format!("StartAt names \"{start}\", which is none of its states: {}", names(states))),
        None => found.at(machine, property, "StartAt is missing; name the first state"),
    }
    let mut reached: Vec<&str> = start.into_iter().collect();
    let mut next = 0;
    while let Some(name) = reached.get(next).copied() {
        next += 1;
        for target in states.get(name).map(targets).unwrap_or_default() {
            if !reached.contains(&target) {
                reached.push(target);
            }
        }
    }
    for (name, state) in states {
        let kind = state.get("Type").and_then(Value::as_str).unwrap_or_default();
        if !TYPES.contains(&kind) {
            found.at(machine, property, format!("{} has the type \"{kind}\"; there are {}", place(name), TYPES.join(", ")));
            continue;
        }
        for target in targets(state).into_iter().filter(|target| !states.contains_key(*target)) {
            found.at(machine, property, format!("{} leads to \"{target}\", which is none of the states: {}", place(name), names(states)));
        }
        let ends = state.get("End") == Some(&Value::Bool(true));
        let goes = state.get("Next").is_some();
        match kind {
            "Succeed" | "Fail" if ends || goes => {
                found.at(machine, property, format!("{} ends the execution by itself; take its Next or End away", place(name)));
            }
            "Succeed" | "Fail" => {}
            "Choice" => {
                let choices = state.get("Choices").and_then(Value::as_array).map_or(0, Vec::len);
                if choices == 0 || ends || goes {
                    found.at(machine, property, format!("{} needs Choices, each with a Next, and has no Next or End of its own", place(name)));
                }
            }
            _ if ends == goes => found.at(machine, property, format!("{} needs either Next or End: true", place(name))),
            _ => {}
        }
        match kind {
            "Task" if state.get("Resource").and_then(Value::as_str).is_none_or(str::is_empty) => {
                found.at(machine, property, format!("{} is a Task without a Resource", place(name)));
            }
            "Wait" if !["Seconds", "Timestamp", "SecondsPath", "TimestampPath"].iter().any(|key| state.get(key).is_some()) => {
                found.at(machine, property, format!("{} waits for nothing; set Seconds", place(name)));
            }
            _ => {}
        }
        if !reached.contains(&name.as_str()) {
            found.at(machine, property, format!("{} is never reached from \"{}\"", place(name), start.unwrap_or_default()));
        }
        let branches = state.get("Branches").and_then(Value::as_array).into_iter().flatten();
        let inner = ["ItemProcessor", "Iterator"].iter().filter_map(|key| state.get(key));
        for branch in branches.chain(inner).filter_map(Value::as_object) {
            of_states(machine, property, branch, &place(name), found);
        }
    }
}

/// Every state that this one may lead to.
fn targets(state: &Value) -> Vec<&str> {
    let mut targets: Vec<&str> = ["Next", "Default"].iter().filter_map(|key| state.get(key)).filter_map(Value::as_str).collect();
    for key in ["Choices", "Catch"] {
        let list = state.get(key).and_then(Value::as_array).into_iter().flatten();
        targets.extend(list.filter_map(|one| one.get("Next")).filter_map(Value::as_str));
    }
    targets
}

fn names(states: &Map<String, Value>) -> String {
    states.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}
