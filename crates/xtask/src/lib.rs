//! Regenerates the typed resource models of `crates/cfn` from a pinned snapshot of AWS's resource provider schemas.

#![allow(clippy::disallowed_methods)]

pub mod emit;
pub mod enums;
pub mod every;
pub mod facts;
pub mod list;
pub mod names;
pub mod schema;
pub mod services;
pub mod snapshot;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use indexmap::IndexMap;

/// Where the pinned schemas are, from the workspace's root.
pub const SCHEMAS: &str = "crates/xtask/schemas";
/// Where the generated models are, from the workspace's root.
pub const MODELS: &str = "crates/cfn/src/resource";

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The file of a type's pinned schema.
pub fn schema_path(root: &Path, name: &str) -> PathBuf {
    root.join(SCHEMAS).join(format!("{}.json", name.replace("::", "-")))
}

/// Every generated file: its path below `crates/cfn/src/resource`, and its text.
pub fn models(root: &Path) -> Result<IndexMap<String, String>> {
    let mut files = IndexMap::new();
    let mut services: IndexMap<String, Vec<names::Place>> = IndexMap::new();
    for model in list::MODELS {
        let path = schema_path(root, model.name);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{} has no snapshot at {}: run `cargo xtask snapshot`", model.name, path.display()))?;
        let schema = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
        let place = names::place(model.name)?;
        let structures = schema::read(model, schema)?;
        files.insert(format!("models/{}/{}.rs", place.service, place.module), format(root, &emit::model(&structures))?);
        services.entry(place.service.clone()).or_default().push(place);
    }
    for (service, places) in &services {
        files.insert(format!("models/{service}.rs"), format(root, &emit::service(service, places))?);
    }
    files.insert("models.rs".to_owned(), format(root, &emit::root(&services))?);
    Ok(files)
}

/// The text as `rustfmt` would have it, by the workspace's settings.
fn format(root: &Path, text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("rustfmt did not start; it comes with `rustup component add rustfmt`")?;
    child.stdin.take().context("rustfmt has no input")?.write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "rustfmt refused the generated text:\n{text}");
    Ok(String::from_utf8(output.stdout)?)
}
