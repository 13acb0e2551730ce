//! The last look before anything is written: every property against AWS's schema, every template against CloudFormation's limits.

use cfn::facts;

use crate::render::{RenderError, Stack};

/// CloudFormation's limits of one template: resources, parameters, outputs (CloudFormation user guide, "quotas", 2023-12-07).
const MOST_RESOURCES: usize = 500;
const MOST_PARAMETERS: usize = 200;
const MOST_OUTPUTS: usize = 200;
/// Bytes of a description (same page).
const MOST_DESCRIPTION: usize = 1_024;
/// Characters of a stack's name (same page).
const MOST_NAME: usize = 128;

/// Checks all stacks.
///
/// # Errors
/// The first property that AWS's schema refuses, or the first limit that is passed.
pub fn check(stacks: &[Stack]) -> Result<(), RenderError> {
    for stack in stacks {
        let template = &stack.template;
        let limits = [
            ("the number of resources", template.resources.len(), MOST_RESOURCES),
            ("the number of parameters", template.parameters.len(), MOST_PARAMETERS),
            ("the number of outputs", template.outputs.len(), MOST_OUTPUTS),
            ("the length of the description", template.description.as_ref().map_or(0, String::len), MOST_DESCRIPTION),
            ("the length of the name", stack.name.len(), MOST_NAME),
        ];
        if let Some((what, is, most)) = limits.into_iter().find(|(_, is, most)| is > most) {
            return Err(RenderError::TooMuch { stack: stack.name.clone(), what, is, most });
        }
        for (logical_id, resource) in &template.resources {
            let Some(facts) = facts::of(&resource.resource_type) else { continue };
            if let Some(fault) = facts::faults(facts, &resource.properties).into_iter().next() {
                let (resource, resource_type) = (logical_id.clone(), resource.resource_type.clone());
                return Err(RenderError::Unsound { resource, resource_type, path: fault.path, problem: fault.problem });
            }
        }
    }
    Ok(())
}
