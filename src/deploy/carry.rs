//! Carries one unit through: the change set that fits the moment, the guard, execution, progress, and protection afterwards.

use super::error::DeployError;
use super::guard;
use super::observe::{Decision, Happening, Intent, Observer, Review};
use super::outcome::{Changed, Failure, OutputValue, RootCause, StackReport};
use super::prepare::{self, Prepared, Standing};
use super::run::{Halt, Run};
use super::stacks::{StackState, Stacks};
use super::status::{Next, Status, aws_command, next};
use super::trouble::Trouble;
use super::unit::{Key, Unit};
use super::watch::{Ended, watch};

/// Brings one stack to what its unit says. All stacks that it needs are complete.
pub async fn carry<S: Stacks, O: Observer>(
    run: &Run<'_, S, O>,
    unit: &Unit,
    standing: &Standing,
    prepared: Option<Prepared>,
) -> Result<StackReport, Halt> {
    let key = unit.key();
    let begun = run.stacks.now();
    run.may_go_on(None)?;
    if standing.clear {
        clear(run, unit, standing).await?;
    }
    let prepared = fitting(run, unit, standing, prepared).await?;
    let Some(id) = &prepared.id else {
        run.tell(Happening::Unchanged(key.clone()));
        let state = standing.state.clone();
        return finish(run, unit, state, Changed::Nothing, begun).await;
    };
    let accepted: Vec<&str> = prepared.fates.iter().map(|fate| fate.id.as_str()).collect();
    if !accepted.is_empty() {
        let policy = guard::stack_policy(&precious(unit, &accepted));
        run.ask(&key, || run.stacks.set_policy(&key, &policy)).await?;
    }
    let stack = match &standing.state {
        Some(state) if !standing.create => Key::new(&state.id, &unit.region),
        _ => match run.ask(&key, || run.stacks.describe(&key)).await? {
            Some(state) => Key::new(state.id, &unit.region),
            None => return Err(Halt::Stale(key, "it is gone".into())),
        },
    };
    let mark = run.ask(&stack, || run.stacks.newest_event(&stack)).await?;
    run.may_go_on(None)?;
    run.tell(Happening::Started { key: key.clone(), create: standing.create, changes: prepared.changes.len() });
    let token = format!("{}-{}", run.options.run, super::body::fingerprint(id, &[], &[]));
    match run.ask(&key, || run.stacks.execute(&key, id, &token)).await {
        Err(DeployError::World { trouble: Trouble::Obsolete(why) | Trouble::NotFound(why), .. }) => return Err(Halt::Stale(key, why)),
        answer => answer?,
    }
    let ended = watch(run, unit, &stack, mark).await?;
    let status = ended.state.as_ref().map(|state| state.status.clone());
    match status {
        Some(Status::CreateComplete | Status::UpdateComplete | Status::ImportComplete) => {
            let change = if standing.create { Changed::Created } else { Changed::Updated };
            let report = finish(run, unit, ended.state, change, begun).await?;
            run.tell(Happening::Finished { key, elapsed: report.elapsed });
            Ok(report)
        }
        status => {
            let ended = explain(run, unit, &stack, ended).await;
            Err(failed(run, unit, ended, status, begun))
        }
    }
}

/// The change set to execute: the one made beforehand when its parameters still hold, else a new one, guarded and reviewed in its turn.
async fn fitting<S: Stacks, O: Observer>(
    run: &Run<'_, S, O>,
    unit: &Unit,
    standing: &Standing,
    prepared: Option<Prepared>,
) -> Result<Prepared, Halt> {
    let key = unit.key();
    let given = prepare::parameters(run, unit, standing, &[]).await?.unwrap_or_default();
    if let Some(old) = prepared {
        if old.given == given {
            return Ok(old);
        }
        // Only the change set: the empty stack that it made is about to be filled, and its deletion would take the next change set along.
        if let Some(id) = &old.id {
            run.ask(&key, || run.stacks.delete_change_set(&key, id)).await?;
        }
    }
    let prepared = prepare::change_set(run, unit, standing, given).await?;
    run.met.borrow_mut().extend(prepared.fates.iter().map(|fate| fate.id.clone()));
    let refused = guard::unaccepted(run.options, &prepared.fates);
    if !refused.is_empty() {
        prepare::discard(run, &key, &prepared).await?;
        return Err(Halt::Refused(refused));
    }
    if !standing.create && prepared.id.is_some() {
        let intent = Intent::Update(prepared.changes.clone());
        let review = Review { key: key.clone(), intent, fates: prepared.fates.clone() };
        run.tell(Happening::Reviewed(review.clone()));
        if !run.options.yes && run.observer().confirm(&[review]) == Decision::Decline {
            prepare::discard(run, &key, &prepared).await?;
            return Err(Halt::Declined);
        }
    }
    Ok(prepared)
}

