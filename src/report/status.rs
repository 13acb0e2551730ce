//! What stands at AWS.

use std::time::Duration;

use serde::Serialize;

use super::columns::columns;
use super::json::{FORMAT_VERSION, pretty};
use super::look::{Ink, Look};
use super::progress::elapsed;
use crate::deploy::{OutputValue, StackStatus};

/// The stacks that exist, each with its status, how long ago it changed, and what goes on; `now` is the time since 1970.
pub fn status(prefix: &str, statuses: &[StackStatus], now: Duration, look: &Look) -> String {
    let mut rows = Vec::new();
    let mut below = String::new();
    for stack in statuses {
        let Some(status) = &stack.status else { continue };
        let changed = stack.changed_at.and_then(|at| u64::try_from(at).ok()).map(|at| now.saturating_sub(Duration::from_millis(at)));
        let ago = changed.map_or_else(String::new, |time| format!("{} ago", ago(time)));
        let mut notes = Vec::new();
        if !stack.in_progress.is_empty() {
            let ids: Vec<&str> = stack.in_progress.iter().map(|(id, _)| id.as_str()).collect();
            notes.push(format!("working on {}", ids.join(", ")));
        }
        notes.extend(stack.reason.clone().filter(|reason| !reason.is_empty()));
        if stack.drift.as_deref() == Some("DRIFTED") {
            notes.push("drifted: somebody changed it by hand".to_owned());
        }
        if stack.protected {
            notes.push("protected".to_owned());
        }
        rows.push(vec![stack.key.stack.clone(), stack.key.region.clone(), status.to_string(), ago, notes.join("; ")]);
        if let Some(command) = &stack.command {
            below.push_str(&format!("{} {} needs you: {command}\n", look.ink(Ink::Danger, "!"), stack.key.stack));
        }
    }
    if rows.is_empty() {
        return format!("nothing of {prefix} stands in these regions; build it with: scalectl deploy\n");
    }
    let mut text = columns(&["STACK", "REGION", "STATUS", "CHANGED", ""], &rows, &[], 0, look);
    if !below.is_empty() {
        text.push_str(&format!("\n{below}"));
    }
    text
}

/// `3 days`, `2h 10m`: how long ago, in the larger units.
fn ago(time: Duration) -> String {
    match time.as_secs() / 86_400 {
        0 => elapsed(time),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

#[derive(Serialize)]
struct View<'a> {
    format_version: u32,
    name: &'a str,
    stacks: Vec<StackView<'a>>,
}

#[derive(Serialize)]
struct StackView<'a> {
    name: &'a str,
    region: &'a str,
    status: &'a str,
    reason: Option<&'a str>,
    changed_at_ms: Option<i64>,
    drift: Option<&'a str>,
    protected: bool,
    in_progress: Vec<&'a str>,
    command: Option<&'a str>,
}

/// The same for scripts; stacks that do not exist are left out.
pub fn json(prefix: &str, statuses: &[StackStatus]) -> String {
    let stacks = statuses.iter().filter_map(|stack| {
        Some(StackView {
            name: &stack.key.stack,
            region: &stack.key.region,
            status: stack.status.as_ref()?.as_str(),
            reason: stack.reason.as_deref().filter(|reason| !reason.is_empty()),
            changed_at_ms: stack.changed_at,
            drift: stack.drift.as_deref(),
            protected: stack.protected,
            in_progress: stack.in_progress.iter().map(|(id, _)| id.as_str()).collect(),
            command: stack.command.as_deref(),
        })
    });
    pretty(&View { format_version: FORMAT_VERSION, name: prefix, stacks: stacks.collect() })
}

#[derive(Serialize)]
struct Outputs<'a> {
    format_version: u32,
    outputs: Vec<OutputView<'a>>,
}

#[derive(Serialize)]
struct OutputView<'a> {
    name: &'a str,
    value: &'a str,
    about: &'a str,
    address: bool,
}

/// Outputs for scripts.
pub fn outputs_json(outputs: &[OutputValue]) -> String {
    let outputs = outputs
        .iter()
        .map(|output| OutputView { name: &output.name, value: &output.value, about: &output.about, address: output.address })
        .collect();
    pretty(&Outputs { format_version: FORMAT_VERSION, outputs })
}
