//! Works out what a template's own text tells: parameters' defaults, outputs of sister stacks, mappings, conditions, joins and substitutions.

use cfn::{Map, Node};

use super::set::Set;

/// A choice that stays open, with its branches; our own word, CloudFormation has none.
pub const ONE_OF: &str = "Fn::OneOf";

/// How far one value may lead to the next across parameters and outputs; a ring is cut here.
const DEEPEST: usize = 12;

/// Works out the values of one file.
#[derive(Clone, Copy)]
pub struct Simplifier<'a> {
    set: &'a Set,
    file: usize,
    depth: usize,
    anywhere: bool,
}

impl<'a> Simplifier<'a> {
    /// For this file of the set.
    pub fn new(set: &'a Set, file: usize) -> Self {
        Simplifier { set, file, depth: 0, anywhere: false }
    }

    /// The same, with the region left open: for texts that are compared with those of a file whose region is not known.
    pub fn anywhere(set: &'a Set, file: usize) -> Self {
        Simplifier { set, file, depth: 0, anywhere: true }
    }

    /// The map with every value worked out.
    pub fn map(&self, map: &Map) -> Node {
        Node::Map(map.iter().map(|(key, value)| (key.clone(), self.node(value))).collect())
    }

    /// The value, worked out as far as the templates tell.
    pub fn node(&self, node: &Node) -> Node {
        match node.intrinsic() {
            Some(("Ref", Node::Str(name))) => self.reference(name),
            Some(("Fn::GetAtt", argument)) => self.attribute(argument),
            Some(("Fn::Sub", Node::Str(text))) => self.substitute(text, &Map::new()),
            Some(("Fn::Sub", Node::List(parts))) => match parts.as_slice() {
                [Node::Str(text), Node::Map(variables)] => self.substitute(text, variables),
                _ => node.clone(),
            },
            Some(("Fn::If", Node::List(parts))) => match parts.as_slice() {
                [Node::Str(condition), then, otherwise] => match self.condition(condition, 0) {
                    Some(true) => self.node(then),
                    Some(false) => self.node(otherwise),
                    None => one_of(vec![self.node(then), self.node(otherwise)]),
                },
                _ => node.clone(),
            },
            Some(("Fn::FindInMap", Node::List(parts))) => self.find_in_map(parts),
            Some(("Fn::Join", Node::List(parts))) => self.join(parts),
            Some(("Fn::Select", Node::List(parts))) => self.select(parts),
            Some(("Fn::Split", Node::List(parts))) => self.split(parts),
            Some(("Fn::Base64", argument)) => Node::map([("Fn::Base64", self.node(argument))]),
            Some(("Fn::ImportValue", argument)) => self.import(argument),
            _ => match node {
                Node::List(items) => Node::List(items.iter().map(|item| self.node(item)).filter(|item| !is_no_value(item)).collect()),
                Node::Map(map) => self.map(map),
                scalar => scalar.clone(),
            },
        }
    }

    fn reference(&self, name: &str) -> Node {
        let unknown = || Node::map([("Ref", name)]);
        let Some(file) = self.set.files.get(self.file) else { return unknown() };
        match name {
            "AWS::Region" if self.anywhere => return unknown(),
            "AWS::Region" => return file.region.as_deref().map_or_else(unknown, Node::from),
            "AWS::Partition" => return Node::from("aws"),
            "AWS::URLSuffix" => return Node::from("amazonaws.com"),
            _ => {}
        }
        if file.template.resources.contains_key(name) {
            return Node::map([("Ref", format!("{}!{name}", self.file))]);
        }
        let Some(parameter) = file.template.parameters.get(name) else { return unknown() };
        if let Some((other, output)) = self.told(name)
            && self.depth < DEEPEST
        {
            let there = Simplifier { file: other, depth: self.depth + 1, ..*self };
            return there.node(&output.value);
        }
        match (&parameter.default, parameter.parameter_type.as_str()) {
            // The default of an SSM parameter type is a name, not the value.
            (Some(_), kind) if kind.starts_with("AWS::SSM::Parameter::Value") => unknown(),
            (Some(Node::Str(text)), kind) if kind.starts_with("List<") || kind == "CommaDelimitedList" => {
                Node::list(text.split(',').map(str::trim).filter(|part| !part.is_empty()))
            }
            (Some(default), _) => default.clone(),
            (None, _) => unknown(),
        }
    }

