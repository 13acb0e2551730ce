//! `scalectl plan`: the decision, on one screen.

use super::Global;
use super::exit::{Exit, Stop};
use super::screen::{self, Screen};
use super::stacks;
use super::target::{Home, Target};
use crate::judgement::judge;
use crate::report;

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
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
    let again = args.target.again(&architecture, global);
    match args.format {
        Format::Text if args.detail => screen.view(&report::detail::plan(&architecture, &stacks, &judgement, &again, &screen.out))?,
        Format::Text => screen.view(&report::plan::plan(&architecture, &stacks, &judgement, &again, &screen.out))?,
        Format::Json => screen::data(&report::json::plan(&architecture, &stacks, &judgement))?,
        Format::Markdown => screen::data(&report::markdown::plan(&architecture, &stacks, &judgement))?,
    }
    Ok(Exit::Done)
}
