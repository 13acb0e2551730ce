//! The load balancer that users reach, directly at first and through content delivery later, with its certificate and its logs.

mod bill;
mod functions;
mod listeners;
mod logs;
mod regions;

use cfn::resource::ec2;
use cfn::resource::elasticloadbalancingv2::{self as elb, load_balancer};
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Address, Bill, Component, Driver, Family, FrontDoor, Layer, Layers, Metric, Offers, Reason, Reliance, Request, Site, Size, Threshold, Tier,
    Unplaceable, Way,
};
use crate::recipe::{self, balancer, front};
use crate::units::{Bytes, number};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether a cookie keeps a user on one server, for servers that keep sessions in memory.
    sticky: bool,
    /// Whether only the content delivery network may reach it.
    behind_cdn: bool,
    /// Whether functions answer some of the paths.
    functions: bool,
}

/// The sized load balancer.
#[derive(Debug)]
pub struct LoadBalancer {
    settings: Settings,
    /// Load balancer capacity units at peak, whole.
    units: u64,
    zones: usize,
    /// Failed requests in a minute that are more than noise.
    errors: f64,
    /// Failed requests in a minute that take the whole region out.
    failing: f64,
}

/// The share of requests that may fail before somebody is woken.
const ERROR_SHARE: f64 = 0.01;
/// Fewer failures in a minute than this wake nobody, however few users there are.
const LEAST_ERRORS: f64 = 5.0;

/// The balancer scales by itself: the load decides what it costs and when its alarms go off, not how it is built.
///
/// # Errors
/// None.
pub fn size(settings: &Settings, request: &Request) -> Result<(LoadBalancer, Vec<Reason>), Unplaceable> {
    let load = request.load;
    let connections = load.new_connections_peak.get() / f64::from(balancer::UNIT_CONNECTIONS);
    let mut bytes = load.requests_peak.get() * request.assumptions.response_bytes();
    if !settings.behind_cdn {
        bytes += load.page_views_peak.get() * request.assumptions.static_bytes_per_page();
    }
    // A unit carries one GB an hour.
    let bytes = bytes * 3_600.0 / Bytes::GIB as f64;
    let units = crate::units::whole(connections.max(bytes).max(1.0));
    let zones = request.zones.max(2);
    let throughput = format!(
        "{} new connections at peak take {} capacity units, bytes {}; {units} needed, and it scales by itself",
        load.new_connections_peak,
        number(connections),
        number(bytes)
    );
    let mut reasons = vec![
        Reason::new(Driver::Availability, format!("a lost zone leaves the others serving; it stands in {zones}")),
        Reason::new(Driver::Throughput, throughput),
    ];
    reasons.extend(bill::alternatives(settings.behind_cdn, zones, request).unwrap_or_default());
    let errors = (load.requests_peak.get() * 60.0 * ERROR_SHARE).ceil().max(LEAST_ERRORS);
    let failing = regions::limit(load.requests_mean.get(), request.regions);
    Ok((LoadBalancer { settings: settings.clone(), units, zones, errors, failing }, reasons))
}

impl LoadBalancer {
    fn balancer() -> Id<elb::LoadBalancer> {
        Id::new("LoadBalancer")
    }

    fn group() -> Id<ec2::SecurityGroup> {
        Id::new("LoadBalancerSecurityGroup")
    }

    fn door(&self, site: &Site) -> FrontDoor {
        let https = front::public_name(site.settings).is_some();
        FrontDoor {
            group: Self::group(),
            balancer: Self::balancer(),
            listener: Id::new(if https { "HttpsListener" } else { "HttpListener" }),
            https,
            sticky: self.settings.sticky,
            internal: false,
        }
    }

    /// Who may connect. Behind content delivery that is AWS's list of CloudFront's addresses, on one port: the list counts as some 55 of the
    /// 60 rules that a security group may have.
    fn rules(&self, site: &Site, https: bool, layers: &mut Layers) {
        let group = Self::group();
        let ingress = |port: i64| ec2::SecurityGroupIngress::new("tcp").group_id(group.group_id()).from_port(port).to_port(port);
        if self.settings.behind_cdn {
            let id: Id<ec2::SecurityGroupIngress> = Id::new("LoadBalancerFromCloudFront");
            let from = ingress(if https { 443 } else { 80 }).description("CloudFront reaches the load balancer");
            // Without the list's id the header alone keeps others out.
            let from = match &site.region.cloudfront_prefix_list {
                Some(list) => from.source_prefix_list_id(list),
                None => from.cidr_ip("0.0.0.0/0"),
            };
            layers.put(Layer::Network, &id, "Only content delivery reaches the load balancer: nobody passes it by", from);
            return;
        }
        // In the stack that is deployed last: on the way to the next phase it goes only after the public name has moved to content delivery,
        // so that users who still reach the balancer itself are not cut off while databases are being made.
        let ports: &[(&str, i64)] =
            if https { &[("LoadBalancerFromInternet", 80), ("LoadBalancerFromInternetTls", 443)] } else { &[("LoadBalancerFromInternet", 80)] };
        for (id, port) in ports {
            let from = ingress(*port).cidr_ip("0.0.0.0/0").description("Users reach the load balancer");
            layers.put(Layer::Ops, &Id::<ec2::SecurityGroupIngress>::new(*id), "Users reach the load balancer from everywhere", from);
        }
    }

