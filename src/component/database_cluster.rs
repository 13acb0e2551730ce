//! PostgreSQL on Aurora: a writer and readers in different zones on one volume; by business domain and over several regions where the phase asks.

mod bill;
mod build;
mod promise;
mod watch;

use crate::block::{Bill, Ceiling, Recovery, Reliance};
use crate::catalog::MissingPrice;
use crate::component::{Component, DatabaseAddress, Layers, Metric, Offers, Reason, Request, Saved, Site, Size, Store, Unplaceable};
use crate::recipe::database::choice::{self, Choice, Chosen};
use crate::recipe::database;
use crate::workload::Load;

/// What a phase file says of it.
pub use crate::recipe::database::choice::Shape as Settings;

/// The sized clusters: one for each domain and shard, all alike.
#[derive(Debug, Clone)]
pub struct DatabaseCluster {
    /// What was chosen.
    pub choice: Choice,
}

/// Sizes the clusters; see [`choice`].
///
/// # Errors
/// When no class and no Serverless capacity carries the writes, or when there is no price in the region.
pub fn size(settings: &Settings, request: &Request) -> Result<(DatabaseCluster, Vec<Reason>), Unplaceable> {
    let (choice, reasons) = choice::choose(settings, request).map_err(|problem| Unplaceable { component: "database_cluster", problem })?;
    Ok((DatabaseCluster { choice }, reasons))
}

impl Component for DatabaseCluster {
    fn name(&self) -> &'static str {
        "database_cluster"
    }

    fn label(&self) -> &'static str {
        "Aurora database"
    }

    fn size(&self) -> Size {
        let choice = &self.choice;
        let clusters = choice.databases.len() as u64;
        let readers = if choice.readers == 1 { "1 reader".to_owned() } else { format!("{} readers", choice.readers) };
        let each = if clusters == 1 { format!("PostgreSQL, a writer and {readers}") } else { format!("PostgreSQL, {clusters} clusters of a writer and {readers}") };
        let note = match choice.chosen {
            Chosen::Serverless { least, most, .. } => format!("{each}, {least} to {most} ACU each"),
            Chosen::Provisioned(_) if choice.global => format!("{each}; a copy of the same size in each further region"),
            Chosen::Provisioned(_) => each,
        };
        Size { count: Some(clusters * (1 + choice.readers)), class: Some(choice.class_name().to_owned()), note }
    }

    fn offers(&self, site: &Site) -> Offers {
        let mut offers = Offers::default();
        let share = 1.0 / self.choice.databases.len().max(1) as f64;
        for domain in &self.choice.databases {
            let cluster = database::cluster(domain);
            // In a further region readers forward writes to the leading region over Aurora's own network, so the app needs no way into that VPC.
            let host = if self.choice.copies(site) { cluster.read_endpoint_address() } else { cluster.endpoint_address() };
            let reader = Some(cluster.read_endpoint_address());
            offers.databases.push(DatabaseAddress { database: domain.clone(), pooled: false, host: Some(host), reader });
            offers.secrets.push(database::secret_variable(site, domain));
            offers.backups.push(Saved { name: cluster.name().to_owned(), arn: cluster.db_cluster_arn(), store: Store::Cluster, share });
        }
        offers
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = &offers.network else { return };
        database::put_group(site, network, offers, layers);
        database::put_subnet_group(site, network, layers);
        let shared = build::put_shared(site, layers);
        for domain in &self.choice.databases {
            if self.choice.copies(site) {
                build::put_copy(&self.choice, site, network, offers, layers, &shared, domain);
            } else {
                database::put_secret(site, offers, layers, domain);
                build::put_cluster(&self.choice, site, network, offers, layers, &shared, domain);
            }
        }
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        bill::lines(&self.choice, site, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        promise::ceilings(&self.choice, site)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        promise::reliances(&self.choice)
    }

    fn recoveries(&self, site: &Site) -> Vec<Recovery> {
        promise::recoveries(&self.choice, site)
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        self.choice.databases.iter().flat_map(|domain| watch::metrics(&self.choice, domain, self.choice.copies(site))).collect()
    }
}
