//! A difference for scripts. Whoever looks for "delete" finds every loss: what is replaced, renamed and moved is deleted and made anew.

use cfn::Node;
use cfn::syntax::Place;
use rust_decimal::Decimal;
use serde::Serialize;

use super::super::json::{FORMAT_VERSION, pretty};
use super::{Shown, words};
use crate::diff::{
    Action, Breach, Cause, Change, Counts, DataFate, Figures, Presence, Replaces, ResourceDifference, SetDifference, StackDifference,
};

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
#[derive(Serialize)]
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
    findings: Vec<FindingView<'a>>,
    unseen: Vec<UnseenView<'a>>,
    figures: FiguresView<'a>,
}

#[derive(Serialize)]
struct StackView<'a> {
    name: &'a str,
    presence: &'static str,
    old_file: Option<&'a str>,
    new_file: Option<&'a str>,
    same: usize,
    resources: Vec<ResourceView<'a>>,
    sections: Vec<ChangeView<'a>>,
}

#[derive(Serialize)]
struct ResourceView<'a> {
    id: &'a str,
    old_id: Option<&'a str>,
    old_stack: Option<&'a str>,
    #[serde(rename = "type")]
    resource_type: &'a str,
    old_type: Option<&'a str>,
    component: Option<&'a str>,
    why: Option<&'a str>,
    action: &'static str,
    actions: &'static [&'static str],
    sure: bool,
    causes: Vec<CauseView<'a>>,
    data: Option<DataView<'a>>,
    name_taken: bool,
    digest: Option<&'a str>,
    old_place: Option<PlaceView>,
    new_place: Option<PlaceView>,
    changes: Vec<ChangeView<'a>>,
}

#[derive(Serialize)]
struct CauseView<'a> {
    property: &'a str,
    from: Option<&'a str>,
    when: Option<&'a str>,
    sure: bool,
}

#[derive(Serialize)]
struct DataView<'a> {
    fate: &'static str,
    sure: bool,
    needs_consent: bool,
    accepted: bool,
    #[serde(rename = "move")]
    way: Option<MoveView<'a>>,
}

#[derive(Serialize)]
struct MoveView<'a> {
    id: &'a str,
    words: &'a str,
    pause: &'a str,
    steps: &'a str,
    to: &'a [String],
}

#[derive(Serialize)]
struct PlaceView {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct ChangeView<'a> {
    path: &'a [String],
    operation: &'static str,
    old: Option<serde_json::Value>,
    new: Option<serde_json::Value>,
    hidden: bool,
    through: Option<&'a str>,
    replaces: &'static str,
    when: Option<&'a str>,
}

#[derive(Serialize)]
struct ExposureView<'a> {
    kind: &'static str,
    stack: &'a str,
    id: &'a str,
    what: &'a str,
}

#[derive(Serialize)]
struct FindingView<'a> {
    rule: &'a str,
    severity: &'a str,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    resource: Option<&'a str>,
    path: String,
    message: &'a str,
    link: &'a str,
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

/// What AWS is asked to do, in its order.
fn actions(action: &Action) -> &'static [&'static str] {
    match action {
        Action::Added => &["create"],
        Action::Removed | Action::MayBeRemoved => &["delete"],
        // What is replaced is made first; that the old one is deleted is what a reader must not miss, so it stands first.
        Action::Renamed { .. } | Action::Moved { .. } | Action::Replaced | Action::MayBeReplaced => &["delete", "create"],
        Action::Changed => &["update"],
        Action::Reworded => &[],
    }
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

fn change(change: &Change) -> ChangeView<'_> {
    let operation = match (&change.old, &change.new) {
        (None, _) => "add",
        (_, None) => "remove",
        _ => "replace",
    };
    // What our own writer wrote is JSON.
    let value = |node: &Option<Node>| {
        let node = node.as_ref().filter(|_| !change.secret)?;
        Some(serde_json::from_str(&cfn::json::minified(node)).unwrap_or_default())
    };
    let replaces = match change.replaces {
        Replaces::No => "no",
        Replaces::Maybe => "maybe",
        Replaces::Yes => "yes",
    };
    ChangeView {
        path: &change.path,
        operation,
        old: value(&change.old),
        new: value(&change.new),
        hidden: change.secret,
        through: change.through.as_deref(),
        replaces,
        when: change.when,
    }
}

fn resource<'a>(resource: &'a ResourceDifference, shown: &Shown) -> ResourceView<'a> {
    let place = |place: Option<Place>| place.map(|place| PlaceView { line: place.line, column: place.column });
    let cause = |cause: &'a Cause| CauseView { property: &cause.property, from: cause.from.as_deref(), when: cause.when, sure: cause.sure };
    let data = |data: &'a DataFate| DataView {
        fate: data.fate.word(),
        sure: data.sure,
        needs_consent: data.fate.needs_consent(),
        accepted: data.fate.needs_consent() && shown.accepts(resource.old_id()),
        way: data.way.as_ref().map(|(way, to)| MoveView { id: way.id, words: way.words, pause: way.pause, steps: way.steps, to }),
    };
    ResourceView {
        id: &resource.id,
        old_id: Some(resource.old_id()).filter(|old| *old != resource.id),
        old_stack: match &resource.action {
            Action::Moved { stack, .. } => Some(stack),
            _ => None,
        },
        resource_type: &resource.resource_type,
        old_type: resource.old_type.as_deref(),
        component: Some(resource.component.as_str()).filter(|text| !text.is_empty()),
        why: Some(resource.why.as_str()).filter(|text| !text.is_empty()),
        action: words::word(&resource.action),
        actions: actions(&resource.action),
        sure: !matches!(resource.action, Action::MayBeRemoved | Action::MayBeReplaced),
        causes: resource.causes.iter().map(cause).collect(),
        data: resource.data.as_ref().map(data),
        name_taken: resource.name_taken,
        digest: resource.digest.as_deref(),
        old_place: place(resource.old_place),
        new_place: place(resource.new_place),
        changes: resource.changes.iter().map(change).collect(),
    }
}

fn stack<'a>(stack: &'a StackDifference, shown: &Shown) -> StackView<'a> {
    StackView {
        name: &stack.name,
        presence: presence(stack.presence),
        old_file: stack.from.as_deref(),
        new_file: stack.to.as_deref(),
        same: stack.same,
        resources: stack.resources.iter().map(|one| resource(one, shown)).collect(),
        sections: stack.sections.iter().map(change).collect(),
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
    }
}

fn set<'a>(set: &'a SetDifference, shown: &Shown) -> SetView<'a> {
    let findings = set.findings.iter().map(|finding| FindingView {
        rule: finding.rule.id,
        severity: finding.rule.severity.word(),
        file: &finding.name,
        line: finding.place.map(|place| place.line),
        column: finding.place.map(|place| place.column),
        resource: finding.resource.as_deref(),
        path: finding.path.join("/"),
        message: &finding.message,
        link: finding.rule.link,
    });
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
            .map(|one| ExposureView { kind: words::exposure(one.kind), stack: &one.stack, id: &one.id, what: &one.what })
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
