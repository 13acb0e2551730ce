//! `scalectl diff --matrix`: every step of the road, forwards and backwards.

use super::side::planned;
use super::{Args, Format, output, words};
use crate::cli::Global;
use crate::cli::exit::{Exit, Stop};
use crate::cli::screen::Screen;
use crate::cli::target::{Home, Target};
use crate::diff::{Pair, Side, matrix};
use crate::fate::Fate;
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
    let broken: Vec<String> = pairs.iter().filter_map(breaks).collect();
    for step in &broken {
        screen.note(&error::error(step, &screen.err));
    }
    Ok(if broken.is_empty() { Exit::Done } else { Exit::Refused })
}

/// What a step does to data that no step may do: delete it, or make a new one of what holds it.
fn breaks(pair: &Pair) -> Option<String> {
    let ids: Vec<&str> = pair
        .difference
        .resources()
        .filter(|(_, _, resource)| resource.data.as_ref().is_some_and(|data| data.fate == Fate::Lose || resource.replaced()))
        .map(|(_, _, resource)| resource.old_id())
        .collect();
    (!ids.is_empty())
        .then(|| format!("from {} to {}: data are lost, or what holds them is replaced: {}", pair.from, pair.to, ids.join(", ")))
}
