//! The stacks of a difference with a line for each resource, or for each group of them where there are many.

use std::collections::BTreeSet;

use super::super::look::{Ink, Look};
use super::Shown;
use super::text::count;
use super::value::{self, cut, name};
use super::words::{self, counted};
use crate::diff::{Action, Presence, ResourceDifference, SetDifference, StackDifference};

/// Widest value in a line of a resource.
const VALUE: usize = 28;
/// Groups of a stack that are shown, from the most generous layout to the most sparing one; what is left out is named in a line.
const GROUPS: [usize; 11] = [40, 12, 9, 7, 6, 5, 4, 3, 2, 1, 0];

/// The stacks, as generously as there are lines.
pub fn fitting(shown: &Shown, room: usize, look: &Look) -> String {
    let mut text = String::new();
    for level in std::iter::once(None).chain(GROUPS.into_iter().map(Some)) {
        text = sets(shown, level, look);
        if count(&text) <= room {
            break;
        }
    }
    text
}

fn sets(shown: &Shown, level: Option<usize>, look: &Look) -> String {
    let difference = shown.difference;
    let mut text = String::new();
    for set in difference.sets.iter().filter(|set| !set.is_empty()) {
        if difference.sets.len() > 1 {
            text.push_str(&heading(set, look));
        }
        text.push_str(&stacks(set, level, look));
    }
    let same = difference.sets.iter().filter(|set| set.is_empty()).count();
    if same > 0 {
        text.push_str(&format!("  {} without differences\n", counted(same, "set")));
    }
    text.push('\n');
    text
}

/// The name of a set, and whether a side lacks it.
pub fn heading(set: &SetDifference, look: &Look) -> String {
    let presence = match set.presence {
        Presence::Both => "",
        Presence::Added => " (only on the new side)",
        Presence::Removed => " (only on the old side)",
    };
    format!("{}{presence}\n", look.ink(Ink::Strong, &name(&set.name)))
}

/// Columns of counts that stand after a stack's name: sign and whether an action belongs to it.
const COLUMNS: [(&str, &[usize]); 5] = [("±", &[0, 1]), ("-", &[2, 3]), ("→", &[4, 5]), ("~", &[6]), ("+", &[7])];

/// `data     - 2  ~ 1  + 14`, the columns that occur in the set.
pub fn line(set: &SetDifference, stack: &StackDifference, look: &Look) -> String {
    let count = |stack: &StackDifference, ranks: &[usize]| {
        stack.resources.iter().filter(|resource| ranks.contains(&words::rank(&resource.action))).count()
    };
    let width = set.stacks.iter().map(|stack| stack.name.chars().count()).max().unwrap_or(0).clamp(6, 24);
    let stack_name = cut(&name(&stack.name), width);
    let mut text = " ".repeat(width.saturating_sub(stack_name.chars().count()) + 1);
    for (sign, ranks) in COLUMNS {
        let widest = set.stacks.iter().map(|stack| count(stack, ranks)).max().unwrap_or(0);
        if widest == 0 {
            continue;
        }
        let digits = widest.to_string().len();
        match count(stack, ranks) {
            0 => text.push_str(&" ".repeat(digits + 4)),
            number => text.push_str(&format!("  {sign} {number:<digits$}")),
        }
    }
    let mut notes = Vec::new();
    match stack.presence {
        Presence::Both => {}
        Presence::Added => notes.push("a new stack".to_owned()),
        Presence::Removed => notes.push("the stack leaves".to_owned()),
    }
    if let Some(words) = sections(stack) {
        notes.push(words);
    }
    let reworded = count(stack, &[words::rank(&Action::Reworded)]);
    if reworded > 0 {
        notes.push(format!("{reworded} only reworded"));
    }
    if !notes.is_empty() {
        text.push_str(&format!("   {}", notes.join(" · ")));
    }
    let room = look.width.saturating_sub(stack_name.chars().count() + 2);
    format!("  {}{}\n", look.ink(Ink::Strong, &stack_name), cut(text.trim_end(), room))
}

