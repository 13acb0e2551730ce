//! What a month costs, as `docs/bill.md` says it.

use rust_decimal::Decimal;
use scalectl::catalog::{Catalog, Class, Offering, Prices, RegionFacts};
use scalectl::units::{PerSecond, Usd, decimal};
use scalectl::workload::Load;

use super::Case;

/// Where classes are bought.
pub struct Market<'a> {
    pub catalog: &'a Catalog,
    pub prices: &'a Prices,
    pub region: &'a RegionFacts,
}

/// Machines of a group that are alike.
pub struct Group {
    /// `MinSize`.
    pub least: u64,
    /// `OnDemandBaseCapacity`.
    pub base: u64,
    /// Of the others, how many in a hundred are Spot.
    pub spot_percent: u32,
    /// Those that come with the load, on average of a month.
    pub more: f64,
    /// GiB of a root disk.
    pub disk: u32,
}

/// To a thousandth of a cent: means are binary fractions.
pub fn same(one: Usd, other: Usd) -> bool {
    (one - other).amount().abs() <= Decimal::new(1, 5)
}

/// Machines on average of a month beyond the least, each of which carries so many requests a second.
pub fn more(load: &Load, least: u64, each: f64) -> f64 {
    load.requests_above(PerSecond::new(least as f64 * each)).get() / each
}

impl<'a> Market<'a> {
    pub fn of(catalog: &'a Catalog, case: &Case) -> Market<'a> {
        Market { catalog, prices: catalog.prices().unwrap(), region: catalog.region(&case.settings.region).unwrap() }
    }

    /// The classes of some families that can be had.
    pub fn classes(&self, offering: Offering, families: &[&str]) -> Vec<&'a Class> {
        let offered = self.catalog.offered(self.prices, offering, &self.region.region);
        offered.into_iter().filter(|class| families.contains(&class.family.as_str())).collect()
    }

    /// A price that the list has for us-east-1 only stands in elsewhere.
    fn price(&self, key: &str) -> Usd {
        let here = self.prices.price(key, &self.region.region).or_else(|_| self.prices.price_at(key, "us-east-1"));
        here.unwrap().usd
    }

    /// A month of something with an hourly price.
    fn month(&self, key: &str, quantity: impl Into<Decimal>) -> Usd {
        self.price(key).times(730).times(quantity)
    }

    /// What always runs, what is Spot, what comes with the load, root disks, detailed monitoring.
    pub fn group(&self, class: &Class, group: &Group) -> Usd {
        let hundredth = |percent: u32| Decimal::from(percent) / Decimal::from(100);
        let (spot, demand) = (hundredth(group.spot_percent), hundredth(100 - group.spot_percent));
        let others = Decimal::from(group.least - group.base);
        let more = decimal(group.more);
        let on_demand = Decimal::from(group.base) + others * demand + more * demand;
        let spare = (others + more) * spot * (Decimal::ONE - self.prices.discount("spot.ec2.typical").unwrap().fraction);
        let all = Decimal::from(group.least) + more;
        let around = self.price("ebs.gp3.storage").times(group.disk) + self.price("cloudwatch.metric.tier1").times(7);
        self.month(&Offering::Ec2.key(class), on_demand + spare) + around.times(all)
    }

    /// A machine alone: what goes with it costs the same with each class.
    pub fn alone(&self, class: &Class) -> Usd {
        self.month(&Offering::Ec2.key(class), 1)
    }

    /// A leader with its standby, which are billed together, and a follower in one zone. Storage and backups are the same with each class.
    pub fn leader(&self, class: &Class) -> Usd {
        self.month(&Offering::RdsMultiAz.key(class), 1) + self.month(&Offering::RdsSingleAz.key(class), 1)
    }

    /// Instances of a cluster, and their proxy where there is one: at least 2 vCPUs an instance.
    pub fn cluster(&self, class: &Class, instances: u64, pooled: bool) -> Usd {
        let proxied = if pooled { instances * u64::from(class.vcpu.max(2)) } else { 0 };
        self.month(&Offering::Aurora.key(class), instances) + self.month("rds.proxy", proxied)
    }

    /// Serverless instances with so many ACUs together on average, none with less than `least`, and their proxy.
    pub fn serverless(&self, mean: f64, least: f64, instances: u64, pooled: bool) -> Usd {
        let proxied = if pooled { mean.max(instances as f64 * least.max(8.0)) } else { 0.0 };
        self.month("aurora.serverless_v2.acu", decimal(mean)) + self.month("rds.proxy.acu", decimal(proxied))
    }

    /// Nodes, and three alarms of each: processors, memory, evictions.
    pub fn cache(&self, class: &Class, nodes: u64) -> Usd {
        self.month(&Offering::CacheValkey.key(class), nodes) + self.price("cloudwatch.alarm").times(3 * nodes)
    }
}
