//! Names the closed value sets of a type: after their property, and after the struct around it where two differ.

use crate::names;

/// A closed value set where it was met.
pub struct Occurrence {
    /// The struct that has the property.
    pub owner: String,
    /// The property, or one item of it.
    pub hint: String,
    /// The strings of the template.
    pub values: Vec<String>,
}

/// The value sets of a type.
#[derive(Default)]
pub struct Enums {
    /// Where they were met first.
    pub sets: Vec<Occurrence>,
    /// Their names in Rust, in the same order.
    pub rust: Vec<String>,
}

impl Enums {
    /// Notes a value set and gives its place; the same set under the same property name is noted once.
    pub fn note(&mut self, met: Occurrence) -> usize {
        let known = self.sets.iter().position(|set| set.hint == met.hint && set.values == met.values);
        known.unwrap_or_else(|| {
            self.sets.push(met);
            self.sets.len() - 1
        })
    }

    /// Finds the names, none of which is among those `taken` by structs.
    pub fn name(&mut self, taken: &[String]) {
        for set in &self.sets {
            let alone = self.sets.iter().filter(|other| other.hint == set.hint).count() == 1 && set.hint != "Type";
            let mut name = names::upper(&set.hint);
            let used = |name: &String, rust: &[String]| taken.contains(name) || rust.contains(name) || RESERVED.contains(&name.as_str());
            if !alone || used(&name, &self.rust) {
                name.insert_str(0, &set.owner);
            }
            while used(&name, &self.rust) {
                name.push_str("Choice");
            }
            self.rust.push(name);
        }
    }

    /// The variants of a set: name in Rust, and string of the template. Spellings that differ only in case are one.
    pub fn variants(set: &Occurrence) -> Vec<(String, &str)> {
        let mut variants: Vec<(String, &str)> = Vec::new();
        for value in &set.values {
            let name = names::variant(value);
            if !variants.iter().any(|(other, _)| *other == name) {
                variants.push((name, value));
            }
        }
        variants
    }
}

const RESERVED: &[&str] =
    &["Dict", "Facts", "Field", "Id", "Literal", "Map", "Node", "Option", "ResourceType", "Shape", "String", "Tag", "Val", "Vec"];
