//! The project's own files, as the tests see them: sources, templates, phases.

use std::fs;
use std::path::{Path, PathBuf};

/// The seven phases, ground to roof.
pub const PHASES: [&str; 7] = ["prelaunch", "launch", "10", "1k", "10k", "500k", "10m"];

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder of the project, relative to the root with forward slashes, sorted; an absent folder has none.
pub fn files(folder: &str, extension: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root().join(folder), extension, &mut found);
    found.sort();
    found.iter().map(|path| path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/")).collect()
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|one| one == extension) {
            found.push(path);
        }
    }
}

pub fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|why| panic!("{file}: {why}"))
}

/// Every committed template; a phase without any is a failure here rather than a silence in each judge.
pub fn templates() -> Vec<String> {
    let found = files("templates", "yaml");
    for phase in PHASES {
        let folder = format!("templates/{phase}/");
        assert!(found.iter().any(|file| file.starts_with(&folder)), "{folder} holds no template: run `scalectl render --all -o templates`");
    }
    found
}

/// The logical ids of a rendered template: the keys two spaces in, below `Resources:`.
pub fn logical_ids(template: &str) -> Vec<String> {
    let section = template.lines().skip_while(|line| *line != "Resources:").skip(1);
    section
        .take_while(|line| line.is_empty() || line.starts_with([' ', '#']))
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
        .filter(|key| key.chars().all(char::is_alphanumeric))
        .map(str::to_owned)
        .collect()
}

/// Whether a text matches a pattern in which `*` stands for anything.
pub fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => {
            text.strip_prefix(head).is_some_and(|rest| (0..=rest.len()).any(|at| rest.is_char_boundary(at) && matches(tail, &rest[at..])))
        }
    }
}

#[test]
fn a_star_stands_for_anything() {
    assert!(matches("templates/*/edge.yaml", "templates/10k/edge.yaml") && matches("*", "") && matches("Web*Role", "WebServersRole"));
    assert!(!matches("templates/*/edge.yaml", "templates/10k/edge.yaml.bak") && !matches("Web", "Webs"));
}
