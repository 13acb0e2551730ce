//! `scalectl diff --matrix`: every step of the road, forwards and backwards.

use super::side::planned;
use super::{Args, Format, output, words};
use crate::cli::Global;
use crate::cli::exit::{Exit, Stop};
use crate::cli::screen::Screen;
use crate::cli::target::{Home, Target};
use crate::diff::{Side, matrix};
use crate::jobs;
use crate::phase::{self, Phase};
use crate::report::error;
use crate::units::Users;

/// Plans every phase, compares every pair and prints.
pub fn run(args: &Args, target: &Target, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    if matches!(args.format, Format::Sarif | Format::Junit) {
        return Err(Stop::usage("--matrix is written as text, json or markdown"));
    }
    let ground = target.ground(global, screen, Home::Fixed)?;
    // The last phase takes as long as all others together, so it is begun first.
    let mut phases = phase::all().map_err(Stop::error)?;
    phases.reverse();
    let one = |phase: &Phase| planned(&phase.id, phase, Users(phase.from), &ground).map(|loaded| loaded.side);
    let sides = jobs::side_by_side(&phases, one).map_err(Stop::error)?;
    let mut sides: Vec<Side> = sides.into_iter().collect::<Result<_, _>>()?;
    sides.reverse();
    let pairs = matrix(&sides);
    let look = output::look(args.output.as_deref(), screen);
    let text = match args.format {
        Format::Json => words::matrix_json(&pairs),
        Format::Markdown => words::matrix_markdown(&pairs),
        _ => look.finish(&words::matrix(&pairs, &look)),
    };
    output::write(args.output.as_deref(), &text)?;
    let broken = words::broken(&pairs);
    // The text says it already, to whoever reads it.
    if args.output.is_some() || !matches!(args.format, Format::Text) {
        for one in &broken {
            screen.note(&error::error(one, &screen.err));
        }
    }
    Ok(if broken.is_empty() { Exit::Done } else { Exit::Refused })
}
