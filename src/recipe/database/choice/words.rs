//! Why the clusters are as they are: the need that decides, and what the nearest other way would cost or lack.

use super::way::{Part, Way, fixed};
use super::{Chosen, Class, Driver, Market, Prices, Reason, Request, SHARD_CLASS, Shape, Usd, domain, hourly, number, sizing, thousands};
use crate::catalog::sizing::count_for;

/// ACUs that an instance of a global database has at least (Aurora user guide, "Requirements for Serverless v2": global databases).
const LEAST_GLOBAL_ACU: u32 = 8;

/// What the reasons speak of.
pub struct Words<'a> {
    pub shape: &'a Shape,
    pub request: &'a Request<'a>,
    pub prices: &'a Prices,
    pub market: &'a Market<'a>,
    pub part: &'a Part<'a>,
    pub domains: u64,
}

impl Words<'_> {
    fn month(&self, hourly: Usd) -> Usd {
        hourly.times(self.prices.hours_per_month)
    }

    /// `3 × db.r8g.large`.
    fn fleet(way: &Way) -> String {
        match &way.chosen {
            Chosen::Provisioned(class) => format!("{} × {}", 1 + way.readers, class.name),
            Chosen::Serverless { least, most, .. } => {
                let instances = 1 + way.readers;
                format!("{instances} instances at a mean of {} ACU each ({least} to {most})", number(way.mean / instances as f64))
            }
        }
    }

    fn proxy(way: &Way) -> &'static str {
        if way.pooled { " with their proxy" } else { "" }
    }

    /// The first reason: the writer's binding need, or the money.
    pub fn chosen(&self, way: &Way, other: Option<&Way>) -> Reason {
        let Chosen::Provisioned(class) = &way.chosen else {
            let (fleet, month) = (Self::fleet(way), self.month(way.hourly));
            let saved = other
                .filter(|other| other.hourly > way.hourly)
                .map(|other| format!(", {} less than a class", self.month(other.hourly) - month));
            let text = format!("Serverless v2 costs {month} a month for {fleet}{}{}", Self::proxy(way), saved.unwrap_or_default());
            return Reason::new(Driver::Cost, text);
        };
        let (load, part) = (self.request.load, self.part);
        let binding = sizing::binding(self.market, &part.writer);
        let working_set = load.working_set_bytes.scaled(1.0 / self.domains as f64);
        let sentence = sizing::sentence(binding, load, (&part.writer, part.writes, working_set), &class.name, part.connections);
        let text = match self.domains {
            1 => sentence,
            domains => format!("{sentence}; each domain is taken to have 1/{domains} of the load"),
        };
        Reason::new(binding, text)
    }

    /// How many readers, and whether zones or reads ask for them.
    pub fn readers(&self, way: &Way) -> Reason {
        let part = self.part;
        let reads = super::reads(self.request.load, !self.shape.uncached);
        let behind = if self.shape.uncached { "of reads" } else { "of reads behind the cache" };
        if way.readers > part.least_readers && matches!(way.chosen, Chosen::Serverless { .. }) {
            let text =
                format!("{} readers share {reads} {behind} for the least money: each takes less above what always stands", way.readers);
            return Reason::new(Driver::Cost, text);
        }
        if way.readers > part.least_readers {
            let text = format!("{reads} {behind} need {} readers; with {} the stress case is carried", way.readers, way.readers_most);
            return Reason::new(Driver::Throughput, text);
        }
        let alone = match &way.chosen {
            Chosen::Provisioned(class) => count_for(part.reads, class.sustained_vcpu(), 1.0),
            Chosen::Serverless { .. } => 1,
        };
        let text = format!(
            "{} zones get a writer and {} where reads alone would need {alone}; those are {reads} {}",
            self.request.zones,
            if way.readers == 1 { "1 reader".to_owned() } else { format!("{} readers", way.readers) },
            if self.shape.uncached { "and no cache takes any" } else { "behind the cache" }
        );
        Reason::new(Driver::Availability, text)
    }

    /// Connections, and whether they are pooled.
    pub fn connections(&self, way: &Way) -> Reason {
        let text = format!(
            "{} connections to a cluster when scaled out; an instance allows {}{}",
            thousands(self.part.connections.most),
            thousands(way.max_connections),
            if way.pooled { ", so they are pooled" } else { "" }
        );
        Reason::new(Driver::Connections, text)
    }

    /// The other way to buy capacity, and the next smaller class.
    pub fn alternatives(&self, way: &Way, other: Option<&Way>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        reasons.extend(self.bought_otherwise(way, other));
        if let Chosen::Provisioned(class) = &way.chosen {
            reasons.extend(self.smaller(way, class));
        }
        reasons
    }

    fn bought_otherwise(&self, way: &Way, other: Option<&Way>) -> Option<Reason> {
        let month = self.month(way.hourly);
        let Some(other) = other else { return self.serverless_everywhere(way) };
        let (fleet, theirs) = (Self::fleet(other), self.month(other.hourly));
        let name = if matches!(other.chosen, Chosen::Serverless { .. }) { "Serverless v2" } else { "Provisioned" };
        let verdict = match theirs < month {
            true => format!("and cost {} less, but the phase asks for classes", month - theirs),
            false => format!("{} more", theirs - month),
        };
        let text =
            format!("{name} would take {theirs} a month for {fleet}{}, {verdict}; {month} for {}", Self::proxy(other), Self::fleet(way));
        Some(Reason::instead(Driver::Cost, text))
    }

    /// A global database takes Serverless only with capacity that stands.
    fn serverless_everywhere(&self, way: &Way) -> Option<Reason> {
        let acu = hourly(self.prices, "aurora.serverless_v2.acu", &self.request.region.region).filter(|_| self.shape.global)?;
        let Chosen::Provisioned(class) = &way.chosen else { return None };
        let (_, price) = self.market.offered().find(|(other, _)| other.name == class.name)?;
        let text = format!(
            "Serverless v2 in a global database keeps at least {LEAST_GLOBAL_ACU} ACU in each instance, {} a month; {} has as much or more for {}",
            self.month(acu.times(LEAST_GLOBAL_ACU)),
            class.name,
            self.month(price)
        );
        Some(Reason::instead(Driver::Cost, text))
    }

    /// The next smaller class of the family, and what it lacks or costs; of the smallest the next larger.
    fn smaller(&self, way: &Way, class: &Class) -> Option<Reason> {
        let same = || self.market.offered().filter(|(other, _)| other.family == class.family);
        let below = same().filter(|(other, _)| other.memory < class.memory).max_by_key(|(other, _)| other.memory);
        let (next, price) =
            below.or_else(|| same().filter(|(other, _)| other.memory > class.memory).min_by_key(|(other, _)| other.memory))?;
        let proxy = hourly(self.prices, "rds.proxy", &self.request.region.region);
        let text = match fixed(next, price, proxy, self.part) {
            Err(lack) => format!("{}: {lack}", next.name),
            Ok(other) if other.hourly > way.hourly => {
                format!("{} would do, but costs {} more a month", Self::fleet(&other), self.month(other.hourly) - self.month(way.hourly))
            }
            Ok(other) => format!("{} would cost as much, with more instances to run and smaller ones to fail over to", Self::fleet(&other)),
        };
        let driver = if below.is_some() { sizing::binding(self.market, &self.part.writer) } else { Driver::Cost };
        Some(Reason::instead(driver, text))
    }

    /// Over how many clusters a domain is divided, and why.
    pub fn shards(&self, heavy: &str, count: u64, (by_writes, by_memory): (u64, u64)) -> Reason {
        let load = self.request.load;
        let share = 1.0 / self.domains as f64;
        let (writes, touched) = (load.database_writes.scaled(share), load.working_set_bytes.scaled(share));
        let tail = match by_writes.max(by_memory) < count {
            true => format!("; the phase begins with {count}, because the first division is the long one"),
            false => String::new(),
        };
        let text = format!(
            "{} is divided by key over {count} clusters: {writes} of writes want {by_writes} writers of {SHARD_CLASS}, {touched} touched in a day \
             want {by_memory}{tail}",
            domain::title(heavy, self.request.settings)
        );
        Reason::new(if tail.is_empty() { Driver::Throughput } else { Driver::Phase }, text)
    }
}
