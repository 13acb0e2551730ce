//! The overrides of a settings file: read by the template reader, which knows short tags (`!Ref`) and the place of every node.

use cfn::syntax::Document;
use cfn::{Map, Node};
use indexmap::IndexMap;

use super::Override;
use super::problem::{Place, Problem};
use super::read::{Check, width};

impl Check<'_> {
    /// What the file sets of resources, each with its places.
    pub fn overrides(&mut self) -> IndexMap<String, Override> {
        let mut overrides = IndexMap::new();
        let document = match cfn::yaml::parse(self.text) {
            Ok(document) => document,
            Err(error) => {
                let place = Place { line: error.line, column: error.column, width: 1 };
                self.problems.push(Problem::at(self.name, self.text, place, error.message));
                return overrides;
            }
        };
        let resources = match document.root.get("overrides") {
            Some(Node::Map(resources)) => resources,
            None | Some(Node::Null) => return overrides,
            Some(_) => {
                self.at(
                    &document,
                    &["overrides"],
                    "overrides takes logical IDs with properties below each, such as DatabaseWriter: {DBInstanceClass: db.r8g.xlarge}",
                );
                return overrides;
            }
        };
        for (id, value) in resources {
            let path = ["overrides", id.as_str()];
            if id.is_empty() || id.len() > 255 || !id.chars().all(|c| c.is_ascii_alphanumeric()) {
                self.at(&document, &path, &format!("\"{id}\" is not a logical ID: letters and digits, as in the templates"));
                continue;
            }
            let Some(properties) = value.as_map().filter(|map| !map.is_empty() && value.intrinsic().is_none()) else {
                self.at(&document, &path, &format!("{id} sets nothing; below it stand properties, such as DBInstanceClass: db.r8g.xlarge"));
                continue;
            };
            let Some(place) = place(self.text, &document, &path) else { continue };
            let mut places = IndexMap::new();
            let mut steps = path.map(str::to_owned).to_vec();
            collect(self.text, &document, &mut steps, properties, &mut places);
            overrides.insert(id.clone(), Override { properties: properties.clone(), place, places });
        }
        overrides
    }

    fn at(&mut self, document: &Document, path: &[&str], message: &str) {
        let problem = match place(self.text, document, path) {
            Some(place) => Problem::at(self.name, self.text, place, message),
            None => Problem::of_file(self.name, message),
        };
        self.problems.push(problem);
    }
}

fn place(text: &str, document: &Document, path: &[&str]) -> Option<Place> {
    let found = document.place(path)?;
    Some(Place { line: found.line, column: found.column, width: width(text, found.line, found.column)? })
}

/// Notes the place of everything below `steps`, under its path without the first two steps.
fn collect(text: &str, document: &Document, steps: &mut Vec<String>, map: &Map, places: &mut IndexMap<String, Place>) {
    for (key, value) in map {
        below(text, document, steps, key, value, places);
    }
}

fn below(text: &str, document: &Document, steps: &mut Vec<String>, key: &str, value: &Node, places: &mut IndexMap<String, Place>) {
    steps.push(key.to_owned());
    let path: Vec<&str> = steps.iter().map(String::as_str).collect();
    if let Some(place) = place(text, document, &path) {
        places.insert(path[2..].join("/"), place);
    }
    match value {
        Node::Map(map) => collect(text, document, steps, map, places),
        Node::List(items) => {
            for (index, item) in items.iter().enumerate() {
                below(text, document, steps, &index.to_string(), item, places);
            }
        }
        _ => {}
    }
    steps.pop();
}
