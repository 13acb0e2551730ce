//! The seven phases: from which user count each applies, what it is for, and which components it is made of.

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::component::Block;
use crate::units::Users;

/// The phase files, in the order of the road.
const FILES: [(&str, &str); 7] = [
    ("prelaunch", include_str!("../phases/prelaunch.yaml")),
    ("launch", include_str!("../phases/launch.yaml")),
    ("10", include_str!("../phases/10.yaml")),
    ("1k", include_str!("../phases/1k.yaml")),
    ("10k", include_str!("../phases/10k.yaml")),
    ("500k", include_str!("../phases/500k.yaml")),
    ("10m", include_str!("../phases/10m.yaml")),
];

/// The phases' ids, in the order of the road.
pub const IDS: [&str; 7] = [FILES[0].0, FILES[1].0, FILES[2].0, FILES[3].0, FILES[4].0, FILES[5].0, FILES[6].0];

/// One phase of growth, as its file declares it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// `10k`; always lower case.
    pub id: String,
    /// The number of monthly active users from which it applies.
    pub from: u64,
    /// What it is, in one sentence.
    pub title: String,
    /// Why the phase before no longer does.
    pub why: String,
    /// What it promises.
    pub target: String,
    /// The promise as a figure, where it is one.
    #[serde(default)]
    pub promise: Option<Promise>,
    /// How many availability zones its servers spread over; 0 where nothing stands in a zone.
    pub zones: usize,
    /// In how many regions everything regional stands.
    pub regions: usize,
    /// What it adds to the phase before, a few words each.
    pub adds: Vec<String>,
    /// Its components with their settings.
    pub components: Vec<Block>,
}

/// How much of the time a phase promises to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// Percent of the time, exact.
    #[serde(deserialize_with = "exact")]
    pub percent: Decimal,
    /// Whether it speaks of one region behind the edge rather than of the whole way: content delivery alone is promised less than what stands behind it.
    pub behind_edge: bool,
}

/// From the text of the YAML number, so that no binary fraction stands between the file and the promise.
fn exact<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// What can be wrong with a phase.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PhaseError {
    /// A phase file of the program itself does not read.
    #[error("phases/{id}.yaml: {problem}")]
    Unreadable {
        /// Which file.
        id: &'static str,
        /// What its reader says, with the place.
        problem: String,
    },
    /// The user named a phase that does not exist.
    #[error("no phase is called {given:?}{}\n  phases: {}", suggestion(.nearest), IDS.join(", "))]
    Unknown {
        /// What was given.
        given: String,
        /// The phase that was probably meant.
        nearest: Option<&'static str>,
    },
}

fn suggestion(nearest: &Option<&str>) -> String {
    nearest.map(|id| format!("; did you mean {id:?}?")).unwrap_or_default()
}

/// Reads all phases, in the order of the road.
///
/// # Errors
/// When a phase file that the program carries does not read; a test keeps that from happening.
pub fn all() -> Result<Vec<Phase>, PhaseError> {
    FILES.iter().map(|(id, text)| read(id, text)).collect()
}

/// The phase of this id, in any case: reads only its own file.
///
/// # Errors
/// When there is no such phase; the error names the nearest.
pub fn find(given: &str) -> Result<Phase, PhaseError> {
    let wanted = given.trim().to_ascii_lowercase();
    match FILES.iter().find(|(id, _)| *id == wanted) {
        Some((id, text)) => read(id, text),
        None => Err(PhaseError::Unknown { given: given.to_owned(), nearest: nearest(&wanted) }),
    }
}

/// The phase that applies to so many users.
///
/// # Errors
/// When a phase file that the program carries does not read.
pub fn for_users(users: Users) -> Result<Phase, PhaseError> {
    let mut phases = all()?;
    let last = phases.iter().rposition(|phase| phase.from <= users.0).unwrap_or_default();
    Ok(phases.swap_remove(last))
}

/// The phase after this one on the road, with its first user; none after the last.
pub fn after(id: &str) -> Option<(&'static str, Users)> {
    let phases = all().ok()?;
    let at = phases.iter().position(|phase| phase.id == id)?;
    Some((IDS.get(at + 1).copied()?, Users(phases.get(at + 1)?.from)))
}

fn read(id: &'static str, text: &str) -> Result<Phase, PhaseError> {
    serde_saphyr::from_str(text).map_err(|error| PhaseError::Unreadable { id, problem: error.to_string() })
}

fn nearest(wanted: &str) -> Option<&'static str> {
    let scored = IDS.into_iter().map(|id| (strsim::jaro_winkler(wanted, id), id));
    scored.filter(|(score, _)| *score > 0.6).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, id)| id)
}
