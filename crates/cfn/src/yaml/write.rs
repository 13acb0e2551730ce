//! The writer: insertion order, two blanks a level, short tags, block lists, literal blocks for scripts.

use std::borrow::Cow;

use super::plain;
use super::scalar::{block_header, double_quoted, inline};
use crate::node::{Map, Node};

/// Functions with a short tag (AWS, "Intrinsic function reference"), by their name without `Fn::`.
/// Functions of `Rules` and loops have none that AWS documents and stay long.
const SHORT: [&str; 19] = [
    "And",
    "Base64",
    "Cidr",
    "Condition",
    "Equals",
    "FindInMap",
    "GetAtt",
    "GetAZs",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Ref",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
];

/// A key longer than this is written with `? `; readers look at most 1024 characters ahead for the colon.
const LONGEST_KEY: usize = 1000;

/// The node as YAML; same node, same bytes.
///
/// Infinity and `NaN`, which no template can hold, are written as text.
pub fn write(node: &Node) -> String {
    write_with_header(&[], node)
}

/// [`write()`] below these comment lines, given without their `#`.
pub fn write_with_header(header: &[&str], node: &Node) -> String {
    let mut out = String::new();
    for line in header.iter().flat_map(|text| text.split('\n')) {
        let line: String = line.chars().map(|c| if super::scalar::is_visible(c) { c } else { ' ' }).collect();
        out.push_str(format!("# {line}").trim_end());
        out.push('\n');
    }
    match node {
        Node::Map(map) if !map.is_empty() => map_lines(&mut out, map, 0, false),
        Node::List(items) if !items.is_empty() => list_lines(&mut out, items, 0, false),
        node => {
            let start = out.len();
            value(&mut out, node, 2, false);
            out.remove(start);
        }
    }
    out
}

/// Writes what follows a `key:` or a `-`, up to the end of the line or of the lines below, which stand at `indent`.
fn value(out: &mut String, node: &Node, indent: usize, after_dash: bool) {
    let (tag, body) = short_form(node).unwrap_or(("", Cow::Borrowed(node)));
    if !tag.is_empty() {
        out.push_str(" !");
        out.push_str(tag);
    }
    let compact = after_dash && tag.is_empty();
    match &*body {
        Node::Map(map) if !map.is_empty() => {
            out.push(if compact { ' ' } else { '\n' });
            map_lines(out, map, indent, compact);
        }
        Node::List(items) if !items.is_empty() => {
            out.push(if compact { ' ' } else { '\n' });
            list_lines(out, items, indent, compact);
        }
        Node::Str(text) => string(out, text, indent),
        scalar => {
            out.push(' ');
            out.push_str(&bare(scalar));
            out.push('\n');
        }
    }
}

fn bare(scalar: &Node) -> String {
    match scalar {
        Node::Bool(flag) => flag.to_string(),
        Node::Int(number) => number.to_string(),
        Node::Float(number) => plain::float(*number).unwrap_or_else(|| format!("'{number}'")),
        Node::List(_) => "[]".to_owned(),
        Node::Map(_) => "{}".to_owned(),
        Node::Null | Node::Str(_) => "null".to_owned(),
    }
}

fn string(out: &mut String, text: &str, indent: usize) {
    out.push(' ');
    let Some(header) = block_header(text) else {
        out.push_str(&inline(text));
        out.push('\n');
        return;
    };
    out.push_str(header);
    out.push('\n');
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        if !line.is_empty() {
            pad(out, indent);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// `first_inline`: the first entry goes on the line that is begun, behind its dash.
fn map_lines(out: &mut String, map: &Map, indent: usize, first_inline: bool) {
    for (index, (key, node)) in map.iter().enumerate() {
        if index > 0 || !first_inline {
            pad(out, indent);
        }
        let written = inline(key);
        if written.chars().count() > LONGEST_KEY {
            out.push_str("? ");
            out.push_str(&double_quoted(key));
            out.push('\n');
            pad(out, indent);
        } else {
            out.push_str(&written);
        }
        out.push(':');
        value(out, node, indent + 2, false);
    }
}

fn list_lines(out: &mut String, items: &[Node], indent: usize, first_inline: bool) {
    for (index, node) in items.iter().enumerate() {
        if index > 0 || !first_inline {
            pad(out, indent);
        }
        out.push('-');
        value(out, node, indent + 2, true);
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// Tag and argument, when the function can be written short: YAML allows no tag behind a tag, so a function whose whole argument is
/// another map or function stays long, as in `Fn::Base64: !Sub …`; so does one of a number, which a tag would turn into text.
fn short_form(node: &Node) -> Option<(&'static str, Cow<'_, Node>)> {
    let (name, argument) = node.intrinsic()?;
    let bare = name.strip_prefix("Fn::").unwrap_or(name);
    let tag = *SHORT.iter().find(|tag| **tag == bare)?;
    match (name, argument) {
        ("Fn::Ref" | "Fn::Condition", _) => None,
        ("Fn::GetAtt", Node::List(parts)) => match parts.as_slice() {
            [Node::Str(resource), Node::Str(attribute)] if !resource.is_empty() && !resource.contains('.') => {
                Some((tag, Cow::Owned(Node::Str(format!("{resource}.{attribute}")))))
            }
            _ => Some((tag, Cow::Borrowed(argument))),
        },
        // The dotted word is what the short tag reads as a list.
        ("Fn::GetAtt", _) => None,
        (_, Node::Str(_)) => Some((tag, Cow::Borrowed(argument))),
        ("Condition", _) => None,
        (_, Node::List(_)) => Some((tag, Cow::Borrowed(argument))),
        _ => None,
    }
}
