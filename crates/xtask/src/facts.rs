//! Writes the facts of a type as statics: the shape of every struct, and the lists of paths.

use crate::names;
use crate::schema::{Kind, Type};

/// Appends the facts to the file of the type.
pub fn write(of: &Type<'_>, out: &mut String) {
    let name = of.model.name;
    let [create_only, conditional, read_only, write_only, identifier] = &of.paths;
    out.push_str(&format!(
        "pub(crate) static FACTS: Facts = Facts {{\n    resource_type: {name:?},\n    documentation: {:?},\n    shape: &{},\n    \
         create_only: &{create_only:?},\n    conditional_create_only: &{conditional:?},\n    read_only: &{read_only:?},\n    \
         write_only: &{write_only:?},\n    identifier: &{identifier:?},\n    holds_data: {},\n}};\n\n",
        crate::emit::documentation(name),
        shape_name(of, ""),
        of.model.holds_data
    ));
    for (key, structure) in &of.structures {
        let fields: String = structure
            .fields
            .iter()
            .map(|field| {
                let by = if field.required { "required" } else { "optional" };
                format!("    Field::{by}({:?}, {}),\n", field.name, shape(of, &field.kind))
            })
            .collect();
        out.push_str(&format!(
            "static {}: Shape = Shape::Object {{ open: {}, fields: &[\n{fields}] }};\n\n",
            shape_name(of, key),
            structure.open
        ));
    }
}

/// The static of a struct: `BLOCK_DEVICE_MAPPING`.
fn shape_name(of: &Type<'_>, key: &str) -> String {
    let name = of.structures.get(key).map(|structure| structure.rust.as_str()).unwrap_or_default();
    format!("{}_SHAPE", names::snake(name).trim_end_matches('_').to_uppercase())
}

fn shape(of: &Type<'_>, kind: &Kind) -> String {
    match kind {
        Kind::Any => "&Shape::Any".to_owned(),
        Kind::Boolean => "&Shape::Boolean".to_owned(),
        Kind::Integer(None, None, values) if values.is_empty() => "&Shape::INTEGER".to_owned(),
        Kind::Integer(min, max, values) => format!("&Shape::Integer {{ min: {min:?}, max: {max:?}, values: &{values:?} }}"),
        Kind::Number(min, max) => format!("&Shape::Number {{ min: {min:?}, max: {max:?} }}"),
        Kind::Text(None, None, None, None) => "&Shape::TEXT".to_owned(),
        Kind::Text(_, _, _, Some(set)) => {
            let rust = of.enums.rust.get(*set).map(String::as_str).unwrap_or_default();
            format!("&Shape::choice({rust}::ALL)")
        }
        Kind::Text(min, max, pattern, None) => {
            let pattern = pattern.as_ref().map_or("None".to_owned(), |pattern| format!("Some({})", raw(pattern)));
            format!("&Shape::Text {{ min: {min:?}, max: {max:?}, pattern: {pattern}, values: &[] }}")
        }
        Kind::List(item, None, None, false) => format!("&Shape::list({})", shape(of, item)),
        Kind::List(item, min, max, unique) => {
            format!("&Shape::List {{ item: {}, min: {min:?}, max: {max:?}, unique: {unique} }}", shape(of, item))
        }
        Kind::Dict(item) => format!("&Shape::Dict {{ item: {} }}", shape(of, item)),
        Kind::Struct(key) => format!("&{}", shape_name(of, key)),
    }
}

/// A pattern as a raw string: its backslashes stay as they are.
fn raw(pattern: &str) -> String {
    if pattern.contains('"') || pattern.contains('\n') {
        format!("{pattern:?}")
    } else if pattern.contains('\\') {
        format!("r\"{pattern}\"")
    } else {
        format!("\"{pattern}\"")
    }
}
