//! What asynchronous work, functions, files and interfaces cost: all of it by use.

use rust_decimal::Decimal;

use super::ground::{Place, Placed, decimal, millions};
use super::list::Books;

/// Bytes of so many events as a service counts them: each in whole steps.
fn counted(place: &Place, step: u64) -> Decimal {
    let each = (place.load.assumptions.event_bytes() as u64).div_ceil(step) * step;
    Decimal::from(place.load.events_month) * Decimal::from(each) / Decimal::from(1_u64 << 30)
}

pub fn stream(books: &mut Books, place: &Place) {
    books.hours("kinesis.ondemand.stream", 1);
    let bytes = place.part(counted(place, 1_024));
    books.line("kinesis.ondemand.in", bytes);
    books.line("kinesis.ondemand.out", bytes);
}

pub fn delivery(books: &mut Books, place: &Place) {
    books.line("firehose.ingest", place.part(counted(place, 5 * 1_024)));
}

/// A month's empty receives of one consumer that waits 20 seconds for each.
const EMPTY_RECEIVES: u64 = 730 * 180;

/// Jobs are sent, received and deleted; whoever waits for them asks every 20 seconds.
pub fn queues(books: &mut Books, place: &Place, all: &[&Placed]) {
    if all.iter().any(|one| one.id == "JobQueue") {
        books.line("sqs.standard", place.part(millions(place.load.messages_month)) * Decimal::from(3));
    }
    let asked = all.iter().filter(|one| one.maybe("ReceiveMessageWaitTimeSeconds") == Some(20.0)).count() as u64;
    books.line("sqs.standard", millions(EMPTY_RECEIVES * asked));
}

pub fn topics(_books: &mut Books, _place: &Place, _all: &[&Placed]) {}

pub fn workflow(_books: &mut Books, _place: &Place, _all: &[&Placed]) {}

pub fn functions(_books: &mut Books, _place: &Place, _all: &[&Placed]) {}

/// Users' files; what else is kept in buckets is small beside them.
pub fn buckets(books: &mut Books, place: &Place, all: &[&Placed]) {
    if all.iter().any(|one| one.id == "UploadsBucket") {
        let stored = Decimal::from(place.load.object_bytes.0) / Decimal::from(1_u64 << 30);
        books.tiered(place.region, "s3.standard.storage", stored);
    }
}

pub fn interface(_books: &mut Books, _place: &Place, _kind: &str) {}

pub fn page(_books: &mut Books, place: &Place) {
    let _ = decimal(place.load.users.as_f64());
}
