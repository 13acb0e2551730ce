//! What the clickstream costs on its way and in the bucket, and what saturates in it.

use std::time::Duration;

use rust_decimal::Decimal;

use super::delivery::{BUFFER_MB, BUFFER_SECONDS, HARDLY_DAYS, KEEP_DAYS, RARELY_DAYS};
use super::{Clickstream, FIRST_RECORDS, KEEP_HOURS, SHARD_BYTES, SHARD_RECORDS};
use crate::block::{Basis, Bill, Ceiling, Event, Kind, Recovery, Reliance, Site, Way, about};
use crate::catalog::MissingPrice;
use crate::recipe::on_demand;
use crate::units::{Bytes, number};
use crate::workload::Load;

/// On demand, records are billed in whole kilobytes.
pub const RECORD_STEP: f64 = 1_024.0;
/// Firehose bills records in whole steps of 5 KB.
const DELIVERY_STEP: f64 = 5.0 * 1_024.0;
/// What is left of events when they are compressed [estimate].
const COMPRESSED: Decimal = Decimal::from_parts(15, 0, 0, false, 2);
/// Files that are written in a month when none gets full: one after each wait.
const FILES_BY_TIME: i64 = 730 * 3_600 / BUFFER_SECONDS;

/// Gigabytes that so many events are billed as, in whole steps.
pub fn billed(load: &Load, events: Decimal, step: f64) -> Decimal {
    on_demand::gb(events, on_demand::steps(load.assumptions.event_bytes(), step) as f64 * step)
}

/// Bytes a second at peak as the stream's limits count them: it takes as many records as kilobytes (1,000), so a small one counts as that.
pub fn bytes(load: &Load) -> f64 {
    load.events_peak.get() * load.assumptions.event_bytes().max(SHARD_BYTES / SHARD_RECORDS)
}

/// The stream, the delivery, and the bucket when it is as full as it gets: with all events of the days that it keeps.
///
/// # Errors
/// When the list lacks a price.
pub fn line_items(site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let events = on_demand::part(site, load.events_month);
    let shown = on_demand::shown(events);
    bill.standing(bill.hours(), about("Clickstream, stream", "kinesis.ondemand.stream", Kind::Requests, "1 × 730 h"))?;
    let through = billed(load, events, RECORD_STEP);
    let why = format!("{shown} events in whole KB");
    bill.usage(through, about("Clickstream, in", "kinesis.ondemand.in", Kind::Requests, why.clone()))?;
    bill.usage(through, about("Clickstream, out to the delivery", "kinesis.ondemand.out", Kind::Requests, why))?;
    let why = format!("{shown} events in whole steps of 5 KB");
    bill.usage(billed(load, events, DELIVERY_STEP), about("Clickstream, delivery", "firehose.ingest", Kind::Requests, why))?;
    stored(load, events, bill)
}

fn stored(load: &Load, events: Decimal, bill: &mut Bill) -> Result<(), MissingPrice> {
    let raw = on_demand::gb(events, load.assumptions.event_bytes());
    if !events.is_zero() {
        let full = raw.saturating_mul(Decimal::from(Bytes::GIB / Bytes::MIB)) / Decimal::from(BUFFER_MB);
        let files = Decimal::from(FILES_BY_TIME) + full;
        let why = format!("{FILES_BY_TIME} files by time, and one for each {BUFFER_MB} MB");
        bill.usage(files / Decimal::ONE_THOUSAND, about("Clickstream, files written", "s3.put", Kind::Requests, why))?;
    }
    let month = raw.saturating_mul(COMPRESSED);
    let ages = [
        ("Clickstream, files", "s3.standard.storage", 0, RARELY_DAYS),
        ("Clickstream, files read rarely", "s3.standard_ia.storage", RARELY_DAYS, HARDLY_DAYS),
        ("Clickstream, files hardly ever read", "s3.glacier_ir.storage", HARDLY_DAYS, KEEP_DAYS),
    ];
    for (what, key, from, to) in ages {
        let gigabytes = month.saturating_mul(Decimal::from(to - from)) / Decimal::from(30);
        let why = format!(
            "{} GB a month, compressed to 15 % [estimate], × {} days ÷ 30 (day {from} to {to})",
            on_demand::shown(raw),
            number((to - from) as f64)
        );
        let line = about(what, key, Kind::Storage, why);
        match from {
            0 => bill.tiered(None, Basis::Usage, gigabytes, line)?,
            _ => bill.usage(gigabytes, line)?,
        }
    }
    Ok(())
}

/// Bytes into the stream.
pub fn ceilings(clickstream: &Clickstream, site: &Site) -> Vec<Ceiling> {
    let part = site.part();
    let first = FIRST_RECORDS * SHARD_BYTES / SHARD_RECORDS;
    let quota = ("kinesis.ondemand_in_bytes", clickstream.stress);
    let ceiling = on_demand::ceiling("bytes into the clickstream", "bytes/s", Some(first), quota, move |load| bytes(load) * part);
    vec![ceiling.then("ask AWS for more, or put several events into one record: small records count as 1,000 bytes each")]
}

/// Requests are answered without it.
pub fn reliances() -> Vec<Reliance> {
    vec![Reliance::new("Kinesis, the clickstream", "kinesis", Way::Aside), Reliance::new("S3, its bucket", "s3", Way::Aside)]
}

/// The stream and the bucket stand in three zones of one region; nothing keeps older versions of a file.
pub fn recoveries() -> Vec<Recovery> {
    let of = |event, point, why: String| Recovery { what: "Clickstream".to_owned(), event, point, time: point, why, estimated: false };
    let kept = "Kinesis and S3 keep copies in three zones".to_owned();
    vec![
        of(Event::Host, Some(Duration::ZERO), kept.clone()),
        of(Event::Zone, Some(Duration::ZERO), kept),
        of(Event::Region, None, "each region's events are in that region alone".to_owned()),
        of(Event::Mistake, None, format!("files that are deleted are gone; the stream still has the last {KEEP_HOURS} hours")),
    ]
}
