//! What a building block is: how its size and its reasons are told, what it lends to others, and where its resources are put.
//!
//! Components never name one another. They meet through [`Offers`], which every component makes before any resource exists.

mod bill;
mod ceiling;
mod estimate;
mod free;
mod layer;
mod metric;
mod offer;
mod reliance;

use std::fmt;

use cfn::{Node, Val};

pub use bill::*;
pub use ceiling::*;
pub use estimate::*;
pub use free::*;
pub use layer::*;
pub use metric::*;
pub use offer::*;
pub use reliance::*;

use crate::catalog::{Catalog, MissingPrice, RegionFacts};
use crate::settings::Settings;
use crate::units::Usd;
use crate::workload::{Assumptions, Load};

/// What a component is sized from.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The load at peak.
    pub load: &'a Load,
    /// Prices, classes, regions.
    pub catalog: &'a Catalog,
    /// What the user asked for in `scalectl.yaml`.
    pub settings: &'a Settings,
    /// The region of the first stacks; classes are chosen by its prices.
    pub region: &'a RegionFacts,
    /// How many zones the phase spreads over.
    pub zones: usize,
    /// In how many regions everything regional stands.
    pub regions: usize,
    /// What the load rests on: utilisation targets and capacities per vCPU.
    pub assumptions: &'a Assumptions,
}

/// No size fits: what is needed, and the most that there is.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{component}: {problem}")]
pub struct Unplaceable {
    /// The component that could not be sized.
    pub component: &'static str,
    /// What is needed and what there is, with units.
    pub problem: String,
}

/// What decided a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// Redundancy across hosts or zones.
    Availability,
    /// Sustained processor time.
    Cpu,
    /// Memory.
    Memory,
    /// Database connections.
    Connections,
    /// Bytes at rest.
    Storage,
    /// Requests, messages or bytes per second.
    Throughput,
    /// Money: a cheaper way to carry the same load.
    Cost,
    /// The phase asks for it whatever the load.
    Phase,
}

impl Driver {
    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Driver::Availability => "availability",
            Driver::Cpu => "CPU",
            Driver::Memory => "memory",
            Driver::Connections => "connections",
            Driver::Storage => "storage",
            Driver::Throughput => "throughput",
            Driver::Cost => "cost",
            Driver::Phase => "phase",
        }
    }
}

/// Why a component has its size: a sentence, and what drove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What decided.
    pub driver: Driver,
    /// One sentence with its numbers: "availability needs two zones; the load alone would need 1".
    pub text: String,
    /// Whether it speaks of what was *not* taken, and gives the number that spoke against it.
    pub rejected: bool,
}

impl Reason {
    /// A reason for what was chosen.
    pub fn new(driver: Driver, text: impl Into<String>) -> Self {
        Reason { driver, text: text.into(), rejected: false }
    }

    /// The nearest alternative, with the number that rejected it: "t4g.micro: 0.75 GiB usable, 1.04 GiB needed".
    pub fn instead(driver: Driver, text: impl Into<String>) -> Self {
        Reason { driver, text: text.into(), rejected: true }
    }
}

/// How big a component is, as a plan shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Size {
    /// How many of `class`; none where counting says nothing (on-demand services).
    pub count: Option<u64>,
    /// `t4g.small`, `db.r8g.large`; none where the service has no classes.
    pub class: Option<String>,
    /// What else belongs to the size: "2 zones", "20 GiB gp3", "on demand".
    pub note: String,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sized = match (self.count, &self.class) {
            (Some(count), Some(class)) => format!("{count} × {class}"),
            (Some(count), None) => format!("{count}"),
            (None, Some(class)) => class.clone(),
            (None, None) => String::new(),
        };
        match (sized.is_empty(), self.note.is_empty()) {
            (false, false) => write!(f, "{sized}, {}", self.note),
            (false, true) => f.write_str(&sized),
            _ => f.write_str(&self.note),
        }
    }
}

/// Where one region's stacks stand.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// What the user asked for.
    pub settings: &'a Settings,
    /// The phase's id.
    pub phase: &'a str,
    /// This region.
    pub region: &'a RegionFacts,
    /// All regions of the architecture, the first one leading.
    pub regions: &'a [&'a RegionFacts],
    /// How many zones the phase spreads over, 1 to 3.
    pub zones: usize,
    /// What a month of the whole architecture is expected to cost; nothing while the bill itself is being made.
    pub month: Usd,
}

impl Site<'_> {
    /// `<app>-<environment>-<suffix>`: the one way in which names are made.
    pub fn name(&self, suffix: &str) -> String {
        format!("{}-{}-{suffix}", self.settings.app, self.settings.environment)
    }

    /// Where this region comes in the list of regions; it numbers the address range.
    pub fn index(&self) -> usize {
        self.regions.iter().position(|region| region.region == self.region.region).unwrap_or_default()
    }

    /// Whether this region leads: it holds the writers and everything that is global.
    pub fn leads(&self) -> bool {
        self.index() == 0
    }

    /// The part of the users that this region serves when all regions are up: an even share, nothing is known of where they are.
    pub fn part(&self) -> f64 {
        1.0 / self.regions.len().max(1) as f64
    }
}

/// One building block, sized.
pub trait Component: fmt::Debug {
    /// The block's name as the phase files write it.
    fn name(&self) -> &'static str;
    /// What a plan calls it: "Load balancer".
    fn label(&self) -> &'static str;
    /// How big it is.
    fn size(&self) -> Size;
    /// What it lends to others, known before any resource.
    fn offers(&self, site: &Site) -> Offers;
    /// Its resources, each placed on a layer.
    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers);
    /// Its lines on the dashboard and its alarms.
    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        Vec::new()
    }
    /// What it costs in one region's stacks in a month under a load; `load` is the whole load, of which a region takes its part ([`Site::part`]).
    ///
    /// # Errors
    /// When the price list lacks a price.
    fn line_items(&self, _site: &Site, _offers: &Offers, _load: &Load, _bill: &mut Bill) -> Result<(), MissingPrice> {
        Ok(())
    }
    /// What saturates, in one region's stacks.
    fn ceilings(&self, _site: &Site) -> Vec<Ceiling> {
        Vec::new()
    }
    /// The service levels that it rests on.
    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        Vec::new()
    }
    /// What failures and mistakes do to its data.
    fn recoveries(&self, _site: &Site) -> Vec<Recovery> {
        Vec::new()
    }
}

/// The `Name` tag that the console shows; every tag list of every model takes it.
pub fn name_tag<T>(site: &Site, suffix: &str) -> Val<Vec<T>> {
    Val::of_node(Node::list([Node::map([("Key", Node::from("Name")), ("Value", Node::from(site.name(suffix)))])]))
}
