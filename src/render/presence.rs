//! Whether the regions have the services that the stacks ask of them: found before anything is deployed, at the region's place in the settings.

use std::collections::BTreeMap;

use crate::catalog::Presence;
use crate::render::Stack;
use crate::settings::{Problem, Problems, Settings};

/// Checks the stacks against a table of regions.
///
/// # Errors
/// A problem for each service that a region does not have.
pub fn check(presence: &Presence, settings: &Settings, phase: &str, stacks: &[Stack]) -> Result<(), Problems> {
    let mut missing: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for stack in stacks.iter().filter(|stack| !presence.is_whole(&stack.key.region)) {
        for resource in stack.template.resources.values().filter(|one| !presence.has(&stack.key.region, &one.resource_type)) {
            missing.entry((&stack.key.region, service(&resource.resource_type))).or_insert(&resource.resource_type);
        }
    }
    let problems: Vec<Problem> = missing
        .into_iter()
        .map(|((region, service), resource_type)| {
            let having: Vec<&str> = presence.having(resource_type).collect();
            let having = if having.is_empty() {
                "no region that scalectl knows has it".to_owned()
            } else {
                format!("it is in {}", having.join(", "))
            };
            settings.problem(
                "",
                region,
                format!("region \"{region}\" has no {service} ({resource_type}), which phase {phase} needs; {having}"),
            )
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}

/// `DAX` of `AWS::DAX::Cluster`.
fn service(resource_type: &str) -> &str {
    resource_type.split("::").nth(1).unwrap_or(resource_type)
}
