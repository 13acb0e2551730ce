//! The one tree that every template, property and setting is made of.
//!
//! A map keeps the order in which it was written, and two maps are equal whatever their order.
//! An intrinsic function is a map with one key in its long form (`{"Ref": "Vpc"}`, `{"Fn::GetAtt": ["Queue", "Arn"]}`).

use indexmap::IndexMap;

/// An insertion-ordered map from key to node; equality ignores the order.
pub type Map = IndexMap<String, Node>;

/// A value of a CloudFormation template.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Node {
    /// Nothing was written.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction; templates need them rarely (sampling rates, thresholds).
    Float(f64),
    /// Text.
    Str(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, or an intrinsic function in its long form.
    Map(Map),
}

impl Node {
    /// A map of these entries, in this order.
    pub fn map<K: Into<String>, V: Into<Node>>(entries: impl IntoIterator<Item = (K, V)>) -> Node {
        Node::Map(entries.into_iter().map(|(k, v)| (k.into(), v.into())).collect())
    }

    /// A list of these items.
    pub fn list<V: Into<Node>>(items: impl IntoIterator<Item = V>) -> Node {
        Node::List(items.into_iter().map(Into::into).collect())
    }

    /// The text, when this is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Node::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, when this is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Node::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The map, when this is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Node::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, when this is one.
    pub fn as_list(&self) -> Option<&[Node]> {
        match self {
            Node::List(items) => Some(items),
            _ => None,
        }
    }

    /// The value under `key`, when this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map().and_then(|map| map.get(key))
    }

    /// Function name and argument, when this is an intrinsic function in its long form.
    pub fn intrinsic(&self) -> Option<(&str, &Node)> {
        let map = self.as_map()?;
        let (name, argument) = map.first()?;
        (map.len() == 1 && is_intrinsic(name)).then_some((name.as_str(), argument))
    }

    /// Calls `visit` on this node and on every node below it, parents first.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Node)) {
        visit(self);
        match self {
            Node::List(items) => items.iter().for_each(|item| item.walk(visit)),
            Node::Map(map) => map.values().for_each(|value| value.walk(visit)),
            _ => {}
        }
    }
}

/// Whether a map key names an intrinsic function or a condition function.
pub fn is_intrinsic(name: &str) -> bool {
    name == "Ref" || name == "Condition" || name.starts_with("Fn::")
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Node::Str(text.to_owned())
    }
}
impl From<String> for Node {
    fn from(text: String) -> Self {
        Node::Str(text)
    }
}
impl From<bool> for Node {
    fn from(flag: bool) -> Self {
        Node::Bool(flag)
    }
}
impl From<i64> for Node {
    fn from(number: i64) -> Self {
        Node::Int(number)
    }
}
impl From<i32> for Node {
    fn from(number: i32) -> Self {
        Node::Int(number.into())
    }
}
impl From<u32> for Node {
    fn from(number: u32) -> Self {
        Node::Int(number.into())
    }
}
impl From<f64> for Node {
    fn from(number: f64) -> Self {
        Node::Float(number)
    }
}
impl From<Map> for Node {
    fn from(map: Map) -> Self {
        Node::Map(map)
    }
}
impl<T: Into<Node>> From<Vec<T>> for Node {
    fn from(items: Vec<T>) -> Self {
        Node::list(items)
    }
}
