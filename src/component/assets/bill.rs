//! What static files cost, and what is left of them when something fails.

use std::time::Duration;

use rust_decimal::Decimal;

use crate::block::{Basis, Bill, Driver, Event, Kind, Offers, Reason, Recovery, Request, Site, about};
use crate::catalog::MissingPrice;
use crate::recipe::quantity::{DAYS, kept_logs, thousands, times, words};
use crate::units::number;
use crate::workload::Load;

/// GB of the current release's files. An estimate: a few thousand files.
const FILES_GB: u32 = 1;
/// Bytes of one line of the bucket's log, which is not compressed. An estimate.
const LOG_BYTES: u32 = 600;
/// Minutes until a file is in the other regions; AWS promises a quarter of an hour for a fee only. An estimate.
const COPIED_MINUTES: u64 = 15;

/// Files of a month that content delivery does not have.
fn missed(load: &Load) -> Decimal {
    times(load.static_requests_month, 1.0 - load.assumptions.cdn_hit_rate())
}

/// GB that releases write in a month.
fn written(load: &Load) -> Decimal {
    times(FILES_GB * DAYS, load.assumptions.changed_share_per_day())
}

/// The same files from the app's own servers.
pub fn alternative(request: &Request) -> Option<Reason> {
    let load = request.load;
    let price = request.catalog.prices().ok()?.price("s3.get", &request.region.region).ok()?.usd;
    let asked = missed(load);
    let text = format!(
        "files from the app's servers: saves {} a month for {} requests that reach the bucket; but each release would need the old files on the \
         new servers, and they would answer {} more at peak",
        price.times(thousands(asked)).to_cents(),
        words(asked),
        load.static_requests_after_cdn()
    );
    Some(Reason::instead(Driver::Throughput, text))
}

/// The lines of one region.
pub fn lines(site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let changed = load.assumptions.changed_share_per_day();
    let old = written(load).saturating_mul(Decimal::from(super::OLD_DAYS)) / Decimal::from(DAYS);
    let why = format!("{FILES_GB} GB, and what changes of it (× {}) in the {} days for which old files are kept", number(changed), super::OLD_DAYS);
    let stored = about("Static files, stored", "s3.standard.storage", Kind::Storage, why);
    bill.tiered(None, Basis::Standing, Decimal::from(FILES_GB).saturating_add(old), stored)?;
    if !site.leads() {
        return Ok(());
    }
    let further = site.regions.len().saturating_sub(1);
    let why = format!("{FILES_GB} GB × {} × {DAYS} days × {further} further regions", number(changed));
    let copied = written(load).saturating_mul(Decimal::from(further));
    bill.usage(copied, about("Static files, bytes to other regions", "dt.inter_region_out", Kind::Transfer, why))?;
    let asked = missed(load);
    let why = format!(
        "{} requests, of which content delivery answers {}; what it fetches is free to send",
        words(Decimal::from(load.static_requests_month)),
        crate::units::percent(load.assumptions.cdn_hit_rate())
    );
    bill.usage(thousands(asked), about("Static files, requests", "s3.get", Kind::Requests, why))?;
    if offers.balancer_logs.is_none() {
        return Ok(());
    }
    let why = format!("{} requests × {LOG_BYTES} B, kept for a quarter", words(asked));
    let logs = about("Static files, access logs", "s3.standard.storage", Kind::Operations, why);
    bill.tiered(None, Basis::Usage, kept_logs(asked, LOG_BYTES), logs)
}

/// A bucket spans zones by itself; beyond the region it depends on copies.
pub fn recoveries(regions: usize) -> Vec<Recovery> {
    let nothing = Some(Duration::ZERO);
    let of = |event, point, time, why: &str, estimated| Recovery { what: "Static files".to_owned(), event, point, time, why: why.to_owned(), estimated };
    let spans = "S3 keeps each file in three zones at least";
    let region = if regions > 1 {
        let minutes = Duration::from_secs(COPIED_MINUTES * 60);
        of(Event::Region, Some(minutes), nothing, "copied to the other region within minutes, and served from there when the first does not answer", true)
    } else {
        of(Event::Region, None, None, "in one region only; a release elsewhere writes them again", false)
    };
    vec![
        of(Event::Host, nothing, nothing, spans, false),
        of(Event::Zone, nothing, nothing, spans, false),
        region,
        of(Event::Mistake, nothing, None, &format!("each version is kept for {} days, and is fetched back by hand", super::OLD_DAYS), false),
    ]
}
