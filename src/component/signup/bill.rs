//! What the signup list costs: next to nothing, which is what it is there to show.

use rust_decimal::Decimal;

use super::{MEMORY, Signup};
use crate::block::{Bill, Ceiling, Reliance, Site, Way};
use crate::catalog::MissingPrice;
use crate::recipe::on_demand::{self, Calls};
use crate::recipe::table;
use crate::units::{SECONDS_PER_MONTH, number};
use crate::workload::Load;

/// One in so many users is new in a month and signs up once [estimate: 5 % of the users are new].
const USERS_PER_SIGNUP: u64 = 20;
/// Bytes of an address with its time and its names [estimate].
const ITEM: f64 = 100.0;

/// Calls at one moment in the busiest hour.
pub fn at_once(load: &Load) -> f64 {
    let rate = load.users.as_f64() / USERS_PER_SIGNUP as f64 / SECONDS_PER_MONTH * load.assumptions.peak_factor();
    rate * load.assumptions.function_milliseconds() / 1_000.0
}

/// The function in each region, and the one table in the leading region with every user's address.
///
/// # Errors
/// When the list lacks a price.
pub fn line_items(site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let users = Decimal::from(load.users.0);
    let signups = users / Decimal::from(USERS_PER_SIGNUP);
    let calls = signups / on_demand::regions(site);
    let why = format!("{} users, 5 % of them new in a month [estimate]{}", load.users, on_demand::divided(site));
    let seconds = load.assumptions.function_milliseconds() / 1_000.0;
    on_demand::function(site, bill, Calls { what: "Signup function", calls, seconds, memory: MEMORY, why })?;
    if !site.leads() {
        return Ok(());
    }
    let why = format!("{} signups{} × 1 unit", on_demand::shown(signups), on_demand::of_all(site));
    table::writes(bill, "Signups, writes", false, signups, why)?;
    let why = format!("{} addresses × ({} + {} bytes)", load.users, number(ITEM), number(table::OVERHEAD));
    table::stored(bill, "Signups", (on_demand::gb(users, ITEM + table::OVERHEAD), Decimal::ZERO), &why)
}

/// Functions at once.
pub fn ceilings(signup: &Signup, site: &Site) -> Vec<Ceiling> {
    let part = site.part();
    let quota = ("lambda.concurrency", signup.stress);
    let ceiling = on_demand::ceiling("signups at once", "calls", None, quota, move |load| at_once(load) * part);
    vec![ceiling.then("ask AWS for more concurrency of the account's functions")]
}

/// Before there are servers it is all that a visitor asks for; later it stands beside the app.
pub fn reliances(site: &Site) -> Vec<Reliance> {
    let way = if site.zones == 0 { Way::Region } else { Way::Aside };
    vec![Reliance::new("Lambda, signups", "lambda", way), Reliance::new("DynamoDB, signups", "dynamodb", way)]
}
