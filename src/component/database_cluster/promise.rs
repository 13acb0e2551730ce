//! How far the clusters carry, what they promise, and what is lost when something fails.

use std::time::Duration;

use crate::block::{Ceiling, Driver, Event, Recovery, Reliance, Site, Way};
use crate::recipe::database::choice::{ACU_VCPU, Choice, Chosen, MOST_VOLUME, memory_of};
use crate::recipe::database::{self, sizing};
use crate::units::Bytes;
use crate::workload::{Load, Pool};

/// Each of them is of one cluster, of which there may be several, all alike.
pub fn ceilings(choice: &Choice, site: &Site) -> Vec<Ceiling> {
    let copy = choice.copies(site);
    let clusters = choice.databases.len() as f64;
    // What Serverless reaches and what a class has are not the same: neither is measured by the other.
    let serverless = if matches!(choice.chosen, Chosen::Serverless { .. }) { ", Serverless" } else { "" };
    let each = format!("{serverless}{}", if clusters > 1.0 { ", each cluster" } else { "" });
    let gib = |bytes: Bytes| bytes.as_f64() / Bytes::GIB as f64;
    let (built, most) = match &choice.chosen {
        Chosen::Provisioned(class) => (class.sustained_vcpu(), class.sustained_vcpu()),
        Chosen::Serverless { peak, most, .. } => (peak * ACU_VCPU, most * ACU_VCPU),
    };
    let mut ceilings = Vec::new();
    if !copy {
        let model = choice.clone();
        let demand = move |load: &Load| sizing::busy(load, model.writes(load));
        ceilings.push(
            Ceiling::fixed(format!("CPU of the writer{each}"), Driver::Cpu, "vCPU", built, demand)
                .scales_to(most)
                .within("aurora.clusters", clusters)
                .served_by(built, Pool::database)
                .then("plan again: a larger writer is taken by failing over to it; then divide the writes among domains, or by key"),
        );
    }
    // A copy has a reader in the writer's place, and none that come with the load.
    let (readers, readers_most) = if copy { (choice.readers + 1, choice.readers + 1) } else { (choice.readers, choice.readers_most) };
    let (model, part) = (choice.clone(), site.part());
    let demand = move |load: &Load| sizing::busy(load, model.reads(load).scaled(part));
    let instances = clusters * (if copy { 0 } else { 1 } + readers_most) as f64;
    ceilings.push(
        Ceiling::fixed(format!("CPU of the readers{each}"), Driver::Cpu, "vCPU", built * readers as f64, demand)
            .scales_to(most * readers_most as f64)
            .within("rds.instances", instances)
            .then("plan again: a larger class carries more with as many readers; then cache more of the reads"),
    );
    if !choice.strained {
        let (least, all) = match &choice.chosen {
            Chosen::Provisioned(class) => (class.memory, class.memory),
            Chosen::Serverless { least, most, .. } => (memory_of(*least), memory_of(*most)),
        };
        let model = choice.clone();
        let demand = move |load: &Load| gib(sizing::memory(model.share(load.working_set_bytes)));
        ceilings.push(
            Ceiling::fixed(format!("memory for the day's data{each}"), Driver::Memory, "GiB", gib(least), demand)
                .scales_to(gib(all))
                .then("plan again: a larger class holds more; until then reads that miss memory wait for the volume"),
        );
    }
    if !choice.pooled {
        let model = choice.clone();
        let demand = move |load: &Load| load.connections.div_ceil(model.domains) as f64;
        ceilings.push(
            Ceiling::fixed(format!("connections{each}"), Driver::Connections, "connections", choice.max_connections as f64, demand)
                .then("pool the connections, or make the app's pools smaller"),
        );
    }
    let model = choice.clone();
    let demand = move |load: &Load| gib(model.share(load.stored_bytes));
    ceilings.push(
        Ceiling::fixed(format!("storage{each}"), Driver::Storage, "GiB", MOST_VOLUME as f64, demand)
            .then("divide the data among more domains, or by key"),
    );
    ceilings
}

/// The database is on the way of every request; the secret is read when servers start.
pub fn reliances(choice: &Choice) -> Vec<Reliance> {
    let readers = if choice.readers == 1 { "a reader" } else { "readers" };
    let what = format!("Aurora, a writer and {readers} in other zones");
    vec![Reliance::new(what, "aurora.multi_az", Way::Region), database::secret_reliance()]
}

/// Failover: "High availability for Amazon Aurora": less than 60 seconds. Point in time: "Backing up and restoring": up to the last five minutes.
/// Further regions: "Using Amazon Aurora Global Database": a lag of under a second, recovery in about a minute once somebody begins it.
pub fn recoveries(choice: &Choice, site: &Site) -> Vec<Recovery> {
    let days = database::backup_days(site);
    let recovery = |event, point: Option<u64>, time: Option<u64>, why: String| Recovery {
        what: "Aurora database".to_owned(),
        event,
        point: point.map(Duration::from_secs),
        time: time.map(Duration::from_secs),
        why,
        estimated: false,
    };
    let failover = || "a reader on the same volume becomes the writer, within 60 s and often 30 s".to_owned();
    let region = match choice.global && site.regions.len() > 1 {
        true => recovery(Event::Region, Some(1), Some(60), "a further region's copy lags about a second; it takes over when somebody says so".to_owned()),
        false => recovery(Event::Region, None, None, "all copies of it are in this region".to_owned()),
    };
    let mistake = format!("any moment of the last {days} days up to 5 minutes ago is restored beside, by hand");
    vec![
        recovery(Event::Host, Some(0), Some(60), failover()),
        recovery(Event::Zone, Some(0), Some(60), failover()),
        region,
        recovery(Event::Mistake, Some(300), None, mistake),
    ]
}
