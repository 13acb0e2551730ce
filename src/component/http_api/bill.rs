//! What the HTTP API costs, what other ways in would cost, and what it lets through.

use rust_decimal::Decimal;

use super::HttpApi;
use crate::block::{Basis, Bill, Ceiling, Driver, Kind, Offers, Reason, Request, Site, about};
use crate::catalog::MissingPrice;
use crate::recipe::balancer::{self, Traffic};
use crate::recipe::quantity::{gigabytes, log_group, of_region, words};
use crate::workload::Load;

/// Metrics of each route, because the stage has detailed ones: requests, 4xx, 5xx, bytes, and two times (API Gateway developer guide,
/// "Monitor CloudWatch metrics for HTTP APIs").
const METRICS: u32 = 6;
/// Bytes of one line of the access log. An estimate, from the fields of its format.
const LOG_BYTES: u32 = 300;
/// Zones of a balancer, at least.
const ZONES: usize = 2;

/// The same requests through a REST API, and through a balancer.
pub fn alternatives(request: &Request) -> Option<Vec<Reason>> {
    let (prices, region) = (request.catalog.prices().ok()?, &request.region.region);
    let requests = Decimal::from(request.load.requests_month);
    let (http, rest) = (prices.price("apigw.http.tier1", region).ok()?.usd, prices.price("apigw.rest.tier1", region).ok()?.usd);
    let text = format!("a REST API: {rest} for a million requests, this one {http}; nobody needs keys or quotas of clients yet");
    let none = Traffic { requests, bytes: Decimal::from(request.load.dynamic_bytes_month.0) };
    let balancer = balancer::month(prices, region, ZONES, none, request.assumptions)?.to_cents();
    let api = prices.tiered("apigw.http", region.code(), requests).ok()?.usd.to_cents();
    let instead = format!("a load balancer: {balancer} a month for {} requests, the API {api}", words(requests));
    Some(vec![Reason::instead(Driver::Cost, text), Reason::instead(Driver::Cost, instead)])
}

/// The lines: all dynamic requests come through it.
pub fn lines(site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let requests = of_region(site, Decimal::from(load.requests_month));
    let why = format!("{} requests a month", words(requests));
    bill.tiered(None, Basis::Usage, requests, about("HTTP API, requests", "apigw.http", Kind::Requests, why))?;
    let routes = Decimal::from(offers.functions.len());
    let why = format!("{routes} routes × {METRICS}");
    let metrics = about("HTTP API, detailed metrics", "cloudwatch.metric", Kind::Operations, why);
    bill.tiered(None, Basis::Standing, routes.saturating_mul(Decimal::from(METRICS)), metrics)?;
    let written = gigabytes(requests.saturating_mul(Decimal::from(LOG_BYTES)));
    let why = format!("{} requests × {LOG_BYTES} B", words(requests));
    bill.usage(written, about("HTTP API, access log written", "cloudwatch.vended_logs.ingest", Kind::Operations, why.as_str()))?;
    let (kept, days) = log_group(site, crate::recipe::LOG_DAYS, written);
    let why = format!("{why}; kept for {days} days, compressed to 15 %");
    bill.usage(kept, about("HTTP API, access log kept", "cloudwatch.logs.storage", Kind::Operations, why))
}

impl HttpApi {
    /// The throttle.
    pub(super) fn limit(&self, site: &Site) -> Ceiling {
        let (rate, part) = (self.most, site.part());
        let demand = move |load: &Load| load.requests_peak.get() * part;
        Ceiling::fixed("requests let through", Driver::Throughput, "requests/s", rate, demand)
            .within("apigateway.requests_per_second", rate)
            .then("plan for more users: the throttle follows the load, and the next phase has a server of its own")
    }
}
