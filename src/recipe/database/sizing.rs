//! What a PostgreSQL server needs under a load, and which of the needs decides its class.

use crate::block::Driver;
use crate::catalog::sizing::{Needs, cheapest_class};
use crate::catalog::{Catalog, Offering, Prices};
use crate::units::{Bytes, PerSecond, Region, thousands, whole};
use crate::workload::Load;

/// Memory that PostgreSQL's processes and the operating system take before any data is held [estimate].
pub const SYSTEM_MEMORY: Bytes = Bytes::gib(1);

/// The part of the remaining memory that holds data: Aurora gives three quarters to its buffers, RDS a quarter and leaves the rest to the page cache
/// (RDS user guide, "Common DBA tasks for PostgreSQL"; Aurora user guide, parameters: `shared_buffers`).
const DATA_SHARE: f64 = 0.75;

/// Connections that the app opens when it is scaled out to its stress case, each vCPU with its pool.
pub fn connections(load: &Load) -> u64 {
    let stressed = whole(load.app_vcpus_for(load.requests_ceiling())) as f64 * load.assumptions.connections_per_vcpu();
    load.connections.max(whole(stressed))
}

/// Memory for so much data that is touched in a day.
pub fn memory(working_set: Bytes) -> Bytes {
    SYSTEM_MEMORY + working_set.scaled(1.0 / DATA_SHARE)
}

/// What one server needs that answers these queries and holds this working set.
pub fn needs(load: &Load, queries: PerSecond, working_set: Bytes, connections: u64) -> Needs {
    let most = connections as f64 / load.assumptions.utilisation_target_connections();
    Needs { vcpu: load.database_vcpus_for(queries), memory: memory(working_set), connections: whole(most) }
}

/// The need that alone asks for the dearest class; availability when the smallest class covers every one of them.
pub fn binding(catalog: &Catalog, prices: &Prices, region: &Region, offering: Offering, families: &[&str], needs: &Needs) -> Driver {
    let hourly = |needs: &Needs| cheapest_class(catalog, prices, region, offering, families, needs).ok().map(|choice| choice.hourly);
    let alone = [
        (Driver::Memory, Needs { memory: needs.memory, ..Needs::default() }),
        (Driver::Cpu, Needs { vcpu: needs.vcpu, ..Needs::default() }),
        (Driver::Connections, Needs { connections: needs.connections, ..Needs::default() }),
    ];
    let smallest = hourly(&Needs::default());
    let dearest = alone.iter().map(|(driver, needs)| (hourly(needs), *driver)).max_by_key(|(hourly, _)| *hourly);
    match dearest {
        Some((hourly, driver)) if hourly > smallest => driver,
        _ => Driver::Availability,
    }
}

/// The sentence on a need, with its numbers.
pub fn sentence(driver: Driver, load: &Load, needs: &Needs, class: &str, connections: u64) -> String {
    match driver {
        Driver::Memory => format!(
            "the {} touched in a day fit in memory; with {} for PostgreSQL itself that is {} MiB, which {class} has",
            load.working_set_bytes,
            SYSTEM_MEMORY.binary(),
            thousands(needs.memory.0.div_ceil(Bytes::MIB))
        ),
        Driver::Cpu => format!(
            "queries at peak need {} vCPU; at {} each, {class} sustains that",
            crate::units::number(needs.vcpu),
            PerSecond::new(load.transactions_per_vcpu_at_target())
        ),
        Driver::Connections => format!(
            "the app opens {} connections when scaled out; they may be {} of max_connections, which {class} allows",
            thousands(connections),
            crate::units::percent(load.assumptions.utilisation_target_connections())
        ),
        _ => format!("the smallest class on offer carries the load; {class} has more than {needs}"),
    }
}
