//! `scalectl phases`: the road from a launch page to ten million users.

use super::exit::{Exit, Stop};
use super::screen::{self, Screen};
use super::target;
use crate::phase;
use crate::report::{self, json};

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
        (Format::Text, None) => screen.view(&report::phases::road(&phases, &screen.out))?,
        (Format::Text, Some(one)) => screen.view(&report::phases::one(&one, &phases, &screen.out))?,
        (Format::Json, None) => screen::data(&json::phases(&phases))?,
        (Format::Json, Some(one)) => screen::data(&json::phases(&[one]))?,
    }
    Ok(Exit::Done)
}
