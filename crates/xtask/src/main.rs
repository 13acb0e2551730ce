//! Tasks of the workspace: `cargo xtask models`, `cargo xtask snapshot | services <data/schemas of cfn-lint>`,
//! `cargo xtask every <data/schemas of cfn-lint> <CloudFormation Resource Specification>`.

#![allow(clippy::disallowed_methods)]

use std::path::Path;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = xtask::root();
    match arguments[..] {
        ["models"] => {
            let files = xtask::models(&root)?;
            let below = root.join(xtask::MODELS);
            let old = below.join("models");
            if old.exists() {
                std::fs::remove_dir_all(old)?;
            }
            for (path, text) in &files {
                let path = below.join(path);
                std::fs::create_dir_all(path.parent().unwrap_or(&below))?;
                std::fs::write(path, text)?;
            }
            Ok(())
        }
        ["snapshot", schemas] => xtask::snapshot::take(Path::new(schemas), &root),
        ["services", schemas] => xtask::services::take(Path::new(schemas), &root),
        ["every", schemas, specification] => xtask::every::take(Path::new(schemas), Path::new(specification), &root),
        _ => bail!(
            "usage: cargo xtask models | cargo xtask <snapshot | services> <the data/schemas folder of cfn-lint> | \
             cargo xtask every <the data/schemas folder of cfn-lint> <the CloudFormation Resource Specification>"
        ),
    }
}
