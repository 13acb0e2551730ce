//! How much of the time the app is promised to answer: the product of AWS's promises along the way of a request.

use rust_decimal::Decimal;

use crate::architecture::Architecture;
use crate::block::{Recovery, Reliance, Way};
use crate::catalog::{Catalog, CatalogError};
use crate::phase::Promise;

/// One service on the way, with what it promises.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The component that rests on it.
    pub component: &'static str,
    /// What it rests on.
    pub reliance: Reliance,
    /// The promise for one, as a share of the time.
    pub one: Decimal,
    /// The promise for all copies together.
    pub all: Decimal,
    /// Whether no source was seen for the figure.
    pub estimated: bool,
    /// Where the figure comes from.
    pub source: String,
}

/// The promises put together.
#[derive(Debug, Clone, PartialEq)]
pub struct Availability {
    /// Everything on the way, the weakest first; what stands aside last.
    pub links: Vec<Link>,
    /// One region behind the edge.
    pub region: Decimal,
    /// All regions together: one suffices.
    pub regions: Decimal,
    /// The edge and the regions behind it.
    pub path: Decimal,
    /// What failures and mistakes do to data.
    pub recoveries: Vec<(&'static str, Recovery)>,
    /// What the phase promises.
    pub promise: Option<Promise>,
}

impl Availability {
    /// What is promised and the figure that the promise speaks of, both as shares of the time; none where the phase promises no figure.
    pub fn promised(&self) -> Option<(Decimal, Decimal)> {
        let promise = self.promise?;
        Some((promise.percent / Decimal::ONE_HUNDRED, if promise.behind_edge { self.region } else { self.path }))
    }

    /// The links that a request needs, the weakest first.
    pub fn on_the_way(&self) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(|link| link.reliance.way != Way::Aside)
    }

    /// Minutes a year of 365 days without an answer that a share of the time allows.
    pub fn minutes_a_year(share: Decimal) -> Decimal {
        (Decimal::ONE - share) * Decimal::from(365 * 24 * 60)
    }
}

/// The availability of an architecture, as the parts' service level agreements give it: a promise, not a measurement.
///
/// # Errors
/// When the table of service levels cannot be read, or lacks a line that a component names.
pub fn availability(architecture: &Architecture, catalog: &Catalog) -> Result<Availability, CatalogError> {
    let regions: Vec<_> = architecture.regions.iter().collect();
    let (mut links, mut recoveries) = (Vec::new(), Vec::new());
    if let Some(site) = architecture.sites(&regions).next() {
        for piece in &architecture.pieces {
            let component = piece.component.name();
            for reliance in piece.component.reliances(&site) {
                links.push(link(component, reliance, catalog)?);
            }
            recoveries.extend(piece.component.recoveries(&site).into_iter().map(|recovery| (component, recovery)));
        }
    }
    links.sort_by_key(|link| (link.reliance.way == Way::Aside, link.all));
    let along = |way: Way| links.iter().filter(|link| link.reliance.way == way).map(|link| link.all).product::<Decimal>();
    let region = along(Way::Region);
    let together = at_least_one(region, u32::try_from(regions.len()).unwrap_or(1).max(1));
    Ok(Availability {
        region,
        regions: together,
        path: along(Way::Edge) * together,
        links,
        recoveries,
        promise: architecture.phase.promise,
    })
}

fn link(component: &'static str, reliance: Reliance, catalog: &Catalog) -> Result<Link, CatalogError> {
    let missing = || CatalogError { file: "slas.yaml", message: format!("there is no `{}`, which {component} rests on", reliance.sla) };
    let sla = catalog.sla(reliance.sla)?.ok_or_else(missing)?;
    let one = sla.percent / Decimal::ONE_HUNDRED;
    Ok(Link { component, one, all: at_least_one(one, reliance.copies), estimated: sla.estimated, source: sla.source.clone(), reliance })
}

/// The chance that at least one of several independent ones is up.
fn at_least_one(one: Decimal, copies: u32) -> Decimal {
    let mut down = Decimal::ONE;
    for _ in 0..copies {
        down *= Decimal::ONE - one;
    }
    Decimal::ONE - down
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_in_parallel_fail_only_together() {
        let half: Decimal = "0.995".parse().unwrap();
        assert_eq!(at_least_one(half, 1), half);
        assert_eq!(at_least_one(half, 2), "0.999975".parse().unwrap());
    }
}
