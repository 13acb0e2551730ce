//! Limits that AWS sets and promises that AWS makes.

use std::str::FromStr;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

use super::CatalogError;

/// A service quota.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// The default limit.
    pub value: u64,
    /// What is counted, per what.
    pub unit: String,
    /// Whether AWS raises it on request.
    pub adjustable: bool,
    /// Where the figure comes from.
    pub source: String,
    /// Whether no source was seen.
    #[serde(default)]
    pub estimated: bool,
    /// The page of AWS that states the quota.
    pub link: String,
    /// How many days AWS usually takes to answer a request for more: an estimate, there for every adjustable quota.
    #[serde(default)]
    pub lead_days: Option<u32>,
}

/// A service level agreement: below this monthly uptime AWS gives credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sla {
    /// Monthly uptime in percent, exact.
    #[serde(deserialize_with = "exact")]
    pub percent: Decimal,
    /// Where the figure comes from.
    pub source: String,
    /// Whether no source was seen.
    #[serde(default)]
    pub estimated: bool,
    /// The agreement itself.
    pub link: String,
}

fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = String::deserialize(deserializer)?;
    Decimal::from_str(&text).map_err(serde::de::Error::custom)
}

#[derive(Deserialize)]
struct QuotaFile {
    quotas: IndexMap<String, Quota>,
}

#[derive(Deserialize)]
struct SlaFile {
    slas: IndexMap<String, Sla>,
}

pub(super) fn read_quotas() -> Result<IndexMap<String, Quota>, CatalogError> {
    let file: QuotaFile = super::parse("quotas.yaml", include_str!("../../data/quotas.yaml"))?;
    Ok(file.quotas)
}

pub(super) fn read_slas() -> Result<IndexMap<String, Sla>, CatalogError> {
    let file: SlaFile = super::parse("slas.yaml", include_str!("../../data/slas.yaml"))?;
    Ok(file.slas)
}
