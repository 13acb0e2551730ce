//! What sessions cost, by the rules of DynamoDB's request units, and what saturates in their table.

use rust_decimal::Decimal;

use super::Sessions;
use crate::block::{Bill, Ceiling, Driver, Reason, Request, Site};
use crate::catalog::MissingPrice;
use crate::recipe::{on_demand, table};
use crate::units::{Usd, decimal, number, whole};
use crate::workload::Load;

/// Bytes of an entry of the index, which holds the keys alone: two identifiers [estimate].
const INDEX_ENTRY: f64 = 100.0;
/// How full a provisioned table is at its peak: the target that auto scaling suggests [estimate].
const PROVISIONED_FILL: f64 = 0.7;
/// Hours in a billing month and on a day.
const HOURS: Decimal = Decimal::from_parts(730, 0, 0, false, 0);
const DAY: f64 = 24.0;

/// Units that writing a session takes: its size, because DynamoDB writes whole items.
pub fn units_of_a_touch(load: &Load) -> u64 {
    on_demand::steps(load.assumptions.session_bytes(), table::WRITE_STEP)
}

/// Units that reading a session takes, eventually consistent: half a unit for each step.
fn units_of_a_read(load: &Load) -> Decimal {
    Decimal::from(on_demand::steps(load.assumptions.session_bytes(), table::READ_STEP)) / Decimal::TWO
}

/// Units a second at peak: every request touches a session, in whichever region, and every replica writes it.
pub fn writes(load: &Load) -> f64 {
    load.requests_peak.get() * units_of_a_touch(load) as f64
}

/// Units a second at peak that are read where no cache takes them: every request reads one session.
pub fn reads(load: &Load) -> f64 {
    load.requests_peak.get() * on_demand::steps(load.assumptions.session_bytes(), table::READ_STEP) as f64 / 2.0
}

/// Sessions that begin in a month: as many as end, and each lives for its lifetime, at least a day.
fn begun(load: &Load) -> Decimal {
    Decimal::from(load.sessions).saturating_mul(HOURS) / decimal(load.assumptions.session_ttl_hours().max(DAY))
}

/// Touches, entries of the index, reads, what is stored, and what goes to other regions.
///
/// # Errors
/// When the list lacks a price.
pub fn line_items(site: &Site, cached: bool, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let (regions, replicated) = (on_demand::regions(site), site.regions.len() > 1);
    let (touch, requests) = (Decimal::from(units_of_a_touch(load)), Decimal::from(load.requests_month));
    let bytes = load.assumptions.session_bytes();
    let everywhere = on_demand::of_all(site);
    let why = format!("{} requests{everywhere} × {}", on_demand::shown(requests), on_demand::units(units_of_a_touch(load)));
    table::writes(bill, "Sessions, touches", replicated, requests.saturating_mul(touch), why)?;
    // The index holds keys alone, and a touch changes none: only a new session writes an entry. Expiry deletes without units where it happens.
    let begun = begun(load);
    let why = format!("{} new sessions{everywhere} × 1 unit; a touch changes no key", on_demand::shown(begun));
    table::writes(bill, "Sessions, entries of the index", replicated, begun, why)?;
    if replicated {
        let seen = begun / regions * (regions - Decimal::ONE);
        let why = format!("{} sessions that expire in another region × ({touch} + 1 units)", on_demand::shown(seen));
        table::writes(bill, "Sessions, expiry elsewhere", replicated, seen.saturating_mul(touch + Decimal::ONE), why)?;
    }
    let own = requests / regions;
    let (read, of) = match cached {
        // An item is cached for a minute: the requests of one page share a read.
        true => (own / decimal(load.assumptions.requests_per_page()), "pages, as the cache answers the other requests of a page"),
        false => (own, "requests"),
    };
    let each = units_of_a_read(load);
    let why = format!("{} {of}, × {} units, eventually consistent", on_demand::shown(read), each.normalize());
    table::reads(bill, "Sessions, reads", read.saturating_mul(each), why)?;
    let sessions = Decimal::from(load.sessions);
    let held = (on_demand::gb(sessions, bytes + table::OVERHEAD), on_demand::gb(sessions, INDEX_ENTRY + table::OVERHEAD));
    let why = format!(
        "{} sessions × ({} + {} bytes), and {} each in the index",
        on_demand::shown(sessions),
        number(bytes),
        number(table::OVERHEAD),
        number(INDEX_ENTRY + table::OVERHEAD)
    );
    table::stored(bill, "Sessions", held, &why)?;
    let sent = on_demand::gb(own.saturating_mul(regions - Decimal::ONE), bytes);
    let why = format!("{} touches × {} bytes to each other region", on_demand::shown(own), number(bytes));
    table::sent(bill, "Sessions", sent, why)
}

/// Units that the table takes.
pub fn ceilings(sessions: &Sessions, site: &Site) -> Vec<Ceiling> {
    let part = site.part();
    let raise = "ask AWS for more units of the table, and let it get used to the load in steps; fewer touches, such as one a minute, spare most of them";
    vec![
        on_demand::ceiling(
            "writes to the session table",
            "write units/s",
            Some(table::FIRST_WRITES),
            ("dynamodb.table_wru", sessions.stress.0),
            writes,
        )
        .then(raise),
        on_demand::ceiling(
            "reads of the session table",
            "read units/s",
            Some(table::FIRST_READS),
            ("dynamodb.table_rru", sessions.stress.1),
            move |load| reads(load) * part,
        )
        .then("ask AWS for more units of the table, or put a cache in front of it"),
    ]
}

/// What was not taken: provisioned capacity for the peak, and fewer touches, which is the app's to decide.
pub fn alternatives(request: &Request) -> Option<[Reason; 2]> {
    let (load, region) = (request.load, &request.region.region);
    let prices = request.catalog.prices().ok()?;
    let key = if request.regions > 1 { "dynamodb.ondemand.rwru" } else { "dynamodb.ondemand.wru" };
    let unit = prices.price(key, region).or_else(|_| prices.price("dynamodb.ondemand.wru", region)).ok()?.usd;
    let month = Decimal::from(load.requests_month).saturating_mul(Decimal::from(units_of_a_touch(load)));
    let on_demand = unit.times(on_demand::millions(month)).to_cents();
    let capacity = whole(writes(load) / PROVISIONED_FILL);
    let hour = prices.price("dynamodb.provisioned.wcu", region).ok()?.usd;
    let provisioned: Usd = hour.times(capacity).times(prices.hours_per_month).to_cents();
    let text = format!(
        "provisioned capacity: {} write units for the peak at 70 % would be {provisioned} a month in a region against {on_demand} on demand{}",
        crate::units::thousands(capacity),
        if provisioned < on_demand { ", but would refuse what is above, such as the stress case" } else { "" }
    );
    let provisioned = Reason::instead(if provisioned < on_demand { Driver::Throughput } else { Driver::Cost }, text);
    let pages = decimal(load.assumptions.requests_per_page().max(1.0));
    let fewer = Usd::new(on_demand.amount() / pages).to_cents();
    let text = format!(
        "a touch for each page ({} requests) instead of each request would be {fewer} a month in a region against {on_demand}; only the app can decide that",
        pages.normalize()
    );
    Some([provisioned, Reason::instead(Driver::Cost, text)])
}
