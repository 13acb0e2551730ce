//! References that cross a stack's boundary become parameters here and outputs there.

use std::collections::{BTreeSet, HashMap};

use cfn::template::Parameter;
use cfn::{Map, Node};
use indexmap::IndexMap;

use crate::component::{Layer, Layers, Site};
use crate::render::{Key, RenderError, home};

/// On which layer each resource stands, by region and logical ID.
#[derive(Debug)]
pub struct Owners {
    places: HashMap<(String, String), Layer>,
}

impl Owners {
    /// Reads the drafts of all regions.
    ///
    /// # Errors
    /// When one region has two resources of one logical ID.
    pub fn of(drafts: &[(Site, Layers)]) -> Result<Owners, RenderError> {
        let mut places = HashMap::new();
        for (site, layers) in drafts {
            for placed in &layers.placed {
                let slot = (site.region.region.to_string(), placed.logical_id.clone());
                if let Some(first) = places.insert(slot, placed.layer) {
                    let (first, second) = (first.word().to_owned(), placed.layer.word().to_owned());
                    return Err(RenderError::NamedTwice { name: placed.logical_id.clone(), first, second });
                }
            }
        }
        Ok(Owners { places })
    }

    fn layer(&self, region: &str, logical_id: &str) -> Option<Layer> {
        self.places.get(&(region.to_owned(), logical_id.to_owned())).copied()
    }
}

/// A value that comes from another stack.
#[derive(Debug, Clone)]
pub struct Crossing {
    /// The parameter that takes it here.
    pub parameter: String,
    /// The stack that has it.
    pub stack: Key,
    /// The output that tells it there.
    pub output: String,
    /// What the output says there.
    pub value: Node,
}

impl Crossing {
    /// How the parameter is declared.
    pub fn declaration(&self) -> Parameter {
        let description = format!("{} of the {} stack in {}", self.output, self.stack.layer.word(), self.stack.region);
        Parameter { parameter_type: "String".to_owned(), description: Some(description), ..Parameter::default() }
    }
}

/// Rewrites the references of one stack.
pub struct Retarget<'a> {
    site: &'a Site<'a>,
    layer: Layer,
    owners: &'a Owners,
    /// Parameters that the stack has of its own.
    own: BTreeSet<String>,
    /// What it takes from others, by parameter.
    pub crossings: IndexMap<String, Crossing>,
    /// Stacks that an explicit order names without taking a value from them.
    pub waits: BTreeSet<Key>,
}

impl<'a> Retarget<'a> {
    /// For the stack of this site and layer, with these parameters of its own.
    pub fn new(site: &'a Site<'a>, layer: Layer, owners: &'a Owners, own: BTreeSet<String>) -> Self {
        Retarget { site, layer, owners, own, crossings: IndexMap::new(), waits: BTreeSet::new() }
    }

    /// The same value, with every reference that leaves the stack turned into one to a parameter.
    ///
    /// # Errors
    /// When it refers to nothing, or upwards.
    pub fn node(&mut self, from: &str, node: &Node) -> Result<Node, RenderError> {
        match node.intrinsic() {
            Some(("Ref", Node::Str(name))) => self.reference(from, name),
            Some(("Fn::GetAtt", Node::List(parts))) => match parts.as_slice() {
                [Node::Str(name), Node::Str(attribute)] => self.attribute(from, name, attribute),
                _ => Ok(node.clone()),
            },
            Some(("Fn::Sub", Node::Str(text))) => Ok(Node::map([("Fn::Sub", Node::Str(self.text(from, text, None)?))])),
            Some(("Fn::Sub", Node::List(parts))) => match parts.as_slice() {
                [Node::Str(text), Node::Map(variables)] => {
                    let text = self.text(from, text, Some(variables))?;
                    let variables = self.map(from, variables)?;
                    Ok(Node::map([("Fn::Sub", Node::List(vec![Node::Str(text), Node::Map(variables)]))]))
                }
                _ => Ok(node.clone()),
            },
            _ => match node {
                Node::List(items) => Ok(Node::List(items.iter().map(|item| self.node(from, item)).collect::<Result<_, _>>()?)),
                Node::Map(map) => Ok(Node::Map(self.map(from, map)?)),
                other => Ok(other.clone()),
            },
        }
    }

