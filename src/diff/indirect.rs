//! What makes a property say something else although its text is the same: parameters, mappings and conditions that differ.

use std::collections::{BTreeMap, BTreeSet};

use cfn::{Node, Template};

use super::reference::{self, told};
use super::tree::same;
use crate::check::Set;

/// The names whose meaning differs between two templates of a stack, each with words for it.
#[derive(Debug, Default)]
pub struct Shifted {
    /// Parameters, by name.
    parameters: BTreeMap<String, String>,
    /// Mappings as they were and as they are, by name.
    mappings: BTreeMap<String, (Node, Node)>,
    /// Conditions, by name.
    conditions: BTreeSet<String>,
}

/// One side's template with what feeds it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The file's index in its set.
    pub file: usize,
    /// All templates of the set.
    pub templates: &'a [&'a Template],
    /// What feeds their parameters.
    pub feeds: &'a Set,
}

impl<'a> View<'a> {
    /// The template.
    pub fn template(&self) -> Option<&'a Template> {
        self.templates.get(self.file).copied()
    }

    /// What a parameter is worth: the output that feeds it, or its default.
    fn worth(&self, parameter: &str) -> (Option<(usize, &'a Node)>, Option<&'a Node>) {
        let fed = self.feeds.feeding(self.file, parameter).and_then(|(file, output)| {
            let value = self.templates.get(file).and_then(|template| told(template, output))?;
            Some((file, value))
        });
        let default = self.template().and_then(|template| template.parameters.get(parameter)).and_then(|one| one.default.as_ref());
        (fed, default)
    }
}

/// What differs in meaning between the two.
pub fn shifted(old: View, new: View) -> Shifted {
    let mut shifted = Shifted::default();
    let (Some(before), Some(after)) = (old.template(), new.template()) else { return shifted };
    for (name, parameter) in &after.parameters {
        let Some(was) = before.parameters.get(name) else { continue };
        let ((fed_old, default_old), (fed_new, default_new)) = (old.worth(name), new.worth(name));
        let words = match (fed_old, fed_new) {
            (Some((_, a)), Some((_, b))) if same(a, b) => continue,
            (Some(_), Some(_)) => format!("the output that feeds parameter {name}"),
            (None, None) if was.parameter_type != parameter.parameter_type => format!("the type of parameter {name}"),
            (None, None) => match (default_old, default_new) {
                (Some(a), Some(b)) if same(a, b) => continue,
                (None, None) => continue,
                _ => format!("the default of parameter {name}"),
            },
            // On one side the rest of the set is not there; what the deployment hands over is not known to differ.
            _ => continue,
        };
        shifted.parameters.insert(name.clone(), words);
    }
    for (name, mapping) in &after.mappings {
        if let Some(was) = before.mappings.get(name).filter(|was| !same(was, mapping)) {
            shifted.mappings.insert(name.clone(), (was.clone(), mapping.clone()));
        }
    }
    // A condition may rest on another one, so this goes on until nothing more is found.
    loop {
        let mut more = Vec::new();
        for (name, condition) in after.conditions.iter().filter(|(name, _)| !shifted.conditions.contains(*name)) {
            let Some(was) = before.conditions.get(name) else { continue };
            if !same(was, condition) || shifted.reason(was, condition, true).is_some() {
                more.push(name.clone());
            }
        }
        if more.is_empty() {
            return shifted;
        }
        shifted.conditions.extend(more);
    }
}

impl Shifted {
    /// Whether everything means what it meant.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty() && self.mappings.is_empty() && self.conditions.is_empty()
    }

    /// Whether this condition means something else.
    pub fn condition(&self, name: &str) -> bool {
        self.conditions.contains(name)
    }

    /// Whether what is looked up in a mapping with these keys differs. A row that is new changes nothing for whoever is deployed already.
    fn looked_up(&self, name: &str, keys: &[Node]) -> bool {
        let Some((old, new)) = self.mappings.get(name) else { return false };
        let (Some(old), Some(new)) = (old.as_map(), new.as_map()) else { return true };
        let (row, column) = (keys.get(1).and_then(Node::as_str), keys.get(2).and_then(Node::as_str));
        let rows = old.iter().filter(|(key, _)| row.is_none_or(|row| row == *key));
        rows.map(|(key, was)| (was, new.get(key))).any(|(was, is)| match (was.as_map(), is.and_then(Node::as_map)) {
            (Some(was), Some(is)) => was
                .iter()
                .filter(|(key, _)| column.is_none_or(|column| column == *key))
                .any(|(key, value)| is.get(key).is_none_or(|other| !same(value, other))),
            _ => true,
        })
    }

    /// What makes this value, whose text is the same, mean something else.
    pub fn reason(&self, old: &Node, new: &Node, in_condition: bool) -> Option<String> {
        if self.is_empty() || !same(old, new) {
            return None;
        }
        let mut reason = None;
        reference::names(new, &mut |name| {
            if reason.is_none() {
                reason = self.parameters.get(name).cloned();
            }
        });
        new.walk(&mut |node| {
            if reason.is_some() {
                return;
            }
            match node.intrinsic() {
                Some(("Fn::FindInMap", Node::List(parts))) => {
                    let name = parts.first().and_then(Node::as_str).filter(|name| self.looked_up(name, parts));
                    reason = name.map(|name| format!("mapping {name}"));
                }
                Some(("Fn::If", Node::List(parts))) => {
                    let name = parts.first().and_then(Node::as_str).filter(|name| self.conditions.contains(*name));
                    reason = name.map(|name| format!("condition {name}"));
                }
                Some(("Condition", Node::Str(name))) if in_condition && self.conditions.contains(name) => {
                    reason = Some(format!("condition {name}"));
                }
                _ => {}
            }
        });
        reason
    }
}
