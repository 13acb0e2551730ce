//! Ways through a template's tree: its resources, places below one, and what refers to what.

use cfn::{Map, Node};

use crate::chance::Chance;

/// Keys and indices from a resource's properties down.
pub type Path = Vec<String>;

/// The resources that are resources, not macros.
pub fn resources(template: &Map) -> impl Iterator<Item = (&String, &Map)> {
    let all = template.get("Resources").and_then(Node::as_map).into_iter().flatten();
    all.filter_map(|(id, one)| Some((id, one.as_map()?)))
}

pub fn resource<'a>(template: &'a mut Map, id: &str) -> Option<&'a mut Map> {
    let Node::Map(all) = template.get_mut("Resources")? else { return None };
    match all.get_mut(id)? {
        Node::Map(one) => Some(one),
        _ => None,
    }
}

/// The node at a path.
pub fn at<'a>(node: &'a mut Node, path: &[String]) -> Option<&'a mut Node> {
    let Some((step, rest)) = path.split_first() else { return Some(node) };
    match node {
        Node::Map(map) => at(map.get_mut(step)?, rest),
        Node::List(items) => at(items.get_mut(step.parse::<usize>().ok()?)?, rest),
        _ => None,
    }
}

/// One of several, or nothing when there is none.
pub fn pick<'a, T>(of: &'a [T], chance: &mut Chance) -> Option<&'a T> {
    let number = chance.next();
    of.get(usize::try_from(number % u64::try_from(of.len().max(1)).unwrap()).unwrap())
}

/// The scalars of a kind that no intrinsic function computes.
pub fn literals(node: &Node, wanted: &dyn Fn(&Node) -> bool) -> Vec<Path> {
    let mut found = Vec::new();
    walk(node, &mut Path::new(), &mut |node, path| {
        if node.intrinsic().is_none() && node.as_map().is_none() && node.as_list().is_none() && wanted(node) {
            found.push(path.clone());
        }
        node.intrinsic().is_none()
    });
    found
}

/// The names in `Ref` and `Fn::GetAtt`.
pub fn references(node: &Node, wanted: &dyn Fn(&str) -> bool) -> Vec<Path> {
    let mut found = Vec::new();
    walk(node, &mut Path::new(), &mut |node, path| {
        let named = match node.intrinsic() {
            Some(("Ref", Node::Str(target))) if wanted(target) => vec!["Ref"],
            Some(("Fn::GetAtt", Node::List(parts))) if parts.first().and_then(Node::as_str).is_some_and(wanted) => vec!["Fn::GetAtt", "0"],
            _ => return true,
        };
        found.push(path.iter().cloned().chain(named.into_iter().map(str::to_owned)).collect());
        false
    });
    found
}

/// Parents first; `visit` says whether to go below.
fn walk(node: &Node, path: &mut Path, visit: &mut dyn FnMut(&Node, &Path) -> bool) {
    if !visit(node, path) {
        return;
    }
    let mut below = |step: String, child: &Node| {
        path.push(step);
        walk(child, path, visit);
        path.pop();
    };
    match node {
        Node::Map(map) => map.iter().for_each(|(key, child)| below(key.clone(), child)),
        Node::List(items) => items.iter().enumerate().for_each(|(index, child)| below(index.to_string(), child)),
        _ => {}
    }
}

/// The tree with every reference to `old` (`Ref`, `Fn::GetAtt`, `Fn::Sub`, `DependsOn`) made one to `new`.
pub fn renamed(node: &Node, old: &str, new: &str) -> Node {
    let text =
        |text: &str| text.replace(&format!("${{{old}}}"), &format!("${{{new}}}")).replace(&format!("${{{old}."), &format!("${{{new}."));
    let exact = |name: &Node| if name.as_str() == Some(old) { new.into() } else { name.clone() };
    let child = |key: &str, value: &Node| match (key, value) {
        ("Ref" | "DependsOn", Node::Str(_)) => exact(value),
        ("DependsOn", Node::List(names)) => Node::List(names.iter().map(exact).collect()),
        ("Fn::GetAtt", Node::List(parts)) => Node::List(parts.iter().take(1).map(exact).chain(parts.iter().skip(1).cloned()).collect()),
        ("Fn::Sub", Node::Str(pattern)) => text(pattern).into(),
        ("Fn::Sub", Node::List(parts)) => match &parts[..] {
            [Node::Str(pattern), variables] => Node::List(vec![text(pattern).into(), renamed(variables, old, new)]),
            _ => value.clone(),
        },
        _ => renamed(value, old, new),
    };
    match node {
        Node::Map(map) => Node::Map(map.iter().map(|(key, value)| (key.clone(), child(key, value))).collect()),
        Node::List(items) => Node::List(items.iter().map(|item| renamed(item, old, new)).collect()),
        scalar => scalar.clone(),
    }
}
