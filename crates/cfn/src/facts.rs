//! What AWS's resource provider schemas say of each type: shapes of properties, what forces replacement, what can be read.

mod conditional;
mod create_only;
mod data;
mod every;
mod fault;
#[cfg(test)]
mod tests;

pub use conditional::Condition;
pub use data::{default_deletion_policy, holds_data, snapshots};
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
    /// What a change of the property at this path does: [`replacement`] of this type.
    pub fn replacement(&self, path: &str) -> Replacement {
        replacement(self.resource_type, path).unwrap_or(Replacement::Never)
    }
}

/// What a change of the property at this path does to a resource of any type; a path below a create-only property is create-only too,
/// and so is a whole of which a part is. Hand-kept facts come first, then the strictest of what AWS publishes. Nothing when the type is
/// none of AWS's, or a custom resource, whose own code decides.
pub fn replacement(resource_type: &str, path: &str) -> Option<Replacement> {
    let (facts, line) = (of(resource_type), every::of(resource_type));
    if facts.is_none() && line.is_none() {
        return None;
    }
    let path = path.replace('.', "/");
    let covers = |listed: &str| covers(listed, &path);
    if let Some(condition) = conditional::of(resource_type).find(|condition| covers(condition.property)) {
        return Some(if condition.when.is_some() { Replacement::Sometimes(Some(condition)) } else { Replacement::Never });
    }
    let listed = |of: fn(&Facts) -> &'static [&'static str]| facts.into_iter().flat_map(of).copied();
    let mut always = create_only::of(resource_type).chain(listed(|facts| facts.create_only));
    let mut sometimes = listed(|facts| facts.conditional_create_only);
    // A transform makes other resources of these: which of them a change replaces, only those tell.
    let transformed = resource_type.starts_with("AWS::Serverless::");
    Some(if always.any(covers) || line.is_some_and(|line| line.always().any(covers)) {
        Replacement::Always
    } else if transformed || sometimes.any(covers) || line.is_some_and(|line| line.sometimes().any(covers)) {
        Replacement::Sometimes(None)
    } else {
        Replacement::Never
    })
}

/// The properties that identify the physical resource, as `Name` or `Rule/Name`; none when the type is none of AWS's.
pub fn identifier(resource_type: &str) -> impl Iterator<Item = &'static str> {
    every::of(resource_type).into_iter().flat_map(every::Line::identifier)
}

/// Whether one of the paths is the other or around it; `*` stands for any part.
fn covers(listed: &str, asked: &str) -> bool {
    listed.split('/').zip(asked.split('/')).all(|(listed, asked)| listed == asked || listed == "*" || asked == "*")
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
