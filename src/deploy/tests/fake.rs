//! A small CloudFormation in memory, with time that only sleeping moves, that can fail, be late, and die at any request.

use crate::deploy::*;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// How long every operation takes.
pub const OPERATION: Duration = Duration::from_secs(10);

#[derive(Default)]
pub struct World {
    pub stacks: RefCell<BTreeMap<Key, Stack>>,
    pub time: Cell<Duration>,
    pub calls: Cell<u32>,
    /// The request at which the process dies.
    pub dies_at: Cell<Option<u32>>,
    /// Stacks whose next operation fails.
    pub fails: RefCell<BTreeSet<String>>,
    /// Troubles to answer with, by the number of the request.
    pub troubles: RefCell<BTreeMap<u32, Trouble>>,
    pub interrupt_at: Cell<Option<Duration>>,
    /// Requests that changed something, as `verb stack`.
    pub deeds: RefCell<Vec<String>>,
    /// What was put into buckets, by URL.
    pub objects: RefCell<BTreeMap<String, String>>,
    ids: Cell<u32>,
}

#[derive(Clone)]
pub struct Stack {
    pub state: StackState,
    pub template: String,
    pub policy: Option<String>,
    pub sets: BTreeMap<String, (ChangeSetRequest, ChangeSet)>,
    events: Vec<Event>,
    operation: Option<(Duration, Status, String)>,
}

impl World {
    fn id(&self) -> String {
        self.ids.set(self.ids.get() + 1);
        format!("id{}", self.ids.get())
    }

    /// A request: dies, or fails with a prepared trouble, or lets operations end whose time has come.
    async fn call(&self, deed: Option<(&str, &Key)>) -> Result<(), Trouble> {
        self.calls.set(self.calls.get() + 1);
        if self.dies_at.get().is_some_and(|at| self.calls.get() >= at) {
            return poll_fn(|_| Poll::Pending).await;
        }
        if let Some(trouble) = self.troubles.borrow_mut().remove(&self.calls.get()) {
            return Err(trouble);
        }
        if let Some((verb, key)) = deed {
            self.deeds.borrow_mut().push(format!("{verb} {}", key.stack));
        }
        let ids: Vec<Key> = self.stacks.borrow().keys().cloned().collect();
        for key in ids {
            self.end_operation(&key);
        }
        Ok(())
    }

    fn text(&self, body: &Body) -> Result<String, Trouble> {
        match body {
            Body::Text(text) => Ok(text.clone()),
            Body::Url(url) => self.objects.borrow().get(url).cloned().ok_or_else(|| Trouble::NotFound(url.clone())),
        }
    }

    fn end_operation(&self, key: &Key) {
        let mut stacks = self.stacks.borrow_mut();
        let Some(stack) = stacks.get_mut(key) else { return };
        let Some((ends, status, template)) = stack.operation.clone() else { return };
        if ends > self.time.get() {
            return;
        }
        stack.operation = None;
        stack.state.status = status.clone();
        let failed = matches!(status, Status::RollbackComplete | Status::UpdateRollbackComplete);
        let resource =
            if failed { ("Broken", "CREATE_FAILED", Some("it is broken".to_owned())) } else { ("Thing", "CREATE_COMPLETE", None) };
        stack.events.push(self.event(resource.0, "AWS::SNS::Topic", resource.1, resource.2));
        if failed {
            stack.events.push(self.event("Other", "AWS::SNS::Topic", "CREATE_FAILED", Some("Resource creation cancelled".into())));
        }
        stack.events.push(self.event(&key.stack, "AWS::CloudFormation::Stack", status.as_str(), None));
        if status == Status::DeleteComplete {
            stacks.remove(key);
        } else if !failed {
            let document = cfn::syntax::parse(&template).unwrap();
            let outputs = document.root.get("Outputs").and_then(|outputs| outputs.as_map()).cloned().unwrap_or_default();
            let value = |node: &cfn::Node| node.get("Value").and_then(|value| value.as_str()).unwrap_or_default().to_owned();
            stack.state.outputs = outputs.iter().map(|(name, node)| (name.clone(), value(node))).collect();
            stack.template = template;
        }
    }

    fn event(&self, resource: &str, kind: &str, status: &str, reason: Option<String>) -> Event {
        let at = i64::try_from(self.time.get().as_millis()).unwrap();
        Event { id: self.id(), at, resource: resource.into(), physical: None, resource_type: kind.into(), status: status.into(), reason }
    }

    /// The key by which a stack is kept, from its name or ID.
    fn find(&self, key: &Key) -> Option<Key> {
        let stacks = self.stacks.borrow();
        stacks.iter().find(|(k, stack)| *k == key || stack.state.id == key.stack).map(|(key, _)| key.clone())
    }

