//! What asynchronous work, functions, files and interfaces cost: all of it by use.

use std::collections::BTreeSet;

use cfn::Node;
use rust_decimal::Decimal;

use super::edge::compressed;
use super::ground::{Place, Placed, decimal, millions};
use super::list::Books;
use super::volumes;

/// Bytes of this region's events as a service counts them: each in whole steps.
fn counted(place: &Place, step: u64) -> Decimal {
    let each = (place.load.assumptions.event_bytes() as u64).div_ceil(step).max(1) * step;
    place.part(Decimal::from(place.load.events_month)) * Decimal::from(each) / gib()
}

fn gib() -> Decimal {
    Decimal::from(1_u64 << 30)
}

/// Bytes of this region's events as they are.
fn clicks(place: &Place) -> Decimal {
    place.part(Decimal::from(place.load.events_month)) * decimal(place.load.assumptions.event_bytes()) / gib()
}

pub fn stream(books: &mut Books, place: &Place) {
    books.hours("kinesis.ondemand.stream", 1);
    books.line("kinesis.ondemand.in", counted(place, 1_024));
    books.line("kinesis.ondemand.out", counted(place, 1_024));
}

/// What is delivered, and the files that it is written as: one at each interval, and one whenever the buffer is full.
pub fn delivery(books: &mut Books, place: &Place, delivery: &Placed) {
    books.line("firehose.ingest", counted(place, 5 * 1_024));
    if place.load.events_month > 0 {
        let hints = "ExtendedS3DestinationConfiguration/BufferingHints";
        let timed = Decimal::from(730 * 3_600) / decimal(delivery.number(&format!("{hints}/IntervalInSeconds")));
        let full = clicks(place) * Decimal::from(1_024) / decimal(delivery.number(&format!("{hints}/SizeInMBs")));
        books.line("s3.put", (timed + full) / Decimal::from(1_000));
    }
}

/// A month's empty receives of one consumer that waits 20 seconds for each.
const EMPTY_RECEIVES: u64 = 730 * 180;

/// A message is sent, received and deleted.
const REQUESTS: u64 = 3;

/// Queues by who owns them: of jobs and events, with five receivers of Lambda and one worker; or one for each service, which all get what another tells.
pub fn queues(books: &mut Books, place: &Place, all: &[&Placed]) {
    let messages = place.part(millions(place.load.messages_month)) * Decimal::from(REQUESTS);
    match books.component.as_str() {
        "queue" => {
            books.line("sqs.standard", messages * Decimal::from(2));
            books.line("sqs.standard", millions(EMPTY_RECEIVES * 6));
        }
        "event_topic" => {
            let services = all.iter().filter(|one| one.maybe("ReceiveMessageWaitTimeSeconds") == Some(20.0)).count() as u64;
            books.line("sqs.standard", messages * Decimal::from(services - 1));
            books.line("sqs.standard", millions(EMPTY_RECEIVES * services));
        }
        // Dead letters alone.
        "signup" | "uploads" | "order_workflow" => {}
        other => panic!("say what the queues of {other} cost"),
    }
}

/// The topic of events; what alarms and the budget tell people is free.
pub fn topics(books: &mut Books, place: &Place) {
    if books.component == "event_topic" {
        books.line("sns.publish", place.part(millions(place.load.messages_month)));
    }
}

/// Orders × steps that are taken when nothing fails: of a choice the first way, and the end counts.
pub fn workflow(books: &mut Books, place: &Place, machine: &Placed) {
    let states = machine.at("Definition/States").unwrap();
    let mut at = machine.text("Definition/StartAt");
    let mut taken = BTreeSet::new();
    while taken.insert(at) {
        let state = states.get(at).unwrap_or_else(|| panic!("there is no state {at}"));
        let first = || state.get("Choices")?.as_list()?.first()?.get("Next");
        match first().or_else(|| state.get("Next")).and_then(Node::as_str) {
            Some(next) => at = next,
            None => break,
        }
    }
    books.line("stepfunctions.standard", place.part(volumes::orders(place)) * Decimal::from(taken.len() as u64) / Decimal::from(1_000));
}

/// Calls, seconds and logs of a function, by what calls it.
pub fn function(books: &mut Books, place: &Place, function: &Placed) {
    let a = &place.load.assumptions;
    let (calls, seconds) = match function.component() {
        "signup" => (place.part(volumes::signups(place)), decimal(a.function_milliseconds()) / Decimal::from(1_000)),
        "queue" => (place.part(Decimal::from(place.load.messages_month)), Decimal::new(2, 2)),
        "uploads" => return,
        other => panic!("say what the function of {other} costs"),
    };
    books.line("lambda.requests", calls / Decimal::from(1_000_000));
    let memory = decimal(function.number("MemorySize")) / Decimal::from(1_024);
    books.tiered(place.region, "lambda.arm64.gb_second", calls * seconds * memory);
    let group = place.led_to(function.at("LoggingConfig/LogGroup").unwrap());
    let said = calls * Decimal::from(volumes::FUNCTION_LOG_BYTES) / gib();
    books.line("cloudwatch.logs.ingest", said);
    books.line("cloudwatch.logs.storage", said * compressed() * decimal(group.number("RetentionInDays")) / Decimal::from(30));
}

/// Users' files, and what users do; what else is kept in buckets is small beside them.
pub fn bucket(books: &mut Books, place: &Place, bucket: &Placed) {
    match bucket.component() {
        "uploads" => {
            let stored = Decimal::from(place.load.object_bytes.0) / gib();
            books.tiered(place.region, "s3.standard.storage", stored);
        }
        "clickstream" => clickstream(books, place, bucket),
        _ => {}
    }
}

/// Each class of storage holds what has come in its days.
fn clickstream(books: &mut Books, place: &Place, bucket: &Placed) {
    let rules = bucket.list("LifecycleConfiguration/Rules");
    let age = rules.iter().find(|rule| rule.get("Transitions").is_some()).unwrap();
    let days = |node: &Node, name: &str| node.get(name).and_then(Node::as_int).unwrap();
    let moves = age.get("Transitions").and_then(Node::as_list).unwrap();
    let ends: Vec<i64> = moves.iter().map(|one| days(one, "TransitionInDays")).chain([days(age, "ExpirationInDays")]).collect();
    let a_day = clicks(place) * compressed() / Decimal::from(30);
    books.tiered(place.region, "s3.standard.storage", a_day * Decimal::from(ends[0]));
    for (one, pair) in moves.iter().zip(ends.windows(2)) {
        let key = match one.get("StorageClass").and_then(Node::as_str) {
            Some("STANDARD_IA") => "s3.standard_ia.storage",
            Some("GLACIER_IR") => "s3.glacier_ir.storage",
            other => panic!("say what {other:?} costs"),
        };
        books.line(key, a_day * Decimal::from(pair[1] - pair[0]));
    }
}

/// Queries of the GraphQL API, each of which reads an order.
pub fn graphql(books: &mut Books, place: &Place) {
    let queries = place.part(volumes::queries(place)) / Decimal::from(1_000_000);
    books.line("appsync.operations", queries);
    books.line("dynamodb.ondemand.rru", queries / Decimal::from(2));
}

pub fn interface(_books: &mut Books, _place: &Place) {}

pub fn page(_books: &mut Books, _place: &Place) {}
