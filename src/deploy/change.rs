//! What AWS says that it will do: change sets and their changes.

/// A parameter's value in a change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// This value.
    Value(String),
    /// The value that the stack has.
    Previous,
}

/// How far a change set is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// CloudFormation is still working it out.
    Pending,
    /// It can be executed.
    Ready,
    /// It could not be made; the reason says why.
    Failed,
}

/// A change set.
#[derive(Clone, Debug)]
pub struct ChangeSet {
    /// How far it is.
    pub stage: Stage,
    /// CloudFormation's sentence about its status.
    pub reason: Option<String>,
    /// What executing it would do.
    pub changes: Vec<Change>,
}

impl ChangeSet {
    /// Whether it failed only because there is nothing to change. Both wordings of CloudFormation are recognised.
    pub fn is_empty(&self) -> bool {
        let reason = self.reason.as_deref().unwrap_or("");
        self.stage == Stage::Failed && (reason.contains("didn't contain changes") || reason.contains("No updates are to be performed"))
    }
}

/// What happens to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is created.
    Add,
    /// It is changed in place or replaced.
    Modify,
    /// It leaves the stack.
    Remove,
    /// An existing resource becomes part of the stack.
    Import,
    /// CloudFormation cannot tell yet.
    Dynamic,
    /// Only CloudFormation's record of it changes.
    Sync,
    /// An action that CloudFormation did not have when this was written.
    Unknown(String),
}

/// Whether a modification replaces the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// In place.
    Never,
    /// It depends on values that are known only during the update.
    Conditional,
    /// A new one is made, the old one goes.
    Always,
}

/// What happens to the thing at AWS when it is removed or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    /// It is deleted.
    Delete,
    /// It is deleted after a snapshot.
    Snapshot,
    /// It stays, outside of any stack.
    Retain,
}

impl Policy {
    /// Reads a `DeletionPolicy`, an `UpdateReplacePolicy` or a change set's policy action; what is unknown counts as deletion.
    pub fn parse(text: &str) -> Policy {
        match text {
            "Retain" | "RetainExceptOnCreate" | "ReplaceAndRetain" => Policy::Retain,
            "Snapshot" | "ReplaceAndSnapshot" => Policy::Snapshot,
            _ => Policy::Delete,
        }
    }
}

/// What CloudFormation will do with one resource.
#[derive(Clone, Debug)]
pub struct Change {
    /// What happens.
    pub action: Action,
    /// Logical ID.
    pub id: String,
    /// Name or ID at AWS, for what exists.
    pub physical: Option<String>,
    /// The type.
    pub resource_type: String,
    /// Whether it is replaced.
    pub replacement: Replacement,
    /// What happens to the old thing, when CloudFormation says.
    pub policy: Option<Policy>,
    /// The properties that change, and why.
    pub causes: Vec<Cause>,
}

/// One property that makes a resource change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// The property's name, or the attribute (`Tags`, `Metadata`).
    pub property: String,
    /// Whether a change of it forces replacement: `Never`, `Conditionally` or `Always`.
    pub recreation: String,
    /// What kind of thing causes it: `DirectModification`, `ParameterReference`, `ResourceReference`…
    pub source: String,
    /// The parameter or resource that causes it, when it is not the template itself.
    pub entity: Option<String>,
    /// The value before.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
}
