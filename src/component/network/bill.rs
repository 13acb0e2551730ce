//! What the network costs: the ways out, what passes them, what crosses zones, and the log of connections.

use rust_decimal::Decimal;

use super::Network;
use crate::block::{Bill, Ceiling, Driver, Kind, Offers, Reason, Request, Site, Unplaceable, about};
use crate::catalog::MissingPrice;
use crate::recipe::quantity::{gigabytes, log_group, of_region, per, times, words};
use crate::units::number;
use crate::workload::Load;

/// Bits a second that one NAT gateway carries at once, and when it has grown (VPC user guide, "NAT gateway basics").
const NAT_BITS: f64 = 5e9;
/// Bits of a gigabit.
const GIGA: f64 = 1e9;
const NAT_MOST_BITS: f64 = 100e9;

/// Records that one connection leaves in the flow log: its way in and its way out, at the balancer; behind it, connections stay open. An estimate.
const RECORDS: u32 = 2;
/// Bytes of a record. An estimate.
const RECORD_BYTES: u32 = 120;

/// Queries and cache operations of a month that move between the app and its data. What goes through gateway endpoints, as to tables of
/// DynamoDB, crosses no zone that is billed.
fn moved(offers: &Offers, load: &Load) -> (Decimal, String) {
    let a = &load.assumptions;
    let has = |name: &str| offers.variables.iter().any(|variable| variable.name == name);
    let (queries, reads) = (a.queries_per_request(), a.queries_per_request() * a.read_share());
    if !has("CACHE_HOST") {
        return (times(load.requests_month, queries), format!("{} queries a request", number(queries)));
    }
    // Sessions are read and touched in the cache, or through DAX.
    let sessions = if has("DAX_ENDPOINT") || !has("SESSION_TABLE") { 2.0 } else { 0.0 };
    let behind = queries - reads * a.cache_hit_rate();
    let each = behind + reads + sessions;
    let text = format!(
        "{} a request ({} queries behind the cache, {} look-ups, {} for sessions)",
        number(each),
        number(behind),
        number(reads),
        number(sessions)
    );
    (times(load.requests_month, each), text)
}

fn bits(load: &Load, part: f64) -> f64 {
    load.requests_peak.get() * part * load.assumptions.nat_bytes_per_request() * 8.0
}

/// Whether the ways out carry the stress case.
pub fn carries(request: &Request) -> Result<(), Unplaceable> {
    let need = bits(&request.load.stressed(), 1.0 / request.regions.max(1) as f64);
    let most = NAT_MOST_BITS * request.zones as f64;
    if need <= most {
        return Ok(());
    }
    let problem = format!(
        "{} Gbit/s leave a region in the stress case, and {} NAT gateways carry {}; keep bytes inside (nat_bytes_per_request is {})",
        number(need / 1e9),
        request.zones,
        number(most / 1e9),
        number(request.assumptions.nat_bytes_per_request())
    );
    Err(Unplaceable { component: "network", problem })
}

/// What fewer NAT gateways would save, and lose; what one would cost where there is none.
pub fn alternatives(nat: bool, request: &Request) -> Option<Vec<Reason>> {
    let prices = request.catalog.prices().ok()?;
    let region = &request.region.region;
    let one = prices.monthly("nat.hour", region).ok()? + prices.monthly("public_ipv4.hour", region).ok()?;
    if !nat {
        let text = format!("a NAT gateway: {one} a month in each zone, before a byte; what runs here has an address of its own or asks nobody outside");
        return Some(vec![Reason::instead(Driver::Cost, text)]);
    }
    let others = request.zones.saturating_sub(1);
    let saved = one.times(Decimal::from(others));
    let all = one.times(Decimal::from(request.zones));
    let crossing = prices.price("dt.inter_az", region).ok()?.usd;
    let text = format!(
        "one NAT gateway instead of {}: saves {saved} a month in each region, less {} per GB from other zones; but when its zone is lost, healthy \
         ones reach no queue and no service outside either",
        request.zones,
        crossing.times(2)
    );
    let none = format!(
        "no NAT gateway: saves {all} a month in each region; but servers would need public addresses, or an endpoint in each zone for each of \
         AWS's services, and reach nothing else"
    );
    Some(vec![Reason::instead(Driver::Availability, text), Reason::instead(Driver::Phase, none)])
}

impl Network {
    pub(super) fn lines(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let here = of_region(site, Decimal::from(load.requests_month));
        let ours = Self::existing(site).is_none();
        if ours && self.nat {
            self.ways_out(here, load, bill)?;
        }
        if site.zones > 1 {
            let zones = site.zones;
            let (each, bytes) = (moved(offers, load), load.assumptions.query_bytes());
            let part = Decimal::from(zones - 1) / Decimal::from(zones);
            let crossing = gigabytes(times(of_region(site, each.0), bytes)).saturating_mul(part);
            let why = format!(
                "{} requests × {} × {} B, of which {} of {zones} cross to another zone; billed on both sides",
                words(here),
                each.1,
                number(bytes),
                zones - 1
            );
            let crossed = crossing.saturating_mul(Decimal::TWO);
            bill.usage(crossed, about("Bytes between zones, app and data", "dt.inter_az", Kind::Transfer, why))?;
        }
        if ours && self.flow_logs { flow_log(site, here, load, bill) } else { Ok(()) }
    }

    fn ways_out(&self, here: Decimal, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let (gateways, hours) = (Decimal::from(self.zones), bill.hours());
        let why = format!("{} × {hours} h, one in each zone", self.zones);
        bill.machines(gateways, about("NAT gateways, hours", "nat.hour", Kind::Transfer, why.as_str()), None)?;
        bill.machines(gateways, about("NAT gateways, public addresses", "public_ipv4.hour", Kind::Transfer, why.as_str()), None)?;
        let bytes = load.assumptions.nat_bytes_per_request();
        let why = format!("{} requests × {} B", words(here), number(bytes));
        bill.usage(gigabytes(times(here, bytes)), about("NAT gateways, bytes", "nat.gb", Kind::Transfer, why))
    }

    /// How far the ways out carry; they grow by themselves.
    pub(super) fn limits(&self, site: &Site) -> Vec<Ceiling> {
        if !self.nat || self.existing.is_some() {
            return Vec::new();
        }
        let (zones, part) = (self.zones as f64, site.part());
        let demand = move |load: &Load| bits(load, part) / GIGA;
        let ways = Ceiling::fixed("bits through NAT gateways", Driver::Throughput, "Gbit/s", zones * NAT_BITS / GIGA, demand);
        vec![ways.scales_to(zones * NAT_MOST_BITS / GIGA).then("keep more inside: an interface endpoint for the service that most bytes go to")]
    }
}

fn flow_log(site: &Site, here: Decimal, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let shared = load.assumptions.requests_per_connection();
    let written = gigabytes(per(here, shared).saturating_mul(Decimal::from(RECORDS * RECORD_BYTES)));
    let why = format!("{} requests ÷ {} a connection × {RECORDS} records × {RECORD_BYTES} B", words(here), number(shared));
    bill.usage(written, about("Flow log, written", "cloudwatch.vended_logs.ingest", Kind::Operations, why.as_str()))?;
    let (kept, days) = log_group(site, super::FLOW_LOG_DAYS, written);
    let why = format!("{why}; kept for {days} days, compressed to 15 %");
    bill.usage(kept, about("Flow log, kept", "cloudwatch.logs.storage", Kind::Operations, why))
}
