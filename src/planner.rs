//! Users and settings become an architecture: the one place where anything is decided.

mod hosting;

pub use hosting::Refused;

use crate::architecture::{Architecture, Piece};
use crate::catalog::{Catalog, CatalogError, RegionFacts, UnknownRegion};
use crate::component::{Request, Unplaceable};
use crate::estimate::{self, Estimate, EstimateError, Options};
use crate::phase::Phase;
use crate::settings::Settings;
use crate::units::{Usd, Users};
use crate::workload::{self, Assumptions, Load};

/// Why no architecture could be decided.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A component that no size fits.
    #[error(transparent)]
    Unplaceable(#[from] Unplaceable),
    /// A database that the phase cannot be built with.
    #[error(transparent)]
    Hosting(#[from] Refused),
    /// A region that does not exist or that has no figures.
    #[error(transparent)]
    Region(#[from] UnknownRegion),
    /// The tables cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Components that do not fit together.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
    /// One region named twice.
    #[error("region {0} is named twice: `region` and `further_regions` must differ")]
    RegionTwice(String),
}

/// Decides the architecture of a phase for so many users.
///
/// # Errors
/// When a region is unknown, or when a component finds no class and count that carry the load.
pub fn plan(
    mut phase: Phase,
    users: Users,
    settings: &Settings,
    assumptions: &Assumptions,
    catalog: &Catalog,
) -> Result<Architecture, PlanError> {
    let Sized { load, regions, pieces, hosted } = sized(&mut phase, users, settings, assumptions, catalog)?;
    let mut notices = notices(&phase, settings);
    notices.extend(hosted);
    let (settings, assumptions) = (settings.clone(), assumptions.clone());
    let mut architecture =
        Architecture { users, phase, load, assumptions, settings, regions, pieces, estimate: Estimate::default(), notices };
    architecture.estimate = expected(&architecture, catalog)?;
    architecture.notices.extend(short_budget(&architecture));
    Ok(architecture)
}

/// The components of a phase with their sizes.
struct Sized {
    load: Load,
    regions: Vec<RegionFacts>,
    pieces: Vec<Piece>,
    /// What the user should know of the database's home.
    hosted: Option<String>,
}

fn sized(phase: &mut Phase, users: Users, settings: &Settings, assumptions: &Assumptions, catalog: &Catalog) -> Result<Sized, PlanError> {
    let hosted = hosting::exchange(phase, settings.database_hosting)?;
    let load = workload::load(users, assumptions);
    let regions = regions(phase, settings, catalog)?;
    let request = Request { load: &load, catalog, settings, region: regions[0], zones: phase.zones, regions: regions.len(), assumptions };
    let mut pieces = Vec::with_capacity(phase.components.len());
    for block in &phase.components {
        let (component, reasons) = block.size(&request)?;
        pieces.push(Piece { component, reasons });
    }
    let regions = regions.into_iter().cloned().collect();
    Ok(Sized { load, regions, pieces, hosted })
}

/// What the user should know when the budget of the settings is less than what the month is expected to cost.
fn short_budget(architecture: &Architecture) -> Option<String> {
    let budget = architecture.settings.monthly_budget?;
    let expected = architecture.estimate.total();
    (expected > Usd::new(budget.into()))
        .then(|| format!("`budget` is {budget} USD a month, and {expected} are expected: its alerts will go off"))
}

/// The most users that a phase carries, and what breaks with one more; none when it carries any number, or not even the first.
///
/// More users never need less, so the last number that works is found by halving.
pub fn carries(phase: &Phase, settings: &Settings, assumptions: &Assumptions, catalog: &Catalog) -> Option<(Users, PlanError)> {
    let attempt = |users: u64| sized(&mut phase.clone(), Users(users), settings, assumptions, catalog).map(|_| ());
    attempt(0).ok()?;
    let mut breaks = attempt(u64::MAX).err()?;
    let (mut held, mut broken) = (0, u64::MAX);
    while broken - held > 1 {
        let middle = held + (broken - held) / 2;
        match attempt(middle) {
            Ok(()) => held = middle,
            Err(error) => (broken, breaks) = (middle, error),
        }
    }
    Some((Users(held), breaks))
}

/// The bill under the planned load: the budget is made of it. A price that is missing is a gap in it, which whoever shows it names.
fn expected(architecture: &Architecture, catalog: &Catalog) -> Result<Estimate, PlanError> {
    let regions: Vec<_> = architecture.regions.iter().collect();
    let options = Options { allow_unpriced: true, ..Options::default() };
    Ok(estimate::of(&architecture.pieces, architecture.sites(&regions), &architecture.load, catalog.prices()?, &options)?)
}

/// The leading region, and as many further ones as the phase stands in: those of the settings, else the catalogue's suggestion.
fn regions<'a>(phase: &Phase, settings: &Settings, catalog: &'a Catalog) -> Result<Vec<&'a RegionFacts>, PlanError> {
    let leading = catalog.region(&settings.region)?;
    let mut regions = vec![leading];
    if phase.regions > 1 {
        let named: Vec<&str> = match settings.further_regions.as_slice() {
            [] => vec![leading.second.code()],
            further => further.iter().map(String::as_str).collect(),
        };
        for id in named {
            let region = catalog.region(id)?;
            if regions.iter().any(|taken: &&RegionFacts| taken.region == region.region) {
                return Err(PlanError::RegionTwice(region.region.to_string()));
            }
            regions.push(region);
        }
    }
    Ok(regions)
}

/// What the user should know: settings that the phase would use and does not have.
fn notices(phase: &Phase, settings: &Settings) -> Vec<String> {
    let mut notices = Vec::new();
    let served = phase.zones > 0;
    if served && settings.domain.is_none() {
        let reached = if phase.components.iter().any(|block| block.name() == "content_delivery") {
            "HTTP from CloudFront to the app"
        } else {
            "HTTP on an address of AWS's"
        };
        notices.push(format!("no `domain` and `hosted_zone_id`: {reached}"));
    } else if settings.domain.is_some() && settings.hosted_zone_id.is_none() {
        notices.push("`domain` needs `hosted_zone_id`: no certificate and no record without".to_owned());
    }
    if phase.components.iter().any(|block| block.name() == "shield") {
        notices.push(shield(settings.shield).to_owned());
    }
    if settings.alerts_email.is_none() {
        notices.push("no `alerts_email`: nobody hears the alarms yet".to_owned());
    }
    notices
}

/// What Shield Advanced costs and asks of the user; it is never subscribed to by a template.
fn shield(asked: bool) -> &'static str {
    if asked {
        "Shield Advanced: 3,000 USD a month, one-year commitment, and a fee for data sent. Subscribe by hand before the first deployment (`aws shield \
         create-subscription`): protections fail without. The commitment outlives `destroy`"
    } else {
        "Shield Advanced is off, because it costs 3,000 USD a month with a one-year commitment; Shield Standard and the firewall protect the app. \
         `shield: true` turns it on"
    }
}
