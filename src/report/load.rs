//! The load with its arithmetic: each quantity, the formula behind it, the formula with its numbers, and what it rests on.

use serde::Serialize;

use super::json::{FORMAT_VERSION, pretty};
use super::look::{Ink, Look, wrap};
use crate::units::{number, percent};
use crate::workload::{Assumptions, Load, Origin, Step, Trust, Unit, Value, assumption};

/// The JSON schema of [`json`]; `scalectl schema load` prints it.
pub const SCHEMA: &str = include_str!("../../schemas/load.schema.json");

/// The chain of arithmetic for people; `phase` is the id of the phase that these users belong to, or that was asked for.
pub fn text(load: &Load, phase: &str, look: &Look) -> String {
    let a = &load.assumptions;
    let users = if load.users.0 == 1 { "user" } else { "users" };
    let title = format!("The load of {} monthly {users} · phase {phase}", load.users);
    let mut text: String = wrap(&title, look.width).iter().map(|line| format!("{}\n", look.ink(Ink::Strong, line))).collect();
    let profile = a.profile().map_or_else(String::new, |profile| format!(", {profile}"));
    let peak = format!(
        "normal peak: {} requests/s in the busiest hour, {} × the mean of the day{profile}",
        number(load.requests_peak.get()),
        number(a.peak_factor())
    );
    let stress = format!(
        "stress case: {} requests/s when {} of all users come at once and each asks every {} s",
        number(load.requests_stress.get()),
        percent(a.stress_share()),
        number(a.stress_seconds_between_requests())
    );
    for line in [peak, stress].iter().flat_map(|words| wrap(words, look.width.saturating_sub(2))) {
        text.push_str(&format!("  {line}\n"));
    }
    let stress = load.stress_steps();
    let usual = load.steps().into_iter().filter(|step| stress.iter().all(|one| one.id != step.id));
    text.push_str(&format!("\n{}\n", look.ink(Ink::Strong, "Normal peak: sizes are chosen for this")));
    usual.for_each(|step| text.push_str(&block(&step, a, look)));
    text.push_str(&format!("\n{}\n", look.ink(Ink::Strong, "Stress case: scaling out may go as far as this")));
    stress.iter().for_each(|step| text.push_str(&block(step, a, look)));
    let trust = [Trust::A, Trust::B, Trust::C, Trust::Estimate].map(|trust| format!("{trust} {}", trusted(trust))).join(" · ");
    let foot = [
        format!("trust: {trust}"),
        "numbers are put in with as many digits as the result needs".to_owned(),
        "change one: --assume peak_factor=4 or --workload heavy; its source: scalectl explain peak_factor".to_owned(),
    ];
    text.push('\n');
    for line in foot.iter().flat_map(|words| wrap(words, look.width)) {
        text.push_str(&format!("{line}\n"));
    }
    text
}

/// The column of the values, behind the widest quantity.
const VALUES: usize = 44;

/// One step: what and how much, its formula, the formula with numbers, what it rests on.
fn block(step: &Step, assumptions: &Assumptions, look: &Look) -> String {
    // Values stand below one another where the screen is wide enough; else right behind the quantity, or below it.
    let (name, result) = (step.quantity.chars().count(), step.result());
    let room = look.width.saturating_sub(2 + result.chars().count());
    let gap = match room.checked_sub(name) {
        _ if room >= VALUES && name + 2 <= VALUES => " ".repeat(VALUES - name),
        Some(2..) => "  ".to_owned(),
        _ => format!("\n{}", " ".repeat(6)),
    };
    let mut text = format!("  {}{gap}{}\n", look.ink(Ink::Strong, step.quantity), look.ink(Ink::Strong, &result));
    let mut line = |words: &str, ink: Option<Ink>| {
        for (index, part) in wrap(words, look.width.saturating_sub(8)).iter().enumerate() {
            let indent = if index == 0 { 6 } else { 8 };
            let part = ink.map_or_else(|| part.clone(), |ink| look.ink(ink, part));
            text.push_str(&format!("{}{part}\n", " ".repeat(indent)));
        }
    };
    match step.numbers() {
        Some(numbers) => {
            line(&format!("{} = {}", step.id, step.formula), None);
            line(&numbers, None);
        }
        None => line(&format!("{}: {}", step.id, step.formula), None),
    }
    if let Some(words) = rests_on(step, assumptions) {
        line(&words, Some(Ink::Faint));
    }
    text
}

