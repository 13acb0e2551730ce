//! The name by which content delivery reaches the balancer of each region, and when a region is taken out.

use cfn::Id;
use cfn::resource::cloudwatch::{self, alarm};
use cfn::resource::route53::{self, health_check, record_set};

use super::LoadBalancer;
use crate::component::{Family, FrontDoor, Layer, Layers, Metric, Site, Threshold};
use crate::recipe::{front, watch};

/// The part of a region's mean requests that fail when something is wrong with the whole region, and not with one service.
const FAILING_SHARE: f64 = 0.2;
/// Fewer failures in a minute take no region out, however few users there are.
const LEAST_FAILING: f64 = 100.0;
/// Minutes in a row.
const MINUTES: i64 = 3;

/// Failed requests in a minute that take a region out, when this many arrive each second on the mean.
pub fn limit(requests_mean: f64, regions: usize) -> f64 {
    (requests_mean / regions.max(1) as f64 * 60.0 * FAILING_SHARE).ceil().max(LEAST_FAILING)
}

/// Whether there are several regions under one name.
pub fn several(site: &Site) -> bool {
    site.regions.len() > 1 && front::public_name(site.settings).is_some()
}

/// A word in the leading region, and the word with the region's name in the others.
fn word(site: &Site, text: &str, region: &str) -> String {
    let leads = site.regions.first().is_some_and(|first| first.region.code() == region);
    if leads { text.to_owned() } else { format!("{text}{}", front::camel(region)) }
}

fn check(site: &Site, region: &str) -> Id<route53::HealthCheck> {
    Id::new(word(site, "OriginHealthCheck", region))
}

fn failing() -> Id<cloudwatch::Alarm> {
    Id::new("RegionFailing")
}

/// Puts what tells that this region's servers answer with errors. Route 53 copies the alarm's settings when it is told of it and not again:
/// the limit is part of the name, so that another limit is another alarm. It takes plain statistics only, no arithmetic over several metrics
/// (Route 53 developer guide, "Monitoring a CloudWatch alarm").
pub fn put_alarm(site: &Site, door: &FrontDoor, limit: f64, layers: &mut Layers) {
    if !several(site) {
        return;
    }
    let balancer = alarm::Dimension::new("LoadBalancer", door.balancer.load_balancer_full_name());
    let model = cloudwatch::Alarm::new()
        .alarm_name(site.name(&format!("{}-failing-{limit}", site.region.region)))
        .alarm_description("A fifth of the requests of this region fail: users are led to another one")
        .namespace("AWS/ApplicationELB")
        .metric_name("HTTPCode_Target_5XX_Count")
        .dimensions([balancer])
        .statistic(alarm::Statistic::Sum)
        .period(60)
        .evaluation_periods(MINUTES)
        .threshold(limit)
        .comparison_operator(alarm::ComparisonOperator::GreaterThanOrEqualToThreshold)
        .treat_missing_data(alarm::TreatMissingData::NotBreaching);
    layers.put(Layer::App, &failing(), "Tells Route 53 that the servers of this region answer, but with errors", model);
}

/// The records: each user's edge location is led to the nearest region that is healthy. A latency record even for a single region, so that a
/// second one can be added beside it.
///
/// A region is healthy while its balancer has servers that answer, which the alias itself evaluates, and while these do not answer with
/// errors, which a check on the region's alarm tells. Asking the balancer from outside would tell nothing: it answers nobody but content
/// delivery. Were all regions unhealthy, Route 53 would lead to all of them, as if all were healthy.
pub fn records(site: &Site, door: &FrontDoor, layers: &mut Layers) {
    let Some(name) = front::public_name(site.settings) else { return };
    for region in site.regions {
        let code = region.region.code();
        let here = code == site.region.region.code();
        let balancer = if here { door.balancer.clone() } else { door.balancer.in_region(code) };
        let id: Id<route53::RecordSet> = Id::new(word(site, "OriginRecord", code));
        let alias = record_set::AliasTarget::new(balancer.dns_name(), balancer.canonical_hosted_zone_id()).evaluate_target_health(true);
        let mut model =
            route53::RecordSet::new(name.origin(), "A").hosted_zone_id(name.zone).alias_target(alias).region(code).set_identifier(code);
        if several(site) {
            put_check(site, code, layers);
            model = model.health_check_id(check(site, code).health_check_id());
        }
        layers.put(Layer::Edge, &id, "A name for the load balancer that its certificate can prove", model);
    }
}

fn put_check(site: &Site, region: &str, layers: &mut Layers) {
    let alarm = if region == site.region.region.code() { failing() } else { failing().in_region(region) };
    let config = health_check::HealthCheckConfig::new(health_check::HealthCheckConfigType::CloudwatchMetric)
        .alarm_identifier(health_check::AlarmIdentifier::new(alarm.reference(), region))
        .insufficient_data_health_status(health_check::InsufficientDataHealthStatus::Healthy);
    let model = route53::HealthCheck::new(config).health_check_tags(crate::component::name_tag(site, region));
    let why = format!("Takes {region} out of the answers while its servers fail, and back in when they work again");
    layers.put(Layer::Edge, &check(site, region), why, model);
}

/// Whether each region is in service, for the leading region's dashboard.
pub fn metrics(site: &Site) -> Vec<Metric> {
    if !several(site) || !site.leads() {
        return Vec::new();
    }
    let of = |code: &str| {
        let dimensions = vec![("HealthCheckId", check(site, code).health_check_id())];
        let source = ("AWS/Route53", "HealthCheckStatus", "Minimum");
        let line = watch::line(word(site, "RegionHealth", code), "Regions: healthy (1) or taken out (0)", Family::Errors, source, dimensions);
        let why = format!("{code} fails and is taken out; the other regions serve its users: look at its servers and at its last release");
        let out = Threshold { period: 60, missing: "missing", ..watch::below(1.0, 2, why) };
        Metric { region: front::edge_metrics(site), ..watch::alarmed(line, out) }
    };
    site.regions.iter().map(|region| of(region.region.code())).collect()
}

impl LoadBalancer {
    /// Everything about the region as a whole.
    pub(super) fn put_region(&self, site: &Site, door: &FrontDoor, layers: &mut Layers) {
        if !self.settings.behind_cdn {
            return;
        }
        put_alarm(site, door, self.failing, layers);
        if site.leads() {
            records(site, door, layers);
        }
    }
}
