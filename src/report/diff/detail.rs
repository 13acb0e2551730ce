//! Every resource with its tree of properties, and the steps of the moves.

use super::super::look::{Ink, Look, wrap};
use super::super::plan::paragraph;
use super::value::{self, cut};
use super::{Shown, stacks, words};
use crate::diff::{Change, Presence, Replaces, ResourceDifference, StackDifference};
use crate::fate::Fate;

/// Most lines of one script's difference.
const SCRIPT: usize = 60;

/// What to do for each described move that applies.
pub fn steps(shown: &Shown, look: &Look) -> String {
    let mut told: Vec<&str> = Vec::new();
    let mut text = String::new();
    for (_, _, resource) in shown.difference.resources() {
        let Some((way, _)) = resource.data.as_ref().and_then(|data| data.way.as_ref()) else { continue };
        if !told.contains(&way.id) {
            told.push(way.id);
            text.push_str(&paragraph("Move", &format!("{} ({}): {}", way.words, way.pause, way.steps), look));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// All sets, stacks, resources and properties.
pub fn tree(shown: &Shown, look: &Look) -> String {
    let several = shown.difference.sets.len() > 1;
    let mut text = String::new();
    for set in shown.difference.sets.iter().filter(|set| !set.is_empty()) {
        if several {
            text.push_str(&stacks::heading(set, look));
        }
        for stack in &set.stacks {
            if stack.presence == Presence::Both && stack.resources.is_empty() && stack.sections.is_empty() {
                text.push_str(&format!("  {} without differences\n", look.ink(Ink::Strong, &value::name(&stack.name))));
                continue;
            }
            text.push_str(&stacks::line(set, stack, look));
            text.push_str(&resources(stack, look));
        }
        text.push('\n');
    }
    text
}

fn resources(stack: &StackDifference, look: &Look) -> String {
    let mut ordered: Vec<&ResourceDifference> = stack.resources.iter().collect();
    ordered.sort_by_key(|resource| words::rank(&resource.action));
    let mut text = String::new();
    for resource in ordered {
        let about = match &resource.why {
            why if why.is_empty() => words::kind(&resource.resource_type),
            why => format!("{} · {}", words::kind(&resource.resource_type), value::calm(why)),
        };
        let line = format!("{} {}  {about}", words::mark(&resource.action), value::name(&resource.id));
        text.push_str(&format!("    {}\n", look.ink(ink(resource), &cut(&line, look.width.saturating_sub(4)))));
        for note in notes(resource) {
            for line in wrap(&note, look.width.saturating_sub(8)) {
                text.push_str(&format!("        {line}\n"));
            }
        }
        text.push_str(&properties(&resource.changes, look));
    }
    if !stack.sections.is_empty() {
        text.push_str(&format!("    {}\n", look.ink(Ink::Faint, "beside the resources")));
        text.push_str(&properties(&stack.sections, look));
    }
    text
}

fn ink(resource: &ResourceDifference) -> Ink {
    match words::rank(&resource.action) {
        0..=3 => Ink::Danger,
        4..=5 => Ink::Warning,
        _ => Ink::Strong,
    }
}

/// What happens to it, and why, where that is not plain from its sign.
fn notes(resource: &ResourceDifference) -> Vec<String> {
    let mut notes = Vec::new();
    let verb = words::verb(resource, false);
    match words::rank(&resource.action) {
        0..=1 => notes.extend(resource.causes.iter().map(|cause| format!("{verb}: {}", words::reason(resource, cause)))),
        3..=5 if resource.old_id() == resource.id => notes.push(verb),
        3..=5 => notes.push(format!("was {}: deleted and made anew", value::name(resource.old_id()))),
        _ => {}
    }
    if let Some(data) = resource.data.as_ref().filter(|data| data.fate > Fate::Keep) {
        notes.push(format!("data: {}", words::data(data)));
    }
    if resource.name_taken {
        notes.push(words::NAME_TAKEN.to_owned());
    }
    notes
}

/// A line a change: where, what was, what is, and whether it replaces; metadata are only counted.
fn properties(changes: &[Change], look: &Look) -> String {
    let metadata = |change: &&Change| change.path.first().is_some_and(|first| first == "Metadata");
    let mut text = String::new();
    for change in changes.iter().filter(|change| !metadata(change)) {
        let mark = match (&change.old, &change.new) {
            (None, Some(_)) => "+",
            (Some(_), None) => "-",
            _ => "~",
        };
        let remark = match (change.replaces, change.when) {
            (Replaces::No, _) => String::new(),
            (Replaces::Yes, _) => "  # forces replacement".to_owned(),
            (Replaces::Maybe, when) => format!("  # may replace{}", when.map_or_else(String::new, |when| format!(" {when}"))),
        };
        let (path, room) = (value::path(change), look.width.saturating_sub(8));
        let script = match (&change.old, &change.new) {
            (Some(old), Some(new)) if !change.secret && change.through.is_none() => value::script(old, new),
            _ => None,
        };
        let both = mark == "~" && script.is_none() && change.through.is_none() && !change.secret;
        let most = room.saturating_sub(path.chars().count() + 3 + if both { 3 } else { 2 }).max(24) / if both { 2 } else { 1 };
        let words = value::change(change, most);
        let words = words.trim_start_matches(['+', '-']).trim_start();
        let line = format!("{mark} {path}: {words}");
        let whole = format!("{line}{remark}");
        if whole.chars().count() <= room || remark.is_empty() {
            text.push_str(&format!("        {}\n", cut(&whole, room)));
        } else {
            text.push_str(&format!("        {}\n", cut(&line, room)));
            for part in wrap(remark.trim_start(), room.saturating_sub(2)) {
                text.push_str(&format!("          {part}\n"));
            }
        }
        if let Some((old, new)) = script {
            text.push_str(&lines(old, new, look));
        }
    }
    let reworded = changes.iter().filter(metadata).count();
    if reworded > 0 {
        let said = format!("{} of Metadata", words::counted(reworded, "change"));
        text.push_str(&format!("        {}\n", look.ink(Ink::Faint, &said)));
    }
    text
}

/// Two scripts line by line, with a line around what differs.
fn lines(old: &str, new: &str, look: &Look) -> String {
    if old.len() + new.len() > value::LONGEST_SCRIPT {
        return String::new();
    }
    let diff = similar::TextDiff::from_lines(old, new);
    let unified = diff.unified_diff().context_radius(1).to_string();
    let mut text = String::new();
    for line in unified.lines().filter(|line| !line.starts_with("\\ No newline")).take(SCRIPT) {
        let ink = match line.chars().next() {
            Some('+') => Ink::Good,
            Some('-') => Ink::Danger,
            _ => Ink::Faint,
        };
        text.push_str(&format!("          {}\n", look.ink(ink, &cut(&value::calm(line), look.width.saturating_sub(10)))));
    }
    let more = unified.lines().count().saturating_sub(SCRIPT);
    if more > 0 {
        text.push_str(&format!("          … {more} more lines\n"));
    }
    text
}
