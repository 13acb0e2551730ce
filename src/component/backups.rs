//! Backups that outlive what they are of: a vault of their own, a plan by which databases and volumes are saved, a copy in another region.
//!
//! This is the one mechanism for volumes, instances and clusters. Tables go back to any second by themselves, buckets keep old versions, and
//! RDS keeps its own log for going back to a moment; none of those survives its table, bucket or database, and none needs a second copy here.

use std::time::Duration;

use cfn::resource::backup::{self, backup_plan as plan, backup_selection as selection};
use cfn::resource::iam;
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Component, Driver, Event, Family, Kind, Layer, Layers, Metric, Offers, Reason, Recovery, Request, Site, Size, Store, Unplaceable,
    about,
};
use crate::recipe::{self, watch};
use crate::units::{Bytes, number};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Days that the daily backups are kept, unless the user chose.
    daily_days: u32,
    /// Days that the first backup of each month is kept; none: there are only daily ones.
    monthly_days: Option<u32>,
    /// Whether every backup is copied to the next region.
    copied: bool,
}

/// The plan.
#[derive(Debug)]
pub struct Backups {
    /// Days that the daily backups are kept.
    pub daily_days: u32,
    /// Days that the first backup of each month is kept.
    pub monthly_days: Option<u32>,
    /// Whether every backup is copied to the next region.
    pub copied: bool,
}

/// When backups begin, UTC: RDS takes none during its own window (03:00) and in the hour before and during maintenance (Sunday 05:00 to 06:00).
const DAILY: &str = "cron(0 7 ? * * *)";
/// The first of each month, apart from the daily one.
const MONTHLY: &str = "cron(0 10 1 * ? *)";
/// Minutes within which a job must have begun.
const START_MINUTES: i64 = 60;
/// Minutes within which it must be complete: a day, for the first one copies everything.
const COMPLETION_MINUTES: i64 = 1_440;
/// What AWS gives the role: to take snapshots and to bring them back.
const POLICIES: [&str; 2] = ["service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores"];

/// Days of a month that a monthly copy speaks for.
const MONTH_DAYS: u32 = 30;

/// Hours of a day.
const DAY_HOURS: f64 = 24.0;

/// What can be saved: how it is called on the bill, and the line of the price list for a copy of it.
const STORES: [(Store, &str, &str); 3] = [
    (Store::Volume, "Backups of volumes", "ebs.snapshot"),
    (Store::Instance, "Backups of database instances", "rds.backup"),
    (Store::Cluster, "Backups of database clusters", "aurora.backup"),
];

/// Retention is the phase's policy, or the user's.
///
/// # Errors
/// When the user wants backups kept for no time at all.
pub fn size(settings: &Settings, request: &Request) -> Result<(Backups, Vec<Reason>), Unplaceable> {
    let daily_days = request.settings.backup_retention_days.unwrap_or(settings.daily_days);
    if daily_days == 0 {
        let problem = "backup_retention_days is 0: a backup is kept for a day at least; the phase would keep it ".to_owned();
        return Err(Unplaceable { component: "backups", problem: format!("{problem}{} days", settings.daily_days) });
    }
    let monthly_days = settings.monthly_days.filter(|days| *days > daily_days);
    let chosen = if request.settings.backup_retention_days.is_some() { "backup_retention_days asks for" } else { "the phase keeps" };
    let mut reasons = vec![Reason::new(
        Driver::Phase,
        format!("{chosen} {daily_days} days; a vault apart from the databases, so that backups outlive a database that is deleted by mistake"),
    )];
    let changed = request.assumptions.changed_share_per_day();
    let plan = Backups { daily_days, monthly_days, copied: settings.copied };
    let text = format!(
        "a full copy every day: {} times the data would be kept, against {} with what changed alone",
        daily_days + monthly_days.map_or(0, |days| days / MONTH_DAYS),
        number(plan.kept(changed))
    );
    reasons.push(Reason::instead(Driver::Storage, text));
    if settings.copied {
        let text = "a copy of every backup in the next region survives the loss of a region, and a mistake that replication carries everywhere";
        reasons.push(Reason::new(Driver::Availability, text));
    }
    Ok((plan, reasons))
}

