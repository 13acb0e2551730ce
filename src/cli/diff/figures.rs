//! Which plan stands behind templates that were read: only one that this program renders to exactly these templates.

use std::path::Path;

use super::git::Git;
use super::side::{Around, Loaded, Own};
use crate::cli::config::Written;
use crate::cli::target::Ground;
use crate::cli::{CONFIG, templates};
use crate::diff::{self, Difference, Figures, Side, SideSet, stack_name};
use crate::phase::{self, Phase};
use crate::units::Users;
use crate::{jobs, render};

/// Fills in the figures of those sets that differ.
pub fn fill(difference: &mut Difference, from: &Loaded, to: &Loaded, around: &Around) {
    let several = from.side.sets.len() != 1 || to.side.sets.len() != 1;
    let of =
        |side: &'_ Side, name: &str| -> Option<usize> { if several { side.sets.iter().position(|set| set.name == name) } else { Some(0) } };
    let mut wanted = Vec::new();
    for (at, set) in difference.sets.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
        for (new, loaded) in [(false, from), (true, to)] {
            if let Some(index) = of(&loaded.side, &set.name) {
                wanted.push((at, new, loaded, index));
            }
        }
    }
    let found = jobs::side_by_side(&wanted, |(_, _, loaded, index)| behind(loaded.side.sets.get(*index)?, &loaded.own, around));
    for ((at, new, ..), figures) in wanted.iter().zip(found.unwrap_or_default()) {
        if let Some(set) = difference.sets.get_mut(*at) {
            *(if *new { &mut set.figures.1 } else { &mut set.figures.0 }) = figures;
        }
    }
}

fn behind(set: &SideSet, own: &Own, around: &Around) -> Option<Figures> {
    if set.figures.is_some() || !set.broken.is_empty() {
        return set.figures.clone();
    }
    let phase = claimed(set)?;
    match own {
        Own::Written(written) => of_ground(set, &phase, &around.ground_of(written.clone()).ok()?),
        Own::One | Own::Here => of_ground(set, &phase, around.ground().ok()?).or_else(|| {
            let written = root_settings(around)?;
            of_ground(set, &phase, &around.ground_of(Some(written)).ok()?)
        }),
    }
}

/// The settings file at the root of the working copy, where the program runs below it and no other file speaks.
fn root_settings(around: &Around) -> Option<Written> {
    if around.global.config.is_some() || Path::new(CONFIG).exists() {
        return None;
    }
    let path = Git::open().ok()?.root()?.join(CONFIG);
    Some(Written { name: path.display().to_string(), bytes: templates::bytes(&path).ok()? })
}

/// The phase of whose stacks every description speaks.
fn claimed(set: &SideSet) -> Option<Phase> {
    let mut ids = set.files.files.iter().map(|file| {
        let (_, rest) = file.template.description.as_deref()?.split_once("stack of phase ")?;
        rest.split(|c: char| !c.is_ascii_alphanumeric()).next()
    });
    let id = ids.next()??;
    ids.all(|other| other == Some(id)).then(|| phase::find(id).ok()).flatten()
}

/// The figures of the phase's first user, or of the settings' users, when that plan is rendered to exactly these templates.
fn of_ground(set: &SideSet, phase: &Phase, ground: &Ground) -> Option<Figures> {
    let first = Users(phase.from);
    let named = ground.settings.users.as_deref().and_then(|users| users.parse().ok()).filter(|users| *users != first);
    named.into_iter().chain([first]).find_map(|users| {
        let architecture = ground.plan(phase.clone(), users).ok()?;
        let rendered = SideSet::of_stacks(&phase.id, &architecture, render::stacks(&architecture).ok()?);
        same(set, &rendered).then(|| diff::figures(&architecture, &ground.catalog).ok()).flatten()
    })
}

fn same(one: &SideSet, other: &SideSet) -> bool {
    let others = &other.files.files;
    one.files.files.len() == others.len()
        && one.files.files.iter().all(|file| {
            let name = stack_name(&file.name);
            others.iter().any(|other| stack_name(&other.name) == name && other.template == file.template)
        })
}
