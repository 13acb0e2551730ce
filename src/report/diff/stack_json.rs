//! One stack of a difference for scripts: resources, causes, data, and every change with its values.

use cfn::Node;
use cfn::syntax::Place;
use serde::Serialize;

use super::json::presence;
use super::{Shown, words};
use crate::diff::{Action, Cause, Change, DataFate, Replaces, ResourceDifference, StackDifference};

/// A stack.
#[derive(Serialize)]
pub struct StackView<'a> {
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

/// A stack for scripts.
pub fn stack<'a>(stack: &'a StackDifference, shown: &Shown) -> StackView<'a> {
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
