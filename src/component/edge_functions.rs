//! What runs at the edge on each request for a page: personalisation, before the cache is asked.
//!
//! A CloudFront Function and not Lambda@Edge: it decides from the request alone, in less than a millisecond, in every edge location and for a
//! sixth of the price. Lambda@Edge adds a network, a body and seconds of time; deciding a group and a country needs none of them, and waiting
//! for a call to a region is what the edge is there to avoid.

use cfn::Id;
use cfn::resource::cloudfront::{self, function as model};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Basis, Bill, Component, Driver, Family, Kind, Layer, Layers, Metric, Offers, Reason, Request, Site, Size, Unplaceable, about,
};
use crate::recipe::quantity::{millions, words};
use crate::recipe::{front, watch};
use crate::workload::Load;

/// It has no settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The function; it scales by itself.
#[derive(Debug)]
pub struct EdgeFunctions {
    /// Requests that it decides at peak.
    requests: String,
}

/// What runs; CloudFront takes at most 10 KB (CloudFront developer guide, "Quotas on CloudFront Functions").
const SOURCE: &str = include_str!("edge_functions/personalize.js");

/// It runs for pages only: static files are the same for everybody.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(EdgeFunctions, Vec<Reason>), Unplaceable> {
    let requests = request.load.requests_peak.to_string();
    let text = format!("decides for {requests} requests at peak: experiment and country, in their edge location; the cache keeps the pages apart");
    let mut reasons = vec![Reason::new(Driver::Phase, text)];
    reasons.extend(alternative(request));
    Ok((EdgeFunctions { requests }, reasons))
}

/// Times that it runs for one request: on the request and on its answer, as the distribution associates it.
const RUNS: u32 = 2;

/// Runs of a month.
fn runs(load: &Load) -> Decimal {
    Decimal::from(load.requests_month).saturating_mul(Decimal::from(RUNS))
}

/// The same in the app.
fn alternative(request: &Request) -> Option<Reason> {
    let price = request.catalog.prices().ok()?.price_at("cloudfront.functions.invocations", "global").ok()?.usd;
    let runs = runs(request.load);
    let text = format!(
        "deciding in the app: saves {} a month for {} runs; but pages that differ by user could not be kept at the edge",
        price.times(millions(runs)).to_cents(),
        words(runs)
    );
    Some(Reason::instead(Driver::Phase, text))
}

fn function() -> Id<cloudfront::Function> {
    Id::new("PersonalizeFunction")
}

impl Component for EdgeFunctions {
    fn name(&self) -> &'static str {
        "edge_functions"
    }

    fn label(&self) -> &'static str {
        "Edge functions"
    }

    fn size(&self) -> Size {
        Size { note: format!("CloudFront Functions, {} at peak", self.requests), ..Size::default() }
    }

    fn offers(&self, site: &Site) -> Offers {
        Offers { page_function: site.leads().then(function), ..Offers::default() }
    }

    fn resources(&self, site: &Site, _offers: &Offers, layers: &mut Layers) {
        if !site.leads() {
            return;
        }
        let config = model::FunctionConfig::new("Experiment group and country of a page", model::Runtime::CloudfrontJs2_0);
        // Published with every change: what a distribution runs is the published version and nothing that is being written.
        let model = cloudfront::Function::new(SOURCE, config, site.name("personalize")).auto_publish(true);
        let why = "Pages differ by experiment and country without a round trip to the app for each user";
        layers.put(Layer::Edge, &function(), why, model);
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        if !site.leads() {
            return Vec::new();
        }
        let of = |name: &str, title, family, metric, statistic| {
            let dimensions = vec![("FunctionName", site.name("personalize").into()), ("Region", "Global".into())];
            Metric { region: front::edge_metrics(site), ..watch::line(name, title, family, ("AWS/CloudFront", metric, statistic), dimensions) }
        };
        let why = "The function for pages fails, and with it the pages: go back to the code that ran before";
        vec![
            watch::alarmed(
                of("PersonalizeErrors", "Edge functions: errors", Family::Errors, "FunctionExecutionErrors", "Sum"),
                watch::above(10.0, 1, why),
            ),
            of("PersonalizeInvalid", "Edge functions: errors", Family::Errors, "FunctionValidationErrors", "Sum"),
            of("PersonalizeTime", "Edge functions: time used, of 100", Family::Saturation, "FunctionComputeUtilization", "Average"),
        ]
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        if !site.leads() {
            return Ok(());
        }
        let why = format!("{} requests × {RUNS}: request and answer", words(Decimal::from(load.requests_month)));
        let what = about("Edge functions, runs", "cloudfront.functions.invocations", Kind::Compute, why);
        bill.at("global", Basis::Usage, millions(runs(load)), what)
    }
}
