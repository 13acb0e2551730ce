//! Which of our resource types a region does not have, from the regions' lists in cfn-lint's copy of AWS's schemas.

use std::path::Path;

use anyhow::{Context, Result};

/// Where the table is, from the workspace's root.
const TABLE: &str = "data/services.yaml";

const HEAD: &str = "\
# Which resource types that scalectl makes a region of AWS does not have; a type that is not listed is in all of them.
# Source: the lists of resource types by region of cfn-lint 1.51.0, which AWS publishes as CloudFormation's schemas.
# Written by `cargo xtask services`.
";

/// Writes the table, from the `data/schemas` folder of cfn-lint.
pub fn take(schemas: &Path, root: &Path) -> Result<()> {
    let regions = std::fs::read_to_string(root.join("data/regions.yaml"))?;
    let (figures, aws) = regions.split_once("aws_regions:\n").context("data/regions.yaml lists no aws_regions")?;
    let codes = |text| -> Vec<&str> {
        str::lines(text).filter(|line| line.starts_with("  ")).filter_map(|line| Some(line.trim().split_once(':')?.0)).collect()
    };
    let known = codes(figures);
    let mut lists = Vec::new();
    for code in codes(aws) {
        let path = schemas.join(format!("providers/{}.py", code.replace('-', "_")));
        lists.push((code, std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?));
    }
    let mut text = format!("{HEAD}known: [{}]\nabsent:\n", known.join(", "));
    for model in crate::list::MODELS {
        let absent: Vec<&str> =
            lists.iter().filter(|(_, list)| !list.contains(&format!("\"{}\"", model.name))).map(|(code, _)| *code).collect();
        if !absent.is_empty() {
            text.push_str(&format!("  {}: [{}]\n", model.name, absent.join(", ")));
        }
    }
    std::fs::write(root.join(TABLE), text)?;
    Ok(())
}