    /// The output of a sister file that this parameter takes.
    fn told(&self, parameter: &str) -> Option<(usize, &'a cfn::Output)> {
        let (file, output) = self.set.feeding(self.file, parameter)?;
        self.set.files.get(file)?.template.outputs.get(output).map(|told| (file, told))
    }

    fn attribute(&self, argument: &Node) -> Node {
        match argument.as_list() {
            Some([Node::Str(name), Node::Str(attribute)])
                if self.set.files.get(self.file).is_some_and(|file| file.template.resources.contains_key(name)) =>
            {
                Node::map([("Fn::GetAtt", Node::list([format!("{}!{name}", self.file), attribute.clone()]))])
            }
            _ => Node::map([("Fn::GetAtt", argument.clone())]),
        }
    }

    fn substitute(&self, text: &str, own: &Map) -> Node {
        let mut out = String::with_capacity(text.len());
        let mut open = false;
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else { break };
            let name = rest[start + 2..start + length].trim();
            out.push_str(&rest[..start]);
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(&format!("${{{literal}}}"));
            } else {
                let value = match own.get(name) {
                    Some(value) => self.node(value),
                    None => match name.split_once('.') {
                        Some((id, attribute)) => self.attribute(&Node::list([id, attribute])),
                        None => self.reference(name),
                    },
                };
                if start == 0 && length + 1 == rest.len() && out.is_empty() && text.starts_with("${") {
                    return value;
                }
                match plain(&value) {
                    Some(word) => out.push_str(&word),
                    None => {
                        open = true;
                        out.push_str(&variable(&value).unwrap_or_else(|| format!("${{{name}}}")));
                    }
                }
            }
            rest = &rest[start + length + 1..];
        }
        out.push_str(rest);
        if open { Node::map([("Fn::Sub", out)]) } else { Node::Str(out) }
    }

    fn join(&self, parts: &[Node]) -> Node {
        let [Node::Str(between), list] = parts else { return Node::map([("Fn::Join", Node::List(parts.to_vec()))]) };
        let Node::List(items) = self.node(list) else {
            return Node::map([("Fn::Join", Node::List(vec![parts[0].clone(), self.node(list)]))]);
        };
        let mut open = false;
        let mut words = Vec::new();
        for item in &items {
            match (plain(item), variable(item)) {
                (Some(word), _) => words.push(word),
                (None, Some(name)) => {
                    open = true;
                    words.push(name);
                }
                (None, None) => return Node::map([("Fn::Join", Node::List(vec![parts[0].clone(), Node::List(items)]))]),
            }
        }
        match (open, items.as_slice()) {
            (true, [one]) => one.clone(),
            (true, _) => Node::map([("Fn::Sub", words.join(between))]),
            (false, _) => Node::Str(words.join(between)),
        }
    }

    fn select(&self, parts: &[Node]) -> Node {
        let values: Vec<Node> = parts.iter().map(|part| self.node(part)).collect();
        match values.as_slice() {
            [index, Node::List(items)] => {
                let place = plain(index).and_then(|index| index.parse::<usize>().ok());
                place.and_then(|place| items.get(place).cloned()).unwrap_or_else(|| one_of(items.clone()))
            }
            _ => Node::map([("Fn::Select", Node::List(values))]),
        }
    }

    fn split(&self, parts: &[Node]) -> Node {
        match parts {
            [Node::Str(between), text] => match self.node(text) {
                Node::Str(text) if !between.is_empty() => Node::list(text.split(between.as_str())),
                other => Node::map([("Fn::Split", Node::List(vec![parts[0].clone(), other]))]),
            },
            _ => Node::map([("Fn::Split", Node::List(parts.to_vec()))]),
        }
    }

    fn find_in_map(&self, parts: &[Node]) -> Node {
        let keys: Vec<Node> = parts.iter().take(3).map(|part| self.node(part)).collect();
        let unknown = || Node::map([("Fn::FindInMap", Node::List(keys.clone()))]);
        let Some(file) = self.set.files.get(self.file) else { return unknown() };
        let [map, first, second] = keys.as_slice() else { return unknown() };
        let Some(rows) = plain(map).and_then(|name| file.template.mappings.get(&name)).and_then(Node::as_map) else { return unknown() };
        let pick = |map: &Map, key: &Node| -> Vec<Node> {
            match plain(key) {
                Some(key) => map.get(&key).cloned().into_iter().collect(),
                None => map.values().cloned().collect(),
            }
        };
        let values: Vec<Node> = pick(rows, first).iter().filter_map(Node::as_map).flat_map(|row| pick(row, second)).collect();
        if values.is_empty() { unknown() } else { one_of(values) }
    }

    fn import(&self, argument: &Node) -> Node {
        let wanted = self.node(argument);
        let unknown = || Node::map([("Fn::ImportValue", wanted.clone())]);
        if self.depth >= DEEPEST {
            return unknown();
        }
        for (index, file) in self.set.files.iter().enumerate() {
            let there = Simplifier { file: index, depth: self.depth + 1, ..*self };
            for output in file.template.outputs.values() {
                if output.export.as_ref().is_some_and(|name| there.node(name.get("Name").unwrap_or(name)) == wanted) {
                    return there.node(&output.value);
                }
            }
        }
        unknown()
    }

    /// Whether a condition holds, when parameters' defaults tell it.
    pub fn met(&self, name: &str) -> Option<bool> {
        self.condition(name, 0)
    }

    fn condition(&self, name: &str, depth: usize) -> Option<bool> {
        let file = self.set.files.get(self.file)?;
        if depth > DEEPEST { None } else { self.holds(file.template.conditions.get(name)?, depth + 1) }
    }

    fn holds(&self, node: &Node, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        match node.intrinsic()? {
            ("Condition", Node::Str(name)) => self.condition(name, depth),
            ("Fn::Equals", Node::List(sides)) => match sides.as_slice() {
                [a, b] => Some(plain(&self.node(a))? == plain(&self.node(b))?),
                _ => None,
            },
            ("Fn::Not", Node::List(one)) => one.first().and_then(|one| self.holds(one, depth + 1)).map(|holds| !holds),
            ("Fn::And", Node::List(all)) => {
                let judged: Vec<Option<bool>> = all.iter().map(|one| self.holds(one, depth + 1)).collect();
                if judged.contains(&Some(false)) { Some(false) } else { judged.iter().all(|one| *one == Some(true)).then_some(true) }
            }
            ("Fn::Or", Node::List(all)) => {
                let judged: Vec<Option<bool>> = all.iter().map(|one| self.holds(one, depth + 1)).collect();
                if judged.contains(&Some(true)) { Some(true) } else { judged.iter().all(|one| *one == Some(false)).then_some(false) }
            }
            _ => None,
        }
    }
}

