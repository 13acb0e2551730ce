//! A plan on one screen: the load, the phase, the components with size and reason, stacks, what it rests on, what to do next.

use super::columns::columns;
use super::look::{Ink, Look, wrap};
use super::stale::plural;
use crate::architecture::{Architecture, Piece};
use crate::component::Size;
use crate::diff::Difference;
use crate::judgement::Judgement;
use crate::render::Stack;
use crate::units::{PerSecond, thousands};
use crate::workload::assumption;

/// Most lines of the short plan: on a narrow screen, and on one of [`WIDE`] columns or more, where a component takes one line.
const LINES: (usize, usize) = (36, 30);
const WIDE: usize = 120;
/// Widest columns of the short table: label, size.
pub const LABEL: usize = 16;
/// See [`LABEL`].
const SIZE: usize = 26;

/// Components from the most telling down: what users wait for and what binds, then what goes with it. Those that are not here come last.
const TELLING: [&str; 20] = [
    "services",
    "web_servers",
    "app_server",
    "database_cluster",
    "database_instance",
    "database_server",
    "cache",
    "sessions",
    "workers",
    "load_balancer",
    "content_delivery",
    "queue",
    "network",
    "assets",
    "uploads",
    "internal_load_balancer",
    "landing_page",
    "http_api",
    "signup",
    "data_volume",
];

/// Requests a second below which their number says nothing.
const FEW: f64 = 0.01;

/// The assumptions that move sizes most, with the words around their value.
const LEADING: [(&str, &str, &str); 4] = [
    ("dau_share", "daily share ", ""),
    ("requests_per_active_user_per_day", "", " requests a user and day"),
    ("peak_factor", "peak ", " × mean"),
    ("queries_per_request", "", " queries a request"),
];

/// The short plan; `again` are the flags that lead to it, `step` is what changes on the way to it.
pub fn plan(
    architecture: &Architecture,
    stacks: &[Stack],
    judgement: &Judgement,
    step: Option<&Difference>,
    again: &str,
    look: &Look,
) -> String {
    let head = head(architecture, look);
    let mut foot = format!("\n  {}\n\n", counts(architecture, stacks));
    foot.push_str(&judged(architecture, judgement, look));
    foot.push_str(&changed(step, look));
    foot.push_str(&paragraph("Rests on", &format!("{} (all: --detail)", rests_on(architecture)), look));
    foot.push_str(&super::overridden::section(stacks, look));
    for notice in &architecture.notices {
        foot.push_str(&paragraph("Note", notice, look));
    }
    foot.push_str(&next(again, step, look));
    let lines = if look.width < WIDE { LINES.0 } else { LINES.1 };
    let room = lines.saturating_sub(head.lines().count() + foot.lines().count() + 1);
    format!("{head}\n{}{foot}", table(&ranked(&architecture.pieces), room, look))
}

/// The bill, how far it carries, and what is promised: a line each.
pub fn judged(architecture: &Architecture, judgement: &Judgement, look: &Look) -> String {
    let mut text = paragraph("Bill", &super::cost::sentence(&architecture.estimate, &judgement.range), look);
    text.push_str(&paragraph("Room", &super::headroom::sentence(&judgement.headroom), look));
    text.push_str(&paragraph("Uptime", &super::availability::sentence(&judgement.availability), look));
    text
}

/// What changes on the way to this plan, and what happens to the data: a line each.
pub fn changed(step: Option<&Difference>, look: &Look) -> String {
    step.map_or_else(String::new, |step| {
        let (changes, data) = (super::diff::step::changes(step), super::diff::step::data(step));
        paragraph("Changes", &changes, look) + &paragraph("Data", &data, look)
    })
}

/// The components from the first on, as many as have room, and the names of the others.
fn table(pieces: &[&Piece], room: usize, look: &Look) -> String {
    let all: Vec<Vec<String>> = pieces.iter().map(|piece| row(piece)).collect();
    let mut shown = all.len();
    loop {
        let mut text = columns(&["COMPONENT", "SIZE", "WHY"], &all[..shown], &[LABEL, SIZE], 2, look);
        if shown < all.len() {
            let names: Vec<&str> = pieces[shown..].iter().map(|piece| piece.component.label()).collect();
            let more = format!("…  {} more: {} (--detail)", names.len(), names.join(", ").to_lowercase());
            for line in wrap(&more, look.width.saturating_sub(2)) {
                text.push_str(&format!("  {line}\n"));
            }
        }
        if shown <= 1 || text.lines().count() <= room {
            return text;
        }
        shown -= 1;
    }
}

fn row(piece: &Piece) -> Vec<String> {
    let why = piece.reasons.first().map_or("", |reason| clause(&reason.text));
    vec![piece.component.label().to_owned(), brief(&piece.component.size()), why.to_owned()]
}

/// What a sentence says first; the rest of it explains.
pub fn clause(sentence: &str) -> &str {
    let ends = ["; ", ": ", ". "].into_iter().filter_map(|mark| sentence.find(mark));
    sentence[..ends.min().unwrap_or(sentence.len())].trim_end_matches('.')
}

/// The count and class of a size, or what its note says first.
pub fn brief(size: &Size) -> String {
    if size.class.is_some() {
        return Size { note: String::new(), ..size.clone() }.to_string();
    }
    size.note.split([',', ';']).next().unwrap_or_default().to_owned()
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
    let number = |rate: PerSecond| match rate.get() {
        few if few > 0.0 && few < FEW => format!("under {FEW}"),
        rate => crate::units::number(rate),
    };
    let rates = format!(
        "{} daily · {} requests/s mean, {} peak, {} if {stress} come at once",
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
pub fn next(again: &str, step: Option<&Difference>, look: &Look) -> String {
    let all = step.map_or_else(String::new, |step| format!("{}\n            ", super::diff::step::command(step)));
    format!("  {}      {all}scalectl render {again} -o templates\n            scalectl deploy {again}\n", look.ink(Ink::Strong, "Next"))
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
            let set = super::load::mark(architecture.assumptions.origin(id));
            parts.push(format!("{before}{number}{after}{set}"));
        }
    }
    let set = architecture.assumptions.entries().filter(|(entry, _)| architecture.assumptions.is_overridden(entry.id));
    for (entry, value) in set.filter(|(entry, _)| LEADING.iter().all(|(id, ..)| *id != entry.id)) {
        parts.push(format!("{} {} (set)", entry.id, entry.unit.format(value)));
    }
    parts.join(", ")
}

/// The pieces, the most telling first.
pub fn ranked(pieces: &[Piece]) -> Vec<&Piece> {
    let place = |piece: &Piece| TELLING.iter().position(|name| *name == piece.component.name()).unwrap_or(TELLING.len());
    let mut pieces: Vec<&Piece> = pieces.iter().collect();
    pieces.sort_by_key(|piece| place(piece));
    pieces
}