fn vault() -> Id<backup::BackupVault> {
    Id::new("BackupVault")
}

impl Backups {
    /// The region that holds copies: the second one.
    fn copy_region<'a>(&self, site: &'a Site) -> Option<&'a str> {
        site.regions.get(1).filter(|_| self.copied).map(|region| region.region.code())
    }

    /// A rule that keeps what it takes, and its copy, for so many days.
    fn rule(&self, site: &Site, name: &str, schedule: &str, days: u32) -> plan::BackupRuleResourceType {
        let kept = || plan::LifecycleResourceType::new().delete_after_days(i64::from(days));
        let mut rule = plan::BackupRuleResourceType::new(name, vault().reference())
            .schedule_expression(schedule)
            .start_window_minutes(START_MINUTES)
            .completion_window_minutes(COMPLETION_MINUTES)
            .lifecycle(kept());
        if let Some(region) = self.copy_region(site) {
            let there = vault().in_region(region);
            rule = rule.copy_actions([plan::CopyActionResourceType::new(there.backup_vault_arn()).lifecycle(kept())]);
        }
        rule
    }

    fn put_vault(site: &Site, offers: &Offers, layers: &mut Layers) {
        let mut model = backup::BackupVault::new(Self::vault_name(site));
        if let Some(key) = &offers.key {
            model = model.encryption_key_arn(key.arn());
        }
        let why = "Backups are kept apart from what they are of, encrypted by our own key, and outlive every database";
        layers.put(Layer::Data, &vault(), why, Resource::new(model).retain());
    }

    /// The plan, and a selection for each thing, so that one more thing changes no other's.
    fn put_plan(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let role: Id<iam::Role> = Id::new("BackupRole");
        recipe::role(layers, Layer::Ops, &role, "backup.amazonaws.com", Vec::new(), &POLICIES);
        let id: Id<backup::BackupPlan> = Id::new("BackupPlan");
        let mut rules = vec![self.rule(site, "daily", DAILY, self.daily_days)];
        rules.extend(self.monthly_days.map(|days| self.rule(site, "monthly", MONTHLY, days)));
        let model = backup::BackupPlan::new(plan::BackupPlanResourceType::new(site.name("backups"), rules));
        layers.put(Layer::Ops, &id, format!("Every database and volume is saved {}", self.words()), model);
        for saved in &offers.backups {
            let name = saved.name.as_str();
            let model = backup::BackupSelection::new(
                id.reference(),
                selection::BackupSelectionResourceType::new(role.arn(), name).resources([saved.arn.clone()]),
            );
            let why = format!("{name} can be brought back although it is gone itself");
            layers.put(Layer::Ops, &Id::<backup::BackupSelection>::new(format!("{name}Backup")), why, model);
        }
    }

    /// What is kept of a thing, in parts of its size: one full copy and what changed on each of the days, and for each monthly copy what changed in
    /// its month.
    fn kept(&self, changed: f64) -> f64 {
        let months = self.monthly_days.map_or(0, |days| days / MONTH_DAYS);
        1.0 + changed * f64::from(self.daily_days) + f64::from(months) * (changed * f64::from(MONTH_DAYS)).min(1.0)
    }

    fn kept_words(&self) -> String {
        let monthly = self.monthly_days.map(|days| format!(" and {} monthly ones", days / MONTH_DAYS)).unwrap_or_default();
        format!("one full copy, the changes of {} days{monthly}", self.daily_days)
    }

    /// Fixed, because plans of other regions copy into it.
    fn vault_name(site: &Site) -> String {
        site.name("backups")
    }

    fn words(&self) -> String {
        let daily = format!("daily, kept {} days", self.daily_days);
        self.monthly_days.map_or(daily.clone(), |days| format!("{daily}; monthly, kept {days} days"))
    }
}

