//! What a deployment tells the one who watches it, and the one question that it asks.

use super::change::Change;
use super::guard::DataFate;
use super::outcome::RootCause;
use super::status::Status;
use super::unit::Key;
use std::time::Duration;

/// Who watches a deployment. Everything that a person may want to see arrives here, typed; wording is the observer's.
pub trait Observer {
    /// Something happened.
    fn saw(&mut self, happening: &Happening);
    /// Asks whether to go on with these changes. Called once for all that is known beforehand, and again for a stack whose changes
    /// could only be known after another's deployment. Not called when the user has said yes beforehand.
    fn confirm(&mut self, reviews: &[Review]) -> Decision;
}

/// The answer to the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Proceed,
    /// Leave everything as it is; also the answer when nobody can be asked.
    Decline,
}

/// What will be done with a stack.
#[derive(Clone, Debug)]
pub struct Review {
    /// The stack.
    pub key: Key,
    /// What will be done.
    pub intent: Intent,
    /// What happens to data, all of it accepted by name.
    pub fates: Vec<DataFate>,
}

/// What will be done with a stack.
#[derive(Clone, Debug)]
pub enum Intent {
    /// It is created; these are CloudFormation's words.
    Create(Vec<Change>),
    /// It is updated; these are CloudFormation's words.
    Update(Vec<Change>),
    /// It is deleted.
    Delete {
        /// How many resources it has.
        resources: usize,
    },
    /// Nothing is to be changed.
    Nothing,
    /// It waits for outputs of other stacks; its change set is made when its turn comes.
    Later {
        /// Whether it is new.
        create: bool,
        /// How many resources the template has.
        resources: usize,
        /// Whose outputs it waits for.
        waits_for: Vec<Key>,
    },
}

/// How far a resource is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its creation, update or deletion began.
    Started,
    /// It ended well.
    Finished,
    /// It failed, and why.
    Failed(String),
    /// It was given up because another one failed.
    Cancelled,
    /// It stays at AWS though it left the stack.
    Kept,
}

/// What is done with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It is made.
    Creating,
    /// It is changed.
    Updating,
    /// It is taken away.
    Deleting,
    /// An existing one is taken into the stack.
    Importing,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Happening {
    /// An operation that began before goes on; the deployment waits for its end.
    WaitingFor {
        /// The stack.
        key: Key,
        /// Its status.
        status: Status,
    },
    /// What is about to be done with a stack.
    Reviewed(Review),
    /// The remains of a creation that failed are taken away.
    Clearing(Key),
    /// A change began.
    Started {
        /// The stack.
        key: Key,
        /// Whether it is new.
        create: bool,
        /// How many resources will change.
        changes: usize,
    },
    /// A resource went on.
    Resource {
        /// The stack.
        key: Key,
        /// Logical ID.
        id: String,
        /// The type.
        resource_type: String,
        /// The sentence that says what it is for; may be empty.
        why: String,
        /// What is done.
        doing: Doing,
        /// How far.
        step: Step,
        /// Time since its start.
        elapsed: Duration,
        /// Whether this undoes a failed change.
        undoing: bool,
    },
    /// Something failed and the change is being undone.
    RollingBack {
        /// The stack.
        key: Key,
        /// CloudFormation's words.
        reason: String,
    },
    /// Time passed; nothing else did.
    Tick {
        /// The stack.
        key: Key,
        /// Time since the change began.
        elapsed: Duration,
    },
    /// A stack needed no change.
    Unchanged(Key),
    /// A stack's change ended well.
    Finished {
        /// The stack.
        key: Key,
        /// How long it took.
        elapsed: Duration,
    },
    /// A stack's change did not end well.
    Failed {
        /// The stack.
        key: Key,
        /// How long it took.
        elapsed: Duration,
        /// Where it ended.
        status: Status,
        /// What failed first.
        causes: Vec<RootCause>,
    },
    /// A stack is being deleted.
    Deleting(Key),
    /// A request is repeated after a passing trouble.
    Retrying {
        /// What AWS said.
        trouble: String,
        /// How long to wait before.
        wait: Duration,
    },
    /// A fate was accepted that no resource meets.
    NeedlessAcceptance(String),
    /// An emulator has no image of that name; an ID stands for it.
    StandIn {
        /// The parameter that should have named an image.
        path: String,
        /// What was taken instead.
        image: String,
    },
    /// A distribution forgets what it cached.
    Invalidated {
        /// The distribution's ID.
        distribution: String,
    },
    /// A distribution may go on showing what it cached.
    NotInvalidated {
        /// The distribution's ID.
        distribution: String,
        /// Why it could not be told.
        trouble: String,
    },
    /// A stack of the same app and environment that is no longer part of it; it is left as it is.
    LeftOver(Key),
}
