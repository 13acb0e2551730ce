//! The deployment of all units: look at everything, guard everything, ask once, then carry each as soon as what it needs is complete.

use super::body;
use super::carry::carry;
use super::ending::Endings;
use super::error::DeployError;
use super::freshen::freshen;
use super::guard;
use super::observe::{Decision, Happening, Intent, Observer, Review};
use super::order;
use super::outcome::{Options, Outcome, Report, StackReport};
use super::prepare::{self, Prepared, Standing};
use super::run::{Halt, Run};
use super::stacks::Stacks;
use super::survey;
use super::unit::{Key, Unit};
use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};

/// Makes AWS agree with the units.
///
/// # Errors
/// What prevents going on without being an end of its own: see [`DeployError`].
pub async fn deploy<S: Stacks, O: Observer>(
    stacks: &S,
    units: &[Unit],
    options: &Options,
    observer: &mut O,
) -> Result<Outcome, DeployError> {
    let needs = order::needs(units)?;
    for unit in units {
        // The name of a bucket that this very deployment makes is not known yet; that there will be one is enough here.
        body::carriage(unit, options, unit.template_bucket.as_ref().map(|(_, output)| output.as_str()))?;
    }
    let run = Run::new(stacks, options, observer);
    let mut endings = Endings::default();
    let mut report = Report::default();
    let mut prepared: Vec<Option<Prepared>> = units.iter().map(|_| None).collect();
    let mut done: Vec<Option<StackReport>> = units.iter().map(|_| None).collect();
    match before(&run, units, &mut prepared, &mut report).await {
        Ok(standings) => {
            execute(&run, units, &needs, &standings, &mut prepared, &mut done, &mut endings).await;
            if endings.is_empty() {
                freshen(&run, &standings, &done).await;
            }
        }
        Err(halts) => halts.into_iter().for_each(|halt| endings.push(halt)),
    }
    // What will not be executed is taken away, except after an interruption: then the user wants to be gone.
    if !stacks.interrupted() {
        for (unit, prepared) in units.iter().zip(&prepared).filter_map(|(unit, prepared)| Some((unit, prepared.as_ref()?))) {
            if let Err(error) = prepare::discard(&run, &unit.key(), prepared).await {
                endings.push(error.into());
            }
        }
    }
    report.stacks = done.into_iter().flatten().collect();
    if endings.is_empty() {
        let met = run.met.borrow();
        for id in options.accept_data_fate.iter().filter(|id| !met.contains(id)) {
            run.tell(Happening::NeedlessAcceptance(id.clone()));
        }
    }
    endings.outcome(report)
}

/// Everything that comes before the first change: how each stack stands, what would become of data, the change sets that can be made
/// already, and the question.
async fn before<S: Stacks, O: Observer>(
    run: &Run<'_, S, O>,
    units: &[Unit],
    prepared: &mut [Option<Prepared>],
    report: &mut Report,
) -> Result<Vec<Standing>, Vec<Halt>> {
    let standings = all(join_all(units.iter().map(|unit| survey::look(run, unit))).await)?;
    survey::learn_outside(run, units).await.map_err(|halt| vec![halt])?;
    report.left_over = survey::left_over(run, units).await.map_err(|halt| vec![halt])?;
    let removed: Vec<_> =
        units.iter().zip(&standings).flat_map(|(unit, standing)| guard::removed(unit, run.options, &standing.deployed)).collect();
    run.met.borrow_mut().extend(removed.iter().map(|fate| fate.id.clone()));
    let refused = guard::unaccepted(run.options, &removed);
    if !refused.is_empty() {
        return Err(vec![Halt::Refused(refused)]);
    }
    let keys: Vec<Key> = units.iter().map(Unit::key).collect();
    let answers = join_all(units.iter().zip(&standings).map(|(unit, standing)| early(run, unit, standing, &keys))).await;
    let mut halts = Vec::new();
    for (answer, slot) in answers.into_iter().zip(prepared.iter_mut()) {
        match answer {
            Ok(ready) => *slot = ready,
            Err(halt) => halts.push(halt),
        }
    }
    if !halts.is_empty() {
        return Err(halts);
    }
    let fates: Vec<_> = prepared.iter().flatten().flat_map(|prepared| prepared.fates.clone()).collect();
    run.met.borrow_mut().extend(fates.iter().map(|fate| fate.id.clone()));
    let refused = guard::unaccepted(run.options, &fates);
    if !refused.is_empty() {
        return Err(vec![Halt::Refused(refused)]);
    }
    run.may_go_on(None).map_err(|halt| vec![halt])?;
    ask(run, units, &standings, prepared).map_err(|halt| vec![halt])?;
    Ok(standings)
}

