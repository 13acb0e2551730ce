//! Regions: which exist, and which scalectl has figures for.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::CatalogError;
use crate::units::Region;

/// What differs from region to region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegionFacts {
    /// The code.
    pub region: Region,
    /// The name that AWS gives it: `Europe (Frankfurt)`.
    pub name: String,
    /// The second octet of the region's network, `10.<index>.0.0/16`; never changes.
    pub index: u8,
    /// Three availability-zone IDs to use, in order. IDs name the same physical zone in every account, names such as `us-east-1a` do not.
    pub zones: [String; 3],
    /// The managed prefix list `com.amazonaws.global.cloudfront.origin-facing`; `None` when its ID is not known.
    pub cloudfront_prefix_list: Option<String>,
    /// The account that writes load balancer access logs; `None` where the service principal
    /// `logdelivery.elasticloadbalancing.amazonaws.com` does it.
    pub elb_log_account: Option<String>,
    /// A suggestion for the second region of a two-region design.
    pub second: Region,
}

/// Why a region cannot be planned for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownRegion {
    /// AWS has no such region.
    #[error("no AWS region is called `{code}`{hint}; scalectl has figures for {known}")]
    DoesNotExist {
        /// What was asked for.
        code: String,
        /// The nearest region, as a question, or nothing.
        hint: String,
        /// The regions with figures.
        known: String,
    },
    /// AWS has it, the tables do not.
    #[error("{code}, {name}, exists, but scalectl has no prices or zones for it; it has figures for {known}")]
    NoFigures {
        /// What was asked for.
        code: String,
        /// AWS's name for it.
        name: String,
        /// The regions with figures.
        known: String,
    },
}

#[derive(Debug)]
pub(super) struct Regions {
    pub(super) facts: Vec<RegionFacts>,
    aws: IndexMap<String, String>,
}

impl Regions {
    pub(super) fn find(&self, code: &str) -> Result<&RegionFacts, UnknownRegion> {
        if let Some(facts) = self.facts.iter().find(|facts| facts.region.code() == code) {
            return Ok(facts);
        }
        let known = self.facts.iter().map(|facts| facts.region.code()).collect::<Vec<_>>().join(", ");
        let code = code.to_owned();
        if let Some(name) = self.aws.get(&code) {
            return Err(UnknownRegion::NoFigures { code, name: name.clone(), known });
        }
        let typed = self.without_zone_letter(&code).unwrap_or(&code);
        // A region that can be used is a better guess than one equally near that cannot.
        let near = super::nearest(typed, self.facts.iter().map(|facts| facts.region.code()))
            .or_else(|| super::nearest(typed, self.aws.keys().map(String::as_str)));
        let hint = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
        Err(UnknownRegion::DoesNotExist { code, hint, known })
    }

    /// `us-east-1a` names a zone, and the region in front of the letter is what was meant.
    fn without_zone_letter<'a>(&self, code: &'a str) -> Option<&'a str> {
        let region = code.strip_suffix(|c: char| c.is_ascii_lowercase())?;
        self.aws.contains_key(region).then_some(region)
    }
}

#[derive(Deserialize)]
struct RegionFile {
    regions: IndexMap<String, Row>,
    aws_regions: IndexMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    index: u8,
    name: String,
    zones: [String; 3],
    cloudfront_prefix_list: Option<String>,
    elb_log_account: Option<String>,
    second: String,
}

pub(super) fn read() -> Result<Regions, CatalogError> {
    let file: RegionFile = super::parse("regions.yaml", include_str!("../../data/regions.yaml"))?;
    let region = |code: &str| code.parse::<Region>().map_err(|error| CatalogError { file: "regions.yaml", message: error.to_string() });
    let mut facts = Vec::with_capacity(file.regions.len());
    for (code, row) in file.regions {
        facts.push(RegionFacts {
            region: region(&code)?,
            name: row.name,
            index: row.index,
            zones: row.zones,
            cloudfront_prefix_list: row.cloudfront_prefix_list,
            elb_log_account: row.elb_log_account,
            second: region(&row.second)?,
        });
    }
    Ok(Regions { facts, aws: file.aws_regions })
}
