//! The road of phases, and one phase in detail.

use super::columns::columns;
use super::cost::rounded;
use super::look::{Ink, Look, wrap};
use crate::phase::Phase;
use crate::units::{Usd, Users};

/// All phases: id, from how many users, what a month costs then, what it is; `bills` are in the order of the phases, none where it is unknown.
pub fn road(phases: &[Phase], bills: &[Option<Usd>], look: &Look) -> String {
    let bill = |index: usize| bills.get(index).copied().flatten().map_or_else(|| "unknown".to_owned(), rounded);
    let row = |(index, phase): (usize, &Phase)| {
        vec![phase.id.clone(), format!("{:>10}", Users(phase.from).to_string()), format!("{:>9}", bill(index)), phase.title.clone()]
    };
    let rows: Vec<Vec<String>> = phases.iter().enumerate().map(row).collect();
    let mut text = columns(&["PHASE", "FROM USERS", "USD/MONTH", "WHAT"], &rows, &[], 0, look);
    text.push_str(
        "\nThe bill is that of the first user of a phase, with every setting as it is.\nBetween: scalectl cost --from 0 --to 10M\n",
    );
    text.push_str("One phase: scalectl phases 10k      Its plan: scalectl plan --phase 10k\n");
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
