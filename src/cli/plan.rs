//! `scalectl plan`: the decision, on one screen.

use super::Global;
use super::diff::side::{self, Word};
use super::exit::{Exit, Stop};
use super::screen::{self, Screen};
use super::stacks;
use super::target::{Ground, Home, Target};
use crate::architecture::Architecture;
use crate::diff::{self, Difference, Side, SideSet};
use crate::judgement::judge;
use crate::render::Stack;
use crate::report;
use crate::units::Users;

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Say what changes, and what happens to the data, on the way from this phase (1k) or number of users (users:800)
    #[arg(long, value_name = "PHASE")]
    from: Option<String>,
    /// Show everything: all components and reasons, the chain of arithmetic, stacks, assumptions
    #[arg(long)]
    detail: bool,
    /// Text for people, Markdown for a review, JSON for scripts (scalectl schema plan)
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// Decides and prints.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let (ground, architecture) = args.target.decide(global, screen, Home::Fixed)?;
    let judgement = judge(&architecture, &ground.catalog).map_err(Stop::error)?;
    let stacks = stacks::stacks(&architecture, screen)?;
    let step = args.from.as_deref().map(|from| step(from, &ground, &architecture, &stacks)).transpose()?;
    let step = step.as_ref();
    let again = args.target.again(&architecture, global);
    match args.format {
        Format::Text if args.detail => screen.view(&report::detail::plan(&architecture, &stacks, &judgement, step, &again, &screen.out))?,
        Format::Text => screen.view(&report::plan::plan(&architecture, &stacks, &judgement, step, &again, &screen.out))?,
        Format::Json => screen::data(&report::json::plan(&architecture, &stacks, &judgement, step))?,
        Format::Markdown => screen::data(&report::markdown::plan(&architecture, &stacks, &judgement, step))?,
    }
    Ok(Exit::Done)
}

/// What the way from another plan of the same settings changes.
fn step(from: &str, ground: &Ground, architecture: &Architecture, stacks: &[Stack]) -> Result<Difference, Stop> {
    let from = from.trim();
    let Ok(Word::Planned(phase, users)) = side::word(from) else {
        return Err(Stop::usage(format!(
            "--from \"{from}\": a plan is compared with another phase (1k) or number of users (users:800); for files and revisions there is \
             scalectl diff"
        )));
    };
    let old = side::planned(from, &phase, users, ground)?.side;
    let (id, users) = (&architecture.phase.id, architecture.users);
    let name = if users == Users(architecture.phase.from) { id.clone() } else { format!("users:{}", users.0) };
    let new = Side { name, sets: vec![SideSet::of_stacks(id, architecture, stacks.to_vec())] };
    Ok(diff::difference(&old, &new))
}
