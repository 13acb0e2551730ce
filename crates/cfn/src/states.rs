//! The definition of a Step Functions state machine: states by name, written as a tree that takes references.
//!
//! Language: <https://states-language.net/spec.html>, with JSONPath. CloudFormation refuses `null`, so a result that is not wanted is put
//! aside by [`Task::result`] rather than discarded.
//!
//! ```
//! use cfn::states::{Machine, State, Task};
//! let send = Task::new("arn:aws:states:::sqs:sendMessage").next("Done");
//! let machine = Machine::new("Send").state("Send", send).state("Done", State::succeed());
//! assert!(machine.dangling().is_empty());
//! ```

use crate::node::{Map, Node};
use crate::val::{Literal, Val};

/// A state machine to be.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Machine {
    start: String,
    comment: Option<String>,
    timeout: Option<u32>,
    states: Map,
}

impl Machine {
    /// A machine that starts with the state of this name.
    pub fn new(start: impl Into<String>) -> Self {
        Machine { start: start.into(), comment: None, timeout: None, states: Map::new() }
    }

    /// What it is for.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Seconds after which an execution is given up.
    pub fn timeout(mut self, seconds: u32) -> Self {
        self.timeout = Some(seconds);
        self
    }

    /// Adds a state.
    pub fn state(mut self, name: impl Into<String>, state: impl Into<State>) -> Self {
        self.states.insert(name.into(), Node::Map(state.into().0));
        self
    }

    /// Names that something leads to and no state has, and states that nothing leads to; Step Functions refuses both.
    pub fn dangling(&self) -> Vec<String> {
        let mut led = vec![self.start.as_str()];
        for state in self.states.values() {
            state.walk(&mut |node| {
                led.extend(["Next", "Default"].iter().filter_map(|key| node.get(key).and_then(Node::as_str)));
            });
        }
        let unknown = led.iter().filter(|name| !self.states.contains_key(**name));
        let alone = self.states.keys().map(String::as_str).filter(|name| !led.contains(name));
        let mut found: Vec<String> = unknown.copied().chain(alone).map(str::to_owned).collect();
        found.sort();
        found.dedup();
        found
    }
}

impl Literal for Machine {
    fn into_node(self) -> Node {
        let mut machine = Map::new();
        if let Some(comment) = self.comment {
            machine.insert("Comment".to_owned(), Node::Str(comment));
        }
        machine.insert("StartAt".to_owned(), Node::Str(self.start));
        if let Some(seconds) = self.timeout {
            machine.insert("TimeoutSeconds".to_owned(), seconds.into());
        }
        machine.insert("States".to_owned(), Node::Map(self.states));
        Node::Map(machine)
    }
}
impl From<Machine> for Val<Node> {
    fn from(machine: Machine) -> Self {
        Val::of_node(machine.into_node())
    }
}

/// A state of any kind.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct State(Map);

impl State {
    fn of(kind: &str) -> Map {
        Map::from_iter([("Type".to_owned(), kind.into())])
    }

    /// The end of an execution that did its work.
    pub fn succeed() -> Self {
        State(Self::of("Succeed"))
    }

    /// The end of an execution that failed: an error's name, and a sentence.
    pub fn fail(error: impl Into<String>, cause: impl Into<String>) -> Self {
        let mut state = Self::of("Fail");
        state.insert("Error".to_owned(), Node::Str(error.into()));
        state.insert("Cause".to_owned(), Node::Str(cause.into()));
        State(state)
    }

    /// Goes on with `then` when the input has all of these, as text that is not empty (`$.id`), else with `otherwise`.
    pub fn has_text<P: AsRef<str>>(paths: impl IntoIterator<Item = P>, then: impl Into<String>, otherwise: impl Into<String>) -> Self {
        let mut tests = Vec::new();
        for path in paths {
            let test = |operator: &str, value: Node| Node::map([("Variable", Node::from(path.as_ref())), (operator, value)]);
            tests.push(test("IsPresent", true.into()));
            tests.push(test("IsString", true.into()));
            tests.push(Node::map([("Not", test("StringEquals", "".into()))]));
        }
        let mut state = Self::of("Choice");
        let rule = Node::map([("And", Node::List(tests)), ("Next", Node::Str(then.into()))]);
        state.insert("Choices".to_owned(), Node::List(vec![rule]));
        state.insert("Default".to_owned(), Node::Str(otherwise.into()));
        State(state)
    }
}

/// A state that has something done: by a function, or by an AWS service.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Task {
    state: Map,
    retries: Vec<Node>,
    catches: Vec<Node>,
    next: Option<String>,
}

impl Task {
    /// A task of this resource (`arn:aws:states:::sqs:sendMessage`); the execution ends with it unless [`Task::next`] leads on.
    pub fn new(resource: impl Into<Val<String>>) -> Self {
        let mut state = State::of("Task");
        state.insert("Resource".to_owned(), resource.into().into_node());
        Task { state, retries: Vec::new(), catches: Vec::new(), next: None }
    }

