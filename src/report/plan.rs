//! A plan on one screen: the load, the phase, the components with size and reason, stacks, what it rests on, what to do next.

use super::columns::columns;
use super::look::{Ink, Look, fit, wrap};
use super::stale::plural;
use crate::architecture::{Architecture, Piece};
use crate::component::Driver;
use crate::render::Stack;
use crate::units::thousands;
use crate::workload::assumption;

/// Most component rows of the short plan; a screen has 24 to 30 lines.
const ROWS: usize = 13;
/// Widest columns of the short table.
const LABEL: usize = 22;
const SIZE: usize = 28;

/// The assumptions that move sizes most, with the words around their value.
const LEADING: [(&str, &str, &str); 4] = [
    ("dau_share", "daily share ", ""),
    ("requests_per_active_user_per_day", "", " requests a user and day"),
    ("peak_factor", "peak ", " × mean"),
    ("queries_per_request", "", " queries a request"),
];

/// The short plan; `again` are the flags that lead to it.
pub fn plan(architecture: &Architecture, stacks: &[Stack], again: &str, look: &Look) -> String {
    let mut text = head(architecture, look);
    text.push('\n');
    let shown = shown(&architecture.pieces);
    let sizes: Vec<String> = shown.iter().map(|piece| fit(&piece.component.size().to_string(), SIZE)).collect();
    let widest = |cells: &mut dyn Iterator<Item = usize>| cells.max().unwrap_or(0);
    let label = widest(&mut shown.iter().map(|piece| piece.component.label().chars().count())).clamp(9, LABEL);
    let size = widest(&mut sizes.iter().map(|size| size.chars().count())).clamp(4, SIZE);
    let why = look.width.saturating_sub(label + size + 6);
    // A few components have room for whole sentences; many share the screen.
    let lines = (ROWS / shown.len().max(1)).clamp(1, 3);
    let rows: Vec<Vec<String>> = shown
        .iter()
        .zip(sizes)
        .map(|(piece, size)| {
            let reason = piece.reasons.first().map_or("", |reason| reason.text.as_str());
            vec![fit(piece.component.label(), LABEL), size, fit(reason, why * lines - 2 * (lines - 1))]
        })
        .collect();
    text.push_str(&columns(&["COMPONENT", "SIZE", "WHY"], &rows, &[LABEL, SIZE], 2, look));
    let hidden = architecture.pieces.len() - shown.len();
    if hidden > 0 {
        text.push_str(&format!("  …  {hidden} more: --detail\n"));
    }
    text.push_str(&format!("\n  {}\n\n", counts(architecture, stacks)));
    text.push_str(&paragraph("Rests on", &format!("{} (all: --detail)", rests_on(architecture)), look));
    for notice in &architecture.notices {
        text.push_str(&paragraph("Note", notice, look));
    }
    text.push_str(&next(again, look));
    text
}

/// The first lines: users, phase, region, load, and why this phase.
pub fn head(architecture: &Architecture, look: &Look) -> String {
    let load = &architecture.load;
    let phase = &architecture.phase;
    let regions: Vec<String> = architecture.regions.iter().map(|region| region.region.to_string()).collect();
    let title = format!("{} monthly users → phase {} · {}", architecture.users, phase.id, regions.join(", "));
    let mut text = format!("{}\n", look.ink(Ink::Strong, &title));
    let stress = assumption("stress_share")
        .map_or_else(String::new, |entry| entry.unit.format(architecture.assumptions.value(entry.id).unwrap_or(entry.value)));
    let number = |rate: crate::units::PerSecond| crate::units::number(rate.get());
    let rates = format!(
        "{} a day · {} requests/s mean · {} at peak · {} if {stress} come at once",
        load.daily_active,
        number(load.requests_mean),
        number(load.requests_peak),
        number(load.requests_stress)
    );
    for line in wrap(&rates, look.width.saturating_sub(2)) {
        text.push_str(&format!("  {line}\n"));
    }
    for line in wrap(&format!("{}: {}", phase.title, phase.why), look.width.saturating_sub(2)) {
        text.push_str(&format!("  {line}\n"));
    }
    text
}

/// Stacks, resources, zones, regions.
pub fn counts(architecture: &Architecture, stacks: &[Stack]) -> String {
    let resources: usize = stacks.iter().map(|stack| stack.template.resources.len()).sum();
    let mut parts = vec![
        format!("{} {}", stacks.len(), plural(stacks.len(), "stack")),
        format!("{} {}", thousands(u64::try_from(resources).unwrap_or(u64::MAX)), plural(resources, "resource")),
    ];
    let zones = architecture.phase.zones;
    if zones > 0 {
        parts.push(format!("{zones} {}", plural(zones, "zone")));
    }
    let regions = architecture.regions.len();
    if regions > 1 {
        parts.push(format!("{regions} regions"));
    }
    parts.join(" · ")
}

/// What to do with a plan. Commands are not wrapped: they are there to be copied.
pub fn next(again: &str, look: &Look) -> String {
    format!("  {}      scalectl render {again} -o templates\n            scalectl deploy {again}\n", look.ink(Ink::Strong, "Next"))
}

/// A head in a narrow column with wrapped words beside it.
pub fn paragraph(head: &str, words: &str, look: &Look) -> String {
    let mut text = String::new();
    for (index, line) in wrap(words, look.width.saturating_sub(12)).iter().enumerate() {
        let head = if index == 0 { head } else { "" };
        text.push_str(&format!("  {}{}{line}\n", look.ink(Ink::Strong, head), " ".repeat(10 - head.len().min(9))));
    }
    text
}

/// The leading assumptions and those that the user set.
fn rests_on(architecture: &Architecture) -> String {
    let value = |id: &str| {
        let entry = assumption(id)?;
        Some((entry, architecture.assumptions.value(id)?))
    };
    let mut parts = Vec::new();
    for (id, before, after) in LEADING {
        if let Some((entry, value)) = value(id) {
            let number = if after.is_empty() { entry.unit.format(value) } else { crate::units::number(value) };
            let set = if architecture.assumptions.is_overridden(id) { " (set)" } else { "" };
            parts.push(format!("{before}{number}{after}{set}"));
        }
    }
    let set = architecture.assumptions.entries().filter(|(entry, _)| architecture.assumptions.is_overridden(entry.id));
    for (entry, value) in set.filter(|(entry, _)| LEADING.iter().all(|(id, ..)| *id != entry.id)) {
        parts.push(format!("{} {} (set)", entry.id, entry.unit.format(value)));
    }
    parts.join(", ")
}

/// The pieces that the short plan shows, in their order: those with a class or a count come before those that the phase asks for anyway.
fn shown(pieces: &[Piece]) -> Vec<&Piece> {
    if pieces.len() <= ROWS {
        return pieces.iter().collect();
    }
    let weight = |piece: &Piece| {
        let size = piece.component.size();
        let chosen = piece.reasons.first().is_some_and(|reason| reason.driver != Driver::Phase);
        usize::from(size.class.is_none()) + usize::from(size.count.is_none()) + usize::from(!chosen)
    };
    let mut ranked: Vec<usize> = (0..pieces.len()).collect();
    ranked.sort_by_key(|index| weight(&pieces[*index]));
    ranked.truncate(ROWS - 1);
    ranked.sort_unstable();
    ranked.into_iter().map(|index| &pieces[index]).collect()
}
