//! An architecture written down as stacks, with a word on what the settings file overrides in vain or with danger.

use super::exit::Stop;
use super::screen::Screen;
use crate::architecture::Architecture;
use crate::catalog::Catalog;
use crate::render::overridden::{self, Unused};
use crate::render::{self, Stack};
use crate::report;

/// The stacks; a mistake in an override is an error with its place, an override of another phase's resource a warning.
pub fn stacks(architecture: &Architecture, screen: &Screen) -> Result<Vec<Stack>, Stop> {
    let stacks = render::stacks(architecture).map_err(Stop::error)?;
    for unused in unused(architecture, &stacks)? {
        screen.note(&report::overridden::unused(&unused, &architecture.phase.id, &screen.err));
    }
    Ok(stacks)
}

/// The overrides that these stacks have no resource for; an error when no phase has one.
pub fn unused(architecture: &Architecture, stacks: &[Stack]) -> Result<Vec<Unused>, Stop> {
    if architecture.settings.overrides.is_empty() {
        return Ok(Vec::new());
    }
    let catalog = Catalog::builtin().map_err(Stop::error)?;
    overridden::unused(architecture, stacks, &catalog).map_err(Stop::error)
}

/// Says what the overrides of these stacks do to what stands already.
pub fn warn(stacks: &[Stack], screen: &Screen) {
    for warning in report::overridden::dangers(stacks, &screen.err) {
        screen.note(&warning);
    }
}
