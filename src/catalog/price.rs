//! The price list: exact, dated, and never silently zero.

use std::str::FromStr;
use std::sync::OnceLock;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

use super::CatalogError;
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
    /// The line is there but not sound: a defect of the program's own data.
    #[error("the price list's `{key}` cannot be read: {message}")]
    Unreadable {
        /// The line asked for.
        key: String,
        /// What the reader says.
        message: String,
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

/// The whole list. A line is read when it is first asked for: reading all of them would cost more time than the rest of a plan.
#[derive(Debug)]
pub struct Prices {
    /// Hours in a billing month.
    pub hours_per_month: u32,
    sources: IndexMap<String, Source>,
    discounts: IndexMap<String, Discount>,
    prices: IndexMap<&'static str, Entry>,
}

/// One line of the list: its text, and what it says once it was read.
#[derive(Debug)]
struct Entry {
    text: &'static str,
    /// Its line in the file, from 1 on.
    number: usize,
    line: OnceLock<Result<Line, String>>,
}

/// The version of the list's form that this program reads.
pub const FORMAT_VERSION: u32 = 1;

/// A price list of the user's that cannot be read; the message begins with file and line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct PriceFileError {
    /// The file, as the user named it.
    pub file: String,
    /// The line, from 1 on.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

#[derive(Deserialize)]
struct Version {
    format_version: Option<u32>,
}

#[derive(Deserialize)]
struct Head {
    hours_per_month: u32,
    sources: IndexMap<String, Source>,
    discounts: IndexMap<String, Discount>,
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
        let line = self.line(key)?.ok_or_else(|| MissingPrice::NoKey { key: key.to_owned() })?;
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
            let Some(line) = self.line(&format!("{prefix}.tier{number}"))? else { break };
            let from = line.from.unwrap_or_default();
            if quantity <= from && number > 1 {
                break;
            }
            match line.at(place) {
                Some(own) => price = own,
                // Later tiers are cheaper, so the last known price errs on the safe side.
                None => estimated = true,
            }
            let last = !self.prices.contains_key(format!("{prefix}.tier{}", number + 1).as_str());
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
        self.prices.keys().copied()
    }

    fn line(&self, key: &str) -> Result<Option<&Line>, MissingPrice> {
        let Some(entry) = self.prices.get(key) else { return Ok(None) };
        let line = entry.line.get_or_init(|| serde_saphyr::from_str(entry.text).map_err(|error| error.to_string()));
        match line {
            Ok(line) => Ok(Some(line)),
            Err(message) => Err(MissingPrice::Unreadable { key: key.to_owned(), message: message.clone() }),
        }
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
    read_from(include_str!("../../data/prices.yaml"))
}

fn read_from(text: &'static str) -> Result<Prices, CatalogError> {
    read_lines(text).map_err(|(_, message)| CatalogError { file: "prices.yaml", message })
}

/// A list that the user brings. Every line of it is read at once, so that a mistake is told before anything is computed.
///
/// # Errors
/// When it is of another version, or when a line is not a price.
pub(super) fn read_file(file: &str, text: String) -> Result<Prices, PriceFileError> {
    let wrong = |(line, message): (usize, String)| PriceFileError { file: file.to_owned(), line, message };
    // Kept for as long as the program runs, as the built-in list is: lines are read from it when they are asked for.
    let text: &'static str = String::leak(text);
    let prices = read_lines(text).map_err(wrong)?;
    for (key, entry) in &prices.prices {
        let line = prices.line(key).map_err(|error| wrong((entry.number, error.to_string())))?;
        let Some(line) = line else { continue };
        if let Some((place, usd)) = line.usd.iter().find(|(_, usd)| usd.0.is_sign_negative()) {
            return Err(wrong((entry.number, format!("`{key}` costs {} in {place}: a price is not negative", usd.0))));
        }
        if !prices.sources.contains_key(&line.source) {
            return Err(wrong((entry.number, format!("`{key}` names the source `{}`, which `sources:` does not have", line.source))));
        }
    }
    Ok(prices)
}

/// The list is YAML with one line for each price after `prices:`, so that a line can be found without reading the others. Errors have their line.
fn read_lines(text: &'static str) -> Result<Prices, (usize, String)> {
    let (head, body) =
        text.split_once("\nprices:\n").ok_or((1, "there is no line `prices:`; the form is that of data/prices.yaml".to_owned()))?;
    let place = |error: serde_saphyr::Error| {
        let line = error.location().map_or(1, |location| usize::try_from(location.line()).unwrap_or(1));
        (line, error.to_string())
    };
    let version: Version = serde_saphyr::from_str(head).map_err(place)?;
    match version.format_version {
        Some(FORMAT_VERSION) => {}
        Some(other) => {
            let message =
                format!("this price list is of format version {other}; this scalectl reads version {FORMAT_VERSION}: update scalectl");
            return Err((1, message));
        }
        None => return Err((1, format!("there is no `format_version: {FORMAT_VERSION}`, which says how the list is to be read"))),
    }
    let head_lines = head.lines().count() + 1;
    let head: Head = serde_saphyr::from_str(head).map_err(place)?;
    let mut prices = IndexMap::with_capacity(body.lines().count());
    for (index, line) in body.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#') && !line.trim().is_empty()) {
        let number = head_lines + index + 1;
        let entry = line.strip_prefix("  ").and_then(|line| line.split_once(": ")).filter(|(key, _)| !key.contains(' '));
        let (key, text) = entry.ok_or_else(|| (number, format!("`{line}` is not of the form key: {{...}} on one line")))?;
        if prices.insert(key, Entry { text, number, line: OnceLock::new() }).is_some() {
            return Err((number, format!("`{key}` is there twice")));
        }
    }
    let Head { hours_per_month, sources, discounts } = head;
    Ok(Prices { hours_per_month, sources, discounts, prices })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "format_version: 1\nhours_per_month: 730\nsources: {}\ndiscounts: {}\nprices:\n";

    fn list(body: &str) -> Result<Prices, CatalogError> {
        read_from(String::leak(format!("{HEAD}{body}")))
    }

    #[test]
    fn a_defect_of_the_list_is_told_and_never_a_price() {
        let text = |body| list(body).unwrap_err().to_string();
        assert!(text("  a.b: {}\n  a.b: {}\n").ends_with("`a.b` is there twice"));
        assert!(text("a.b: {}\n").contains("is not of the form"));
        let broken = list("  a.b: {unit: hour, usd: {global: cheap}, source: x}\n").unwrap();
        let error = broken.price_at("a.b", "us-east-1").unwrap_err();
        assert!(matches!(error, MissingPrice::Unreadable { .. }) && error.to_string().contains("cheap"), "{error}");
    }

    #[test]
    fn a_list_of_the_users_is_read_whole_and_a_mistake_has_its_line() {
        let text = |list: &str| read_file("mine.yaml", list.to_owned()).map(|_| ()).unwrap_err().to_string();
        let future = text("format_version: 2\nhours_per_month: 730\nsources: {}\ndiscounts: {}\nprices:\n");
        assert_eq!(future, "mine.yaml:1: this price list is of format version 2; this scalectl reads version 1: update scalectl");
        assert!(text("hours_per_month: 730\nsources: {}\ndiscounts: {}\nprices:\n").contains("`format_version: 1`"));
        assert!(text("").contains("there is no line `prices:`"));
        assert!(text(&format!("{HEAD}  a.b: {{unit: hour, usd: {{global: cheap}}, source: x}}\n")).starts_with("mine.yaml:6: "));
        assert!(text(&format!("{HEAD}  a.b: {{unit: hour, usd: {{global: 1}}, source: x}}\n")).contains("the source `x`"));
        let negative = text(
            "format_version: 1\nhours_per_month: 730\nsources: {x: {as_of: \"2026\", title: t}}\ndiscounts: {}\nprices:\n  a: {unit: h, usd: {global: -1}, source: x}\n",
        );
        assert!(negative.contains("a price is not negative"), "{negative}");
    }

    #[test]
    fn every_line_of_the_shipped_list_is_sound() {
        let prices = read().unwrap();
        assert!(prices.keys().count() > 300);
        for key in prices.keys() {
            assert!(prices.line(key).unwrap().is_some_and(|line| !line.usd.is_empty()), "{key}");
        }
    }
}
