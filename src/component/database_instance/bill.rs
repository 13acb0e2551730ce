//! What leader and follower cost.

use rust_decimal::Decimal;

use super::DatabaseInstance;
use crate::block::{Bill, Commitment, Kind, Site, about};
use crate::catalog::{MissingPrice, Offering};
use crate::recipe::database;
use crate::units::decimal;
use crate::workload::Load;

/// Instances, their storage, the backups that are not free, the secret.
pub fn lines(database: &DatabaseInstance, site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let reserved = Some(Commitment::ReservedDatabase);
    let (class, gib) = (&database.class, database.storage);
    let (leader, zones) = if database.alone { (Offering::RdsSingleAz, "single_az") } else { (Offering::RdsMultiAz, "multi_az") };
    let with_standby = if database.alone { "" } else { " with its standby" };
    let key = leader.key(class);
    bill.machines(1, about(format!("RDS leader{with_standby}, {}", class.name), &key, Kind::Data, "1 × 730 h"), reserved)?;
    let key = format!("rds.postgres.storage.gp3.{zones}");
    let why = format!("{gib} GiB{with_standby}, in every month as large as it was made");
    bill.standing(gib, about("RDS leader, storage", &key, Kind::Data, why))?;
    if !database.alone {
        let key = Offering::RdsSingleAz.key(class);
        bill.machines(1, about(format!("RDS follower, {}", class.name), &key, Kind::Data, "1 × 730 h"), reserved)?;
        let why = format!("{gib} GiB, as large as the leader's");
        bill.standing(gib, about("RDS follower, storage", "rds.postgres.storage.gp3.single_az", Kind::Data, why))?;
    }
    backups(database, site, load, bill)?;
    database::bill_secrets(1, bill)
}

/// As much as all storage of the region is free (RDS pricing); the standby's counts once with its leader's.
fn backups(database: &DatabaseInstance, site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let days = database::backup_days(site);
    let changed = load.assumptions.changed_share_per_day();
    let kept = load.stored_bytes.billed_gb().saturating_mul(Decimal::ONE + decimal(changed) * Decimal::from(days));
    let free = Decimal::from(database.storage * if database.alone { 1 } else { 2 });
    let why = format!("{} of data, and {changed} of it for each of {days} days, less {free} GiB that are free", load.stored_bytes);
    bill.usage((kept - free).max(Decimal::ZERO), about("RDS backups beyond what is free", "rds.backup", Kind::Storage, why))
}
