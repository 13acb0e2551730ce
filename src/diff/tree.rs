//! Where two trees differ: maps by key, policy documents, rules and tags as sets, lists by what names their items.

use std::collections::{HashMap, HashSet};

use cfn::Node;

/// Where two trees differ at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// From the root down.
    pub path: Vec<String>,
    /// What stood there.
    pub old: Option<Node>,
    /// What stands there.
    pub new: Option<Node>,
}

/// Keys by which the items of a list are told apart, when all of them have one and no two the same.
const NAMES: [&str; 14] = [
    "Key",
    "Sid",
    "Name",
    "Id",
    "AttributeName",
    "IndexName",
    "PolicyName",
    "ParameterKey",
    "DeviceName",
    "RuleName",
    "ContainerName",
    "OptionName",
    "DomainName",
    "Region",
];

/// Lists whose order means nothing, wherever they stand.
const UNORDERED: [&str; 5] = ["SecurityGroupIngress", "SecurityGroupEgress", "Statement", "Tags", "DependsOn"];

/// What of a policy's statement is a set, and may stand alone where a list may stand.
const OF_STATEMENT: [&str; 6] = ["Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"];

/// Every place where two trees differ; none when they mean the same.
pub fn leaves(old: &Node, new: &Node, path: &[&str]) -> Vec<Leaf> {
    let mut walk = Walk { path: path.iter().map(|step| (*step).to_owned()).collect(), found: Vec::new() };
    walk.node(old, new);
    walk.found
}

/// Every place where two values of one key differ: the key says whether they are sets.
pub fn entry(key: &str, old: &Node, new: &Node) -> Vec<Leaf> {
    let mut walk = Walk { path: vec![key.to_owned()], found: Vec::new() };
    walk.value(key, old, new, false);
    walk.found
}

/// Whether two trees mean the same.
pub fn same(old: &Node, new: &Node) -> bool {
    match (old, new) {
        (Node::Map(a), Node::Map(b)) => {
            let within = is_statement(old) && is_statement(new);
            a.len() == b.len()
                && a.iter().all(|(key, value)| {
                    b.get(key).is_some_and(|other| {
                        if within && OF_STATEMENT.contains(&key.as_str()) {
                            same_members(value, other)
                        } else if UNORDERED.contains(&key.as_str()) {
                            same_set(value, other)
                        } else {
                            same(value, other)
                        }
                    })
                })
        }
        (Node::List(a), Node::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Node::Map(_) | Node::List(_), _) | (_, Node::Map(_) | Node::List(_)) => false,
        _ => old == new || word(old) == word(new),
    }
}

/// A scalar as CloudFormation takes it: `"5"` is 5, `"true"` is true.
fn word(node: &Node) -> Option<String> {
    match node {
        Node::Str(text) => Some(text.clone()),
        Node::Int(number) => Some(number.to_string()),
        Node::Float(number) => Some(number.to_string()),
        Node::Bool(flag) => Some(flag.to_string()),
        Node::Null => None,
        Node::List(_) | Node::Map(_) => None,
    }
}

fn is_statement(node: &Node) -> bool {
    node.get("Effect").is_some() && ["Action", "NotAction"].iter().any(|key| node.get(key).is_some())
}

/// The members of a set: the items of a list, or what stands alone.
fn members(node: &Node) -> Vec<&Node> {
    match node {
        Node::List(items) => items.iter().collect(),
        other => vec![other],
    }
}

/// One action or a list of one; a map of principals goes by its keys.
fn same_members(old: &Node, new: &Node) -> bool {
    match (old, new) {
        (Node::Map(a), Node::Map(b)) if old.intrinsic().is_none() && new.intrinsic().is_none() => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same_members(value, other)))
        }
        _ => same_set(old, new),
    }
}

/// Whether two lists hold the same, in whatever order.
fn same_set(old: &Node, new: &Node) -> bool {
    let (a, b) = (members(old), members(new));
    a.len() == b.len() && unmatched(&a, &b).0.is_empty()
}

/// What of two sets has no equal in the other: indices.
fn unmatched(a: &[&Node], b: &[&Node]) -> (Vec<usize>, Vec<usize>) {
    let mut taken = vec![false; b.len()];
    let mut alone = Vec::new();
    for (at, item) in a.iter().enumerate() {
        // Most sets keep their order, so the same place is looked at first.
        let there = |index: usize| b.get(index).is_some_and(|other| same(item, other));
        let found =
            if taken.get(at) == Some(&false) && there(at) { Some(at) } else { (0..b.len()).find(|index| !taken[*index] && there(*index)) };
        match found.and_then(|index| taken.get_mut(index)) {
            Some(slot) => *slot = true,
            None => alone.push(at),
        }
    }
    let left = taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(index, _)| index).collect();
    (alone, left)
}

