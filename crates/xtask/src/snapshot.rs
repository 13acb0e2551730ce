//! Takes the snapshot: from cfn-lint's copy of AWS's resource provider schemas, our types, and of those only the structure.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

/// What a node of a schema keeps; everything else is prose, or rules for a linter.
const KEPT: &[&str] = &[
    "typeName",
    "type",
    "$ref",
    "const",
    "enum",
    "enumCaseInsensitive",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "required",
    "properties",
    "patternProperties",
    "additionalProperties",
    "items",
    "oneOf",
    "anyOf",
    "definitions",
    "createOnlyProperties",
    "conditionalCreateOnlyProperties",
    "readOnlyProperties",
    "writeOnlyProperties",
    "primaryIdentifier",
];

/// The longest line of a snapshot file.
const WIDTH: usize = 140;

/// Writes the snapshot of every listed type below `root`, from the `data/schemas` folder of cfn-lint.
pub fn take(schemas: &Path, root: &Path) -> Result<()> {
    let index = schemas.join("providers/us_east_1.py");
    let index = std::fs::read_to_string(&index).with_context(|| format!("cannot read {}", index.display()))?;
    std::fs::create_dir_all(root.join(crate::SCHEMAS))?;
    for model in crate::list::MODELS {
        let hash = index
            .split_once(&format!("\"{}\": \"", model.name))
            .and_then(|(_, rest)| rest.split_once('"'))
            .with_context(|| format!("cfn-lint knows no {}", model.name))?
            .0;
        let path = schemas.join(format!("resources/{hash}.json"));
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let schema = keep(serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?);
        let mut out = String::new();
        write(&schema, 0, &mut out);
        out.push('\n');
        std::fs::write(crate::schema_path(root, model.name), out)?;
    }
    Ok(())
}

fn keep(schema: Value) -> Value {
    let Value::Object(map) = schema else { return schema };
    let mut kept = Map::new();
    for (key, value) in map {
        let value = match (key.as_str(), value) {
            (key, _) if !KEPT.contains(&key) => continue,
            ("properties" | "patternProperties" | "definitions", Value::Object(fields)) => {
                Value::Object(fields.into_iter().map(|(name, field)| (name, keep(field))).collect())
            }
            ("items" | "additionalProperties", value) => keep(value),
            // Alternatives that tell formats apart, or which fields go together, say nothing of the structure.
            ("oneOf" | "anyOf", Value::Array(items)) => {
                let items: Vec<Value> = items.into_iter().map(keep).collect();
                let structural = |item: &Value| ["type", "$ref", "properties"].iter().any(|key| item.get(key).is_some());
                if !items.iter().any(structural) {
                    continue;
                }
                Value::Array(items)
            }
            (_, value) => value,
        };
        kept.insert(key, value);
    }
    Value::Object(kept)
}

/// JSON with whatever fits on a line on one line, so that a difference shows a property as one line.
fn write(value: &Value, indent: usize, out: &mut String) {
    let line = value.to_string();
    let margin = |depth: usize| format!("\n{}", " ".repeat(depth));
    match value {
        _ if indent > 0 && line.len() + indent < WIDTH => out.push_str(&line),
        Value::Object(map) if !map.is_empty() => {
            for (index, (key, value)) in map.iter().enumerate() {
                out.push_str(if index == 0 { "{" } else { "," });
                out.push_str(&margin(indent + 1));
                out.push_str(&format!("{}: ", Value::from(key.as_str())));
                write(value, indent + 1, out);
            }
            out.push_str(&format!("{}}}", margin(indent)));
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                out.push_str(if index == 0 { "[" } else { "," });
                out.push_str(&margin(indent + 1));
                write(value, indent + 1, out);
            }
            out.push_str(&format!("{}]", margin(indent)));
        }
        _ => out.push_str(&line),
    }
}
