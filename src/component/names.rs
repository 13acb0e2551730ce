//! The app's public name: one record that follows the app from a host to a load balancer to content delivery.

use cfn::Id;
use cfn::resource::route53::{self, record_set};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Address, Basis, Bill, Component, Driver, Kind, Layer, Layers, Offers, Reason, Reliance, Request, Site, Size, Unplaceable, Way, about,
};
use crate::recipe::front;
use crate::workload::Load;

/// It has no settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The name, when there is one.
#[derive(Debug)]
pub struct Names {
    domain: Option<String>,
}

/// Names have no size.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Names, Vec<Reason>), Unplaceable> {
    let domain = front::public_name(request.settings).map(|name| name.domain.to_owned());
    let reason = match &domain {
        Some(domain) => format!("{domain} follows the app from phase to phase"),
        None => "no `domain` with a `hosted_zone_id`; users reach the app by an address of AWS's".to_owned(),
    };
    Ok((Names { domain }, vec![Reason::new(Driver::Phase, reason)]))
}

/// The zone of every CloudFront name (Route 53 API reference, "AliasTarget").
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// Seconds that resolvers keep a host's address: how long a move to the next phase takes to be seen.
const TTL: &str = "60";

impl Component for Names {
    fn name(&self) -> &'static str {
        "names"
    }

    fn label(&self) -> &'static str {
        "Public name"
    }

    fn size(&self) -> Size {
        Size { count: None, class: None, note: self.domain.clone().unwrap_or_else(|| "none configured".to_owned()) }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers::default()
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let (Some(name), Some(address), true) = (front::public_name(site.settings), offers.outermost(), site.leads()) else { return };
        // One logical ID in every phase, so that the move to the next one changes the record in place.
        let id: Id<route53::RecordSet> = Id::new("AddressRecord");
        let record = |kind: &str| route53::RecordSet::new(name.domain, kind).hosted_zone_id(name.zone);
        let model = match address {
            Address::Host(host) => record("A").resource_records([host.public_ip()]).ttl(TTL),
            Address::Balancer(balancer) => {
                record("A").alias_target(record_set::AliasTarget::new(balancer.dns_name(), balancer.canonical_hosted_zone_id()))
            }
            Address::Distribution(distribution) => {
                let alias = || record_set::AliasTarget::new(distribution.domain_name(), CLOUDFRONT_ZONE);
                let v6: Id<route53::RecordSet> = Id::new("AddressRecordV6");
                layers.put(Layer::Edge, &v6, "Users with IPv6 reach the app by its name", record("AAAA").alias_target(alias()));
                record("A").alias_target(alias())
            }
        };
        layers.put(Layer::Edge, &id, "Users reach the app by its name, wherever it has moved", model);
    }

    fn line_items(&self, site: &Site, _offers: &Offers, _load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        if self.domain.is_none() || !site.leads() {
            return Ok(());
        }
        let why = "1, which is there already; questions for names that lead to AWS's services are free";
        bill.at("global", Basis::Standing, Decimal::ONE, about("Zone of the domain", "route53.zone", Kind::Operations, why))
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        if self.domain.is_some() { vec![Reliance::new("Route 53, answering for the domain", "route53", Way::Edge)] } else { Vec::new() }
    }
}
