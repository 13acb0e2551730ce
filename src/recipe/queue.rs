//! Queues: encrypted, reached by TLS only, kept when their stack goes.
//!
//! SQS's own keys encrypt them rather than ours: services that send by themselves (event rules, topics, functions that gave up) then need no
//! permission on a key, whose absence would lose messages in silence, and no call to KMS stands between the app and its queue.

use cfn::policy::{Document, Statement};
use cfn::resource::sqs;
use cfn::{Id, Node, Resource, Val};

use crate::block::{Layer, Layers};

/// Seconds in a day.
const DAY: i64 = 86_400;
/// Days that a message waits for a consumer. A dead letter keeps the age it had, so dead-letter queues must keep longer.
const KEEP_DAYS: i64 = 4;
/// Days that a message waits for somebody to look at it: the most that SQS offers.
const KEEP_DEAD_DAYS: i64 = 14;
/// Seconds that a receiver waits for messages: the most that SQS offers, hence the fewest empty answers to pay for.
const LONG_POLL_SECONDS: i64 = 20;

/// Puts a queue that is worked off. After `attempts` failed deliveries a message goes to `dead`; `visibility` is the seconds that a receiver has
/// before the message is delivered again.
pub fn put(layers: &mut Layers, layer: Layer, id: &Id<sqs::Queue>, why: &str, dead: &Id<sqs::Queue>, attempts: i64, visibility: i64) {
    let redrive = sqs::queue::RedrivePolicy::new().dead_letter_target_arn(dead.arn()).max_receive_count(attempts);
    // No other queue may give its dead letters to one that is worked off.
    let nobody = Node::map([("redrivePermission", Node::from("denyAll"))]);
    let model = sqs::Queue::new()
        .message_retention_period(KEEP_DAYS * DAY)
        .receive_message_wait_time_seconds(LONG_POLL_SECONDS)
        .visibility_timeout(visibility)
        .redrive_policy(redrive)
        .redrive_allow_policy(nobody)
        .sqs_managed_sse_enabled(true);
    layers.put(layer, id, why, Resource::new(model).retain());
    policy(layers, layer, id, Vec::new());
}

/// Puts a queue for what was given up; `senders` lets services put something in by themselves.
pub fn put_dead_letters(layers: &mut Layers, layer: Layer, id: &Id<sqs::Queue>, why: &str, senders: Vec<Statement>) {
    let model = sqs::Queue::new().message_retention_period(KEEP_DEAD_DAYS * DAY).sqs_managed_sse_enabled(true);
    layers.put(layer, id, why, Resource::new(model).retain());
    policy(layers, layer, id, senders);
}

/// Who may do what with the queue beside those whose roles allow it, and nobody without TLS.
fn policy(layers: &mut Layers, layer: Layer, queue: &Id<sqs::Queue>, senders: Vec<Statement>) {
    let insecure = Statement::deny(["sqs:*"]).anyone().on(queue.arn()).when("Bool", "aws:SecureTransport", "false").sid("TlsOnly");
    let document = senders.into_iter().fold(Document::new().with(insecure), Document::with);
    let id: Id<sqs::QueuePolicy> = Id::new(format!("{}Policy", queue.name()));
    let model = sqs::QueuePolicy::new(document, [queue.reference()]);
    // Retained with the queue, which would be open to requests without TLS otherwise.
    layers.put(layer, &id, "Messages travel encrypted, whoever sends or receives", Resource::new(model).retain());
}

/// Lets a service put messages in for one resource of ours.
pub fn sends(service: &str, queue: &Id<sqs::Queue>, source: Val<String>) -> Statement {
    Statement::allow(["sqs:SendMessage"]).principal_service(service).on(queue.arn()).when("ArnEquals", "aws:SourceArn", source).sid("Send")
}
