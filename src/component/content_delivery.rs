//! Content delivery: CloudFront in front of everything, close to users, and the secret that proves to load balancers that it is ours.

mod bill;
mod distribution;
mod logs;
mod policies;

use cfn::resource::cloudfront::{self, monitoring_subscription};
use cfn::resource::secretsmanager::{self, secret};
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Address, Bill, Ceiling, Component, Driver, Family, Layer, Layers, Metric, Offers, Reason, Reliance, Request, Site, Size, Unplaceable, Way,
};
use crate::recipe::{front, watch};
use crate::units::PerSecond;
use crate::workload::Load;

/// It has no settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The sized distribution.
#[derive(Debug)]
pub struct ContentDelivery {
    /// Requests a second that it answers or passes on at peak.
    requests: String,
    price_class: cloudfront::distribution::PriceClass,
    needs: bill::Needs,
}

/// It scales by itself; where it serves from follows from where the app stands.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(ContentDelivery, Vec<Reason>), Unplaceable> {
    let load = request.load;
    let all = load.static_requests_peak + load.requests_peak;
    let (files, left) = (load.static_requests_peak, load.static_requests_after_cdn());
    let edge = PerSecond::new(files.get() - left.get());
    let mut reasons = vec![
        Reason::new(Driver::Throughput, format!("the edge answers {edge} of {all} requests at peak; static files are {files}, of which {left} reach their bucket")),
        Reason::new(Driver::Phase, "nothing but it reaches the load balancer; users connect close to where they are"),
    ];
    if request.regions > 1 {
        let way = match front::public_name(request.settings) {
            Some(name) => format!("{} leads each request to the nearest region that is healthy", name.origin()),
            None => "without a domain every dynamic request goes to the leading region; set `domain` and `hosted_zone_id`".to_owned(),
        };
        reasons.push(Reason::new(Driver::Availability, way));
    }
    reasons.extend(bill::alternative(request));
    let price_class = price_class(request.region.region.code(), request.regions);
    Ok((ContentDelivery { requests: all.to_string(), price_class, needs: bill::needs(load) }, reasons))
}

/// From which edge locations it serves: the cheapest class that has some near the app's region; with several regions, all of them
/// (CloudFront developer guide, "Price class").
fn price_class(region: &str, regions: usize) -> cloudfront::distribution::PriceClass {
    use cloudfront::distribution::PriceClass;
    match region.split('-').next() {
        _ if regions > 1 => PriceClass::PriceClassAll,
        Some("us" | "ca" | "eu") => PriceClass::PriceClass100,
        Some("ap" | "me" | "il" | "af") => PriceClass::PriceClass200,
        _ => PriceClass::PriceClassAll,
    }
}

/// Percentage of cacheable requests that the edge answers on a bad day.
const LEAST_HITS: f64 = 33.0;

/// Characters of the header's secret: 48 of 62 kinds are 285 bits, and fit a header condition's 128.
const TOKEN_LENGTH: i64 = 48;

fn distribution() -> Id<cloudfront::Distribution> {
    Id::new("Distribution")
}

fn secret() -> Id<secretsmanager::Secret> {
    Id::new("OriginSecret")
}

/// The other regions whose stacks resolve the secret by name.
fn copies<'a>(site: &Site<'a>) -> Vec<&'a str> {
    let mut copies: Vec<&str> = std::iter::once(front::EDGE_REGION).chain(site.regions.iter().map(|region| region.region.code())).collect();
    copies.retain(|region| *region != site.region.region.code());
    copies.sort_unstable();
    copies.dedup();
    copies
}

/// The secret and its copies.
fn put_secret(site: &Site, offers: &Offers, layers: &mut Layers) {
    let token = secret::GenerateSecretString::new()
        .secret_string_template("{}")
        .generate_string_key("token")
        .password_length(TOKEN_LENGTH)
        .exclude_punctuation(true);
    let copies = copies(site);
    let mut model = secretsmanager::Secret::new()
        .name(front::origin_secret_name(site))
        .description("The header by which load balancers know our content delivery")
        .generate_secret_string(token);
    if let Some(key) = &offers.key {
        model = model.kms_key_id(key.arn());
    }
    if !copies.is_empty() {
        model = model.replica_regions(copies.into_iter().map(secret::ReplicaRegion::new).collect::<Vec<_>>());
    }
    let why = "Load balancers answer only what comes through our own distribution";
    layers.put(Layer::Data, &secret(), why, Resource::new(model).retain());
}

