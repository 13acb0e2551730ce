//! The road of phases, and one phase in detail.

use super::columns::columns;
use super::look::{Ink, Look, wrap};
use crate::phase::Phase;
use crate::units::Users;

/// All phases: id, from how many users, what it is and what it adds.
pub fn road(phases: &[Phase], look: &Look) -> String {
    let rows: Vec<Vec<String>> =
        phases.iter().map(|phase| vec![phase.id.clone(), Users(phase.from).to_string(), phase.title.clone()]).collect();
    let mut text = columns(&["PHASE", "FROM USERS", "WHAT"], &rows, &[], 0, look);
    text.push_str("\nOne phase: scalectl phases 10k      Its plan: scalectl plan --phase 10k\n");
    text
}

/// One phase: from when until when, why, what it adds, what it promises, what it is made of.
pub fn one(phase: &Phase, phases: &[Phase], look: &Look) -> String {
    let next = phases.iter().find(|other| other.from > phase.from);
    let until = next.map_or_else(|| "on".to_owned(), |next| format!("to {}", Users(next.from.saturating_sub(1))));
    let mut text = format!("{}\n", look.ink(Ink::Strong, &format!("phase {}: {} {until} monthly users", phase.id, Users(phase.from))));
    let zones = match phase.zones {
        0 => "none of its own: serverless".to_owned(),
        1 => "1".to_owned(),
        zones => format!("{zones}, so that one may fail"),
    };
    let blocks: Vec<&str> = phase.components.iter().map(|block| block.name()).collect();
    let rows = [
        ("what", phase.title.clone()),
        ("why now", phase.why.clone()),
        ("promises", phase.target.clone()),
        ("adds", phase.adds.join(" · ")),
        ("zones", zones),
        ("regions", phase.regions.to_string()),
        ("components", blocks.join(", ")),
    ];
    for (head, words) in rows {
        for (index, line) in wrap(&words, look.width.saturating_sub(14)).iter().enumerate() {
            text.push_str(&format!("  {:<12}{line}\n", if index == 0 { head } else { "" }));
        }
    }
    text.push_str(&format!("\nnext: scalectl plan --phase {}\n", phase.id));
    text
}
