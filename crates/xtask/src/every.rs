//! What forces replacement in every type that AWS publishes, also in those that are not modelled: one line per type.
//!
//! Two sources: AWS's resource provider schemas, as cfn-lint ships them, and the older CloudFormation Resource Specification with its
//! `UpdateType`. The specification counts where the schema says less.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Where the file is, from the workspace's root.
pub const FILE: &str = "crates/cfn/src/facts/every.txt";

const HEAD: &str = "\
# What replaces the physical resource, by type: properties whose change always does, those some of whose changes do, what identifies it.
# always, sometimes, id: AWS's resource provider schemas of 2026-10-20, as cfn-lint 1.58.0 ships them; us-east-1, then other regions.
# spec-always, spec-sometimes: what the schemas lack and AWS's CloudFormation Resource Specification 186.0.0 of 2024-10-21 calls
# Immutable or Conditional, as cfn-lint 0.87.11 ships it.
# Written by `cargo xtask every`.
";

/// The type of which nothing is said: a custom resource's own code decides what replaces it.
const CUSTOM: &str = "AWS::CloudFormation::CustomResource";

/// What is known of a type; paths are written `LoginProfile/Password`.
#[derive(Default)]
struct Line {
    always: BTreeSet<String>,
    sometimes: BTreeSet<String>,
    identifier: Vec<String>,
    spec_always: BTreeSet<String>,
    spec_sometimes: BTreeSet<String>,
}

/// Writes the file, from the `data/schemas` folder of cfn-lint and the specification.
pub fn take(schemas: &Path, specification: &Path, root: &Path) -> Result<()> {
    std::fs::write(root.join(FILE), format!("{HEAD}{}", text(schemas, specification)?))?;
    Ok(())
}

/// The lines of the file, sorted by type.
pub fn text(schemas: &Path, specification: &Path) -> Result<String> {
    let specification = read(specification)?;
    let mut lines = of_schemas(schemas)?;
    let types = specification.get("ResourceTypes").and_then(Value::as_object).context("the specification lists no ResourceTypes")?;
    for (name, resource) in types.iter().filter(|(name, _)| *name != CUSTOM) {
        let line = lines.entry(name.clone()).or_default();
        let (mut always, mut sometimes) = (BTreeSet::new(), BTreeSet::new());
        walk(&specification, name, resource, "", &mut Vec::new(), &mut always, &mut sometimes);
        line.spec_always = always.into_iter().filter(|path| !within(path, &line.always)).collect();
        let known = |path: &String| within(path, &line.always) || within(path, &line.sometimes) || within(path, &line.spec_always);
        line.spec_sometimes = sometimes.into_iter().filter(|path| !known(path)).collect();
    }
    lines.iter().map(|(name, line)| write(name, line)).collect()
}

/// The lines that the schemas give: the types of us-east-1, then those that only other regions have.
fn of_schemas(schemas: &Path) -> Result<BTreeMap<String, Line>> {
    let providers = schemas.join("providers");
    let mut regions = Vec::new();
    for entry in std::fs::read_dir(&providers).with_context(|| format!("cannot read {}", providers.display()))? {
        let path = entry?.path();
        // Up to 1.51 the lists are Python, later JSON; either way a line is `"type": "hash",`.
        if path.extension().is_some_and(|extension| extension == "py" || extension == "json") {
            regions.push(path);
        }
    }
    let first = |path: &Path| path.file_stem().is_some_and(|stem| stem == "us-east-1" || stem == "us_east_1");
    regions.sort_by_key(|path| (!first(path), path.clone()));
    let mut hashes = BTreeMap::new();
    for region in regions {
        let text = std::fs::read_to_string(&region).with_context(|| format!("cannot read {}", region.display()))?;
        for line in text.lines() {
            let Some((name, hash)) = line.trim().trim_end_matches(',').split_once(": ") else { continue };
            let bare = |word: &str| Some(word.strip_prefix('"')?.strip_suffix('"')?.to_owned());
            if let (Some(name), Some(hash)) = (bare(name), bare(hash)) {
                hashes.entry(name).or_insert(hash);
            }
        }
    }
    let mut lines = BTreeMap::new();
    // `Module` is cfn-lint's word for any module.
    for (name, hash) in hashes.into_iter().filter(|(name, _)| name.contains("::") && name != CUSTOM) {
        let schema = read(&schemas.join(format!("resources/{hash}.json")))?;
        let paths = |key: &str| {
            let list = schema.get(key).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(|path| Some(path.as_str()?.strip_prefix("/properties/")?.to_owned()))
        };
        let all: BTreeSet<String> = paths("createOnlyProperties").collect();
        let always = all.iter().filter(|path| !below(path, &all)).cloned().collect();
        let sometimes = paths("conditionalCreateOnlyProperties").filter(|path| !within(path, &always)).collect();
        lines.insert(name, Line { always, sometimes, identifier: paths("primaryIdentifier").collect(), ..Line::default() });
    }
    Ok(lines)
}

/// The Immutable and Conditional paths of a resource or property type of the specification.
fn walk<'a>(
    specification: &'a Value,
    resource: &str,
    of: &'a Value,
    path: &str,
    above: &mut Vec<&'a str>,
    always: &mut BTreeSet<String>,
    sometimes: &mut BTreeSet<String>,
) {
    for (name, property) in of.get("Properties").and_then(Value::as_object).into_iter().flatten() {
        let text = |key: &str| property.get(key).and_then(Value::as_str);
        let path = format!("{path}{name}");
        match text("UpdateType") {
            Some("Immutable") => {
                always.insert(path);
                continue;
            }
            Some("Conditional") => drop(sometimes.insert(path.clone())),
            _ => {}
        }
        let (inner, path) = match text("Type") {
            Some("List" | "Map") => (text("ItemType"), format!("{path}/*/")),
            inner => (inner, format!("{path}/")),
        };
        let Some(inner) = inner.filter(|inner| !above.contains(inner)) else { continue };
        let types = specification.get("PropertyTypes");
        let find = |name: &str| types.and_then(|types| types.get(name));
        if let Some(of) = find(&format!("{resource}.{inner}")).or_else(|| find(inner)) {
            above.push(inner);
            walk(specification, resource, of, &path, above, always, sometimes);
            above.pop();
        }
    }
}

/// Whether the path or something around it is listed.
fn within(path: &str, listed: &BTreeSet<String>) -> bool {
    listed.contains(path) || below(path, listed)
}

fn below(path: &str, listed: &BTreeSet<String>) -> bool {
    path.match_indices('/').any(|(end, _)| path.get(..end).is_some_and(|around| listed.contains(around)))
}

fn write(name: &str, line: &Line) -> Result<String> {
    let mut text = name.to_owned();
    let mut put = |key: &str, paths: Vec<&String>| {
        let paths: Vec<&str> = paths.into_iter().map(String::as_str).collect();
        ensure!(paths.iter().all(|path| !path.contains([' ', ',', '=', '\n'])), "{name} has a path that the file cannot hold");
        if !paths.is_empty() {
            text.push_str(&format!(" {key}={}", paths.join(",")));
        }
        Ok(())
    };
    put("always", line.always.iter().collect())?;
    put("sometimes", line.sometimes.iter().collect())?;
    put("id", line.identifier.iter().collect())?;
    put("spec-always", line.spec_always.iter().collect())?;
    put("spec-sometimes", line.spec_sometimes.iter().collect())?;
    text.push('\n');
    Ok(text)
}

fn read(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}
