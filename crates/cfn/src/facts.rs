//! What AWS's resource provider schemas say of each type: shapes of properties, what forces replacement, what can be read.

mod conditional;
mod create_only;
mod fault;
#[cfg(test)]
mod tests;

pub use conditional::Condition;
pub use fault::{Fault, faults};

/// The facts of one resource type. Paths of properties are written `LoginProfile/Password`, with `*` for the items of a list.
#[derive(Debug)]
pub struct Facts {
    /// `AWS::SQS::Queue`.
    pub resource_type: &'static str,
    /// AWS's page about the type.
    pub documentation: &'static str,
    /// The properties that can be set; always a [`Shape::Object`].
    pub shape: &'static Shape,
    /// Properties whose change replaces the physical resource, by the schema. See [`Facts::replacement`] for the whole truth.
    pub create_only: &'static [&'static str],
    /// Properties some of whose changes replace it, by the schema.
    pub conditional_create_only: &'static [&'static str],
    /// What can be read but not set.
    pub read_only: &'static [&'static str],
    /// What can be set but not read back, so that drift in it is not seen.
    pub write_only: &'static [&'static str],
    /// What identifies the physical resource.
    pub identifier: &'static [&'static str],
    /// Whether losing the physical resource loses something that cannot be made again: rows, objects, messages, sessions, keys, backups.
    pub holds_data: bool,
}

/// Whether a change of a property replaces the physical resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Replacement {
    /// It is changed in place.
    Never,
    /// Some changes replace it. The condition is known for the types of the hand-kept table.
    Sometimes(Option<&'static Condition>),
    /// It is replaced.
    Always,
}

impl Facts {
    /// What a change of the property at this path does; a path below a create-only property is create-only too, and so is a whole
    /// of which a part is.
    pub fn replacement(&self, path: &str) -> Replacement {
        let path = path.replace('.', "/");
        let covers = |listed: &&str| {
            let (mut listed, mut asked) = (listed.split('/'), path.split('/'));
            loop {
                match (listed.next(), asked.next()) {
                    (Some("*"), Some(_)) | (Some(_), Some("*")) => {}
                    (Some(a), Some(b)) if a != b => return false,
                    (Some(_), Some(_)) => {}
                    _ => return true,
                }
            }
        };
        if let Some(condition) = conditional::of(self.resource_type).find(|condition| covers(&condition.property)) {
            if condition.when.is_some() { Replacement::Sometimes(Some(condition)) } else { Replacement::Never }
        } else if self.create_only.iter().any(covers) || create_only::of(self.resource_type).any(|property| covers(&property)) {
            Replacement::Always
        } else if self.conditional_create_only.iter().any(covers) {
            Replacement::Sometimes(None)
        } else {
            Replacement::Never
        }
    }
}

/// What a property may hold.
#[derive(Debug)]
pub enum Shape {
    /// Anything.
    Any,
    /// A flag.
    Boolean,
    /// A whole number.
    Integer {
        /// The least.
        min: Option<i64>,
        /// The greatest.
        max: Option<i64>,
        /// The only ones allowed; empty when there is no such list.
        values: &'static [i64],
    },
    /// A number.
    Number {
        /// The least.
        min: Option<f64>,
        /// The greatest.
        max: Option<f64>,
    },
    /// Text.
    Text {
        /// The least number of characters.
        min: Option<i64>,
        /// The greatest number of characters.
        max: Option<i64>,
        /// A regular expression that matches somewhere in it.
        pattern: Option<&'static str>,
        /// The only texts allowed; empty when there is no such list.
        values: &'static [&'static str],
    },
    /// A list.
    List {
        /// What each item is.
        item: &'static Shape,
        /// The least number of items.
        min: Option<i64>,
        /// The greatest number of items.
        max: Option<i64>,
        /// Whether no item may come twice.
        unique: bool,
    },
    /// A map of free keys.
    Dict {
        /// What each value is.
        item: &'static Shape,
    },
    /// A struct.
    Object {
        /// Its fields, sorted by name.
        fields: &'static [Field],
        /// Whether it may have others.
        open: bool,
    },
}

impl Shape {
    /// Any text.
    pub const TEXT: Shape = Shape::choice(&[]);
    /// Any whole number.
    pub const INTEGER: Shape = Shape::Integer { min: None, max: None, values: &[] };

    /// One of these texts.
    pub const fn choice(values: &'static [&'static str]) -> Shape {
        Shape::Text { min: None, max: None, pattern: None, values }
    }

    /// A list of any length.
    pub const fn list(item: &'static Shape) -> Shape {
        Shape::List { item, min: None, max: None, unique: false }
    }
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    /// AWS's name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What it holds.
    pub shape: &'static Shape,
}

impl Field {
    pub(crate) const fn required(name: &'static str, shape: &'static Shape) -> Field {
        Field { name, required: true, shape }
    }
    pub(crate) const fn optional(name: &'static str, shape: &'static Shape) -> Field {
        Field { name, required: false, shape }
    }
}

/// The facts of every modelled type, sorted by its name.
pub fn all() -> &'static [&'static Facts] {
    crate::resource::ALL_FACTS
}

/// The facts of a type, when it is modelled.
pub fn of(resource_type: &str) -> Option<&'static Facts> {
    let place = all().binary_search_by(|facts| facts.resource_type.cmp(resource_type)).ok()?;
    all().get(place).copied()
}
