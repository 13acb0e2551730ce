//! Several stacks may end in several ways; a run ends in one.

use super::error::DeployError;
use super::guard::DataFate;
use super::outcome::{Failure, Outcome, Report, RootCause};
use super::run::Halt;
use super::unit::Key;

/// The ways in which parts of a run ended early.
#[derive(Default)]
pub struct Endings {
    halts: Vec<Halt>,
}

impl Endings {
    /// Whether all went well so far.
    pub fn is_empty(&self) -> bool {
        self.halts.is_empty()
    }

    /// One more.
    pub fn push(&mut self, halt: Halt) {
        self.halts.push(halt);
    }

    /// The gravest one decides; failures are all told.
    pub fn outcome(self, report: Report) -> Result<Outcome, DeployError> {
        let mut errors: Vec<DeployError> = Vec::new();
        let (mut acting, mut rolled): (Vec<Failure>, Vec<Failure>) = (Vec::new(), Vec::new());
        let mut fates: Vec<DataFate> = Vec::new();
        let (mut going, mut interrupted, mut late, mut declined): (Vec<Key>, bool, bool, bool) = (Vec::new(), false, false, false);
        let mut stale: Option<(Key, String)> = None;
        for halt in self.halts {
            match halt {
                Halt::Error(error) => errors.push(error),
                Halt::NeedsAction(failure) => acting.push(*failure),
                Halt::RolledBack(failure) => rolled.push(*failure),
                Halt::Refused(more) => fates.extend(more),
                Halt::Stale(key, why) => stale = stale.or(Some((key, why))),
                Halt::Declined => declined = true,
                Halt::Interrupted(key) => {
                    interrupted = true;
                    going.extend(key);
                }
                Halt::GaveUp(key) => {
                    late = true;
                    going.extend(key);
                }
            }
        }
        let needs_action = !acting.is_empty();
        if needs_action || !rolled.is_empty() {
            let mut failures = acting;
            failures.extend(rolled);
            failures.extend(errors.into_iter().map(told));
            return Ok(if needs_action { Outcome::NeedsAction { failures, report } } else { Outcome::RolledBack { failures, report } });
        }
        if interrupted {
            return Ok(Outcome::Interrupted { going, report });
        }
        if let Some(error) = errors.into_iter().next() {
            return Err(error);
        }
        Ok(match stale {
            _ if late => Outcome::GaveUp { going, report },
            _ if !fates.is_empty() => Outcome::Refused { fates, report },
            Some((key, why)) => Outcome::Stale { key, why, report },
            None if declined => Outcome::Declined(report),
            None => Outcome::Done(report),
        })
    }
}

/// An error that would go unsaid beside a failure.
fn told(error: DeployError) -> Failure {
    let key = match &error {
        DeployError::ChangeSet { key, .. } | DeployError::Unreadable { key, .. } => key.clone(),
        DeployError::NoOutput { wanted_by, .. } => wanted_by.clone(),
        _ => Key::new("", ""),
    };
    let cause = RootCause { id: key.stack.clone(), resource_type: String::new(), why: String::new(), reason: error.to_string() };
    Failure { key, status: None, causes: vec![cause], command: None }
}