/// An open choice; one branch is no choice.
fn one_of(branches: Vec<Node>) -> Node {
    match branches.as_slice() {
        [one] => one.clone(),
        _ => Node::map([(ONE_OF, Node::List(branches))]),
    }
}

/// Whether this is `!Ref AWS::NoValue`: as if nothing were written.
pub fn is_no_value(node: &Node) -> bool {
    matches!(node.intrinsic(), Some(("Ref", Node::Str(name))) if name == "AWS::NoValue")
}

/// A scalar as text.
pub fn plain(node: &Node) -> Option<String> {
    match node {
        Node::Str(text) => Some(text.clone()),
        Node::Int(number) => Some(number.to_string()),
        Node::Float(number) => Some(number.to_string()),
        Node::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A reference, or a text with open variables, as it stands inside a `Fn::Sub`.
fn variable(node: &Node) -> Option<String> {
    match node.intrinsic()? {
        ("Ref", Node::Str(name)) => Some(format!("${{{name}}}")),
        ("Fn::GetAtt", Node::List(parts)) => {
            let words: Option<Vec<&str>> = parts.iter().map(Node::as_str).collect();
            Some(format!("${{{}}}", words?.join(".")))
        }
        ("Fn::Sub", Node::Str(text)) => Some(text.clone()),
        _ => None,
    }
}

/// The names inside `${…}` of a `Fn::Sub` text.
pub fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}