    /// What must come first within the stack; what stands in a lower one makes this stack wait for that.
    ///
    /// # Errors
    /// When it names nothing, or something above.
    pub fn depends_on(&mut self, from: &str, names: &[String]) -> Result<Vec<String>, RenderError> {
        let mut here = Vec::new();
        for name in names {
            match self.place(from, name)? {
                None => here.push(name.clone()),
                Some((key, _)) => {
                    self.waits.insert(key);
                }
            }
        }
        Ok(here)
    }

    fn map(&mut self, from: &str, map: &Map) -> Result<Map, RenderError> {
        map.iter().map(|(key, value)| Ok((key.clone(), self.node(from, value)?))).collect()
    }

    fn reference(&mut self, from: &str, name: &str) -> Result<Node, RenderError> {
        if name.starts_with("AWS::") || self.own.contains(name) {
            return Ok(Node::map([("Ref", name)]));
        }
        let value = |id: &str| Node::map([("Ref", id)]);
        Ok(Node::map([("Ref", self.cross(from, name, "", value)?.unwrap_or_else(|| name.to_owned()))]))
    }

    fn attribute(&mut self, from: &str, name: &str, attribute: &str) -> Result<Node, RenderError> {
        let value = |id: &str| Node::map([("Fn::GetAtt", Node::list([id, attribute]))]);
        Ok(match self.cross(from, name, attribute, value)? {
            Some(parameter) => Node::map([("Ref", parameter)]),
            None => value(name),
        })
    }

    /// A `Fn::Sub` text with its `${Name}` and `${Name.Attribute}` rewritten; `${!` and variables of the function's own stay.
    fn text(&mut self, from: &str, text: &str, variables: Option<&Map>) -> Result<String, RenderError> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else { break };
            let name = &rest[start + 2..start + length];
            out.push_str(&rest[..start]);
            let untouched = name.starts_with('!') || name.starts_with("AWS::") || self.own.contains(name);
            if untouched || variables.is_some_and(|map| map.contains_key(name)) {
                out.push_str(&rest[start..=start + length]);
            } else {
                let node = match name.split_once('.') {
                    Some((id, attribute)) => self.attribute(from, id, attribute)?,
                    None => self.reference(from, name)?,
                };
                let inner = match node.intrinsic() {
                    Some(("Ref", Node::Str(target))) => target.clone(),
                    _ => name.to_owned(),
                };
                out.push_str("${");
                out.push_str(&inner);
                out.push('}');
            }
            rest = &rest[start + length + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The parameter for a value of another stack; none when the resource stands in this one.
    fn cross(&mut self, from: &str, name: &str, attribute: &str, value: impl Fn(&str) -> Node) -> Result<Option<String>, RenderError> {
        let Some((stack, id)) = self.place(from, name)? else { return Ok(None) };
        let output = format!("{id}{}", attribute.replace('.', ""));
        let foreign = name.split_once('@').map(|(_, region)| camel(region)).unwrap_or_default();
        let parameter = format!("{output}{foreign}");
        let crossing = Crossing { parameter: parameter.clone(), stack, output, value: value(&id) };
        self.crossings.insert(parameter.clone(), crossing);
        Ok(Some(parameter))
    }

    /// The stack of a resource and its logical ID there; none when it is this very stack.
    fn place(&self, from: &str, name: &str) -> Result<Option<(Key, String)>, RenderError> {
        let (id, region) = name.split_once('@').unwrap_or((name, self.site.region.region.code()));
        let dangling = || RenderError::Dangling { from: from.to_owned(), to: name.to_owned() };
        let layer = self.owners.layer(region, id).ok_or_else(dangling)?;
        let here = region == self.site.region.region.code();
        if here && layer == self.layer {
            return Ok(None);
        }
        if here && layer > self.layer {
            let (from_layer, to_layer) = (self.layer.word(), layer.word());
            return Err(RenderError::Upward { from: from.to_owned(), from_layer, to: name.to_owned(), to_layer });
        }
        let other = self.site.regions.iter().find(|other| other.region.code() == region).ok_or_else(dangling)?;
        let key = Key { region: home(&Site { region: other, ..*self.site }, layer), layer };
        Ok(Some((key, id.to_owned())))
    }
}

/// `us-west-2` as part of a parameter's name: `UsWest2`.
fn camel(region: &str) -> String {
    region
        .split('-')
        .map(|word| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect::<String>())
        .collect()
}