/// Takes away the shell of a stack whose creation failed and that has no resource left.
async fn clear<S: Stacks, O: Observer>(run: &Run<'_, S, O>, unit: &Unit, standing: &Standing) -> Result<(), Halt> {
    let Some(state) = &standing.state else { return Ok(()) };
    let id = Key::new(&state.id, &unit.region);
    run.tell(Happening::Clearing(unit.key()));
    let mark = run.ask(&id, || run.stacks.newest_event(&id)).await?;
    let token = format!("{}-clear", run.options.run);
    run.ask(&id, || run.stacks.delete(&id, &[], &token)).await?;
    let ended = watch(run, unit, &id, mark).await?;
    match ended.state.as_ref().map(|state| state.status.clone()) {
        None | Some(Status::DeleteComplete) => Ok(()),
        status => Err(failed(run, unit, ended, status, run.stacks.now())),
    }
}

/// When no resource's event says why, hooks and validations may: `DescribeEvents` alone tells of them.
async fn explain<S: Stacks, O: Observer>(run: &Run<'_, S, O>, unit: &Unit, stack: &Key, mut ended: Ended) -> Ended {
    if !ended.causes.is_empty() {
        return ended;
    }
    // An older endpoint or a missing permission leaves us with the stack's own sentence.
    let events = run.stacks.failures(stack, None).await.unwrap_or_default();
    let cause = |event: super::stacks::Event| {
        let why = unit.why(&event.resource).to_owned();
        event.reason.map(|reason| RootCause { id: event.resource, resource_type: event.resource_type, why, reason })
    };
    ended.causes = events.into_iter().filter_map(cause).collect();
    if let (true, Some(reason)) = (ended.causes.is_empty(), ended.state.as_ref().and_then(|state| state.reason.clone())) {
        let (id, resource_type) = (unit.stack.clone(), "AWS::CloudFormation::Stack".to_owned());
        ended.causes.push(RootCause { id, resource_type, why: String::new(), reason });
    }
    ended
}

fn failed<S: Stacks, O: Observer>(
    run: &Run<'_, S, O>,
    unit: &Unit,
    ended: Ended,
    status: Option<Status>,
    begun: std::time::Duration,
) -> Halt {
    let key = unit.key();
    let (causes, elapsed) = (ended.causes, run.since(begun));
    if let Some(status) = &status {
        run.tell(Happening::Failed { key: key.clone(), elapsed, status: status.clone(), causes: causes.clone() });
    }
    match &status {
        Some(Status::RollbackComplete | Status::UpdateRollbackComplete | Status::ImportRollbackComplete) => {
            Halt::RolledBack(Box::new(Failure { key, status, causes, command: None }))
        }
        Some(other) => {
            let command = match next(&key, other) {
                Next::Stuck { command, .. } => command,
                _ => aws_command(&key, "describe-stack-events"),
            };
            Halt::NeedsAction(Box::new(Failure { key, status, causes, command: Some(command) }))
        }
        None => {
            let command = Some(aws_command(&key, "describe-stacks"));
            Halt::NeedsAction(Box::new(Failure { key, status, causes, command }))
        }
    }
}

/// The unit's resources that hold data, without those whose fate was accepted.
fn precious<'u>(unit: &'u Unit, without: &[&str]) -> Vec<&'u str> {
    unit.resources.iter().filter(|(id, note)| note.holds_data && !without.contains(&id.as_str())).map(|(id, _)| id.as_str()).collect()
}

/// Protects what holds data, and tells of the outputs.
async fn finish<S: Stacks, O: Observer>(
    run: &Run<'_, S, O>,
    unit: &Unit,
    state: Option<StackState>,
    change: Changed,
    begun: std::time::Duration,
) -> Result<StackReport, Halt> {
    let key = unit.key();
    let protect = unit.layer == "data" && !state.as_ref().is_some_and(|state| state.protected);
    let precious = precious(unit, &[]);
    // A run that was killed after the change and before the protection is made up for here: nothing changes, protection is missing.
    if !precious.is_empty() && (change != Changed::Nothing || protect) {
        let policy = guard::stack_policy(&precious);
        run.ask(&key, || run.stacks.set_policy(&key, &policy)).await?;
    }
    if protect {
        run.ask(&key, || run.stacks.protect(&key, true)).await?;
    }
    let outputs = state.map(|state| state.outputs).unwrap_or_default();
    run.learn(&key, &outputs);
    Ok(StackReport { key, layer: unit.layer.clone(), change, elapsed: run.since(begun), outputs: output_values(unit, outputs) })
}

/// Outputs with what is known of them, addresses first.
pub fn output_values(unit: &Unit, outputs: Vec<(String, String)>) -> Vec<OutputValue> {
    let mut values: Vec<OutputValue> = outputs
        .into_iter()
        .map(|(name, value)| {
            let note = unit.outputs.iter().find(|note| note.name == name);
            let (about, address) = note.map_or((String::new(), false), |note| (note.about.clone(), note.address));
            OutputValue { name, value, about, address }
        })
        .collect();
    values.sort_by_key(|value| !value.address);
    values
}
