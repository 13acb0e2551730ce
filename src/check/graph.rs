//! The templates of a set as one graph: resources with their values resolved as far as the templates themselves tell them.

use std::collections::HashMap;
use std::sync::OnceLock;

use cfn::{Map, Node, Resource};

use super::set::{File, Set};
use super::simplify::{self, ONE_OF};

/// A resource of the set.
#[derive(Debug)]
pub struct Item<'a> {
    /// Its file's index in the set.
    pub file: usize,
    /// Its logical ID.
    pub id: String,
    /// Its type: `AWS::EC2::Subnet`.
    pub kind: &'a str,
    /// The resource as it was written.
    pub raw: &'a Resource,
    /// Its properties with everything resolved that can be; see [`Graph`].
    pub properties: Node,
}

/// All resources of a set.
///
/// In the resolved properties parameters are replaced by their defaults, or by the output of the same name of another file; mappings, conditions
/// and joins of literals are worked out; a choice that stays open is kept with all its branches, which [`Item::all`] walks. A
/// reference to a resource stays a reference, which [`Graph::target`] follows.
#[derive(Debug)]
pub struct Graph<'a> {
    /// The set that it was made of.
    pub set: &'a Set,
    /// Every resource, in the order of files and of what is written in them.
    pub items: Vec<Item<'a>>,
    index: HashMap<(usize, String), usize>,
    /// The values of outputs, resolved, by file and name.
    pub outputs: HashMap<(usize, String), Node>,
    mentions: OnceLock<Vec<Vec<usize>>>,
}

impl<'a> Graph<'a> {
    /// Reads a set.
    pub fn of(set: &'a Set) -> Graph<'a> {
        Graph::by(set, simplify::Simplifier::new)
    }

    /// Reads a set for a comparison with another one: what the region makes of a text is left open, because only one of both may tell it.
    pub fn anywhere(set: &'a Set) -> Graph<'a> {
        Graph::by(set, simplify::Simplifier::anywhere)
    }

    fn by(set: &'a Set, of_file: fn(&'a Set, usize) -> simplify::Simplifier<'a>) -> Graph<'a> {
        let mut items = Vec::new();
        let mut outputs = HashMap::new();
        for (file, one) in set.files.iter().enumerate() {
            let simplifier = of_file(set, file);
            for (id, raw) in &one.template.resources {
                let properties = simplifier.map(&raw.properties);
                items.push(Item { file, id: id.clone(), kind: &raw.resource_type, raw, properties });
            }
            for (name, output) in &one.template.outputs {
                outputs.insert((file, name.clone()), simplifier.node(&output.value));
            }
        }
        let index = items.iter().enumerate().map(|(at, item)| ((item.file, item.id.clone()), at)).collect();
        Graph { set, items, index, outputs, mentions: OnceLock::new() }
    }

    /// The resources of one type.
    pub fn of_type<'g>(&'g self, kind: &'g str) -> impl Iterator<Item = &'g Item<'a>> {
        self.items.iter().filter(move |item| item.kind == kind)
    }

    /// The file of a resource.
    pub fn file(&self, item: &Item) -> &'a File {
        &self.set.files[item.file]
    }

