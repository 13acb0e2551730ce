//! Machine classes: what one instance, database instance or cache node is.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::CatalogError;
use crate::units::Bytes;

/// Whose class it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// EC2 instances: `r8g.large`.
    Ec2,
    /// RDS and Aurora instances: `db.r8g.large`.
    Rds,
    /// ElastiCache nodes: `cache.r7g.large`.
    ElastiCache,
}

/// One size that can be bought.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Class {
    /// The full name: `r8g.large`, `db.r8g.large`, `cache.r7g.large`.
    pub name: String,
    /// The family with its service's prefix: `r8g`, `db.r8g`, `cache.r7g`.
    pub family: String,
    /// The size: `large`.
    pub size: String,
    /// Whose it is.
    pub service: Service,
    /// Virtual processors.
    pub vcpu: u32,
    /// Memory of the machine.
    pub memory: Bytes,
    /// Memory for data of a cache node (its `maxmemory`, before the reserve); `None` for other services.
    pub cache_memory: Option<Bytes>,
    /// Network bandwidth that lasts, Gbit/s.
    pub network_gbps_baseline: f64,
    /// Network bandwidth in bursts, Gbit/s.
    pub network_gbps_peak: f64,
    /// Disk bandwidth that lasts, Mbit/s.
    pub ebs_mbps_baseline: u32,
    /// Disk operations per second that last.
    pub ebs_iops_baseline: u32,
    /// CPU per vCPU that a burstable class sustains, in percent; `None` for all others, which sustain 100.
    pub baseline_percent: Option<u32>,
}

/// Memory that RDS keeps for itself, from AWS's own table of maxima: DBInstanceClassMemory is 97.454 % of the nominal memory less 307 MiB.
/// With it the formula gives 405, 844, 1,722 and 3,479 for 4, 8, 16 and 32 GiB exactly (Aurora user guide, 2023-06).
const RDS_MEMORY_PER_100_000: u64 = 97_454;
const RDS_MEMORY_RESERVED: u64 = 307 * Bytes::MIB;

/// `LEAST({DBInstanceClassMemory/9531392}, 5000)`: the PostgreSQL default of RDS and Aurora (Aurora user guide, 2023-06).
const POSTGRES_BYTES_PER_CONNECTION: u64 = 9_531_392;
const POSTGRES_CONNECTIONS_AT_MOST: u64 = 5_000;

/// `reserved-memory-percent`, default 25: a node fills three quarters with data (ElastiCache user guide, 2023-06).
const CACHE_USABLE_QUARTERS: u64 = 3;

impl Class {
    /// vCPUs that can be kept busy for hours: a burstable class sustains only its baseline.
    pub fn sustained_vcpu(&self) -> f64 {
        f64::from(self.vcpu) * f64::from(self.baseline_percent.unwrap_or(100)) / 100.0
    }

    /// Whether it lives on CPU credits.
    pub fn is_burstable(&self) -> bool {
        self.baseline_percent.is_some()
    }

    /// PostgreSQL's default `max_connections` on this class: `LEAST(DBInstanceClassMemory / 9531392, 5000)`.
    pub fn max_connections(&self) -> u64 {
        max_connections(self.memory)
    }

    /// Memory that data may fill: of a cache node three quarters of its `maxmemory`, otherwise the whole machine's memory.
    pub fn usable_memory(&self) -> Bytes {
        match self.cache_memory {
            Some(Bytes(bytes)) => Bytes(bytes / 4 * CACHE_USABLE_QUARTERS),
            None => self.memory,
        }
    }
}

/// PostgreSQL's default `max_connections` with so much memory, of a class or of Serverless at its most.
pub fn max_connections(memory: Bytes) -> u64 {
    // Divided first so that nothing overflows; the loss is under 0.1 MiB.
    let available = (memory.0 / 100_000 * RDS_MEMORY_PER_100_000).saturating_sub(RDS_MEMORY_RESERVED);
    (available / POSTGRES_BYTES_PER_CONNECTION).min(POSTGRES_CONNECTIONS_AT_MOST)
}

