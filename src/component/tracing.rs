//! Tracing: a part of the requests is followed through all services, so that one can see where time goes; not all, because traces cost.

use cfn::policy::Statement;
use cfn::resource::xray::{self, sampling_rule};
use cfn::{Id, Val};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Component, Driver, Kind, Layer, Layers, Metric, Offers, Reason, Request, Site, Size, Tracing as Offer, Unplaceable, Variable, about,
};
use crate::units::{decimal, number, percent};
use crate::workload::Load;

/// It has no settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// Tracing, with the part of the requests that is traced.
#[derive(Debug)]
pub struct Tracing {
    /// 0 to 1.
    rate: f64,
}

/// Traces a second at peak: enough to see every path within minutes, for 66 USD a month at most at 5 USD a million (X-Ray pricing).
const TRACES_PER_SECOND: f64 = 5.0;

/// However few requests there are, no larger part of them is traced.
const MOST: f64 = 0.05;

/// The collector of AWS's own distribution of OpenTelemetry, for arm64 too.
const COLLECTOR: &str = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3";

/// The variable by which that image takes its settings.
const SETTINGS: &str = "AOT_CONFIG_CONTENT";

/// The collector's settings: OpenTelemetry and the older X-Ray SDK come in, X-Ray is where they go.
const COLLECTOR_SETTINGS: &str = include_str!("tracing/collector.yaml");

/// The longest name of a sampling rule (X-Ray API reference, `SamplingRule`).
const LONGEST: usize = 32;

/// As many traces as one can look at, whatever the load.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Tracing, Vec<Reason>), Unplaceable> {
    let peak = request.load.requests_peak.get();
    let rate = rounded((TRACES_PER_SECOND / peak.max(1.0)).min(MOST));
    let part = percent(rate);
    let text = format!("{part} of {} requests a second at peak are traced: enough to see every path, at a price that does not grow with the users", number(peak));
    let mut reasons = vec![Reason::new(Driver::Throughput, text)];
    let price = request.catalog.prices().ok().and_then(|prices| prices.price_at("xray.traces", "us-east-1").ok());
    if let Some(price) = price {
        let all = price.usd.times(Decimal::from(request.load.requests_month) / MILLION);
        let traced = all.times(decimal(rate));
        reasons.push(Reason::instead(Driver::Cost, format!("a trace of every request: {all} a month against {traced}")));
    }
    Ok((Tracing { rate }, reasons))
}

/// What the price list counts traces in.
const MILLION: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// Digits of the rate that are told. With fewer, a little more load would be traced so much less that the bill would fall by cents.
const DIGITS: i32 = 6;

/// Rounded up to so many digits that count.
fn rounded(rate: f64) -> f64 {
    let steps = 10_f64.powi(DIGITS - 1 - rate.log10().floor() as i32);
    (rate * steps).ceil() / steps
}

impl Tracing {
    fn rule(&self, site: &Site, suffix: &str, priority: i64, rate: f64, reservoir: i64, path: &str) -> xray::SamplingRule {
        let most = LONGEST - suffix.len() - 1;
        let name = format!("{}-{suffix}", site.settings.prefix().chars().take(most).collect::<String>());
        let services = site.name("*");
        let rule = sampling_rule::SamplingRuleProperty::new(rate, "*", "*", priority, reservoir, "*", services, "*", path).rule_name(name).version(1);
        xray::SamplingRule::new().sampling_rule(rule)
    }
}

impl Component for Tracing {
    fn name(&self) -> &'static str {
        "tracing"
    }

    fn label(&self) -> &'static str {
        "Tracing"
    }

    fn size(&self) -> Size {
        Size { note: format!("X-Ray, {} % of requests", number(self.rate * 100.0)), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        let variable = |name: &'static str, value: &str| Variable::new(name, value);
        let rate = self.rate.to_string();
        let variables = vec![
            variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318"),
            variable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            variable("OTEL_PROPAGATORS", "tracecontext,baggage,xray"),
            // Every SDK knows this sampler; it takes the same part as the sampling rules, which X-Ray's own SDK asks for.
            variable("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            variable("OTEL_TRACES_SAMPLER_ARG", &rate),
            // The collector takes traces only.
            variable("OTEL_METRICS_EXPORTER", "none"),
            variable("OTEL_LOGS_EXPORTER", "none"),
        ];
        // X-Ray knows no resources for what SDKs and collectors do.
        let actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"];
        let offer = Offer {
            image: COLLECTOR,
            settings: (SETTINGS, Val::sub(COLLECTOR_SETTINGS)),
            check: "/healthcheck",
            variables,
            statements: vec![Statement::allow(actions).on("*").sid("Trace")],
        };
        Offers { tracing: Some(offer), ..Offers::default() }
    }

    fn resources(&self, site: &Site, _offers: &Offers, layers: &mut Layers) {
        let checks = &site.settings.container.health_check_path;
        if checks != "/" {
            let model = self.rule(site, "checks", 100, 0.0, 0, checks);
            let why = "Health checks are not traced: they come every few seconds and say nothing of users";
            layers.put(Layer::App, &Id::<xray::SamplingRule>::new("TraceChecksRule"), why, model);
        }
        let model = self.rule(site, "requests", 200, self.rate, 1, "*");
        let why = "A part of the requests is traced, and at least one a second: enough to find what is slow";
        layers.put(Layer::App, &Id::<xray::SamplingRule>::new("TraceRequestsRule"), why, model);
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        Vec::new()
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let traces = Decimal::from(load.requests_month).saturating_mul(decimal(self.rate)).saturating_mul(decimal(site.part()));
        let why = format!("{} of {} requests a month", percent(self.rate * site.part()), number(load.requests_month as f64));
        bill.usage(traces / MILLION, about("Traces", "xray.traces", Kind::Operations, why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_has_so_many_digits_that_the_number_of_traces_does_not_fall() {
        assert_eq!(rounded(0.05).to_string(), "0.05");
        assert_eq!(rounded(0.001_440_001).to_string(), "0.00144001");
        let traces = |peak: f64| rounded((TRACES_PER_SECOND / peak).min(MOST)) * peak;
        for peak in [100.0, 123.4, 3_472.2, 71_234.5] {
            assert!(traces(peak * 1.000_1) > traces(peak) - 1e-4, "{peak}");
        }
    }
}
