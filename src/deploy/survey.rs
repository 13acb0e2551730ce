//! Looks at what is there before anything is done: waits for what goes on, and finds for each stack the step that is legal.

use super::observe::{Happening, Observer};
use super::order;
use super::outcome::Failure;
use super::outcome::RootCause;
use super::prepare::{Standing, read_deployed};
use super::run::{Halt, Run};
use super::stacks::{StackState, Stacks};
use super::status::{Next, aws_command, next};
use super::unit::{Key, Unit};
use super::watch::watch;

/// Waits until nothing goes on in the stack, then says how it stands.
pub async fn settle<S: Stacks, O: Observer>(run: &Run<'_, S, O>, unit: &Unit) -> Result<Option<StackState>, Halt> {
    let key = unit.key();
    loop {
        let Some(state) = run.ask(&key, || run.stacks.describe(&key)).await? else { return Ok(None) };
        if next(&key, &state.status) != Next::Wait {
            return Ok(Some(state));
        }
        run.tell(Happening::WaitingFor { key: key.clone(), status: state.status });
        let id = Key::new(state.id, &unit.region);
        let mark = run.ask(&id, || run.stacks.newest_event(&id)).await?;
        watch(run, unit, &id, mark).await?;
    }
}

/// How a stack stands and what is to be done with it.
pub async fn look<S: Stacks, O: Observer>(run: &Run<'_, S, O>, unit: &Unit) -> Result<Standing, Halt> {
    let key = unit.key();
    let Some(state) = settle(run, unit).await? else { return Ok(Standing { create: true, ..Standing::default() }) };
    let mut standing = Standing::default();
    match next(&key, &state.status) {
        Next::Create => standing.create = true,
        Next::Update => {
            run.learn(&key, &state.outputs);
            standing.deployed = read_deployed(run, &key).await?;
        }
        Next::Recreate => {
            let left = run.ask(&key, || run.stacks.resources(&key)).await?;
            if !left.is_empty() {
                let names: Vec<&str> = left.iter().map(|resource| resource.id.as_str()).collect();
                let why = format!("its creation failed and these resources are still there: {}", names.join(", "));
                return Err(stuck(unit, &state, why, aws_command(&key, "delete-stack")));
            }
            (standing.create, standing.clear) = (true, true);
        }
        Next::Stuck { why, command } => return Err(stuck(unit, &state, why, command)),
        // A status that began between two looks; the next run waits for it.
        Next::Wait => return Err(stuck(unit, &state, "another operation has just begun".into(), aws_command(&key, "describe-stacks"))),
    }
    standing.state = Some(state);
    Ok(standing)
}

fn stuck(unit: &Unit, state: &StackState, reason: String, command: String) -> Halt {
    let cause = RootCause { id: unit.stack.clone(), resource_type: "AWS::CloudFormation::Stack".into(), why: String::new(), reason };
    Halt::NeedsAction(Box::new(Failure {
        key: unit.key(),
        status: Some(state.status.clone()),
        causes: vec![cause],
        command: Some(command),
    }))
}

/// Learns the outputs of stacks that parameters come from and that are not deployed here.
pub async fn learn_outside<S: Stacks, O: Observer>(run: &Run<'_, S, O>, units: &[Unit]) -> Result<(), Halt> {
    let mut outside: Vec<Key> = units.iter().flat_map(order::sources).filter(|key| !units.iter().any(|unit| unit.key() == *key)).collect();
    outside.sort();
    outside.dedup();
    for key in outside {
        if let Some(state) = run.ask(&key, || run.stacks.describe(&key)).await? {
            run.learn(&key, &state.outputs);
        }
    }
    Ok(())
}

/// Stacks of the family that exist and are not deployed here.
pub async fn left_over<S: Stacks, O: Observer>(run: &Run<'_, S, O>, units: &[Unit]) -> Result<Vec<Key>, Halt> {
    let mut left = Vec::new();
    for key in run.options.family.iter().filter(|key| !units.iter().any(|unit| unit.key() == **key)) {
        if run.ask(key, || run.stacks.describe(key)).await?.is_some() {
            run.tell(Happening::LeftOver(key.clone()));
            left.push(key.clone());
        }
    }
    Ok(left)
}
