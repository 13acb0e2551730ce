//! The writer: insertion order, two blanks a level or none.

use crate::node::Node;
use crate::yaml;

/// The node as JSON with two blanks a level and a newline at the end.
///
/// Infinity and `NaN`, which JSON cannot hold, are written as text.
pub fn write(node: &Node) -> String {
    let mut out = String::new();
    value(&mut out, node, Some(0));
    out.push('\n');
    out
}

/// The node as JSON without any blank; for templates near the size limit.
pub fn minified(node: &Node) -> String {
    let mut out = String::new();
    value(&mut out, node, None);
    out
}

/// `level`: how deep the value stands, or none for no blanks at all.
fn value(out: &mut String, node: &Node, level: Option<usize>) {
    match node {
        Node::Null => out.push_str("null"),
        Node::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Node::Int(number) => out.push_str(&number.to_string()),
        Node::Float(number) => match yaml::float(*number) {
            Some(digits) => out.push_str(&digits),
            None => string(out, &number.to_string()),
        },
        Node::Str(text) => string(out, text),
        Node::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(out, index, level);
                value(out, item, level.map(|level| level + 1));
            }
            close(out, ']', items.is_empty(), level);
        }
        Node::Map(map) => {
            out.push('{');
            for (index, (key, item)) in map.iter().enumerate() {
                separate(out, index, level);
                string(out, key);
                out.push_str(if level.is_some() { ": " } else { ":" });
                value(out, item, level.map(|level| level + 1));
            }
            close(out, '}', map.is_empty(), level);
        }
    }
}

fn separate(out: &mut String, index: usize, level: Option<usize>) {
    if index > 0 {
        out.push(',');
    }
    new_line(out, level.map(|level| level + 1));
}

fn close(out: &mut String, bracket: char, empty: bool, level: Option<usize>) {
    if !empty {
        new_line(out, level);
    }
    out.push(bracket);
}

fn new_line(out: &mut String, level: Option<usize>) {
    if let Some(level) = level {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", level));
    }
}

/// Letters stay as they are; controls and what does not show (zero width, right-to-left) are escaped.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if yaml::is_visible(c) => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}
