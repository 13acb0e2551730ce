//! How many machines of a group run on average of a month, and what they cost with everything that goes with each: by this figure a group is
//! chosen, and by this figure it is billed.

use rust_decimal::Decimal;

use crate::block::{Basis, Bill, Commitment, Kind, Request, about};
use crate::catalog::MissingPrice;
use crate::units::{Usd, decimal};

/// The line of the price list for what Spot saves.
const SPOT: &str = "spot.ec2.typical";

/// Metrics of an instance that detailed monitoring counts (CloudWatch pricing page: seven an instance).
pub const DETAILED: u32 = 7;

/// The region whose flat prices stand in elsewhere, as on the bill.
const HOME: &str = "us-east-1";

/// The machines of a group, on average of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Those that always run.
    pub least: u64,
    /// Of them, those that are always on demand.
    pub base: u64,
    /// Of all others, how many in a hundred are Spot.
    pub spot_percent: u32,
    /// Those that come with the load, on average.
    pub more: Decimal,
}

/// Prices of what machines are made of, looked up once for all classes and counts that are compared.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    hours: Decimal,
    /// The part of the price on demand that Spot costs.
    spot: Decimal,
    /// A month of what goes with each machine: its root disk, its detailed monitoring.
    around: Usd,
}

impl Rates {
    /// The prices in the region of the first stacks, for root disks of so many GiB. What has no price there counts as in the region whose prices
    /// stand in, or not at all: it is the same for every class.
    pub fn new(request: &Request, disk: i64) -> Option<Rates> {
        let prices = request.catalog.prices().ok()?;
        let price = |key: &str| {
            let here = prices.price(key, &request.region.region).or_else(|_| prices.price_at(key, HOME));
            here.map(|price| price.usd).unwrap_or_default()
        };
        let off = prices.discount(SPOT).map(|discount| discount.fraction).unwrap_or_default();
        let around = price("ebs.gp3.storage").times(disk) + price("cloudwatch.metric.tier1").times(DETAILED);
        Some(Rates { hours: Decimal::from(prices.hours_per_month), spot: Decimal::ONE - off, around })
    }
}

impl Running {
    /// Machines on demand, on average.
    fn on_demand(&self) -> Decimal {
        Decimal::from(self.base) + self.others() * self.part(100 - self.spot_percent.min(100))
    }

    fn others(&self) -> Decimal {
        Decimal::from(self.least.saturating_sub(self.base))
    }

    fn part(&self, percent: u32) -> Decimal {
        Decimal::new(i64::from(percent), 2)
    }

    fn spot(&self) -> Decimal {
        self.part(self.spot_percent.min(100))
    }

    /// A month of all of it at an hourly price. What is chosen by cost is chosen by this.
    pub fn month(&self, hourly: Usd, rates: &Rates) -> Usd {
        let spot = (self.others() + self.more).saturating_mul(self.spot());
        let on_demand = self.on_demand() + self.more.saturating_mul(self.part(100 - self.spot_percent.min(100)));
        let hours = on_demand.saturating_add(spot.saturating_mul(rates.spot)).saturating_mul(rates.hours);
        hourly.times(hours) + rates.around.times(Decimal::from(self.least).saturating_add(self.more))
    }

