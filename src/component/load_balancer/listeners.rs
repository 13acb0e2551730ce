//! What the load balancer listens on, its certificate, and the name by which content delivery reaches it.

use cfn::Id;
use cfn::resource::certificatemanager;
use cfn::resource::elasticloadbalancingv2::{self as elb, listener};
use cfn::resource::route53::{self, record_set};

use crate::component::{FrontDoor, Layer, Layers, Site};
use crate::recipe::front::{self, PublicName};

/// TLS 1.3 and 1.2 only (Elastic Load Balancing user guide, "Security policies for your Application Load Balancer").
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/// Puts the listeners: with a name of our own HTTPS, and HTTP that only leads there; without one, HTTP.
pub fn put(site: &Site, door: &FrontDoor, behind_cdn: bool, layers: &mut Layers) {
    let closed = refuse(behind_cdn);
    let http: Id<elb::Listener> = Id::new("HttpListener");
    let listens = |action: listener::Action, port: i64, protocol: listener::Protocol| {
        elb::Listener::new([action], door.balancer.reference()).port(port).protocol(protocol)
    };
    let Some(name) = front::public_name(site.settings) else {
        layers.put(Layer::App, &http, "Takes requests until the app has a domain of its own", listens(closed, 80, listener::Protocol::Http));
        return;
    };
    let to_https = listener::RedirectConfig::new(listener::StatusCode::Http301).protocol("HTTPS").port("443");
    let redirect = listener::Action::new(listener::ActionType::Redirect).redirect_config(to_https);
    layers.put(Layer::App, &http, "Whoever comes without TLS is led to HTTPS", listens(redirect, 80, listener::Protocol::Http));
    let certificate = certificate(name, layers);
    let model = listens(closed, 443, listener::Protocol::Https)
        .ssl_policy(TLS_POLICY)
        .certificates([listener::Certificate::new().certificate_arn(certificate.reference())]);
    layers.put(Layer::App, &Id::<elb::Listener>::new("HttpsListener"), "Takes requests with TLS 1.2 or 1.3", model);
}

/// What happens to a request that no rule takes: without the secret header it did not come through content delivery.
fn refuse(behind_cdn: bool) -> listener::Action {
    let (status, text) = if behind_cdn { ("403", "Forbidden") } else { ("404", "Not found") };
    let fixed = listener::FixedResponseConfig::new(status).content_type("text/plain").message_body(text);
    listener::Action::new(listener::ActionType::FixedResponse).fixed_response_config(fixed)
}

/// The certificate names the origin from the first phase on, because its names cannot be changed afterwards.
fn certificate(name: PublicName, layers: &mut Layers) -> Id<certificatemanager::Certificate> {
    let id = Id::new("Certificate");
    let why = "Proves to users and to content delivery that they reached us; renewed by itself";
    layers.put(Layer::App, &id, why, name.certificate(name.domain, &[&name.origin()]));
    id
}

/// The name by which content delivery reaches the balancer, in each region: it is led to the nearest one that is healthy. A latency record
/// even for a single region, so that a second one can be added beside it.
pub fn origin_records(site: &Site, door: &FrontDoor, layers: &mut Layers) {
    let Some(name) = front::public_name(site.settings) else { return };
    for region in site.regions {
        let code = region.region.code();
        let leads = code == site.region.region.code();
        let balancer = if leads { door.balancer.clone() } else { door.balancer.in_region(code) };
        let id: Id<route53::RecordSet> = Id::new(if leads { "OriginRecord".to_owned() } else { format!("OriginRecord{}", front::camel(code)) });
        let alias = record_set::AliasTarget::new(balancer.dns_name(), balancer.canonical_hosted_zone_id()).evaluate_target_health(true);
        let model = route53::RecordSet::new(name.origin(), "A")
            .hosted_zone_id(name.zone)
            .alias_target(alias)
            .region(code)
            .set_identifier(code);
        layers.put(Layer::Edge, &id, "A name for the load balancer that its certificate can prove", model);
    }
}
