//! The single resources of each set, folded away in a comment: cut in the middle where they are too many.

use super::Shown;
use super::markdown::length;
use super::safe::{inline, preformatted};
use super::stacks::single;
use super::value::{self, cut, name};
use super::words;
use crate::diff::{ResourceDifference, SetDifference};
use crate::fate::Fate;

/// Most characters of a line.
const LINE: usize = 160;
/// Most properties of a dangerous resource.
const PROPERTIES: usize = 12;
/// Characters below which a set's resources are not begun.
const LEAST: usize = 400;

/// All sets that differ, in at most so many characters. What a small set leaves is for the larger ones.
pub fn details(shown: &Shown, room: usize) -> String {
    let all: Vec<(String, Vec<String>)> = shown
        .difference
        .sets
        .iter()
        .filter(|set| !set.is_empty())
        .map(|set| (summary(shown, set), lines(set).iter().map(|line| preformatted(&cut(line, LINE))).collect()))
        .collect();
    let whole: Vec<usize> = all.iter().map(|(summary, lines)| length(&block(summary, lines, usize::MAX))).collect();
    // From the smallest on, each takes what it needs or an equal part of what is left.
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| whole.get(*at).copied().unwrap_or_default());
    let mut parts = vec![0; all.len()];
    let mut left = room.saturating_sub(80);
    for (done, at) in order.iter().enumerate() {
        let part = whole.get(*at).copied().unwrap_or_default().min(left / (all.len() - done));
        left -= part;
        if let Some(slot) = parts.get_mut(*at) {
            *slot = part;
        }
    }
    let mut text = String::new();
    let mut dropped = 0;
    for ((summary, lines), part) in all.iter().zip(parts) {
        let block = block(summary, lines, part);
        if block.is_empty() { dropped += 1 } else { text.push_str(&block) }
    }
    if dropped > 0 {
        let said = format!("\nResources of {}: see the job's log.\n", words::counted(dropped, "set"));
        if length(&text) + length(&said) <= room {
            text.push_str(&said);
        }
    }
    text
}

/// One folded block in at most so many characters; nothing when that is too few.
fn block(summary: &str, lines: &[String], most: usize) -> String {
    let (open, close) = (format!("\n<details><summary>{summary}</summary>\n\n<pre>\n"), "</pre>\n\n</details>\n");
    let total: usize = lines.iter().map(|line| length(line) + 1).sum();
    let around = length(&open) + length(close);
    if around + total <= most {
        return format!("{open}{}\n{close}", lines.join("\n"));
    }
    if most < LEAST.max(around + 200) {
        return String::new();
    }
    let half = (most - around - 120) / 2;
    let fitting = |lines: &mut dyn Iterator<Item = &String>| {
        let mut used = 0;
        lines
            .take_while(|line| {
                used += length(line) + 1;
                used <= half
            })
            .count()
    };
    let (head, tail) = (fitting(&mut lines.iter()), fitting(&mut lines.iter().rev()));
    let cut = lines.len().saturating_sub(head + tail);
    let mut text = open;
    for line in lines.iter().take(head) {
        text.push_str(&format!("{line}\n"));
    }
    text.push_str(&format!("… {} cut here; all of them are in the job's log …\n", words::counted(cut, "line")));
    for line in lines.iter().skip(lines.len() - tail) {
        text.push_str(&format!("{line}\n"));
    }
    text.push_str(close);
    text
}

/// `10k: ~ WebServers  MaxSize 6 → 8 …`: the most telling resource.
fn summary(shown: &Shown, set: &SetDifference) -> String {
    let label = if set.name.is_empty() { &shown.difference.to } else { &set.name };
    let count = set.resources().count();
    let first = set.resources().map(|(_, resource)| resource).min_by_key(|resource| words::rank(&resource.action));
    let first = first.map_or_else(|| "no resource, but what is beside them".to_owned(), |resource| cut(&single(resource), 80));
    let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
    inline(&format!("{}: {first}{more}", name(label)))
}

/// Whether a resource's properties are told too.
fn dangerous(resource: &ResourceDifference) -> bool {
    resource.replaced() || resource.data.as_ref().is_some_and(|data| data.fate > Fate::Keep)
}

fn lines(set: &SetDifference) -> Vec<String> {
    let mut lines = Vec::new();
    for stack in set.stacks.iter().filter(|stack| !stack.resources.is_empty() || !stack.sections.is_empty()) {
        lines.push(format!("{} stack", name(&stack.name)));
        let mut ordered: Vec<&ResourceDifference> = stack.resources.iter().collect();
        ordered.sort_by_key(|resource| words::rank(&resource.action));
        for resource in ordered {
            lines.push(format!("  {}", single(resource)));
            if !dangerous(resource) {
                continue;
            }
            for change in
                resource.changes.iter().filter(|change| change.path.first().is_none_or(|first| first != "Metadata")).take(PROPERTIES)
            {
                lines.push(format!("      {}: {}", value::path(change), value::change(change, 60)));
            }
        }
        let entry = |change: &crate::diff::Change| format!("  {}: {}", value::path(change), value::change(change, 60));
        lines.extend(stack.sections.iter().map(entry));
    }
    lines
}
