//! The procedure that makes AWS agree with the templates: order, change sets, review, progress, recovery.
//!
//! It works on a `Stacks` and tells an `Observer`; it knows no SDK, no clock and no terminal.

mod change;
mod deployed;
mod guard;
mod observe;
mod outcome;
mod rendered;
mod stacks;
mod status;
mod trouble;
mod unit;

pub use change::{Action, Cause, Change, ChangeSet, Given, Policy, Replacement, Stage};
pub use guard::{DataFate, Fate, holds_data};
pub use observe::{Decision, Doing, Happening, Intent, Observer, Review, Step};
pub use rendered::units;
pub use outcome::{Changed, DeployError, Failure, Kept, Options, Outcome, OutputValue, Report, RootCause, StackReport};
pub use stacks::{Body, ChangeSetRequest, Event, StackResource, StackState, Stacks};
pub use status::{Next, Status, next};
pub use trouble::Trouble;
pub use unit::{Key, OutputNote, Parameter, ResourceNote, Supply, Unit};
