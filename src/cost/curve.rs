//! The bill over the number of users, phase by phase: where it climbs, and where a new phase makes it jump.

use super::{CostError, Options};
use crate::catalog::{Catalog, Prices};
use crate::jobs;
use crate::phase::{self, Phase};
use crate::planner;
use crate::settings::Settings;
use crate::units::{Usd, Users};
use crate::workload::Assumptions;
use crate::{block::Basis, estimate::Estimate};

/// The bill for one number of users.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// How many users.
    pub users: Users,
    /// The phase that applies to them.
    pub phase: String,
    /// The bill, or why there is none.
    pub bill: Result<Sums, String>,
}

/// The sums that a curve shows of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// All of it.
    pub month: Usd,
    /// What stands.
    pub standing: Usd,
    /// What is used.
    pub usage: Usd,
    /// What rests on estimated prices.
    pub estimated: Usd,
    /// For a thousand users; none without users.
    pub per_thousand: Option<Usd>,
    /// How many things have no price and are in no sum.
    pub gaps: usize,
}

impl Sums {
    fn of(estimate: &Estimate) -> Sums {
        Sums {
            month: estimate.total(),
            standing: estimate.of(Basis::Standing),
            usage: estimate.of(Basis::Usage),
            estimated: estimate.estimated(),
            per_thousand: estimate.per_thousand(),
            gaps: estimate.gaps.len(),
        }
    }
}

/// A curve: its points, from few users to many.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The points; the last user of a phase and the first of the next are always among them.
    pub points: Vec<Point>,
}

/// The bill from one number of users to another at about `count` points, which lie evenly on a logarithmic scale.
///
/// # Errors
/// When the tables cannot be read, or a price is missing and gaps are not allowed.
pub fn curve(
    (from, to): (Users, Users),
    count: usize,
    settings: &Settings,
    assumptions: &Assumptions,
    catalog: &Catalog,
    options: &Options,
) -> Result<Curve, CostError> {
    let phases = phase::all()?;
    let prices = catalog.prices()?;
    let users = spread(from, to, count, &phases);
    let bill = |users: &Users| point(*users, &phases, settings, assumptions, (catalog, prices), options);
    let points = jobs::side_by_side(&users, bill)?.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(Curve { points })
}

fn point(
    users: Users,
    phases: &[Phase],
    settings: &Settings,
    assumptions: &Assumptions,
    (catalog, prices): (&Catalog, &Prices),
    options: &Options,
) -> Result<Point, CostError> {
    let Some(phase) = phases.iter().rev().find(|phase| phase.from <= users.0) else {
        return Ok(Point { users, phase: String::new(), bill: Err("no phase applies".to_owned()) });
    };
    let id = phase.id.clone();
    let architecture = match planner::plan(phase.clone(), users, settings, assumptions, catalog) {
        Ok(architecture) => architecture,
        Err(problem) => return Ok(Point { users, phase: id, bill: Err(problem.to_string()) }),
    };
    let sums = match options {
        Options { price_region: None, .. } if options.allow_unpriced || architecture.estimate.gaps.is_empty() => {
            Sums::of(&architecture.estimate)
        }
        _ => Sums::of(&super::estimate_under(&architecture, &architecture.load, prices, options)?),
    };
    Ok(Point { users, phase: id, bill: Ok(sums) })
}

/// Numbers of users from one to another, evenly on a logarithmic scale, with both sides of every phase's beginning; each once.
fn spread(from: Users, to: Users, count: usize, phases: &[Phase]) -> Vec<Users> {
    let (from, to) = (from.0.min(to.0), to.0.max(from.0));
    let mut users = vec![from, to];
    for phase in phases.iter().filter(|phase| (from..=to).contains(&phase.from)) {
        users.push(phase.from);
        users.extend(phase.from.checked_sub(1).filter(|before| *before >= from));
    }
    let (low, high) = ((from as f64 + 1.0).ln(), (to as f64 + 1.0).ln());
    let steps = count.saturating_sub(users.len());
    for step in 1..=steps {
        let at = low + (high - low) * step as f64 / (steps + 1) as f64;
        users.push(three_digits(at.exp() - 1.0).clamp(from, to));
    }
    users.sort_unstable();
    users.dedup();
    users.into_iter().map(Users).collect()
}

/// A number that people can read: three leading digits.
fn three_digits(users: f64) -> u64 {
    let users = users.max(0.0) as u64;
    let unit = 10_u64.pow(users.checked_ilog10().unwrap_or_default().saturating_sub(2));
    users / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_have_both_sides_of_every_step() {
        let phases = phase::all().unwrap();
        let users = spread(Users(0), Users(10_000_000), 200, &phases);
        for phase in &phases {
            assert!(users.contains(&Users(phase.from)), "{}", phase.id);
            assert!(phase.from == 0 || users.contains(&Users(phase.from - 1)), "{}", phase.id);
        }
        assert!(users.len() > 120 && users.is_sorted() && users[0] == Users(0) && users.last() == Some(&Users(10_000_000)));
        assert_eq!(spread(Users(5), Users(5), 200, &phases), [Users(5)]);
        assert_eq!(spread(Users(u64::MAX), Users(0), 2, &phases).last(), Some(&Users(u64::MAX)));
    }
}
