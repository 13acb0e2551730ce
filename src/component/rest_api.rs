//! The public API for programs of others: a key for each client, limits on what each may ask, and a tenth of the calls on what is new.

mod bill;
mod routes;
mod stage;

use cfn::resource::apigateway::rest_api::EndpointConfiguration;
use cfn::resource::{apigateway, wafv2};
use cfn::{Id, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Family, Layer, Layers, Metric, Offers, Reason, Reliance, Request, Site, Size, Unplaceable, Way, name_tag,
};
use crate::recipe::quantity::API_SHARE;
use crate::recipe::watch;
use crate::units::{thousands, whole};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Requests per second that one client may make.
    rate: u32,
    /// Requests at once, above the rate, that one client may make.
    burst: u32,
    /// Requests that one client may make in a day.
    daily: u32,
}

/// The throttled API.
#[derive(Debug)]
pub struct RestApi {
    client: Settings,
    /// Requests per second, and at once, of all clients together.
    rate: u32,
    burst: u32,
    /// Requests per second that it is planned for: the rate, to the last digit.
    most: f64,
}

/// The least that is let through, however few users there are.
const LEAST: u64 = 100;
/// The part of the account's requests at once that this API may take; other APIs of the account need some, too.
const PART_OF_ACCOUNT: u64 = 2;
/// The account's limits when the table of quotas does not have them (API Gateway developer guide).
const ACCOUNT_RATE: u64 = 10_000;
const ACCOUNT_BURST: u64 = 5_000;

/// What all clients together may ask follows the load. An account's rate is raised on request, what it takes at once is not.
///
/// # Errors
/// When the table of quotas cannot be read, or when the load asks for more requests a second than API Gateway can be told.
pub fn size(settings: &Settings, request: &Request) -> Result<(RestApi, Vec<Reason>), Unplaceable> {
    let unplaceable = |problem: String| Unplaceable { component: "rest_api", problem };
    let quota = |id: &str, otherwise: u64| {
        let found = request.catalog.quota(id).map_err(|error| unplaceable(error.to_string()))?;
        Ok::<u64, Unplaceable>(found.map_or(otherwise, |quota| quota.value))
    };
    let (account, account_burst) = (quota("apigateway.requests_per_second", ACCOUNT_RATE)?, quota("apigateway.burst", ACCOUNT_BURST)?);
    let needed = request.load.stressed().requests_peak;
    let wanted = whole(needed.get() * API_SHARE).max(LEAST);
    let rate = u32::try_from(wanted)
        .map_err(|_| unplaceable(format!("{} requests/s of clients in the stress case; API Gateway takes at most {}", thousands(wanted), u32::MAX)))?;
    let burst = u32::try_from((2 * u64::from(rate)).min(account_burst / PART_OF_ACCOUNT)).unwrap_or(u32::MAX);
    let room = if wanted > account / PART_OF_ACCOUNT { "; more than half of that: ask AWS to raise it" } else { "" };
    let text = format!(
        "{} requests/s of all clients together: a tenth of the stress case of {needed}, at least {LEAST}; the account has {}{room}",
        thousands(wanted),
        thousands(account)
    );
    let client = format!(
        "each client has a key, {} requests/s and {} a day, so that none takes what the others need",
        settings.rate,
        thousands(u64::from(settings.daily))
    );
    let mut reasons = vec![Reason::new(Driver::Throughput, text), Reason::new(Driver::Phase, client)];
    reasons.extend(bill::alternative(request));
    let most = f64::from(rate).max(needed.get() * API_SHARE);
    Ok((RestApi { client: settings.clone(), rate, burst, most }, reasons))
}

/// The one stage.
const STAGE: &str = "prod";
/// Failed requests in five minutes that wake somebody.
const ERRORS: f64 = 5.0;
/// Milliseconds at the 95th percentile that wake somebody; a first call after a pause takes about one second.
const SLOW: f64 = 3_000.0;

fn api() -> Id<apigateway::RestApi> {
    Id::new("RestApi")
}

fn api_name(site: &Site) -> String {
    site.name("public-api")
}

impl RestApi {
    fn put_firewall(&self, offers: &Offers, layers: &mut Layers, stage: &Id<apigateway::Stage>) {
        let Some(acl) = &offers.regional_acl else { return };
        let id: Id<wafv2::WebACLAssociation> = Id::new("RestApiFirewall");
        let arn = format!("arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}::/restapis/${{{}}}/stages/${{{}}}", api().name(), stage.name());
        let model = wafv2::WebACLAssociation::new(Val::sub(arn), acl.arn());
        layers.put(Layer::App, &id, "Known attacks and floods are turned away before they reach the API", model);
    }
}

impl Component for RestApi {
    fn name(&self) -> &'static str {
        "rest_api"
    }

    fn label(&self) -> &'static str {
        "Public API"
    }

    fn size(&self) -> Size {
        let note = format!("API Gateway REST, at most {}/s, {}/s for a client, 10 % canary", thousands(u64::from(self.rate)), self.client.rate);
        Size { note, ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers::default()
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let model = apigateway::RestApi::new()
            .name(api_name(site))
            .description("Programs of others, each with a key")
            .endpoint_configuration(EndpointConfiguration::new().types(["REGIONAL"]))
            .api_key_source_type("HEADER")
            .minimum_compression_size(1_024)
            .tags(name_tag(site, "public-api"));
        layers.put(Layer::App, &api(), "Others build on the app by an address of their own, apart from the users' pages", model);
        let methods = routes::put(offers, layers);
        let stage = stage::put(self.rate, self.burst, methods, layers);
        stage::put_plan(site, &self.client, &stage, layers);
        self.put_firewall(offers, layers, &stage);
        let url = format!("https://${{{}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{STAGE}", api().name());
        layers.tell(Layer::App, "PublicApiUrl", Val::sub(url), "Where programs of others call the app, with the header x-api-key");
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        let of = |word: &str, title, family, metric, statistic| {
            let dimensions = vec![("ApiName", Val::from(api_name(site))), ("Stage", STAGE.into())];
            watch::line(format!("RestApi{word}"), title, family, ("AWS/ApiGateway", metric, statistic), dimensions)
        };
        let slow = watch::above(SLOW, 3, "Clients of the public API wait too long: its traces show where");
        let failed = watch::above(ERRORS, 1, "The public API answers with errors of ours: its log group and that of the function have the cause");
        vec![
            watch::alarmed(of("Slow", "Public API: response time, p95 (ms)", Family::Latency, "Latency", "p95"), slow),
            of("Requests", "Public API: requests", Family::Latency, "Count", "Sum"),
            watch::alarmed(of("Errors", "Public API: answers 5xx", Family::Errors, "5XXError", "Sum"), failed),
            of("Refusals", "Public API: answers 4xx, throttled ones among them", Family::Errors, "4XXError", "Sum"),
        ]
    }

    fn line_items(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        bill::lines(site, offers, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        vec![self.limit(site)]
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        // Programs of others come this way, users do not.
        vec![Reliance::new("API Gateway, for programs of others", "apigateway", Way::Aside)]
    }
}
