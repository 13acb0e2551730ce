//! The price list: exact, dated, and never silently zero.

use std::str::FromStr;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

use super::{CatalogError, Class, Service};
use crate::units::{Region, Usd};

/// The place in the list that prices things which have no region.
const GLOBAL: &str = "global";

/// Where figures come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The day the figures were published or read, `2026-10-06`.
    pub as_of: String,
    /// What it is.
    pub title: String,
}

/// What a commitment or Spot saves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Discount {
    /// The part of the on-demand price that is saved, 0 to 1.
    #[serde(deserialize_with = "exact")]
    pub fraction: Decimal,
    /// The lowest and highest seen.
    #[serde(default, deserialize_with = "exact_pair")]
    pub range: Option<(Decimal, Decimal)>,
    /// Where the figure comes from.
    pub source: String,
    /// Whether no source was seen.
    #[serde(default)]
    pub estimated: bool,
}

/// A price that the list does not have. There is no such thing as an unknown price of zero.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MissingPrice {
    /// No line of that name.
    #[error("the price list has no `{key}`")]
    NoKey {
        /// The line asked for.
        key: String,
    },
    /// The line has no figure for the place.
    #[error("the price list has no `{key}` in {place}; it has it in {known}")]
    NotThere {
        /// The line asked for.
        key: String,
        /// The region or edge area asked for.
        place: String,
        /// Where there is a figure.
        known: String,
    },
    /// The line is billed by something else.
    #[error("`{key}` is billed per {unit}, not per hour")]
    NotHourly {
        /// The line asked for.
        key: String,
        /// Its unit.
        unit: String,
    },
}

/// One figure of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price<'a> {
    /// For one unit.
    pub usd: Usd,
    /// What is billed: `hour`, `GB-month`, `1M-requests`, …
    pub unit: &'a str,
    /// Whether no published source was seen for this place; what is computed from it must say so.
    pub estimated: bool,
    /// The id of its source in [`Prices::source`].
    pub source: &'a str,
    /// What else to know, such as a free allowance.
    pub note: Option<&'a str>,
}

/// A quantity billed through volume tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiered {
    /// For the whole quantity.
    pub usd: Usd,
    /// Whether a figure is estimated, or a later tier has none and the last known one was carried on.
    pub estimated: bool,
}

/// What is bought by the class and the hour, and under which line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Offering {
    /// An EC2 instance, Linux, on demand.
    Ec2,
    /// An RDS PostgreSQL instance in one zone.
    RdsSingleAz,
    /// An RDS PostgreSQL instance with a standby in another zone.
    RdsMultiAz,
    /// An Aurora PostgreSQL instance.
    Aurora,
    /// An ElastiCache node with Valkey.
    CacheValkey,
    /// An ElastiCache node with Redis OSS; Memcached costs the same.
    CacheRedis,
}

impl Offering {
    /// Whose classes it is bought in.
    pub fn service(self) -> Service {
        match self {
            Offering::Ec2 => Service::Ec2,
            Offering::RdsSingleAz | Offering::RdsMultiAz | Offering::Aurora => Service::Rds,
            Offering::CacheValkey | Offering::CacheRedis => Service::ElastiCache,
        }
    }

    /// The line of the price list: `ec2.r8g.large`, `rds.postgres.db.r8g.large.multi_az`, `elasticache.valkey.cache.r7g.large`.
    pub fn key(self, class: &Class) -> String {
        let name = &class.name;
        match self {
            Offering::Ec2 => format!("ec2.{name}"),
            Offering::RdsSingleAz => format!("rds.postgres.{name}.single_az"),
            Offering::RdsMultiAz => format!("rds.postgres.{name}.multi_az"),
            Offering::Aurora => format!("aurora.postgres.{name}"),
            Offering::CacheValkey => format!("elasticache.valkey.{name}"),
            Offering::CacheRedis => format!("elasticache.redis.{name}"),
        }
    }
}

/// The whole list.
#[derive(Debug, Deserialize)]
pub struct Prices {
    /// Hours in a billing month.
    pub hours_per_month: u32,
    sources: IndexMap<String, Source>,
    discounts: IndexMap<String, Discount>,
    prices: IndexMap<String, Line>,
}

#[derive(Debug, Deserialize)]
struct Line {
    unit: String,
    #[serde(default, deserialize_with = "exact_option")]
    from: Option<Decimal>,
    #[serde(default, deserialize_with = "exact_option")]
    to: Option<Decimal>,
    usd: IndexMap<String, Exact>,
    source: String,
    #[serde(default)]
    estimated: Vec<String>,
    note: Option<String>,
}

