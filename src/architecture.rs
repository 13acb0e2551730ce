//! The decision as a value: which components, how big, and why. After the planner nothing decides anything.

use crate::catalog::RegionFacts;
use crate::component::{Component, Estimate, Reason, Site};
use crate::phase::Phase;
use crate::settings::Settings;
use crate::units::Users;
use crate::workload::{Assumptions, Load};

/// A sized component with what decided its size, the binding reason first.
#[derive(Debug)]
pub struct Piece {
    /// The component.
    pub component: Box<dyn Component>,
    /// Why it has its size.
    pub reasons: Vec<Reason>,
}

/// Everything that was decided for a number of users.
#[derive(Debug)]
pub struct Architecture {
    /// Monthly active users that it is sized for.
    pub users: Users,
    /// The phase.
    pub phase: Phase,
    /// The load that it is sized for.
    pub load: Load,
    /// What the load rests on.
    pub assumptions: Assumptions,
    /// What the user asked for.
    pub settings: Settings,
    /// The regions that it stands in, the leading one first.
    pub regions: Vec<RegionFacts>,
    /// The components, in the order of the phase file.
    pub pieces: Vec<Piece>,
    /// What a month costs under the load, with prices that are missing as gaps.
    pub estimate: Estimate,
    /// What the user should know or is missing, a sentence each: "no domain is configured: ...".
    pub notices: Vec<String>,
}

impl Architecture {
    /// The site of each region, the leading one first.
    pub fn sites<'a>(&'a self, regions: &'a [&'a RegionFacts]) -> impl Iterator<Item = Site<'a>> {
        let month = self.estimate.total();
        regions.iter().map(move |region| Site {
            settings: &self.settings,
            phase: &self.phase.id,
            region,
            regions,
            zones: self.phase.zones,
            month,
        })
    }
}
