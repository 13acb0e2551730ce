//! The procedure that makes AWS agree with the templates: order, change sets, review, progress, recovery.
//!
//! It works on a `Stacks` and tells an `Observer`; it knows no SDK, no clock and no terminal.

mod body;
mod carry;
mod change;
mod deployed;
mod destroy;
mod ending;
mod error;
mod freshen;
mod guard;
mod observe;
mod order;
mod outcome;
mod prepare;
mod procedure;
mod rendered;
mod report;
mod run;
mod stacks;
mod status;
mod survey;
mod trouble;
mod unit;
mod watch;

#[cfg(test)]
mod tests;

pub use change::{Action, Cause, Change, ChangeSet, Given, Policy, Replacement, Stage};
pub use destroy::destroy;
pub use error::DeployError;
pub use guard::{DataFate, Fate, holds_data};
pub use observe::{Decision, Doing, Happening, Intent, Observer, Review, Step};
pub use outcome::{Changed, Failure, Kept, Options, Outcome, OutputValue, Report, RootCause, StackReport};
pub use procedure::deploy;
pub use rendered::units;
pub use report::{StackStatus, follow, status};
pub use stacks::{Body, ChangeSetRequest, Event, Image, StackResource, StackState, Stacks};
pub use status::{Next, Status, next};
pub use trouble::Trouble;
pub use unit::{Key, OutputNote, Parameter, ResourceNote, Supply, Unit};
