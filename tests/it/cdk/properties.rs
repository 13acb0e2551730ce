//! Every property of every modelled type, changed once and added once: one pair of templates for each type, with two resources for each
//! of its properties.

use cfn::Node;
use cfn::facts::{self, Facts, Field, Shape};

use super::pairs::Pair;

/// How deep made-up values go; some shapes contain themselves.
const DEPTH: usize = 6;

pub fn of_every_type() -> Vec<Pair> {
    facts::all().iter().map(|facts| of(facts)).collect()
}

fn of(facts: &Facts) -> Pair {
    let (mut from, mut to) = (cfn::Map::new(), cfn::Map::new());
    for Field { name, shape, .. } in fields(facts) {
        let with = |value: Node| Node::map([("Type", facts.resource_type.into()), ("Properties", Node::map([(*name, value)]))]);
        let bare = || Node::map([("Type", facts.resource_type)]);
        let (one, other) = (value(shape, false), value(shape, true));
        assert_ne!(one, other, "{}.{name}", facts.resource_type);
        from.insert(format!("{name}Changed"), with(one.clone()));
        to.insert(format!("{name}Changed"), with(other));
        from.insert(format!("{name}Added"), bare());
        to.insert(format!("{name}Added"), with(one));
    }
    let template = |resources: cfn::Map| Node::map([("Resources", resources)]);
    Pair { name: format!("properties/{}", facts.resource_type), from: template(from), to: template(to) }
}

/// The properties of a type.
pub fn fields(facts: &Facts) -> &'static [Field] {
    match facts.shape {
        Shape::Object { fields, .. } => fields,
        other => panic!("{} is {other:?}", facts.resource_type),
    }
}

/// A value of this shape, and another one that differs from it in every leaf.
pub fn value(shape: &Shape, other: bool) -> Node {
    below(shape, other, DEPTH)
}

fn below(shape: &Shape, other: bool, depth: usize) -> Node {
    let text = if other { "two" } else { "one" };
    match shape {
        _ if depth == 0 => text.into(),
        Shape::Any => Node::map([("Key", text)]),
        Shape::Boolean => other.into(),
        Shape::Integer { values: [one, rest @ ..], .. } => Node::Int(if other { rest.first().copied().unwrap_or(one + 1) } else { *one }),
        Shape::Integer { min, .. } => Node::Int(min.unwrap_or(1) + i64::from(other)),
        Shape::Number { min, .. } => Node::Float(min.unwrap_or(0.5) + if other { 0.25 } else { 0.125 }),
        Shape::Text { values: [one, rest @ ..], .. } => (if other { rest.first().unwrap_or(&text) } else { one }).to_owned().into(),
        Shape::Text { .. } => text.into(),
        Shape::List { item, .. } => Node::List(vec![below(item, other, depth - 1)]),
        Shape::Dict { item } => Node::map([("Key", below(item, other, depth - 1))]),
        Shape::Object { fields: [], .. } => Node::map([("Key", text)]),
        Shape::Object { fields, .. } => {
            let needed = fields.iter().filter(|field| field.required);
            let shown: Vec<&Field> = if needed.clone().next().is_some() { needed.collect() } else { fields[..1].iter().collect() };
            Node::map(shown.into_iter().map(|field| (field.name, below(field.shape, other, depth - 1))))
        }
    }
}
