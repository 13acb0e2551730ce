//! What replaces the physical resource of any type that AWS publishes, modelled or not, looked up in one generated text file.
//!
//! The file has one line per type, sorted, and is searched as it stands: nothing is parsed at start.

use std::cmp::Ordering;

static FILE: &str = include_str!("every.txt");

/// The line of a type.
#[derive(Clone, Copy)]
pub struct Line(&'static str);

/// The line of a type, when AWS publishes it.
pub fn of(resource_type: &str) -> Option<Line> {
    let mut rest = FILE;
    while !rest.is_empty() {
        let middle = rest.as_bytes().get(..rest.len() / 2)?.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let (before, from) = rest.split_at_checked(middle)?;
        let (line, after) = from.split_once('\n').unwrap_or((from, ""));
        let (name, facts) = line.split_once(' ').unwrap_or((line, ""));
        match name.cmp(resource_type) {
            // The head comes before every type.
            _ if line.starts_with('#') => rest = after,
            Ordering::Less => rest = after,
            Ordering::Equal => return Some(Line(facts)),
            Ordering::Greater => rest = before,
        }
    }
    None
}

impl Line {
    /// The properties whose change replaces it: by the schema, or by the specification where the schema lacks them.
    pub fn always(self) -> impl Iterator<Item = &'static str> {
        self.schema_always().chain(self.list("spec-always"))
    }

    /// Those of them that the schema says.
    pub fn schema_always(self) -> impl Iterator<Item = &'static str> {
        self.list("always")
    }

    /// The properties some of whose changes replace it.
    pub fn sometimes(self) -> impl Iterator<Item = &'static str> {
        self.list("sometimes").chain(self.list("spec-sometimes"))
    }

    /// What identifies it.
    pub fn identifier(self) -> impl Iterator<Item = &'static str> {
        self.list("id")
    }

    fn list(self, key: &'static str) -> impl Iterator<Item = &'static str> {
        let lists = self.0.split(' ').filter_map(move |word| word.strip_prefix(key)?.strip_prefix('='));
        lists.flat_map(|list| list.split(','))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        let names: Vec<&str> = FILE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(' ').next()).collect();
        assert!(names.len() > 1800 && names.is_sorted(), "{}", names.len());
        for name in names {
            let line = of(name).unwrap_or_else(|| panic!("{name} is not found"));
            assert!(FILE.contains(format!("\n{name} {}", line.0).trim_end()), "{name}");
            assert!(of(&name[..name.len() - 1]).is_none_or(|near| near.0 != line.0 || near.0.is_empty()), "{name}");
        }
        for unknown in ["", "#", "A", "AWS::Nothing::Nothing", "Custom::Thing", "ZZZ::Top::Type", "AWS::S3::Bucket "] {
            assert!(of(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn the_file_says_all_that_the_models_do() {
        for facts in crate::facts::all() {
            let line = of(facts.resource_type).unwrap_or_else(|| panic!("{} is not listed", facts.resource_type));
            let within = |path: &str, listed: &[&str]| {
                listed.iter().any(|around| path == *around || path.strip_prefix(around).is_some_and(|rest| rest.starts_with('/')))
            };
            let (always, some): (Vec<_>, Vec<_>) = (line.always().collect(), line.always().chain(line.sometimes()).collect());
            let lost = facts.create_only.iter().find(|path| !within(path, &always));
            let lost = lost.or_else(|| facts.conditional_create_only.iter().find(|path| !within(path, &some)));
            assert_eq!(lost, None, "of {}: run `cargo xtask every`", facts.resource_type);
        }
    }
}
