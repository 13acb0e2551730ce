//! Which classes of machines AWS offers at all: what a typo is told by.

use std::sync::OnceLock;

use indexmap::IndexMap;
use serde::Deserialize;

/// The table, by family: `r8g: [large, xlarge]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    ec2: IndexMap<String, Vec<String>>,
    db: IndexMap<String, Vec<String>>,
    cache: IndexMap<String, Vec<String>>,
}

/// What kind of machine a class names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// `m8g.large`
    Instance,
    /// `db.m8g.large`
    Database,
    /// `cache.m7g.large`
    Cache,
}

impl Machine {
    fn prefix(self) -> &'static str {
        match self {
            Machine::Instance => "",
            Machine::Database => "db.",
            Machine::Cache => "cache.",
        }
    }

    fn families(self) -> &'static IndexMap<String, Vec<String>> {
        static TABLE: OnceLock<Table> = OnceLock::new();
        let table = TABLE.get_or_init(|| serde_saphyr::from_str(include_str!("../../data/class_names.yaml")).unwrap_or_default());
        match self {
            Machine::Instance => &table.ec2,
            Machine::Database => &table.db,
            Machine::Cache => &table.cache,
        }
    }
}

/// What is wrong with a class's name, when something is; the sentence ends with the nearest that there is.
pub fn fault(machine: Machine, class: &str) -> Option<String> {
    let prefix = machine.prefix();
    let families = machine.families();
    let Some((family, size)) = class.strip_prefix(prefix).and_then(|rest| rest.split_once('.')) else {
        return Some(format!("\"{class}\" is not of the form {prefix}<family>.<size>, such as {prefix}{}", example(families)));
    };
    match families.get(family) {
        Some(sizes) if sizes.iter().any(|known| known == size) => None,
        Some(sizes) => Some(format!("there is no {prefix}{family}.{size}; the family {prefix}{family} has {}", sizes.join(", "))),
        None => {
            let near = families
                .iter()
                .filter(|(_, sizes)| sizes.iter().any(|known| known == size))
                .map(|(known, _)| (strsim::damerau_levenshtein(known, family), known))
                .filter(|(distance, _)| *distance <= 2)
                .min();
            let near = near.map(|(_, known)| format!("; did you mean {prefix}{known}.{size}?")).unwrap_or_default();
            Some(format!("no family is called {prefix}{family}{near}"))
        }
    }
}

fn example(families: &IndexMap<String, Vec<String>>) -> String {
    families.last().map(|(family, sizes)| format!("{family}.{}", sizes.first().map_or("large", String::as_str))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_is_offered_passes_and_a_typo_is_answered_with_the_nearest() {
        assert_eq!(fault(Machine::Database, "db.r8g.large"), None);
        assert_eq!(fault(Machine::Cache, "cache.t4g.micro"), None);
        assert_eq!(fault(Machine::Instance, "t4g.small"), None);
        assert_eq!(fault(Machine::Cache, "cache.t4q.micro").unwrap(), "no family is called cache.t4q; did you mean cache.t4g.micro?");
        assert!(fault(Machine::Database, "db.r8g.huge").unwrap().starts_with("there is no db.r8g.huge; the family db.r8g has large, "));
        assert!(fault(Machine::Database, "r8g.large").unwrap().contains("db.<family>.<size>"));
    }
}
