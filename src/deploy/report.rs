//! Looks without touching: how stacks stand, what goes on in them, and their outputs.

use super::error::DeployError;
use super::observe::Observer;
use super::outcome::{Options, Outcome, Report};
use super::run::{Halt, Run};
use super::stacks::Stacks;
use super::status::{Next, Status, next};
use super::survey::settle;
use super::unit::{Key, Unit};
use futures_util::future::join_all;

/// How a stack stands.
#[derive(Clone, Debug)]
pub struct StackStatus {
    /// The stack.
    pub key: Key,
    /// Its status; nothing when there is no such stack.
    pub status: Option<Status>,
    /// Why it has that status, when CloudFormation says.
    pub reason: Option<String>,
    /// Milliseconds since 1970 of its last change.
    pub changed_at: Option<i64>,
    /// What the last drift detection found, when there was one.
    pub drift: Option<String>,
    /// Whether termination protection is on.
    pub protected: bool,
    /// Logical IDs of resources that are being worked on, with their status.
    pub in_progress: Vec<(String, String)>,
    /// The command that leads on, when a person must act.
    pub command: Option<String>,
    /// Output names and values.
    pub outputs: Vec<(String, String)>,
}

/// How these stacks stand; those that do not exist have no status.
///
/// # Errors
/// The first trouble with AWS.
pub async fn status<S: Stacks>(stacks: &S, keys: &[Key]) -> Result<Vec<StackStatus>, DeployError> {
    join_all(keys.iter().map(|key| one(stacks, key))).await.into_iter().collect()
}

async fn one<S: Stacks>(stacks: &S, key: &Key) -> Result<StackStatus, DeployError> {
    let world = |trouble| DeployError::World { about: key.to_string(), trouble };
    let mut report = StackStatus {
        key: key.clone(),
        status: None,
        reason: None,
        changed_at: None,
        drift: None,
        protected: false,
        in_progress: Vec::new(),
        command: None,
        outputs: Vec::new(),
    };
    let Some(state) = stacks.describe(key).await.map_err(world)? else { return Ok(report) };
    match next(key, &state.status) {
        Next::Wait => {
            let resources = stacks.resources(key).await.map_err(world)?;
            let working = resources.into_iter().filter(|resource| resource.status.ends_with("_IN_PROGRESS"));
            report.in_progress = working.map(|resource| (resource.id, resource.status)).collect();
        }
        Next::Stuck { command, .. } => report.command = Some(command),
        Next::Create | Next::Update | Next::Recreate => {}
    }
    report.status = Some(state.status);
    report.reason = state.reason;
    report.changed_at = state.changed_at;
    report.drift = state.drift;
    report.protected = state.protected;
    report.outputs = state.outputs;
    Ok(report)
}

/// Follows what goes on in these stacks until nothing does. The units' notes give the observer its sentences.
///
/// # Errors
/// The first trouble with AWS.
pub async fn follow<S: Stacks, O: Observer>(
    stacks: &S,
    units: &[Unit],
    options: &Options,
    observer: &mut O,
) -> Result<Outcome, DeployError> {
    let run = Run::new(stacks, options, observer);
    let answers = join_all(units.iter().map(|unit| settle(&run, unit))).await;
    let (mut going, mut interrupted) = (Vec::new(), false);
    for answer in answers {
        match answer {
            Err(Halt::Error(error)) => return Err(error),
            Err(Halt::Interrupted(key)) => {
                interrupted = true;
                going.extend(key);
            }
            Err(Halt::GaveUp(key)) => going.extend(key),
            // Following touches nothing, so that no other end is possible.
            Ok(_) | Err(_) => {}
        }
    }
    let report = Report::default();
    Ok(match (interrupted, going.is_empty()) {
        (true, _) => Outcome::Interrupted { going, report },
        (false, false) => Outcome::GaveUp { going, report },
        (false, true) => Outcome::Done(report),
    })
}
