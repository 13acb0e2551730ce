//! The SDK's stacks, resources and events in the words of `deploy`.

use crate::deploy::{Event, StackResource, StackState, Status};
use aws_sdk_cloudformation::primitives::DateTime;
use aws_sdk_cloudformation::types;

fn text(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

/// A text that says something; some endpoints send empty ones.
fn said(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

fn millis(time: Option<&DateTime>) -> Option<i64> {
    time.and_then(|time| time.to_millis().ok())
}

/// A stack.
pub fn stack(stack: &types::Stack) -> StackState {
    let pair = |name: Option<&str>, value: Option<&str>| (text(name), text(value));
    StackState {
        id: text(stack.stack_id()),
        status: Status::parse(stack.stack_status().map_or("", types::StackStatus::as_str)),
        reason: said(stack.stack_status_reason()),
        parameters: stack.parameters().iter().map(|parameter| pair(parameter.parameter_key(), parameter.parameter_value())).collect(),
        outputs: stack.outputs().iter().map(|output| pair(output.output_key(), output.output_value())).collect(),
        protected: stack.enable_termination_protection().unwrap_or(false),
        changed_at: millis(stack.last_updated_time().or(stack.creation_time())),
        drift: stack.drift_information().and_then(|drift| drift.stack_drift_status()).map(|status| status.as_str().to_owned()),
    }
}

/// A resource.
pub fn resource(resource: &types::StackResourceSummary) -> StackResource {
    StackResource {
        id: text(resource.logical_resource_id()),
        physical: resource.physical_resource_id().map(str::to_owned),
        resource_type: text(resource.resource_type()),
        status: text(resource.resource_status().map(types::ResourceStatus::as_str)),
        reason: said(resource.resource_status_reason()),
    }
}

/// An event of `DescribeStackEvents`.
pub fn event(event: &types::StackEvent) -> Event {
    Event {
        id: text(event.event_id()),
        at: millis(event.timestamp()).unwrap_or(0),
        resource: text(event.logical_resource_id()),
        physical: event.physical_resource_id().map(str::to_owned),
        resource_type: text(event.resource_type()),
        status: text(event.resource_status().map(types::ResourceStatus::as_str)),
        reason: said(event.resource_status_reason()),
    }
}

/// An event of `DescribeEvents`; its reason is that of whatever failed: the resource, a hook, or the early validation.
pub fn operation_event(event: &types::OperationEvent) -> Event {
    let reason = event.validation_status_reason().or(event.hook_status_reason()).or(event.resource_status_reason());
    let reason = match (reason, event.validation_path()) {
        (Some(reason), Some(path)) => Some(format!("{reason} (at {path})")),
        (reason, _) => reason.map(str::to_owned),
    };
    Event {
        id: text(event.event_id()),
        at: millis(event.timestamp()).unwrap_or(0),
        resource: text(event.logical_resource_id()),
        physical: event.physical_resource_id().map(str::to_owned),
        resource_type: text(event.resource_type()),
        status: text(event.resource_status().map(types::ResourceStatus::as_str)),
        reason,
    }
}
