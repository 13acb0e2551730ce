//! The ways to build a cluster: a class with enough readers, or Serverless; each with what an hour of it costs on the bill.

use std::cmp::Reverse;

use super::{
    ACU_MEMORY, ACU_VCPU, Bytes, Chosen, Class, Connections, LEAST_PROXIED_ACU, LEAST_PROXIED_VCPU, Load, Market, POOLED_ABOVE, PerSecond,
    Prices, Region, Request, Shape, Usd, hourly, reads, sizing,
};
use crate::catalog::sizing::{Needs, unmet};
use crate::catalog::{max_connections, memory_for_connections};
use crate::units::{decimal, whole};

/// Readers of one cluster (Aurora user guide, "Quotas").
pub const MOST_READERS: u64 = 15;
/// The most ACUs of an instance (SDK reference).
pub const MOST_ACU: f64 = 256.0;
/// The least that keeps query statistics from taking the capacity of the queries (Aurora user guide, "Choosing the minimum capacity").
const LEAST_ACU: f64 = 2.0;
/// A ceiling that costs nothing until it is used, ACUs.
const LEAST_CEILING: f64 = 8.0;
/// Times the readers that scaling may reach, when the stress case asks for no more: room costs nothing until it is used.
const READER_ROOM: u64 = 2;
/// Rounding noise of a computed need must not cost the next reader.
const NOISE: f64 = 1e-9;

/// One way to build a cluster.
#[derive(Debug)]
pub struct Way {
    /// What each instance is.
    pub chosen: Chosen,
    /// Readers beside the writer.
    pub readers: u64,
    /// Readers that scaling may reach.
    pub readers_most: u64,
    /// For an hour of one cluster, at the mean of the day, with its proxy.
    pub hourly: Usd,
    /// ACUs of writer and readers together on average of the day; 0 for classes.
    pub mean: f64,
    /// `max_connections` of an instance.
    pub max_connections: u64,
    /// Whether a proxy stands in front.
    pub pooled: bool,
}

/// What a cluster must carry: its domain's part of the load. The domains are taken to share it evenly: nothing is known of their proportions.
#[derive(Debug)]
pub struct Part<'a> {
    /// The writer's needs: of processors the peak's writes at the target, and the stress case's at full tilt.
    pub writer: Needs,
    /// vCPUs for the writes at peak, at the target.
    pub writes: f64,
    /// vCPUs for the reads at peak, at the target.
    pub reads: f64,
    /// vCPUs that peak writes keep busy to the full.
    pub writes_busy: f64,
    /// vCPUs that peak reads keep busy to the full.
    pub reads_busy: f64,
    /// vCPUs that reads of the stress case keep busy to the full.
    pub reads_stress: f64,
    /// Connections of the app.
    pub connections: Connections,
    /// Zones that instances are spread over.
    pub zones: u64,
    /// Regions that hold the cluster: each answers its part of the reads, and all of them when another is lost.
    pub regions: u64,
    /// One reader in every other zone: each can become the writer.
    pub least_readers: u64,
    load: &'a Load,
    domains: u64,
    cached: bool,
    poolable: bool,
    functions: bool,
}

