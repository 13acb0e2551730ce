//! How far leader and follower carry, what they promise, and what is lost when something fails.

use std::time::Duration;

use super::{DISK_OPERATIONS, DatabaseInstance, STRIPED, queries};
use crate::block::{Ceiling, Driver, Event, Recovery, Reliance, Site, Way};
use crate::recipe::database::{self, sizing};
use crate::units::Bytes;
use crate::workload::{Load, Pool};

/// Each of them is of the leader: the follower takes a part of the reads, and may be gone.
pub fn ceilings(database: &DatabaseInstance) -> Vec<Ceiling> {
    let class = &database.class;
    let instances = if database.alone { 1.0 } else { 2.0 };
    let gib = |bytes: Bytes| bytes.as_f64() / Bytes::GIB as f64;
    let (few, many) = DISK_OPERATIONS;
    let operations = f64::from(class.ebs_iops_baseline).min(if database.storage >= STRIPED { many } else { few });
    let larger = "plan again: a larger class is taken in place, with a minute or two of interruption";
    vec![
        Ceiling::fixed("CPU of the leader", Driver::Cpu, "vCPU", class.sustained_vcpu(), |load: &Load| sizing::busy(load, queries(load)))
            .within("rds.instances", instances)
            .served_by(class.sustained_vcpu(), Pool::database)
            .then(larger),
        Ceiling::fixed("memory for the day's data", Driver::Memory, "GiB", gib(class.memory), move |load: &Load| {
            gib(sizing::memory(load.working_set_bytes))
        })
        .then(larger),
        Ceiling::fixed("connections", Driver::Connections, "connections", class.max_connections() as f64, |load: &Load| {
            load.connections as f64
        })
        .then(format!("{larger}, or make the app's pools smaller")),
        Ceiling::fixed("disk operations", Driver::Throughput, "operations/s", operations, sizing::disk_operations)
            .then("plan again: a larger volume or class has more, and Aurora has no such limit"),
        Ceiling::fixed("storage", Driver::Storage, "GiB", database.storage as f64, move |load: &Load| gib(load.stored_bytes))
            .scales_to(database.storage_most as f64)
            .within("rds.storage_gib", database.storage_most as f64)
            .then("raise MaxAllocatedStorage by planning again before writes stop"),
    ]
}

/// The database is on the way of every request; the secret is read when servers start.
pub fn reliances(database: &DatabaseInstance) -> Vec<Reliance> {
    let rds = match database.alone {
        true => Reliance::new("RDS, in one zone", "rds.single_az", Way::Region),
        false => Reliance::new("RDS, leader with a standby in another zone", "rds.multi_az", Way::Region),
    };
    vec![rds, database::secret_reliance()]
}

/// Multi-AZ: RDS user guide, "Failing over a Multi-AZ DB instance": 60 to 120 seconds; point in time: "Restoring a DB instance to a specified time":
/// logs are kept every five minutes.
pub fn recoveries(database: &DatabaseInstance, site: &Site) -> Vec<Recovery> {
    let days = database::backup_days(site);
    let recovery = |event, point: Option<Duration>, time: Option<Duration>, why: String, estimated| Recovery {
        what: "RDS database".to_owned(),
        event,
        point,
        time,
        why,
        estimated,
    };
    let (now, minutes) = (Some(Duration::ZERO), |minutes: u64| Some(Duration::from_secs(60 * minutes)));
    let failover = || "the standby has every commit and takes over in 60 to 120 s".to_owned();
    let (host, zone) = match database.alone {
        true => (
            recovery(Event::Host, now, minutes(10), "its storage outlives the host, and RDS starts another one".to_owned(), true),
            recovery(Event::Zone, minutes(5), None, "restored by hand in another zone, to within the last 5 minutes".to_owned(), false),
        ),
        false => {
            (recovery(Event::Host, now, minutes(2), failover(), false), recovery(Event::Zone, now, minutes(2), failover(), false))
        }
    };
    let region = "all copies of it are in this region";
    let mistake = format!("any moment of the last {days} days up to 5 minutes ago is restored beside, by hand");
    vec![
        host,
        zone,
        recovery(Event::Region, None, None, region.to_owned(), false),
        recovery(Event::Mistake, minutes(5), None, mistake, false),
    ]
}
