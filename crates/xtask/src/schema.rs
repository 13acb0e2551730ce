//! Reads a schema into the structures to write: which structs and enums a type needs, with which fields of which kind.

use std::collections::HashSet;

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde_json::Value;

use crate::enums::{Enums, Occurrence};
use crate::list::{self, Model, Readable};
use crate::names;

/// The longest value set that becomes an enum. What is longer (countries, instance types) grows by the month, so it is text.
const LONGEST_ENUM: usize = 60;

/// What a property holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Anything: a JSON document, or something for which the schema gives alternatives.
    Any,
    /// A flag.
    Boolean,
    /// A whole number: least, greatest, and the allowed values when they are few.
    Integer(Option<i64>, Option<i64>, Vec<i64>),
    /// A number: least and greatest.
    Number(Option<f64>, Option<f64>),
    /// Text: least and greatest length, pattern, and the place of its enum when it has one.
    Text(Option<i64>, Option<i64>, Option<String>, Option<usize>),
    /// A list: item, least and greatest length, whether items differ.
    List(Box<Kind>, Option<i64>, Option<i64>, bool),
    /// A map of free keys.
    Dict(Box<Kind>),
    /// The struct of this key.
    Struct(String),
}

/// A property.
pub struct Field {
    /// AWS's name.
    pub name: String,
    /// Whether the schema requires it.
    pub required: bool,
    /// What it holds.
    pub kind: Kind,
}

/// A struct to be.
pub struct Structure {
    /// The name in Rust.
    pub rust: String,
    /// The settable properties.
    pub fields: Vec<Field>,
    /// Whether other properties are allowed.
    pub open: bool,
    /// Whether it is a tag like any other, for which the models share one struct.
    pub tag: bool,
}

/// What `Fn::GetAtt` gives.
pub struct Attribute {
    /// `Endpoint.Address`.
    pub path: String,
    /// What it holds.
    pub kind: Kind,
}

/// A resource type, read.
pub struct Type<'a> {
    /// Its line in the list.
    pub model: &'a Model,
    /// Its structs; the first, under the empty key, is the resource itself.
    pub structures: IndexMap<String, Structure>,
    /// Its enums.
    pub enums: Enums,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// Create-only, conditionally create-only, read-only, write-only properties and the primary identifier, as `A/B`.
    pub paths: [Vec<String>; 5],
}

struct Reader {
    resource_type: &'static str,
    schema: Value,
    /// The structs that stand within a property: its name, their schema, their key.
    inner: Vec<(String, Value, String)>,
    structures: IndexMap<String, Structure>,
    enums: Enums,
    read_only: HashSet<(String, String)>,
}

/// Reads the schema of a type.
pub fn read(model: &Model, schema: Value) -> Result<Type<'_>> {
    let paths = ["createOnly", "conditionalCreateOnly", "readOnly", "writeOnly", "primaryIdentifier"].map(|list| {
        let list = if list.starts_with("primary") { list.to_owned() } else { format!("{list}Properties") };
        let pointers = schema.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        // Some pointers of AWS name `properties` again at each level, most do not.
        pointers
            .map(|pointer| pointer.split('/').filter(|part| !part.is_empty() && *part != "properties").collect::<Vec<_>>().join("/"))
            .collect()
    });
    let mut reader = Reader {
        resource_type: model.name,
        schema,
        inner: Vec::new(),
        structures: IndexMap::new(),
        enums: Enums::default(),
        read_only: HashSet::new(),
    };
    let [_, _, read_only, write_only, _]: &[Vec<String>; 5] = &paths;
    reader.mark(read_only);
    let root = reader.schema.clone();
    reader.structure("", names::place(model.name)?.name, &root)?;
    let attributes = reader.attributes(model, read_only, write_only);
    let taken: Vec<String> = reader.structures.values().map(|structure| structure.rust.clone()).collect();
    reader.enums.name(&taken);
    Ok(Type { model, structures: reader.structures, enums: reader.enums, attributes, paths })
}

