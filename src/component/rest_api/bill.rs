//! What the public API costs, what a plainer one would cost, and what it lets through.

use rust_decimal::Decimal;

use super::RestApi;
use crate::block::{Basis, Bill, Ceiling, Driver, Kind, Offers, Reason, Request, Site, about};
use crate::catalog::MissingPrice;
use crate::recipe::quantity::{API_SHARE, gigabytes, log_group, of_region, times, words};
use crate::units::percent;
use crate::workload::Load;

/// Metrics of each method, because the stage has detailed ones: requests, 4xx, 5xx, and two times; those of a cache are missing with it (API
/// Gateway developer guide, "Amazon API Gateway dimensions and metrics").
const METRICS: u32 = 5;
/// Bytes of one line of the access log. An estimate, from the fields of its format.
const LOG_BYTES: u32 = 400;

fn calls(load: &Load) -> Decimal {
    times(load.requests_month, API_SHARE)
}

/// The same calls through an HTTP API.
pub fn alternative(request: &Request) -> Option<Reason> {
    let (prices, place) = (request.catalog.prices().ok()?, request.region.region.code());
    let here = calls(request.load) / Decimal::from(request.regions.max(1));
    let (http, rest) = (prices.tiered("apigw.http", place, here).ok()?.usd, prices.tiered("apigw.rest", place, here).ok()?.usd);
    let text = format!(
        "an HTTP API: {} a month for a region's {} calls, this one {}; but it knows no keys and no limits of a client, takes no firewall, and tries \
         nothing new on a tenth of the calls",
        http.to_cents(),
        words(here),
        rest.to_cents()
    );
    Some(Reason::instead(Driver::Phase, text))
}

/// The lines of one region.
pub fn lines(site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let calls = of_region(site, calls(load));
    let why = format!("{} of {} requests", percent(API_SHARE), words(of_region(site, Decimal::from(load.requests_month))));
    bill.tiered(None, Basis::Usage, calls, about("Public API, calls", "apigw.rest", Kind::Requests, why))?;
    let methods = Decimal::from(offers.functions.len() + offers.api_actions.len());
    let why = format!("{methods} methods × {METRICS}");
    let metrics = about("Public API, detailed metrics", "cloudwatch.metric", Kind::Operations, why);
    bill.tiered(None, Basis::Standing, methods.saturating_mul(Decimal::from(METRICS)), metrics)?;
    let written = gigabytes(calls.saturating_mul(Decimal::from(LOG_BYTES)));
    let why = format!("{} calls × {LOG_BYTES} B", words(calls));
    bill.usage(written, about("Public API, access log written", "cloudwatch.vended_logs.ingest", Kind::Operations, why.as_str()))?;
    let (kept, days) = log_group(site, crate::recipe::LOG_DAYS, written);
    let why = format!("{why}; kept for {days} days, compressed to 15 %");
    bill.usage(kept, about("Public API, access log kept", "cloudwatch.logs.storage", Kind::Operations, why))
}

impl RestApi {
    /// The throttle: in each region it is that of all, so that one region can stand in for the others.
    pub(super) fn limit(&self, site: &Site) -> Ceiling {
        let (rate, part) = (self.most, site.part());
        let demand = move |load: &Load| load.requests_peak.get() * API_SHARE * part;
        Ceiling::fixed("calls let through", Driver::Throughput, "requests/s", rate, demand)
            .within("apigateway.requests_per_second", rate)
            .then("plan for more users: the throttle follows the load, up to what the account has")
    }
}