    /// The region that a resource is deployed in, when that is known.
    pub fn region(&self, item: &Item) -> Option<&'a str> {
        self.file(item).region.as_deref()
    }

    /// The resource that a resolved value refers to, by `Ref` or by any attribute.
    pub fn target(&self, node: &Node) -> Option<&Item<'a>> {
        self.reference(node).map(|(item, _)| item)
    }

    /// The resource that a resolved value refers to, and which attribute of it; none for `Ref`.
    pub fn reference<'g, 'n>(&'g self, node: &'n Node) -> Option<(&'g Item<'a>, Option<&'n str>)> {
        let (name, attribute) = match node.intrinsic()? {
            ("Ref", Node::Str(name)) => (name, None),
            ("Fn::GetAtt", Node::List(parts)) => match parts.as_slice() {
                [Node::Str(name), Node::Str(attribute)] => (name, Some(attribute.as_str())),
                _ => return None,
            },
            _ => return None,
        };
        self.named(name).map(|item| (item, attribute))
    }

    /// The resource of a resolved name, `2!Vpc`.
    fn named(&self, name: &str) -> Option<&Item<'a>> {
        let (file, id) = name.split_once('!')?;
        self.index.get(&(file.parse().ok()?, id.to_owned())).and_then(|at| self.items.get(*at))
    }

    /// The resource of this logical ID in this file.
    pub fn item(&self, file: usize, id: &str) -> Option<&Item<'a>> {
        self.index.get(&(file, id.to_owned())).and_then(|at| self.items.get(*at))
    }

    /// Every resource that this resolved value mentions, in `Ref`, `Fn::GetAtt` or inside a `Fn::Sub`, however deep.
    pub fn mentioned(&self, node: &Node) -> Vec<&Item<'a>> {
        let mut found: Vec<&Item<'a>> = Vec::new();
        let mut add = |item: Option<&'_ Item<'a>>| {
            if let Some(item) = item.and_then(|item| self.item(item.file, &item.id))
                && !found.iter().any(|other| std::ptr::eq(*other, item))
            {
                found.push(item);
            }
        };
        node.walk(&mut |node| match node.intrinsic() {
            Some(("Fn::Sub", Node::Str(text))) => {
                for name in simplify::variables(text) {
                    let name = name.split_once('.').map_or(name, |(name, _)| name);
                    add(self.named(name));
                }
            }
            _ => add(self.target(node)),
        });
        found
    }

    /// Every resource that a resource's properties mention; worked out once for all rules.
    pub fn mentions(&self, item: &Item) -> impl Iterator<Item = &Item<'a>> {
        let all = self.mentions.get_or_init(|| {
            let index_of = |other: &Item| self.index.get(&(other.file, other.id.clone())).copied();
            self.items.iter().map(|item| self.mentioned(&item.properties).into_iter().filter_map(index_of).collect()).collect()
        });
        let at = self.index.get(&(item.file, item.id.clone())).and_then(|at| all.get(*at));
        at.into_iter().flatten().filter_map(|at| self.items.get(*at))
    }

    /// Whether a resource is made after another one of its file, by `DependsOn` or by reference, over any number of steps.
    pub fn waits(&self, item: &Item, first: &Item) -> bool {
        let mut open = vec![item];
        let mut seen: Vec<*const Item> = Vec::new();
        while let Some(one) = open.pop() {
            if std::ptr::eq(one, first) {
                return true;
            }
            if !seen.contains(&std::ptr::from_ref(one)) {
                seen.push(std::ptr::from_ref(one));
                open.extend(one.raw.depends_on.iter().filter_map(|id| self.item(one.file, id)));
                open.extend(self.mentioned(&one.properties).into_iter().filter(|other| other.file == first.file));
            }
        }
        false
    }

    /// The value as text, for patterns and lengths: what is not known stays `${Name}`, an account is twelve digits. None when it is no text
    /// (a list, an open choice).
    pub fn text(&self, node: &Node) -> Option<String> {
        match node {
            Node::Str(text) => Some(text.clone()),
            Node::Int(number) => Some(number.to_string()),
            Node::Float(number) => Some(number.to_string()),
            Node::Bool(flag) => Some(flag.to_string()),
            _ => match node.intrinsic()? {
                ("Fn::Sub", Node::Str(text)) => Some(text.replace("${AWS::AccountId}", "111122223333")),
                ("Ref", Node::Str(name)) if name == "AWS::AccountId" => Some("111122223333".to_owned()),
                ("Ref", Node::Str(name)) => Some(format!("${{{name}}}")),
                ("Fn::GetAtt", Node::List(parts)) => {
                    let words: Vec<&str> = parts.iter().filter_map(Node::as_str).collect();
                    Some(format!("${{{}}}", words.join(".")))
                }
                _ => None,
            },
        }
    }
}

impl Item<'_> {
    /// Every value at a path below the properties: `Ingress/*/FromPort`. `*` stands for each item of a list or value of a map; open choices
    /// are walked with all their branches. What is `AWS::NoValue` is left out.
    pub fn all(&self, path: &str) -> Vec<&Node> {
        let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
        let mut found = Vec::new();
        descend(&self.properties, &steps, &mut found);
        found
    }

    /// The first value at a path; a path that may have several values has more in [`Item::all`].
    pub fn get(&self, path: &str) -> Option<&Node> {
        self.all(path).into_iter().next()
    }

    /// The text at a path, when it is plain text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path).and_then(Node::as_str)
    }

    /// The whole number at a path, also one that was written as text.
    pub fn int(&self, path: &str) -> Option<i64> {
        match self.get(path)? {
            Node::Int(number) => Some(*number),
            Node::Str(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The flag at a path, also one that was written as text.
    pub fn flag(&self, path: &str) -> Option<bool> {
        match self.get(path)? {
            Node::Bool(flag) => Some(*flag),
            Node::Str(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Whether something is written at a path.
    pub fn has(&self, path: &str) -> bool {
        self.get(path).is_some()
    }

    /// The maps of a list at a path, each with its index: statements, rules, origins. A single map counts as a list of one.
    pub fn list(&self, path: &str) -> Vec<(usize, &Node)> {
        let mut found = Vec::new();
        for node in self.all(path) {
            match node {
                Node::List(_) => {
                    let mut items = Vec::new();
                    descend(node, &["*"], &mut items);
                    found.extend(items);
                }
                other => found.push(other),
            }
        }
        found.into_iter().enumerate().collect()
    }
}

/// The values at a path below any resolved value; see [`Item::all`].
pub fn below<'n>(node: &'n Node, path: &str) -> Vec<&'n Node> {
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    let mut found = Vec::new();
    descend(node, &steps, &mut found);
    found
}

fn descend<'n>(node: &'n Node, steps: &[&str], found: &mut Vec<&'n Node>) {
    if let Some((ONE_OF, Node::List(branches))) = node.intrinsic() {
        return branches.iter().for_each(|branch| descend(branch, steps, found));
    }
    if simplify::is_no_value(node) {
        return;
    }
    let Some((step, rest)) = steps.split_first() else { return found.push(node) };
    match (node, *step) {
        (Node::List(items), "*") => items.iter().for_each(|item| descend(item, rest, found)),
        (Node::Map(map), "*") if node.intrinsic().is_none() => map.values().for_each(|value| descend(value, rest, found)),
        (Node::List(items), index) => {
            if let Some(item) = index.parse().ok().and_then(|index: usize| items.get(index)) {
                descend(item, rest, found);
            }
        }
        (Node::Map(map), key) => {
            if let Some(value) = Map::get(map, key) {
                descend(value, rest, found);
            }
        }
        // One thing where a list may stand: `Action: s3:GetObject`.
        (other, "*") => descend(other, rest, found),
        _ => {}
    }
}
