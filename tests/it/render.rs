//! `render` writes what is committed, the same bytes each time; `--check` tells when it does not; unusual settings render too.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::finding::{assert_covered, verdict};
use crate::program::{Desk, desk};
use crate::python::run;
use crate::tree::{PHASES, root};

/// Every file below a folder: relative path → bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(contents(&entry.path()).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

fn rendered(desk: &Desk, arguments: &[&str], folder: &str) -> BTreeMap<String, Vec<u8>> {
    desk.run(&[&["render", "-o", folder], arguments].concat()).exits(0);
    contents(&desk.path().join(folder))
}

#[test]
fn the_committed_templates_are_what_render_writes() {
    let desk = desk();
    let (first, committed) = (rendered(&desk, &["--all"], "first"), contents(&root().join("templates")));
    let names = |all: &BTreeMap<String, Vec<u8>>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&first), names(&committed), "run `cargo run -- render --all -o templates`");
    for (name, bytes) in &first {
        assert!(*bytes == committed[name], "templates/{name} is stale: run `cargo run -- render --all -o templates`");
    }
    assert_eq!(first, rendered(&desk, &["--all"], "second"));
    let folders: Vec<_> =
        fs::read_dir(desk.path().join("first")).unwrap().flatten().map(|one| one.file_name().into_string().unwrap()).collect();
    assert!(folders.len() == PHASES.len() && PHASES.iter().all(|phase| folders.iter().any(|one| one == phase)), "{folders:?}");
}

#[test]
fn check_names_the_stale_file_shows_the_difference_and_writes_nothing() {
    let desk = desk();
    let before = rendered(&desk, &["--all"], "out");
    desk.run(&["render", "--all", "-o", "out", "--check"]).exits(0);
    let (name, bytes) = before.iter().find(|(name, _)| name.starts_with("1k/")).unwrap();
    let stale = format!("{}# a line too many\n", String::from_utf8_lossy(bytes));
    desk.write(&format!("out/{name}"), &stale);
    fs::remove_file(desk.path().join("out").join(before.keys().find(|name| name.starts_with("launch/")).unwrap())).unwrap();
    let there = contents(&desk.path().join("out"));

    let missing = before.keys().find(|name| name.starts_with("launch/")).unwrap();
    desk.run(&["render", "--all", "-o", "out", "--check"]).exits(1).says(&[name, missing, "# a line too many"]);
    assert_eq!(contents(&desk.path().join("out")), there, "--check wrote something");
}

#[test]
fn json_says_the_same_as_yaml() {
    let desk = desk();
    for (name, bytes) in rendered(&desk, &["--phase", "launch", "--format", "json"], "json") {
        let template: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(template["Resources"].as_object().is_some_and(|all| !all.is_empty()), "{name}");
    }
}

