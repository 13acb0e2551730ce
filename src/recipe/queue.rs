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

/// A queue that is worked off.
#[derive(Debug)]
pub struct Worked<'a> {
    /// Its logical ID.
    pub id: &'a Id<sqs::Queue>,
    /// The requirement that it serves.
    pub why: &'a str,
    /// Where messages go that nobody could work off.
    pub dead: &'a Id<sqs::Queue>,
    /// After how many failed deliveries they go there.
    pub attempts: i64,
    /// Seconds that a receiver has before the message is delivered again.
    pub visibility: i64,
    /// Lets services put something in by themselves.
    pub senders: Vec<Statement>,
}

/// Puts a queue that is worked off.
pub fn put(layers: &mut Layers, layer: Layer, queue: Worked) {
    let redrive = sqs::queue::RedrivePolicy::new().dead_letter_target_arn(queue.dead.arn()).max_receive_count(queue.attempts);
    // No other queue may give its dead letters to one that is worked off.
    let nobody = Node::map([("redrivePermission", Node::from("denyAll"))]);
    let model = sqs::Queue::new()
        .message_retention_period(KEEP_DAYS * DAY)
        .receive_message_wait_time_seconds(LONG_POLL_SECONDS)
        .visibility_timeout(queue.visibility)
        .redrive_policy(redrive)
        .redrive_allow_policy(nobody)
        .sqs_managed_sse_enabled(true);
    layers.put(layer, queue.id, queue.why, Resource::new(model).retain());
    policy(layers, layer, queue.id, queue.senders);
}

/// What a receiver needs to take messages off a queue, and to see how many wait.
pub const TAKE: [&str; 4] = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];

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
