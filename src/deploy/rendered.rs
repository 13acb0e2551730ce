//! What the renderer wrote, as the deployment takes it.

use std::collections::BTreeMap;

use super::body::needs_bucket;
use super::unit::{Key, OutputNote, Parameter, ResourceNote, Supply, Unit};
use crate::diff::Home;
use crate::fate::Policies;
use crate::render::{self, Source, Stack};
use crate::settings::Settings;

/// The output of the stack that has a bucket for templates too large for a request.
const TEMPLATES_BUCKET: &str = "TemplatesBucket";

/// One unit for each stack, in the same order, with the user's tags on every stack.
pub fn units(stacks: &[Stack], settings: &Settings) -> Vec<Unit> {
    let name =
        |key: &render::Key| -> String { stacks.iter().find(|stack| stack.key == *key).map(|stack| stack.name.clone()).unwrap_or_default() };
    let tags = settings.all_tags();
    let mut units: Vec<Unit> = stacks.iter().map(|stack| unit(stack, &name, &tags)).collect();
    for (unit, stack) in units.iter_mut().zip(stacks).filter(|(unit, _)| needs_bucket(&unit.template, &unit.minified)) {
        unit.template_bucket = bucket(stack, stacks);
    }
    units
}

/// The stack of the same region that has a bucket for large templates.
fn bucket(stack: &Stack, stacks: &[Stack]) -> Option<(Key, String)> {
    let near = |other: &&Stack| other.key.region == stack.key.region && other.key != stack.key;
    let with = stacks.iter().filter(near).find(|other| other.template.outputs.contains_key(TEMPLATES_BUCKET))?;
    Some((Key::new(&with.name, &with.key.region), TEMPLATES_BUCKET.to_owned()))
}

fn unit(stack: &Stack, name: &impl Fn(&render::Key) -> String, tags: &[(String, String)]) -> Unit {
    let parameters = stack.inputs.iter().map(|input| {
        let supply = match &input.source {
            Source::Output { stack, output } => Supply::Output { stack: name(stack), region: stack.region.clone(), output: output.clone() },
            Source::Image { path, refreshable } => Supply::Image { path: (*path).to_owned(), refresh_group: *refreshable },
        };
        Parameter { name: input.parameter.clone(), supply }
    });
    let outputs = stack.template.outputs.iter().filter_map(|(output, told)| {
        let about = told.description.clone()?;
        Some(OutputNote { name: output.clone(), about, address: stack.address.as_ref() == Some(output) })
    });
    Unit {
        stack: stack.name.clone(),
        region: stack.key.region.clone(),
        layer: stack.key.layer.word().to_owned(),
        template: stack.template.to_yaml(),
        minified: stack.template.to_json_minified(),
        template_bucket: None,
        parameters: parameters.collect(),
        tags: tags.to_vec(),
        capabilities: Vec::new(),
        resources: notes(stack),
        after: stack.after.iter().map(|key| Key::new(name(key), &key.region)).collect(),
        outputs: outputs.collect(),
    }
}

/// The properties that may replace it, and that its update policy has changed in place.
fn in_place(resource: &cfn::Resource) -> Vec<String> {
    resource.properties.keys().filter(|property| resource.replaced_by_policy(property) == Some(false)).cloned().collect()
}

fn notes(stack: &Stack) -> BTreeMap<String, ResourceNote> {
    let note = |(id, resource): (&String, &cfn::Resource)| {
        let note = ResourceNote {
            resource_type: resource.resource_type.clone(),
            why: render::served(resource, "why").to_owned(),
            holds_data: resource.holds_data(),
            in_place: in_place(resource),
            policies: Policies::of(resource),
            component: render::served(resource, "component").to_owned(),
            follows: Home::of(id, resource).follows,
        };
        (id.clone(), note)
    };
    stack.template.resources.iter().map(note).collect()
}
