//! What scripts read. `format_version` grows when a field goes or changes its meaning; new fields may come at any time.

use serde::Serialize;

use super::cost::{SumsView, sums};
use super::diff::step::StepView;
use super::headroom::RoomView;
use crate::architecture::Architecture;
use crate::diff::Difference;
use crate::judgement::Judgement;
use crate::phase::Phase;
use crate::render::Stack;
use crate::units::Usd;
use crate::workload::{Load, Unit};

/// The JSON schema of [`plan`]; `scalectl schema plan` prints it.
pub const SCHEMA: &str = include_str!("../../schemas/plan.schema.json");

/// The version of every document here.
pub const FORMAT_VERSION: u32 = 1;

#[derive(Serialize)]
struct Plan<'a> {
    format_version: u32,
    app: &'a str,
    environment: &'a str,
    users: u64,
    phase: PhaseView<'a>,
    regions: Vec<String>,
    load: &'a Load,
    components: Vec<ComponentView>,
    stacks: Vec<StackView<'a>>,
    assumptions: Vec<AssumptionView>,
    bill: SumsView,
    headroom: HeadroomView<'a>,
    availability: super::availability::View<'a>,
    notices: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    overridden: Vec<OverriddenView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<StepView<'a>>,
}

#[derive(Serialize)]
struct HeadroomView<'a> {
    first: Option<RoomView<'a>>,
    next_phase: Option<&'static str>,
    next_phase_from: Option<u64>,
}

#[derive(Serialize)]
struct OverriddenView<'a> {
    stack: &'a str,
    region: &'a str,
    resource: &'a str,
    property: &'a str,
    was: Option<serde_json::Value>,
    is: Option<serde_json::Value>,
    danger: Option<&'a str>,
}

#[derive(Serialize)]
struct PhaseView<'a> {
    id: &'a str,
    from: u64,
    title: &'a str,
    why: &'a str,
    target: &'a str,
    zones: usize,
    regions: usize,
    adds: &'a [String],
    components: Vec<&'static str>,
}

#[derive(Serialize)]
struct ComponentView {
    id: &'static str,
    label: &'static str,
    count: Option<u64>,
    class: Option<String>,
    note: String,
    reasons: Vec<ReasonView>,
}

#[derive(Serialize)]
struct ReasonView {
    driver: &'static str,
    text: String,
    rejected: bool,
}

#[derive(Serialize)]
struct StackView<'a> {
    name: &'a str,
    layer: &'static str,
    region: &'a str,
    file: &'a str,
    resources: usize,
    after: Vec<String>,
}

#[derive(Serialize)]
struct AssumptionView {
    id: &'static str,
    value: f64,
    unit: Unit,
    set: bool,
}

#[derive(Serialize)]
struct Phases<'a> {
    format_version: u32,
    phases: Vec<Road<'a>>,
}

#[derive(Serialize)]
struct Road<'a> {
    #[serde(flatten)]
    phase: PhaseView<'a>,
    month_usd: Option<rust_decimal::Decimal>,
}

/// A plan.
pub fn plan(architecture: &Architecture, stacks: &[Stack], judgement: &Judgement, step: Option<&Difference>) -> String {
    let name_of = |key: &crate::render::Key| {
        let stack = stacks.iter().find(|stack| stack.key == *key);
        format!("{} ({})", stack.map_or(key.layer.word(), |stack| stack.name.as_str()), key.region)
    };
    let components = architecture.pieces.iter().map(|piece| {
        let size = piece.component.size();
        let reasons = piece.reasons.iter().map(|reason| ReasonView {
            driver: reason.driver.word(),
            text: reason.text.clone(),
            rejected: reason.rejected,
        });
        ComponentView {
            id: piece.component.name(),
            label: piece.component.label(),
            count: size.count,
            class: size.class,
            note: size.note,
            reasons: reasons.collect(),
        }
    });
    let view = Plan {
        format_version: FORMAT_VERSION,
        app: &architecture.settings.app,
        environment: &architecture.settings.environment,
        users: architecture.users.0,
        phase: phase(&architecture.phase),
        regions: architecture.regions.iter().map(|region| region.region.to_string()).collect(),
        load: &architecture.load,
        components: components.collect(),
        stacks: stacks
            .iter()
            .map(|stack| StackView {
                name: &stack.name,
                layer: stack.key.layer.word(),
                region: &stack.key.region,
                file: &stack.file,
                resources: stack.template.resources.len(),
                after: stack.after.iter().map(name_of).collect(),
            })
            .collect(),
        assumptions: architecture
            .assumptions
            .entries()
            .map(|(entry, value)| AssumptionView {
                id: entry.id,
                value,
                unit: entry.unit,
                set: architecture.assumptions.is_overridden(entry.id),
            })
            .collect(),
        bill: sums(&architecture.estimate, &judgement.range),
        headroom: HeadroomView {
            first: judgement.headroom.first().map(super::headroom::view),
            next_phase: judgement.headroom.next.map(|(id, _)| id),
            next_phase_from: judgement.headroom.next.map(|(_, from)| from.0),
        },
        availability: super::availability::view(&judgement.availability),
        notices: &architecture.notices,
        overridden: stacks.iter().flat_map(overridden).collect(),
        step: step.map(super::diff::step::view),
    };
    pretty(&view)
}

fn overridden(stack: &Stack) -> impl Iterator<Item = OverriddenView<'_>> {
    // What our own writer wrote is JSON.
    let value = |node: &cfn::Node| serde_json::from_str(&cfn::json::minified(node)).unwrap_or_default();
    stack.overridden.iter().map(move |one| OverriddenView {
        stack: &stack.name,
        region: &stack.key.region,
        resource: &one.logical_id,
        property: &one.path,
        was: one.was.as_ref().map(value),
        is: one.is.as_ref().map(value),
        danger: one.danger.as_deref(),
    })
}

/// Phases, with what a month costs at the first user of each; none where it is unknown.
pub fn phases(phases: &[Phase], bills: &[Option<Usd>]) -> String {
    let bill = |index: usize| bills.get(index).copied().flatten().map(Usd::amount);
    let phases = phases.iter().enumerate().map(|(index, one)| Road { phase: phase(one), month_usd: bill(index) });
    pretty(&Phases { format_version: FORMAT_VERSION, phases: phases.collect() })
}

/// Any view, indented, with a line break at the end. Views hold nothing that JSON cannot say, so there is nothing to fail.
pub fn pretty(view: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(view).unwrap_or_default();
    text.push('\n');
    text
}

fn phase(phase: &Phase) -> PhaseView<'_> {
    PhaseView {
        id: &phase.id,
        from: phase.from,
        title: &phase.title,
        why: &phase.why,
        target: &phase.target,
        zones: phase.zones,
        regions: phase.regions,
        adds: &phase.adds,
        components: phase.components.iter().map(|block| block.name()).collect(),
    }
}
