//! Takes stacks away, last one first, and leaves what holds data.

use super::change::Policy;
use super::deployed::Deployed;
use super::ending::Endings;
use super::error::DeployError;
use super::guard::{DataFate, Fate};
use super::observe::{Decision, Happening, Intent, Observer, Review};
use super::outcome::{Changed, Failure, Kept, Options, Outcome, Report, StackReport};
use super::prepare::read_deployed;
use super::run::{Halt, Run};
use super::stacks::{StackResource, StackState, Stacks};
use super::status::{Status, aws_command};
use super::survey::settle;
use super::unit::{Key, Unit};
use super::watch::watch;
use std::collections::BTreeMap;

/// A stack that is to go.
struct Doomed<'u> {
    unit: &'u Unit,
    state: StackState,
    deployed: BTreeMap<String, Deployed>,
    resources: Vec<StackResource>,
}

/// Deletes these stacks in the reverse of the given order, each after the one before is gone; termination protection is taken off right
/// before. Resources with data stay where their deletion policy says so, and where AWS refuses to delete them because they are protected.
/// A resource with data and without such a policy is refused unless `options.accept_data_fate` names it. The units need only their names,
/// regions and notes: what is deployed is read from AWS.
///
/// # Errors
/// What prevents going on without being an end of its own: see [`DeployError`].
pub async fn destroy<S: Stacks, O: Observer>(
    stacks: &S,
    units: &[Unit],
    options: &Options,
    observer: &mut O,
) -> Result<Outcome, DeployError> {
    let run = Run::new(stacks, options, observer);
    let mut endings = Endings::default();
    let mut report = Report::default();
    match before(&run, units).await {
        Ok(doomed) => {
            for stack in &doomed {
                match take_away(&run, stack, &mut report.kept).await {
                    Ok(done) => report.stacks.push(done),
                    Err(halt) => {
                        endings.push(halt);
                        break;
                    }
                }
            }
        }
        Err(halt) => endings.push(halt),
    }
    endings.outcome(report)
}

/// What is there, what becomes of data, and the question.
async fn before<'u, S: Stacks, O: Observer>(run: &Run<'_, S, O>, units: &'u [Unit]) -> Result<Vec<Doomed<'u>>, Halt> {
    let mut doomed = Vec::new();
    let mut reviews = Vec::new();
    let mut refused = Vec::new();
    for unit in units.iter().rev() {
        let key = unit.key();
        let Some(state) = settle(run, unit).await? else { continue };
        // The shell of a change set that was never executed has neither template nor resources.
        let shell = state.status == Status::ReviewInProgress;
        let deployed = if shell { BTreeMap::new() } else { read_deployed(run, &key).await? };
        let resources = run.ask(&key, || run.stacks.resources(&key)).await?;
        let fates = fates(run.options, unit, &deployed, &resources);
        let lost = fates.iter().filter(|fate| fate.fate == Fate::Deleted && !run.options.accept_data_fate.contains(&fate.id));
        refused.extend(lost.cloned());
        reviews.push(Review { key, intent: Intent::Delete { resources: resources.len() }, fates });
        doomed.push(Doomed { unit, state, deployed, resources });
    }
    reviews.iter().for_each(|review| run.tell(Happening::Reviewed(review.clone())));
    if !refused.is_empty() {
        return Err(Halt::Refused(refused));
    }
    run.may_go_on(None)?;
    if !reviews.is_empty() && !run.options.yes && run.observer().confirm(&reviews) == Decision::Decline {
        return Err(Halt::Declined);
    }
    Ok(doomed)
}

fn fates(options: &Options, unit: &Unit, deployed: &BTreeMap<String, Deployed>, resources: &[StackResource]) -> Vec<DataFate> {
    let of = |resource: &StackResource| {
        let old = deployed.get(&resource.id);
        let fate = match old.map_or(Policy::Delete, Deployed::deletion) {
            Policy::Delete => Fate::Deleted,
            Policy::Snapshot => Fate::Snapshotted,
            Policy::Retain => Fate::Retained,
        };
        let why = old.map_or(String::new(), |old| old.why.clone());
        DataFate {
            key: unit.key(),
            id: resource.id.clone(),
            resource_type: resource.resource_type.clone(),
            why,
            fate,
            causes: Vec::new(),
            way: None,
        }
    };
    let there = resources.iter().filter(|resource| resource.status != "DELETE_SKIPPED");
    let member = |resource: &StackResource| deployed.get(&resource.id).is_some_and(|old| old.in_cluster);
    there.filter(|resource| holds_data(options, unit, resource) && !member(resource)).map(of).collect()
}

fn holds_data(options: &Options, unit: &Unit, resource: &StackResource) -> bool {
    unit.resources.get(&resource.id).map_or_else(|| (options.holds_data)(&resource.resource_type), |note| note.holds_data)
}

async fn take_away<S: Stacks, O: Observer>(run: &Run<'_, S, O>, stack: &Doomed<'_>, kept: &mut Vec<Kept>) -> Result<StackReport, Halt> {
    let (key, begun) = (stack.unit.key(), run.stacks.now());
    let id = Key::new(&stack.state.id, &stack.unit.region);
    run.may_go_on(None)?;
    if stack.state.protected {
        run.ask(&key, || run.stacks.protect(&key, false)).await?;
    }
    run.tell(Happening::Deleting(key.clone()));
    let mut retain: Vec<String> = Vec::new();
    loop {
        let mark = run.ask(&id, || run.stacks.newest_event(&id)).await?;
        let token = format!("{}-destroy-{}", run.options.run, retain.len());
        run.ask(&id, || run.stacks.delete(&id, &retain, &token)).await?;
        let ended = watch(run, stack.unit, &id, mark).await?;
        let status = match ended.state.map(|state| state.status) {
            None | Some(Status::DeleteComplete) => break,
            Some(status) => status,
        };
        // What AWS refuses to delete is left when it holds data: it is protected for that. Anything else is for a person to judge.
        let left = run.ask(&id, || run.stacks.resources(&id)).await?;
        let stubborn: Vec<&StackResource> = left.iter().filter(|resource| resource.status == "DELETE_FAILED").collect();
        let all_data = stubborn.iter().all(|resource| holds_data(run.options, stack.unit, resource));
        if stubborn.is_empty() || !all_data || !retain.is_empty() || status != Status::DeleteFailed {
            run.tell(Happening::Failed {
                key: key.clone(),
                elapsed: run.since(begun),
                status: status.clone(),
                causes: ended.causes.clone(),
            });
            let command = Some(aws_command(&key, "delete-stack"));
            return Err(Halt::NeedsAction(Box::new(Failure { key, status: Some(status), causes: ended.causes, command })));
        }
        retain = stubborn.iter().map(|resource| resource.id.clone()).collect();
    }
    for resource in &stack.resources {
        let retained = stack.deployed.get(&resource.id).is_some_and(|old| old.deletion() == Policy::Retain);
        if retained || retain.contains(&resource.id) {
            let physical = resource.physical.clone().unwrap_or_default();
            kept.push(Kept { key: key.clone(), id: resource.id.clone(), physical, resource_type: resource.resource_type.clone() });
        }
    }
    let elapsed = run.since(begun);
    run.tell(Happening::Finished { key: key.clone(), elapsed });
    Ok(StackReport { key, layer: stack.unit.layer.clone(), change: Changed::Deleted, elapsed, outputs: Vec::new() })
}