impl Reader {
    /// The schema that a `$ref` names, with the definition's name.
    fn target<'a>(&'a self, schema: &'a Value) -> Option<(&'a str, &'a Value)> {
        let name = schema.get("$ref")?.as_str()?.strip_prefix("#/definitions/")?;
        Some((name, self.schema.get("definitions")?.get(name)?))
    }

    /// The properties of an object, those of its alternatives among them.
    fn properties(schema: &Value) -> IndexMap<String, Value> {
        let alternatives = ["oneOf", "anyOf"].iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
        let mut properties = IndexMap::new();
        for part in std::iter::once(schema).chain(alternatives) {
            for (name, field) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
                // An alternative that only narrows a property is not where it is declared.
                properties.entry(name.clone()).or_insert_with(|| field.clone());
            }
        }
        properties
    }

    /// The key of the object below a property, through references and lists.
    fn below(&self, owner: &str, property: &str, schema: &Value) -> Option<(String, Value)> {
        if let Some((name, target)) = self.target(schema) {
            return if Self::properties(target).is_empty() {
                self.below("", name, target)
            } else {
                Some((name.to_owned(), target.clone()))
            };
        }
        if let Some(items) = schema.get("items") {
            return self.below(owner, property, items);
        }
        (!Self::properties(schema).is_empty()).then(|| (format!("{owner}/{property}"), schema.clone()))
    }

    /// Notes which fields of which structs are read-only; a field whose own fields all are is one too.
    fn mark(&mut self, read_only: &[String]) {
        for path in read_only {
            let (mut owner, mut schema) = (String::new(), self.schema.clone());
            let mut parts = path.split('/').filter(|part| *part != "*").peekable();
            while let Some(part) = parts.next() {
                if parts.peek().is_none() {
                    self.read_only.insert((owner.clone(), part.to_owned()));
                    break;
                }
                let next = Self::properties(&schema).get(part).and_then(|field| self.below(&owner, part, field));
                let Some((key, object)) = next else { break };
                (owner, schema) = (key, object);
            }
        }
        for (name, field) in Self::properties(&self.schema) {
            if let Some((key, object)) = self.below("", &name, &field)
                && Self::properties(&object).keys().all(|inner| self.read_only.contains(&(key.clone(), inner.clone())))
            {
                self.read_only.insert((String::new(), name));
            }
        }
    }

    fn structure(&mut self, key: &str, rust: String, schema: &Value) -> Result<()> {
        if self.structures.contains_key(key) {
            return Ok(());
        }
        let open = schema.get("additionalProperties").is_none_or(|more| more != &Value::Bool(false)) && !key.is_empty();
        // The place is taken first: definitions refer to themselves.
        self.structures.insert(key.to_owned(), Structure { rust: rust.clone(), fields: Vec::new(), open, tag: false });
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut fields = Vec::new();
        for (name, field) in Self::properties(schema) {
            if !self.read_only.contains(&(key.to_owned(), name.clone())) {
                let kind = self.kind(&field, key, &rust, &name)?;
                fields.push(Field { required: required.contains(&name.as_str()), name, kind });
            }
        }
        let tag = ["Tag", "ResourceTag", "HealthCheckTag", "TagsEntry"].contains(&key)
            && fields.iter().map(|field| field.name.as_str()).eq(["Key", "Value"])
            && fields.iter().all(|field| matches!(field.kind, Kind::Text(.., None)));
        let structure = self.structures.get_mut(key).context("the struct lost its place")?;
        (structure.fields, structure.tag) = (fields, tag);
        if tag {
            structure.rust = "Tag".to_owned();
        }
        Ok(())
    }

    /// A name that no other struct has.
    fn free(&self, owner: &str, hint: &str) -> String {
        let name = names::upper(hint);
        let defined =
            |name: &str| self.schema.get("definitions").is_some_and(|all| all.get(name).is_some_and(|d| !Self::properties(d).is_empty()));
        let taken = |name: &str| RESERVED.contains(&name) || defined(name) || self.structures.values().any(|other| other.rust == name);
        if taken(&name) { format!("{owner}{name}") } else { name }
    }

    fn kind(&mut self, schema: &Value, owner: &str, owner_rust: &str, property: &str) -> Result<Kind> {
        if let Some((name, target)) = self.target(schema) {
            let (name, target) = (name.to_owned(), target.clone());
            if Self::properties(&target).is_empty() {
                return self.kind(&target, "", owner_rust, &name);
            }
            let mut rust = names::upper(&name);
            let main = self.structures.get("").is_some_and(|main| main.rust == rust);
            if main || RESERVED.contains(&rust.as_str()) {
                rust.push_str("Property");
            }
            self.structure(&name, rust, &target)?;
            return Ok(Kind::Struct(name));
        }
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => vec![],
        };
        let whole = |key: &str| schema.get(key).and_then(Value::as_f64).map(|number| number as i64);
        let kind = match types[..] {
            // Where alternatives begin with a proper structure, that is the one to write; the others are JSON as text.
            [] => match schema.get("oneOf").and_then(|all| all.get(0)).filter(|first| first.get("$ref").is_some()).cloned() {
                Some(first) => self.kind(&first, owner, owner_rust, property)?,
                None if schema.get("anyOf").and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one["type"] == "string")) => {
                    Kind::Text(None, None, None, None)
                }
                None => Kind::Any,
            },
            ["boolean"] => Kind::Boolean,
            ["integer"] => {
                let values = schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).collect();
                Kind::Integer(whole("minimum"), whole("maximum"), values)
            }
            ["number"] => Kind::Number(schema.get("minimum").and_then(Value::as_f64), schema.get("maximum").and_then(Value::as_f64)),
            ["string"] => {
                let pattern = schema.get("pattern").and_then(Value::as_str).and_then(checkable);
                let set = self.set(schema, owner_rust, property);
                Kind::Text(whole("minLength"), whole("maxLength"), pattern.filter(|_| set.is_none()), set)
            }
            ["array"] => {
                let item = match schema.get("items") {
                    Some(items) => self.kind(items, owner, owner_rust, &names::singular(property))?,
                    None => Kind::Any,
                };
                let unique = schema.get("uniqueItems").and_then(Value::as_bool).unwrap_or(false);
                Kind::List(Box::new(item), whole("minItems"), whole("maxItems"), unique)
            }
            _ if types.contains(&"object") && types.contains(&"array") => Kind::Text(None, None, None, None),
            _ if types.contains(&"object") => {
                let free = schema.get("patternProperties").and_then(Value::as_object).and_then(|all| all.values().next());
                let free = free.or_else(|| schema.get("additionalProperties").filter(|more| more.is_object()));
                if !Self::properties(schema).is_empty() {
                    let same = self.inner.iter().find(|(hint, other, _)| hint == property && other == schema);
                    if let Some((_, _, key)) = same {
                        return Ok(Kind::Struct(key.clone()));
                    }
                    let key = format!("{owner}/{property}");
                    self.inner.push((property.to_owned(), schema.clone(), key.clone()));
                    let known = self.structures.get(&key).map(|structure| structure.rust.clone());
                    let rust = known.unwrap_or_else(|| self.free(owner_rust, property));
                    self.structure(&key, rust, schema)?;
                    Kind::Struct(key)
                } else if let Some(free) = free.cloned() {
                    Kind::Dict(Box::new(self.kind(&free, owner, owner_rust, &names::singular(property))?))
                } else if DICTIONARIES.contains(&property) {
                    Kind::Dict(Box::new(Kind::Text(None, None, None, None)))
                } else {
                    Kind::Any
                }
            }
            _ => Kind::Any,
        };
        Ok(kind)
    }

    /// Notes the closed value set of a text.
    fn set(&mut self, schema: &Value, owner: &str, hint: &str) -> Option<usize> {
        let values = schema.get("enum").or_else(|| schema.get("enumCaseInsensitive")).and_then(Value::as_array).cloned();
        let values = values.or_else(|| schema.get("const").map(|only| vec![only.clone()]));
        let values: Vec<String> = match values {
            Some(values) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            None => {
                let (_, _, texts) = list::CLOSED.iter().find(|(of, property, _)| *of == self.resource_type && *property == hint)?;
                texts.iter().map(|text| (*text).to_owned()).collect()
            }
        };
        let open = values.is_empty() || values.len() > LONGEST_ENUM || hint == "Region";
        (!open).then(|| self.enums.note(Occurrence { owner: owner.to_owned(), hint: hint.to_owned(), values }))
    }

    fn attributes(&mut self, model: &Model, read_only: &[String], write_only: &[String]) -> Vec<Attribute> {
        let all = Self::properties(&self.schema).into_keys().filter(|name| !write_only.contains(name));
        let paths: Vec<String> = match model.readable {
            Readable::ReadOnly => read_only.to_vec(),
            Readable::Also(more) => read_only.iter().cloned().chain(more.iter().map(|name| (*name).to_owned())).collect(),
            Readable::All => all.collect(),
        };
        let mut attributes: IndexMap<String, Kind> = IndexMap::new();
        for path in paths {
            let mut schema = self.schema.clone();
            for part in path.split('/') {
                let schema_of = Self::properties(&schema).get(part).cloned().unwrap_or(Value::Null);
                schema = self.target(&schema_of).map_or(schema_of.clone(), |(_, target)| target.clone());
            }
            self.leaves(&path.replace('/', "."), &schema, &mut attributes);
        }
        attributes.sort_keys();
        attributes.into_iter().map(|(path, kind)| Attribute { path, kind }).collect()
    }

    /// The scalar attributes at and below a property; `Fn::GetAtt` reaches into objects, but not into lists of them.
    fn leaves(&self, path: &str, schema: &Value, out: &mut IndexMap<String, Kind>) {
        let schema = self.target(schema).map_or(schema, |(_, target)| target);
        let kind = match schema.get("type").and_then(Value::as_str) {
            Some("string") => Kind::Text(None, None, None, None),
            Some("boolean") => Kind::Boolean,
            Some("integer") => Kind::Integer(None, None, vec![]),
            Some("number") => Kind::Number(None, None),
            Some("array") if schema.get("items").is_some_and(|items| items["type"] == "string") => {
                Kind::List(Box::new(Kind::Text(None, None, None, None)), None, None, false)
            }
            Some("object") => {
                for (name, field) in Self::properties(schema) {
                    self.leaves(&format!("{path}.{name}"), &field, out);
                }
                return;
            }
            _ => return,
        };
        out.insert(path.to_owned(), kind);
    }
}

/// Names that the generated files use for something else.
const RESERVED: &[&str] =
    &["Dict", "Facts", "Field", "Id", "Literal", "Map", "Node", "Option", "ResourceType", "Self", "Shape", "String", "Tag", "Val", "Vec"];

/// Properties that AWS's schemas give as any object, and which are maps of text.
const DICTIONARIES: &[&str] = &["Parameters", "ParameterNameValues", "StageVariables", "CostFilters"];

/// A pattern that can be checked: one that `regex-lite` compiles. The rest, which look ahead or name Unicode classes, are left out, and so
/// are those that stand in quotation marks by mistake (`AWS::Amplify::Domain`) or that any text matches.
fn checkable(pattern: &str) -> Option<String> {
    let pattern = pattern.replace("\\Z", "$");
    let idle = pattern.starts_with('"') || ["(?s).*", ".*", "[\\s\\S]*", "[\\S\\s]*"].contains(&pattern.as_str());
    (!idle && regex_lite::Regex::new(&pattern).is_ok()).then_some(pattern)
}
