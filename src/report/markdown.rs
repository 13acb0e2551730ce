//! A plan as Markdown, for a pull request.

use super::diff::step;
use super::look::Look;
use super::overridden;
use super::plan::{clause, counts, head, ranked};
use crate::architecture::Architecture;
use crate::diff::Difference;
use crate::judgement::Judgement;
use crate::render::Stack;

/// The plan as a heading, a table and notes.
pub fn plan(architecture: &Architecture, stacks: &[Stack], judgement: &Judgement, way: Option<&Difference>) -> String {
    let wide = Look { width: 10_000, ..Look::PLAIN };
    let mut text = String::new();
    for (index, line) in head(architecture, &wide).lines().enumerate() {
        text.push_str(&if index == 0 { format!("### scalectl: {line}\n\n") } else { format!("{}  \n", line.trim()) });
    }
    text.push_str(&format!("\n- **Bill** {}\n", super::cost::sentence(&architecture.estimate, &judgement.range)));
    text.push_str(&format!("- **Room** {}\n", super::headroom::sentence(&judgement.headroom)));
    text.push_str(&format!("- **Uptime** {}\n", super::availability::sentence(&judgement.availability)));
    if let Some(way) = way {
        text.push_str(&format!("- **Changes** {} (all: `{}`)\n- **Data** {}\n", step::changes(way), step::command(way), step::data(way)));
    }
    text.push_str("\n| component | size | why |\n|---|---|---|\n");
    for piece in ranked(&architecture.pieces) {
        let why = piece.reasons.first().map_or("", |reason| clause(&reason.text));
        let cells = [piece.component.label(), &piece.component.size().to_string(), why].map(|cell| cell.replace('|', "\\|"));
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text.push_str("\n<details><summary>Every reason</summary>\n\n");
    for piece in ranked(&architecture.pieces) {
        for reason in &piece.reasons {
            text.push_str(&format!(
                "- **{}** ({}): {}\n",
                piece.component.label(),
                if reason.rejected { "instead" } else { reason.driver.word() },
                reason.text
            ));
        }
    }
    text.push_str("\n</details>\n");
    text.push_str(&overridden::markdown(stacks));
    text.push_str(&format!("\n{}\n", counts(architecture, stacks)));
    for notice in &architecture.notices {
        text.push_str(&format!("\n> {notice}\n"));
    }
    text
}