/// `rests on peak_factor (C); through earlier steps on dau_share (C, set)`.
fn rests_on(step: &Step, assumptions: &Assumptions) -> Option<String> {
    let list = |ids: &[&'static str]| {
        let words = ids.iter().filter_map(|id| {
            let entry = assumption(id)?;
            Some(match assumptions.origin(id) {
                Origin::Default => format!("{id} ({})", entry.trust),
                origin => format!("{id}{}", mark(origin)),
            })
        });
        words.collect::<Vec<_>>().join(", ")
    };
    match (step.assumptions.as_slice(), step.before.as_slice()) {
        ([], []) => None,
        (own, []) => Some(format!("rests on {}", list(own))),
        ([], before) => Some(format!("rests, through earlier steps, on {}", list(before))),
        (own, before) => Some(format!("rests on {}; through earlier steps on {}", list(own), list(before))),
    }
}

/// What stands behind a value that is not the default: ` (set)`, ` (heavy use)`.
pub fn mark(origin: Origin) -> String {
    match origin {
        Origin::Default => String::new(),
        Origin::Profile(profile) => format!(" ({profile})"),
        Origin::Given => " (set)".to_owned(),
    }
}

/// How good a source is, in words.
pub fn trusted(trust: Trust) -> &'static str {
    match trust {
        Trust::A => "AWS's own data or documentation",
        Trust::B => "a measured benchmark or first-hand account",
        Trust::C => "secondary text",
        Trust::Estimate => "no source seen",
    }
}

#[derive(Serialize)]
struct View<'a> {
    format_version: u32,
    users: u64,
    phase: &'a str,
    workload: Option<&'static str>,
    steps: Vec<StepView>,
    stress: Vec<StepView>,
    assumptions: Vec<AssumptionView>,
}

#[derive(Serialize)]
struct StepView {
    id: &'static str,
    quantity: &'static str,
    value: Value,
    unit: &'static str,
    formula: String,
    numbers: Option<String>,
    operands: Vec<OperandView>,
    assumptions: Vec<&'static str>,
    through_earlier_steps: Vec<&'static str>,
}

#[derive(Serialize)]
struct OperandView {
    id: &'static str,
    value: f64,
}

#[derive(Serialize)]
struct AssumptionView {
    id: &'static str,
    value: f64,
    unit: Unit,
    trust: Trust,
    source: &'static str,
    set: bool,
}

/// The chain of arithmetic for scripts.
pub fn json(load: &Load, phase: &str) -> String {
    let view = |step: Step| StepView {
        id: step.id,
        quantity: step.quantity,
        value: step.value,
        unit: step.unit,
        numbers: step.numbers(),
        operands: step.operands.iter().map(|operand| OperandView { id: operand.id, value: operand.figure.amount() }).collect(),
        formula: step.formula,
        assumptions: step.assumptions,
        through_earlier_steps: step.before,
    };
    let a = &load.assumptions;
    let entry = |(entry, value): (&crate::workload::Assumption, f64)| AssumptionView {
        id: entry.id,
        value,
        unit: entry.unit,
        trust: entry.trust,
        source: entry.source,
        set: a.is_overridden(entry.id),
    };
    pretty(&View {
        format_version: FORMAT_VERSION,
        users: load.users.0,
        phase,
        workload: a.profile().map(|profile| profile.name()),
        steps: load.steps().into_iter().map(view).collect(),
        stress: load.stress_steps().into_iter().map(view).collect(),
        assumptions: a.entries().map(entry).collect(),
    })
}
