//! Checks literals against a type's shape.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use regex_lite::Regex;

use crate::facts::{Facts, Field, Shape};
use crate::node::{Map, Node};

/// What is wrong with a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `Tags/0/Key`.
    pub path: String,
    /// What, and what would be right.
    pub problem: String,
}

/// Everything that is wrong with these properties of a resource of that type.
///
/// An intrinsic function stands for whatever is wanted, except that both branches of an `Fn::If` are looked at; text with a dynamic
/// reference (`{{resolve:…}}`) may turn out to be any text. Like CloudFormation, it takes `"5"` for 5, and 5 for `"5"`.
pub fn faults(facts: &Facts, properties: &Map) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Shape::Object { fields, open } = facts.shape {
        let mut check = Check { facts, faults: &mut faults };
        check.object("", fields, *open, properties);
    }
    faults
}

/// The patterns that were met: making one costs more than asking it, and a few are met thousands of times.
static PATTERNS: LazyLock<RwLock<HashMap<&'static str, Option<Regex>>>> = LazyLock::new(RwLock::default);

/// Whether a text matches a pattern of the schemas; anything matches one that does not compile.
fn fits(pattern: &'static str, text: &str) -> bool {
    let matches = |regex: &Option<Regex>| regex.as_ref().is_none_or(|regex| regex.is_match(text));
    if let Some(regex) = PATTERNS.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return matches(regex);
    }
    let regex = Regex::new(pattern).ok();
    let fits = matches(&regex);
    PATTERNS.write().unwrap_or_else(PoisonError::into_inner).insert(pattern, regex);
    fits
}

