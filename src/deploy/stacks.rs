//! What a deployment asks of the world: `Stacks`, implemented on the AWS SDK by the shell and by a fake in tests.

use super::change::{ChangeSet, Given};
use super::status::Status;
use super::trouble::Trouble;
use super::unit::Key;
use std::future::Future;
use std::time::Duration;

/// A stack as it stands.
#[derive(Clone, Debug)]
pub struct StackState {
    /// The stack's ARN, which names it even after its deletion.
    pub id: String,
    /// Its status.
    pub status: Status,
    /// Why it has that status, when CloudFormation says.
    pub reason: Option<String>,
    /// Parameter names and values.
    pub parameters: Vec<(String, String)>,
    /// Output names and values.
    pub outputs: Vec<(String, String)>,
    /// Whether termination protection is on.
    pub protected: bool,
    /// Milliseconds since 1970 of the last update, or of the creation.
    pub changed_at: Option<i64>,
    /// The drift status of the last detection (`IN_SYNC`, `DRIFTED`, `NOT_CHECKED`), when known.
    pub drift: Option<String>,
}

/// A resource of a stack as it stands.
#[derive(Clone, Debug)]
pub struct StackResource {
    /// Logical ID.
    pub id: String,
    /// Name or ID at AWS.
    pub physical: Option<String>,
    /// The type.
    pub resource_type: String,
    /// The resource's status, `CREATE_COMPLETE`.
    pub status: String,
    /// Why, when CloudFormation says.
    pub reason: Option<String>,
}

/// Something that happened to a stack or a resource.
#[derive(Clone, Debug)]
pub struct Event {
    /// CloudFormation's ID of the event.
    pub id: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Logical ID of the resource; the stack's name for the stack itself.
    pub resource: String,
    /// Name or ID at AWS.
    pub physical: Option<String>,
    /// The type.
    pub resource_type: String,
    /// The resource's status after the event, `CREATE_IN_PROGRESS`; empty for events that are not about a status.
    pub status: String,
    /// Why, when CloudFormation says.
    pub reason: Option<String>,
}

impl Event {
    /// Whether the event is about the stack rather than a resource of it.
    pub fn is_of_stack(&self) -> bool {
        self.resource_type == "AWS::CloudFormation::Stack"
    }

    /// Whether something failed.
    pub fn failed(&self) -> bool {
        self.status.ends_with("_FAILED")
    }
}

/// A machine image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    /// The one that the parameter names.
    Found(String),
    /// An ID that stands for it at an emulator, which has no such image.
    StandIn(String),
}

/// The template of a change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Sent in the request.
    Text(String),
    /// Read by CloudFormation from S3.
    Url(String),
}

/// What to make a change set of.
#[derive(Clone, Debug)]
pub struct ChangeSetRequest {
    /// The change set's name.
    pub name: String,
    /// Makes a repeated request harmless.
    pub token: String,
    /// Whether the stack is new.
    pub create: bool,
    /// The template.
    pub body: Body,
    /// Parameter names and values.
    pub parameters: Vec<(String, Given)>,
    /// Tags of the stack.
    pub tags: Vec<(String, String)>,
    /// Capabilities to acknowledge.
    pub capabilities: Vec<String>,
}

/// The world that a deployment works on. A missing stack is `None`, not an error.
pub trait Stacks {
    /// The stack as it stands, or nothing.
    fn describe(&self, key: &Key) -> impl Future<Output = Result<Option<StackState>, Trouble>>;
    /// The stack's resources, deleted ones left out.
    fn resources(&self, key: &Key) -> impl Future<Output = Result<Vec<StackResource>, Trouble>>;
    /// The template that the stack was last deployed with, as it was sent.
    fn template(&self, key: &Key) -> impl Future<Output = Result<String, Trouble>>;
    /// Begins a change set; returns its ID.
    fn create_change_set(&self, key: &Key, request: &ChangeSetRequest) -> impl Future<Output = Result<String, Trouble>>;
    /// The change set with all pages of its changes.
    fn change_set(&self, key: &Key, id: &str) -> impl Future<Output = Result<ChangeSet, Trouble>>;
    /// Begins the change. Resources made by a creation that fails are removed whatever their deletion policy.
    fn execute(&self, key: &Key, id: &str, token: &str) -> impl Future<Output = Result<(), Trouble>>;
    /// Removes a change set that was not executed.
    fn delete_change_set(&self, key: &Key, id: &str) -> impl Future<Output = Result<(), Trouble>>;
    /// The ID of the stack's newest event.
    fn newest_event(&self, key: &Key) -> impl Future<Output = Result<Option<String>, Trouble>>;
    /// The events after the one with this ID, oldest first.
    fn events(&self, key: &Key, after: Option<&str>) -> impl Future<Output = Result<Vec<Event>, Trouble>>;
    /// What failed, hooks and CloudFormation's early validation included: of a change set that could not be made, or of the stack's
    /// last operations.
    fn failures(&self, key: &Key, change_set: Option<&str>) -> impl Future<Output = Result<Vec<Event>, Trouble>>;
    /// Turns an update that goes on into a rollback.
    fn cancel_update(&self, key: &Key) -> impl Future<Output = Result<(), Trouble>>;
    /// Begins to delete the stack. `retain` names resources to leave; CloudFormation takes it only after a deletion that failed.
    fn delete(&self, key: &Key, retain: &[String], token: &str) -> impl Future<Output = Result<(), Trouble>>;
    /// Turns termination protection on or off.
    fn protect(&self, key: &Key, on: bool) -> impl Future<Output = Result<(), Trouble>>;
    /// Sets the stack policy, a JSON document.
    fn set_policy(&self, key: &Key, policy: &str) -> impl Future<Output = Result<(), Trouble>>;
    /// Puts a template into a bucket; returns its URL.
    fn put_template(&self, key: &Key, bucket: &str, name: &str, body: &str) -> impl Future<Output = Result<String, Trouble>>;
    /// The machine image that a public SSM parameter names.
    fn image(&self, region: &str, path: &str) -> impl Future<Output = Result<Image, Trouble>>;
    /// Makes a CloudFront distribution forget everything that it cached. The same token makes a repeated request harmless.
    fn invalidate(&self, distribution: &str, token: &str) -> impl Future<Output = Result<(), Trouble>>;
    /// Waits; returns early when the user interrupts.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()>;
    /// Time since some fixed moment; never goes back.
    fn now(&self) -> Duration;
    /// Whether the user has asked to stop.
    fn interrupted(&self) -> bool;
}
