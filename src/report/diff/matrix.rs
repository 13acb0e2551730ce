//! The road in a matrix: from every phase to every other, what happens to data.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::columns::columns;
use super::super::json::{FORMAT_VERSION, pretty};
use super::super::look::{Ink, Look, wrap};
use super::super::plan::paragraph;
use super::json::{CountsView, counts};
use super::safe::inline;
use super::value::{name, tame};
use super::words;
use crate::diff::{DataFate, Pair, ResourceDifference};
use crate::fate::Fate;

/// Phases in the order in which the pairs name them.
fn phases(pairs: &[Pair]) -> Vec<&str> {
    let mut phases: Vec<&str> = Vec::new();
    for pair in pairs {
        for one in [&pair.from, &pair.to] {
            if !phases.contains(&one.as_str()) {
                phases.push(one);
            }
        }
    }
    // The first pairs name the first phase and then all others, so the order is that of the road.
    phases
}

/// What happens to the data of a pair's resources.
fn fates(pair: &Pair) -> impl Iterator<Item = (&ResourceDifference, &DataFate)> {
    pair.difference.resources().filter_map(|(_, _, resource)| resource.data.as_ref().map(|data| (resource, data)))
}

/// `move 2`, or `·` where all data stay.
fn cell(pairs: &[Pair], from: &str, to: &str) -> String {
    let Some(pair) = pairs.iter().find(|pair| pair.from == from && pair.to == to) else { return String::new() };
    let worst = pair.difference.worst();
    let count = fates(pair).filter(|(_, data)| data.fate == worst).count();
    match worst {
        Fate::Keep => "·".to_owned(),
        Fate::Lose => format!("LOSE {count}"),
        // The longest word would make the table wider than a screen.
        Fate::Snapshot => format!("snap {count}"),
        other => format!("{} {count}", other.word()),
    }
}

/// The rows of the table, each with its phase first.
fn rows(pairs: &[Pair]) -> Vec<Vec<String>> {
    let phases = phases(pairs);
    phases.iter().map(|from| std::iter::once(name(from)).chain(phases.iter().map(|to| cell(pairs, from, to))).collect()).collect()
}

/// `10k → 1k, launch; 500k → 1k`: pairs that go from one phase to several are told together, and so are phases that lead to the same ones.
fn spoken(pairs: &[(&str, &str)]) -> String {
    let mut by_from: Vec<(&str, Vec<&str>)> = Vec::new();
    for (from, to) in pairs {
        match by_from.iter_mut().find(|(known, _)| known == from) {
            Some((_, tos)) if tos.contains(to) => {}
            Some((_, tos)) => tos.push(to),
            None => by_from.push((from, vec![to])),
        }
    }
    let mut alike: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for (from, tos) in by_from {
        match alike.iter_mut().find(|(_, known)| *known == tos) {
            Some((froms, _)) => froms.push(from),
            None => alike.push((vec![from], tos)),
        }
    }
    let names = |all: &[&str]| all.iter().map(|one| name(one)).collect::<Vec<_>>().join(", ");
    let words: Vec<String> = alike.iter().map(|(froms, tos)| format!("{} → {}", names(froms), names(tos))).collect();
    words.join("; ")
}

/// Each described move, in words, with the pairs in which it happens.
fn moves(pairs: &[Pair]) -> Vec<(String, String)> {
    let mut all: Vec<(String, Vec<(&str, &str)>)> = Vec::new();
    for pair in pairs {
        for (resource, data) in fates(pair) {
            let Some((way, homes)) = &data.way else { continue };
            let kind = words::kind(resource.old_type.as_deref().unwrap_or(&resource.resource_type));
            let homes: Vec<String> = homes.iter().map(|home| name(home)).collect();
            let words = format!("{} ({kind}) {} → {} ({})", name(resource.old_id()), way.words, homes.join(", "), way.pause);
            match all.iter_mut().find(|(known, _)| *known == words) {
                Some((_, where_)) => where_.push((&pair.from, &pair.to)),
                None => all.push((words, vec![(&pair.from, &pair.to)])),
            }
        }
    }
    all.into_iter().map(|(words, pairs)| (words, spoken(&pairs))).collect()
}

/// Resources with this fate, those together that share their pairs.
fn with_fate(pairs: &[Pair], fate: Fate) -> Vec<(Vec<String>, String)> {
    let mut by_resource: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    for pair in pairs {
        for (resource, _) in fates(pair).filter(|(_, data)| data.fate == fate) {
            by_resource.entry(name(resource.old_id())).or_default().push((&pair.from, &pair.to));
        }
    }
    let mut together: Vec<(Vec<String>, String)> = Vec::new();
    for (id, pairs) in by_resource {
        let words = spoken(&pairs);
        match together.iter_mut().find(|(_, known)| *known == words) {
            Some((ids, _)) => ids.push(id),
            None => together.push((vec![id], words)),
        }
    }
    together
}

/// What breaks the promise of the road: data that are lost or only snapshotted, and resources with data that are replaced.
pub fn broken(pairs: &[Pair]) -> Vec<String> {
    let mut all: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    for pair in pairs {
        for (resource, data) in fates(pair) {
            let lost = data.fate > Fate::Retain;
            if lost || resource.replaced() {
                let verb = if resource.replaced() { words::verb(resource, false) } else { "leaves".to_owned() };
                let what = if lost { format!("{verb}, data: {}", data.fate.word()) } else { verb };
                all.entry(format!("{} {what}", name(resource.old_id()))).or_default().push((&pair.from, &pair.to));
            }
        }
    }
    all.into_iter().map(|(what, pairs)| format!("{what}: {}", spoken(&pairs))).collect()
}

const HOLDS: &str = "no stateful resource is lost, none is replaced";

/// The matrix for people.
pub fn matrix(pairs: &[Pair], look: &Look) -> String {
    let phases: Vec<String> = phases(pairs).iter().map(|phase| name(phase)).collect();
    let heads: Vec<&str> = std::iter::once("FROM ↓ TO →").chain(phases.iter().map(String::as_str)).collect();
    let mut text = columns(&heads, &rows(pairs), &[], 0, look);
    text.push_str("\n  the worst that happens to data, and to how many resources; · where all of them stay\n\n");
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
    for row in rows(pairs) {
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