    /// The lines of the bill: the machines, on demand and Spot, standing and by load, with their disks and their detailed monitoring.
    ///
    /// # Errors
    /// When the list has no price for it.
    pub fn line_items(&self, label: &str, class: &str, disk: i64, bill: &mut Bill) -> Result<(), MissingPrice> {
        let key = format!("ec2.{class}");
        let line = |what: &str, why: String| about(format!("{label}, {what}"), &key, Kind::Compute, why);
        let (on_demand, spot) = (self.on_demand(), self.others() * self.spot());
        let plan = Some(Commitment::ComputeSavingsPlan);
        bill.machines(on_demand, line("always running", format!("{} × 730 h", words(on_demand))), plan)?;
        let why = |count: Decimal| format!("{} × 730 h, at the usual price of spare capacity", words(count));
        bill.discounted(Basis::Standing, spot, line("always running, Spot", why(spot)), SPOT)?;
        let (more, more_spot) = (self.more * self.part(100 - self.spot_percent.min(100)), self.more * self.spot());
        let mean = |count: Decimal| format!("{} more on average of a day × 730 h", words(count));
        bill.machines_by_load(more, line("more at busy hours", mean(more)))?;
        let why = format!("{}, at the usual price of spare capacity", mean(more_spot));
        bill.discounted(Basis::Usage, more_spot, line("more at busy hours, Spot", why), SPOT)?;

        let least = Decimal::from(self.least);
        let disks = |count: Decimal| format!("{} × {disk} GiB gp3", words(count));
        let line = |what: &str, key, kind, why| about(format!("{label}, {what}"), key, kind, why);
        let gp3 = "ebs.gp3.storage";
        bill.standing(least * Decimal::from(disk), line("root disks", gp3, Kind::Storage, disks(least)))?;
        bill.usage(self.more * Decimal::from(disk), line("root disks at busy hours", gp3, Kind::Storage, disks(self.more)))?;
        let watched = |count: Decimal| format!("{} × {DETAILED} metrics a minute", words(count));
        let metric = |what: &str, count| line(what, "cloudwatch.metric", Kind::Operations, watched(count));
        let metrics = |count: Decimal| count * Decimal::from(DETAILED);
        bill.tiered(None, Basis::Standing, metrics(least), metric("detailed monitoring", least))?;
        bill.tiered(None, Basis::Usage, metrics(self.more), metric("detailed monitoring at busy hours", self.more))
    }
}

/// A mean count for people, `0.34`.
fn words(count: Decimal) -> String {
    count.round_dp(4).normalize().to_string()
}

/// So many things as a decimal, for means that are measured.
pub fn mean(count: f64) -> Decimal {
    decimal(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn usd(text: &str) -> Usd {
        text.parse().unwrap()
    }

    fn rates() -> Rates {
        Rates { hours: Decimal::from(730), spot: Decimal::new(45, 2), around: usd("3.70") }
    }

    #[test]
    fn machines_on_demand_cost_the_whole_price_and_spot_its_part() {
        let running = Running { least: 4, base: 2, spot_percent: 50, more: Decimal::ZERO };
        // 3 on demand and 1 on Spot.
        assert_eq!(running.month(usd("0.10"), &rates()), usd("251.85") + usd("14.80"));
        let all = Running { least: 4, base: 4, spot_percent: 0, more: Decimal::new(5, 1) };
        assert_eq!(all.month(usd("0.10"), &rates()), usd("328.50") + usd("16.65"));
    }

    #[test]
    fn what_is_compared_is_what_is_billed() {
        let catalog = Catalog::builtin().unwrap();
        let region = catalog.region("us-east-1").unwrap();
        let mut bill = Bill::new(catalog.prices().unwrap(), &region.region, false);
        let running = Running { least: 6, base: 2, spot_percent: 25, more: Decimal::new(125, 2) };
        running.line_items("Workers", "c7g.medium", 20, &mut bill).unwrap();
        let billed: Usd = bill.lines.iter().map(|line| line.month).sum();
        let (settings, assumptions) = (crate::settings::Settings::default(), crate::workload::Assumptions::default());
        let load = crate::workload::load(crate::units::Users(1), &assumptions);
        let request =
            Request { load: &load, catalog: &catalog, settings: &settings, region, zones: 2, regions: 1, assumptions: &assumptions };
        let month = running.month(usd("0.0363"), &Rates::new(&request, 20).unwrap());
        // Ten metrics are free for an account, whoever has them; each line is rounded to the cent.
        let off = (month - billed - usd("3.00")).amount().abs();
        assert!(off <= Decimal::new(5, 2), "{month} {billed}");
    }
}
