//! The load balancer between services: one address inside the VPC, a path for each service.

use cfn::resource::elasticloadbalancingv2::{self as elb, listener, load_balancer};
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Component, Driver, Family, FrontDoor, Layer, Layers, Metric, Offers, Reason, Reliance, Request, Site, Size, Threshold, Tier, Unplaceable,
    Variable, Way,
};
use crate::recipe::balancer::{self, Traffic};
use crate::recipe::quantity::{gigabytes, of_region, times, words};
use crate::recipe;
use crate::workload::Load;

/// It has no settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The sized load balancer.
#[derive(Debug)]
pub struct InternalLoadBalancer {
    zones: usize,
}

/// The balancer scales by itself.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(InternalLoadBalancer, Vec<Reason>), Unplaceable> {
    let zones = request.zones.max(2);
    let reason = format!("services call each other over one address; it stands in {zones} zones, and no caller knows where another runs");
    let mut reasons = vec![Reason::new(Driver::Availability, reason)];
    reasons.extend(alternative(request));
    Ok((InternalLoadBalancer { zones }, reasons))
}

/// What passes it in a month in all regions: a call is taken to be as large as an answer to a user.
fn traffic(load: &Load) -> Traffic {
    let calls = times(load.requests_month, load.assumptions.internal_calls_per_request());
    Traffic { requests: calls, bytes: times(calls, load.assumptions.response_bytes()) }
}

/// The public balancer would do as well, but services would reach it by the way out.
fn alternative(request: &Request) -> Option<Reason> {
    let traffic = traffic(request.load);
    let price = request.catalog.prices().ok()?.price("nat.gb", &request.region.region).ok()?.usd;
    let text = format!(
        "calls through the public balancer: {} a month for {} GB that would leave by NAT gateways and come back, and anybody could make such calls",
        price.times(gigabytes(traffic.bytes)).to_cents(),
        words(gigabytes(traffic.bytes))
    );
    Some(Reason::instead(Driver::Cost, text))
}

/// HTTP: the traffic never leaves the VPC, security groups let in nobody but our own callers, and no public authority issues a certificate
/// for a name that AWS owns.
const PORT: u16 = 80;

fn door() -> FrontDoor {
    FrontDoor {
        group: Id::new("InternalLoadBalancerSecurityGroup"),
        balancer: Id::new("InternalLoadBalancer"),
        listener: Id::new("InternalListener"),
        https: false,
        sticky: false,
        internal: true,
    }
}

impl Component for InternalLoadBalancer {
    fn name(&self) -> &'static str {
        "internal_load_balancer"
    }

    fn label(&self) -> &'static str {
        "Service balancer"
    }

    fn size(&self) -> Size {
        Size { count: None, class: None, note: format!("ALB in {} zones", self.zones) }
    }

    fn offers(&self, _site: &Site) -> Offers {
        let door = door();
        let url = Val::sub(format!("http://${{{}.DNSName}}", door.balancer.name()));
        Offers { internal_door: Some(door), variables: vec![Variable::new("SERVICES_URL", url)], ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = &offers.network else { return };
        let door = door();
        recipe::security_group(site, network, layers, &door.group, "internal-load-balancer", "The load balancer between services");
        recipe::let_callers_in(layers, "InternalLoadBalancer", &door.group, &offers.callers, PORT, "the load balancer between services");
        let attribute = |key: &str, value: Val<String>| load_balancer::LoadBalancerAttribute::new().key(key).value(value);
        let mut attributes = vec![
            attribute("routing.http.drop_invalid_header_fields.enabled", "true".into()),
            attribute("routing.http.desync_mitigation_mode", "defensive".into()),
            // It holds no data; protected, it would only stop the stack from being taken down.
            attribute("deletion_protection.enabled", "false".into()),
        ];
        if let Some(logs) = &offers.balancer_logs {
            attributes.push(attribute("access_logs.s3.enabled", "true".into()));
            attributes.push(attribute("access_logs.s3.bucket", logs.bucket.reference()));
        }
        let model = elb::LoadBalancer::new()
            .type_(load_balancer::LoadBalancerType::Application)
            .scheme(load_balancer::Scheme::Internal)
            .ip_address_type(load_balancer::IpAddressType::Ipv4)
            .subnets(network.subnets(Tier::Private, site.zones.max(2)))
            .security_groups([door.group.group_id()])
            .load_balancer_attributes(attributes)
            .tags(crate::component::name_tag(site, "internal"));
        let mut balancer = Resource::new(model);
        if let Some(logs) = &offers.balancer_logs {
            balancer = balancer.after(logs.policy.name());
        }
        layers.put(Layer::App, &door.balancer, "Services reach each other by path, wherever their tasks run", balancer);
        let unknown = listener::FixedResponseConfig::new("404").content_type("text/plain").message_body("No such service");
        let refuse = listener::Action::new(listener::ActionType::FixedResponse).fixed_response_config(unknown);
        let model = elb::Listener::new([refuse], door.balancer.reference()).port(i64::from(PORT)).protocol(listener::Protocol::Http);
        layers.put(Layer::App, &door.listener, "Takes calls between services", model);
        recipe::rules::put(layers, &door, &recipe::rules::roads(offers, true), None);
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let metric = |name: &str, title: &str, family, metric, statistic| Metric {
            name: name.to_owned(),
            title: title.to_owned(),
            family,
            namespace: "AWS/ApplicationELB",
            metric,
            dimensions: vec![("LoadBalancer", door().balancer.load_balancer_full_name())],
            statistic,
            region: None,
            alarm: None,
        };
        let time = "Between services: response time (s)";
        let errors = "Between services: failed calls";
        let why = "Calls between services find nobody to answer: look at the health of the services' tasks".to_owned();
        let failing = Threshold { above: true, limit: 10.0, period: 60, periods: 5, missing: "notBreaching", why, actions: Vec::new() };
        vec![
            metric("InternalLoadBalancerSlow", time, Family::Latency, "TargetResponseTime", "p95"),
            metric("InternalLoadBalancerSlowest", time, Family::Latency, "TargetResponseTime", "p99"),
            metric("InternalLoadBalancerTargetErrors", errors, Family::Errors, "HTTPCode_Target_5XX_Count", "Sum"),
            Metric { alarm: Some(failing), ..metric("InternalLoadBalancerErrors", errors, Family::Errors, "HTTPCode_ELB_5XX_Count", "Sum") },
        ]
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let Traffic { requests, bytes } = traffic(load);
        let here = Traffic { requests: of_region(site, requests), bytes: of_region(site, bytes) };
        balancer::bill(bill, "Service balancer", here, &load.assumptions)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new("Load balancer between services", "elb", Way::Region)]
    }
}