impl<'a> Part<'a> {
    /// One domain's part.
    pub fn of(shape: &Shape, request: &Request<'a>, stress: &Load, domains: u64) -> Part<'a> {
        let (load, cached) = (request.load, !shape.uncached);
        let share = 1.0 / domains as f64;
        let writes = |load: &Load| load.database_writes.scaled(share);
        let reads = |load: &Load| reads(load, cached).scaled(share);
        let connections = Connections::of(load, stress, domains);
        let zones = (request.zones as u64).clamp(2, 3);
        Part {
            writer: Needs {
                vcpu: sizing::vcpus(load, stress, writes),
                memory: sizing::memory(load.working_set_bytes.scaled(share)),
                connections: if shape.pooled { 0 } else { connections.needed(load) },
            },
            writes: load.database_vcpus_for(writes(load)),
            reads: load.database_vcpus_for(reads(load)),
            writes_busy: sizing::busy(load, writes(load)),
            reads_busy: sizing::busy(load, reads(load)),
            reads_stress: sizing::busy(stress, reads(stress)),
            connections,
            zones,
            regions: if shape.global { request.regions.max(1) as u64 } else { 1 },
            least_readers: zones - 1,
            load,
            domains,
            cached,
            poolable: shape.pooled,
            functions: shape.functions,
        }
    }

    /// Readers and the writer that are left when the fullest zone is gone.
    fn survivors(&self, readers: u64) -> u64 {
        let instances = 1 + readers;
        instances - instances.div_ceil(self.zones)
    }

    /// vCPUs that each reader must have so that so many of them carry the reads: at peak at the target, and at full tilt what is left without a zone.
    fn per_reader(&self, readers: u64) -> f64 {
        let left = match self.survivors(readers) {
            0 | 1 => self.reads_busy + self.writes_busy,
            survivors => self.reads_busy / (survivors - 1) as f64,
        };
        left.max(self.reads / readers.max(1) as f64)
    }

    /// The fewest readers of so many vCPUs each that carry the reads; none when not even the most do.
    fn readers(&self, vcpu: f64) -> Option<u64> {
        let enough = |needed: f64| needed * (1.0 - NOISE) <= vcpu;
        // Copies in further regions do not scale by load, and have no writer of their own.
        let copies = |readers: u64| self.regions == 1 || enough(self.reads_stress / (self.regions * (readers + 1)) as f64);
        let found = (self.least_readers..=MOST_READERS).find(|&readers| enough(self.per_reader(readers)) && copies(readers))?;
        enough(self.reads_stress / MOST_READERS as f64).then_some(found)
    }

    /// Whether connections are pooled in front of instances that allow so many.
    fn pooled(&self, max_connections: u64) -> bool {
        self.poolable && (self.functions || self.connections.most as f64 > max_connections as f64 * POOLED_ABOVE)
    }

    /// With how many readers scaling carries the stress case.
    fn readers_most(&self, readers: u64, vcpu: f64) -> u64 {
        whole(self.reads_stress * (1.0 - NOISE) / vcpu).max(readers * READER_ROOM).min(MOST_READERS)
    }
}

/// The cheapest class with as many readers as it takes; of two at one price the one with fewer, larger instances, then the newer family.
pub fn provisioned(market: &Market, prices: &Prices, region: &Region, part: &Part) -> Option<Way> {
    let proxy = hourly(prices, "rds.proxy", region);
    let ways = market.offered().filter_map(|(class, price)| fixed(class, price, proxy, part).ok().map(|way| (way, class)));
    ways.min_by_key(|(way, class)| (way.hourly, Reverse(class.memory), Reverse(class.family.as_str()))).map(|(way, _)| way)
}

/// A cluster of one class; or what the class lacks, in words.
pub fn fixed(class: &Class, price: Usd, proxy: Option<Usd>, part: &Part) -> Result<Way, String> {
    if let Some(lack) = unmet(class, &part.writer) {
        return Err(lack.to_string());
    }
    let vcpu = class.sustained_vcpu();
    let readers = part.readers(vcpu).ok_or_else(|| format!("{MOST_READERS} readers, the most of a cluster, do not carry the reads"))?;
    let pooled = part.pooled(class.max_connections());
    let proxied = proxy.filter(|_| pooled).map_or(Usd::ZERO, |usd| usd.times(class.vcpu.max(LEAST_PROXIED_VCPU)));
    Ok(Way {
        chosen: Chosen::Provisioned(class.clone()),
        readers,
        readers_most: part.readers_most(readers, vcpu),
        hourly: (price + proxied).times(1 + readers),
        mean: 0.0,
        max_connections: class.max_connections(),
        pooled,
    })
}

/// Serverless with as many readers as cost least: each of more readers takes less above what always stands. Of two at one price the one with fewer.
pub fn serverless(prices: &Prices, region: &Region, part: &Part) -> Option<Way> {
    let price = prices.price("aurora.serverless_v2.acu", region).ok()?.usd;
    let proxy = hourly(prices, "rds.proxy.acu", region);
    let ways = (part.least_readers..=MOST_READERS).filter_map(|readers| scaling(price, proxy, part, readers));
    ways.min_by_key(|way| (way.hourly, way.readers))
}

/// Serverless never shrinks below the working set, so that its buffers stay warm; it is billed for that, and for what the load of the day takes above.
fn scaling(price: Usd, proxy: Option<Usd>, part: &Part, readers: u64) -> Option<Way> {
    let least = halves(part.writer.memory.as_f64() / ACU_MEMORY as f64).max(LEAST_ACU);
    let peak = halves(part.writes.max(part.reads / readers as f64) / ACU_VCPU).max(least);
    let stress = part.writer.vcpu.max(part.per_reader(readers)).max(part.reads_stress / readers as f64);
    // More connections cost nothing where capacity need not be used for them.
    let connections = halves(memory_for_connections(part.connections.needed(part.load)).as_f64() / ACU_MEMORY as f64);
    let most = halves(stress / ACU_VCPU).max(peak).max(LEAST_CEILING).max(connections);
    let allowed = connections_of(most);
    if most > MOST_ACU || allowed < part.writer.connections {
        return None;
    }
    let pace = pace(part.load, part.domains, part.cached, readers);
    let mean = mean(part.load, pace.writer, least, most) + readers as f64 * mean(part.load, pace.reader, least, most);
    let pooled = part.pooled(allowed);
    let standing = (1 + readers) as f64 * least.max(LEAST_PROXIED_ACU);
    let proxy = proxy.filter(|_| pooled).map_or(Usd::ZERO, |usd| usd.times(decimal(mean.max(standing))));
    Some(Way {
        chosen: Chosen::Serverless { least, peak, most },
        readers,
        readers_most: (readers * READER_ROOM).min(MOST_READERS),
        hourly: price.times(decimal(mean)) + proxy,
        mean,
        max_connections: allowed,
        pooled,
    })
}

/// ACUs for each request a second.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Of the writer.
    pub writer: f64,
    /// Of each reader; one that may become the writer keeps the writer's size (Aurora user guide, "Choosing the promotion tier").
    pub reader: f64,
}