/// Renders a phase under these settings, shows it to the judges, and keeps it as a snapshot.
fn unusual(name: &str, settings: &str, phase: &str, region: &str) {
    let desk = desk();
    desk.write("scalectl.yaml", settings);
    let files = rendered(&desk, &["--phase", phase], "out");
    let paths = |region: Option<&str>| {
        let all = files.keys().filter(|file| region.is_none() || !file.contains("edge") && file.matches('.').count() == 1);
        region
            .map(str::to_owned)
            .into_iter()
            .chain(all.map(|file| desk.path().join("out").join(file).to_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let found = [
        run("lint.py", &paths(Some(region))),
        run("validate.py", &paths(Some(region))),
        run("policies.py", &paths(None)),
        run("scripts.py", &paths(None)),
    ];
    let mut found: Vec<_> = found.iter().flat_map(|lines| verdict(lines).findings).collect();
    for one in &mut found {
        // Exceptions are granted by the place among the committed templates.
        one.file = one.file.rsplit_once("/out/").map_or(one.file.clone(), |(_, inner)| format!("templates/{inner}"));
    }
    assert_covered(&found);
    insta::assert_snapshot!(name, digest(&desk, &files, phase));
}

/// What a reviewer wants to see of these settings: which resources stand where, and every line that the defaults would not have written.
fn digest(desk: &Desk, files: &BTreeMap<String, Vec<u8>>, phase: &str) -> String {
    let plain = self::desk();
    let naming = ["app", "environment", "region"].map(|key| [format!("--{key}"), named(desk, key)]).concat();
    let naming: Vec<&str> = ["--phase", phase].into_iter().chain(naming.iter().map(String::as_str)).collect();
    let usual = rendered(&plain, &naming, "out");
    let mut text = String::new();
    for (file, bytes) in files {
        let yaml = String::from_utf8_lossy(bytes);
        text.push_str(&format!("=== {file}: {} lines\n", yaml.lines().count()));
        for (id, kind) in resources(&yaml) {
            text.push_str(&format!("{kind} {id}\n"));
        }
        let usual = usual.get(file).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        if usual.is_empty() {
            text.push_str("--- a file that the defaults do not have\n\n");
            continue;
        }
        text.push_str(&format!("--- other than with the defaults\n{}\n", difference(&usual, &yaml)));
    }
    text
}

/// The lines that differ in more than their indentation, each group after the line before it.
fn difference(usual: &str, yaml: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (usual.lines().collect(), yaml.lines().collect());
    let trimmed = |lines: &[&str]| lines.iter().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
    let (was, is) = (trimmed(&old), trimmed(&new));
    let (was, is): (Vec<&str>, Vec<&str>) = (was.iter().map(String::as_str).collect(), is.iter().map(String::as_str).collect());
    let difference = similar::TextDiff::from_slices(&was, &is);
    let mut text = String::new();
    for group in difference.grouped_ops(1) {
        for change in group.iter().flat_map(|op| difference.iter_changes(op)) {
            let line = change.new_index().map(|index| new[index]).or(change.old_index().map(|index| old[index])).unwrap();
            text.push_str(&format!("{}{line}\n", change.tag()));
        }
        text.push_str("...\n");
    }
    text
}

/// What the settings of a desk say of a key.
fn named(desk: &Desk, key: &str) -> String {
    let settings = fs::read_to_string(desk.path().join("scalectl.yaml")).unwrap();
    settings.lines().find_map(|line| line.strip_prefix(&format!("{key}: "))).unwrap().to_owned()
}

/// Logical IDs and types, as they stand in the text.
fn resources(yaml: &str) -> Vec<(String, String)> {
    let body = yaml.lines().skip_while(|line| *line != "Resources:").skip(1).take_while(|line| line.is_empty() || line.starts_with(' '));
    let mut found: Vec<(String, String)> = Vec::new();
    for line in body {
        if let Some(kind) = line.strip_prefix("    Type: ") {
            if let Some(last) = found.last_mut() {
                last.1 = kind.to_owned();
            }
        } else if let Some(id) = line.strip_prefix("  ").filter(|id| !id.starts_with([' ', '#'])).and_then(|id| id.strip_suffix(':')) {
            found.push((id.to_owned(), String::new()));
        }
    }
    found
}

#[test]
fn a_domain_of_its_own_in_frankfurt() {
    let settings = "app: shop\nenvironment: prod\nregion: eu-central-1\ndomain: shop.example.com\nhosted_zone_id: Z0123456789ABCDEFGHIJ\nalerts_email: ops@example.com\n";
    unusual("frankfurt_with_a_domain", settings, "1k", "eu-central-1");
}

#[test]
fn a_container_of_its_own_on_one_host() {
    let settings = "app: blog\nenvironment: test\nregion: ap-southeast-1\ncontainer:\n  image: public.ecr.aws/docker/library/httpd:2.4\n  port: 8080\n  \
        health_check_path: /health?deep=1\n  environment:\n    GREETING: \"yes: it's \\\"quoted\\\" & $HOME ${NOT_A_SUB} 12:30\"\n";
    unusual("own_container_on_one_host", settings, "launch", "ap-southeast-1");
}

#[test]
fn services_of_their_own() {
    let settings = "app: market\nenvironment: stage\nregion: eu-west-1\nservices:\n  - name: web\n    path: /*\n  - name: search\n    path: /search*\n  - name: pay\n    path: /pay/*\n";
    unusual("own_services", settings, "500k", "eu-west-1");
}

#[test]
fn three_regions() {
    let settings = "app: world\nenvironment: prod\nregion: us-east-1\nfurther_regions:\n  - eu-west-1\n  - ap-northeast-1\n";
    unusual("three_regions", settings, "10m", "us-east-1");
}
