//! PostgreSQL on RDS: a leader with a standby in another zone takes the writes, a follower in the third zone takes reads.

mod bill;
mod build;
mod promise;

use serde::Deserialize;

use cfn::resource::rds;
use cfn::{Id, Val};

use crate::block::{Bill, Ceiling, Recovery, Reliance};
use crate::catalog::sizing::{Market, Needs};
use crate::catalog::{Class, MissingPrice, Offering};
use crate::component::{Component, DatabaseAddress, Driver, Family, Layers, Metric, Offers, Reason, Request, Saved, Site, Size, Store, Unplaceable};
use crate::recipe::database::sizing::Connections;
use crate::recipe::database::{self, sizing};
use crate::recipe::watch::{above, alarmed, below, line};
use crate::units::{Bytes, PerSecond, thousands, whole};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether the leader stands alone in one zone: no standby, no follower. Both can be added in place.
    #[serde(default)]
    pub alone: bool,
}

/// The sized database.
#[derive(Debug, Clone)]
pub struct DatabaseInstance {
    /// Whether there is neither standby nor follower.
    pub alone: bool,
    /// The class of leader, standby and follower: each must be able to carry everything.
    pub class: Class,
    /// GiB of storage that leader and follower begin with.
    pub storage: u64,
    /// GiB up to which storage grows by itself.
    pub storage_most: u64,
}

/// Families on offer, all Graviton: burstable, balanced, memory-optimised.
const FAMILIES: &[&str] = &["db.t4g", "db.m7g", "db.r7g", "db.r8g"];
/// GiB: the least that RDS gives PostgreSQL as gp3 (RDS user guide, 2023-06).
const LEAST_STORAGE: u64 = 20;
/// GiB: the most storage of one instance (same).
const MOST_STORAGE: u64 = 65_536;
/// Disk operations per second that gp3 has without extra charge: below 400 GiB, and from there on because the volume is striped (RDS user guide,
/// "Amazon RDS DB instance storage"; 12,000 also in an infracost example).
const DISK_OPERATIONS: (f64, f64) = (3_000.0, 12_000.0);
/// GiB from which a volume is striped (same).
const STRIPED: u64 = 400;
/// Bytes of log kept for a slot at which somebody should look: half of the smallest disk.
const SLOT_LAG: f64 = 10.0 * (1u64 << 30) as f64;
/// The part of `max_connections` at which somebody should look.
const CONNECTIONS_ALARM: f64 = 0.7;

/// Chooses the class for which leader and follower together cost least, and of which one alone carries all reads and writes: the follower may be
/// gone, or be the only one left. Nothing here scales out, so the stress case is carried at full tilt.
///
/// # Errors
/// When no class has the memory, the vCPUs or the connections, when no disk has the room or the operations, or when there is no price in the region.
pub fn size(settings: &Settings, request: &Request) -> Result<(DatabaseInstance, Vec<Reason>), Unplaceable> {
    let unplaceable = |problem: String| Unplaceable { component: "database_instance", problem };
    let prices = request.catalog.prices().map_err(|error| unplaceable(error.to_string()))?;
    let (load, region, stress) = (request.load, &request.region.region, request.load.stressed());
    let connections = Connections::of(load, &stress, 1);
    let needs = Needs {
        vcpu: sizing::vcpus(load, &stress, queries),
        memory: sizing::memory(load.working_set_bytes),
        connections: connections.needed(load),
    };
    let operations = sizing::disk_operations(load).max(sizing::disk_operations(&stress));
    let (storage, storage_most) = storage(load, operations).map_err(unplaceable)?;
    let bought: &[Offering] = if settings.alone { &[Offering::RdsSingleAz] } else { &[Offering::RdsMultiAz, Offering::RdsSingleAz] };
    let market = Market::new(request.catalog, prices, region, bought, FAMILIES);
    let market = market.only(|class| operations <= f64::from(class.ebs_iops_baseline));
    let choice = market.cheapest(&needs).map_err(|error| unplaceable(error.to_string()))?;
    let class = choice.class.clone();
    let binding = sizing::binding(&market, &needs);
    let peak = load.database_vcpus_for(queries(load));
    let sentence = sizing::sentence(binding, load, (&needs, peak, load.working_set_bytes), &class.name, connections);
    let mut reasons = vec![Reason::new(binding, sentence)];
    let zones = match settings.alone {
        true => "one zone is what the phase asks for; a standby and a follower are added in place later",
        false => "three zones, load alone would need one machine; a leader, its standby in another zone, a follower in the third",
    };
    reasons.push(Reason::new(Driver::Availability, zones));
    if binding != Driver::Connections {
        let most = thousands(class.max_connections());
        reasons.push(Reason::new(
            Driver::Connections,
            format!("{} connections when scaled out; the class allows {most}", thousands(connections.most)),
        ));
    }
    let text =
        format!("{} of data take {storage} GiB; it leaves as much again free and grows by itself up to {storage_most} GiB", load.stored_bytes);
    reasons.push(Reason::new(Driver::Storage, text));
    if let Some((other, why)) = market.nearest(&choice) {
        reasons.push(Reason::instead(binding, format!("{}: {why}", other.name)));
    }
    Ok((DatabaseInstance { alone: settings.alone, class, storage, storage_most }, reasons))
}

