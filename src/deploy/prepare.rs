//! Makes the change set of a unit: its parameters' values, the template's way, CloudFormation's answer, and what it does to data.

use super::body::{Carriage, carriage, fingerprint};
use super::change::{Action, Change, ChangeSet, Given, Stage};
use super::deployed::{self, Deployed};
use super::error::DeployError;
use super::guard::{self, DataFate};
use super::observe::Observer;

use super::run::{Halt, Run};
use super::stacks::{Body, ChangeSetRequest, StackState, Stacks};
use super::status::Status;
use super::trouble::Trouble;
use super::unit::{Key, Supply, Unit};
use std::collections::BTreeMap;

/// A stack before the deployment.
#[derive(Debug, Default)]
pub struct Standing {
    /// The stack, when anything is there.
    pub state: Option<StackState>,
    /// Whether it is to be created.
    pub create: bool,
    /// Whether the remains of a failed creation must go first.
    pub clear: bool,
    /// The resources of its deployed template.
    pub deployed: BTreeMap<String, Deployed>,
}

/// A change set that is ready, or the certainty that none is needed.
#[derive(Debug)]
pub struct Prepared {
    /// The change set's ID; nothing when there is nothing to change.
    pub id: Option<String>,
    /// What it does.
    pub changes: Vec<Change>,
    /// What it does to data.
    pub fates: Vec<DataFate>,
    /// The parameters that it was made with.
    pub given: Vec<(String, Given)>,
    /// Whether making it made the stack's empty shell.
    pub shell: bool,
}

/// Reads what the deployed template says of its resources.
pub async fn read_deployed<S: Stacks, O: Observer>(run: &Run<'_, S, O>, key: &Key) -> Result<BTreeMap<String, Deployed>, DeployError> {
    let text = run.ask(key, || run.stacks.template(key)).await?;
    deployed::resources(&text).map_err(|why| DeployError::Unreadable { key: key.clone(), why })
}

/// The values of a unit's parameters, or nothing while an output that another stack of this deployment will have is not there yet.
pub async fn parameters<S: Stacks, O: Observer>(
    run: &Run<'_, S, O>,
    unit: &Unit,
    standing: &Standing,
    pending: &[Key],
) -> Result<Option<Vec<(String, Given)>>, Halt> {
    let mut values = Vec::new();
    for parameter in &unit.parameters {
        let has = standing
            .state
            .as_ref()
            .is_some_and(|state| !standing.create && state.parameters.iter().any(|(name, _)| *name == parameter.name));
        let value = match &parameter.supply {
            Supply::Value(value) => Given::Value(value.clone()),
            Supply::Image { refresh_group, .. } if has && !(run.options.refresh_images && *refresh_group) => Given::Previous,
            Supply::Image { path, .. } => match &run.options.image_id {
                Some(image) => Given::Value(image.clone()),
                None => Given::Value(run.image(&unit.key(), path).await?),
            },
            Supply::Output { stack, region, output } => {
                let from = Key::new(stack, region);
                match run.output(&from, output) {
                    Some(value) => Given::Value(value),
                    None if pending.contains(&from) => return Ok(None),
                    None => {
                        let (wanted_by, parameter) = (unit.key(), parameter.name.clone());
                        return Err(DeployError::NoOutput { output: format!("\"{output}\" of {from}"), wanted_by, parameter }.into());
                    }
                }
            }
        };
        values.push((parameter.name.clone(), value));
    }
    Ok(Some(values))
}

