//! Who refers to whom: within a template by `Ref`, `Fn::GetAtt` and `Fn::Sub`, across templates by an output that feeds the parameter of the
//! same name.

use cfn::{Node, Template};

/// Calls `visit` with every name that a value refers to: resources and parameters.
pub fn names<'n>(node: &'n Node, visit: &mut impl FnMut(&'n str)) {
    node.walk(&mut |node| match node.intrinsic() {
        Some(("Ref", Node::Str(name))) => visit(name),
        Some(("Fn::GetAtt", Node::List(parts))) => {
            if let Some(Node::Str(name)) = parts.first() {
                visit(name);
            }
        }
        Some(("Fn::Sub", Node::Str(text))) => variables(text, visit),
        Some(("Fn::Sub", Node::List(parts))) => {
            if let Some(Node::Str(text)) = parts.first() {
                variables(text, visit);
            }
        }
        _ => {}
    });
}

/// Calls `visit` with every name that a value refers to and the path at which it does.
pub fn places<'n>(node: &'n Node, path: &mut Vec<&'n str>, visit: &mut impl FnMut(&[&'n str], &'n str)) {
    match node {
        _ if node.intrinsic().is_some_and(|(name, _)| name != "Fn::If") => names(node, &mut |name| visit(path, name)),
        Node::Map(map) => {
            for (key, value) in map {
                path.push(key);
                places(value, path, visit);
                path.pop();
            }
        }
        Node::List(items) => {
            for item in items {
                path.push("*");
                places(item, path, visit);
                path.pop();
            }
        }
        _ => {}
    }
}

fn variables<'n>(text: &'n str, visit: &mut impl FnMut(&'n str)) {
    for (name, _) in text.split("${").skip(1).filter_map(|part| part.split_once('}')) {
        let name = name.trim();
        if !name.starts_with('!') {
            visit(name.split_once('.').map_or(name, |(name, _)| name));
        }
    }
}

/// Whether a value refers to any name for which this holds.
pub fn mentions(node: &Node, mut wanted: impl FnMut(&str) -> bool) -> bool {
    let mut found = false;
    names(node, &mut |name| found |= wanted(name));
    found
}

/// The value that an output tells.
pub fn told<'a>(template: &'a Template, output: &str) -> Option<&'a Node> {
    template.outputs.get(output).map(|output| &output.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_every_form() {
        let text = "[!Ref A, !GetAtt B.Arn, !Sub '${C}-${D.Arn}-${!E}', !Sub ['${F}', {F: !Ref G}], {'Fn::Join': ['', [!Ref H]]}]";
        let node = cfn::syntax::normalise(&cfn::syntax::parse(text).unwrap().root);
        let mut found = Vec::new();
        names(&node, &mut |name| found.push(name.to_owned()));
        assert_eq!(found, ["A", "B", "C", "D", "F", "G", "H"]);
    }
}
