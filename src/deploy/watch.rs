//! Follows an operation of CloudFormation to its end and tells of every step.

use super::observe::{Doing, Happening, Observer, Step};
use super::outcome::RootCause;
use super::run::{Halt, Run};
use super::stacks::{Event, StackState, Stacks};
use super::status::{Next, Status, next};
use super::unit::{Key, Unit};
use std::collections::BTreeMap;
use std::time::Duration;

/// How many looks an operation has to begin; after that a settled status counts even though nothing was heard of it.
const LOOKS_TO_BEGIN: u32 = 15;

/// How an operation ended.
#[derive(Debug)]
pub struct Ended {
    /// The stack after it; nothing when it is gone.
    pub state: Option<StackState>,
    /// What failed first.
    pub causes: Vec<RootCause>,
}

/// Follows the operation that goes on in the stack `id` (named by its ID, so that it can be watched beyond its deletion) from after
/// the event `mark` on, until the stack is settled.
pub async fn watch<S: Stacks, O: Observer>(run: &Run<'_, S, O>, unit: &Unit, id: &Key, mark: Option<String>) -> Result<Ended, Halt> {
    let begun = run.stacks.now();
    let mut story = Story::new(unit, mark);
    let mut looks = 0;
    loop {
        story.read(run, id).await?;
        let state = run.ask(id, || run.stacks.describe(id)).await?;
        let settled = state.as_ref().is_none_or(|state| !goes_on(id, &state.status));
        if settled && (story.heard || looks >= LOOKS_TO_BEGIN || state.is_none()) {
            // The last events may have come after the last reading.
            if state.is_some() {
                story.read(run, id).await?;
            }
            return Ok(Ended { state, causes: story.causes });
        }
        run.may_go_on(Some(&unit.key()))?;
        run.tell(Happening::Tick { key: unit.key(), elapsed: run.since(begun) });
        run.stacks.sleep(run.options.poll).await;
        looks += 1;
    }
}

/// Whether an operation goes on; a stack under review counts, because its creation is about to begin.
fn goes_on(key: &Key, status: &Status) -> bool {
    *status == Status::ReviewInProgress || next(key, status) == Next::Wait
}

/// What has been heard so far.
struct Story<'a> {
    unit: &'a Unit,
    mark: Option<String>,
    heard: bool,
    undoing: bool,
    began: BTreeMap<String, (Doing, i64)>,
    causes: Vec<RootCause>,
}

impl<'a> Story<'a> {
    fn new(unit: &'a Unit, mark: Option<String>) -> Self {
        Story { unit, mark, heard: false, undoing: false, began: BTreeMap::new(), causes: Vec::new() }
    }

    async fn read<S: Stacks, O: Observer>(&mut self, run: &Run<'_, S, O>, id: &Key) -> Result<(), Halt> {
        let events = run.ask(id, || run.stacks.events(id, self.mark.as_deref())).await?;
        for event in events {
            self.heard = true;
            if let Some(happening) = self.tell(&event) {
                run.tell(happening);
            }
            self.mark = Some(event.id);
        }
        Ok(())
    }

    fn tell(&mut self, event: &Event) -> Option<Happening> {
        let reason = event.reason.clone().unwrap_or_default();
        if event.failed() && !self.undoing && !is_consequence(&reason) {
            self.causes.push(RootCause {
                id: event.resource.clone(),
                resource_type: event.resource_type.clone(),
                why: self.unit.why(&event.resource).to_owned(),
                reason: reason.clone(),
            });
        }
        if event.is_of_stack() {
            let begins = event.status.ends_with("ROLLBACK_IN_PROGRESS") && !self.undoing;
            self.undoing |= begins;
            return begins.then(|| Happening::RollingBack { key: self.unit.key(), reason });
        }
        let (doing, end) = read_status(&event.status)?;
        let step = match end {
            "IN_PROGRESS" => Step::Started,
            "COMPLETE" => Step::Finished,
            "SKIPPED" => Step::Kept,
            "FAILED" if is_consequence(&reason) => Step::Cancelled,
            _ => Step::Failed(reason),
        };
        let before = self.began.get(&event.resource).copied().filter(|(what, _)| *what == doing);
        if before.is_some() && step == Step::Started {
            return None;
        }
        let (_, since) = before.unwrap_or((doing, event.at));
        match step {
            Step::Started => drop(self.began.insert(event.resource.clone(), (doing, event.at))),
            _ => drop(self.began.remove(&event.resource)),
        }
        Some(Happening::Resource {
            key: self.unit.key(),
            id: event.resource.clone(),
            resource_type: event.resource_type.clone(),
            why: self.unit.why(&event.resource).to_owned(),
            doing,
            step,
            elapsed: Duration::from_millis(u64::try_from(event.at - since).unwrap_or(0)),
            undoing: self.undoing,
        })
    }
}

/// Whether a failure only follows from another one.
fn is_consequence(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    reason.contains("creation cancelled") || reason.contains("update cancelled") || reason.contains("deletion cancelled")
}

/// What is done, and how far, from a resource's status.
fn read_status(status: &str) -> Option<(Doing, &str)> {
    // Resources of an import that is rolled back have statuses of their own.
    let status = status.strip_prefix("IMPORT_ROLLBACK_").map_or(status, |_| "DELETE_IN_PROGRESS");
    let (doing, end) = status.split_once('_')?;
    let doing = match doing {
        "CREATE" => Doing::Creating,
        "UPDATE" | "ROLLBACK" => Doing::Updating,
        "DELETE" => Doing::Deleting,
        "IMPORT" => Doing::Importing,
        _ => return None,
    };
    let end = ["IN_PROGRESS", "COMPLETE", "SKIPPED", "FAILED"].into_iter().find(|known| end.ends_with(known))?;
    Some((doing, end))
}
