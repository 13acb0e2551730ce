//! `scalectl phases`: the road from a launch page to ten million users.

use super::exit::{Exit, Stop};
use super::screen::{self, Screen};
use super::target;
use crate::catalog::Catalog;
use crate::phase::{self, Phase};
use crate::planner;
use crate::report::{self, json};
use crate::settings::Settings;
use crate::units::{Usd, Users};
use crate::workload::Assumptions;

/// Arguments of `phases`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One phase, in detail
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Text for people or JSON for scripts
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Prints the phases, or one of them.
pub fn run(args: &Args, screen: &Screen) -> Result<Exit, Stop> {
    let phases = phase::all().map_err(Stop::error)?;
    let one = args.id.as_deref().map(target::find).transpose()?;
    match (args.format, one) {
        (Format::Text, None) => screen.view(&report::phases::road(&phases, &bills(&phases)?, &screen.out))?,
        (Format::Text, Some(one)) => screen.view(&report::phases::one(&one, &phases, &screen.out))?,
        (Format::Json, None) => screen::data(&json::phases(&phases, &bills(&phases)?))?,
        (Format::Json, Some(one)) => {
            let bills = bills(std::slice::from_ref(&one))?;
            screen::data(&json::phases(&[one], &bills))?;
        }
    }
    Ok(Exit::Done)
}

/// What a month of each phase costs with its first user, with every setting as it is; none where it cannot be told.
pub fn bills(phases: &[Phase]) -> Result<Vec<Option<Usd>>, Stop> {
    let catalog = Catalog::builtin().map_err(Stop::error)?;
    let bill = |phase: &Phase| {
        let plan = planner::plan(phase.clone(), Users(phase.from), &Settings::default(), &Assumptions::default(), &catalog);
        plan.ok().filter(|plan| plan.estimate.gaps.is_empty()).map(|plan| plan.estimate.total())
    };
    Ok(phases.iter().map(bill).collect())
}
