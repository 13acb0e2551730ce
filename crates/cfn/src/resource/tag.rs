//! A tag, the same for almost every type.

use crate::node::{Map, Node};
use crate::resource::model;
use crate::val::{Literal, Val};

/// A tag. Types whose tags have more to say (`AWS::AutoScaling::AutoScalingGroup`) have a struct of their own.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Tag(Map);

impl Tag {
    /// Key and value.
    pub fn new(key: impl Into<Val<String>>, value: impl Into<Val<String>>) -> Self {
        Self(model::record(vec![("Key", key.into().into_node()), ("Value", value.into().into_node())]))
    }
}

impl Literal for Tag {
    fn into_node(self) -> Node {
        Node::Map(self.0)
    }
}
