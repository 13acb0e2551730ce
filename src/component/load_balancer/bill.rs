//! What the public load balancer costs, what reaches users through it, and what other ways in would cost.

use rust_decimal::Decimal;

use super::{LoadBalancer, regions};
use crate::block::{Allowances, Basis, Bill, Driver, Kind, Reason, Request, Site, about};
use crate::catalog::MissingPrice;
use crate::recipe::balancer::{self, Traffic};
use crate::recipe::quantity::{of_region, words};
use crate::units::Bytes;
use crate::workload::Load;

/// What passes the balancers of all regions in a month: pages, and static files as long as nobody else sends them. Files come over the
/// connections of their page.
fn passing(behind_cdn: bool, load: &Load) -> Bytes {
    if behind_cdn { load.dynamic_bytes_month } else { load.egress_bytes_month }
}

/// The nearest ways without a balancer of one's own, each with what it would cost at this load.
pub fn alternatives(behind_cdn: bool, zones: usize, request: &Request) -> Option<Vec<Reason>> {
    let (prices, load, region) = (request.catalog.prices().ok()?, request.load, &request.region.region);
    let regions = Decimal::from(request.regions.max(1));
    let traffic =
        Traffic { requests: Decimal::from(load.requests_month) / regions, bytes: Decimal::from(passing(behind_cdn, load).0) / regions };
    let ours = balancer::month(prices, region, zones, traffic, request.assumptions)?.to_cents();
    let api = prices.tiered("apigw.http", region.code(), traffic.requests).ok()?.usd.to_cents();
    let asked = words(traffic.requests);
    let text = if api > ours {
        format!("API Gateway (HTTP): {api} a month for a region's {asked} requests, the balancer {ours}")
    } else {
        format!(
            "API Gateway (HTTP): {api} a month for a region's {asked} requests, less than the balancer's {ours}; but it reaches servers in a VPC \
             only through a balancer or a register of services, and keeps no user on one server"
        )
    };
    let mut reasons = vec![Reason::instead(Driver::Cost, text)];
    if !behind_cdn {
        let sent = load.egress_bytes_month;
        let free = Allowances::default().take("dt.internet_out", sent.billed_gb());
        let direct = prices.tiered("dt.internet_out", region.code(), sent.billed_gb() - free).ok()?.usd.to_cents();
        let text = format!("content delivery in front: sending {sent} a month without it costs {direct}; it pays, and is needed, when traffic grows");
        reasons.push(Reason::instead(Driver::Cost, text));
    }
    Some(reasons)
}

impl LoadBalancer {
    pub(super) fn lines(&self, site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let behind_cdn = self.settings.behind_cdn;
        let here = |all: u64| of_region(site, Decimal::from(all));
        let traffic = Traffic { requests: here(load.requests_month), bytes: here(passing(behind_cdn, load).0) };
        balancer::bill(bill, "Load balancer", traffic, &load.assumptions)?;
        let why = format!("{} × {} h, one in each zone", self.zones, bill.hours());
        bill.machines(Decimal::from(self.zones), about("Load balancer, public addresses", "public_ipv4.hour", Kind::Requests, why), None)?;
        if !behind_cdn {
            let sent = of_region(site, load.egress_bytes_month.billed_gb());
            let why = format!("{} of pages and {} of static files a month", load.dynamic_bytes_month, load.static_bytes_month);
            bill.tiered(None, Basis::Usage, sent, about("Bytes to the internet", "dt.internet_out", Kind::Transfer, why))?;
        } else if regions::several(site) {
            bill.standing(1, about("Alarm that takes the region out", "cloudwatch.alarm", Kind::Operations, "1"))?;
            let checks = Decimal::from(site.regions.len());
            let why = format!("{checks}, one for each region, which look at its alarm");
            if site.leads() {
                bill.at("global", Basis::Standing, checks, about("Health checks of regions", "route53.health_check.aws", Kind::Operations, why))?;
            }
        }
        Ok(())
    }
}
