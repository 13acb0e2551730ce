//! What saturates first: how much a component carries as it is built, at full scale-out, and what a load asks of it.

use std::fmt;

use super::Driver;
use crate::workload::{Load, Pool};

/// What a load asks of a ceiling, in the ceiling's unit; never falls when the users grow.
pub type Demand = Box<dyn Fn(&Load) -> f64 + Send + Sync>;

/// One limit of a component.
pub struct Ceiling {
    /// What saturates: "database connections".
    pub what: String,
    /// Its kind.
    pub driver: Driver,
    /// What is counted: `vCPU`, `connections`, `GiB`, `requests/s`.
    pub unit: &'static str,
    /// Full capacity as built: all machines that run at the normal peak, at 100 %.
    pub built: f64,
    /// Full capacity when everything that scales by itself has scaled out; `built` where nothing does.
    pub most: f64,
    /// What a load asks for.
    pub demand: Demand,
    /// Which quota of `data/quotas.yaml` stands in the way of `most` and how much of it `most` takes, in the quota's unit.
    pub quota: Option<(&'static str, f64)>,
    /// What to do when it is reached, one sentence: "move to phase 10k, which has readers".
    pub then: String,
    /// How many vCPUs answer as built, and what kind of pool they are, where waiting can be computed.
    pub pool: Option<(f64, PoolOf)>,
}

/// The pool that so many vCPUs are under a load.
pub type PoolOf = fn(&Load, f64) -> Pool;

impl Ceiling {
    /// A limit that nothing scales away.
    pub fn fixed(
        what: impl Into<String>,
        driver: Driver,
        unit: &'static str,
        capacity: f64,
        demand: impl Fn(&Load) -> f64 + Send + Sync + 'static,
    ) -> Self {
        Ceiling {
            what: what.into(),
            driver,
            unit,
            built: capacity,
            most: capacity,
            demand: Box::new(demand),
            quota: None,
            then: String::new(),
            pool: None,
        }
    }

    /// The same, with what scaling by itself reaches.
    #[must_use]
    pub fn scales_to(self, most: f64) -> Self {
        Ceiling { most: most.max(self.built), ..self }
    }

    /// The same, with the quota that full scale-out takes so much of.
    #[must_use]
    pub fn within(self, quota: &'static str, takes: f64) -> Self {
        Ceiling { quota: Some((quota, takes)), ..self }
    }

    /// The same, with the vCPUs that answer as built: how long requests wait for them follows from how busy they are.
    #[must_use]
    pub fn served_by(self, vcpus: f64, pool: PoolOf) -> Self {
        Ceiling { pool: Some((vcpus, pool)), ..self }
    }

    /// The same, with what to do when it is reached.
    #[must_use]
    pub fn then(self, then: impl Into<String>) -> Self {
        Ceiling { then: then.into(), ..self }
    }
}

impl fmt::Debug for Ceiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ceiling { what, driver, unit, built, most, .. } = self;
        write!(f, "{what} ({driver:?}): {built} {unit}, {most} at most")
    }
}
