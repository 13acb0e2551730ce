//! What orders cost, by their steps and by what is kept of them, and what saturates on their way.

use rust_decimal::Decimal;

use super::{OrderWorkflow, machine};
use crate::block::{Bill, Ceiling, Kind, Reliance, Site, Way, about};
use crate::catalog::MissingPrice;
use crate::recipe::{on_demand, table};
use crate::units::number;
use crate::workload::Load;

/// One in so many background jobs is the charge of an order [estimate: two or three of a hundred visits order something].
const JOBS_PER_ORDER: u64 = 100;
/// Bytes of an order in the table [estimate].
const ORDER: f64 = 1_000.0;
/// Writes of an order that succeeds: it is reserved, then confirmed.
const WRITES: u64 = 2;
/// Months of orders that the table is billed for; nothing deletes them [estimate].
const MONTHS: u64 = 12;

/// Orders a second at peak.
pub fn orders_peak(load: &Load) -> f64 {
    load.messages_peak.get() / JOBS_PER_ORDER as f64
}

/// Units that writing an order takes.
fn units() -> u64 {
    on_demand::steps(ORDER, table::WRITE_STEP)
}

/// Transitions in the region that takes the order; writes and storage in every region. The job and the event of an order are among the messages.
///
/// # Errors
/// When the list lacks a price.
pub fn line_items(site: &Site, steps: u64, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let (all, regions) = (Decimal::from(load.messages_month) / Decimal::from(JOBS_PER_ORDER), on_demand::regions(site));
    let own = all / regions;
    let why = format!("{} orders (one in {JOBS_PER_ORDER} jobs [estimate]) × {steps} states when nothing fails", on_demand::shown(own));
    let transitions = own.saturating_mul(Decimal::from(steps)) / Decimal::ONE_THOUSAND;
    bill.usage(transitions, about("Order workflow, transitions", "stepfunctions.standard", Kind::Requests, why))?;
    let replicated = site.regions.len() > 1;
    let everywhere = on_demand::of_all(site);
    let why = format!("{} orders{everywhere} × {WRITES} writes × {}", on_demand::shown(all), on_demand::units(units()));
    table::writes(bill, "Orders, writes", replicated, all.saturating_mul(Decimal::from(WRITES * units())), why)?;
    let why = format!("{} orders × {MONTHS} months [estimate] × ({} + {} bytes)", on_demand::shown(all), number(ORDER), number(table::OVERHEAD));
    let kept = on_demand::gb(all.saturating_mul(Decimal::from(MONTHS)), ORDER + table::OVERHEAD);
    table::stored(bill, "Orders", (kept, Decimal::ZERO), &why)?;
    let sent = on_demand::gb(own.saturating_mul(Decimal::from(WRITES)).saturating_mul(regions - Decimal::ONE), ORDER);
    table::sent(bill, "Orders", sent, format!("{} orders × {WRITES} writes × {} bytes to each other region", on_demand::shown(own), number(ORDER)))
}

/// Starts, transitions, and writes to the table, which in each region takes those of all.
pub fn ceilings(workflow: &OrderWorkflow, site: &Site) -> Vec<Ceiling> {
    let (part, stress) = (site.part(), workflow.stress);
    let steps = machine::MOST_STEPS as f64;
    let each = (WRITES * units()) as f64;
    let ask = "ask AWS for more of it; until then orders wait and are tried again";
    vec![
        on_demand::ceiling("orders begun", "orders/s", None, ("stepfunctions.start_execution_per_second", stress), move |load| {
            orders_peak(load) * part
        })
        .then(ask),
        on_demand::ceiling(
            "steps of orders",
            "transitions/s",
            None,
            ("stepfunctions.state_transitions_per_second", stress * steps),
            move |load| orders_peak(load) * steps * part,
        )
        .then(ask),
        on_demand::ceiling(
            "writes of orders",
            "write units/s",
            Some(table::FIRST_WRITES),
            ("dynamodb.table_wru", stress * each),
            move |load| orders_peak(load) * each,
        )
        .then("ask AWS for more units of the table"),
    ]
}

/// Orders wait when one of them does not answer.
pub fn reliances(site: &Site) -> Vec<Reliance> {
    vec![Reliance::new("Step Functions, orders", "stepfunctions", Way::Aside), table::reliance("orders", site, Way::Aside)]
}