impl Prices {
    /// The price of a line in a region, or its global price when it has no regions.
    pub fn price(&self, key: &str, region: &Region) -> Result<Price<'_>, MissingPrice> {
        self.price_at(key, region.code())
    }

    /// The price of a line at a place that is no region, such as CloudFront's `edge-europe`; `global` serves every place.
    pub fn price_at(&self, key: &str, place: &str) -> Result<Price<'_>, MissingPrice> {
        let line = self.prices.get(key).ok_or_else(|| MissingPrice::NoKey { key: key.to_owned() })?;
        line.at(place).ok_or_else(|| {
            let known = line.usd.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            MissingPrice::NotThere { key: key.to_owned(), place: place.to_owned(), known }
        })
    }

    /// The price of an hour; a line that is billed by anything else is an error.
    pub fn hourly(&self, key: &str, region: &Region) -> Result<Usd, MissingPrice> {
        let price = self.price(key, region)?;
        match price.unit {
            "hour" | "node-hour" => Ok(price.usd),
            unit => Err(MissingPrice::NotHourly { key: key.to_owned(), unit: unit.to_owned() }),
        }
    }

    /// An hour's price times the billing month of 730 hours.
    pub fn monthly(&self, key: &str, region: &Region) -> Result<Usd, MissingPrice> {
        Ok(self.hourly(key, region)?.times(self.hours_per_month))
    }

    /// What `quantity` of `<prefix>.tier1`, `.tier2`, … costs, each part at its tier's price. The quantity counts what the tiers' bounds count:
    /// gigabytes, or single requests where the unit is a million of them. `place` is a region or an edge area.
    pub fn tiered(&self, prefix: &str, place: &str, quantity: Decimal) -> Result<Tiered, MissingPrice> {
        let mut price = self.price_at(&format!("{prefix}.tier1"), place)?;
        let (mut usd, mut estimated) = (Usd::ZERO, false);
        for number in 1.. {
            let Some(line) = self.prices.get(&format!("{prefix}.tier{number}")) else { break };
            let from = line.from.unwrap_or_default();
            if quantity <= from && number > 1 {
                break;
            }
            match line.at(place) {
                Some(own) => price = own,
                // Later tiers are cheaper, so the last known price errs on the safe side.
                None => estimated = true,
            }
            let last = !self.prices.contains_key(&format!("{prefix}.tier{}", number + 1));
            let part = match line.to {
                Some(to) if !last => quantity.min(to) - from,
                _ => quantity - from,
            };
            usd = usd + price.usd.times(part.max(Decimal::ZERO) / per(price.unit));
            estimated |= price.estimated;
        }
        Ok(Tiered { usd, estimated })
    }

    /// What a commitment or Spot saves, by id: `savings_plan.compute.1y.no_upfront`, `spot.ec2.typical`, …
    pub fn discount(&self, id: &str) -> Option<&Discount> {
        self.discounts.get(id)
    }

    /// Where a figure comes from.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.get(id)
    }

    /// The oldest and the newest day of any source, `2021-08-03`.
    pub fn dates(&self) -> Option<(&str, &str)> {
        let days = || self.sources.values().map(|source| source.as_of.as_str());
        Some((days().min()?, days().max()?))
    }

    /// The names of all lines.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.prices.keys().map(String::as_str)
    }
}

/// How many of what the tier bounds count make one billed unit.
fn per(unit: &str) -> Decimal {
    if unit.starts_with("1M-") { Decimal::from(1_000_000) } else { Decimal::ONE }
}

impl Line {
    fn at(&self, place: &str) -> Option<Price<'_>> {
        let (place, usd) = self.usd.get_key_value(place).or_else(|| self.usd.get_key_value(GLOBAL))?;
        Some(Price {
            usd: Usd::new(usd.0),
            unit: &self.unit,
            estimated: self.estimated.contains(place),
            source: &self.source,
            note: self.note.as_deref(),
        })
    }
}

/// A decimal read from the text of a YAML number, so that no binary fraction ever stands between the table and the bill.
#[derive(Debug)]
struct Exact(Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exact, D::Error> {
        exact(deserializer).map(Exact)
    }
}

fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = String::deserialize(deserializer)?;
    Usd::from_str(&text).map(Usd::amount).map_err(serde::de::Error::custom)
}

fn exact_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    exact(deserializer).map(Some)
}

fn exact_pair<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<(Decimal, Decimal)>, D::Error> {
    <(Exact, Exact)>::deserialize(deserializer).map(|(low, high)| Some((low.0, high.0)))
}

pub(super) fn read() -> Result<Prices, CatalogError> {
    super::parse("prices.yaml", include_str!("../../data/prices.yaml"))
}
