//! `scalectl headroom`: how far the plan carries, and what breaks first.

use super::Global;
use super::exit::{Exit, Stop};
use super::screen::{self, Screen};
use super::target::{Home, Target};
use crate::headroom;
use crate::report::headroom as words;

/// Arguments of `headroom`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Every limit, not only those that break first
    #[arg(long)]
    detail: bool,
    /// Text for people or JSON for scripts (scalectl schema headroom)
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Computes and prints.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let (ground, architecture) = args.target.decide(global, screen, Home::Fixed)?;
    let headroom = headroom::headroom(&architecture, &ground.catalog).map_err(Stop::error)?;
    match args.format {
        Format::Text => screen.view(&words::headroom(&architecture, &headroom, args.detail, &screen.out))?,
        Format::Json => screen::data(&words::json(&architecture, &headroom))?,
    }
    Ok(Exit::Done)
}