/// `Outputs ~ 3, Parameters ~ 1`: what differs beside the resources.
fn sections(stack: &StackDifference) -> Option<String> {
    let mut counts: Vec<(&str, BTreeSet<&str>)> = Vec::new();
    for change in &stack.sections {
        let section = change.path.first().map_or("", String::as_str);
        let entry = change.path.get(1).map_or("", String::as_str);
        match counts.iter_mut().find(|(known, _)| *known == section) {
            Some((_, entries)) => {
                entries.insert(entry);
            }
            None => counts.push((section, BTreeSet::from([entry]))),
        }
    }
    let words: Vec<String> =
        counts.iter().map(|(section, entries)| words::counted(entries.len(), name(section).to_lowercase().trim_end_matches('s'))).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn stacks(set: &SetDifference, level: Option<usize>, look: &Look) -> String {
    let mut text = String::new();
    let mut same = 0;
    for stack in &set.stacks {
        if stack.presence == Presence::Both && stack.resources.is_empty() && stack.sections.is_empty() {
            same += 1;
            continue;
        }
        text.push_str(&line(set, stack, look));
        text.push_str(&resources(stack, level, look));
    }
    if same > 0 {
        text.push_str(&format!("  {} without differences\n", counted(same, "stack")));
    }
    text
}

/// Resources of one component and one action, the most dangerous first.
fn groups(stack: &StackDifference, single: bool) -> Vec<Vec<&ResourceDifference>> {
    let mut groups: Vec<Vec<&ResourceDifference>> = Vec::new();
    for resource in stack.resources.iter().filter(|resource| resource.action != Action::Reworded) {
        let of = |one: &ResourceDifference| (words::rank(&one.action), belongs(one));
        let alike = |group: &&mut Vec<&ResourceDifference>| group.first().is_some_and(|first| of(first) == of(resource));
        match groups.iter_mut().find(alike).filter(|_| !single) {
            Some(group) => group.push(resource),
            None => groups.push(vec![resource]),
        }
    }
    groups.sort_by_key(|group| {
        let precious = group.iter().any(|resource| cfn::facts::holds_data(&resource.resource_type));
        (group.first().map_or(usize::MAX, |first| words::rank(&first.action)), !precious, std::cmp::Reverse(group.len()))
    });
    groups
}

/// What a resource is part of: its component, or its kind where it has none.
fn belongs(resource: &ResourceDifference) -> String {
    if resource.component.is_empty() { words::kind(&resource.resource_type) } else { name(&resource.component.replace('_', " ")) }
}

fn resources(stack: &StackDifference, level: Option<usize>, look: &Look) -> String {
    let groups = groups(stack, level.is_none());
    let most = level.unwrap_or(usize::MAX);
    // One line for the rest is as long as the one group that it would stand for.
    let most = if groups.len() == most.saturating_add(1) { groups.len() } else { most };
    let mut text = String::new();
    for group in groups.iter().take(most) {
        let words = match group.as_slice() {
            [one] => single(one),
            several => {
                let ids: Vec<String> = several.iter().map(|resource| name(&resource.id)).collect();
                let mark = several.first().map_or("", |first| words::mark(&first.action));
                let about = several.first().map(|first| belongs(first)).unwrap_or_default();
                fitted(&format!("{mark} {} {about}: ", several.len()), &ids, look.width.saturating_sub(4))
            }
        };
        text.push_str(&format!("    {}\n", cut(&words, look.width.saturating_sub(4))));
    }
    let rest: Vec<String> = groups
        .iter()
        .skip(most)
        .filter_map(|group| group.first().map(|first| format!("{} {} {}", words::mark(&first.action), group.len(), belongs(first))))
        .collect();
    if !rest.is_empty() {
        text.push_str(&format!("    {}\n", cut(&format!("… {}", rest.join(", ")), look.width.saturating_sub(4))));
    }
    text
}

/// A resource on its line: `~ WebServers  MaxSize 6 → 8`.
pub fn single(resource: &ResourceDifference) -> String {
    let mut text = format!("{} {}", words::mark(&resource.action), name(&resource.id));
    let about = match &resource.action {
        Action::Renamed { .. } | Action::Moved { .. } => {
            let from = name(resource.old_id());
            if from == resource.id { words::verb(resource, false) } else { format!("was {from}: deleted and made anew") }
        }
        Action::Replaced | Action::MayBeReplaced => format!("{}: {}", words::verb(resource, false), words::reasons(resource)),
        Action::MayBeRemoved => words::verb(resource, false),
        Action::Changed => changes(resource),
        Action::Reworded => "only its Metadata".to_owned(),
        Action::Added | Action::Removed if resource.why.is_empty() => words::kind(&resource.resource_type),
        Action::Added | Action::Removed => format!("{} · {}", words::kind(&resource.resource_type), value::calm(&resource.why)),
    };
    if !about.is_empty() {
        text.push_str(&format!("  {about}"));
    }
    text
}

fn changes(resource: &ResourceDifference) -> String {
    let told = resource.changes.iter().filter(|change| change.path.first().is_none_or(|first| first != "Metadata"));
    let words: Vec<String> = told.map(|change| format!("{} {}", value::path(change), value::change(change, VALUE))).collect();
    words.join("; ")
}

/// As many names as have room, and how many more there are.
pub fn fitted(head: &str, names: &[String], width: usize) -> String {
    let mut text = head.to_owned();
    let cut = |text: String| cut(&text, width);
    for (at, one) in names.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let left = names.len() - at - 1;
        let more = if left == 0 { 0 } else { format!(" … {left} more").chars().count() };
        let fits = text.chars().count() + comma.len() + one.chars().count() + more <= width;
        if !fits && at > 0 {
            text.push_str(&format!(" … {} more", left + 1));
            return cut(text);
        }
        text.push_str(comma);
        text.push_str(one);
    }
    cut(text)
}
