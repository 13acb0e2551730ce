//! What uploads and their thumbnails cost, how many thumbnails can be made at once, and what is left of files when something fails.

use std::time::Duration;

use rust_decimal::Decimal;

use super::{MEMORY, Uploads};
use crate::block::{Basis, Bill, Ceiling, Driver, Event, Kind, Offers, Reason, Recovery, Request, Site, about};
use crate::catalog::{MissingPrice, default_quota};
use crate::recipe::quantity::{DAYS, kept_logs, millions, of_region, thousands, times, words};
use crate::units::{SECONDS_PER_DAY, number};
use crate::workload::Load;

/// Bytes of a file. An estimate: a picture from a telephone, made smaller by the app. Its number of uploads follows from what changes in a day.
const FILE_BYTES: u32 = 500_000;
/// Times that a file which was uploaded in a month is read by users. An estimate; its bytes are among those of the pages that show it.
const READS: u32 = 10;
/// Requests of one upload: the file and its thumbnail are put; the function reads the file, after a look whether there is a thumbnail.
const PUTS: u32 = 2;
const GETS: u32 = 2;
/// Seconds that the function takes for one file. An estimate; the largest take twenty times as long.
const SECONDS: u32 = 2;
/// Bytes of one line of the bucket's log, which is not compressed. An estimate.
const LOG_BYTES: u32 = 600;

/// Files uploaded in a month.
fn uploaded(load: &Load) -> Decimal {
    times(load.object_bytes.0, load.assumptions.changed_share_per_day()).saturating_mul(Decimal::from(DAYS)) / Decimal::from(FILE_BYTES)
}

/// Thumbnails in the making at the peak, in a region with this part of the users.
fn at_once(load: &Load, part: f64) -> f64 {
    let a = &load.assumptions;
    let bytes_a_second = load.object_bytes.as_f64() * a.changed_share_per_day() / SECONDS_PER_DAY * a.peak_factor();
    bytes_a_second / f64::from(FILE_BYTES) * f64::from(SECONDS) * part
}

/// Thumbnails in the making at the peak and in the stress case, in one region.
pub fn needs(request: &Request) -> (f64, f64) {
    let part = 1.0 / request.regions.max(1) as f64;
    (at_once(request.load, part), at_once(&request.load.stressed(), part))
}

/// The same files on disks.
pub fn alternative(request: &Request) -> Option<Reason> {
    let (prices, region, gb) = (request.catalog.prices().ok()?, &request.region.region, request.load.object_bytes.billed_gb());
    let disks = prices.price("ebs.gp3.storage", region).ok()?.usd.times(gb).to_cents();
    let bucket = prices.tiered("s3.standard.storage", region.code(), gb).ok()?.usd.to_cents();
    let text = format!("files on gp3 disks: {disks} a month for {}, in one zone and reached by one machine; the bucket {bucket}", request.load.object_bytes);
    Some(Reason::instead(Driver::Cost, text))
}

impl Uploads {
    pub(super) fn lines(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let changed = load.assumptions.changed_share_per_day();
        let days = super::bucket::UNDELETE_DAYS;
        let now = of_region(site, load.object_bytes.billed_gb());
        let old = times(now, changed).saturating_mul(Decimal::from(days));
        let why = format!("{} GB, and {} GB of versions that are kept for {days} days (× {} a day)", words(now), words(old), number(changed));
        let stored = about("Uploads, stored", "s3.standard.storage", Kind::Storage, why);
        bill.tiered(None, Basis::Usage, now.saturating_add(old), stored)?;
        let files = of_region(site, uploaded(load));
        let many = |each: u32| files.saturating_mul(Decimal::from(each));
        let few = format!("{} uploads ({} GB × {} × {DAYS} days ÷ {} B)", words(files), words(now), number(changed), number(f64::from(FILE_BYTES)));
        let puts = about("Uploads, written", "s3.put", Kind::Requests, format!("{few} × {PUTS}: file and thumbnail"));
        bill.usage(thousands(many(PUTS)), puts)?;
        let why = format!("{few} × {}: {GETS} by the function, {READS} by users", GETS + READS);
        bill.usage(thousands(many(GETS + READS)), about("Uploads, read", "s3.get", Kind::Requests, why))?;
        bill.usage(millions(files), about("Thumbnails, calls", "lambda.requests", Kind::Compute, few.as_str()))?;
        let gb_seconds = times(many(SECONDS), MEMORY as f64) / Decimal::from(1_024);
        let why = format!("{few} × {SECONDS} s × {MEMORY} MB");
        let time = about("Thumbnails, time", "lambda.arm64.gb_second", Kind::Compute, why);
        bill.tiered(None, Basis::Usage, gb_seconds, time)?;
        if offers.balancer_logs.is_none() {
            return Ok(());
        }
        let why = format!("{few} × {} × {LOG_BYTES} B, kept for a quarter", PUTS + GETS + READS);
        let logs = about("Uploads, access logs", "s3.standard.storage", Kind::Operations, why);
        bill.tiered(None, Basis::Usage, kept_logs(many(PUTS + GETS + READS), LOG_BYTES), logs)
    }

    /// Functions scale by themselves, up to a quota that AWS raises: where the load needs more, the raise is part of the plan.
    pub(super) fn limits(&self, site: &Site) -> Vec<Ceiling> {
        const QUOTA: &str = "lambda.concurrency";
        let part = site.part();
        let given = default_quota(QUOTA).map_or(0.0, |value| value as f64);
        let (peak, stress) = self.needs;
        let most = given.max(stress);
        let ceiling = Ceiling::fixed("thumbnails in the making", Driver::Throughput, "calls", given.max(peak), move |load| at_once(load, part));
        vec![ceiling.scales_to(most).within(QUOTA, most).then("thumbnails come later, none is lost; ask AWS for more concurrent calls")]
    }
}

/// A bucket spans zones by itself; nothing copies it to another region.
pub fn recoveries() -> Vec<Recovery> {
    let nothing = Some(Duration::ZERO);
    let of = |event, point, time, why: String| Recovery { what: "Uploads".to_owned(), event, point, time, why, estimated: false };
    let spans = || "S3 keeps each file in three zones at least".to_owned();
    let days = super::bucket::UNDELETE_DAYS;
    vec![
        of(Event::Host, nothing, nothing, spans()),
        of(Event::Zone, nothing, nothing, spans()),
        of(Event::Region, None, None, "each region's files are in that region only".to_owned()),
        of(Event::Mistake, nothing, None, format!("each version is kept for {days} days, and is fetched back by hand")),
    ]
}
