//! What an id means, in words.

use super::columns::columns;
use super::load::trusted;
use super::look::{Ink, Look, wrap};
use super::plan::paragraph;
use crate::phase::Phase;
use crate::workload::{Assumption, Trust};

/// How a difference is told: what is replaced, and what happens to data.
pub const DIFF: &str = include_str!("../../docs/diff.md");
/// The rules by which a bill is made.
pub const BILL: &str = include_str!("../../docs/bill.md");

/// What can be explained.
pub fn topics(lists: &[&str], look: &Look) -> String {
    let rows: Vec<Vec<String>> = lists.iter().map(|list| vec![format!("scalectl explain {list}")]).collect();
    let mut text = format!("{}\n", look.ink(Ink::Strong, "Lists, and anything that is in them:"));
    text.push_str(&columns(&[""], &rows, &[], 2, look));
    text.push_str("  scalectl explain peak_factor\n");
    text.push_str(&format!("{}\n", look.ink(Ink::Strong, "The arithmetic from users to load:")));
    text.push_str("  scalectl explain load --users 10000\n");
    text
}

/// Every assumption with its value.
pub fn assumptions(ledger: &[Assumption], look: &Look) -> String {
    let mut text: String = ledger.iter().map(|entry| entry_lines(entry, entry.value, "", look)).collect();
    text.push_str(&format!(
        "\ntrust: {}\n",
        [Trust::A, Trust::B, Trust::C, Trust::Estimate].map(|trust| format!("{trust} {}", trusted(trust))).join(" · ")
    ));
    text.push_str("change one: --assume peak_factor=4, or assume: in scalectl.yaml\n");
    text
}

/// An assumption on two lines: id, value and trust, then what it means.
pub fn entry_lines(entry: &Assumption, value: f64, mark: &str, look: &Look) -> String {
    let gap = " ".repeat(34_usize.saturating_sub(entry.id.len()).max(1));
    let head = format!("  {}{gap}{:<18}{}", look.ink(Ink::Strong, entry.id), entry.unit.format(value), entry.trust);
    let mut text = format!("{}\n", head.trim_end());
    for line in wrap(&format!("{mark}{}", entry.why), look.width.saturating_sub(6)) {
        text.push_str(&format!("      {line}\n"));
    }
    text
}

/// One assumption.
pub fn assumption(entry: &Assumption, look: &Look) -> String {
    let format = |value: f64| entry.unit.format(value);
    let mut text = format!("{}\n", look.ink(Ink::Strong, &format!("{}: {}", entry.id, format(entry.value))));
    text.push_str(&paragraph("What", entry.why, look));
    text.push_str(&paragraph("Usual", &format!("{} to {}", format(entry.typical.0), format(entry.typical.1)), look));
    text.push_str(&paragraph("Accepted", &format!("{} to {}", format(entry.low), format(entry.high)), look));
    text.push_str(&paragraph("Source", &format!("{} ({}: {})", entry.source, entry.trust, trusted(entry.trust)), look));
    text.push_str(&paragraph("Change", &format!("--assume {}={}, or assume: in scalectl.yaml", entry.id, entry.value), look));
    text
}

/// Every component with the phases that have it.
pub fn components(blocks: &[(&str, &str)], phases: &[Phase], look: &Look) -> String {
    let row = |(block, about): &(&str, &str)| vec![(*block).to_owned(), having(block, phases).join(", "), about.trim().to_owned()];
    columns(&["COMPONENT", "PHASES", "WHAT"], &blocks.iter().map(row).collect::<Vec<_>>(), &[24, 20], 0, look)
}

/// One component.
pub fn component(block: &str, about: &str, phases: &[Phase], look: &Look) -> String {
    let having = having(block, phases);
    let mut text = format!("{}\n", look.ink(Ink::Strong, &format!("component {block}")));
    text.push_str(&paragraph("What", about.trim(), look));
    text.push_str(&paragraph("Phases", &if having.is_empty() { "none".to_owned() } else { having.join(", ") }, look));
    if let Some(last) = having.last() {
        text.push_str(&paragraph("Its size", &format!("scalectl plan --phase {last} --detail"), look));
    }
    text
}

fn having<'a>(block: &str, phases: &'a [Phase]) -> Vec<&'a str> {
    phases.iter().filter(|phase| phase.components.iter().any(|one| one.name() == block)).map(|phase| phase.id.as_str()).collect()
}

/// The exit codes.
pub fn exit_codes(codes: &[(u8, &str)], look: &Look) -> String {
    let rows: Vec<Vec<String>> = codes.iter().map(|(code, text)| vec![format!("{code:>4}"), (*text).to_owned()]).collect();
    columns(&["CODE", "MEANING"], &rows, &[], 0, look)
}
