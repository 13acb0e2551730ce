//! A CloudFormation template: its sections as values, and their way to text and back.

mod read;
mod write;

use indexmap::IndexMap;

pub use read::TemplateError;

use crate::node::{Map, Node};
use crate::resource::Resource;
use crate::{json, yaml};

/// The only version of the template format.
pub const FORMAT_VERSION: &str = "2010-09-09";

/// A template; what it does not say is empty.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Template {
    /// `Description`: at most 1,024 bytes.
    pub description: Option<String>,
    /// `Metadata`.
    pub metadata: Map,
    /// `Parameters`, by name.
    pub parameters: IndexMap<String, Parameter>,
    /// `Mappings`.
    pub mappings: Map,
    /// `Conditions`, by name.
    pub conditions: Map,
    /// `Resources`, by logical ID.
    pub resources: IndexMap<String, Resource>,
    /// `Outputs`, by name.
    pub outputs: IndexMap<String, Output>,
    /// Sections without a field here (`Transform`, `Rules`, `Hooks`, `Globals` …), as they were written.
    pub rest: Map,
    /// By section: entries of `Parameters`, `Resources` and `Outputs` that are macros (`Fn::ForEach::Name`, `Fn::Transform`), as written.
    pub macros: IndexMap<String, Map>,
}

/// One entry under `Parameters`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Parameter {
    /// `Type`: `String`, `Number`, `AWS::EC2::VPC::Id` …
    pub parameter_type: String,
    /// `Description`.
    pub description: Option<String>,
    /// `Default`.
    pub default: Option<Node>,
    /// `NoEcho`: the value is shown to nobody.
    pub no_echo: bool,
    /// `AllowedValues`; empty when every value is allowed.
    pub allowed_values: Vec<Node>,
    /// `AllowedPattern`: a regular expression.
    pub allowed_pattern: Option<String>,
    /// `ConstraintDescription`: what a value that breaks a constraint is answered with.
    pub constraint_description: Option<String>,
    /// `MinLength`, in characters.
    pub min_length: Option<i64>,
    /// `MaxLength`, in characters.
    pub max_length: Option<i64>,
    /// `MinValue`.
    pub min_value: Option<Node>,
    /// `MaxValue`.
    pub max_value: Option<Node>,
    /// What has no field here, as it was written.
    pub rest: Map,
}

impl Parameter {
    /// A parameter of this type (`String`, `AWS::EC2::VPC::Id`) without default or constraints.
    pub fn new(parameter_type: impl Into<String>) -> Self {
        Parameter { parameter_type: parameter_type.into(), ..Parameter::default() }
    }
}

/// One entry under `Outputs`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Output {
    /// `Value`.
    pub value: Node,
    /// `Description`.
    pub description: Option<String>,
    /// `Export.Name`: the name under which other stacks import the value.
    pub export: Option<Node>,
    /// `Condition`: the output exists only when it holds.
    pub condition: Option<String>,
    /// What has no field here, as it was written.
    pub rest: Map,
}

impl Output {
    /// An output of this value that is not exported.
    pub fn new(value: impl Into<Node>) -> Self {
        Output { value: value.into(), ..Output::default() }
    }
}

impl Template {
    /// The template as one tree, sections and attributes in the order in which readers of CloudFormation expect them.
    pub fn to_node(&self) -> Node {
        write::template(self)
    }

    /// The template in a tree that was read from text. Nothing that CloudFormation allows is lost.
    ///
    /// # Errors
    /// The tree has not the shape of a template; the error names the path, whose place the document knows.
    pub fn from_node(node: &Node) -> Result<Template, TemplateError> {
        read::template(node.clone())
    }

    /// [`Template::from_node`], taking the tree apart instead of copying it.
    ///
    /// # Errors
    /// As for [`Template::from_node`].
    pub fn of_root(root: Node) -> Result<Template, TemplateError> {
        read::template(root)
    }

    /// The template as YAML; same template, same bytes.
    pub fn to_yaml(&self) -> String {
        yaml::write(&self.to_node())
    }

    /// [`Template::to_yaml`] below these comment lines, given without their `#`.
    pub fn to_yaml_with_header(&self, header: &[&str]) -> String {
        yaml::write_with_header(header, &self.to_node())
    }

    /// The template as JSON with two blanks a level.
    pub fn to_json(&self) -> String {
        json::write(&self.to_node())
    }

    /// The template as JSON without any blank: the smallest text that CloudFormation accepts.
    pub fn to_json_minified(&self) -> String {
        json::minified(&self.to_node())
    }
}