/// What each instance answers: all of it, when the others are gone.
fn queries(load: &Load) -> PerSecond {
    load.database_reads + load.database_writes
}

/// GiB to begin with and GiB up to which storage grows by itself; more than the data wants where only a larger volume has the operations.
fn storage(load: &Load, operations: f64) -> Result<(u64, u64), String> {
    let (few, many) = DISK_OPERATIONS;
    if operations > many {
        return Err(format!("{} on the disk, and gp3 has {}: plan a later phase", PerSecond::new(operations), PerSecond::new(many)));
    }
    if load.stored_bytes > Bytes::gib(MOST_STORAGE) {
        return Err(format!("{} of data, and an instance holds {}: plan a later phase", load.stored_bytes, Bytes::gib(MOST_STORAGE).binary()));
    }
    let least = if operations > few { STRIPED } else { LEAST_STORAGE };
    let storage = load.stored_bytes.scaled(2.0).gib_ceil(least).min(MOST_STORAGE);
    Ok((storage, storage.saturating_mul(5).min(MOST_STORAGE)))
}

impl DatabaseInstance {
    fn leader() -> Id<rds::DBInstance> {
        Id::new("DatabaseLeader")
    }

    fn follower() -> Id<rds::DBInstance> {
        Id::new("DatabaseFollower")
    }

    /// What a replication slot keeps back: one that nobody reads any more fills the disk.
    fn slot() -> Metric {
        let kept = line(
            "DatabaseLeaderSlotLag",
            "Database: log kept for replication (bytes)",
            Family::Database,
            ("AWS/RDS", "OldestReplicationSlotLag", "Maximum"),
            vec![("DBInstanceIdentifier", Self::leader().reference())],
        );
        let why = "A replication slot keeps 10 GiB of log back: let whoever reads it catch up, or drop a slot that no move needs any more.";
        alarmed(kept, above(SLOT_LAG, 3, why))
    }

