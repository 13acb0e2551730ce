//! What the queues cost with the function behind them, and what saturates in them.

use rust_decimal::Decimal;

use super::{Queue, SECONDS_PER_EVENT, consumer};
use crate::block::{Bill, Ceiling, Driver, Reason, Recovery, Reliance, Request, Site, Way};
use crate::catalog::MissingPrice;
use crate::recipe::on_demand::{self, Calls, holding};
use crate::recipe::{queue, table};
use crate::units::number;
use crate::workload::Load;

/// Bytes of an item of the journal beside the event: identifiers, type, times, names [estimate].
const ITEM_BESIDE: f64 = 200.0;
/// Receivers of jobs: one worker that has nothing to do; busy ones get no empty answers [estimate].
const WORKERS: u64 = 1;

/// Calls a second that a FIFO queue takes without high throughput (`sqs.fifo_calls` of the quotas).
const FIFO_CALLS: f64 = 300.0;

/// Units that writing one event takes.
fn units(load: &Load) -> u64 {
    on_demand::steps(load.assumptions.event_bytes() + ITEM_BESIDE, table::WRITE_STEP)
}

/// Units a second that the journal is written at peak.
fn writes(load: &Load) -> f64 {
    load.messages_peak.get() * units(load) as f64
}

/// Jobs that are being worked on at one moment.
fn in_flight(load: &Load) -> f64 {
    load.messages_peak.get() * load.assumptions.function_milliseconds() / 1_000.0
}

/// Messages of both queues, the function that takes events, and the journal that it writes.
///
/// # Errors
/// When the list lacks a price.
pub fn line_items(site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let jobs = on_demand::part(site, load.messages_month);
    let both = jobs.saturating_mul(Decimal::TWO);
    queue::requests(bill, "Queues", both, queue::LAMBDA_RECEIVERS + WORKERS, "jobs, and as many events")?;
    let why = format!("{} events, each a call of its own: without a batching window a batch seldom fills", on_demand::shown(jobs));
    let month = Calls { what: "Consumer of events", calls: jobs, seconds: SECONDS_PER_EVENT, memory: consumer::MEMORY, why };
    on_demand::function(site, bill, month)?;
    let each = units(load);
    let written = jobs.saturating_mul(Decimal::from(each));
    table::writes(bill, "Journal, writes", false, written, format!("{} events × {}", on_demand::shown(jobs), on_demand::units(each)))?;
    let days = Decimal::from(consumer::KEEP_DAYS);
    let kept = jobs.saturating_mul(days) / Decimal::from(30);
    let bytes = load.assumptions.event_bytes() + ITEM_BESIDE + table::OVERHEAD;
    let why = format!("{} events × {days} days ÷ 30, × {} bytes", on_demand::shown(jobs), number(bytes));
    table::stored(bill, "Journal", (on_demand::gb(kept, bytes), Decimal::ZERO), &why)
}

/// Consumers of events, jobs in flight, and units of the journal.
pub fn ceilings(queue: &Queue, site: &Site) -> Vec<Ceiling> {
    let (part, stressed) = (site.part(), &queue.stressed);
    let consumers = queue.consumers as f64;
    let carried = holding(consumers / SECONDS_PER_EVENT, stressed.messages_peak.get());
    vec![
        Ceiling::fixed("consumers of events", Driver::Throughput, "events/s", carried, move |load| load.messages_peak.get() * part)
            .within("lambda.concurrency", consumers)
            .then("plan for more users, which lets more consumers run at once; until then events wait in their queue, and nothing is lost"),
        on_demand::ceiling("jobs in flight", "messages", None, ("sqs.in_flight", in_flight(stressed)), move |load| in_flight(load) * part)
            .then("make jobs shorter, or divide them over several queues"),
        on_demand::ceiling(
            "writes to the journal",
            "write units/s",
            Some(table::FIRST_WRITES),
            ("dynamodb.table_wru", writes(stressed)),
            move |load| writes(load) * part,
        )
        .then("ask AWS for more units of the table"),
    ]
}

/// Work waits when one of them does not answer.
pub fn reliances() -> Vec<Reliance> {
    vec![
        Reliance::new("SQS, jobs and events", "sqs", Way::Aside),
        Reliance::new("Lambda, the consumer of events", "lambda", Way::Aside),
        Reliance::new("DynamoDB, the journal", "dynamodb", Way::Aside),
    ]
}

/// Messages and the journal.
pub fn recoveries() -> Vec<Recovery> {
    let mut all = queue::recoveries("Jobs and events that wait");
    all.extend(table::recoveries("Journal of events", 1));
    all
}

/// Queues that keep the order, with what they take and cost.
pub fn in_order(request: &Request, stressed: &Load) -> Option<Reason> {
    let (prices, region) = (request.catalog.prices().ok()?, &request.region.region);
    let requests = on_demand::millions(Decimal::from(request.load.messages_month).saturating_mul(Decimal::from(2 * queue::REQUESTS_PER_MESSAGE)));
    let month = |key: &str| prices.price(key, region).ok().map(|price| price.usd.times(requests).to_cents());
    let text = format!(
        "FIFO queues: {} a month against {}, and each takes {} calls a second where {} jobs come in the stress case; jobs and events need no order, and one \
         that comes twice is kept once",
        month("sqs.fifo")?,
        month("sqs.standard")?,
        number(FIFO_CALLS),
        stressed.messages_peak
    );
    let driver = if stressed.messages_peak.get() > FIFO_CALLS { Driver::Throughput } else { Driver::Cost };
    Some(Reason::instead(driver, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reason_says_of_a_quota_is_what_the_table_says() {
        assert_eq!(crate::catalog::default_quota("sqs.fifo_calls"), Some(FIFO_CALLS as u64));
    }
}