/// Makes the change set and waits for CloudFormation's answer.
pub async fn change_set<S: Stacks, O: Observer>(
    run: &Run<'_, S, O>,
    unit: &Unit,
    standing: &Standing,
    given: Vec<(String, Given)>,
) -> Result<Prepared, Halt> {
    let key = unit.key();
    let mark = fingerprint(&unit.template, &given, &unit.tags);
    let own = unit.template_bucket.as_ref().and_then(|(stack, output)| run.output(stack, output));
    let body = match carriage(unit, run.options, own.as_deref())? {
        Carriage::Request(text) => Body::Text(text.to_owned()),
        Carriage::Bucket(bucket, text) => {
            let name = format!("scalectl/{}/{mark}.json", unit.stack);
            Body::Url(run.ask(&key, || run.stacks.put_template(&key, bucket, &name, text)).await?)
        }
    };
    let capabilities = if unit.capabilities.is_empty() { vec!["CAPABILITY_NAMED_IAM".to_owned()] } else { unit.capabilities.clone() };
    let mut request = ChangeSetRequest {
        name: format!("scalectl-{mark}"),
        token: format!("{}-{mark}", run.options.run),
        create: standing.create,
        body,
        parameters: given.clone(),
        tags: unit.tags.clone(),
        capabilities,
    };
    let id = match run.ask(&key, || run.stacks.create_change_set(&key, &request)).await {
        // A run that was killed left a change set for the same wish; the stack may have changed since, so it is made anew.
        Err(DeployError::World { trouble: Trouble::AlreadyExists(_), .. }) => {
            run.ask(&key, || run.stacks.delete_change_set(&key, &request.name)).await?;
            request.token.push_str("-again");
            run.ask(&key, || run.stacks.create_change_set(&key, &request)).await?
        }
        answer => answer?,
    };
    let shell = standing.create && standing.state.as_ref().is_none_or(|state| state.status != Status::ReviewInProgress);
    let mut prepared = Prepared { id: Some(id.clone()), changes: Vec::new(), fates: Vec::new(), given, shell };
    let set = answer(run, &key, &id).await?;
    if set.stage == Stage::Failed {
        let reasons = if set.is_empty() { Vec::new() } else { reasons(run, &key, &id, &set).await };
        discard(run, &key, &prepared).await?;
        prepared.id = None;
        return if set.is_empty() { Ok(prepared) } else { Err(DeployError::ChangeSet { key, reasons }.into()) };
    }
    if let Some(why) = surprise(unit, &set.changes) {
        discard(run, &key, &prepared).await?;
        return Err(Halt::Stale(key, why));
    }
    prepared.fates = guard::of_changes(unit, run.options, &set.changes, &standing.deployed);
    prepared.changes = set.changes;
    Ok(prepared)
}

async fn answer<S: Stacks, O: Observer>(run: &Run<'_, S, O>, key: &Key, id: &str) -> Result<ChangeSet, Halt> {
    loop {
        let set = run.ask(key, || run.stacks.change_set(key, id)).await?;
        if set.stage != Stage::Pending {
            return Ok(set);
        }
        run.may_go_on(None)?;
        run.stacks.sleep(run.options.poll).await;
    }
}

/// Why CloudFormation could not make a change set: its sentence, and the results of its early validation where it offers them.
async fn reasons<S: Stacks, O: Observer>(run: &Run<'_, S, O>, key: &Key, id: &str, set: &ChangeSet) -> Vec<String> {
    let mut reasons = vec![set.reason.clone().unwrap_or_else(|| "it gave no reason".to_owned())];
    // An older endpoint or a missing permission leaves us with the sentence alone.
    if let Ok(events) = run.stacks.failures(key, Some(id)).await {
        reasons.extend(events.into_iter().filter_map(|event| event.reason.map(|reason| format!("{}: {reason}", event.resource))));
    }
    reasons.dedup();
    reasons
}

/// Takes away a change set that will not be executed, and the empty shell of a stack that was made only for it.
pub async fn discard<S: Stacks, O: Observer>(run: &Run<'_, S, O>, key: &Key, prepared: &Prepared) -> Result<(), DeployError> {
    let Some(id) = &prepared.id else { return Ok(()) };
    run.ask(key, || run.stacks.delete_change_set(key, id)).await?;
    if prepared.shell {
        let state = run.ask(key, || run.stacks.describe(key)).await?;
        if state.is_some_and(|state| state.status == Status::ReviewInProgress) {
            let token = format!("{}-discard", run.options.run);
            run.ask(key, || run.stacks.delete(key, &[], &token)).await?;
        }
    }
    Ok(())
}

/// What the change set would do that the template does not ask for.
fn surprise(unit: &Unit, changes: &[Change]) -> Option<String> {
    if unit.resources.is_empty() {
        return None;
    }
    changes.iter().find_map(|change| match (&change.action, unit.resources.contains_key(&change.id)) {
        (Action::Add, false) => Some(format!("CloudFormation would add {}, which the template does not have", change.id)),
        (Action::Remove, true) => Some(format!("CloudFormation would remove {}, which the template has", change.id)),
        _ => None,
    })
}
