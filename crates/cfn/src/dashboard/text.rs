//! Widgets as JSON text, a line each; what is known only when the stack is deployed as `${…}` of one `Fn::Sub`.

use crate::node::{Map, Node};
use crate::val::Val;

/// The body with these widgets.
pub(super) fn body(widgets: &[Node]) -> Val<String> {
    let mut substituted = false;
    widgets.iter().for_each(|widget| widget.walk(&mut |node| substituted |= node.intrinsic().is_some()));
    let mut text = Text { out: String::new(), substituted, variables: Map::new() };
    text.out.push_str("{\"widgets\":[");
    for (index, widget) in widgets.iter().enumerate() {
        text.out.push_str(if index == 0 { "\n" } else { ",\n" });
        text.write(widget);
    }
    text.out.push_str("\n]}");
    if !substituted {
        text.out.into()
    } else if text.variables.is_empty() {
        Val::sub(text.out)
    } else {
        Val::sub_with(text.out, text.variables.into_iter().map(|(name, node)| (name, Val::of_node(node))))
    }
}

struct Text {
    out: String,
    substituted: bool,
    variables: Map,
}

impl Text {
    fn write(&mut self, node: &Node) {
        if let Some((function, argument)) = node.intrinsic() {
            let inner = match inline(function, argument) {
                Some(inner) => inner,
                None => format!("${{{}}}", self.variable(node)),
            };
            self.out.push_str(&json(&inner));
            return;
        }
        match node {
            Node::Null => self.out.push_str("null"),
            Node::Bool(flag) => self.out.push_str(&flag.to_string()),
            Node::Int(number) => self.out.push_str(&number.to_string()),
            Node::Float(number) => self.out.push_str(&number.to_string()),
            Node::Str(text) => self.literal(text),
            Node::List(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.write(item);
                }
                self.out.push(']');
            }
            Node::Map(map) => {
                self.out.push('{');
                for (index, (key, value)) in map.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.literal(key);
                    self.out.push(':');
                    self.write(value);
                }
                self.out.push('}');
            }
        }
    }

    fn literal(&mut self, text: &str) {
        let text = if self.substituted { json(&text.replace("${", "${!")) } else { json(text) };
        self.out.push_str(&text);
    }

    /// The name of the variable that stands for a node; the same node has one name.
    fn variable(&mut self, node: &Node) -> String {
        if let Some((name, _)) = self.variables.iter().find(|(_, known)| *known == node) {
            return name.clone();
        }
        let name = format!("Value{}", self.variables.len() + 1);
        self.variables.insert(name.clone(), node.clone());
        name
    }
}

/// What stands in the text of a `Fn::Sub` for an intrinsic function, when it can.
fn inline(function: &str, argument: &Node) -> Option<String> {
    let plain = |name: &str| !name.contains('@');
    match (function, argument) {
        ("Ref", Node::Str(name)) if plain(name) => Some(format!("${{{name}}}")),
        ("Fn::GetAtt", Node::Str(path)) if plain(path) => Some(format!("${{{path}}}")),
        ("Fn::GetAtt", Node::List(path)) => {
            let parts: Option<Vec<&str>> = path.iter().map(Node::as_str).collect();
            parts.map(|parts| parts.join(".")).filter(|path| plain(path)).map(|path| format!("${{{path}}}"))
        }
        ("Fn::Sub", Node::Str(text)) => Some(text.clone()),
        _ => None,
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
