//! The templates that are deployed together, from our own stacks or from anybody's files.

use cfn::syntax::{self, Document, SyntaxError};
use cfn::template::{Template, TemplateError};

use crate::render::Stack;

/// One template of a set.
#[derive(Debug)]
pub struct File {
    /// How the user calls it: `templates/10k/app.yaml`.
    pub name: String,
    /// The region that it is deployed in, when that is known.
    pub region: Option<String>,
    /// The region of the group of stacks that it belongs to, when there are several groups: `us-west-2` for `data.us-west-2.yaml`.
    pub group: Option<String>,
    /// What it says.
    pub template: Template,
    /// Where each part stands, when it was read from text; its tree is in the template.
    pub document: Option<Document>,
    /// How long the text is, when it was read from text.
    pub bytes: Option<usize>,
}

/// What is deployed together; a parameter of one file takes the output of the same name from another.
#[derive(Debug, Default)]
pub struct Set {
    /// The files, in the order in which they are named.
    pub files: Vec<File>,
}

impl Set {
    /// The file and the output that feed this parameter of a file: the output of the same name, of its own region's stacks first, or the output
    /// of another region's stacks that the parameter names with the region behind it.
    pub fn feeding<'p>(&self, file: usize, parameter: &'p str) -> Option<(usize, &'p str)> {
        let own = self.files.get(file)?.group.as_deref();
        let others = || self.files.iter().enumerate().filter(|(index, _)| *index != file);
        let of = |group: Option<&str>| {
            let mut with = others().filter(|(_, other)| other.group.as_deref() == group && other.template.outputs.contains_key(parameter));
            with.next().map(|(index, _)| (index, parameter))
        };
        of(own).or_else(|| of(None)).or_else(|| {
            // `LoadBalancerUsWest2` is the output LoadBalancer of us-west-2's stacks.
            others().find_map(|(index, other)| {
                let suffix: String = other.region.as_deref()?.split('-').map(capital).collect();
                let output = parameter.strip_suffix(&suffix)?;
                other.template.outputs.contains_key(output).then_some((index, output))
            })
        })
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Why a file cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Neither YAML nor JSON.
    #[error("{name}:{error}")]
    Syntax {
        /// The file.
        name: String,
        /// What is wrong with it.
        error: SyntaxError,
    },
    /// YAML or JSON, but no template.
    #[error("{name}:{line}:{column}: {error}")]
    Shape {
        /// The file.
        name: String,
        /// Counted from one.
        line: usize,
        /// Counted from one.
        column: usize,
        /// What is wrong with it.
        error: TemplateError,
    },
    /// A template needs resources.
    #[error("{name}: this is no CloudFormation template: it has no Resources at its top level{near}")]
    NoTemplate {
        /// The file.
        name: String,
        /// What it may be instead.
        near: String,
    },
}

impl File {
    /// Reads a template from text.
    ///
    /// # Errors
    /// When the text is no CloudFormation template; the error names file, line and column.
    pub fn read(name: &str, text: &str) -> Result<File, Unreadable> {
        let mut document = syntax::parse(text).map_err(|error| Unreadable::Syntax { name: name.to_owned(), error })?;
        if document.root.get("Resources").is_none() {
            let mut near = String::new();
            for (key, what) in [
                ("services", "; it looks like a Docker Compose file"),
                ("apiVersion", "; it looks like a Kubernetes manifest"),
                ("resource", "; it looks like Terraform's JSON"),
            ] {
                if document.root.get(key).is_some() {
                    near = what.to_owned();
                }
            }
            return Err(Unreadable::NoTemplate { name: name.to_owned(), near });
        }
        // The template is made of the document's own tree; of the document only the places are needed from here on.
        let mut root = std::mem::take(&mut document.root);
        syntax::settle(&mut root);
        let template = Template::of_root(root).map_err(|error| {
            let place = document.nearest(&error.path());
            Unreadable::Shape { name: name.to_owned(), line: place.line, column: place.column, error }
        })?;
        let group = group(name);
        let stem = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let region = group.clone().or_else(|| stem.starts_with("edge.").then(|| crate::render::EDGE_REGION.to_owned()));
        Ok(File { name: name.to_owned(), region, group, template, document: Some(document), bytes: Some(text.len()) })
    }

    /// One of our own stacks, as it would be written to `folder`.
    pub fn of_stack(folder: &str, stack: Stack) -> File {
        let name = format!("{folder}/{}", stack.file);
        File { region: Some(stack.key.region), group: group(&name), name, template: stack.template, document: None, bytes: None }
    }
}

/// `data.us-west-2.yaml` belongs to the stacks of us-west-2.
fn group(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next()?;
    let parts: Vec<&str> = file.split('.').collect();
    match parts.as_slice() {
        [_, region, _] if region.split('-').count() >= 3 => Some((*region).to_owned()),
        _ => None,
    }
}
