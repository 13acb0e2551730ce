//! What the generated models are written with.

pub(crate) use crate::facts::{Facts, Field, Shape};
pub(crate) use crate::node::{Map, Node};
pub(crate) use crate::resource::{Id, Tag};
pub(crate) use crate::val::{Dict, Literal, Val};

/// A map of these properties, in this order.
pub(crate) fn record(entries: Vec<(&'static str, Node)>) -> Map {
    entries.into_iter().map(|(name, node)| (name.to_owned(), node)).collect()
}

/// Sets a property; what was set before under the name is gone.
pub(crate) fn put(map: &mut Map, name: &'static str, node: Node) {
    map.insert(name.to_owned(), node);
}

/// A closed set of texts as an enum: `ALL` has the texts of a template.
macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $wire:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("`", $wire, "`.")] $variant,)*
        }
        impl $name {
            /// The texts of all variants.
            pub const ALL: &'static [&'static str] = &[$($wire),*];
            /// The text in a template.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $wire,)* }
            }
        }
        impl Literal for $name {
            fn into_node(self) -> Node {
                self.as_str().into()
            }
        }
    };
}

/// Makes literals of structs that hold a map.
macro_rules! structures {
    ($($name:ident),*) => {
        $(impl Literal for $name {
            fn into_node(self) -> Node {
                Node::Map(self.0)
            }
        })*
    };
}

/// Makes a struct that holds a map the model of a resource type.
macro_rules! resource {
    ($name:ident, $type:literal) => {
        impl crate::resource::ResourceType for $name {
            const TYPE: &'static str = $type;
            fn facts() -> &'static Facts {
                &FACTS
            }
            fn into_properties(self) -> Map {
                self.0
            }
        }
    };
}

/// The setters of optional properties: name in Rust, type, name of AWS.
macro_rules! setters {
    ($($setter:ident: $of:ty = $name:literal,)*) => {
        $(#[doc = concat!("Sets `", $name, "`.")]
        pub fn $setter(mut self, value: impl Into<Val<$of>>) -> Self {
            put(&mut self.0, $name, value.into().into_node());
            self
        })*
    };
}

/// The getters of attributes: name in Rust, type, name of AWS.
macro_rules! getters {
    ($($getter:ident: $of:ty = $name:literal,)*) => {
        $(#[doc = concat!("`!GetAtt ", $name, "`.")]
        pub fn $getter(&self) -> Val<$of> {
            self.attribute($name).cast()
        })*
    };
}

pub(crate) use {closed_set, getters, resource, setters, structures};
