//! One run of the procedure: the world, the observer, patience with passing trouble, and the reasons to stop early.

use super::error::DeployError;
use super::guard::DataFate;
use super::observe::{Happening, Observer};
use super::outcome::{Failure, Options};
use super::stacks::{Image, Stacks};
use super::trouble::Trouble;
use super::unit::Key;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

/// How often a request that meets passing trouble is repeated, with 1, 2, 4… seconds between; the SDK has retried before that.
const REPEATS: u32 = 5;

/// Why a part of the procedure ended early.
#[derive(Debug)]
pub enum Halt {
    /// It could not be carried on.
    Error(DeployError),
    /// Data would be lost.
    Refused(Vec<DataFate>),
    /// AWS would do other than was reviewed.
    Stale(Key, String),
    /// It failed and was undone.
    RolledBack(Box<Failure>),
    /// It failed and a person must act.
    NeedsAction(Box<Failure>),
    /// The user said no.
    Declined,
    /// Time is up; the named stack goes on.
    GaveUp(Option<Key>),
    /// The user interrupted; the named stack goes on.
    Interrupted(Option<Key>),
}

impl From<DeployError> for Halt {
    fn from(error: DeployError) -> Halt {
        Halt::Error(error)
    }
}

/// One run.
pub struct Run<'a, S, O> {
    /// The world.
    pub stacks: &'a S,
    /// How to deploy.
    pub options: &'a Options,
    observer: RefCell<&'a mut O>,
    begun: Duration,
    answered: Cell<bool>,
    outputs: RefCell<BTreeMap<Key, BTreeMap<String, String>>>,
    images: RefCell<BTreeMap<(String, String), String>>,
    /// Every fate met, for telling of acceptances that nothing needed.
    pub met: RefCell<Vec<String>>,
}

impl<'a, S: Stacks, O: Observer> Run<'a, S, O> {
    /// A run that begins now.
    pub fn new(stacks: &'a S, options: &'a Options, observer: &'a mut O) -> Self {
        Run {
            stacks,
            options,
            observer: RefCell::new(observer),
            begun: stacks.now(),
            answered: Cell::new(false),
            outputs: RefCell::new(BTreeMap::new()),
            images: RefCell::new(BTreeMap::new()),
            met: RefCell::new(Vec::new()),
        }
    }

    /// Tells the observer.
    pub fn tell(&self, happening: Happening) {
        self.observer.borrow_mut().saw(&happening);
    }

    /// Lets the observer be asked.
    pub fn observer(&self) -> std::cell::RefMut<'_, &'a mut O> {
        self.observer.borrow_mut()
    }

    /// Time since this moment.
    pub fn since(&self, moment: Duration) -> Duration {
        self.stacks.now().saturating_sub(moment)
    }

    /// Sends a request, again after passing trouble. What fails before anything was ever answered is not repeated: then the network or
    /// the endpoint is wrong, and the user should hear of it at once.
    pub async fn ask<T, F: Future<Output = Result<T, Trouble>>>(
        &self,
        key: &Key,
        mut request: impl FnMut() -> F,
    ) -> Result<T, DeployError> {
        let mut wait = Duration::from_secs(1);
        for _ in 0..REPEATS {
            match request().await {
                Err(trouble) if trouble.passes() && self.answered.get() && !self.stacks.interrupted() => {
                    self.tell(Happening::Retrying { trouble: trouble.to_string(), wait });
                    self.stacks.sleep(wait).await;
                    wait *= 2;
                }
                answer => return self.settle_answer(key, answer),
            }
        }
        let answer = request().await;
        self.settle_answer(key, answer)
    }

    fn settle_answer<T>(&self, key: &Key, answer: Result<T, Trouble>) -> Result<T, DeployError> {
        self.answered.set(self.answered.get() || answer.is_ok());
        answer.map_err(|trouble| DeployError::World { about: key.to_string(), trouble })
    }

    /// The image that a parameter names, looked up once a run: all hosts of a run have the same.
    pub async fn image(&self, key: &Key, path: &str) -> Result<String, DeployError> {
        let place = (key.region.clone(), path.to_owned());
        if let Some(known) = self.images.borrow().get(&place) {
            return Ok(known.clone());
        }
        let answer = self.ask(key, || self.stacks.image(&key.region, path)).await?;
        // Another stack may have asked at the same time; what it was told counts for both.
        if let Some(known) = self.images.borrow().get(&place) {
            return Ok(known.clone());
        }
        let image = match answer {
            Image::Found(image) => image,
            Image::StandIn(image) => {
                self.tell(Happening::StandIn { path: path.to_owned(), image: image.clone() });
                image
            }
        };
        self.images.borrow_mut().insert(place, image.clone());
        Ok(image)
    }

    /// Stops when the user interrupts or time is up; `going` names the stack that goes on at AWS.
    pub fn may_go_on(&self, going: Option<&Key>) -> Result<(), Halt> {
        if self.stacks.interrupted() {
            return Err(Halt::Interrupted(going.cloned()));
        }
        match self.options.timeout {
            Some(timeout) if self.since(self.begun) >= timeout => Err(Halt::GaveUp(going.cloned())),
            _ => Ok(()),
        }
    }

    /// Remembers the outputs of a stack.
    pub fn learn(&self, key: &Key, outputs: &[(String, String)]) {
        self.outputs.borrow_mut().insert(key.clone(), outputs.iter().cloned().collect());
    }

    /// An output of a stack, as far as it is known.
    pub fn output(&self, key: &Key, name: &str) -> Option<String> {
        self.outputs.borrow().get(key)?.get(name).cloned()
    }
}
