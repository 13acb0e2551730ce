//! What tables on demand cost: units written and read, what is stored, and what replicas send one another.

use cfn::Node;
use rust_decimal::Decimal;

use super::ground::{MONTH, Place, Placed, assumed, gb, millions, whole};
use super::list::Books;
use super::volumes::{self, ITEM_OVERHEAD, JOURNAL_BYTES, ORDER_BYTES, SIGNUP_BYTES};

fn million() -> Decimal {
    Decimal::from(1_000_000)
}

/// Whole steps that cover so many bytes, at least one.
fn units(bytes: u64, step: u64) -> Decimal {
    Decimal::from(bytes.div_ceil(step).max(1))
}

/// A table with its replicas, in one region.
struct Table<'a, 'b, 'c> {
    books: &'a mut Books<'b>,
    place: &'a Place<'c>,
    replicas: usize,
    recovered: bool,
}

impl Table<'_, '_, '_> {
    /// Units that all regions write together: where there are several replicas each region is billed for all of them.
    fn writes(&mut self, units: Decimal) {
        if self.replicas > 1 {
            self.books.line("dynamodb.ondemand.rwru", units / million());
        } else {
            self.books.line("dynamodb.ondemand.wru", self.place.part(units) / million());
        }
    }

    /// Bytes in this region: of the table, and of its index, which is not kept for recovery.
    fn stores(&mut self, table: Decimal, index: Decimal) {
        self.books.line("dynamodb.storage", gb(table + index));
        if self.recovered {
            self.books.line("dynamodb.pitr", gb(table));
        }
    }

    fn further(&self) -> Decimal {
        Decimal::from(self.place.regions() - 1)
    }
}

pub fn table(books: &mut Books, place: &Place, table: &Placed) {
    let mut recovered = false;
    for node in table.resource.properties.values() {
        node.walk(&mut |node| recovered |= node.get("PointInTimeRecoveryEnabled") == Some(&Node::Bool(true)));
    }
    let mut it = Table { books, place, replicas: table.list("Replicas").len(), recovered };
    let load = place.load;
    match table.component() {
        "sessions" => sessions(&mut it, table),
        "signup" => {
            let users = Decimal::from(load.users.0);
            // One table for all regions.
            let written = volumes::signups(place) * units(SIGNUP_BYTES, 1_024);
            it.books.line("dynamodb.ondemand.wru", written / million());
            it.stores(users * Decimal::from(SIGNUP_BYTES + ITEM_OVERHEAD), Decimal::ZERO);
        }
        "queue" => {
            let bytes = load.assumptions.event_bytes() as u64 + JOURNAL_BYTES;
            let events = Decimal::from(load.messages_month);
            it.writes(events * units(bytes, 1_024));
            let months = Decimal::from(keep_days(place)) / Decimal::from(30);
            it.stores(place.part(events) * months * Decimal::from(bytes + ITEM_OVERHEAD), Decimal::ZERO);
        }
        "order_workflow" => {
            let orders = volumes::orders(place);
            it.writes(orders * Decimal::from(2) * units(ORDER_BYTES, 1_024));
            it.stores(orders * Decimal::from(12) * Decimal::from(ORDER_BYTES + ITEM_OVERHEAD), Decimal::ZERO);
            let sent = place.part(orders) * Decimal::from(2 * ORDER_BYTES) * it.further();
            it.books.line("dt.inter_region_out", gb(sent));
        }
        // The map is asked once for each new connection; its few items are written when shards come.
        "shard_map" => {
            let asked = load.requests_mean.get() / place.regions() as f64 / load.assumptions.requests_per_connection() / 2.0;
            it.books.line("dynamodb.ondemand.rru", millions(whole(asked * MONTH)));
        }
        other => panic!("say what the table of {other} costs"),
    }
}

fn sessions(it: &mut Table, table: &Placed) {
    let (place, load) = (it.place, it.place.load);
    let (bytes, requests) = (load.assumptions.session_bytes() as u64, Decimal::from(load.requests_month));
    let touch = units(bytes, 1_024);
    let new = volumes::new_sessions(place);
    let indexes = Decimal::from(table.list("GlobalSecondaryIndexes").len() as u64);
    it.writes(requests * touch);
    it.writes(new * indexes);
    if it.replicas > 1 {
        let elsewhere = new * it.further() / Decimal::from(place.regions());
        it.writes(elsewhere * (touch + indexes));
    }
    let mut reads = place.part(requests) * units(bytes, 4_096) / Decimal::from(2);
    if place.has("AWS::DAX::Cluster") {
        reads /= assumed(place, "requests_per_page");
    }
    it.books.line("dynamodb.ondemand.rru", reads / million());
    let sessions = Decimal::from(load.sessions);
    let entry = Decimal::from(100 + ITEM_OVERHEAD);
    it.stores(sessions * Decimal::from(bytes + ITEM_OVERHEAD), sessions * entry * indexes);
    let sent = place.part(requests) * Decimal::from(bytes) * it.further();
    it.books.line("dt.inter_region_out", gb(sent));
}

/// How long the journal keeps an event, as its function is told.
fn keep_days(place: &Place) -> u64 {
    let told = place.of("AWS::Lambda::Function").find_map(|one| one.at("Environment/Variables/KEEP_DAYS")?.as_str()?.parse().ok());
    told.unwrap_or_else(|| panic!("nobody says how long events are kept"))
}