    fn with<T>(&self, key: &Key, change: impl FnOnce(&mut Stack) -> T) -> Result<T, Trouble> {
        let found = self.find(key).ok_or_else(|| Trouble::NotFound(format!("{key} does not exist")))?;
        Ok(change(self.stacks.borrow_mut().get_mut(&found).unwrap()))
    }

    /// Puts a stack there in some status.
    pub fn place(&self, key: &Key, status: Status, template: &str) {
        let state = StackState {
            id: format!("arn:{}", key.stack),
            status,
            reason: None,
            parameters: Vec::new(),
            outputs: Vec::new(),
            protected: false,
            changed_at: None,
            drift: None,
        };
        let stack = Stack { state, template: template.into(), policy: None, sets: BTreeMap::new(), events: Vec::new(), operation: None };
        self.stacks.borrow_mut().insert(key.clone(), stack);
    }
}

/// Adds, removals, and modifications of what differs; `Replaced: true` in the metadata makes one a replacement.
fn changes(old: &str, new: &str) -> Vec<Change> {
    let parse = |text: &str| {
        let root = cfn::syntax::parse(if text.is_empty() { "{}" } else { text }).unwrap().root;
        root.get("Resources").and_then(|resources| resources.as_map()).cloned().unwrap_or_default()
    };
    let (old, new) = (parse(old), parse(new));
    let mut changes = Vec::new();
    for (id, node) in old.iter().chain(new.iter().filter(|(id, _)| !old.contains_key(*id))) {
        let action = match (old.get(id), new.get(id)) {
            (Some(old), Some(new)) if old == new => continue,
            (Some(_), Some(_)) => Action::Modify,
            (Some(_), None) => Action::Remove,
            _ => Action::Add,
        };
        let replaced = new.get(id).and_then(|node| node.get("Metadata")).and_then(|metadata| metadata.get("Replaced")).is_some();
        let resource_type = node.get("Type").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
        let replacement = if replaced && action == Action::Modify { Replacement::Always } else { Replacement::Never };
        changes.push(Change { action, id: id.clone(), physical: None, resource_type, replacement, policy: None, causes: Vec::new() });
    }
    changes
}

