//! An app written down so that it deploys without scalectl: templates, parameter files, a script for the AWS CLI, and words.

use std::fmt::Write;

use crate::deploy::{Supply, Unit};

/// What the script starts with: the functions that look values up and deploy one stack.
const SCRIPT: &str = include_str!("eject/deploy.sh");
/// Bytes of a template that travel in a request (CloudFormation quotas, 2024).
const IN_REQUEST: usize = 51_200;

/// A file of the ejected directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ejected {
    /// Its path below the directory, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Whether it is run.
    pub executable: bool,
}

/// All files. `names` are those of the templates in the order of the units; `title` says which app and phase; `bucket` is that of the settings.
pub fn files(units: &[Unit], names: &[String], title: &str, bucket: Option<&str>) -> Vec<Ejected> {
    let mut files = Vec::new();
    let mut add = |path: String, text: String, executable| files.push(Ejected { path, text, executable });
    for (unit, name) in units.iter().zip(names) {
        add(format!("templates/{name}"), unit.template.clone(), false);
        if let Sent::Short(short) = sent(unit, name) {
            add(format!("templates/{short}"), unit.minified.clone(), false);
        }
        if !unit.parameters.is_empty() {
            add(format!("parameters/{}.json", stem(name)), parameters(unit), false);
        }
    }
    add("deploy.sh".to_owned(), script(units, names, title, bucket), true);
    add("README.md".to_owned(), readme(units, names, title), false);
    files
}

/// How a template travels.
enum Sent {
    /// As it is, in the request.
    Plain,
    /// Without white space, under this name.
    Short(String),
    /// Through a bucket.
    Bucket,
}

fn sent(unit: &Unit, name: &str) -> Sent {
    if unit.template.len() <= IN_REQUEST {
        Sent::Plain
    } else if unit.minified.len() <= IN_REQUEST {
        Sent::Short(format!("{}.min.json", stem(name)))
    } else {
        Sent::Bucket
    }
}

fn stem(name: &str) -> &str {
    name.trim_end_matches(".yaml")
}

/// The parameter file as `--parameter-overrides file://` takes it, with a mark in the place of each value that AWS knows.
fn parameters(unit: &Unit) -> String {
    let lines: Vec<String> = unit
        .parameters
        .iter()
        .map(|parameter| {
            let value = match &parameter.supply {
                Supply::Output { stack, region, output } => format!("@{{output {stack} {region} {output}}}"),
                Supply::Image { path, refresh_group } => {
                    format!("@{{image {} {path} {}}}", parameter.name, if *refresh_group { "renew" } else { "keep" })
                }
                Supply::Value(value) => value.replace('\\', "\\\\").replace('"', "\\\""),
            };
            format!("  {{\"ParameterKey\": \"{}\", \"ParameterValue\": \"{value}\"}}", parameter.name)
        })
        .collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// A word that the shell takes as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn script(units: &[Unit], names: &[String], title: &str, bucket: Option<&str>) -> String {
    let tags: Vec<String> =
        units.first().map(|unit| unit.tags.iter().map(|(key, value)| quoted(&format!("{key}={value}"))).collect()).unwrap_or_default();
    let mut text = SCRIPT.replace("{title}", title).replace("@TAGS@", &tags.join(" ")).replace("{bucket}", bucket.unwrap_or_default());
    for (unit, name) in units.iter().zip(names) {
        let template = if let Sent::Short(short) = sent(unit, name) { short } else { name.clone() };
        let _ = write!(text, "\nstack {} {} {} {template}", unit.stack, unit.region, stem(name));
        if let (Sent::Bucket, Some((from, output))) = (sent(unit, name), &unit.template_bucket) {
            let _ = write!(text, " {} {output}", from.stack);
        }
        if unit.layer == "data" {
            let _ = write!(text, "\nprotect {} {}", unit.stack, unit.region);
        }
    }
    text.push('\n');
    let addresses = units.iter().flat_map(|unit| unit.outputs.iter().filter(|output| output.address).map(move |output| (unit, output)));
    for (unit, output) in addresses {
        let _ = write!(text, "\necho\noutput {} {} {}\necho\n", unit.stack, unit.region, output.name);
    }
    text
}

fn readme(units: &[Unit], names: &[String], title: &str) -> String {
    let mut text = format!(
        "# {title}\n\n{}\n| | Stack | Region | Template | Takes values from |\n|---|---|---|---|---|\n",
        include_str!("eject/readme.md")
    );
    for (index, (unit, name)) in units.iter().zip(names).enumerate() {
        let mut from: Vec<String> = Vec::new();
        for parameter in &unit.parameters {
            let source = match &parameter.supply {
                Supply::Output { stack, region, .. } if *region == unit.region => stack.clone(),
                Supply::Output { stack, region, .. } => format!("{stack} ({region})"),
                Supply::Image { .. } => "machine image".to_owned(),
                Supply::Value(_) => continue,
            };
            if !from.contains(&source) {
                from.push(source);
            }
        }
        let from = if from.is_empty() { "nothing".to_owned() } else { from.join(", ") };
        let _ = writeln!(text, "| {} | `{}` | {} | `templates/{name}` | {from} |", index + 1, unit.stack, unit.region);
    }
    text
}
