//! One side of a comparison: templates from anywhere, in sets that are deployed together.

use cfn::Template;
use cfn::node::{Map, Node};
use cfn::syntax::settle;

use super::macros;
use crate::architecture::Architecture;
use crate::check::{File, Set};
use crate::diff::figures::Figures;
use crate::render::Stack;

/// One side.
#[derive(Debug, Default)]
pub struct Side {
    /// How the user calls it: `1k`, `git:origin/main`, `templates`.
    pub name: String,
    /// The sets, in the order in which they are shown.
    pub sets: Vec<SideSet>,
}

/// Templates that are deployed together.
#[derive(Debug, Default)]
pub struct SideSet {
    /// `10k`: the folder; empty when there is no other set.
    pub name: String,
    /// The templates, every value in one normal form.
    pub files: Set,
    /// Files that cannot be read: what they say is not known, so their stacks are compared on neither side.
    pub broken: Vec<Broken>,
    /// Bill, room and uptime, where a plan stands behind the templates.
    pub figures: Option<Figures>,
}

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its name.
    pub name: String,
    /// What is wrong with it, with line and column.
    pub problem: String,
}

impl Side {
    /// A side of one set without figures.
    pub fn of_files(name: impl Into<String>, files: Vec<File>) -> Side {
        Side { name: name.into(), sets: vec![SideSet::new("", files)] }
    }
}

impl SideSet {
    /// A set of files that were read.
    pub fn new(name: impl Into<String>, files: Vec<File>) -> SideSet {
        let mut files = files;
        files.iter_mut().for_each(|file| normal(&mut file.template));
        SideSet { name: name.into(), files: Set { files }, broken: Vec::new(), figures: None }
    }

    /// The stacks of an architecture of our own.
    pub fn of_stacks(name: impl Into<String>, architecture: &Architecture, stacks: Vec<Stack>) -> SideSet {
        let files = stacks.into_iter().map(|stack| File::of_stack(&architecture.phase.id, stack)).collect();
        SideSet::new(name, files)
    }
}

/// The stack's name: the file's without folder and ending.
pub fn stack_name(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Gives every value of a template its one form, so that what is written otherwise and means the same compares equal.
fn normal(template: &mut Template) {
    let map = |map: &mut Map| map.values_mut().for_each(settle);
    let some = |node: &mut Option<Node>| node.iter_mut().for_each(settle);
    template.macros.values_mut().for_each(map);
    macros::write_out(template);
    for resource in template.resources.values_mut() {
        map(&mut resource.properties);
        map(&mut resource.metadata);
        some(&mut resource.creation_policy);
        some(&mut resource.update_policy);
        map(&mut resource.rest);
        resource.depends_on.sort();
    }
    map(&mut template.conditions);
    map(&mut template.rest);
    for output in template.outputs.values_mut() {
        settle(&mut output.value);
        some(&mut output.export);
    }
}
