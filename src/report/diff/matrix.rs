//! The road in a matrix: from every phase to every other, what happens to data.

use serde::Serialize;

use super::super::json::{FORMAT_VERSION, pretty};
use super::super::look::{Ink, Look, wrap};
use super::super::plan::paragraph;
use super::json::{CountsView, counts};
use super::road::{broken, fates, moves, phases, with_fate};
use super::safe::inline;
use super::value::{name, tame};
use super::words;
use crate::diff::Pair;
use crate::fate::Fate;

/// The worst of a pair and how many resources it happens to; none where a phase meets itself.
fn worst(pairs: &[Pair], from: &str, to: &str) -> Option<(Fate, usize)> {
    let pair = pairs.iter().find(|pair| pair.from == from && pair.to == to)?;
    let worst = pair.difference.worst();
    Some((worst, fates(pair).filter(|(_, data)| data.fate == worst).count()))
}

/// `move 2`, or `·` where all data stay.
fn cell((fate, count): (Fate, usize)) -> String {
    match fate {
        Fate::Keep => "·".to_owned(),
        Fate::Lose => format!("LOSE {count}"),
        // The longest word would make the table wider than a screen.
        Fate::Snapshot => format!("snap {count}"),
        other => format!("{} {count}", other.word()),
    }
}

/// The rows of the table, each with its phase first.
fn rows(pairs: &[Pair], cell: &dyn Fn((Fate, usize)) -> String) -> Vec<Vec<String>> {
    let phases = phases(pairs);
    let of = |from: &str, to: &str| worst(pairs, from, to).map_or_else(String::new, cell);
    phases.iter().map(|from| std::iter::once(name(from)).chain(phases.iter().map(|to| of(from, to))).collect()).collect()
}

/// The table in columns: with words where they have room, or else with their first letters.
fn table(pairs: &[Pair], look: &Look) -> String {
    let letters = |(fate, count): (Fate, usize)| {
        let letter = fate.word().chars().next().unwrap_or('?').to_ascii_uppercase();
        if fate == Fate::Keep { "·".to_owned() } else { format!("{letter}{count}") }
    };
    let mut heads = vec![String::new()];
    heads.extend(phases(pairs).iter().map(|phase| name(phase)));
    let mut text = String::new();
    for (gap, cell) in [(2, &cell as &dyn Fn((Fate, usize)) -> String), (1, &cell), (2, &letters), (1, &letters)] {
        let rows = rows(pairs, cell);
        let all: Vec<&Vec<String>> = std::iter::once(&heads).chain(&rows).collect();
        let width = |column: usize| all.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        text = String::new();
        for (at, row) in all.iter().enumerate() {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            let line = cells.join(&" ".repeat(gap));
            let line = line.trim_end();
            text.push_str(&if at == 0 { look.ink(Ink::Faint, line) } else { line.to_owned() });
            text.push('\n');
        }
        if widths.iter().sum::<usize>() + gap * heads.len().saturating_sub(1) <= look.width {
            break;
        }
    }
    text
}

const HOLDS: &str = "no stateful resource is lost, none is replaced";

/// The matrix for people.
pub fn matrix(pairs: &[Pair], look: &Look) -> String {
    let mut text = table(pairs, look);
    let legend =
        "Each row leads from a phase to all others: the worst that happens to data, and to how many resources; · where all of them stay.";
    text.push('\n');
    wrap(legend, look.width).iter().for_each(|line| text.push_str(&format!("{line}\n")));
    text.push('\n');
    for (words, pairs) in moves(pairs) {
        text.push_str(&paragraph("Move", &format!("{words}: {pairs}"), look));
    }
    for (head, fate) in [("Retain", Fate::Retain), ("Snapshot", Fate::Snapshot), ("LOSE", Fate::Lose)] {
        for (ids, pairs) in with_fate(pairs, fate) {
            text.push_str(&paragraph(head, &format!("{}: {pairs}", ids.join(", ")), look));
        }
    }
    let broken = broken(pairs);
    if broken.is_empty() {
        text.push_str(&format!("\n{} {HOLDS}\n", look.ink(Ink::Good, "✔")));
    } else {
        text.push('\n');
        for what in &broken {
            for (at, line) in wrap(what, look.width.saturating_sub(2)).iter().enumerate() {
                text.push_str(&format!("{} {line}\n", if at == 0 { look.ink(Ink::Danger, "✘") } else { " ".to_owned() }));
            }
        }
    }
    tame(&look.finish(&text), look)
}

/// The matrix for a page or a comment.
pub fn matrix_markdown(pairs: &[Pair]) -> String {
    let phases: Vec<String> = phases(pairs).iter().map(|phase| inline(&name(phase))).collect();
    let mut text = format!("| from ↓ to → | {} |\n|---{}|\n", phases.join(" | "), "|---".repeat(phases.len()));
    for row in rows(pairs, &cell) {
        let cells: Vec<String> = row.iter().map(|cell| inline(cell)).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text.push_str("\nThe worst that happens to data, and to how many resources; · where all of them stay.\n\n");
    for (words, pairs) in moves(pairs) {
        text.push_str(&format!("- **move** {}: {}\n", inline(&words), inline(&pairs)));
    }
    for (head, fate) in [("retain", Fate::Retain), ("snapshot", Fate::Snapshot), ("LOSE", Fate::Lose)] {
        for (ids, pairs) in with_fate(pairs, fate) {
            text.push_str(&format!("- **{head}** {}: {}\n", inline(&ids.join(", ")), inline(&pairs)));
        }
    }
    let broken = broken(pairs);
    if broken.is_empty() {
        text.push_str(&format!("\n**{HOLDS}**\n"));
    }
    for what in &broken {
        text.push_str(&format!("\n- **✘** {}\n", inline(what)));
    }
    text
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    phases: Vec<&'a str>,
    holds: bool,
    pairs: Vec<PairView<'a>>,
}

#[derive(Serialize)]
struct PairView<'a> {
    from: &'a str,
    to: &'a str,
    worst_data_fate: &'static str,
    counts: CountsView,
    data: Vec<FateView<'a>>,
}

#[derive(Serialize)]
struct FateView<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    resource_type: &'a str,
    action: &'static str,
    fate: &'static str,
    sure: bool,
    #[serde(rename = "move")]
    way: Option<&'a str>,
    to: &'a [String],
}

fn view(pair: &Pair) -> PairView<'_> {
    let Pair { from, to, difference } = pair;
    PairView {
        from,
        to,
        worst_data_fate: difference.worst().word(),
        counts: counts(&difference.counts()),
        data: fates(pair)
            .filter(|(_, data)| data.fate > Fate::Keep)
            .map(|(resource, data)| FateView {
                id: resource.old_id(),
                resource_type: resource.old_type.as_deref().unwrap_or(&resource.resource_type),
                action: words::word(&resource.action),
                fate: data.fate.word(),
                sure: data.sure,
                way: data.way.as_ref().map(|(way, _)| way.id),
                to: data.way.as_ref().map_or(&[], |(_, homes)| homes),
            })
            .collect(),
    }
}

/// The matrix for scripts.
pub fn matrix_json(pairs: &[Pair]) -> String {
    let document = Document {
        format_version: FORMAT_VERSION,
        phases: phases(pairs),
        holds: broken(pairs).is_empty(),
        pairs: pairs.iter().map(view).collect(),
    };
    pretty(&document)
}
