//! What the load balancer listens on, and its certificate.

use cfn::Id;
use cfn::resource::certificatemanager;
use cfn::resource::elasticloadbalancingv2::{self as elb, listener};

use crate::component::{FrontDoor, Layer, Layers, Site};
use crate::recipe::front::{self, PublicName};

/// TLS 1.3 and 1.2 only, with forward secrecy, and keys that what is recorded today will not give away to a quantum computer; the one that
/// AWS recommends and its console chooses (Elastic Load Balancing user guide, "Security policies for your Application Load Balancer").
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/// Puts the listeners: with a name of our own HTTPS, and HTTP that only leads there; without one, HTTP. Content delivery leads from HTTP to HTTPS itself, and
/// nobody else reaches the balancer behind it, so there it has no second listener.
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
    if !behind_cdn {
        let to_https = listener::RedirectConfig::new(listener::StatusCode::Http301).protocol("HTTPS").port("443");
        let redirect = listener::Action::new(listener::ActionType::Redirect).redirect_config(to_https);
        layers.put(Layer::App, &http, "Whoever comes without TLS is led to HTTPS", listens(redirect, 80, listener::Protocol::Http));
    }
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
