//! How a person overrides assumptions: a profile of use, then single values, and what cannot be true together.

use super::assumption::{Assumption, AssumptionError, assumption};
use super::ledger::{Assumptions, LEDGER};
use super::profile::Profile;
use super::quantity;

/// The other way to say `read_share`: the part of the queries that writes, 1 − `read_share`.
pub const WRITE_SHARE: &str = "write_share";
/// What [`WRITE_SHARE`] is the complement of.
const READ_SHARE: &str = "read_share";
/// How far the sum of the two may be from 1: thirds are written with a few digits.
const ROUNDING: f64 = 0.001;

/// Where the value of an assumption comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The ledger.
    Default,
    /// A profile of use.
    Profile(Profile),
    /// The user gave this value.
    Given,
}

/// Every name that an override may have: the ids of the ledger, and `write_share`.
pub fn names() -> impl Iterator<Item = &'static str> {
    LEDGER.iter().map(|entry| entry.id).chain([WRITE_SHARE])
}

/// The ledger's id behind a name: `read_share` for `write_share`, any other name as it is.
pub fn canonical(name: &str) -> &str {
    if name == WRITE_SHARE { READ_SHARE } else { name }
}

impl Assumptions {
    /// The defaults with the given `id=value` settings, checked singly and together.
    pub fn with<S: AsRef<str>>(settings: impl IntoIterator<Item = S>) -> Result<Assumptions, AssumptionError> {
        Assumptions::under(None, settings)
    }

    /// The defaults, over them a profile of use, and over both the given `id=value` settings, checked singly and together.
    pub fn under<S: AsRef<str>>(profile: Option<Profile>, settings: impl IntoIterator<Item = S>) -> Result<Assumptions, AssumptionError> {
        let mut assumptions = Assumptions::default();
        assumptions.profile = profile;
        for (id, value) in profile.into_iter().flat_map(Profile::values) {
            if let Some(slot) = assumptions.slot(id) {
                *slot = value;
            }
        }
        for setting in settings {
            assumptions.set(setting.as_ref())?;
        }
        assumptions.check()?;
        Ok(assumptions)
    }

    /// Overrides one assumption, given as `id=value`, with or without a unit. What contradicts another shows in [`Assumptions::check`].
    pub fn set(&mut self, setting: &str) -> Result<(), AssumptionError> {
        let (id, value) = match setting.split_once('=') {
            Some((id, value)) if !id.trim().is_empty() => (id.trim(), value.trim()),
            _ => return Err(AssumptionError::Syntax(setting.to_owned())),
        };
        let entry = assumption(canonical(id)).ok_or_else(|| unknown(id))?;
        if id == WRITE_SHARE {
            return self.set_writes(entry, value);
        }
        let number = accepted(entry.id, entry, value)?;
        let given = self.overridden.contains(&entry.id);
        let Some(slot) = self.slot(entry.id) else { return Err(unknown(id)) };
        // `write_share` may have put a value here; the two are held against each other in `check`.
        if given && slot.to_bits() != number.to_bits() {
            let (first, second) = (entry.unit.format(*slot), entry.unit.format(number));
            return Err(AssumptionError::SetTwice { id: entry.id, first, second });
        }
        *slot = number;
        if !given {
            self.overridden.push(entry.id);
        }
        Ok(())
    }

    /// Takes `write_share`: it decides `read_share` unless that is given itself.
    fn set_writes(&mut self, entry: &'static Assumption, value: &str) -> Result<(), AssumptionError> {
        let number = accepted(WRITE_SHARE, entry, value)?;
        if let Some(first) = self.writes.filter(|first| first.to_bits() != number.to_bits()) {
            let (first, second) = (entry.unit.format(first), entry.unit.format(number));
            return Err(AssumptionError::SetTwice { id: WRITE_SHARE, first, second });
        }
        self.writes = Some(number);
        if !self.overridden.contains(&entry.id)
            && let Some(slot) = self.slot(entry.id)
        {
            *slot = 1.0 - number;
        }
        Ok(())
    }

