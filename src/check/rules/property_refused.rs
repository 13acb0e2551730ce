//! A property that a type does not have, needs, or does not take with that value.

use cfn::facts;

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "property-refused",
    severity: Severity::Error,
    what: "resources of the types that scalectl itself writes have the properties that AWS's schemas ask for, of the right type and within their bounds",
    why: "CloudFormation refuses the resource, some only after the ones before it were made.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        // A macro may add what is missing.
        if graph.file(item).template.rest.contains_key("Transform") {
            continue;
        }
        let Some(facts) = facts::of(item.kind) else { continue };
        for fault in facts::faults(facts, &item.raw.properties) {
            let problem = format!("{}: {}", fault.path, fault.problem);
            // What is not written has no place of its own.
            let path = if item.has(&fault.path) { fault.path.as_str() } else { "" };
            found.at(item, path, problem);
        }
    }
}
