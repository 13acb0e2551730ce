//! One form for what can be written in several, so that a template compares equal however it was written.

use crate::node::Node;

/// The same tree with `Fn::GetAtt` always as `[resource, attribute]` and `Fn::Sub` without variables always as text.
pub fn normalise(node: &Node) -> Node {
    let mut normal = node.clone();
    settle(&mut normal);
    normal
}

/// [`normalise`], in its place.
pub fn settle(node: &mut Node) {
    let change: Option<fn(&Node) -> Node> = match node.intrinsic() {
        Some(("Fn::GetAtt", _)) => Some(attribute),
        Some(("Fn::Sub", _)) => Some(substitution),
        _ => None,
    };
    match node {
        Node::List(items) => items.iter_mut().for_each(settle),
        Node::Map(map) => match change {
            Some(change) => map.values_mut().for_each(|argument| *argument = change(argument)),
            None => map.values_mut().for_each(settle),
        },
        _ => {}
    }
}

fn attribute(argument: &Node) -> Node {
    match argument {
        Node::Str(text) => match text.split_once('.') {
            Some((resource, attribute)) => Node::list([resource, attribute]),
            None => Node::list([text.as_str()]),
        },
        Node::List(parts) => {
            let words: Option<Vec<&str>> = parts.iter().map(Node::as_str).collect();
            match words.as_deref() {
                // `["Queue.Arn"]` and `["Stack", "Outputs", "Url"]` mean what the dotted word would.
                Some(words) if words.len() != 2 && !words.is_empty() => attribute(&Node::Str(words.join("."))),
                _ => normalise(argument),
            }
        }
        other => normalise(other),
    }
}

fn substitution(argument: &Node) -> Node {
    match argument.as_list() {
        Some([text @ Node::Str(_)]) => text.clone(),
        Some([text @ Node::Str(_), Node::Map(variables)]) if variables.is_empty() => text.clone(),
        _ => normalise(argument),
    }
}