    /// The lines and alarms of one server.
    fn watch(&self, word: &str, id: &Id<rds::DBInstance>) -> Vec<Metric> {
        let of = |name: &str, title: &str, family, metric, statistic| {
            let dimensions = vec![("DBInstanceIdentifier", id.reference())];
            line(format!("Database{word}{name}"), title, family, ("AWS/RDS", metric, statistic), dimensions)
        };
        let connections = whole(self.class.max_connections() as f64 * CONNECTIONS_ALARM) as f64;
        let memory = self.class.memory.scaled(0.05).as_f64();
        let storage = self.storage as f64 * 0.05 * (1u64 << 30) as f64;
        let class = &self.class.name;
        vec![
            alarmed(
                of("Cpu", "Database: CPU (%)", Family::Saturation, "CPUUtilization", "Average"),
                above(
                    80.0,
                    3,
                    format!(
                        "The database's processors ({class}) are busy: look for the dearest queries in Database Insights, then take a larger class."
                    ),
                ),
            ),
            alarmed(
                of("Memory", "Database: free memory (bytes)", Family::Saturation, "FreeableMemory", "Average"),
                below(
                    memory,
                    3,
                    "The database has less than 5 % of its memory free: close idle connections or take a class with more memory.",
                ),
            ),
            alarmed(
                of("Connections", "Database: connections", Family::Database, "DatabaseConnections", "Maximum"),
                above(
                    connections,
                    2,
                    format!(
                        "70 % of the {} connections are open: look for leaks, make the app's pools smaller.",
                        thousands(self.class.max_connections())
                    ),
                ),
            ),
            alarmed(
                of("Storage", "Database: free storage (bytes)", Family::Saturation, "FreeStorageSpace", "Minimum"),
                below(
                    storage,
                    1,
                    format!(
                        "Storage is nearly full although it grows by itself: raise its ceiling of {} GiB before writes stop.",
                        self.storage_most
                    ),
                ),
            ),
            of("ReadLatency", "Database: read and write latency (s)", Family::Database, "ReadLatency", "Average"),
            of("WriteLatency", "Database: read and write latency (s)", Family::Database, "WriteLatency", "Average"),
        ]
    }
}

impl Component for DatabaseInstance {
    fn name(&self) -> &'static str {
        "database_instance"
    }

    fn label(&self) -> &'static str {
        "RDS database"
    }

    fn size(&self) -> Size {
        if self.alone {
            let note = format!("PostgreSQL in one zone, {} GiB gp3", self.storage);
            return Size { count: Some(1), class: Some(self.class.name.clone()), note };
        }
        let note = format!("PostgreSQL, leader with standby and a follower, {} GiB gp3 each", self.storage);
        Size { count: Some(3), class: Some(self.class.name.clone()), note }
    }

    fn offers(&self, site: &Site) -> Offers {
        let reader: Option<Val<String>> = (!self.alone).then(|| Self::follower().endpoint_address());
        Offers {
            databases: vec![DatabaseAddress { database: String::new(), pooled: false, host: Some(Self::leader().endpoint_address()), reader, }],
            secrets: vec![database::secret_variable(site, "")],
            backups: vec![Saved { name: Self::leader().name().to_owned(), arn: Self::leader().db_instance_arn(), store: Store::Instance, share: 1.0 }],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = &offers.network else { return };
        database::put_group(site, network, offers, layers);
        database::put_secret(site, offers, layers, "");
        database::put_subnet_group(site, network, layers);
        build::instances(self, site, network, offers, layers);
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        bill::lines(self, site, load, bill)
    }

    fn ceilings(&self, _site: &Site) -> Vec<Ceiling> {
        promise::ceilings(self)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        promise::reliances(self)
    }

    fn recoveries(&self, site: &Site) -> Vec<Recovery> {
        promise::recoveries(self, site)
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let lag = line(
            "DatabaseFollowerLag",
            "Database: lag of the follower (s)",
            Family::Database,
            ("AWS/RDS", "ReplicaLag", "Maximum"),
            vec![("DBInstanceIdentifier", Self::follower().reference())],
        );
        let late = above(
            60.0,
            2,
            "The follower is a minute behind: send reads to the leader and look for long transactions or a follower that is too small.",
        );
        let mut metrics = self.watch("Leader", &Self::leader());
        metrics.push(Self::slot());
        if self.alone {
            return metrics;
        }
        metrics.extend(self.watch("Follower", &Self::follower()));
        metrics.push(alarmed(lag, late));
        metrics
    }
}
