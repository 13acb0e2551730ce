//! How much of each service the load uses where neither the templates nor the load say it: the estimates of `docs/bill.md`, once more.

use rust_decimal::Decimal;

use super::ground::{Place, assumed, decimal};

/// Bytes that DynamoDB counts beside each item and each entry of an index.
pub const ITEM_OVERHEAD: u64 = 100;

/// Bytes of one item: an address in the list of signups.
pub const SIGNUP_BYTES: u64 = 100;

/// Bytes of one order.
pub const ORDER_BYTES: u64 = 1_000;

/// Bytes that the journal puts around an event.
pub const JOURNAL_BYTES: u64 = 200;

/// Bytes that a function says at each call.
pub const FUNCTION_LOG_BYTES: u64 = 500;

/// Sessions that begin in a month.
pub fn new_sessions(place: &Place) -> Decimal {
    let hours = place.load.assumptions.session_ttl_hours().max(24.0);
    Decimal::from(place.load.sessions) * Decimal::from(730) / decimal(hours)
}

/// Addresses that are left in a month: a twentieth of the users is new.
pub fn signups(place: &Place) -> Decimal {
    Decimal::from(place.load.users.0) / Decimal::from(20)
}

/// Orders of a month: one in a hundred jobs.
pub fn orders(place: &Place) -> Decimal {
    Decimal::from(place.load.messages_month) / Decimal::ONE_HUNDRED
}

/// Queries of the GraphQL API in a month: one in ten requests.
pub fn queries(place: &Place) -> Decimal {
    Decimal::from(place.load.requests_month) / Decimal::TEN
}

/// Files that users put in this region in a month: what changes of theirs in thirty days, in files of half a megabyte.
pub fn files(place: &Place) -> Decimal {
    let bytes = place.part(Decimal::from(place.load.object_bytes.0));
    bytes * assumed(place, "changed_share_per_day") * Decimal::from(30) / Decimal::from(500_000)
}
