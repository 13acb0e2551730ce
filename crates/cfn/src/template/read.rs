//! From a tree to a template. Strict about the frame (sections, types, values), lenient about the rest: what a field cannot hold is kept
//! as it was written, because to judge it is not the reader's task.

use indexmap::IndexMap;

use super::{FORMAT_VERSION, Output, Parameter, Template};
use crate::node::{Map, Node};
use crate::resource::{Policy, Resource};

/// The tree is not a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A part is of the wrong kind.
    #[error("{} must be {expected}, not {found}", shown(path))]
    Shape {
        /// Where, from the root down.
        path: Vec<String>,
        /// What CloudFormation wants there.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A part is missing.
    #[error("{} has no {key}", shown(path))]
    Missing {
        /// Where, from the root down.
        path: Vec<String>,
        /// The key that it must have.
        key: &'static str,
    },
    /// `AWSTemplateFormatVersion` is something else.
    #[error("AWSTemplateFormatVersion must be '{FORMAT_VERSION}', the only version there is")]
    Version,
}

impl TemplateError {
    /// Where in the tree; [`crate::syntax::Document::nearest`] turns it into line and column.
    pub fn path(&self) -> Vec<&str> {
        match self {
            TemplateError::Shape { path, .. } | TemplateError::Missing { path, .. } => path.iter().map(String::as_str).collect(),
            TemplateError::Version => vec!["AWSTemplateFormatVersion"],
        }
    }
}

fn shown(path: &[String]) -> String {
    if path.is_empty() { "the template".to_owned() } else { path.join(".") }
}

type Read<T> = Result<T, TemplateError>;

pub(super) fn template(node: Node) -> Read<Template> {
    let mut rest = map_at(node, &[], "a map of sections")?;
    if let Some(version) = rest.shift_remove("AWSTemplateFormatVersion")
        && version.as_str() != Some(FORMAT_VERSION)
    {
        return Err(TemplateError::Version);
    }
    let description = match rest.shift_remove("Description") {
        None => None,
        Some(Node::Str(text)) => Some(text),
        Some(other) => return Err(shape(&["Description"], "text", &other)),
    };
    let mut macros = IndexMap::new();
    Ok(Template {
        description,
        metadata: plain_section(&mut rest, "Metadata")?,
        parameters: section(&mut rest, "Parameters", &mut macros, parameter)?,
        mappings: plain_section(&mut rest, "Mappings")?,
        conditions: plain_section(&mut rest, "Conditions")?,
        resources: section(&mut rest, "Resources", &mut macros, resource)?,
        outputs: section(&mut rest, "Outputs", &mut macros, output)?,
        rest,
        macros,
    })
}

fn plain_section(sections: &mut Map, name: &str) -> Read<Map> {
    match sections.shift_remove(name) {
        None => Ok(Map::new()),
        Some(Node::Map(map)) => Ok(map),
        Some(other) => Err(shape(&[name], "a map", &other)),
    }
}

type Entry<T> = fn(Node, &[&str]) -> Read<T>;

fn section<T>(sections: &mut Map, name: &str, macros: &mut IndexMap<String, Map>, read: Entry<T>) -> Read<IndexMap<String, T>> {
    let mut entries = IndexMap::new();
    for (key, node) in plain_section(sections, name)? {
        if key.starts_with("Fn::") {
            macros.entry(name.to_owned()).or_default().insert(key, node);
        } else {
            let entry = read(node, &[name, &key])?;
            entries.insert(key, entry);
        }
    }
    Ok(entries)
}

fn parameter(node: Node, path: &[&str]) -> Read<Parameter> {
    let mut rest = map_at(node, path, "a map with a Type")?;
    Ok(Parameter {
        parameter_type: type_name(&mut rest, path)?,
        description: take(&mut rest, "Description", text),
        default: rest.shift_remove("Default"),
        no_echo: take(&mut rest, "NoEcho", flag).unwrap_or(false),
        allowed_values: take(&mut rest, "AllowedValues", |node| node.as_list().map(<[Node]>::to_vec)).unwrap_or_default(),
        allowed_pattern: take(&mut rest, "AllowedPattern", text),
        constraint_description: take(&mut rest, "ConstraintDescription", text),
        min_length: take(&mut rest, "MinLength", length),
        max_length: take(&mut rest, "MaxLength", length),
        min_value: rest.shift_remove("MinValue"),
        max_value: rest.shift_remove("MaxValue"),
        rest,
    })
}

