//! The HTTP API in front of the functions that answer requests, as long as there is no load balancer.

mod bill;

use cfn::resource::apigatewayv2::api::{Cors, ProtocolType};
use cfn::resource::apigatewayv2::integration::IntegrationType;
use cfn::resource::apigatewayv2::stage::{AccessLogSettings, RouteSettings};
use cfn::resource::{apigatewayv2, lambda, logs};
use cfn::{Id, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Family, HttpFunction, Layer, Layers, Metric, Offers, Reason, Reliance, Request, Site, Size, Unplaceable, Way,
};
use crate::recipe::{self, watch};
use crate::units::{thousands, whole};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Requests per second that are let through.
    rate: u32,
    /// Requests that are let through at once, above the rate.
    burst: u32,
}

/// The throttled API.
#[derive(Debug)]
pub struct HttpApi {
    rate: u32,
    burst: u32,
    /// Requests per second that it is planned for: the rate, to the last digit.
    most: f64,
}

/// The most requests at once that an account's limit leaves to one of its APIs (API Gateway developer guide: 5,000 for all of them).
const MOST_BURST: u64 = 2_500;

/// The throttle is the phase's as long as nobody is a user: it caps what a flood of requests can cost. Users whose stress case needs more get it.
///
/// # Errors
/// When the load asks for more requests a second than API Gateway can be told.
pub fn size(settings: &Settings, request: &Request) -> Result<(HttpApi, Vec<Reason>), Unplaceable> {
    let needed = request.load.stressed().requests_peak;
    let too_many = |_| Unplaceable { component: "http_api", problem: format!("{needed} in the stress case; API Gateway takes at most {}/s", u32::MAX) };
    let rate = u32::try_from(whole(needed.get())).map_err(too_many)?.max(settings.rate);
    let burst = u32::try_from((2 * u64::from(rate)).min(MOST_BURST)).unwrap_or(u32::MAX).max(settings.burst);
    let (shown, at_once) = (thousands(u64::from(rate)), thousands(u64::from(burst)));
    let mut reasons = Vec::new();
    if rate > settings.rate {
        reasons.push(Reason::new(Driver::Throughput, format!("{needed} in the stress case, so {shown} requests/s and {at_once} at once are let through")));
    } else {
        let text = format!("{shown} requests/s and {at_once} at once are let through; room for a launch day, and a cap on what a flood can cost");
        reasons.push(Reason::new(Driver::Phase, text));
    }
    reasons.extend(bill::alternatives(request).unwrap_or_default());
    Ok((HttpApi { rate, burst, most: f64::from(rate).max(needed.get()) }, reasons))
}

/// Seconds for which a browser remembers what pages may call the API.
const CORS_MAX_AGE: i64 = 3_600;
/// Failed requests in five minutes that wake somebody.
const ERRORS: f64 = 3.0;
/// Milliseconds at the 95th percentile that wake somebody; a first call after a pause takes about one second.
const SLOW: f64 = 3_000.0;

/// One line of JSON for each request; no address and no body.
const LOG_FORMAT: &str = concat!(
    r#"{"requestId":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp","#,
    r#""route":"$context.routeKey","status":"$context.status","bytes":"$context.responseLength","#,
    r#""latency":"$context.responseLatency","error":"$context.integrationErrorMessage"}"#
);

fn api() -> Id<apigatewayv2::Api> {
    Id::new("HttpApi")
}

fn put_api(site: &Site, offers: &Offers, layers: &mut Layers) {
    let mut model = apigatewayv2::Api::new().name(site.name("api")).protocol_type(ProtocolType::Http);
    if !offers.site_origins.is_empty() {
        let cors = Cors::new()
            .allow_origins(offers.site_origins.clone())
            .allow_methods(["POST", "OPTIONS"])
            .allow_headers(["content-type"])
            .max_age(CORS_MAX_AGE);
        model = model.cors_configuration(cors);
    }
    layers.put(Layer::Site, &api(), "Functions are reached by HTTPS, and only our own pages may call them from a browser", model);
}

