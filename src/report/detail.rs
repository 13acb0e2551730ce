//! A plan with everything: every component with all its reasons, the chain of arithmetic, the stacks, the assumptions.

use super::columns::columns;
use super::explain::entry_lines;
use super::look::{Ink, Look, wrap};
use super::plan::{LABEL, changed, counts, head, judged, next, paragraph, ranked};
use crate::architecture::Architecture;
use crate::diff::Difference;
use crate::judgement::Judgement;
use crate::render::Stack;
use crate::workload::Origin;

/// The long plan; `again` are the flags that lead to it, `step` is what changes on the way to it.
pub fn plan(
    architecture: &Architecture,
    stacks: &[Stack],
    judgement: &Judgement,
    step: Option<&Difference>,
    again: &str,
    look: &Look,
) -> String {
    let mut text = head(architecture, look);
    text.push_str(&heading("Components", look));
    for piece in ranked(&architecture.pieces) {
        let mut label = piece.component.label();
        for line in wrap(&piece.component.size().to_string(), look.width.saturating_sub(LABEL + 4)) {
            let gap = " ".repeat(LABEL.saturating_sub(label.chars().count()) + 2);
            text.push_str(&format!("  {}{gap}{line}\n", look.ink(Ink::Strong, label)));
            label = "";
        }
        for reason in &piece.reasons {
            let head = if reason.rejected { "instead" } else { reason.driver.word() };
            for line in wrap(&format!("{head}: {}", reason.text), look.width.saturating_sub(6)) {
                text.push_str(&format!("      {line}\n"));
            }
        }
    }

    text.push_str(&heading("Bill, room, uptime (more: scalectl cost, scalectl headroom)", look));
    text.push_str(&judged(architecture, judgement, look));
    text.push_str(&changed(step, look));
    text.push_str(&heading("What the uptime rests on", look));
    text.push_str(&super::availability::section(&judgement.availability, look));

    text.push_str(&heading("Load", look));
    let rows: Vec<Vec<String>> =
        architecture.load.steps().into_iter().map(|step| vec![step.quantity.to_owned(), step.value.to_string(), step.formula]).collect();
    text.push_str(&columns(&["WHAT", "VALUE", "HOW"], &rows, &[30, 16], 2, look));

    text.push_str(&heading(&format!("Stacks: {}", counts(architecture, stacks)), look));
    let rows: Vec<Vec<String>> = stacks
        .iter()
        .map(|stack| {
            let after: Vec<String> = stack
                .after
                .iter()
                .map(|key| {
                    if key.region == stack.key.region {
                        key.layer.word().to_owned()
                    } else {
                        format!("{} ({})", key.layer.word(), key.region)
                    }
                })
                .collect();
            vec![stack.name.clone(), stack.key.region.clone(), stack.template.resources.len().to_string(), after.join(", ")]
        })
        .collect();
    text.push_str(&columns(&["STACK", "REGION", "RESOURCES", "AFTER"], &rows, &[], 2, look));

    text.push_str(&heading("Assumptions (change one: --assume id=value; its source: scalectl explain ID)", look));
    for (entry, value) in architecture.assumptions.entries() {
        let mark = match architecture.assumptions.origin(entry.id) {
            Origin::Default => String::new(),
            Origin::Profile(profile) => format!("{profile}, default {}. ", entry.unit.format(entry.value)),
            Origin::Given => format!("set by you, default {}. ", entry.unit.format(entry.value)),
        };
        text.push_str(&entry_lines(entry, value, &mark, look));
    }

    text.push('\n');
    text.push_str(&super::overridden::section(stacks, look));
    for notice in &architecture.notices {
        text.push_str(&paragraph("Note", notice, look));
    }
    text.push_str(&next(again, step, look));
    text
}

fn heading(text: &str, look: &Look) -> String {
    format!("\n{}\n", look.ink(Ink::Strong, text))
}
