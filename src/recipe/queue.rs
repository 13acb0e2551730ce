//! Queues: encrypted, reached by TLS only, kept when their stack goes.
//!
//! SQS's own keys encrypt them rather than ours: services that send by themselves (event rules, topics, functions that gave up) then need no
//! permission on a key, whose absence would lose messages in silence, and no call to KMS stands between the app and its queue.

use std::time::Duration;

use cfn::policy::{Document, Statement};
use cfn::resource::sqs;
use cfn::{Id, Node, Resource, Val};

use rust_decimal::Decimal;

use super::on_demand;
use crate::block::{Bill, Event, Kind, Layer, Layers, Recovery, about};
use crate::catalog::MissingPrice;

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

/// Send, receive, delete: what a message of up to 64 KB takes.
pub const REQUESTS_PER_MESSAGE: u64 = 3;
/// Empty answers that a receiver gets in a month when nothing is there: one after each wait.
const EMPTY_A_MONTH: u64 = 730 * 3_600 / LONG_POLL_SECONDS.unsigned_abs();
/// Receivers that Lambda begins with for an event source (Lambda developer guide, "Using Lambda with Amazon SQS": five batches at once).
pub const LAMBDA_RECEIVERS: u64 = 5;

/// Messages of a month, and what receivers ask of queues that have none.
///
/// # Errors
/// When the list lacks the price.
pub fn requests(bill: &mut Bill, what: &str, messages: Decimal, receivers: u64, of: &str) -> Result<(), MissingPrice> {
    let why = format!("{} messages × {REQUESTS_PER_MESSAGE}: send, receive, delete; {of}", on_demand::shown(messages));
    let requests = on_demand::millions(messages.saturating_mul(Decimal::from(REQUESTS_PER_MESSAGE)));
    bill.usage(requests, about(format!("{what}, messages"), "sqs.standard", Kind::Requests, why))?;
    let why = format!("{receivers} receivers × 730 h × 180 waits of {LONG_POLL_SECONDS} s, as if nothing ever came");
    let empty = on_demand::millions(Decimal::from(receivers * EMPTY_A_MONTH));
    bill.standing(empty, about(format!("{what}, empty receives"), "sqs.standard", Kind::Requests, why))
}

/// What failures and mistakes do to messages (SQS developer guide, "Amazon SQS architecture": copies on several servers).
pub fn recoveries(what: &str) -> Vec<Recovery> {
    let of = |event, kept: bool, why: &str| {
        let (point, time) = (kept.then_some(Duration::ZERO), kept.then_some(Duration::ZERO));
        Recovery { what: what.to_owned(), event, point, time, why: why.to_owned(), estimated: false }
    };
    let copies = "SQS keeps copies in several zones; who was at work on a message when it failed is given it again";
    vec![
        of(Event::Host, true, copies),
        of(Event::Zone, true, copies),
        of(Event::Region, false, "messages wait in one region until it is back; those older than 4 days are lost"),
        of(Event::Mistake, false, "what was deleted or purged is gone; what failed waits in the dead-letter queue for 14 days"),
    ]
}
