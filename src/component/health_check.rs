//! The look from outside: Route 53 asks the app's public address from many places of the world, as users do.

use cfn::Id;
use cfn::resource::route53::{self, health_check as model};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Address, Basis, Bill, Component, Driver, Family, Kind, Layer, Layers, Metric, Offers, Reason, Request, Site, Size, Threshold, Unplaceable, about,
    name_tag,
};
use crate::recipe::{front, watch};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether services answer, rather than the one app.
    services: bool,
}

/// The check, with the path that it asks for.
#[derive(Debug)]
pub struct HealthCheck {
    path: String,
}

/// It asks at the same pace whatever the load.
///
/// # Errors
/// None.
pub fn size(settings: &Settings, request: &Request) -> Result<(HealthCheck, Vec<Reason>), Unplaceable> {
    let given = request.settings;
    let service = given.default_service().filter(|_| settings.services);
    let path = service.map_or(&given.container, |service| given.container_of(service)).health_check_path.clone();
    let text = format!(
        "{path} is asked every {INTERVAL} s from many places: {FAILURES} failures in a row mean trouble, also where no server of ours can tell"
    );
    let mut reasons = vec![Reason::new(Driver::Availability, text)];
    reasons.extend(alternative(request));
    Ok((HealthCheck { path }, reasons))
}

/// What asking more often would cost.
fn alternative(request: &Request) -> Option<Reason> {
    let price = request.catalog.prices().ok()?.price_at(OPTION, "global").ok()?.usd;
    let text = format!("every 10 s: {price} a month more, to know of trouble some {} s earlier", FAILURES * (INTERVAL - 10));
    Some(Reason::instead(Driver::Cost, text))
}

/// HTTPS, a look for a text, a faster pace, and measured time each cost this.
const OPTION: &str = "route53.health_check.option.aws";

/// Whether it asks by HTTPS, as [`HealthCheck::config`] does.
fn by_https(site: &Site, address: &Address) -> bool {
    front::public_name(site.settings).is_some() || matches!(address, Address::Distribution(_))
}

/// Seconds between two questions of one checker; some 15 of them take turns, so the app is asked every two seconds. Never changed: it is
/// fixed when the check is made.
const INTERVAL: i64 = 30;
/// Failures in a row of one checker.
const FAILURES: i64 = 3;

fn check() -> Id<route53::HealthCheck> {
    Id::new("PublicHealthCheck")
}

impl HealthCheck {
    /// What is asked: the app's name by HTTPS; without one the address of AWS's, by HTTPS where AWS has a certificate for it.
    fn config(&self, site: &Site, address: &Address) -> model::HealthCheckConfig {
        let of = |kind, port: i64| {
            model::HealthCheckConfig::new(kind)
                .port(port)
                .resource_path(self.path.as_str())
                .request_interval(INTERVAL)
                .failure_threshold(FAILURES)
                .measure_latency(true)
        };
        let https = || of(model::HealthCheckConfigType::Https, 443).enable_sni(true);
        let http = || of(model::HealthCheckConfigType::Http, 80);
        match (front::public_name(site.settings), address) {
            (Some(name), _) => https().fully_qualified_domain_name(name.domain),
            (None, Address::Distribution(distribution)) => https().fully_qualified_domain_name(distribution.domain_name()),
            (None, Address::Balancer(balancer)) => http().fully_qualified_domain_name(balancer.dns_name()),
            (None, Address::Host(host)) => http().ip_address(host.public_ip()),
        }
    }
}

impl Component for HealthCheck {
    fn name(&self) -> &'static str {
        "health_check"
    }

    fn label(&self) -> &'static str {
        "Health check"
    }

    fn size(&self) -> Size {
        Size { note: format!("Route 53, {} every {INTERVAL} s", self.path), ..Size::default() }
    }

    fn offers(&self, site: &Site) -> Offers {
        Offers { public_check: site.leads().then(check), ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let (Some(address), true) = (offers.outermost(), site.leads()) else { return };
        let model = route53::HealthCheck::new(self.config(site, address)).health_check_tags(name_tag(site, "public"));
        let why = "Somebody outside notices when users cannot reach the app, whatever the reason: name, certificate, edge or servers";
        layers.put(Layer::Edge, &check(), why, model);
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        if !site.leads() {
            return Vec::new();
        }
        let of = |name: &str, title, family, metric, statistic| {
            let dimensions = vec![("HealthCheckId", check().health_check_id())];
            Metric { region: front::edge_metrics(site), ..watch::line(name, title, family, ("AWS/Route53", metric, statistic), dimensions) }
        };
        let why = "Checkers around the world cannot reach the app: look at content delivery, the load balancer and the servers, in this order";
        // Silence is not health, and not trouble either: a new check says nothing for its first minutes.
        let unreachable = Threshold { period: 60, missing: "missing", ..watch::below(1.0, 2, why) };
        let status = of("PublicHealth", "From outside: healthy (1) or not (0)", Family::Errors, "HealthCheckStatus", "Minimum");
        vec![
            of("PublicFirstByte", "From outside: time to first byte (ms)", Family::Latency, "TimeToFirstByte", "Average"),
            watch::alarmed(status, unreachable),
        ]
    }

    fn line_items(&self, site: &Site, offers: &Offers, _load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let (Some(address), true) = (offers.outermost(), site.leads()) else { return Ok(()) };
        let check = about("Check from outside", "route53.health_check.aws", Kind::Operations, "1, of an address of AWS's");
        bill.at("global", Basis::Standing, Decimal::ONE, check)?;
        let (options, why) = if by_https(site, address) { (2, "2: HTTPS, and measured time") } else { (1, "1: measured time") };
        bill.at("global", Basis::Standing, Decimal::from(options), about("Check from outside, options", OPTION, Kind::Operations, why))
    }
}
