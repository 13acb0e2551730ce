//! Lines of the bill that whoever has hosts or runs the app shares: a machine that stands alone, what the agents tell, what the app says.

use rust_decimal::Decimal;

use super::ROOT_GIB;
use super::running::DETAILED;
use crate::block::{Basis, Bill, Commitment, Kind, Site, about};
use crate::catalog::MissingPrice;
use crate::recipe;
use crate::units::Bytes;
use crate::workload::Load;

/// Figures that the agent tells of a group: its fullest memory, its fullest disk.
pub const GROUP_FIGURES: u32 = 2;

/// What CloudWatch Logs keeps of a byte that it has taken in: it bills what is left of it compressed [estimate].
const COMPRESSED: Decimal = Decimal::from_parts(15, 0, 0, false, 2);

/// Days for which a month's charge for stored logs counts.
const MONTH_DAYS: i64 = 30;

/// A machine that stands alone, with its root disk, its detailed monitoring and the figures of its agent.
///
/// # Errors
/// When the list has no price for it.
pub fn single(label: &str, class: &str, figures: u32, bill: &mut Bill) -> Result<(), MissingPrice> {
    let key = format!("ec2.{class}");
    let host = about(label, &key, Kind::Compute, "1 × 730 h");
    bill.machines(1, host, Some(Commitment::ComputeSavingsPlan))?;
    let disk = about(format!("{label}, root disk"), "ebs.gp3.storage", Kind::Storage, format!("1 × {ROOT_GIB} GiB gp3"));
    bill.standing(ROOT_GIB, disk)?;
    let why = format!("1 × {DETAILED} metrics a minute");
    let detailed = about(format!("{label}, detailed monitoring"), "cloudwatch.metric", Kind::Operations, why);
    bill.tiered(None, Basis::Standing, Decimal::from(DETAILED), detailed)?;
    self::figures(label, figures, bill)
}

/// What the agent on hosts tells of memory and disks.
///
/// # Errors
/// When the list has no price for it.
pub fn figures(label: &str, figures: u32, bill: &mut Bill) -> Result<(), MissingPrice> {
    let why = format!("{figures} figures of memory and disks");
    let agent = about(format!("{label}, agent's metrics"), "cloudwatch.metric", Kind::Operations, why);
    bill.tiered(None, Basis::Standing, Decimal::from(figures), agent)
}

/// What the app says in a month, in this region's part: taken in, and kept as long as the log group keeps it.
///
/// # Errors
/// When the list has no price for it.
pub fn app_logs(site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let days = site.settings.log_retention_days.map_or(recipe::LOG_DAYS, i64::from);
    let bytes = load.log_bytes_month.scaled(site.part());
    let gb = bytes.billed_gb();
    let each = Bytes::from_f64(load.assumptions.log_bytes_per_request());
    let why = format!("{bytes} a month, {each} a request");
    bill.usage(gb, about("App's logs, taken in", "cloudwatch.logs.ingest", Kind::Operations, &why))?;
    let kept = gb.saturating_mul(COMPRESSED).saturating_mul(Decimal::from(days)) / Decimal::from(MONTH_DAYS);
    let why = format!("{bytes} a month × 15 % after compression × {days} ÷ {MONTH_DAYS} days");
    bill.usage(kept, about("App's logs, kept", "cloudwatch.logs.storage", Kind::Operations, why))
}

/// Bytes to users where nothing stands in front of the app, in this region's part.
///
/// # Errors
/// When the list has no price for it.
pub fn to_the_internet(site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let bytes = load.egress_bytes_month.scaled(site.part());
    let why = format!("{bytes} a month: answers and static files");
    bill.tiered(None, Basis::Usage, bytes.billed_gb(), about("Bytes to users", "dt.internet_out", Kind::Transfer, why))
}
