//! A difference for scripts. Whoever looks for "delete" finds every loss: what is replaced, renamed and moved is deleted and made anew.

use rust_decimal::Decimal;
use serde::Serialize;

use super::super::findings;
use super::super::json::{FORMAT_VERSION, pretty};
use super::stack_json::{StackView, stack};
use super::{Shown, words};
use crate::diff::{Breach, Counts, Figures, Presence, SetDifference};

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    from: &'a str,
    to: &'a str,
    different: bool,
    worst_data_fate: &'static str,
    unaccepted: Vec<&'a str>,
    counts: CountsView,
    sets: Vec<SetView<'a>>,
    breaches: Vec<BreachView<'a>>,
}

/// How many resources what happens to.
#[derive(Debug, Serialize)]
pub struct CountsView {
    added: usize,
    changed: usize,
    replaced: usize,
    may_be_replaced: usize,
    removed: usize,
    renamed: usize,
    reworded: usize,
}

#[derive(Serialize)]
struct SetView<'a> {
    name: &'a str,
    presence: &'static str,
    different: bool,
    worst_data_fate: &'static str,
    counts: CountsView,
    stacks: Vec<StackView<'a>>,
    exposures: Vec<ExposureView<'a>>,
    findings: Vec<findings::View<'a>>,
    unseen: Vec<UnseenView<'a>>,
    figures: FiguresView<'a>,
}

#[derive(Serialize)]
struct ExposureView<'a> {
    kind: &'static str,
    stack: &'a str,
    id: &'a str,
    what: &'a str,
    sure: bool,
}

#[derive(Serialize)]
struct UnseenView<'a> {
    file: &'a str,
    what: &'a str,
    why: &'a str,
    broken: bool,
}

#[derive(Serialize)]
struct FiguresView<'a> {
    old: Option<SideView<'a>>,
    new: Option<SideView<'a>>,
    grown_usd: Option<Decimal>,
}

#[derive(Serialize)]
struct SideView<'a> {
    phase: &'a str,
    users: u64,
    month_usd: Decimal,
    unpriced: usize,
    components: Vec<ComponentView<'a>>,
    carries_users: Option<u64>,
    first_limit: Option<&'a str>,
    uptime: Decimal,
    promise_met: Option<bool>,
    overridden: &'a [String],
}

#[derive(Serialize)]
struct ComponentView<'a> {
    label: &'a str,
    month_usd: Decimal,
}

#[derive(Serialize)]
struct BreachView<'a> {
    gate: String,
    set: &'a str,
    resource: Option<&'a str>,
    what: &'a str,
}

/// The word for where something is.
pub fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Both => "both",
        Presence::Added => "added",
        Presence::Removed => "removed",
    }
}

/// Counts for scripts.
pub fn counts(counts: &Counts) -> CountsView {
    CountsView {
        added: counts.added,
        changed: counts.changed,
        replaced: counts.replaced,
        may_be_replaced: counts.may_be_replaced,
        removed: counts.removed,
        renamed: counts.renamed,
        reworded: counts.reworded,
    }
}

fn side(figures: &Figures) -> SideView<'_> {
    SideView {
        phase: &figures.phase,
        users: figures.users.0,
        month_usd: figures.month.amount(),
        unpriced: figures.unpriced,
        components: figures.components.iter().map(|(label, month)| ComponentView { label, month_usd: month.amount() }).collect(),
        carries_users: figures.carries.as_ref().map(|(users, _)| users.0),
        first_limit: figures.carries.as_ref().map(|(_, what)| what.as_str()),
        uptime: figures.uptime,
        promise_met: figures.promise_met,
        overridden: &figures.overridden,
    }
}

fn set<'a>(set: &'a SetDifference, shown: &Shown) -> SetView<'a> {
    let findings = set.findings.iter().map(|finding| findings::view(finding, None));
    SetView {
        name: &set.name,
        presence: presence(set.presence),
        different: !set.is_empty(),
        worst_data_fate: set.worst().word(),
        counts: counts(&set.counts()),
        stacks: set.stacks.iter().map(|one| stack(one, shown)).collect(),
        exposures: set
            .exposures
            .iter()
            .map(|one| ExposureView { kind: words::exposure(one.kind), stack: &one.stack, id: &one.id, what: &one.what, sure: one.sure })
            .collect(),
        findings: findings.collect(),
        unseen: set.unseen.iter().map(|one| UnseenView { file: &one.file, what: &one.what, why: &one.why, broken: one.broken }).collect(),
        figures: FiguresView {
            old: set.figures.0.as_ref().map(side),
            new: set.figures.1.as_ref().map(side),
            grown_usd: super::figures::grown(set).map(|usd| usd.amount()),
        },
    }
}

fn breach(breach: &Breach) -> BreachView<'_> {
    BreachView { gate: breach.gate.to_string(), set: &breach.set, resource: breach.id.as_deref(), what: &breach.what }
}

/// The difference for scripts.
pub fn json(shown: &Shown) -> String {
    let difference = shown.difference;
    let document = Document {
        format_version: FORMAT_VERSION,
        from: &difference.from,
        to: &difference.to,
        different: !difference.is_empty(),
        worst_data_fate: difference.worst().word(),
        unaccepted: difference.unaccepted(shown.accepted).collect(),
        counts: counts(&difference.counts()),
        sets: difference.sets.iter().map(|one| set(one, shown)).collect(),
        breaches: shown.breaches.iter().map(breach).collect(),
    };
    pretty(&document)
}
