//! What a component costs: lines with quantity, unit price and the arithmetic behind them. A price that is not there is never zero.

use rust_decimal::Decimal;
use serde::Serialize;

use super::Allowances;
use crate::catalog::{MissingPrice, Prices};
use crate::units::{Region, Usd};

/// Whether a line is there without a single user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// What stands costs it, used or not: machines, volumes, keys.
    Standing,
    /// Use costs it: requests, bytes, events.
    Usage,
}

/// What kind of cost a line is, for the sums that people ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Machines and functions.
    Compute,
    /// Databases, caches, their storage and their requests.
    Data,
    /// Volumes, objects, backups.
    Storage,
    /// Bytes that move: to the internet, between zones and regions, through NAT gateways and endpoints.
    Transfer,
    /// Requests to services, and what stands in front of them.
    Requests,
    /// Logs, metrics, alarms, keys, names.
    Operations,
}

/// Which commitment would make a line cheaper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Commitment {
    /// A Compute Savings Plan: EC2, Fargate, Lambda.
    ComputeSavingsPlan,
    /// Reserved instances of RDS and Aurora.
    ReservedDatabase,
}

/// One line of a bill. `month` is rounded to cents, so that lines add up to what is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineItem {
    /// The component that causes it.
    pub component: &'static str,
    /// The region, the edge area, or `global`.
    pub place: String,
    /// What it is, for a person: "Load balancer, hours".
    pub what: String,
    /// The line of the price list; of several tiers the common part.
    pub key: String,
    /// What kind of cost.
    pub kind: Kind,
    /// Whether it stands or is used.
    pub basis: Basis,
    /// How much is billed in a month, before what is free.
    pub quantity: Decimal,
    /// How much of it is free.
    pub free: Decimal,
    /// What is counted: `hour`, `GB`, `1M-requests`.
    pub unit: String,
    /// For one unit; of tiers the mean.
    pub unit_price: Usd,
    /// For the month, in cents.
    pub month: Usd,
    /// Whether no published source was seen for the price, or a price of another place stands in.
    pub estimated: bool,
    /// How the quantity came about, with its assumptions: "2 × 730 h".
    pub why: String,
    /// Which commitment applies.
    pub commitment: Option<Commitment>,
}

/// What could not be priced; its part of the total is unknown, not zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The component that causes it.
    pub component: &'static str,
    /// What it is.
    pub what: String,
    /// How much of it.
    pub quantity: Decimal,
    /// What is missing.
    pub problem: String,
}

/// What a line is about, apart from how much of it and at which price.
#[derive(Debug, Clone)]
pub struct About<'a> {
    /// What it is, for a person: "Load balancer, hours".
    pub what: String,
    /// The line of the price list, or the prefix of its tiers.
    pub key: &'a str,
    /// What kind of cost.
    pub kind: Kind,
    /// How the quantity came about.
    pub why: String,
}

/// A line's words.
pub fn about(what: impl Into<String>, key: &str, kind: Kind, why: impl Into<String>) -> About<'_> {
    About { what: what.into(), key, kind, why: why.into() }
}

/// A bill in the making, for one region. The component is set by whoever asks the components. What is free of charge is taken off by itself.
#[derive(Debug)]
pub struct Bill<'a> {
    /// The price list.
    pub prices: &'a Prices,
    /// The region whose prices count.
    pub region: &'a Region,
    /// Who is asked.
    pub component: &'static str,
    /// Whether a missing price makes a gap instead of an error.
    pub allow_unpriced: bool,
    /// What is left of what the account has free of charge.
    pub free: Allowances,
    /// The lines so far.
    pub lines: Vec<LineItem>,
    /// What has no price.
    pub gaps: Vec<Gap>,
}

