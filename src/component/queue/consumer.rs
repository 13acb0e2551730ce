//! The function that takes events from the queue and writes each into a journal, once.

use cfn::policy::Statement;
use cfn::resource::dynamodb::table::TimeToLiveSpecification;
use cfn::resource::lambda;
use cfn::resource::lambda::event_source_mapping::{FunctionResponseType, ScalingConfig};
use cfn::{Id, Resource};

use super::{events, function, journal};
use crate::component::{Layer, Layers};
use crate::recipe;

/// The function.
const SOURCE: &str = include_str!("events.py");
/// Seconds until it is stopped.
const TIMEOUT: i64 = 30;
/// MB of memory.
pub const MEMORY: i64 = 256;
/// Events that it is handed at once; one after the other is written in far less than the timeout.
const BATCH: i64 = 10;
/// Seconds until events that were taken are delivered again: six times the function's timeout, so that Lambda's own retries of a throttled call
/// come first (Lambda developer guide, "Using Lambda with Amazon SQS").
pub const VISIBILITY: i64 = 6 * TIMEOUT;
/// Days that the journal keeps an event: far longer than a queue may deliver it again.
pub const KEEP_DAYS: i64 = 90;

/// Puts journal, function, and the mapping that feeds it; at most `consumers` copies run at once.
pub fn put(consumers: i64, layers: &mut Layers) {
    let (table, id) = (journal(), function());
    let model = recipe::table::keyed_by("id").time_to_live_specification(TimeToLiveSpecification::new(true).attribute_name("expires_at"));
    let why = "What happened in the last 90 days, each event once however often the queue delivers it";
    layers.put(Layer::Data, &table, why, Resource::new(model).retain());
    let consumer = recipe::Function {
        id: id.name(),
        layer: Layer::Async,
        why: "Checks each event and writes it into the journal, once",
        source: SOURCE,
        timeout: TIMEOUT,
        memory: MEMORY,
        environment: vec![("TABLE_NAME", table.reference()), ("KEEP_DAYS", KEEP_DAYS.to_string().into())],
        statements: vec![
            Statement::allow(recipe::queue::TAKE).on(events().arn()).sid("TakeEvents"),
            Statement::allow(["dynamodb:PutItem"]).on(table.arn()).sid("RecordEvents"),
        ],
        // The queue keeps what fails and gives it up by itself.
        failures: None,
        // The mapping limits it without taking from the account's pool, which has only ten in a new account.
        most: None,
    };
    recipe::function(layers, consumer);
    let mapping: Id<lambda::EventSourceMapping> = Id::new("EventSource");
    let model = lambda::EventSourceMapping::new(id.reference())
        .event_source_arn(events().arn())
        .batch_size(BATCH)
        .function_response_types([FunctionResponseType::ReportBatchItemFailures])
        .scaling_config(ScalingConfig::new().maximum_concurrency(consumers));
    let why = "Feeds the function from the queue, gives back only the events that failed, and protects the table from a flood";
    layers.put(Layer::Async, &mapping, why, model);
}
