//! A function on a runtime that AWS has retired.

use std::sync::OnceLock;

use indexmap::IndexMap;
use serde::Deserialize;

use cfn::Node;

use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "runtime-retired",
    severity: Severity::Error,
    what: "functions and layers run on a runtime that AWS still maintains",
    why: "A retired runtime gets no security fixes, and Lambda refuses to make new functions with it: the stack works until it must be made anew.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    run,
};

/// One runtime of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Retired {
    retired: String,
    blocked: String,
    successor: String,
}

#[derive(Debug, Default, Deserialize)]
struct Table {
    runtimes: IndexMap<String, Retired>,
}

/// Where a runtime is named.
const PLACES: &[(&str, &str)] = &[
    ("AWS::Lambda::Function", "Runtime"),
    ("AWS::Serverless::Function", "Runtime"),
    ("AWS::Lambda::LayerVersion", "CompatibleRuntimes/*"),
];

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| serde_saphyr::from_str(include_str!("../../../data/runtimes.yaml")).unwrap_or_default())
}

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        for (_, path) in PLACES.iter().filter(|(kind, _)| *kind == item.kind) {
            judge(item, path, found);
        }
    }
}

fn judge(item: &Item, path: &str, found: &mut Found) {
    let names: Vec<&str> = item.all(path).into_iter().filter_map(Node::as_str).collect();
    // A layer that also names a maintained runtime only keeps old functions alive.
    if path.ends_with('*') && names.iter().any(|name| !table().runtimes.contains_key(*name)) {
        return;
    }
    for name in names {
        let Some(retired) = table().runtimes.get(name) else { continue };
        let message = format!(
            "{name} was retired on {}, and Lambda refuses new functions with it from {} on; take {}",
            retired.retired, retired.blocked, retired.successor
        );
        found.at(item, path.trim_end_matches("/*"), message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_every_successor_is_maintained() {
        let runtimes = &table().runtimes;
        assert!(runtimes.len() > 20);
        for (name, retired) in runtimes {
            assert!(!runtimes.contains_key(&retired.successor), "{name} is followed by a retired one");
            assert!(retired.retired.len() == 10 && retired.blocked.len() == 10, "{name}");
        }
    }
}