/// Integration, route and permission of one function.
fn put_route(layers: &mut Layers, HttpFunction { name, path, function, .. }: &HttpFunction) {
    let integration: Id<apigatewayv2::Integration> = Id::new(format!("{name}Integration"));
    let model = apigatewayv2::Integration::new(api().reference(), IntegrationType::AwsProxy)
        .integration_uri(function.arn())
        .payload_format_version("2.0");
    layers.put(Layer::Site, &integration, "Hands requests to the function", model);
    let route: Id<apigatewayv2::Route> = Id::new(format!("{name}Route"));
    let model = apigatewayv2::Route::new(api().reference(), format!("POST {path}"))
        .authorization_type("NONE")
        .target(Val::sub(format!("integrations/${{{}}}", integration.name())));
    layers.put(Layer::Site, &route, "Nothing but this method and path reaches the function", model);
    let permission: Id<lambda::Permission> = Id::new(format!("{name}ApiPermission"));
    let source = format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}}}/*/POST{path}", api().name());
    let model = lambda::Permission::new("lambda:InvokeFunction", function.reference(), "apigateway.amazonaws.com")
        .source_arn(Val::sub(source));
    layers.put(Layer::Site, &permission, "This route of this API may call the function", model);
}

impl HttpApi {
    fn put_stage(&self, layers: &mut Layers) {
        let group: Id<logs::LogGroup> = Id::new("HttpApiLogGroup");
        recipe::log_group(layers, Layer::Site, &group, recipe::LOG_DAYS, "Who called what and how it went, for a month");
        let throttle = RouteSettings::new()
            .throttling_rate_limit(i64::from(self.rate))
            .throttling_burst_limit(self.burst)
            .detailed_metrics_enabled(true);
        let model = apigatewayv2::Stage::new(api().reference(), "$default")
            .auto_deploy(true)
            .default_route_settings(throttle)
            .access_log_settings(AccessLogSettings::new().destination_arn(group.arn()).format(LOG_FORMAT));
        let stage: Id<apigatewayv2::Stage> = Id::new("HttpApiStage");
        layers.put(Layer::Site, &stage, "Throttles requests, and logs each of them", model);
    }
}

impl Component for HttpApi {
    fn name(&self) -> &'static str {
        "http_api"
    }

    fn label(&self) -> &'static str {
        "HTTP API"
    }

    fn size(&self) -> Size {
        Size { note: format!("API Gateway, at most {}/s", thousands(u64::from(self.rate))), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers { api: Some(api()), ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        put_api(site, offers, layers);
        self.put_stage(layers);
        for function in &offers.functions {
            put_route(layers, function);
        }
        layers.tell(Layer::Site, "ApiUrl", api().api_endpoint(), "Where the API answers; signups are sent to /signup below it");
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let of = |word: &str, title, family, metric, statistic| {
            watch::line(format!("HttpApi{word}"), title, family, ("AWS/ApiGateway", metric, statistic), vec![("ApiId", api().reference())])
        };
        let slow = watch::above(SLOW, 3, "Callers of the HTTP API wait too long: look at the duration of the function behind it");
        let failed = watch::above(ERRORS, 1, "The HTTP API answers with errors of ours: the function's log group has the cause");
        vec![
            watch::alarmed(of("Slow", "HTTP API: response time, p95 (ms)", Family::Latency, "Latency", "p95"), slow),
            watch::alarmed(of("Errors", "HTTP API: answers 5xx", Family::Errors, "5xx", "Sum"), failed),
            of("Refusals", "HTTP API: answers 4xx, throttled ones among them", Family::Errors, "4xx", "Sum"),
        ]
    }

    fn line_items(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        bill::lines(site, offers, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        vec![self.limit(site)]
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new("API Gateway", "apigateway", Way::Region)]
    }
}