struct Walk {
    path: Vec<String>,
    found: Vec<Leaf>,
}

impl Walk {
    fn node(&mut self, old: &Node, new: &Node) {
        match (old, new) {
            (Node::Map(a), Node::Map(b)) if function(old) == function(new) => {
                let within = is_statement(old) && is_statement(new);
                for (key, value) in a {
                    match b.get(key) {
                        Some(other) => self.at(key, |walk| walk.value(key, value, other, within)),
                        None => self.at(key, |walk| walk.leaf(Some(value), None)),
                    }
                }
                for (key, value) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                    self.at(key, |walk| walk.leaf(None, Some(value)));
                }
            }
            (Node::List(a), Node::List(b)) => self.list(a, b),
            _ if same(old, new) => {}
            _ => self.leaf(Some(old), Some(new)),
        }
    }

    fn value(&mut self, key: &str, old: &Node, new: &Node, of_statement: bool) {
        let maps = || matches!((old, new), (Node::Map(_), Node::Map(_))) && function(old).is_none() && function(new).is_none();
        if of_statement && OF_STATEMENT.contains(&key) {
            match (old, new) {
                (Node::Map(a), Node::Map(b)) if maps() => {
                    for (name, value) in a {
                        self.at(name, |walk| match b.get(name) {
                            Some(other) => walk.set(value, other),
                            None => walk.leaf(Some(value), None),
                        });
                    }
                    for (name, value) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
                        self.at(name, |walk| walk.leaf(None, Some(value)));
                    }
                }
                _ => self.set(old, new),
            }
        } else if UNORDERED.contains(&key) && (matches!(old, Node::List(_)) || matches!(new, Node::List(_))) {
            self.set(old, new);
        } else {
            self.node(old, new);
        }
    }

    /// Members that have no equal on the other side; those of one name are compared with one another.
    fn set(&mut self, old: &Node, new: &Node) {
        let (a, b) = (members(old), members(new));
        let (gone, come) = unmatched(&a, &b);
        let (gone, come): (Vec<&Node>, Vec<&Node>) =
            (gone.iter().filter_map(|at| a.get(*at).copied()).collect(), come.iter().filter_map(|at| b.get(*at).copied()).collect());
        let mut met = vec![false; come.len()];
        for item in gone {
            let name = name_of(item);
            let partner = come.iter().enumerate().find(|(at, other)| !met[*at] && name.is_some() && name_of(other) == name);
            let partner = partner.map(|(at, other)| (at, *other));
            match partner {
                Some((at, other)) => {
                    met[at] = true;
                    let step = name.unwrap_or_default();
                    self.at(&step, |walk| walk.node(item, other));
                }
                None => self.at("-", |walk| walk.leaf(Some(item), None)),
            }
        }
        for (item, _) in come.iter().zip(&met).filter(|(_, met)| !**met) {
            self.at("+", |walk| walk.leaf(None, Some(item)));
        }
    }

    /// Items by what names them, where all have a name; else by place, after what both ends have in common.
    fn list(&mut self, old: &[Node], new: &[Node]) {
        if let (Some(a), Some(b)) = (named(old), named(new)) {
            let (before, after): (HashMap<&String, &Node>, HashMap<&String, &Node>) =
                (a.iter().map(|(name, item)| (name, *item)).collect(), b.iter().map(|(name, item)| (name, *item)).collect());
            for (name, item) in &a {
                match after.get(name) {
                    Some(other) => self.at(name, |walk| walk.node(item, other)),
                    None => self.at(name, |walk| walk.leaf(Some(item), None)),
                }
            }
            for (name, item) in b.iter().filter(|(name, _)| !before.contains_key(name)) {
                self.at(name, |walk| walk.leaf(None, Some(item)));
            }
            // The order of a list is a fact of its own.
            let kept = |one: &[(String, &Node)], other: &HashMap<&String, &Node>| -> Vec<String> {
                one.iter().map(|(name, _)| name.clone()).filter(|name| other.contains_key(name)).collect()
            };
            let (before, after) = (kept(&a, &after), kept(&b, &before));
            if before != after {
                self.at("order", |walk| walk.leaf(Some(&Node::list(before)), Some(&Node::list(after))));
            }
            return;
        }
        let head = old.iter().zip(new).take_while(|(a, b)| same(a, b)).count();
        let rest = (old.len() - head).min(new.len() - head);
        let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| same(a, b)).count();
        let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
        for at in 0..a.len().max(b.len()) {
            self.at(&(head + at).to_string(), |walk| match (a.get(at), b.get(at)) {
                (Some(a), Some(b)) => walk.node(a, b),
                (a, b) => walk.leaf(a, b),
            });
        }
    }

    fn at(&mut self, step: &str, work: impl FnOnce(&mut Walk)) {
        self.path.push(step.to_owned());
        work(self);
        self.path.pop();
    }

    fn leaf(&mut self, old: Option<&Node>, new: Option<&Node>) {
        self.found.push(Leaf { path: self.path.clone(), old: old.cloned(), new: new.cloned() });
    }
}