struct Check<'a> {
    facts: &'a Facts,
    faults: &'a mut Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, path: &str, problem: String) {
        self.faults.push(Fault { path: path.to_owned(), problem });
    }

    fn object(&mut self, path: &str, fields: &'static [Field], open: bool, map: &Map) {
        for (name, value) in map {
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            match fields.iter().find(|field| field.name == name) {
                Some(field) => self.value(&below, field.shape, value),
                None if open || name.starts_with("Fn::Transform") => {}
                None if path.is_empty() && self.facts.read_only.contains(&name.as_str()) => {
                    self.fault(&below, format!("{name} can only be read: AWS sets it"));
                }
                None => {
                    let owner = self.facts.resource_type;
                    let whole = if path.is_empty() { owner.to_owned() } else { format!("{path} of {owner}") };
                    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
                    self.fault(&below, format!("{whole} has no {name}; it has {}", names.join(", ")));
                }
            }
        }
        for field in fields.iter().filter(|field| field.required && !map.contains_key(field.name)) {
            let below = if path.is_empty() { field.name.to_owned() } else { format!("{path}/{}", field.name) };
            self.fault(&below, format!("{} is required", field.name));
        }
    }

    fn value(&mut self, path: &str, shape: &'static Shape, node: &Node) {
        if let Some((function, argument)) = node.intrinsic() {
            if function == "Fn::If" {
                for branch in argument.as_list().into_iter().flatten().skip(1) {
                    self.value(path, shape, branch);
                }
            }
            return;
        }
        match (shape, node) {
            (Shape::Any, _) => {}
            (Shape::Object { fields, open }, Node::Map(map)) => self.object(path, fields, *open, map),
            (Shape::Dict { item }, Node::Map(map)) => map.iter().for_each(|(key, value)| self.value(&format!("{path}/{key}"), item, value)),
            (Shape::List { item, min, max, unique }, Node::List(items)) => {
                // An intrinsic among the items may vanish, or be one of several.
                let sure = !items.iter().any(|item| item.intrinsic().is_some());
                if sure {
                    self.length(path, "items", items.len(), *min, *max);
                }
                let twice = items.iter().enumerate().find(|(index, item)| items.iter().take(*index).any(|before| before == *item));
                if let (true, Some((index, _))) = (*unique, twice) {
                    self.fault(&format!("{path}/{index}"), "the same item came before; each may come once".to_owned());
                }
                items.iter().enumerate().for_each(|(index, value)| self.value(&format!("{path}/{index}"), item, value));
            }
            (Shape::Boolean, Node::Bool(_)) => {}
            (Shape::Boolean, Node::Str(text)) if text == "true" || text == "false" || dynamic(text) => {}
            (Shape::Integer { .. } | Shape::Number { .. }, Node::Str(text)) if dynamic(text) => {}
            (Shape::Integer { min, max, values }, Node::Int(_) | Node::Str(_) | Node::Float(_)) => match whole(node) {
                Some(number) => self.integer(path, number, *min, *max, values),
                None => self.wrong(path, "a whole number", node),
            },
            (Shape::Number { min, max }, Node::Int(_) | Node::Str(_) | Node::Float(_)) => match number(node) {
                Some(number) if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) => {
                    self.fault(path, format!("{number} is not {}", range(*min, *max)));
                }
                Some(_) => {}
                None => self.wrong(path, "a number", node),
            },
            (Shape::Text { min, max, pattern, values }, Node::Str(_) | Node::Int(_) | Node::Float(_) | Node::Bool(_)) => {
                self.text(path, &scalar(node), *min, *max, *pattern, values);
            }
            (Shape::Object { .. } | Shape::Dict { .. }, _) => self.wrong(path, "a map", node),
            (Shape::List { .. }, _) => self.wrong(path, "a list", node),
            (Shape::Boolean, _) => self.wrong(path, "true or false", node),
            (Shape::Integer { .. } | Shape::Number { .. }, _) => self.wrong(path, "a number", node),
            (Shape::Text { .. }, _) => self.wrong(path, "text", node),
        }
    }

    fn wrong(&mut self, path: &str, wanted: &str, node: &Node) {
        let found = match node {
            Node::Null => "nothing".to_owned(),
            Node::List(_) => "a list".to_owned(),
            Node::Map(_) => "a map".to_owned(),
            scalar_node => format!("`{}`", scalar(scalar_node)),
        };
        self.fault(path, format!("{found} where {wanted} is wanted"));
    }

    fn integer(&mut self, path: &str, number: i64, min: Option<i64>, max: Option<i64>, values: &[i64]) {
        if !values.is_empty() && !values.contains(&number) {
            let values: Vec<String> = values.iter().map(i64::to_string).collect();
            self.fault(path, format!("{number} is not one of {}", values.join(", ")));
        } else if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) {
            self.fault(path, format!("{number} is not {}", range(min, max)));
        }
    }

    fn text(&mut self, path: &str, text: &str, min: Option<i64>, max: Option<i64>, pattern: Option<&'static str>, values: &[&str]) {
        if dynamic(text) {
            return;
        }
        if !values.is_empty() && !values.contains(&text) {
            self.fault(path, format!("`{text}` is not one of {}", values.join(", ")));
        }
        self.length(path, "characters", text.chars().count(), min, max);
        // A pattern that does not compile was left out by the generator.
        if let Some(pattern) = pattern
            && !fits(pattern, text)
        {
            self.fault(path, format!("`{text}` does not match {pattern}"));
        }
    }

    fn length(&mut self, path: &str, of: &str, count: usize, min: Option<i64>, max: Option<i64>) {
        let length = i64::try_from(count).unwrap_or(i64::MAX);
        if min.is_some_and(|min| length < min) || max.is_some_and(|max| length > max) {
            self.fault(path, format!("{length} {of}, where {} is wanted", range(min, max)));
        }
    }
}

fn dynamic(text: &str) -> bool {
    text.contains("{{resolve:")
}

fn whole(node: &Node) -> Option<i64> {
    match node {
        Node::Int(number) => Some(*number),
        Node::Str(text) => text.trim().parse().ok(),
        #[allow(clippy::float_cmp, reason = "a float without a fraction is exactly a whole number")]
        Node::Float(number) if number.fract() == 0.0 => Some(*number as i64),
        _ => None,
    }
}

fn number(node: &Node) -> Option<f64> {
    match node {
        Node::Int(number) => Some(*number as f64),
        Node::Float(number) => Some(*number),
        Node::Str(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn scalar(node: &Node) -> String {
    match node {
        Node::Str(text) => text.clone(),
        Node::Int(number) => number.to_string(),
        Node::Float(number) => number.to_string(),
        Node::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

fn range<T: std::fmt::Display>(min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "any".to_owned(),
    }
}