impl Stacks for World {
    async fn describe(&self, key: &Key) -> Result<Option<StackState>, Trouble> {
        self.call(None).await?;
        Ok(self.with(key, |stack| stack.state.clone()).ok())
    }
    async fn resources(&self, key: &Key) -> Result<Vec<StackResource>, Trouble> {
        self.call(None).await?;
        let text = self.with(key, |stack| stack.template.clone())?;
        let make = |change: Change| {
            let physical = Some(format!("physical-{}", change.id));
            StackResource { id: change.id, physical, resource_type: change.resource_type, status: "CREATE_COMPLETE".into(), reason: None }
        };
        Ok(changes("", &text).into_iter().map(make).collect())
    }
    async fn template(&self, key: &Key) -> Result<String, Trouble> {
        self.call(None).await?;
        self.with(key, |stack| stack.template.clone())
    }
    async fn create_change_set(&self, key: &Key, request: &ChangeSetRequest) -> Result<String, Trouble> {
        self.call(Some(("plan", key))).await?;
        if self.find(key).is_none() {
            self.place(key, Status::ReviewInProgress, "");
        }
        let new = self.with(key, |stack| stack.state.status == Status::ReviewInProgress)?;
        let body = self.text(&request.body)?;
        assert_eq!(new, request.create, "the kind of change set fits the stack {key}");
        self.with(key, |stack| {
            if stack.sets.contains_key(&request.name) {
                return Err(Trouble::AlreadyExists(request.name.clone()));
            }
            let text = &body;
            let changes = changes(&stack.template, text);
            // A change of outputs alone makes a change set without changes of resources.
            let same = stack.template == *text;
            let reason = same.then(|| "The submitted information didn't contain changes. Submit different information.".into());
            let stage = if same { Stage::Failed } else { Stage::Ready };
            stack.sets.insert(request.name.clone(), (request.clone(), ChangeSet { stage, reason, changes }));
            Ok(request.name.clone())
        })?
    }
    async fn change_set(&self, key: &Key, id: &str) -> Result<ChangeSet, Trouble> {
        self.call(None).await?;
        self.with(key, |stack| stack.sets.get(id).map(|set| set.1.clone()))?.ok_or_else(|| Trouble::NotFound(id.into()))
    }
    async fn execute(&self, key: &Key, id: &str, _token: &str) -> Result<(), Trouble> {
        self.call(Some(("execute", key))).await?;
        let fails = self.fails.borrow_mut().remove(&key.stack);
        let begun = self.event(&key.stack, "AWS::CloudFormation::Stack", "CREATE_IN_PROGRESS", None);
        let ends = self.time.get() + OPERATION;
        self.with(key, |stack| {
            let (request, _) = stack.sets.get(id).cloned().ok_or_else(|| Trouble::Obsolete(id.into()))?;
            stack.sets.clear();
            let (during, after) = match (request.create, fails) {
                (true, false) => (Status::CreateInProgress, Status::CreateComplete),
                (true, true) => (Status::CreateInProgress, Status::RollbackComplete),
                (false, false) => (Status::UpdateInProgress, Status::UpdateComplete),
                (false, true) => (Status::UpdateInProgress, Status::UpdateRollbackComplete),
            };
            let text = self.text(&request.body)?;
            for (name, given) in request.parameters {
                if let Given::Value(value) = given {
                    stack.state.parameters.retain(|(other, _)| *other != name);
                    stack.state.parameters.push((name, value));
                }
            }
            stack.state.status = during;
            stack.events.push(begun);
            stack.operation = Some((ends, after, text));
            Ok(())
        })?
    }
    async fn delete_change_set(&self, key: &Key, id: &str) -> Result<(), Trouble> {
        self.call(None).await?;
        self.with(key, |stack| drop(stack.sets.remove(id)))
    }
    async fn newest_event(&self, key: &Key) -> Result<Option<String>, Trouble> {
        self.call(None).await?;
        self.with(key, |stack| stack.events.last().map(|event| event.id.clone()))
    }
    async fn events(&self, key: &Key, after: Option<&str>) -> Result<Vec<Event>, Trouble> {
        self.call(None).await?;
        let events = self.with(key, |stack| stack.events.clone()).unwrap_or_default();
        let skip = after.and_then(|after| events.iter().position(|event| event.id == after)).map_or(0, |at| at + 1);
        Ok(events[skip..].to_vec())
    }
    async fn failures(&self, _key: &Key, _change_set: Option<&str>) -> Result<Vec<Event>, Trouble> {
        self.call(None).await.map(|()| Vec::new())
    }
    async fn cancel_update(&self, key: &Key) -> Result<(), Trouble> {
        self.call(Some(("cancel", key))).await
    }
    async fn delete(&self, key: &Key, _retain: &[String], _token: &str) -> Result<(), Trouble> {
        let named = self.find(key).unwrap_or_else(|| key.clone());
        self.call(Some(("delete", &named))).await?;
        let ends = self.time.get() + OPERATION;
        self.with(key, |stack| {
            assert!(!stack.state.protected, "termination protection is off before deleting {named}");
            stack.state.status = Status::DeleteInProgress;
            stack.operation = Some((ends, Status::DeleteComplete, String::new()));
        })
    }
    async fn protect(&self, key: &Key, on: bool) -> Result<(), Trouble> {
        self.call(Some((if on { "protect" } else { "unprotect" }, key))).await?;
        self.with(key, |stack| stack.state.protected = on)
    }
    async fn set_policy(&self, key: &Key, policy: &str) -> Result<(), Trouble> {
        self.call(None).await?;
        self.with(key, |stack| stack.policy = Some(policy.into()))
    }
    async fn put_template(&self, _key: &Key, bucket: &str, name: &str, body: &str) -> Result<String, Trouble> {
        self.call(Some(("put", &Key::new(bucket, "")))).await?;
        let url = format!("https://{bucket}/{name}");
        self.objects.borrow_mut().insert(url.clone(), body.to_owned());
        Ok(url)
    }
    async fn image(&self, region: &str, _path: &str) -> Result<Image, Trouble> {
        self.call(None).await?;
        Ok(Image::Found(format!("ami-{region}-{}", self.time.get().as_secs())))
    }
    async fn invalidate(&self, distribution: &str, _token: &str) -> Result<(), Trouble> {
        self.call(Some(("invalidate", &Key::new(distribution, "")))).await?;
        if distribution.contains("stubborn") { Err(Trouble::AccessDenied { action: "a".into(), message: "no".into() }) } else { Ok(()) }
    }
    async fn sleep(&self, time: Duration) {
        self.time.set(self.time.get() + time);
    }
    fn now(&self) -> Duration {
        self.time.get()
    }
    fn interrupted(&self) -> bool {
        self.interrupt_at.get().is_some_and(|at| self.time.get() >= at)
    }
}

/// Runs a future in this world, which never really waits; nothing when the process died.
pub fn run<T>(world: &World, future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return Some(value),
            Poll::Pending if world.dies_at.get().is_some_and(|at| world.calls.get() >= at) => return None,
            Poll::Pending => {}
        }
    }
}
