//! Which services a region has.

use std::sync::OnceLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::CatalogError;

/// The resource types that some regions do not have.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// By type: the regions without it.
    absent: IndexMap<String, Vec<String>>,
    /// The regions that scalectl has figures for.
    known: Vec<String>,
}

impl Presence {
    /// The table that the program carries.
    ///
    /// # Errors
    /// When it does not read; a test keeps that from happening.
    pub fn builtin() -> Result<&'static Presence, CatalogError> {
        static ALL: OnceLock<Result<Presence, CatalogError>> = OnceLock::new();
        super::loaded(&ALL, || Self::parse(include_str!("../../data/services.yaml")))
    }

    /// A table as `data/services.yaml` has it.
    ///
    /// # Errors
    /// When it does not read.
    pub fn parse(text: &str) -> Result<Presence, CatalogError> {
        super::parse("services.yaml", text)
    }

    /// Whether a region has a resource type.
    pub fn has(&self, region: &str, resource_type: &str) -> bool {
        !self.absent.get(resource_type).is_some_and(|regions| regions.iter().any(|one| one == region))
    }

    /// The regions to go to for a resource type: those that scalectl has figures for.
    pub fn having(&self, resource_type: &str) -> impl Iterator<Item = &str> {
        self.known.iter().map(String::as_str).filter(move |region| self.has(region, resource_type))
    }

    /// Whether a region lacks anything at all.
    pub fn is_whole(&self, region: &str) -> bool {
        !self.absent.values().flatten().any(|one| one == region)
    }
}