/// The intrinsic function that a node is; two different ones have nothing in common.
fn function(node: &Node) -> Option<&str> {
    node.intrinsic().map(|(name, _)| name)
}

/// What names an item of a list: `Key`, `Name`, …
fn name_of(item: &Node) -> Option<String> {
    NAMES.iter().find_map(|key| item.get(key).and_then(word))
}

/// Every item with its name, when each has one under the same key and no two the same.
fn named(items: &[Node]) -> Option<Vec<(String, &Node)>> {
    let first = items.first()?;
    NAMES.iter().filter(|key| first.get(key).is_some()).find_map(|key| {
        let all: Vec<(String, &Node)> = items.iter().map(|item| Some((item.get(key).and_then(word)?, item))).collect::<Option<_>>()?;
        let names: HashSet<&String> = all.iter().map(|(name, _)| name).collect();
        (names.len() == all.len()).then_some(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node {
        cfn::syntax::normalise(&cfn::syntax::parse(text).unwrap().root)
    }

    fn paths(old: &str, new: &str) -> Vec<String> {
        let (old, new) = (node(old), node(new));
        let found: Vec<String> = leaves(&old, &new, &[]).iter().map(|leaf| leaf.path.join("/")).collect();
        assert_eq!(found.is_empty(), same(&old, &new), "both ways of asking agree: {old:?} {new:?}");
        found
    }

    #[test]
    fn numbers_and_flags_are_the_same_as_text_and_maps_have_no_order() {
        assert!(paths("{a: 5, b: true, c: {x: 1, y: 2}}", "{c: {y: 2, x: '1'}, b: 'true', a: '5'}").is_empty());
        assert_eq!(paths("{a: 5}", "{a: 6, b: 1}"), ["a", "b"]);
    }

    #[test]
    fn rules_statements_and_tags_are_sets_and_one_action_is_a_list_of_one() {
        let policy = |actions: &str| format!("{{Statement: [{{Effect: Allow, Action: {actions}, Resource: '*'}}]}}");
        assert!(paths(&policy("[a, b]"), &policy("[b, a]")).is_empty());
        assert!(paths(&policy("[a]"), &policy("a")).is_empty());
        assert_eq!(paths(&policy("[a]"), &policy("[a, b]")), ["Statement/-", "Statement/+"]);
        assert!(paths("{Tags: [{Key: a, Value: 1}, {Key: b, Value: 2}]}", "{Tags: [{Key: b, Value: 2}, {Key: a, Value: 1}]}").is_empty());
        assert_eq!(paths("{Tags: [{Key: a, Value: 1}]}", "{Tags: [{Key: a, Value: 2}, {Key: c, Value: 3}]}"), ["Tags/a/Value", "Tags/+"]);
        let rules = "{SecurityGroupIngress: [{FromPort: 1}, {FromPort: 2}]}";
        assert!(paths(rules, "{SecurityGroupIngress: [{FromPort: 2}, {FromPort: 1}]}").is_empty());
    }

    #[test]
    fn a_list_keeps_its_order_and_items_with_names_go_by_them() {
        assert_eq!(paths("[a, b, c]", "[a, x, b, c]"), ["1"]);
        assert_eq!(paths("[a, b]", "[b, a]"), ["0", "1"]);
        let of = |first: &str, second: &str| format!("[{{Name: {first}, Value: 1}}, {{Name: {second}, Value: 1}}]");
        assert_eq!(paths(&of("a", "b"), &of("b", "a")), ["order"]);
        assert_eq!(paths(&of("a", "b"), &of("a", "c")), ["b", "c"]);
    }

    #[test]
    fn different_functions_differ_as_a_whole() {
        assert_eq!(paths("{a: !Ref X}", "{a: !GetAtt X.Arn}"), ["a"]);
        assert!(paths("{a: !GetAtt X.Arn}", "{a: {'Fn::GetAtt': [X, Arn]}}").is_empty());
    }
}
