//! Who refers to whom: within a template by `Ref`, `Fn::GetAtt` and `Fn::Sub`, across templates by an output that feeds the parameter of the
//! same name.

use std::collections::HashMap;

use cfn::{Node, Template};

use super::side::SideSet;

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

/// The outputs of a set that feed parameters.
///
/// Our own stacks, and folders of files that belong together, hand on values by name; in `us-west-2`'s stacks by the group's own files first.
#[derive(Debug)]
pub struct Feeds<'a> {
    outputs: HashMap<&'a str, Vec<usize>>,
    groups: Vec<Option<&'a str>>,
    regions: Vec<Option<String>>,
}

impl<'a> Feeds<'a> {
    /// Those of a set.
    pub fn of(set: &'a SideSet) -> Feeds<'a> {
        let mut outputs: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, file) in set.files.files.iter().enumerate() {
            for name in file.template.outputs.keys() {
                outputs.entry(name).or_default().push(index);
            }
        }
        let groups = set.files.files.iter().map(|file| file.group.as_deref()).collect();
        let suffix = |region: &str| region.split('-').map(capital).collect::<String>();
        let regions = set.files.files.iter().map(|file| file.region.as_deref().map(suffix)).collect();
        Feeds { outputs, groups, regions }
    }

    /// The file and the output that feed this parameter of a file.
    pub fn of_parameter<'p>(&self, file: usize, parameter: &'p str) -> Option<(usize, &'p str)> {
        let own = self.groups.get(file).copied().flatten();
        if let Some(there) = self.outputs.get(parameter) {
            let in_group = |group: Option<&str>| {
                there.iter().copied().find(|other| *other != file && self.groups.get(*other).copied().flatten() == group)
            };
            if let Some(other) = in_group(own).or_else(|| in_group(None)) {
                return Some((other, parameter));
            }
        }
        // `LoadBalancerUsWest2` is the output LoadBalancer of us-west-2's stacks.
        self.regions.iter().enumerate().filter(|(other, _)| *other != file).find_map(|(other, suffix)| {
            let output = parameter.strip_suffix(suffix.as_deref()?)?;
            self.outputs.get(output)?.contains(&other).then_some((other, output))
        })
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
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
