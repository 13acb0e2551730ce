//! Inline source that asks for an environment variable which the function is not given.

use cfn::Node;

use crate::check::code;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "variable-missing",
    severity: Severity::Error,
    what: "the variables that a function's inline source cannot do without are in its environment",
    why: "The first call fails with a KeyError; nothing tells before.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    run,
};

/// Variables that Lambda itself sets (Lambda developer guide, "Defined runtime environment variables").
const OF_LAMBDA: [&str; 4] = ["AWS_", "LAMBDA_", "_HANDLER", "_X_AMZN_"];
const PLAIN: [&str; 6] = ["PATH", "LANG", "TZ", "PYTHONPATH", "NODE_PATH", "LD_LIBRARY_PATH"];

fn run(graph: &Graph, found: &mut Found) {
    for function in graph.of_type("AWS::Lambda::Function") {
        if !function.text("Runtime").is_some_and(|runtime| runtime.starts_with("python")) {
            continue;
        }
        let Some(source) = function.get("Code/ZipFile").and_then(code::source) else { continue };
        let given: Vec<&str> = match function.get("Environment/Variables") {
            Some(Node::Map(map)) => map.keys().map(String::as_str).collect(),
            Some(_) => continue,
            None => Vec::new(),
        };
        for name in asked(&source) {
            let own = OF_LAMBDA.iter().any(|start| name.starts_with(start)) || PLAIN.contains(&name);
            if !own && !given.contains(&name) {
                let has = if given.is_empty() { "none".to_owned() } else { given.join(", ") };
                found.at(function, "Environment/Variables", format!("the source reads os.environ[\"{name}\"], which is not set; there are {has}"));
            }
        }
    }
}

/// Names in `os.environ["NAME"]`, which fails when there is none; `os.environ.get` does not.
fn asked(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, start) in source.match_indices("environ[") {
        let line = source[..at].rsplit('\n').next().unwrap_or_default();
        let rest = &source[at + start.len()..];
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        let Some((name, after)) = rest[1..].split_once(quote) else { continue };
        // What is written to is made there.
        let made = after.trim_start_matches(']').trim_start();
        let set = made.starts_with('=') && !made.starts_with("==");
        if !set && !line.trim_start().starts_with('#') && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
