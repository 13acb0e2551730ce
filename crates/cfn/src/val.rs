//! Typed values: a literal of type `T`, or an intrinsic function that yields one.
//!
//! `Val<T>` is what every property of a resource model takes. It remembers only in its type what it is; inside it is a [`Node`].

use std::marker::PhantomData;

use crate::node::{Map, Node};

/// A Rust value that can stand as a literal in a template: text, numbers, flags, the enums and structs of the resource models.
pub trait Literal {
    /// The node that stands for the value.
    fn into_node(self) -> Node;
}

/// A property value: a literal `T` or an intrinsic function that gives one when the stack is deployed.
pub struct Val<T> {
    node: Node,
    of: PhantomData<fn() -> T>,
}

/// A map from free keys to values of one type, as in `Environment.Variables`.
pub struct Dict<T>(PhantomData<fn() -> T>);

impl<T> Val<T> {
    /// Takes a node at its word; for intrinsics that have no constructor here.
    pub fn of_node(node: Node) -> Self {
        Val { node, of: PhantomData }
    }

    /// What the template will say.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// What the template will say.
    pub fn into_node(self) -> Node {
        self.node
    }

    /// The same value under another type, where CloudFormation converts it (a number from a `Ref` to a parameter, say).
    pub fn cast<U>(self) -> Val<U> {
        Val::of_node(self.node)
    }

    /// `!Ref name`: a parameter, a pseudo parameter such as `AWS::Region`, or what a resource's `Ref` gives.
    pub fn reference(name: impl Into<String>) -> Self {
        Self::function("Ref", Node::Str(name.into()))
    }

    /// `!GetAtt name.attribute`. Prefer the typed getters of [`crate::Id`].
    pub fn attribute(name: impl Into<String>, attribute: &str) -> Self {
        Self::function("Fn::GetAtt", Node::list([name.into(), attribute.to_owned()]))
    }

    /// `!Sub text`: `${Name}`, `${Name.Attribute}` and `${AWS::Region}` are replaced.
    pub fn sub(text: impl Into<String>) -> Self {
        Self::function("Fn::Sub", Node::Str(text.into()))
    }

    /// `!Sub` with further variables of its own.
    pub fn sub_with<K: Into<String>>(text: impl Into<String>, variables: impl IntoIterator<Item = (K, Val<String>)>) -> Self {
        let variables: Map = variables.into_iter().map(|(k, v)| (k.into(), v.into_node())).collect();
        Self::function("Fn::Sub", Node::List(vec![Node::Str(text.into()), Node::Map(variables)]))
    }

    /// `!Join`.
    pub fn join<V: Into<Val<String>>>(separator: &str, parts: impl IntoIterator<Item = V>) -> Self {
        let parts = parts.into_iter().map(|part| part.into().into_node()).collect();
        Self::function("Fn::Join", Node::List(vec![separator.into(), Node::List(parts)]))
    }

    /// `!Select`: the item at `index`, counted from zero.
    pub fn select(index: u32, list: Val<Vec<T>>) -> Self {
        Self::function("Fn::Select", Node::List(vec![index.into(), list.into_node()]))
    }

    /// `!If`: one value when the named condition holds, the other when not.
    pub fn when(condition: impl Into<String>, then: impl Into<Val<T>>, otherwise: impl Into<Val<T>>) -> Self {
        Self::function("Fn::If", Node::List(vec![Node::Str(condition.into()), then.into().into_node(), otherwise.into().into_node()]))
    }

    /// `!Ref AWS::NoValue`: as if the property had not been written.
    pub fn no_value() -> Self {
        Self::reference("AWS::NoValue")
    }

    fn function(name: &str, argument: Node) -> Self {
        Val::of_node(Node::map([(name, argument)]))
    }
}

impl Val<String> {
    /// `Fn::Base64`, as EC2 user data wants it.
    pub fn base64(text: impl Into<Val<String>>) -> Self {
        Self::function("Fn::Base64", text.into().into_node())
    }
}

impl<T> Val<Vec<T>> {
    /// `!Split`.
    pub fn split(separator: &str, text: Val<String>) -> Self {
        Self::function("Fn::Split", Node::List(vec![separator.into(), text.into_node()]))
    }
}

impl<T> Clone for Val<T> {
    fn clone(&self) -> Self {
        Val::of_node(self.node.clone())
    }
}
impl<T> std::fmt::Debug for Val<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.node.fmt(f)
    }
}
impl<T> PartialEq for Val<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T: Literal> From<T> for Val<T> {
    fn from(value: T) -> Self {
        Val::of_node(value.into_node())
    }
}
impl From<&str> for Val<String> {
    fn from(text: &str) -> Self {
        Val::of_node(text.into())
    }
}
impl From<&String> for Val<String> {
    fn from(text: &String) -> Self {
        Val::of_node(text.as_str().into())
    }
}
impl From<Val<String>> for Val<Node> {
    fn from(text: Val<String>) -> Self {
        text.cast()
    }
}
impl From<i32> for Val<i64> {
    fn from(number: i32) -> Self {
        Val::of_node(number.into())
    }
}
impl From<u32> for Val<i64> {
    fn from(number: u32) -> Self {
        Val::of_node(number.into())
    }
}
impl From<i64> for Val<f64> {
    fn from(number: i64) -> Self {
        Val::of_node(number.into())
    }
}
impl From<i32> for Val<f64> {
    fn from(number: i32) -> Self {
        Val::of_node(number.into())
    }
}
impl<T, U: Into<Val<T>>> From<Vec<U>> for Val<Vec<T>> {
    fn from(items: Vec<U>) -> Self {
        Val::of_node(Node::List(items.into_iter().map(|item| item.into().into_node()).collect()))
    }
}
impl<T, U: Into<Val<T>>, const N: usize> From<[U; N]> for Val<Vec<T>> {
    fn from(items: [U; N]) -> Self {
        Vec::from(items).into()
    }
}
impl<T, K: Into<String>, U: Into<Val<T>>> From<Vec<(K, U)>> for Val<Dict<T>> {
    fn from(entries: Vec<(K, U)>) -> Self {
        Val::of_node(Node::Map(entries.into_iter().map(|(k, v)| (k.into(), v.into().into_node())).collect()))
    }
}
impl<T, K: Into<String>, U: Into<Val<T>>, const N: usize> From<[(K, U); N]> for Val<Dict<T>> {
    fn from(entries: [(K, U); N]) -> Self {
        Vec::from(entries).into()
    }
}

impl Literal for String {
    fn into_node(self) -> Node {
        Node::Str(self)
    }
}
impl Literal for bool {
    fn into_node(self) -> Node {
        Node::Bool(self)
    }
}
impl Literal for i64 {
    fn into_node(self) -> Node {
        Node::Int(self)
    }
}
impl Literal for f64 {
    fn into_node(self) -> Node {
        Node::Float(self)
    }
}
impl Literal for Node {
    fn into_node(self) -> Node {
        self
    }
}
