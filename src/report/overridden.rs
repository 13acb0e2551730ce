//! What the user set in the place of a component, in words.

use super::error::warning;
use super::look::Look;
use super::plan::paragraph;
use crate::render::Stack;
use crate::render::overridden::{Overridden, Unused};

/// Most characters of a value that are shown.
const MOST: usize = 60;

/// One override: `DatabaseWriter DBInstanceClass: db.r8g.xlarge (was db.r8g.large)`.
fn line(one: &Overridden) -> String {
    let was = one.was.as_ref().map_or_else(|| "not set before".to_owned(), |value| format!("was {}", shown(value)));
    let is = one.is.as_ref().map_or_else(|| "taken away".to_owned(), shown);
    format!("{} {}: {is} ({was})", one.logical_id, one.path)
}

/// A value on one line.
pub fn shown(node: &cfn::Node) -> String {
    let text = match node.as_str() {
        Some(text) => text.to_owned(),
        None => cfn::json::minified(node),
    };
    let text = text.replace('\n', " ");
    if text.chars().count() <= MOST { text } else { format!("{}…", text.chars().take(MOST).collect::<String>()) }
}

/// Each override once, whatever the number of regions.
fn all(stacks: &[Stack]) -> Vec<&Overridden> {
    let mut list: Vec<&Overridden> = Vec::new();
    for one in stacks.iter().flat_map(|stack| &stack.overridden) {
        if !list.iter().any(|other| other.logical_id == one.logical_id && other.path == one.path) {
            list.push(one);
        }
    }
    list
}

/// The part of a plan that says what is overridden; empty when nothing is.
pub fn section(stacks: &[Stack], look: &Look) -> String {
    let mut text = String::new();
    for (index, one) in all(stacks).into_iter().enumerate() {
        let head = if index == 0 { "Overrides" } else { "" };
        text.push_str(&paragraph(head, &line(one), look));
        if let Some(danger) = &one.danger {
            text.push_str(&paragraph("", &format!("! {danger}"), look));
        }
    }
    text
}

/// The same as a list of Markdown; empty when nothing is overridden.
pub fn markdown(stacks: &[Stack]) -> String {
    let list = all(stacks);
    if list.is_empty() {
        return String::new();
    }
    let mut text = "\n## Overridden\n\n".to_owned();
    for one in list {
        let danger = one.danger.as_ref().map_or_else(String::new, |danger| format!(" **{danger}**"));
        let was = one.was.as_ref().map_or_else(|| "not set before".to_owned(), |value| format!("was `{}`", shown(value)));
        let is = one.is.as_ref().map_or_else(|| "taken away".to_owned(), |value| format!("`{}`", shown(value)));
        text.push_str(&format!("- `{}` `{}`: {is} ({was}){danger}\n", one.logical_id, one.path));
    }
    text
}

/// A warning for each override that does more than a change in place.
pub fn dangers(stacks: &[Stack], look: &Look) -> Vec<String> {
    let dangerous = all(stacks).into_iter().filter_map(|one| Some((one, one.danger.as_ref()?)));
    dangerous.map(|(one, danger)| warning(&format!("override of {} {}: {danger}", one.logical_id, one.path), look)).collect()
}

/// A warning that an override finds nothing here.
pub fn unused(unused: &Unused, phase: &str, look: &Look) -> String {
    let phases = unused.phases.join(", ");
    warning(&format!("override of {}: phase {phase} has no such resource; it is in {phases}", unused.logical_id), look)
}
