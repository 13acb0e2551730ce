//! Both sides as graphs whose resources go by the same names: a resource of the one side is found on the other whatever stack it stands in,
//! and a text that refers to it reads the same on both.

use std::collections::{HashMap, HashSet};

use cfn::Node;

use crate::check::graph::Graph;
use crate::check::simplify::{self, ONE_OF, Simplifier};
use crate::check::{Item, Set};
use crate::diff::pairing::Paired;
use crate::diff::side::{SideSet, stack_name};
use crate::diff::{Action, StackDifference};

/// Whether a resource is made: by its condition, as far as parameters' defaults tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Made {
    /// Not unless somebody asks for it.
    No,
    /// It depends on what only the deployment knows.
    Maybe,
    /// Always.
    Yes,
}

/// One side.
pub struct Sight<'a> {
    /// Its resources.
    pub graph: Graph<'a>,
    names: Vec<HashMap<&'a str, String>>,
    by_name: HashMap<String, usize>,
}

/// Both sides.
pub struct Both<'a> {
    /// What was.
    pub old: Sight<'a>,
    /// What is to be.
    pub new: Sight<'a>,
}

impl<'a> Both<'a> {
    /// Reads both sides.
    pub fn of(old: &'a SideSet, new: &'a SideSet, pairs: &[Paired], stacks: &[StackDifference]) -> Both<'a> {
        // An ID that several stacks of one side have is told apart by its stack; all others are known by themselves, whatever stack they are in.
        let mut several: HashSet<&str> = HashSet::new();
        for side in [old, new] {
            let mut seen: HashSet<&str> = HashSet::new();
            for id in side.files.files.iter().flat_map(|file| file.template.resources.keys()) {
                if !seen.insert(id) {
                    several.insert(id);
                }
            }
        }
        let name = |pair: usize, id: &str| if several.contains(id) { format!("{pair}!{id}") } else { id.to_owned() };
        let place = |stack: &str| stacks.iter().position(|one| one.name == stack);
        let mut renamed: HashMap<(usize, &str), String> = HashMap::new();
        for (pair, stack) in stacks.iter().enumerate() {
            for resource in &stack.resources {
                let was = match &resource.action {
                    Action::Renamed { from } => Some((pair, from)),
                    Action::Moved { stack, from } => place(stack).map(|pair| (pair, from)),
                    _ => None,
                };
                if let Some((at, from)) = was {
                    renamed.insert((pair, &resource.id), name(at, from));
                }
            }
        }
        let taken: HashSet<&String> = renamed.values().collect();
        let new_name = |pair: usize, id: &str| match renamed.get(&(pair, id)) {
            Some(was) => was.clone(),
            None => {
                let own = name(pair, id);
                if taken.contains(&own) { format!("+{own}") } else { own }
            }
        };
        let (mut before, mut after) = (HashMap::new(), HashMap::new());
        for (at, pair) in pairs.iter().enumerate() {
            before.extend(pair.old.map(|file| (file, at)));
            after.extend(pair.new.map(|file| (file, at)));
        }
        // Both are read at once: that is most of what a comparison takes.
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| Sight::of(&old.files, &before, name));
            let new = Sight::of(&new.files, &after, new_name);
            let old = waiting.join().unwrap_or_else(|broken| std::panic::resume_unwind(broken));
            Both { old, new }
        })
    }

    /// The resource of the old side that this one of the new side goes on from, when it is still of that type.
    pub fn before(&self, item: &Item) -> Option<&Item<'a>> {
        self.old.by_name(self.new.name(item)?).filter(|old| old.kind == item.kind)
    }

    /// The resource of the new side in which this one of the old side goes on, when it is still of that type.
    pub fn after(&self, item: &Item) -> Option<&Item<'a>> {
        self.new.by_name(self.old.name(item)?).filter(|new| new.kind == item.kind)
    }
}

impl<'a> Sight<'a> {
    fn of(set: &'a Set, pairs: &HashMap<usize, usize>, name: impl Fn(usize, &str) -> String) -> Sight<'a> {
        let graph = Graph::anywhere(set);
        let mut names = Vec::new();
        let mut by_name = HashMap::new();
        for (file, one) in set.files.iter().enumerate() {
            let pair = pairs.get(&file);
            let known = |id: &'a String| pair.map(|pair| (id.as_str(), name(*pair, id)));
            names.push(one.template.resources.keys().filter_map(known).collect::<HashMap<&str, String>>());
        }
        for (at, item) in graph.items.iter().enumerate() {
            if let Some(name) = names.get(item.file).and_then(|names| names.get(item.id.as_str())) {
                by_name.insert(name.clone(), at);
            }
        }
        Sight { graph, names, by_name }
    }

    /// The resources that are compared: those of a stack that the other side cannot read are not.
    pub fn items(&self) -> impl Iterator<Item = &Item<'a>> {
        self.graph.items.iter().filter(|item| self.name(item).is_some())
    }

