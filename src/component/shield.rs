//! Shield Advanced: protection from floods beyond what everybody has, with people at AWS who help; only when asked for.

use cfn::resource::elasticloadbalancingv2 as elb;
use cfn::resource::shield;
use cfn::{Id, Val};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Address, Basis, Bill, Component, Driver, Family, Kind, Layer, Layers, Metric, Offers, Reason, Request, Site, Size, Unplaceable, about,
};
use crate::recipe::{front, watch};
use crate::workload::Load;

/// It has no settings in a phase file: whether it is on is said by the user.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// Whether it is on.
#[derive(Debug)]
pub struct Shield {
    on: bool,
}

/// Nothing of it depends on the load.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Shield, Vec<Reason>), Unplaceable> {
    let on = request.settings.shield;
    let text = if on {
        "asked for: 3,000 USD a month, one-year commitment; what it protects is refunded when a flood makes it scale"
    } else {
        "off unless asked for: 3,000 USD a month, one-year commitment; Shield Standard, which everybody has, and the firewall remain"
    };
    Ok((Shield { on }, vec![Reason::new(Driver::Phase, text)]))
}

/// What is protected: the logical ID, a word for the console, and the ARN.
struct Protected {
    id: String,
    word: String,
    arn: Val<String>,
}

/// Whatever users, or floods, can reach: the distribution, each region's balancer, and the zone that names them.
fn protected(site: &Site, offers: &Offers) -> Vec<Protected> {
    let mut all = Vec::new();
    for address in &offers.addresses {
        match address {
            Address::Distribution(distribution) => {
                let arn = format!("arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{}}}", distribution.name());
                all.push(Protected { id: "DistributionProtection".to_owned(), word: "distribution".to_owned(), arn: Val::sub(arn) });
            }
            Address::Balancer(balancer) => all.extend(site.regions.iter().map(|region| balancer_in(site, balancer, region.region.code()))),
            Address::Host(_) => {}
        }
    }
    if let Some(name) = front::public_name(site.settings) {
        let arn = Val::sub_with("arn:${AWS::Partition}:route53:::hostedzone/${Zone}", [("Zone", name.zone.into())]);
        all.push(Protected { id: "ZoneProtection".to_owned(), word: "zone".to_owned(), arn });
    }
    all
}

fn balancer_in(site: &Site, balancer: &Id<elb::LoadBalancer>, region: &str) -> Protected {
    let here = region == site.region.region.code();
    let id = format!("LoadBalancerProtection{}", if here { String::new() } else { front::camel(region) });
    let arn = if here { balancer.reference() } else { balancer.in_region(region).reference() };
    Protected { id, word: format!("load-balancer-{region}"), arn }
}

impl Component for Shield {
    fn name(&self) -> &'static str {
        "shield"
    }

    fn label(&self) -> &'static str {
        "Shield Advanced"
    }

    fn size(&self) -> Size {
        let note = if self.on { "3,000 USD a month, one-year commitment" } else { "off" };
        Size { note: note.to_owned(), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers::default()
    }

    /// Protections of all regions stand together, because Shield is a global service. Automatic blocking stays off: it writes rules into the
    /// firewall that no template knows. Groups of protections and calls from AWS's response team need decisions and people, not resources.
    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        if !self.on || !site.leads() {
            return;
        }
        for one in protected(site, offers) {
            let id: Id<shield::Protection> = Id::new(one.id.as_str());
            let mut model = shield::Protection::new(site.name(&one.word), one.arn);
            // What users notice decides how soon a flood is called one.
            if let (Some(check), "DistributionProtection") = (&offers.public_check, one.id.as_str()) {
                let check = Val::sub(format!("arn:${{AWS::Partition}}:route53:::healthcheck/${{{}.HealthCheckId}}", check.name()));
                model = model.health_check_arns([check]);
            }
            let why = format!("A flood against the {} is met by AWS, and what it costs in scaling is refunded", one.word);
            layers.put(Layer::Edge, &id, why, model);
        }
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        if !self.on || !site.leads() {
            return Vec::new();
        }
        let arn = Val::sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}");
        let source = ("AWS/DDoSProtection", "DDoSDetected", "Maximum");
        let line = watch::line("Flood", "Shield: flood (1) or not", Family::Errors, source, vec![("ResourceArn", arn)]);
        let why = "Shield sees a flood against content delivery: open the Shield console, and call AWS's response team when users notice it";
        vec![Metric { region: front::edge_metrics(site), ..watch::alarmed(line, watch::above(1.0, 1, why)) }]
    }

    /// What a subscription includes of the firewall's price is not taken off: the bill errs on the safe side.
    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        if !self.on || !site.leads() {
            return Ok(());
        }
        let fee = about("Shield Advanced", "shield.advanced", Kind::Requests, "1 subscription, for a year at least");
        bill.at("global", Basis::Standing, Decimal::ONE, fee)?;
        let why = format!("{} a month, on top of content delivery's own price", load.egress_bytes_month);
        let bytes = about("Shield Advanced, bytes to the internet", "shield.advanced.dto_cloudfront", Kind::Transfer, why);
        bill.tiered(Some("global"), Basis::Usage, load.egress_bytes_month.billed_gb(), bytes)
    }
}
