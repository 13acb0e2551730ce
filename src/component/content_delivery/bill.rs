//! What content delivery costs, what it would cost without, and how far it carries.

use rust_decimal::Decimal;

use super::ContentDelivery;
use crate::block::{Allowances, Basis, Bill, Ceiling, Driver, Kind, Reason, Request, Site, about};
use crate::catalog::{MissingPrice, default_quota};
use crate::recipe::front;
use crate::recipe::quantity::{kept_logs, millions, words};
use crate::units::number;
use crate::workload::Load;

/// Metrics beyond those that everybody has, for each distribution (CloudFront developer guide, "Additional metrics").
const METRICS: u32 = 8;
/// Bytes of one line of the edge's log, compressed. An estimate.
const LOG_BYTES: u32 = 150;

/// The area by whose prices bytes and requests are billed: that of the app's own region. Where users are, nobody knows.
pub fn area(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("us" | "ca" | "mx") => "edge-north-america",
        Some("sa") => "edge-south-america",
        Some("me" | "il" | "af") => "edge-africa-middle-east",
        Some("ap") if region.starts_with("ap-northeast-1") => "edge-japan",
        Some("ap") if region.starts_with("ap-south-1") => "edge-india",
        Some("ap") => "edge-asia-pacific",
        _ => "edge-europe",
    }
}

/// All requests of a month: pages and files.
fn requests(load: &Load) -> Decimal {
    Decimal::from(load.requests_month) + Decimal::from(load.static_requests_month)
}

fn asked(load: &Load) -> f64 {
    (load.requests_peak + load.static_requests_peak).get()
}

fn sent(load: &Load) -> f64 {
    let a = &load.assumptions;
    load.requests_peak.get() * a.response_bytes() + load.page_views_peak.get() * a.static_bytes_per_page()
}

/// What is asked of one distribution at the peak and in the stress case.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    requests: (f64, f64),
    bytes: (f64, f64),
}

/// What the load asks of the distribution.
pub fn needs(load: &Load) -> Needs {
    let stressed = load.stressed();
    Needs { requests: (asked(load), asked(&stressed)), bytes: (sent(load), sent(&stressed)) }
}

/// Sending everything from the load balancer instead, with what either costs at this load.
pub fn alternative(request: &Request) -> Option<Reason> {
    let (prices, load, region) = (request.catalog.prices().ok()?, request.load, &request.region.region);
    let (gb, asked) = (load.egress_bytes_month.billed_gb(), millions(requests(load)));
    let mut free = Allowances::default();
    let direct = prices.tiered("dt.internet_out", region.code(), gb - free.take("dt.internet_out", gb)).ok()?.usd.to_cents();
    let place = area(region.code());
    let bytes = prices.tiered("cloudfront.data_out", place, gb - free.take("cloudfront.data_out", gb)).ok()?.usd;
    let each = prices.price_at("cloudfront.requests.https", place).ok()?.usd;
    let here = (bytes + each.times(asked - free.take("cloudfront.requests.https", asked))).to_cents();
    let text = format!(
        "sending {} a month from the load balancer: {direct}, content delivery {here}; but then servers or the balancer send each of {} files at \
         peak, and users far away wait for them",
        load.egress_bytes_month, load.static_requests_peak
    );
    Some(Reason::instead(Driver::Cost, text))
}

impl ContentDelivery {
    pub(super) fn lines(&self, site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        if !site.leads() {
            return Ok(());
        }
        let place = area(bill.region.code());
        let taken = if site.regions.len() > 1 { "; all users are taken to be in the leading region's area" } else { "" };
        let why = format!(
            "{} of pages and {} of static files a month; what origins send to it is free{taken}",
            load.dynamic_bytes_month, load.static_bytes_month
        );
        let sent = about("Content delivery, bytes to the internet", "cloudfront.data_out", Kind::Transfer, why);
        bill.tiered(Some(place), Basis::Usage, load.egress_bytes_month.billed_gb(), sent)?;
        let (pages, files) = (Decimal::from(load.requests_month), Decimal::from(load.static_requests_month));
        let why = format!("{} for pages and {} for static files{taken}", words(pages), words(files));
        let asked = about("Content delivery, requests", "cloudfront.requests.https", Kind::Requests, why);
        bill.at(place, Basis::Usage, millions(requests(load)), asked)?;
        let metrics = about("Content delivery, more metrics", "cloudwatch.metric", Kind::Operations, format!("{METRICS} for 1 distribution"));
        bill.tiered(Some(front::EDGE_REGION), Basis::Standing, Decimal::from(METRICS), metrics)?;
        let copies = super::copies(site).len();
        let why = format!("1, and copies in other regions: {copies}");
        let secrets = Decimal::from(1 + copies);
        bill.standing(secrets, about("Secret between edge and origin", "secretsmanager.secret", Kind::Operations, why))?;
        let why = format!("{} requests × {LOG_BYTES} B, kept for a quarter", words(requests(load)));
        let logs = about("Content delivery, access logs", "s3.standard.storage", Kind::Operations, why);
        bill.tiered(None, Basis::Usage, kept_logs(requests(load), LOG_BYTES), logs)
    }

    /// CloudFront scales by itself, up to quotas that AWS raises: where the load needs more, the raise is part of the plan.
    pub(super) fn limits(&self) -> Vec<Ceiling> {
        let limit = |what: &str, unit, quota: &'static str, (peak, stress): (f64, f64), demand: fn(&Load) -> f64| {
            let given = default_quota(quota).map_or(0.0, |value| value as f64);
            let most = given.max(stress);
            let then = format!("ask AWS for more than {} {unit} before that peak", number(most));
            Ceiling::fixed(what, Driver::Throughput, unit, given.max(peak), demand).scales_to(most).within(quota, most).then(then)
        };
        vec![
            limit("requests at the edge", "requests/s", "cloudfront.requests_per_second", self.needs.requests, asked),
            limit("bytes from the edge", "bytes/s", "cloudfront.bytes_per_second", self.needs.bytes, sent),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_with_figures_has_an_area_with_a_price() {
        let catalog = crate::catalog::Catalog::builtin().unwrap();
        let prices = catalog.prices().unwrap();
        for facts in catalog.regions() {
            let place = area(facts.region.code());
            assert!(prices.price_at("cloudfront.data_out.tier1", place).is_ok(), "{place}");
            assert!(prices.price_at("cloudfront.requests.https", place).is_ok(), "{place}");
        }
        assert_eq!(area("ap-southeast-1"), "edge-asia-pacific");
        assert_eq!(area("ap-northeast-1"), "edge-japan");
        assert_eq!(area("ap-south-1"), "edge-india");
    }
}
