//! What becomes reachable, wider or less protected.

use super::pairing::Paired;
use super::side::SideSet;

/// What kind of exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExposureKind {
    /// A port is open to the internet that was not.
    Port,
    /// Somebody becomes reachable, or readable, by everybody.
    Public,
    /// A policy allows more than it did.
    Policy,
    /// What keeps data from being lost or read is taken away.
    Protection,
}

/// One thing that becomes reachable, wider or less protected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exposure {
    /// What kind.
    pub kind: ExposureKind,
    /// The stack.
    pub stack: String,
    /// The logical ID.
    pub id: String,
    /// What, in half a sentence.
    pub what: String,
}

/// Everything that the new side lets happen and the old one did not.
pub fn exposures(_old: &SideSet, _new: &SideSet, _pairs: &[Paired]) -> Vec<Exposure> {
    Vec::new()
}
