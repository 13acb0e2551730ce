//! What asynchronous work, functions, files and interfaces cost: all of it by use.

use std::collections::BTreeSet;

use cfn::Node;
use rust_decimal::Decimal;

use super::edge::{compressed, kept, old_versions};
use super::ground::{Place, Placed, assumed, decimal, gb, millions};
use super::list::Books;
use super::volumes;

/// Bytes of this region's events as a service counts them: each in whole steps.
fn counted(place: &Place, step: u64) -> Decimal {
    let each = (place.load.assumptions.event_bytes() as u64).div_ceil(step).max(1) * step;
    gb(place.part(Decimal::from(place.load.events_month)) * Decimal::from(each))
}

/// Bytes of this region's events as they are.
fn clicks(place: &Place) -> Decimal {
    gb(place.part(Decimal::from(place.load.events_month)) * assumed(place, "event_bytes"))
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
    let (calls, seconds, logged) = match function.component() {
        "signup" => (place.part(volumes::signups(place)), assumed(place, "function_milliseconds") / Decimal::from(1_000), true),
        "queue" => (place.part(Decimal::from(place.load.messages_month)), Decimal::new(2, 2), true),
        "uploads" => (volumes::files(place), Decimal::from(2), false),
        other => panic!("say what the function of {other} costs"),
    };
    books.line("lambda.requests", calls / Decimal::from(1_000_000));
    let memory = decimal(function.number("MemorySize")) / Decimal::from(1_024);
    books.tiered(place.region, "lambda.arm64.gb_second", calls * seconds * memory);
    if logged {
        let group = place.led_to(function.at("LoggingConfig/LogGroup").unwrap());
        let said = gb(calls * Decimal::from(volumes::FUNCTION_LOG_BYTES));
        books.line("cloudwatch.logs.ingest", said);
        books.line("cloudwatch.logs.storage", said * compressed() * decimal(group.number("RetentionInDays")) / Decimal::from(30));
    }
}

/// What is kept in buckets: static files, users' files, and what users do. Logs are their writers', and templates that wait are small.
pub fn bucket(books: &mut Books, place: &Place, bucket: &Placed) {
    match bucket.component() {
        "assets" => assets(books, place, bucket),
        "uploads" => uploads(books, place, bucket),
        "clickstream" => clickstream(books, place, bucket),
        "load_balancer" | "content_delivery" | "templates_bucket" => {}
        other => panic!("say what the buckets of {other} cost"),
    }
}

/// Bytes of a bucket's access log for each request.
const BUCKET_LOG_BYTES: u64 = 600;

/// What old versions come to, as a part of what is there.
fn old(place: &Place, bucket: &Placed) -> Decimal {
    assumed(place, "changed_share_per_day") * Decimal::from(old_versions(bucket))
}

/// A gigabyte of static files with their old versions, asked for by content delivery, and copied to further regions.
fn assets(books: &mut Books, place: &Place, bucket: &Placed) {
    books.tiered(place.region, "s3.standard.storage", Decimal::ONE + old(place, bucket));
    if place.leads {
        let missed = Decimal::from(place.load.static_requests_month) * (Decimal::ONE - assumed(place, "cdn_hit_rate"));
        books.line("s3.get", missed / Decimal::from(1_000));
        books.tiered(place.region, "s3.standard.storage", gb(missed * Decimal::from(BUCKET_LOG_BYTES)) * kept(place, "LogsBucket"));
        let changed = assumed(place, "changed_share_per_day") * Decimal::from(30);
        books.line("dt.inter_region_out", changed * Decimal::from(place.regions() - 1));
    }
}

/// Users' files: each is put with its thumbnail, and read twelve times.
fn uploads(books: &mut Books, place: &Place, bucket: &Placed) {
    let stored = gb(place.part(Decimal::from(place.load.object_bytes.0)));
    books.tiered(place.region, "s3.standard.storage", stored * (Decimal::ONE + old(place, bucket)));
    let files = volumes::files(place);
    books.line("s3.put", files * Decimal::from(2) / Decimal::from(1_000));
    books.line("s3.get", files * Decimal::from(12) / Decimal::from(1_000));
    books.tiered(place.region, "s3.standard.storage", gb(files * Decimal::from(14 * BUCKET_LOG_BYTES)) * kept(place, "LogsBucket"));
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