    /// What it is handed; a key that ends in `.$` takes its value from the input or the context (`id.$: $.id`).
    pub fn parameters(mut self, parameters: Node) -> Self {
        self.state.insert("Parameters".to_owned(), parameters);
        self
    }

    /// What stands at `path` of the input afterwards, instead of the service's answer; the rest of the input goes on.
    pub fn result(mut self, path: impl Into<String>, result: Node) -> Self {
        self.state.insert("ResultSelector".to_owned(), result);
        self.state.insert("ResultPath".to_owned(), Node::Str(path.into()));
        self
    }

    /// Seconds after which it failed (`States.Timeout`).
    pub fn timeout(mut self, seconds: u32) -> Self {
        self.state.insert("TimeoutSeconds".to_owned(), seconds.into());
        self
    }

    /// Tries again; of several, the first whose errors fit counts.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retries.push(Node::Map(retry.0));
        self
    }

    /// On these errors, after all retries, goes on with `next`; the error stands at `$.error`.
    pub fn catch<E: Into<String>>(mut self, errors: impl IntoIterator<Item = E>, next: impl Into<String>) -> Self {
        let errors = Node::list(errors.into_iter().map(Into::into).collect::<Vec<String>>());
        self.catches.push(Node::map([("ErrorEquals", errors), ("ResultPath", Node::from("$.error")), ("Next", Node::Str(next.into()))]));
        self
    }

    /// What comes after it.
    pub fn next(mut self, state: impl Into<String>) -> Self {
        self.next = Some(state.into());
        self
    }
}

impl From<Task> for State {
    fn from(task: Task) -> State {
        let mut state = task.state;
        for (key, several) in [("Retry", task.retries), ("Catch", task.catches)] {
            if !several.is_empty() {
                state.insert(key.to_owned(), Node::List(several));
            }
        }
        match task.next {
            Some(next) => state.insert("Next".to_owned(), Node::Str(next)),
            None => state.insert("End".to_owned(), true.into()),
        };
        State(state)
    }
}

/// How often and when something is tried again: each time twice as long after the last, and never all at the same moment.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Retry(Map);

impl Retry {
    /// On these errors, so many times more, the first after so many seconds.
    pub fn on<E: Into<String>>(errors: impl IntoIterator<Item = E>, attempts: u32, seconds: u32) -> Self {
        let errors = Node::list(errors.into_iter().map(Into::into).collect::<Vec<String>>());
        let entries = [
            ("ErrorEquals", errors),
            ("IntervalSeconds", seconds.into()),
            ("MaxAttempts", attempts.into()),
            ("BackoffRate", Node::from(2)),
            ("JitterStrategy", "FULL".into()),
        ];
        Retry(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// Never waits longer than this.
    pub fn at_most(mut self, seconds: u32) -> Self {
        self.0.insert("MaxDelaySeconds".to_owned(), seconds.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> Machine {
        let work = Task::new(Val::sub("arn:${AWS::Partition}:states:::dynamodb:putItem"))
            .parameters(Node::map([("TableName", Val::<String>::reference("Orders").into_node())]))
            .result("$.kept", Node::map([("status", "reserved")]))
            .retry(Retry::on(["States.TaskFailed"], 5, 2).at_most(60))
            .catch(["States.ALL"], "Failed");
        Machine::new("Check")
            .timeout(60)
            .state("Check", State::has_text(["$.id"], "Work", "Failed"))
            .state("Work", work)
            .state("Failed", State::fail("NotDone", "it was not done"))
    }

    #[test]
    fn a_machine_is_a_tree_in_which_references_stand() {
        let node = machine().into_node();
        let work = node.get("States").unwrap().get("Work").unwrap();
        assert_eq!(node.get("StartAt").unwrap().as_str(), Some("Check"));
        assert_eq!(work.get("Parameters").unwrap().get("TableName"), Some(&Node::map([("Ref", "Orders")])));
        assert_eq!(work.get("End"), Some(&Node::Bool(true)));
        let retry = &work.get("Retry").unwrap().as_list().unwrap()[0];
        assert_eq!((retry.get("MaxAttempts").unwrap().as_int(), retry.get("MaxDelaySeconds").unwrap().as_int()), (Some(5), Some(60)));
        assert_eq!(work.get("Catch").unwrap().as_list().unwrap()[0].get("Next").unwrap().as_str(), Some("Failed"));
    }

    #[test]
    fn what_leads_nowhere_and_what_nothing_leads_to_is_named() {
        assert!(machine().dangling().is_empty());
        let lost = machine().state("Lost", Task::new("arn:aws:states:::sns:publish").next("Nowhere"));
        assert_eq!(lost.dangling(), ["Lost", "Nowhere"]);
        assert_eq!(Machine::new("Start").dangling(), ["Start"]);
    }
}
