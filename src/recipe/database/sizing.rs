//! What a PostgreSQL server needs under a load, and which of the needs decides its class.

use crate::block::Driver;
use crate::catalog::sizing::{Market, Needs};
use crate::units::{Bytes, PerSecond, number, percent, thousands, whole};
use crate::workload::Load;

/// Memory that PostgreSQL's processes and the operating system take before any data is held [estimate].
pub const SYSTEM_MEMORY: Bytes = Bytes::gib(1);

/// The part of the remaining memory that holds data: Aurora gives three quarters to its buffers, RDS a quarter and leaves the rest to the page cache
/// (RDS user guide, "Common DBA tasks for PostgreSQL"; Aurora user guide, parameters: `shared_buffers`).
const DATA_SHARE: f64 = 0.75;

/// Connections that the app opens to one server: each of its vCPUs has a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// At the normal peak.
    pub peak: u64,
    /// When the app is scaled out to its stress case.
    pub most: u64,
}

impl Connections {
    /// Those of one domain of several, all taken to be alike.
    pub fn of(load: &Load, stress: &Load, domains: u64) -> Connections {
        let share = |connections: u64| connections.div_ceil(domains.max(1));
        Connections { peak: share(load.connections), most: share(load.connections.max(stress.connections)) }
    }

    /// The `max_connections` that has them: the peak is the target's part of it, the stress case all of it.
    pub fn needed(self, load: &Load) -> u64 {
        whole(self.peak as f64 / load.assumptions.utilisation_target_connections()).max(self.most)
    }
}

/// Memory for so much data that is touched in a day.
pub fn memory(working_set: Bytes) -> Bytes {
    SYSTEM_MEMORY + working_set.scaled(1.0 / DATA_SHARE)
}

/// vCPUs that so many queries keep busy all the time: at 100 %, where a target has room above.
pub fn busy(load: &Load, queries: PerSecond) -> f64 {
    load.database_vcpus_for(queries) * load.assumptions.utilisation_target_database()
}

/// vCPUs of a server that does not scale out: the peak at the target, and the stress case at full tilt.
pub fn vcpus(load: &Load, stress: &Load, queries: impl Fn(&Load) -> PerSecond) -> f64 {
    load.database_vcpus_for(queries(load)).max(busy(stress, queries(stress)))
}

/// Operations a second on the disk: each write, and the reads that memory does not answer [estimate].
pub fn disk_operations(load: &Load) -> f64 {
    load.database_writes.get() + load.database_reads.get() * (1.0 - load.assumptions.buffer_hit_rate())
}

/// The need that alone asks for the dearest class; availability when the smallest class covers every one of them.
pub fn binding(market: &Market, needs: &Needs) -> Driver {
    let alone = [
        (Driver::Memory, Needs { memory: needs.memory, ..Needs::default() }),
        (Driver::Cpu, Needs { vcpu: needs.vcpu, ..Needs::default() }),
        (Driver::Connections, Needs { connections: needs.connections, ..Needs::default() }),
    ];
    let smallest = market.least(&Needs::default());
    let dearest = alone.iter().map(|(driver, needs)| (market.least(needs), *driver)).max_by_key(|(hourly, _)| *hourly);
    match dearest {
        Some((hourly, driver)) if hourly > smallest => driver,
        _ => Driver::Availability,
    }
}

/// The sentence on a need, with its numbers; `peak` is what queries need at the normal peak, `working_set` what is touched in a day.
pub fn sentence(
    driver: Driver,
    load: &Load,
    (needs, peak, working_set): (&Needs, f64, Bytes),
    class: &str,
    connections: Connections,
) -> String {
    match driver {
        Driver::Memory => format!(
            "the {working_set} touched in a day fit in memory; with {} for PostgreSQL itself that is {} MiB, which {class} has",
            SYSTEM_MEMORY.binary(),
            thousands(needs.memory.0.div_ceil(Bytes::MIB))
        ),
        Driver::Cpu if needs.vcpu > peak => format!(
            "queries of the stress case keep {} vCPU busy, those of the peak need {} at {}; {class} sustains that",
            number(needs.vcpu),
            number(peak),
            percent(load.assumptions.utilisation_target_database())
        ),
        Driver::Cpu => format!(
            "queries at peak need {} vCPU; at {} each, {class} sustains that",
            number(needs.vcpu),
            PerSecond::new(load.transactions_per_vcpu_at_target())
        ),
        Driver::Connections => format!(
            "the app opens {} connections at peak, which may be {} of max_connections, and {} when scaled out; {class} allows those",
            thousands(connections.peak),
            percent(load.assumptions.utilisation_target_connections()),
            thousands(connections.most)
        ),
        _ => format!("the smallest class on offer carries the load; {class} has more than {needs}"),
    }
}