fn all<T>(answers: Vec<Result<T, Halt>>) -> Result<Vec<T>, Vec<Halt>> {
    let mut good = Vec::new();
    let mut bad = Vec::new();
    for answer in answers {
        match answer {
            Ok(value) => good.push(value),
            Err(halt) => bad.push(halt),
        }
    }
    if bad.is_empty() { Ok(good) } else { Err(bad) }
}

/// The change set of a unit before anything is executed, when the outputs that it needs are known as they are now.
async fn early<S: Stacks, O: Observer>(
    run: &Run<'_, S, O>,
    unit: &Unit,
    standing: &Standing,
    pending: &[Key],
) -> Result<Option<Prepared>, Halt> {
    if standing.clear {
        return Ok(None);
    }
    let bucket = unit.template_bucket.as_ref().filter(|_| run.options.template_bucket.is_none());
    if bucket.is_some_and(|(stack, output)| pending.contains(stack) && run.output(stack, output).is_none()) {
        return Ok(None);
    }
    match prepare::parameters(run, unit, standing, pending).await? {
        Some(given) => prepare::change_set(run, unit, standing, given).await.map(Some),
        None => Ok(None),
    }
}

fn ask<S: Stacks, O: Observer>(
    run: &Run<'_, S, O>,
    units: &[Unit],
    standings: &[Standing],
    prepared: &[Option<Prepared>],
) -> Result<(), Halt> {
    let reviews: Vec<Review> = units
        .iter()
        .zip(standings)
        .zip(prepared)
        .map(|((unit, standing), prepared)| {
            let intent = match prepared {
                Some(Prepared { id: None, .. }) => Intent::Nothing,
                Some(ready) if standing.create => Intent::Create(ready.changes.clone()),
                Some(ready) => Intent::Update(ready.changes.clone()),
                None => Intent::Later { create: standing.create, resources: unit.resources.len(), waits_for: order::sources(unit) },
            };
            let fates = prepared.as_ref().map(|prepared| prepared.fates.clone()).unwrap_or_default();
            Review { key: unit.key(), intent, fates }
        })
        .collect();
    reviews.iter().for_each(|review| run.tell(Happening::Reviewed(review.clone())));
    let idle = reviews.iter().all(|review| matches!(review.intent, Intent::Nothing));
    if idle || run.options.yes || run.observer().confirm(&reviews) == Decision::Proceed { Ok(()) } else { Err(Halt::Declined) }
}

/// Carries every unit as soon as those that it needs are complete. After the first that does not end well none is begun any more, and
/// those that go on are seen to their end.
async fn execute<S: Stacks, O: Observer>(
    run: &Run<'_, S, O>,
    units: &[Unit],
    needs: &[Vec<usize>],
    standings: &[Standing],
    prepared: &mut [Option<Prepared>],
    done: &mut [Option<StackReport>],
    endings: &mut Endings,
) {
    let mut begun = vec![false; units.len()];
    let mut going = FuturesUnordered::new();
    loop {
        if endings.is_empty() && run.may_go_on(None).is_ok() {
            for i in 0..units.len() {
                if !begun[i] && needs[i].iter().all(|need| done[*need].is_some()) {
                    begun[i] = true;
                    let ready = prepared[i].take();
                    going.push(async move { (i, carry(run, &units[i], &standings[i], ready).await) });
                }
            }
        }
        match going.next().await {
            Some((i, Ok(report))) => done[i] = Some(report),
            Some((_, Err(halt))) => endings.push(halt),
            None => break,
        }
    }
    if endings.is_empty() && begun.contains(&false) {
        // Nothing failed and yet something was not begun: the run was stopped between two stacks.
        if let Err(halt) = run.may_go_on(None) {
            endings.push(halt);
        }
    }
}