/// What a request a second takes of a cluster's instances at the target.
pub fn pace(load: &Load, domains: u64, cached: bool, readers: u64) -> Pace {
    let peak = load.requests_peak.get();
    if peak <= 0.0 {
        return Pace { writer: 0.0, reader: 0.0 };
    }
    let acu = |queries: PerSecond| load.database_vcpus_for(queries) / domains as f64 / ACU_VCPU / peak;
    let writer = acu(load.database_writes);
    Pace { writer, reader: writer.max(acu(reads(load, cached)) / readers.max(1) as f64) }
}

/// ACUs of one instance on average of a day: it takes `pace` for each request a second, but never less than the least nor more than the most.
pub fn mean(load: &Load, pace: f64, least: f64, most: f64) -> f64 {
    if pace <= 0.0 {
        return least;
    }
    let above = |acu: f64| load.requests_above(PerSecond::new(acu / pace)).get() * pace;
    least + (above(least) - above(most)).max(0.0)
}

/// Rounded up to half an ACU, the step that Aurora has.
fn halves(acu: f64) -> f64 {
    (acu * 2.0 * (1.0 - NOISE)).ceil() / 2.0
}

/// `max_connections` is set by the most capacity, whatever is in use (Aurora user guide, "Maximum connections for Aurora Serverless v2").
pub fn connections_of(most: f64) -> u64 {
    max_connections(memory_of(most))
}

/// Memory of an instance of so many ACUs.
pub fn memory_of(acu: f64) -> Bytes {
    Bytes::from_f64(acu * ACU_MEMORY as f64)
}
