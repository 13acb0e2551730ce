//! The firewall: what looks like an attack, and who asks for far more than a person can, is turned away before it reaches the app.

mod acl;
mod bill;

use cfn::Id;
use cfn::resource::wafv2::{self, web_acl};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Component, Driver, Family, Layer, Layers, Metric, Offers, Reason, Reliance, Request, Site, Size, Threshold, Unplaceable, Way,
};
use crate::recipe::{front, watch};
use crate::units::{number, whole};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether clients reach something without content delivery, in each region.
    regional: bool,
}

/// The firewall with its limits.
#[derive(Debug)]
pub struct Firewall {
    settings: Settings,
    /// Requests that one address may make in [`WINDOW`] seconds.
    limit: u64,
    /// Blocked requests in five minutes that are more than the internet's noise.
    noise: f64,
}

/// Seconds over which an address's requests are counted: long enough that opening many pages at once is no offence.
const WINDOW: u64 = 300;
/// People who may share one address, as in an office or a school. An estimate.
const SHARED: f64 = 50.0;
/// A mobile network puts many more behind one address: this part of all who are there at peak. An estimate.
const SHARED_PART: f64 = 0.001;
/// Fewer requests than this are no attack, however light the app.
const LEAST_LIMIT: u64 = 1_000;
/// The part of all requests at peak that may be blocked before somebody looks, and the fewest.
const NOISE: f64 = 0.05;
const LEAST_NOISE: f64 = 500.0;

/// The limit of an address follows from what one person asks for at peak.
///
/// # Errors
/// None.
pub fn size(settings: &Settings, request: &Request) -> Result<(Firewall, Vec<Reason>), Unplaceable> {
    let load = request.load;
    let all = load.requests_peak + load.static_requests_peak;
    let people = load.concurrent.as_f64().max(1.0);
    let person = all.get() / people * WINDOW as f64;
    let shared = (people * SHARED_PART).max(SHARED);
    let limit = whole(person * shared).max(LEAST_LIMIT);
    let noise = (all.get() * WINDOW as f64 * NOISE).ceil().max(LEAST_NOISE);
    let text = format!(
        "a person makes {} requests in {WINDOW} s at peak; with files, {} may share an address, so one may make {}",
        number(person),
        number(shared),
        number(limit as f64)
    );
    let rules = "known attackers, known bad inputs, common attacks and SQL injection are turned away by rules that AWS keeps current";
    let mut reasons = vec![Reason::new(Driver::Throughput, text), Reason::new(Driver::Phase, rules)];
    reasons.extend(bill::alternative(request));
    Ok((Firewall { settings: settings.clone(), limit, noise }, reasons))
}

fn edge() -> Id<wafv2::WebACL> {
    Id::new("EdgeFirewall")
}

fn regional() -> Id<wafv2::WebACL> {
    Id::new("ApiFirewall")
}

impl Firewall {
    fn limit(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }
}

impl Component for Firewall {
    fn name(&self) -> &'static str {
        "firewall"
    }

    fn label(&self) -> &'static str {
        "Firewall"
    }

    fn size(&self) -> Size {
        let count = if self.settings.regional { "content delivery and API" } else { "content delivery" };
        Size { note: format!("WAF for {count}, {} requests per address in {WINDOW} s", number(self.limit as f64)), ..Size::default() }
    }

    fn offers(&self, site: &Site) -> Offers {
        Offers {
            edge_acl: site.leads().then(edge),
            regional_acl: self.settings.regional.then(regional),
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, _offers: &Offers, layers: &mut Layers) {
        if site.leads() {
            let why = "Attacks are turned away at the edge, far from the app, and cost it nothing";
            acl::put(site, layers, &acl::Wall { id: edge(), layer: Layer::Edge, scope: web_acl::Scope::Cloudfront, word: "edge", why, limit: self.limit() });
        }
        // Load balancers need none of their own: only content delivery reaches them, so each request was judged already. A second look would
        // be paid twice, and would count all requests of an edge location as one address's.
        if self.settings.regional {
            let why = "Clients reach the API without content delivery: it has a firewall of its own";
            acl::put(site, layers, &acl::Wall { id: regional(), layer: Layer::App, scope: web_acl::Scope::Regional, word: "api", why, limit: self.limit() });
        }
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        let of = |name: &str, title, metric, word: &str, rule: &'static str, global: bool| {
            let mut dimensions = vec![("WebACL", site.name(word).into()), ("Rule", rule.into())];
            // Only the metrics of regional firewalls have a region (WAF developer guide, "AWS WAF metrics and dimensions").
            if !global {
                dimensions.insert(1, ("Region", cfn::Val::reference("AWS::Region")));
            }
            let region = if global { front::edge_metrics(site) } else { None };
            Metric { region, ..watch::line(name, title, Family::Errors, ("AWS/WAFV2", metric, "Sum"), dimensions) }
        };
        let why = "The firewall blocks more than 5 % of all requests: its log tells whether that is an attack, or users whom a new release \
                   makes look like one";
        let flood: Threshold = watch::above(self.noise, 3, why);
        let mut metrics = Vec::new();
        if site.leads() {
            let (allowed, blocked) = ("Firewall: allowed requests", "Firewall: blocked requests");
            metrics.push(of("FirewallAllowed", allowed, "AllowedRequests", "edge", "ALL", true));
            metrics.push(watch::alarmed(of("FirewallBlocked", blocked, "BlockedRequests", "edge", "ALL", true), flood.clone()));
            metrics.push(of("FirewallLimited", blocked, "BlockedRequests", "edge", acl::RATE, true));
        }
        if self.settings.regional {
            let (allowed, blocked) = ("Firewall of the API: allowed requests", "Firewall of the API: blocked requests");
            metrics.push(of("ApiFirewallAllowed", allowed, "AllowedRequests", "api", "ALL", false));
            metrics.push(watch::alarmed(of("ApiFirewallBlocked", blocked, "BlockedRequests", "api", "ALL", false), flood));
        }
        metrics
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        self.lines(site, load, bill)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        // Each request is judged before it is passed on.
        let mut all = vec![Reliance::new("Firewall of content delivery", "waf", Way::Edge)];
        if self.settings.regional {
            all.push(Reliance::new("Firewall of the public API", "waf", Way::Aside));
        }
        all
    }
}