impl<'a> Bill<'a> {
    /// An empty bill.
    pub fn new(prices: &'a Prices, region: &'a Region, allow_unpriced: bool) -> Bill<'a> {
        Bill { prices, region, component: "", allow_unpriced, free: Allowances::default(), lines: Vec::new(), gaps: Vec::new() }
    }

    /// Hours in a billing month, for quantities of what is billed by the hour.
    pub fn hours(&self) -> Decimal {
        Decimal::from(self.prices.hours_per_month)
    }

    /// So many machines (or anything billed by the hour) through the whole month.
    ///
    /// # Errors
    /// When the list has no price for it.
    pub fn machines(&mut self, count: impl Into<Decimal>, about: About, commitment: Option<Commitment>) -> Result<(), MissingPrice> {
        let quantity = count.into().saturating_mul(self.hours());
        self.priced(None, Basis::Standing, quantity, about, Terms { commitment, ..Terms::default() })
    }

    /// So many machines more on average of the month, which come and go with the load.
    ///
    /// # Errors
    /// When the list has no price for it.
    pub fn machines_by_load(&mut self, mean: Decimal, about: About) -> Result<(), MissingPrice> {
        let quantity = mean.saturating_mul(self.hours());
        self.usage(quantity, about)
    }

    /// So many machines on average of the month at a price that is the list's less a discount, such as `spot.ec2.typical`: an estimate, because it
    /// changes from hour to hour.
    ///
    /// # Errors
    /// When the list has no price or no discount of that name.
    pub fn discounted(&mut self, basis: Basis, mean: Decimal, about: About, discount: &str) -> Result<(), MissingPrice> {
        let quantity = mean.saturating_mul(self.hours());
        let Some(off) = self.prices.discount(discount) else {
            return self.missing(MissingPrice::NoKey { key: discount.to_owned() }, quantity, &about);
        };
        let part = Decimal::ONE - off.fraction;
        self.priced(None, basis, quantity, about, Terms { part: Some(part), ..Terms::default() })
    }

    /// What stands, in the price's own unit.
    ///
    /// # Errors
    /// When the list has no price for it.
    pub fn standing(&mut self, quantity: impl Into<Decimal>, about: About) -> Result<(), MissingPrice> {
        self.priced(None, Basis::Standing, quantity.into(), about, Terms::default())
    }

    /// What stands in a quantity that nobody publishes: an estimate, whatever the price.
    ///
    /// # Errors
    /// When the list has no price for it.
    pub fn guessed(&mut self, quantity: Decimal, about: About) -> Result<(), MissingPrice> {
        self.priced(None, Basis::Standing, quantity, about, Terms { guessed: true, ..Terms::default() })
    }

    /// What is used, in the price's own unit.
    ///
    /// # Errors
    /// When the list has no price for it.
    pub fn usage(&mut self, quantity: impl Into<Decimal>, about: About) -> Result<(), MissingPrice> {
        self.priced(None, Basis::Usage, quantity.into(), about, Terms::default())
    }

    /// A line at a place that is no region, such as `edge-europe` or `global`.
    ///
    /// # Errors
    /// When the list has no price for it.
    pub fn at(&mut self, place: &str, basis: Basis, quantity: Decimal, about: About) -> Result<(), MissingPrice> {
        self.priced(Some(place), basis, quantity, about, Terms::default())
    }

    /// A quantity through volume tiers (`<key>.tier1`, …), at the region or an edge area. The quantity counts what the tiers' bounds count: gigabytes,
    /// or single requests where a million of them is the unit.
    ///
    /// # Errors
    /// When the list has no price for it.
    pub fn tiered(&mut self, place: Option<&str>, basis: Basis, quantity: Decimal, about: About) -> Result<(), MissingPrice> {
        let place = place.unwrap_or(self.region.code());
        let first = match self.prices.price_at(&format!("{}.tier1", about.key), place) {
            Ok(first) => first,
            Err(missing) => return self.missing(missing, quantity, &about),
        };
        let (unit, unit_price) = (first.unit, first.usd);
        let per = if unit.starts_with("1M-") { Decimal::from(1_000_000) } else { Decimal::ONE };
        let free = self.free.take(about.key, quantity / per);
        let paid = quantity - free * per;
        match self.prices.tiered(about.key, place, paid) {
            Ok(all) => {
                let mean = all.usd.amount().checked_div(paid / per).map_or(unit_price, Usd::new);
                let priced = Priced { unit: unit.to_owned(), unit_price: mean, usd: all.usd, estimated: all.estimated };
                self.push(place.to_owned(), basis, (quantity / per, free), about, priced, None);
                Ok(())
            }
            Err(missing) => self.missing(missing, quantity, &about),
        }
    }

    fn priced(&mut self, place: Option<&str>, basis: Basis, quantity: Decimal, about: About, terms: Terms) -> Result<(), MissingPrice> {
        let place = place.unwrap_or(self.region.code());
        let (price, elsewhere) = match self.prices.price_at(about.key, place) {
            Ok(price) => (price, false),
            // A flat price that is known in one region only is the best guess elsewhere, and is marked as what it is.
            Err(missing @ MissingPrice::NotThere { .. }) => match self.prices.price_at(about.key, HOME) {
                Ok(price) => (price, true),
                Err(_) => return self.missing(missing, quantity, &about),
            },
            Err(missing) => return self.missing(missing, quantity, &about),
        };
        let free = self.free.take(about.key, quantity);
        let unit_price = terms.part.map_or(price.usd, |part| price.usd.times(part));
        let priced = Priced {
            unit: price.unit.to_owned(),
            unit_price,
            usd: unit_price.times(quantity - free),
            estimated: price.estimated || elsewhere || terms.part.is_some() || terms.guessed,
        };
        self.push(place.to_owned(), basis, (quantity, free), about, priced, terms.commitment);
        Ok(())
    }

    fn missing(&mut self, missing: MissingPrice, quantity: Decimal, about: &About) -> Result<(), MissingPrice> {
        if !self.allow_unpriced {
            return Err(missing);
        }
        self.gaps.push(Gap { component: self.component, what: about.what.clone(), quantity, problem: missing.to_string() });
        Ok(())
    }

    fn push(
        &mut self,
        place: String,
        basis: Basis,
        (quantity, free): (Decimal, Decimal),
        about: About,
        priced: Priced,
        commitment: Option<Commitment>,
    ) {
        if quantity.is_zero() {
            return;
        }
        let Priced { unit, unit_price, usd, estimated } = priced;
        self.lines.push(LineItem {
            component: self.component,
            place,
            what: about.what,
            key: about.key.to_owned(),
            kind: about.kind,
            basis,
            quantity,
            free,
            unit,
            unit_price,
            month: usd.to_cents(),
            estimated,
            why: about.why,
            commitment,
        });
    }
}

/// The region whose prices stand in, marked as estimated, for those that the list has for no other region.
pub const HOME: &str = "us-east-1";

/// What a line is billed at beside the list's price.
#[derive(Default)]
struct Terms {
    /// The part of the list's price that is paid.
    part: Option<Decimal>,
    /// Which commitment applies.
    commitment: Option<Commitment>,
    /// Whether the quantity is an estimate.
    guessed: bool,
}

struct Priced {
    unit: String,
    unit_price: Usd,
    usd: Usd,
    estimated: bool,
}