/// Eight more metrics for 2.40 USD a month and distribution, whatever the traffic (CloudFront developer guide, "Estimate the cost for the
/// additional CloudFront metrics"): without them nobody sees how much the edge keeps off the app.
fn put_subscription(layers: &mut Layers) {
    use monitoring_subscription::{MonitoringSubscriptionProperty, RealtimeMetricsSubscriptionConfig, RealtimeMetricsSubscriptionStatus};
    let on = RealtimeMetricsSubscriptionConfig::new(RealtimeMetricsSubscriptionStatus::Enabled);
    let property = MonitoringSubscriptionProperty::new().realtime_metrics_subscription_config(on);
    let model = cloudfront::MonitoringSubscription::new(distribution().id(), property);
    let why = "Shows which part of the requests the edge answers, and how long the app takes to answer it";
    layers.put(Layer::Edge, &Id::<cloudfront::MonitoringSubscription>::new("DistributionMetrics"), why, model);
}

impl Component for ContentDelivery {
    fn name(&self) -> &'static str {
        "content_delivery"
    }

    fn label(&self) -> &'static str {
        "Content delivery"
    }

    fn size(&self) -> Size {
        let class = self.price_class.as_str().replace('_', " ");
        Size { count: None, class: None, note: format!("CloudFront, {} at peak, {class}", self.requests) }
    }

    fn offers(&self, site: &Site) -> Offers {
        let lead = site.regions.first().map_or(site.region.region.code(), |region| region.region.code());
        if site.leads() {
            return Offers { origin_secret: Some(secret()), addresses: vec![Address::Distribution(distribution())], ..Offers::default() };
        }
        Offers { origin_secret: Some(secret().in_region(lead)), ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        if !site.leads() {
            return;
        }
        put_secret(site, offers, layers);
        let Some(door) = &offers.front_door else { return };
        let policies = policies::put(site, offers, layers);
        let id = distribution();
        let model = distribution::model(site, offers, door, &policies, self.price_class, layers);
        let why = "Users are answered from close by, and what can be kept is not asked for again";
        // The secret is resolved by name: nothing but this says that it must stand first.
        layers.put(Layer::Edge, &id, why, Resource::new(model).after(secret().name()));
        put_subscription(layers);
        logs::put(site, layers);
        let url = match front::public_name(site.settings) {
            Some(name) => format!("https://{}", name.domain).into(),
            None => Val::sub(format!("https://${{{}.DomainName}}", id.name())),
        };
        layers.tell_address(Layer::Edge, "AppUrl", url, "Where users reach the app");
        layers.tell(Layer::Edge, "DistributionId", id.id(), "What a release invalidates after it has put its static files");
        layers.tell(Layer::Edge, "DistributionDomain", id.domain_name(), "The distribution's own name");
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        if !site.leads() {
            return Vec::new();
        }
        let region = front::edge_metrics(site);
        let line = |name, title, family, metric, statistic| {
            let dimensions = vec![("DistributionId", distribution().id()), ("Region", "Global".into())];
            Metric { region, ..watch::line(name, title, family, ("AWS/CloudFront", metric, statistic), dimensions) }
        };
        let why = "More than 5 % of all requests fail at the edge: look at the load balancer first, then at the distribution";
        let seldom = "The edge answers less than a third of all requests: look for a release that changed file names or caching headers";
        vec![
            line("DistributionRequests", "Content delivery: requests", Family::Latency, "Requests", "Sum"),
            Metric {
                alarm: Some(watch::above(5.0, 2, why)),
                ..line("DistributionErrors", "Content delivery: failed requests (%)", Family::Errors, "5xxErrorRate", "Average")
            },
            line("DistributionOriginTime", "Content delivery: time until the app answers (ms)", Family::Latency, "OriginLatency", "p90"),
            Metric {
                alarm: Some(watch::below(LEAST_HITS, 6, seldom)),
                ..line("DistributionHits", "Content delivery: hit rate (%)", Family::CacheHits, "CacheHitRate", "Average")
            },
        ]
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        self.lines(site, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        if site.leads() { self.limits() } else { Vec::new() }
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new("Content delivery", "cloudfront", Way::Edge)]
    }
}
