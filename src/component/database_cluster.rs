//! PostgreSQL on Aurora: a writer and readers in different zones on one volume; by business domain and over several regions where the phase asks.

mod build;
mod choice;
mod watch;

use cfn::Id;
use cfn::resource::rds;
use serde::Deserialize;

use crate::catalog::Class;
use crate::component::{Component, Layers, Metric, Offers, Reason, Request, Saved, Site, Size, Unplaceable};
use crate::recipe::database;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How instances are bought.
    capacity: Capacity,
    /// Whether every service's domain has a cluster of its own.
    federated: bool,
    /// Whether further regions hold copies.
    global: bool,
}

/// How instances are bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// Whichever is cheaper under the load.
    Cheapest,
    /// By class.
    Provisioned,
    /// Serverless v2, by the capacity used.
    Serverless,
}

/// What an instance of a cluster is.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// A class with fixed processors and memory.
    Provisioned(Class),
    /// Serverless v2: capacity that follows the load, in ACUs of 2 GiB each.
    Serverless {
        /// The least, in ACUs: holds the working set.
        least: f64,
        /// The most, in ACUs: carries the stress case.
        most: f64,
        /// What is used on average of the day, in ACUs; what is billed.
        mean: f64,
    },
}

/// The sized clusters: one for each domain, all alike.
#[derive(Debug, Clone)]
pub struct DatabaseCluster {
    /// The domains; the first is empty and keeps the cluster of the phases before.
    pub domains: Vec<String>,
    /// What each instance is.
    pub chosen: Chosen,
    /// Readers of each cluster beside the writer.
    pub readers: u64,
    /// Readers that scaling may reach, at most 15.
    pub readers_most: u64,
    /// `max_connections` of an instance.
    pub max_connections: u64,
    /// Whether further regions hold copies.
    pub global: bool,
}

/// Sizes the clusters; see [`choice`].
///
/// # Errors
/// When no class and no Serverless capacity carries the writes, or when there is no price in the region.
pub fn size(settings: &Settings, request: &Request) -> Result<(DatabaseCluster, Vec<Reason>), Unplaceable> {
    choice::choose(settings, request).map_err(|problem| Unplaceable { component: "database_cluster", problem })
}

impl DatabaseCluster {
    /// The cluster of a domain: `DatabaseCluster`, `UsersDatabaseCluster`.
    fn cluster(domain: &str) -> Id<rds::DBCluster> {
        Id::new(format!("{}DatabaseCluster", database::word(domain)))
    }

    /// Whether this region holds a copy that only the leading region's writer changes.
    fn copies(&self, site: &Site) -> bool {
        self.global && !site.leads()
    }

    /// What the class is called.
    fn class_name(&self) -> &str {
        match &self.chosen {
            Chosen::Provisioned(class) => &class.name,
            Chosen::Serverless { .. } => "db.serverless",
        }
    }
}

impl Component for DatabaseCluster {
    fn name(&self) -> &'static str {
        "database_cluster"
    }

    fn label(&self) -> &'static str {
        "Aurora database"
    }

    fn size(&self) -> Size {
        let clusters = self.domains.len() as u64;
        let readers = if self.readers == 1 { "1 reader".to_owned() } else { format!("{} readers", self.readers) };
        let each = if clusters == 1 { format!("PostgreSQL, a writer and {readers}") } else { format!("PostgreSQL, {clusters} clusters of a writer and {readers}") };
        let note = match self.chosen {
            Chosen::Serverless { least, most, .. } => format!("{each}, {least} to {most} ACU each"),
            Chosen::Provisioned(_) if self.global => format!("{each}; a copy of the same size in each further region"),
            Chosen::Provisioned(_) => each,
        };
        Size { count: Some(clusters * (1 + self.readers)), class: Some(self.class_name().to_owned()), note }
    }

    fn offers(&self, site: &Site) -> Offers {
        let mut offers = Offers::default();
        for domain in &self.domains {
            let cluster = Self::cluster(domain);
            // In a further region readers forward writes to the leading region over Aurora's own network, so the app needs no way into that VPC.
            let host = if self.copies(site) { cluster.read_endpoint_address() } else { cluster.endpoint_address() };
            offers.variables.extend(database::variables(domain, host, Some(cluster.read_endpoint_address())));
            offers.secrets.push(database::secret_variable(site, domain));
            offers.backups.push(Saved { name: cluster.name().to_owned(), arn: cluster.db_cluster_arn() });
        }
        offers
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = &offers.network else { return };
        database::put_group(site, network, offers, layers);
        database::put_subnet_group(site, network, layers);
        let shared = build::put_shared(site, layers);
        for domain in &self.domains {
            if self.copies(site) {
                build::put_copy(self, site, network, offers, layers, &shared, domain);
            } else {
                database::put_secret(site, offers, layers, domain);
                build::put_cluster(self, site, network, offers, layers, &shared, domain);
            }
        }
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        self.domains.iter().flat_map(|domain| watch::metrics(self, domain, self.copies(site))).collect()
    }
}