    /// Values that are sound alone but cannot both be true.
    pub fn check(&self) -> Result<(), AssumptionError> {
        let words = |id: &str| assumption(id).zip(self.value(id)).map_or_else(String::new, |(entry, value)| entry.unit.format(value));
        let contradiction = |ids, text| Err(AssumptionError::Contradiction { ids, text });
        if self.static_objects_per_page() <= 0.0 && self.static_bytes_per_page() > 0.0 {
            let text = format!(
                "static_objects_per_page is 0, but static_bytes_per_page is {}; bytes cannot come without requests: set both to 0, or neither",
                words("static_bytes_per_page")
            );
            return contradiction(["static_objects_per_page", "static_bytes_per_page"], text);
        }
        if self.requests_per_page() > self.requests_per_active_user_per_day() {
            let text = format!(
                "requests_per_page is {}, but requests_per_active_user_per_day is only {}; an active user sees at least one page a day",
                words("requests_per_page"),
                words("requests_per_active_user_per_day")
            );
            return contradiction(["requests_per_page", "requests_per_active_user_per_day"], text);
        }
        if let Some(writes) = self.writes {
            let sum = self.read_share() + writes;
            if (sum - 1.0).abs() > ROUNDING {
                let percent = crate::units::percent;
                let text = format!(
                    "read_share is {} and write_share is {}, which add to {}; every query reads or writes, so they must add to 100 %: keep one",
                    percent(self.read_share()),
                    percent(writes),
                    percent(sum)
                );
                return contradiction([READ_SHARE, WRITE_SHARE], text);
            }
        }
        Ok(())
    }

    /// Where the value in force comes from.
    pub fn origin(&self, id: &str) -> Origin {
        let given = self.overridden.contains(&id) || (id == READ_SHARE && self.writes.is_some());
        match self.profile {
            _ if given => Origin::Given,
            Some(profile) if profile.sets(id) => Origin::Profile(profile),
            _ => Origin::Default,
        }
    }

    /// Whether the user set it, by itself or by a profile.
    pub fn is_overridden(&self, id: &str) -> bool {
        self.origin(id) != Origin::Default
    }

    /// The profile of use, when one was chosen.
    pub fn profile(&self) -> Option<Profile> {
        self.profile
    }

    /// Every entry of the ledger with the value in force.
    pub fn entries(&self) -> impl Iterator<Item = (&'static Assumption, f64)> + '_ {
        LEDGER.iter().map(|entry| (entry, self.value(entry.id).unwrap_or(entry.value)))
    }
}

impl AssumptionError {
    /// The names of the assumptions that it is about, when they are known ones.
    pub fn about(&self) -> Vec<&'static str> {
        match self {
            AssumptionError::Syntax(_) | AssumptionError::Unknown { .. } => Vec::new(),
            AssumptionError::NotANumber { id, .. }
            | AssumptionError::Empty { id, .. }
            | AssumptionError::WrongUnit { id, .. }
            | AssumptionError::UnknownUnit { id, .. }
            | AssumptionError::OutOfRange { id, .. }
            | AssumptionError::SetTwice { id, .. } => vec![id],
            AssumptionError::Contradiction { ids, .. } => ids.to_vec(),
        }
    }
}

/// A value in its range; `name` is what the user calls the entry. The complement of a share has the complement's range and default.
fn accepted(name: &'static str, entry: &'static Assumption, value: &str) -> Result<f64, AssumptionError> {
    if value.is_empty() {
        return Err(AssumptionError::Empty { id: name, example: quantity::example(name, entry) });
    }
    let number = quantity::read(name, entry, value)?;
    let (low, high, default) =
        if name == entry.id { (entry.low, entry.high, entry.value) } else { (1.0 - entry.high, 1.0 - entry.low, 1.0 - entry.value) };
    if (low..=high).contains(&number) {
        return Ok(number);
    }
    let format = |value| entry.unit.format(value);
    Err(AssumptionError::OutOfRange { id: name, given: value.to_owned(), low: format(low), high: format(high), default: format(default) })
}

fn unknown(id: &str) -> AssumptionError {
    let nearest = names()
        .map(|name| (strsim::damerau_levenshtein(id, name), name))
        .min()
        .filter(|(distance, nearest)| *distance <= nearest.len().div_ceil(3) || nearest.contains(id));
    let hint = match nearest {
        Some((_, nearest)) => format!("did you mean `{nearest}`?"),
        None => format!("there are: {}", LEDGER.iter().map(|entry| entry.id).collect::<Vec<_>>().join(", ")),
    };
    AssumptionError::Unknown { id: id.to_owned(), hint }
}