    fn model(&self, site: &Site, subnets: Vec<Val<String>>) -> elb::LoadBalancer {
        let attribute = |key: &str, value: Val<String>| load_balancer::LoadBalancerAttribute::new().key(key).value(value);
        elb::LoadBalancer::new()
            .type_(load_balancer::LoadBalancerType::Application)
            .scheme(load_balancer::Scheme::InternetFacing)
            .ip_address_type(load_balancer::IpAddressType::Ipv4)
            .subnets(subnets)
            .security_groups([Self::group().group_id()])
            .load_balancer_attributes([
                attribute("access_logs.s3.enabled", "true".into()),
                attribute("access_logs.s3.bucket", logs::bucket().reference()),
                attribute("routing.http.drop_invalid_header_fields.enabled", "true".into()),
                attribute("routing.http.desync_mitigation_mode", "defensive".into()),
                // Longer than CloudFront keeps a connection open, so that it is never CloudFront that finds a connection closed.
                attribute("idle_timeout.timeout_seconds", "65".into()),
                // It holds no data and its name is an alias that follows it; protected, it would only stop the stack from being taken down.
                attribute("deletion_protection.enabled", "false".into()),
            ])
            .tags(crate::component::name_tag(site, "public"))
    }

    fn metric(name: &str, title: &str, family: Family, metric: &'static str, statistic: &'static str) -> Metric {
        Metric {
            name: name.to_owned(),
            title: title.to_owned(),
            family,
            namespace: "AWS/ApplicationELB",
            metric,
            dimensions: vec![("LoadBalancer", Self::balancer().load_balancer_full_name())],
            statistic,
            region: None,
            alarm: None,
        }
    }
}

/// An alarm at or above a limit for five minutes; no data means that nobody called, which is no trouble.
fn five_minutes(limit: f64, why: &str) -> Option<Threshold> {
    let why = why.to_owned();
    Some(Threshold { above: true, limit, period: 60, periods: 5, missing: "notBreaching", why, actions: Vec::new() })
}

impl Component for LoadBalancer {
    fn name(&self) -> &'static str {
        "load_balancer"
    }

    fn label(&self) -> &'static str {
        "Load balancer"
    }

    fn size(&self) -> Size {
        let units = if self.units == 1 { "1 capacity unit".to_owned() } else { format!("{} capacity units", self.units) };
        Size { count: None, class: None, note: format!("ALB in {} zones, {units} at peak", self.zones) }
    }

    fn offers(&self, site: &Site) -> Offers {
        Offers {
            front_door: Some(self.door(site)),
            balancer_logs: Some(logs::store()),
            addresses: vec![Address::Balancer(Self::balancer())],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = &offers.network else { return };
        let door = self.door(site);
        recipe::security_group(site, network, layers, &door.group, "load-balancer", "The load balancer");
        self.rules(site, door.https, layers);
        let policy = logs::put(site, layers);
        let balancer = Resource::new(self.model(site, network.subnets(Tier::Public, site.zones.max(2)))).after(policy.name());
        layers.put(Layer::App, &door.balancer, "Spreads requests over healthy servers in several zones", balancer);
        listeners::put(site, &door, self.settings.behind_cdn, layers);
        let proof = offers.origin_secret.clone().filter(|_| self.settings.behind_cdn);
        let proof = proof.map(|secret| recipe::rules::Proof { token: front::origin_token(site), secret });
        let mut roads = recipe::rules::roads(offers, false);
        if self.settings.functions {
            roads.extend(functions::put(offers, layers));
        }
        recipe::rules::put(layers, &door, &roads, proof.as_ref());
        self.put_region(site, &door, layers);
        if !self.settings.behind_cdn && site.leads() {
            let url = match front::public_name(site.settings) {
                Some(name) => format!("https://{}", name.domain).into(),
                None => Val::sub(format!("http://${{{}.DNSName}}", door.balancer.name())),
            };
            layers.tell_address(Layer::App, "AppUrl", url, "Where users reach the app");
        }
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        let time = "Load balancer: response time (s)";
        let errors = "Load balancer: failed requests";
        let slow = "95 % of requests should be answered within a second: look for busy servers or slow queries";
        let failing = "More than 1 % of requests fail in the app: look at its log and its last release";
        let unserved = "The load balancer finds no server to answer: look at the health of the targets";
        let rejected = "The load balancer turns connections away: ask AWS to raise its capacity before a foreseeable peak";
        let metric = Self::metric;
        let mut metrics = vec![
            Metric { alarm: five_minutes(1.0, slow), ..metric("LoadBalancerSlow", time, Family::Latency, "TargetResponseTime", "p95") },
            metric("LoadBalancerSlowest", time, Family::Latency, "TargetResponseTime", "p99"),
            metric("LoadBalancerRequests", "Load balancer: requests", Family::Latency, "RequestCount", "Sum"),
            Metric {
                alarm: five_minutes(self.errors, failing),
                ..metric("LoadBalancerTargetErrors", errors, Family::Errors, "HTTPCode_Target_5XX_Count", "Sum")
            },
            Metric {
                alarm: five_minutes(self.errors, unserved),
                ..metric("LoadBalancerErrors", errors, Family::Errors, "HTTPCode_ELB_5XX_Count", "Sum")
            },
            Metric {
                alarm: five_minutes(1.0, rejected),
                ..metric("LoadBalancerRejects", "Load balancer: rejected connections", Family::Errors, "RejectedConnectionCount", "Sum")
            },
        ];
        if self.settings.behind_cdn {
            metrics.extend(regions::metrics(site));
        }
        metrics
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        self.lines(site, load, bill)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new("Load balancer, in several zones", "elb", Way::Region)]
    }
}
