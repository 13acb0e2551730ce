//! From a template to its tree: one order of sections and attributes, and nothing that is empty.

use indexmap::IndexMap;

use super::{FORMAT_VERSION, Output, Parameter, Template};
use crate::node::{Map, Node};
use crate::resource::{Policy, Resource};

pub(super) fn template(template: &Template) -> Node {
    let mut map = Map::from([("AWSTemplateFormatVersion".to_owned(), Node::from(FORMAT_VERSION))]);
    put(&mut map, "Transform", template.rest.get("Transform").cloned());
    put(&mut map, "Description", text(&template.description));
    put(&mut map, "Metadata", filled(&template.metadata));
    put(&mut map, "Parameters", section(template, "Parameters", &template.parameters, parameter));
    put(&mut map, "Mappings", filled(&template.mappings));
    put(&mut map, "Conditions", filled(&template.conditions));
    // Rules and the like belong to what is decided before any resource; a second `Transform` only replaces the first by itself.
    map.extend(template.rest.clone());
    put(&mut map, "Resources", section(template, "Resources", &template.resources, resource));
    put(&mut map, "Outputs", section(template, "Outputs", &template.outputs, output));
    Node::Map(map)
}

fn section<T>(template: &Template, name: &str, entries: &IndexMap<String, T>, node: fn(&T) -> Node) -> Option<Node> {
    let mut map: Map = entries.iter().map(|(key, entry)| (key.clone(), node(entry))).collect();
    map.extend(template.macros.get(name).into_iter().flatten().map(|(key, entry)| (key.clone(), entry.clone())));
    filled(&map)
}

fn parameter(parameter: &Parameter) -> Node {
    let mut map = Map::from([("Type".to_owned(), Node::from(parameter.parameter_type.as_str()))]);
    put(&mut map, "Description", text(&parameter.description));
    put(&mut map, "Default", parameter.default.clone());
    put(&mut map, "NoEcho", parameter.no_echo.then_some(Node::Bool(true)));
    put(&mut map, "AllowedValues", (!parameter.allowed_values.is_empty()).then(|| Node::List(parameter.allowed_values.clone())));
    put(&mut map, "AllowedPattern", text(&parameter.allowed_pattern));
    put(&mut map, "MinLength", parameter.min_length.map(Node::Int));
    put(&mut map, "MaxLength", parameter.max_length.map(Node::Int));
    put(&mut map, "MinValue", parameter.min_value.clone());
    put(&mut map, "MaxValue", parameter.max_value.clone());
    put(&mut map, "ConstraintDescription", text(&parameter.constraint_description));
    map.extend(parameter.rest.clone());
    Node::Map(map)
}

fn output(output: &Output) -> Node {
    let mut map = Map::new();
    put(&mut map, "Description", text(&output.description));
    put(&mut map, "Condition", text(&output.condition));
    map.insert("Value".to_owned(), output.value.clone());
    put(&mut map, "Export", output.export.as_ref().map(|name| Node::map([("Name", name.clone())])));
    map.extend(output.rest.clone());
    Node::Map(map)
}

/// `Metadata` comes right behind the type: it says why the resource is there, as a heading would. `DependsOn` is a word when it is one.
fn resource(resource: &Resource) -> Node {
    let mut map = Map::from([("Type".to_owned(), Node::from(resource.resource_type.as_str()))]);
    put(&mut map, "Metadata", filled(&resource.metadata));
    let depends_on = match resource.depends_on.as_slice() {
        [] => None,
        [one] => Some(Node::from(one.as_str())),
        several => Some(Node::list(several.iter().map(String::as_str))),
    };
    put(&mut map, "DependsOn", depends_on);
    put(&mut map, "Condition", text(&resource.condition));
    put(&mut map, "DeletionPolicy", resource.deletion_policy.map(policy));
    put(&mut map, "UpdateReplacePolicy", resource.update_replace_policy.map(policy));
    put(&mut map, "CreationPolicy", resource.creation_policy.clone());
    put(&mut map, "UpdatePolicy", resource.update_policy.clone());
    map.extend(resource.rest.clone());
    // A field wins over what was left of the same name.
    put(&mut map, "Properties", filled(&resource.properties));
    Node::Map(map)
}

fn policy(policy: Policy) -> Node {
    policy.as_str().into()
}

fn put(map: &mut Map, key: &str, node: Option<Node>) {
    if let Some(node) = node {
        map.insert(key.to_owned(), node);
    }
}

fn text(text: &Option<String>) -> Option<Node> {
    text.as_deref().map(Node::from)
}

fn filled(map: &Map) -> Option<Node> {
    (!map.is_empty()).then(|| Node::Map(map.clone()))
}