/// The memory that so many connections take to be allowed by default; of more than 5,000 that of 5,000.
pub fn memory_for_connections(connections: u64) -> Bytes {
    let available = connections.min(POSTGRES_CONNECTIONS_AT_MOST) * POSTGRES_BYTES_PER_CONNECTION + RDS_MEMORY_RESERVED;
    // One unit more than is lost by dividing first.
    Bytes((available.div_ceil(RDS_MEMORY_PER_100_000) + 1) * 100_000)
}

/// A class that the tables do not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no class is called `{name}`{hint}")]
pub struct UnknownClass {
    /// What was asked for.
    pub name: String,
    hint: String,
}

impl UnknownClass {
    pub(super) fn nearest_to(name: &str, classes: &[Class]) -> UnknownClass {
        let family = name.rsplit_once('.').map(|(family, _)| family);
        let sizes: Vec<&str> = classes.iter().filter(|c| Some(c.family.as_str()) == family).map(|c| c.size.as_str()).collect();
        let hint = match (family, super::nearest(name, classes.iter().map(|class| class.name.as_str()))) {
            (Some(family), _) if !sizes.is_empty() => format!("; {family} comes in {}", sizes.join(", ")),
            (_, Some(near)) => format!("; did you mean `{near}`?"),
            _ => {
                let mut families: Vec<&str> = classes.iter().map(|class| class.family.as_str()).collect();
                families.dedup();
                format!("; there are the families {}", families.join(", "))
            }
        };
        UnknownClass { name: name.to_owned(), hint }
    }
}

#[derive(Deserialize)]
struct ClassFile {
    classes: IndexMap<String, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    vcpu: u32,
    memory_mib: u64,
    network_gbps_baseline: f64,
    network_gbps_peak: f64,
    ebs_mbps_baseline: u32,
    ebs_iops_baseline: u32,
    baseline_percent: Option<u32>,
}

#[derive(Deserialize)]
struct CacheFile {
    cache_nodes: IndexMap<String, u64>,
}

/// The EC2 table, and from it the database and cache classes of the same family and size.
pub(super) fn read() -> Result<Vec<Class>, CatalogError> {
    let rows: ClassFile = super::parse("classes.yaml", include_str!("../../data/classes.yaml"))?;
    let nodes: CacheFile = super::parse("cache_nodes.yaml", include_str!("../../data/cache_nodes.yaml"))?;
    let mut classes = Vec::with_capacity(rows.classes.len() * 3);
    for (name, row) in &rows.classes {
        let Some((family, size)) = name.split_once('.') else {
            return Err(CatalogError { file: "classes.yaml", message: format!("`{name}` is not of the form family.size") });
        };
        classes.push(class(row, "", family, size, Service::Ec2, None));
        if is_database_class(family, size) {
            classes.push(class(row, "db.", family, size, Service::Rds, None));
        }
        if let Some(bytes) = nodes.cache_nodes.get(&format!("cache.{name}")) {
            classes.push(class(row, "cache.", family, size, Service::ElastiCache, Some(Bytes(*bytes))));
        }
    }
    classes.sort_by(|a, b| (&a.family, a.vcpu, a.memory).cmp(&(&b.family, b.vcpu, b.memory)));
    Ok(classes)
}

/// RDS has no compute-optimised Graviton families, no nano, and of m and r nothing below large.
fn is_database_class(family: &str, size: &str) -> bool {
    match family {
        "t4g" => size != "nano",
        "m7g" | "m8g" | "r7g" | "r8g" => size != "medium",
        _ => false,
    }
}

fn class(row: &Row, prefix: &str, family: &str, size: &str, service: Service, cache_memory: Option<Bytes>) -> Class {
    Class {
        name: format!("{prefix}{family}.{size}"),
        family: format!("{prefix}{family}"),
        size: size.to_owned(),
        service,
        vcpu: row.vcpu,
        memory: Bytes::mib(row.memory_mib),
        cache_memory,
        network_gbps_baseline: row.network_gbps_baseline,
        network_gbps_peak: row.network_gbps_peak,
        ebs_mbps_baseline: row.ebs_mbps_baseline,
        ebs_iops_baseline: row.ebs_iops_baseline,
        baseline_percent: row.baseline_percent,
    }
}
