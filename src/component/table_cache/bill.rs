//! What DAX costs, what it saves, and what saturates in it.

use rust_decimal::Decimal;

use super::{CLASSES, TableCache};
use crate::block::{Bill, Ceiling, Driver, Kind, Reason, Reliance, Request, Site, Way, about};
use crate::catalog::MissingPrice;
use crate::recipe::on_demand::{self, holding};
use crate::recipe::table;
use crate::units::{decimal, number};
use crate::workload::Load;

/// Operations a second at peak: every request reads its session and touches it.
pub fn operations(load: &Load) -> f64 {
    load.requests_peak.get() * 2.0
}

/// The nodes.
///
/// # Errors
/// When the list lacks the price.
pub fn line_items(cache: &TableCache, bill: &mut Bill) -> Result<(), MissingPrice> {
    let TableCache { class, nodes, .. } = cache;
    bill.machines(*nodes, about(format!("DAX, {nodes} × {class}"), class, Kind::Data, format!("{nodes} × 730 h")), None)
}

/// Operations of all nodes, writes of the one that takes them, and memory, which is the same in each.
pub fn ceilings(cache: &TableCache, site: &Site) -> Vec<Ceiling> {
    let part = site.part();
    let all = holding(cache.at_full_tilt * cache.nodes as f64, cache.stress);
    let one = holding(cache.at_full_tilt, cache.stress / 2.0);
    vec![
        Ceiling::fixed("operations", Driver::Throughput, "operations/s", all, move |load| operations(load) * part)
            .then("add a node, up to 11, or take a larger class"),
        Ceiling::fixed("writes", Driver::Throughput, "writes/s", one, move |load| load.requests_peak.get() * part)
            .then("take a larger class: one node takes all writes"),
        Ceiling::fixed("memory", Driver::Memory, "bytes", cache.items.as_f64(), move |load| load.session_bytes.as_f64() * part)
            .then("take a class with more memory; until then the items that were used the longest ago are read from the table"),
    ]
}

/// The app goes on with the table when DAX does not answer.
pub fn reliances() -> Vec<Reliance> {
    vec![Reliance::new("DAX over three zones", "dax", Way::Aside)]
}

/// The class below, and the table alone.
pub fn alternatives(request: &Request, cache: &TableCache) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let below = CLASSES.iter().take_while(|(class, ..)| *class != cache.class).last();
    if let Some((class, vcpu, memory)) = below {
        let items = memory.scaled(super::ITEMS_SHARE);
        let lacks = if items < request.load.session_bytes {
            (Driver::Memory, format!("{class}: {} for items, {} needed", items.binary(), request.load.session_bytes.binary()))
        } else {
            let text = format!("{class}: {} nodes of {} vCPU at the most, which is less than the stress case needs", super::MOST_NODES, number(*vcpu));
            (Driver::Throughput, text)
        };
        reasons.push(Reason::instead(lacks.0, lacks.1));
    }
    reasons.extend(alone(request, cache));
    reasons
}

/// DynamoDB without a cache: the reads that DAX takes, with what they would cost.
fn alone(request: &Request, cache: &TableCache) -> Option<Reason> {
    let (load, region) = (request.load, &request.region.region);
    let prices = request.catalog.prices().ok()?;
    // All requests of a page but the first find the session in the cache.
    let spared = Decimal::ONE - Decimal::ONE / decimal(load.assumptions.requests_per_page().max(1.0));
    let units = Decimal::from(on_demand::steps(load.assumptions.session_bytes(), table::READ_STEP)) / Decimal::TWO;
    let reads = Decimal::from(load.requests_month) / Decimal::from(request.regions.max(1)) * spared;
    let saved = prices.price("dynamodb.ondemand.rru", region).ok()?.usd.times(on_demand::millions(reads.saturating_mul(units))).to_cents();
    let what = format!("DynamoDB alone: the {} million reads a month in a region that DAX takes", on_demand::shown(on_demand::millions(reads)));
    let nodes = prices.price(cache.class, region).ok().map(|price| price.usd.times(cache.nodes).times(prices.hours_per_month).to_cents());
    let text = match nodes {
        Some(nodes) if saved < nodes => format!(
            "{what} would be {saved} against {nodes} for nodes, but each takes milliseconds instead of microseconds, and one session that everybody \
             reads is at most 3,000 read units a second: DAX buys time, not money"
        ),
        Some(nodes) => format!("{what} would be {saved} against {nodes} for nodes"),
        None => format!("{what} would be {saved}"),
    };
    Some(Reason::instead(if nodes.is_some_and(|nodes| saved < nodes) { Driver::Phase } else { Driver::Cost }, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Bytes;

    #[test]
    fn classes_grow_in_processors_and_memory_alike() {
        for pair in CLASSES.windows(2) {
            assert!(pair[0].1 < pair[1].1 && pair[0].2 < pair[1].2, "{} before {}", pair[0].0, pair[1].0);
            assert_eq!(pair[1].2, Bytes::gib(pair[1].1 as u64 * 8), "{}", pair[1].0);
        }
    }
}
