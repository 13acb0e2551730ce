//! How busy users are: three words for what is otherwise set by number.

use std::fmt;

use serde::Serialize;

/// A profile of use, as `--workload` and `workload:` name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// An app that is looked at now and then.
    Light,
    /// What the ledger takes for granted.
    Normal,
    /// An app that is open all day.
    Heavy,
}

/// Every profile, the least busy first.
pub const PROFILES: [Profile; 3] = [Profile::Light, Profile::Normal, Profile::Heavy];

/// The names of [`PROFILES`], in their order.
pub const PROFILE_NAMES: [&str; 3] = ["light", "normal", "heavy"];

/// What a profile sets. Only requests differ: no source was seen that tells the other habits apart by how busy an app is.
///
/// Dynamic requests of one active user on one day: 10 to 200 are usual. [estimate]
const HABITS: [(&str, [f64; 3]); 1] = [("requests_per_active_user_per_day", [20.0, 50.0, 200.0])];

impl Profile {
    /// The profile of this name, in any case.
    pub fn find(name: &str) -> Option<Profile> {
        PROFILES.into_iter().find(|profile| profile.name().eq_ignore_ascii_case(name.trim()))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Light => "light",
            Profile::Normal => "normal",
            Profile::Heavy => "heavy",
        }
    }

    /// The assumptions that it sets, with their values.
    pub fn values(self) -> impl Iterator<Item = (&'static str, f64)> {
        HABITS.into_iter().map(move |(id, [light, normal, heavy])| match self {
            Profile::Light => (id, light),
            Profile::Normal => (id, normal),
            Profile::Heavy => (id, heavy),
        })
    }

    /// Whether it sets an assumption.
    pub fn sets(self, id: &str) -> bool {
        HABITS.iter().any(|(set, _)| *set == id)
    }
}

/// `heavy use`.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} use", self.name())
    }
}
