//! What the firewall costs, and what looking at pages only would save.

use rust_decimal::Decimal;

use super::{Firewall, acl};
use crate::block::{Basis, Bill, Driver, Kind, Reason, Request, Site, about};
use crate::catalog::MissingPrice;
use crate::recipe::quantity::{API_SHARE, millions, of_region, times, words};
use crate::units::percent;
use crate::workload::Load;

/// Where the prices of what stands at the edge are.
const EDGE: &str = "global";

/// The same at the load balancers, which see no static files.
pub fn alternative(request: &Request) -> Option<Reason> {
    let price = request.catalog.prices().ok()?.price_at("waf.requests", EDGE).ok()?.usd;
    let files = Decimal::from(request.load.static_requests_month);
    let text = format!(
        "a firewall at the load balancers: saves {} a month for {} static files, which would pass unseen; but floods would reach the balancers, and \
         all users of an edge location would share one limit",
        price.times(millions(files)).to_cents(),
        words(files)
    );
    Some(Reason::instead(Driver::Availability, text))
}

impl Firewall {
    pub(super) fn lines(&self, site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let (acl, rules) = (Decimal::ONE, Decimal::from(acl::RULES));
        let counted = format!("the limit of an address and {} groups of rules", acl::RULES - 1);
        if site.leads() {
            let (pages, files) = (Decimal::from(load.requests_month), Decimal::from(load.static_requests_month));
            let why = format!("{} for pages and {} for static files", words(pages), words(files));
            bill.at(EDGE, Basis::Standing, acl, about("Firewall of content delivery", "waf.acl", Kind::Requests, "1"))?;
            bill.at(EDGE, Basis::Standing, rules, about("Firewall of content delivery, rules", "waf.rule", Kind::Requests, counted.as_str()))?;
            let asked = about("Firewall of content delivery, requests", "waf.requests", Kind::Requests, why);
            bill.at(EDGE, Basis::Usage, millions(pages + files), asked)?;
        }
        if !self.settings.regional {
            return Ok(());
        }
        let calls = of_region(site, times(load.requests_month, API_SHARE));
        let why = format!("{} of {} requests", percent(API_SHARE), words(of_region(site, Decimal::from(load.requests_month))));
        bill.standing(acl, about("Firewall of the API", "waf.acl", Kind::Requests, "1"))?;
        bill.standing(rules, about("Firewall of the API, rules", "waf.rule", Kind::Requests, counted.as_str()))?;
        bill.usage(millions(calls), about("Firewall of the API, requests", "waf.requests", Kind::Requests, why))
    }
}
