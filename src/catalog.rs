//! What AWS offers: machine classes, prices, regions, quotas and service levels, from the dated tables in `data/`.

mod class;
mod limit;
mod offering;
mod presence;
mod price;
mod region;
pub mod sizing;

pub use class::{Class, Service, UnknownClass, max_connections, memory_for_connections};
pub use limit::{Quota, Sla};
pub use offering::Offering;
pub use presence::Presence;
pub use price::{Discount, MissingPrice, Price, PriceFileError, Prices, Source, Tiered};
pub use region::{RegionFacts, UnknownRegion};

use std::sync::OnceLock;

use indexmap::IndexMap;
use serde::de::DeserializeOwned;

/// A table that cannot be read: a defect of the program's own data, not of anything a user did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("data/{file} cannot be read: {message}")]
pub struct CatalogError {
    /// The table's file name.
    pub file: &'static str,
    /// What the reader says, with line and column.
    pub message: String,
}

/// All tables. Classes and regions are read at once; prices, quotas and service levels when first asked for, because reading them costs milliseconds.
#[derive(Debug)]
pub struct Catalog {
    classes: Vec<Class>,
    regions: region::Regions,
    prices: Table<Prices>,
    quotas: Table<IndexMap<String, Quota>>,
    slas: Table<IndexMap<String, Sla>>,
}

type Table<T> = OnceLock<Result<T, CatalogError>>;

impl Catalog {
    /// The tables that the program carries.
    pub fn builtin() -> Result<Catalog, CatalogError> {
        Ok(Catalog {
            classes: class::read()?,
            regions: region::read()?,
            prices: OnceLock::new(),
            quotas: OnceLock::new(),
            slas: OnceLock::new(),
        })
    }

    /// The same tables with a price list of the user's in the place of our own; `file` is how the user named it.
    ///
    /// # Errors
    /// When the list is of another version, or when a line of it is not a price.
    pub fn with_prices(self, file: &str, text: String) -> Result<Catalog, PriceFileError> {
        let prices = price::read_file(file, text)?;
        Ok(Catalog { prices: OnceLock::from(Ok(prices)), ..self })
    }

    /// The classes of a family, from small to large. The family carries its service's prefix: `r8g` (EC2), `db.r8g` (RDS and Aurora),
    /// `cache.r7g` (ElastiCache). Empty when there is no such family.
    pub fn classes(&self, family: &str) -> Vec<&Class> {
        self.classes.iter().filter(|class| class.family == family).collect()
    }

    /// Every class of a service, family by family, each from small to large.
    pub fn classes_of(&self, service: Service) -> impl Iterator<Item = &Class> {
        self.classes.iter().filter(move |class| class.service == service)
    }

    /// One class by its full name: `r8g.large`, `db.r8g.large`, `cache.r7g.large`.
    pub fn class(&self, name: &str) -> Result<&Class, UnknownClass> {
        self.classes.iter().find(|class| class.name == name).ok_or_else(|| UnknownClass::nearest_to(name, &self.classes))
    }

    /// The facts of a region that scalectl has figures for.
    pub fn region(&self, code: &str) -> Result<&RegionFacts, UnknownRegion> {
        self.regions.find(code)
    }

    /// Every region that scalectl has figures for, the default first.
    pub fn regions(&self) -> &[RegionFacts] {
        &self.regions.facts
    }

    /// The price list; read on the first call.
    pub fn prices(&self) -> Result<&Prices, CatalogError> {
        loaded(&self.prices, price::read)
    }

    /// A quota by its id, such as `cloudformation.resources`; `None` when the table has none of that name.
    pub fn quota(&self, id: &str) -> Result<Option<&Quota>, CatalogError> {
        Ok(loaded(&self.quotas, limit::read_quotas)?.get(id))
    }

    /// A service level by its id, such as `rds.multi_az`; `None` when the table has none of that name.
    pub fn sla(&self, id: &str) -> Result<Option<&Sla>, CatalogError> {
        Ok(loaded(&self.slas, limit::read_slas)?.get(id))
    }

    /// The classes that can be had in a region as far as we know: those with a price there, from small to large within each family.
    pub fn offered(&self, prices: &Prices, offering: Offering, region: &crate::units::Region) -> Vec<&Class> {
        self.classes_of(offering.service()).filter(|class| prices.price(&offering.key(class), region).is_ok()).collect()
    }
}

/// The default of a quota by its id; none when the table has none of that name. For judges that need no other table.
pub fn default_quota(id: &str) -> Option<u64> {
    static QUOTAS: Table<IndexMap<String, Quota>> = OnceLock::new();
    loaded(&QUOTAS, limit::read_quotas).ok()?.get(id).map(|quota| quota.value)
}

fn loaded<T>(table: &Table<T>, read: impl FnOnce() -> Result<T, CatalogError>) -> Result<&T, CatalogError> {
    table.get_or_init(read).as_ref().map_err(Clone::clone)
}

fn parse<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, CatalogError> {
    serde_saphyr::from_str(text).map_err(|error| CatalogError { file, message: error.to_string() })
}

/// The known name nearest to what was typed, if any is near enough to be meant.
fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_ascii_lowercase();
    let (distance, name) = known.map(|name| (strsim::damerau_levenshtein(&typed, name), name)).min()?;
    (distance <= name.len().div_ceil(4)).then_some(name)
}

#[cfg(test)]
mod tests;