fn output(node: Node, path: &[&str]) -> Read<Output> {
    let mut rest = map_at(node, path, "a map with a Value")?;
    let value = rest.shift_remove("Value").ok_or_else(|| missing(path, "Value"))?;
    let export = take(&mut rest, "Export", |node| node.as_map().filter(|map| map.len() == 1)?.get("Name").cloned());
    Ok(Output { value, export, description: take(&mut rest, "Description", text), condition: take(&mut rest, "Condition", text), rest })
}

fn resource(node: Node, path: &[&str]) -> Read<Resource> {
    let mut rest = map_at(node, path, "a map with a Type")?;
    Ok(Resource {
        resource_type: type_name(&mut rest, path)?,
        properties: take_map(&mut rest, "Properties"),
        metadata: take_map(&mut rest, "Metadata"),
        depends_on: take(&mut rest, "DependsOn", names).unwrap_or_default(),
        condition: take(&mut rest, "Condition", text),
        deletion_policy: take(&mut rest, "DeletionPolicy", |node| Policy::parse(node.as_str()?)),
        update_replace_policy: take(&mut rest, "UpdateReplacePolicy", |node| Policy::parse(node.as_str()?)),
        creation_policy: rest.shift_remove("CreationPolicy"),
        update_policy: rest.shift_remove("UpdatePolicy"),
        rest,
    })
}

fn type_name(map: &mut Map, path: &[&str]) -> Read<String> {
    match map.shift_remove("Type") {
        Some(Node::Str(name)) => Ok(name),
        Some(other) => Err(shape(&[path, &["Type"]].concat(), "text", &other)),
        None => Err(missing(path, "Type")),
    }
}

/// Moves the map under `key` out; what is no map stays.
fn take_map(map: &mut Map, key: &str) -> Map {
    if map.get(key).is_none_or(|value| value.as_map().is_none()) {
        return Map::new();
    }
    match map.shift_remove(key) {
        Some(Node::Map(inner)) => inner,
        _ => Map::new(),
    }
}

/// Moves what is under `key` into a field, when the field can hold it.
fn take<T>(map: &mut Map, key: &str, read: impl Fn(&Node) -> Option<T>) -> Option<T> {
    let value = map.get(key).and_then(read)?;
    map.shift_remove(key);
    Some(value)
}

fn text(node: &Node) -> Option<String> {
    node.as_str().map(str::to_owned)
}

/// CloudFormation takes flags and lengths as text too.
fn flag(node: &Node) -> Option<bool> {
    match node {
        Node::Bool(flag) => Some(*flag),
        Node::Str(word) if word.eq_ignore_ascii_case("true") => Some(true),
        Node::Str(word) if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn length(node: &Node) -> Option<i64> {
    node.as_int().or_else(|| node.as_str()?.parse().ok())
}

fn names(node: &Node) -> Option<Vec<String>> {
    match node {
        Node::Str(name) => Some(vec![name.clone()]),
        Node::List(names) => names.iter().map(text).collect(),
        _ => None,
    }
}

fn map_at(node: Node, path: &[&str], expected: &'static str) -> Read<Map> {
    match node {
        Node::Map(map) => Ok(map),
        other => Err(shape(path, expected, &other)),
    }
}

fn missing(path: &[&str], key: &'static str) -> TemplateError {
    TemplateError::Missing { path: path.iter().map(|step| (*step).to_owned()).collect(), key }
}

fn shape(path: &[&str], expected: &'static str, found: &Node) -> TemplateError {
    let found = match found {
        Node::Null => "null",
        Node::Bool(_) => "true or false",
        Node::Int(_) | Node::Float(_) => "a number",
        Node::Str(_) => "text",
        Node::List(_) => "a list",
        Node::Map(_) => "a map",
    };
    TemplateError::Shape { path: path.iter().map(|step| (*step).to_owned()).collect(), expected, found }
}
