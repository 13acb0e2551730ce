//! What the clusters cost in one region.

use rust_decimal::Decimal;

use crate::block::{Bill, Commitment, Kind, Site, about};
use crate::catalog::{MissingPrice, Offering};
use crate::recipe::database;
use crate::recipe::database::choice::{Choice, Chosen};
use crate::units::{Bytes, decimal, number, thousands};
use crate::workload::Load;

/// Instances, the volumes with their operations and backups, what goes to further regions, the secrets.
pub fn lines(choice: &Choice, site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let clusters = choice.databases.len() as u64;
    instances(choice, clusters, load, bill)?;
    let why = format!("{} of data over {clusters} {}", load.stored_bytes, if clusters == 1 { "cluster" } else { "clusters" });
    bill.usage(load.stored_bytes.billed_gb(), about("Aurora storage", "aurora.storage", Kind::Data, why))?;
    operations(choice, site, load, bill)?;
    if choice.global && site.leads() {
        copies(site, load, bill)?;
    }
    let days = database::backup_days(site);
    let changed = load.assumptions.changed_share_per_day();
    let kept = load.stored_bytes.billed_gb().saturating_mul(decimal(changed)).saturating_mul(Decimal::from(days));
    let why = format!("{changed} of {} for each of {days} days; as much as the volume holds is free", load.stored_bytes);
    bill.usage(kept, about("Aurora backups", "aurora.backup", Kind::Storage, why))?;
    database::bill_secrets(clusters, bill)
}

fn instances(choice: &Choice, clusters: u64, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let each = 1 + choice.readers;
    let count = clusters * each;
    match &choice.chosen {
        Chosen::Provisioned(class) => {
            let why = format!("{clusters} × {each} × 730 h");
            let key = Offering::Aurora.key(class);
            let about = about(format!("Aurora instances, {}", class.name), &key, Kind::Data, why);
            bill.machines(count, about, Some(Commitment::ReservedDatabase))
        }
        Chosen::Serverless { least, .. } => {
            let key = "aurora.serverless_v2.acu";
            let standing = count as f64 * least;
            let why = format!("{clusters} × {each} × {least} ACU × 730 h");
            bill.machines(decimal(standing), about("Aurora Serverless v2, the least", key, Kind::Data, why), None)?;
            let more = (clusters as f64 * choice.mean_acu(load) - standing).max(0.0);
            let why = format!("{} ACU on average of the day above the least × 730 h", number(more));
            bill.machines_by_load(decimal(more), about("Aurora Serverless v2, more by load", key, Kind::Data, why))
        }
    }
}

/// One operation for each write, and for each read that memory does not answer [estimate]; writes are the leading region's.
fn operations(choice: &Choice, site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let mean = 1.0 / load.assumptions.peak_factor();
    let writes = if choice.copies(site) { 0 } else { load.database_writes.scaled(mean).per_month() };
    let missed = 1.0 - load.assumptions.buffer_hit_rate();
    let reads = choice.all_reads(load).scaled(mean * site.part() * missed).per_month();
    let why = format!("{} writes, and {} reads that are not in memory", thousands(writes), thousands(reads));
    bill.usage(millions(writes.saturating_add(reads)), about("Aurora operations on the volume", "aurora.io", Kind::Data, why))
}

/// Every write goes to each further region.
fn copies(site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
    let further = site.regions.len().saturating_sub(1) as u64;
    let writes = load.database_writes.scaled(1.0 / load.assumptions.peak_factor()).per_month();
    let copied = writes.saturating_mul(further);
    let why = format!("{} writes × {further}", thousands(writes));
    bill.usage(millions(copied), about("Aurora writes to further regions", "aurora.global.replicated_write_io", Kind::Data, &*why))?;
    let bytes = Bytes::from_f64(copied as f64 * load.assumptions.query_bytes());
    let why = format!("{why} × {} bytes", number(load.assumptions.query_bytes()));
    bill.usage(bytes.billed_gb(), about("Database changes to further regions", "dt.inter_region_out", Kind::Transfer, why))
}

fn millions(count: u64) -> Decimal {
    Decimal::from(count) / Decimal::ONE_HUNDRED / Decimal::from(10_000)
}
