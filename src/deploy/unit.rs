//! What a deployment is given: stacks as text, where their parameters come from, and what a person should know of their resources.

use std::collections::BTreeMap;

use crate::fate::Policies;

/// One stack in one region.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The stack's name (`shop-prod-data`) or, where an operation must survive the stack, its ID.
    pub stack: String,
    /// The region's code (`eu-west-1`).
    pub region: String,
}

impl Key {
    /// The stack of this name in this region.
    pub fn new(stack: impl Into<String>, region: impl Into<String>) -> Key {
        Key { stack: stack.into(), region: region.into() }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.stack, self.region)
    }
}

/// One stack to deploy.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// The stack's name, `shop-prod-data`.
    pub stack: String,
    /// The region's code.
    pub region: String,
    /// The layer, `data`; stacks of the layer `data` get termination protection and a stack policy.
    pub layer: String,
    /// The template to send, YAML or JSON.
    pub template: String,
    /// The same template as JSON without white space, sent when `template` is over 51,200 bytes.
    pub minified: String,
    /// The stack of the same region, and its output, that names a bucket for a template too large for a request. Deployed before this one.
    pub template_bucket: Option<(Key, String)>,
    /// The template's parameters and where each value comes from.
    pub parameters: Vec<Parameter>,
    /// Tags of the stack, handed on to its resources by CloudFormation.
    pub tags: Vec<(String, String)>,
    /// Capabilities to acknowledge; empty means `CAPABILITY_NAMED_IAM`.
    pub capabilities: Vec<String>,
    /// Every resource of the template by logical ID.
    pub resources: BTreeMap<String, ResourceNote>,
    /// Stacks to deploy before this one, besides those that its parameters come from.
    pub after: Vec<Key>,
    /// The template's outputs.
    pub outputs: Vec<OutputNote>,
}

impl Unit {
    /// The stack and region.
    pub fn key(&self) -> Key {
        Key::new(&self.stack, &self.region)
    }

    /// The sentence that says what the resource is for; empty when nothing is known of it.
    pub fn why(&self, id: &str) -> &str {
        self.resources.get(id).map_or("", |note| note.why.as_str())
    }
}

/// A parameter of a template.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The parameter's name in the template.
    pub name: String,
    /// Where its value comes from.
    pub supply: Supply,
}

/// Where the value of a parameter comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Supply {
    /// An output of another stack.
    Output {
        /// The other stack's name.
        stack: String,
        /// The other stack's region.
        region: String,
        /// The output's name.
        output: String,
    },
    /// A machine image: looked up once, when the stack is first deployed, and kept by later updates.
    Image {
        /// The public SSM parameter that names the newest image.
        path: String,
        /// Whether a refresh of images that the user asks for applies. True for scaling groups; hosts keep theirs always.
        refresh_group: bool,
    },
    /// This value.
    Value(String),
}

/// What is known of a resource besides its properties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceNote {
    /// The type, `AWS::DynamoDB::Table`.
    pub resource_type: String,
    /// One sentence for a person: the requirement that the resource serves.
    pub why: String,
    /// Whether losing the resource loses data.
    pub holds_data: bool,
    /// Properties whose change may replace the resource, and that the template's `UpdatePolicy` has changed in place.
    pub in_place: Vec<String>,
    /// What the template says is to happen to it when it leaves or is replaced.
    pub policies: Policies,
    /// The component that it belongs to; may be empty.
    pub component: String,
    /// Whether another resource fills it: a read replica.
    pub follows: bool,
}

/// What is known of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputNote {
    /// The output's name in the template.
    pub name: String,
    /// What it is, in words.
    pub about: String,
    /// Whether it is an address that a person opens; addresses are shown first.
    pub address: bool,
}
