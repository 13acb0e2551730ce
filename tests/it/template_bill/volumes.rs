//! How much of each service the load uses where the templates alone do not say it: by `docs/bill.md`.

use super::ground::Place;

/// What a table is used for in a month, in the whole architecture.
#[derive(Default)]
pub struct Table {
    pub reads: u64,
    pub writes: u64,
    pub item_bytes: u64,
    pub stored_bytes: u64,
}

/// The table of a component.
pub fn table(place: &Place, component: &str) -> Table {
    let load = place.load;
    match component {
        // Each request reads one session and writes it; a cache in front of the table answers the reads.
        "sessions" => Table {
            reads: if place.has_component("table_cache") { 0 } else { load.requests_month },
            writes: load.requests_month,
            item_bytes: load.assumptions.session_bytes() as u64,
            stored_bytes: load.session_bytes.0,
        },
        _ => Table::default(),
    }
}
