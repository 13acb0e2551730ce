//! What an Application Load Balancer costs: its hours, and the units of capacity that its traffic takes.

use rust_decimal::Decimal;

use super::quantity::{gigabytes, kept_logs, per, words};
use crate::block::{Basis, Bill, Kind, about};
use crate::catalog::{MissingPrice, Prices};
use crate::units::{Region, Usd};
use crate::workload::Assumptions;

/// New connections a second that one capacity unit carries; of bytes it carries one GB an hour. Neither connections that stay open (3,000 a
/// minute) nor rules bind before them: a connection would have to last two minutes, and there would have to be more than forty rules (Elastic
/// Load Balancing pricing page, wording of 2023).
pub const UNIT_CONNECTIONS: u32 = 25;

/// Bytes that one line of the access log takes, compressed. An estimate.
const LOG_BYTES: u32 = 100;

/// What passes one balancer in a month.
#[derive(Debug, Clone, Copy)]
pub struct Traffic {
    /// Requests that open connections.
    pub requests: Decimal,
    /// All bytes.
    pub bytes: Decimal,
}

impl Traffic {
    /// Unit-hours by new connections, and by bytes; the larger one is billed. The hours of a month cancel out: a unit carries so many
    /// connections in an hour, and so many bytes.
    fn unit_hours(&self, assumptions: &Assumptions) -> (Decimal, Decimal) {
        let in_an_hour = Decimal::from(UNIT_CONNECTIONS * 3_600);
        (per(self.requests, assumptions.requests_per_connection()) / in_an_hour, gigabytes(self.bytes))
    }
}

/// The lines of one balancer; `what` begins their names.
///
/// # Errors
/// When the list lacks a price.
pub fn bill(bill: &mut Bill, what: &str, traffic: Traffic, assumptions: &Assumptions) -> Result<(), MissingPrice> {
    let hours = bill.hours();
    bill.machines(1, about(format!("{what}, hours"), "alb.hour", Kind::Requests, format!("1 × {hours} h")), None)?;
    let (connections, bytes) = traffic.unit_hours(assumptions);
    let why = format!(
        "the larger of {} by new connections ({} requests ÷ {} ÷ {UNIT_CONNECTIONS}/s) and {} by bytes (1 GB an hour each)",
        words(connections),
        words(traffic.requests),
        assumptions.requests_per_connection(),
        words(bytes)
    );
    bill.usage(connections.max(bytes), about(format!("{what}, capacity units"), "alb.lcu", Kind::Requests, why))?;
    let why = format!("{} requests × {LOG_BYTES} B, kept for a quarter", words(traffic.requests));
    let logs = about(format!("{what}, access logs"), "s3.standard.storage", Kind::Operations, why);
    bill.tiered(None, Basis::Usage, kept_logs(traffic.requests, LOG_BYTES), logs)
}

/// What a month of one public balancer costs with its addresses, without its logs; none where a price is missing.
pub fn month(prices: &Prices, region: &Region, zones: usize, traffic: Traffic, assumptions: &Assumptions) -> Option<Usd> {
    let (connections, bytes) = traffic.unit_hours(assumptions);
    let units = prices.price("alb.lcu", region).ok()?.usd.times(connections.max(bytes));
    let addresses = prices.monthly("public_ipv4.hour", region).ok()?.times(Decimal::from(zones));
    Some(prices.monthly("alb.hour", region).ok()? + units + addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_what_a_month_of_its_capacity_takes() {
        let assumptions = Assumptions::default();
        // 25 connections a second of 3 requests each, for an hour.
        let connections = Traffic { requests: Decimal::from(25 * 3_600 * 3), bytes: Decimal::ZERO };
        assert_eq!(connections.unit_hours(&assumptions), (Decimal::ONE, Decimal::ZERO));
        let bytes = Traffic { requests: Decimal::ZERO, bytes: Decimal::from(7 * crate::units::Bytes::GIB) };
        assert_eq!(bytes.unit_hours(&assumptions), (Decimal::ZERO, Decimal::from(7)));
    }
}