impl Component for Backups {
    fn name(&self) -> &'static str {
        "backups"
    }

    fn label(&self) -> &'static str {
        "Backups"
    }

    fn size(&self) -> Size {
        let copied = if self.copied { "; copied to the second region" } else { "" };
        Size { note: format!("{}{copied}", self.words()), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers::default()
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        if site.leads() || self.copy_region(site) == Some(site.region.region.code()) {
            Self::put_vault(site, offers, layers);
        }
        if site.leads() {
            self.put_plan(site, offers, layers);
        }
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        if !site.leads() {
            return Vec::new();
        }
        let of = |name: &str, title: &str, metric| {
            let dimensions = vec![("BackupVaultName", Val::from(Self::vault_name(site)))];
            watch::line(name, title, Family::Errors, ("AWS/Backup", metric, "Sum"), dimensions)
        };
        let failed = "A backup failed: the job's message in AWS Backup says why; take one by hand, for the last good one grows older.";
        let mut metrics =
            vec![watch::alarmed(of("BackupsFailed", "Backups: failed jobs", "NumberOfBackupJobsFailed"), watch::above(1.0, 1, failed))];
        if self.copy_region(site).is_some() {
            let failed = "A backup was not copied to the second region: the copy job's message in AWS Backup says why, often the key there.";
            let copies = of("BackupCopiesFailed", "Backups: failed jobs", "NumberOfCopyJobsFailed");
            metrics.push(watch::alarmed(copies, watch::above(1.0, 1, failed)));
        }
        metrics
    }

    fn line_items(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let holds_copies = self.copy_region(site) == Some(site.region.region.code());
        if !site.leads() && !holds_copies {
            return Ok(());
        }
        let changed = load.assumptions.changed_share_per_day();
        let mut all = Bytes::ZERO;
        for (store, what, key) in STORES {
            let stored: Bytes = offers.backups.iter().filter(|saved| saved.store == store).map(|saved| load.stored_bytes.scaled(saved.share)).sum();
            let kept = stored.scaled(self.kept(changed));
            let copy = if holds_copies { ", copied here" } else { "" };
            let why = format!("{stored} × {}: {}, {} % a day{copy}", number(self.kept(changed)), self.kept_words(), number(changed * 100.0));
            bill.usage(kept.billed_gb(), about(what, key, Kind::Storage, why))?;
            all = all + stored;
        }
        if site.leads() && self.copy_region(site).is_some() {
            let days = f64::from(bill.prices.hours_per_month) / DAY_HOURS;
            let sent = all.scaled(changed * days);
            let why = format!("{all} × {} % a day × {} days", number(changed * 100.0), number(days));
            bill.usage(sent.billed_gb(), about("Backups, copied to the second region", "dt.inter_region_out", Kind::Transfer, why))?;
        }
        Ok(())
    }

    /// What the vault gives back. A failed host or zone is not for backups to mend, but where nothing else does, this is what is left.
    fn recoveries(&self, site: &Site) -> Vec<Recovery> {
        if !site.leads() {
            return Vec::new();
        }
        let of = |event, point: Option<Duration>, why: String| Recovery {
            what: "Databases and volumes, from the vault".to_owned(),
            event,
            point,
            time: None,
            why,
            estimated: false,
        };
        let day = Duration::from_secs(86_400);
        let mistake = format!("{}, apart from the databases; brought back by hand", self.words());
        let region = match self.copy_region(site) {
            Some(region) => (Some(day), format!("every backup is copied to {region}; brought back there by hand")),
            None => (None, "backups stand in the same region".to_owned()),
        };
        vec![of(Event::Mistake, Some(day), mistake), of(Event::Region, region.0, region.1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_one_full_copy_and_what_changed_since() {
        let plan = |daily_days, monthly_days| Backups { daily_days, monthly_days, copied: false };
        assert!((plan(7, None).kept(0.01) - 1.07).abs() < 1e-9);
        assert!((plan(35, Some(365)).kept(0.01) - (1.0 + 0.35 + 12.0 * 0.3)).abs() < 1e-9);
        assert!((plan(35, Some(365)).kept(0.5) - (1.0 + 17.5 + 12.0)).abs() < 1e-9, "a month changes no more than everything");
    }
}
