//! How a deployment can be asked for and how it can end: each end has one exit code.

use super::guard::DataFate;
use super::status::Status;
use super::unit::Key;
use std::collections::BTreeSet;
use std::time::Duration;

/// How to deploy.
#[derive(Clone, Debug)]
pub struct Options {
    /// Do not ask.
    pub yes: bool,
    /// Logical IDs whose data may be lost, moved or left behind.
    pub accept_data_fate: BTreeSet<String>,
    /// The machine image to take where one would be looked up.
    pub image_id: Option<String>,
    /// Give scaling groups the newest image.
    pub refresh_images: bool,
    /// The bucket for templates over 51,200 bytes.
    pub template_bucket: Option<String>,
    /// Time between two looks at a stack.
    pub poll: Duration,
    /// When to stop waiting; the deployment goes on at AWS.
    pub timeout: Option<Duration>,
    /// Every stack that this app and environment may have; those that exist but are not deployed are told of.
    pub family: Vec<Key>,
    /// Whether losing a resource of this type loses data, for resources that no unit knows.
    pub holds_data: fn(&str) -> bool,
    /// Tells this run from others: letters, digits and hyphens, at most 40.
    pub run: String,
}

impl Options {
    /// The defaults: ask, accept nothing, look every two seconds, wait without end.
    pub fn new(run: impl Into<String>) -> Options {
        Options {
            yes: false,
            accept_data_fate: BTreeSet::new(),
            image_id: None,
            refresh_images: false,
            template_bucket: None,
            poll: Duration::from_secs(2),
            timeout: None,
            family: Vec::new(),
            holds_data: super::guard::holds_data,
            run: run.into(),
        }
    }
}

/// How a deployment, or a destruction, ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// All is as wanted. Nothing may have been to do: see `Report::changed`.
    Done(Report),
    /// Data would be lost, moved or left behind without being accepted by name. Nothing in these stacks was changed.
    Refused {
        /// What would happen to which data.
        fates: Vec<DataFate>,
        /// What was done before the refusal was known.
        report: Report,
    },
    /// AWS would do other than was reviewed. The stack was not changed.
    Stale {
        /// The stack.
        key: Key,
        /// What differs.
        why: String,
        /// What was done before.
        report: Report,
    },
    /// Something failed and was undone.
    RolledBack {
        /// What failed.
        failures: Vec<Failure>,
        /// What was done besides.
        report: Report,
    },
    /// Something failed and a person must act.
    NeedsAction {
        /// What failed; each has a command.
        failures: Vec<Failure>,
        /// What was done besides.
        report: Report,
    },
    /// The user said no.
    Declined(Report),
    /// Time is up; these go on at AWS.
    GaveUp {
        /// Stacks whose change goes on.
        going: Vec<Key>,
        /// What was done before.
        report: Report,
    },
    /// The user interrupted; these go on at AWS.
    Interrupted {
        /// Stacks whose change goes on.
        going: Vec<Key>,
        /// What was done before.
        report: Report,
    },
}

impl Outcome {
    /// The exit code of the process.
    pub fn exit_code(&self) -> u8 {
        match self {
            Outcome::Done(_) => 0,
            Outcome::Refused { .. } => 4,
            Outcome::Stale { .. } => 5,
            Outcome::RolledBack { .. } => 6,
            Outcome::NeedsAction { .. } => 7,
            Outcome::Declined(_) => 8,
            Outcome::GaveUp { .. } => 9,
            Outcome::Interrupted { .. } => 130,
        }
    }

    /// What was done.
    pub fn report(&self) -> &Report {
        match self {
            Outcome::Done(report) | Outcome::Declined(report) => report,
            Outcome::Refused { report, .. }
            | Outcome::Stale { report, .. }
            | Outcome::RolledBack { report, .. }
            | Outcome::NeedsAction { report, .. }
            | Outcome::GaveUp { report, .. }
            | Outcome::Interrupted { report, .. } => report,
        }
    }
}

/// What was done, stack by stack in the order of the units.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Stacks that are as wanted.
    pub stacks: Vec<StackReport>,
    /// Stacks of the same app and environment that are no longer part of it and were left as they are.
    pub left_over: Vec<Key>,
    /// Resources with data that stay at AWS outside of any stack (destruction only).
    pub kept: Vec<Kept>,
}

impl Report {
    /// Whether anything was changed.
    pub fn changed(&self) -> bool {
        self.stacks.iter().any(|stack| stack.change != Changed::Nothing)
    }
}

/// What was done with one stack.
#[derive(Clone, Debug)]
pub struct StackReport {
    /// The stack.
    pub key: Key,
    /// Its layer.
    pub layer: String,
    /// What was done.
    pub change: Changed,
    /// How long it took.
    pub elapsed: Duration,
    /// Its outputs, addresses first.
    pub outputs: Vec<OutputValue>,
}

/// What was done with a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is new.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
    /// It was already as wanted.
    Nothing,
}

/// An output with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputValue {
    /// The output's name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// What it is, in words; may be empty.
    pub about: String,
    /// Whether it is an address that a person opens.
    pub address: bool,
}

/// A resource that stays at AWS after its stack is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The stack that it was part of.
    pub key: Key,
    /// Logical ID.
    pub id: String,
    /// Name or ID at AWS.
    pub physical: String,
    /// The type.
    pub resource_type: String,
}

/// A stack whose change failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The stack.
    pub key: Key,
    /// Where it ended, when it still exists.
    pub status: Option<Status>,
    /// What failed first.
    pub causes: Vec<RootCause>,
    /// The command that leads on, when a person must act.
    pub command: Option<String>,
}

/// What failed first: a resource, what it is for, and CloudFormation's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootCause {
    /// Logical ID; the stack's name when the stack itself failed.
    pub id: String,
    /// The type.
    pub resource_type: String,
    /// What it is for; may be empty.
    pub why: String,
    /// CloudFormation's words.
    pub reason: String,
}
