//! What templates alone do not tell, and a comparison must not pretend to know.

use cfn::Node;

use super::macros;
use crate::check::File;

/// Something that could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unseen {
    /// The file.
    pub file: String,
    /// The logical ID or the section; empty for the whole file.
    pub what: String,
    /// Why, and what can be done about it.
    pub why: String,
    /// Whether the file could not be read, so that nothing of it was compared.
    pub broken: bool,
}

const STACK: &str = "AWS::CloudFormation::Stack";
const MODULE: &str = "::MODULE";

/// Whether a type hides what it is made of, so that it may hold data.
pub fn opaque(resource_type: &str) -> bool {
    resource_type == STACK || resource_type.ends_with(MODULE) || resource_type == macros::UNKNOWN
}

/// What cannot be seen in a file.
pub fn of(file: &File) -> Vec<Unseen> {
    let mut unseen = Vec::new();
    let mut add = |what: &str, why: String| unseen.push(Unseen { file: file.name.clone(), what: what.to_owned(), why, broken: false });
    let template = &file.template;
    if let Some(transform) = template.rest.get("Transform") {
        for name in words(transform) {
            let why = match name.as_str() {
                "AWS::LanguageExtensions" => continue,
                "AWS::Serverless-2016-10-31" => {
                    "SAM makes the resources when it is deployed; what is compared is what is written: run `sam validate --lint` or \
                     `sam build`, and compare what that writes"
                        .to_owned()
                }
                name => format!("the macro {name} rewrites the template when it is deployed; what is compared is what is written"),
            };
            add("Transform", why);
        }
    }
    for (section, entries) in &template.macros {
        for name in entries.keys() {
            let why = format!("{name} makes entries of {section} when it is deployed; it is compared as it is written");
            add(&format!("{section}.{name}"), why);
        }
    }
    for (id, resource) in &template.resources {
        if resource.resource_type == STACK {
            add(id, "a nested stack: what is in it stands in another template; compare that one too".to_owned());
        } else if resource.resource_type.ends_with(MODULE) {
            add(id, "a module: what is in it is known to the registry of an account only".to_owned());
        } else if id.starts_with("Fn::") {
            add(id, "it makes resources when it is deployed; it is compared as it is written".to_owned());
        }
        let mut inside = false;
        for value in resource.properties.values() {
            value.walk(&mut |node| inside |= matches!(node.intrinsic(), Some(("Fn::Transform", _))) || loops(node));
        }
        if inside {
            add(id, "a macro inside of it rewrites its properties when it is deployed; they are compared as they are written".to_owned());
        }
    }
    unseen
}

fn loops(node: &Node) -> bool {
    node.as_map().is_some_and(|map| map.keys().any(|key| key.starts_with("Fn::ForEach")))
}

/// The names of transforms: one, several, or several with parameters.
fn words(node: &Node) -> Vec<String> {
    let word = |node: &Node| node.as_str().or_else(|| node.get("Name").and_then(Node::as_str)).map(str::to_owned);
    match node {
        Node::List(items) => items.iter().filter_map(word).collect(),
        other => word(other).into_iter().collect(),
    }
}