    /// The name that both sides know a resource by.
    pub fn name(&self, item: &Item) -> Option<&str> {
        self.names.get(item.file)?.get(item.id.as_str()).map(String::as_str)
    }

    /// The resource of such a name.
    pub fn by_name(&self, name: &str) -> Option<&Item<'a>> {
        self.by_name.get(name).and_then(|at| self.graph.items.get(*at))
    }

    /// The stack of a resource.
    pub fn stack(&self, item: &Item) -> String {
        stack_name(&self.graph.file(item).name).to_owned()
    }

    /// Whether a resource is made.
    pub fn made(&self, item: &Item) -> Made {
        match item.raw.condition.as_deref().map(|name| Simplifier::anywhere(self.graph.set, item.file).met(name)) {
            None | Some(Some(true)) => Made::Yes,
            Some(None) => Made::Maybe,
            Some(Some(false)) => Made::No,
        }
    }

    /// A value as a text that is the same on both sides when it means the same.
    pub fn text(&self, node: &Node) -> String {
        self.spelled(node, &|name| self.known(name))
    }

    /// The one name of what a graph calls `2!Vpc`.
    pub fn known(&self, name: &str) -> String {
        let known = name.split_once('!').and_then(|(file, id)| self.names.get(file.parse::<usize>().ok()?)?.get(id));
        known.cloned().unwrap_or_else(|| name.split_once('!').map_or(name, |(_, id)| id).to_owned())
    }

    fn spelled(&self, node: &Node, name: &dyn Fn(&str) -> String) -> String {
        match (node, node.intrinsic()) {
            (_, Some(("Ref", Node::Str(id)))) => format!("${{{}}}", name(id)),
            (_, Some(("Fn::GetAtt", Node::List(parts)))) => match parts.as_slice() {
                [Node::Str(id), Node::Str(attribute)] => format!("${{{}.{attribute}}}", name(id)),
                _ => format!("{parts:?}"),
            },
            (_, Some(("Fn::Sub", Node::Str(text)))) => variables(text, &|variable| match variable.split_once('.') {
                Some((id, attribute)) => format!("${{{}.{attribute}}}", name(id)),
                None => format!("${{{}}}", name(variable)),
            }),
            (Node::List(items), _) => format!("[{}]", items.iter().map(|item| self.spelled(item, name)).collect::<Vec<_>>().join(",")),
            (Node::Map(map), _) => {
                let mut fields: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{}", self.spelled(value, name))).collect();
                fields.sort();
                format!("{{{}}}", fields.join(","))
            }
            (scalar, _) => simplify::plain(scalar).unwrap_or_default(),
        }
    }
}

/// The text with each `${…}` put otherwise.
pub fn variables(text: &str, put: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((variable, after)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str(&put(variable));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What a value at a path may be, as far as a measure of it is known: the least and the most. What is not known may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The least.
    pub least: i64,
    /// The most.
    pub most: i64,
}

impl Span {
    /// On, or off.
    pub const FLAG: Span = Span { least: 0, most: 1 };
    /// Any number.
    pub const ANY: Span = Span { least: i64::MIN, most: i64::MAX };

    /// One known value.
    pub const fn at(value: i64) -> Span {
        Span { least: value, most: value }
    }

    /// The measures of every value at a path; `absent` where nothing is written, `open` where the value is not known.
    pub fn of(item: &Item, path: &str, absent: i64, open: Span, measure: &dyn Fn(&Node) -> Option<i64>) -> Span {
        let values = item.all(path);
        let mut span: Option<Span> = None;
        let mut add = |least: i64, most: i64| {
            span = Some(span.map_or(Span { least, most }, |span| Span { least: span.least.min(least), most: span.most.max(most) }));
        };
        for value in values {
            match measure(value) {
                Some(measured) => add(measured, measured),
                None => add(open.least, open.most),
            }
        }
        // A branch that writes nothing stands for the absent value; what the templates do not resolve may be anything.
        match path.split('/').next().and_then(|first| item.properties.get(first)).map(|node| (node, node.intrinsic())) {
            Some((_, Some((ONE_OF, Node::List(branches))))) if branches.iter().any(simplify::is_no_value) => add(absent, absent),
            Some((node, Some((name, _)))) if name != ONE_OF && !simplify::is_no_value(node) => add(open.least, open.most),
            _ => {}
        }
        span.unwrap_or(Span::at(absent))
    }

    /// Whether this is, or may be, less than the other: none when it is not, else whether it surely is.
    pub fn less_than(self, old: Span) -> Option<bool> {
        (self.least < old.least || self.most < old.most).then_some(self.most < old.least)
    }
}
