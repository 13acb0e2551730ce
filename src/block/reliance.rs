//! What a component's promise rests on, and what is lost and how long it takes when something fails.

use std::time::Duration;

/// Where a service stands on the way of a user's request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// In front of all regions: names, content delivery.
    Edge,
    /// Behind the edge: a request fails without it.
    Region,
    /// Beside the way: work waits, a function degrades, but requests are answered.
    Aside,
}

/// A service level that a component rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reliance {
    /// What it is: "RDS, in one zone".
    pub what: String,
    /// The line of `data/slas.yaml`.
    pub sla: &'static str,
    /// Where it stands.
    pub way: Way,
    /// How many independent ones there are, of which one suffices: hosts in different zones; 1 where the SLA itself speaks of several zones.
    pub copies: u32,
}

impl Reliance {
    /// One service that everything behind it needs.
    pub fn new(what: impl Into<String>, sla: &'static str, way: Way) -> Self {
        Reliance { what: what.into(), sla, way, copies: 1 }
    }
}

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// One machine.
    Host,
    /// One availability zone.
    Zone,
    /// One region.
    Region,
    /// Somebody deletes or spoils data.
    Mistake,
}

/// What an event does to data and service of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Whose data: "Aurora database".
    pub what: String,
    /// What fails.
    pub event: Event,
    /// How much of the newest data is lost at most; none: it is not survived, everything since the last copy that there is.
    pub point: Option<Duration>,
    /// How long until it serves again; none: unknown, or by hand.
    pub time: Option<Duration>,
    /// Why, one sentence: "a snapshot a day, kept for 7 days".
    pub why: String,
    /// Whether the time is an estimate without a source.
    pub estimated: bool,
}
