//! Change sets: the request in the SDK's words, and the answer in those of `deploy`. Values that the SDK does not know never panic.

use crate::deploy::{Action, Body, Cause, Change, ChangeSet, ChangeSetRequest, Given, Policy, Replacement, Stage};
use aws_sdk_cloudformation::operation::create_change_set::builders::CreateChangeSetFluentBuilder;
use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types;

/// Fills the request.
pub fn fill(mut call: CreateChangeSetFluentBuilder, request: &ChangeSetRequest) -> CreateChangeSetFluentBuilder {
    call = match &request.body {
        Body::Text(text) => call.template_body(text),
        Body::Url(url) => call.template_url(url),
    };
    for (name, value) in &request.parameters {
        let parameter = types::Parameter::builder().parameter_key(name);
        call = call.parameters(match value {
            Given::Value(value) => parameter.parameter_value(value).build(),
            Given::Previous => parameter.use_previous_value(true).build(),
        });
    }
    for (key, value) in &request.tags {
        call = call.tags(types::Tag::builder().key(key).value(value).build());
    }
    for capability in &request.capabilities {
        call = call.capabilities(types::Capability::from(capability.as_str()));
    }
    let kind = if request.create { types::ChangeSetType::Create } else { types::ChangeSetType::Update };
    // The remains of a creation that fails stay as evidence; the next run takes them away.
    call.change_set_name(&request.name).client_token(&request.token).change_set_type(kind).on_stack_failure(types::OnStackFailure::Rollback)
}

/// How far a change set is, without its changes.
pub fn head(answer: &DescribeChangeSetOutput) -> ChangeSet {
    let stage = match answer.status() {
        Some(types::ChangeSetStatus::CreateComplete) => Stage::Ready,
        Some(types::ChangeSetStatus::CreatePending | types::ChangeSetStatus::CreateInProgress) => Stage::Pending,
        _ => Stage::Failed,
    };
    ChangeSet { stage, reason: answer.status_reason().map(str::to_owned), changes: Vec::new() }
}

/// One change.
pub fn change(change: &types::ResourceChange) -> Change {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let action = match change.action() {
        Some(types::ChangeAction::Add) => Action::Add,
        Some(types::ChangeAction::Modify) => Action::Modify,
        Some(types::ChangeAction::Remove) => Action::Remove,
        Some(types::ChangeAction::Import) => Action::Import,
        Some(types::ChangeAction::Dynamic) => Action::Dynamic,
        Some(types::ChangeAction::SyncWithActual) => Action::Sync,
        other => Action::Unknown(text(other.map(types::ChangeAction::as_str))),
    };
    let replacement = match change.replacement() {
        None | Some(types::Replacement::False) => Replacement::Never,
        Some(types::Replacement::True) => Replacement::Always,
        // What is not known may be a replacement.
        Some(_) => Replacement::Conditional,
    };
    Change {
        action,
        id: text(change.logical_resource_id()),
        physical: change.physical_resource_id().map(str::to_owned),
        resource_type: text(change.resource_type()),
        replacement,
        policy: change.policy_action().map(|policy| Policy::parse(policy.as_str())),
        causes: change.details().iter().map(cause).collect(),
    }
}

fn cause(detail: &types::ResourceChangeDetail) -> Cause {
    let target = detail.target();
    let attribute = target.and_then(|target| target.attribute()).map(types::ResourceAttribute::as_str);
    let property = target.and_then(|target| target.name()).or(attribute).unwrap_or_default();
    Cause {
        property: property.to_owned(),
        recreation: target.and_then(|target| target.requires_recreation()).map_or("Never", |value| value.as_str()).to_owned(),
        source: detail.change_source().map_or("", types::ChangeSource::as_str).to_owned(),
        entity: detail.causing_entity().map(str::to_owned),
        before: target.and_then(|target| target.before_value()).map(str::to_owned),
        after: target.and_then(|target| target.after_value()).map(str::to_owned),
    }
}
