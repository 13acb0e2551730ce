//! Every committed template before every judge: cfn-lint, AWS's cloudformation-validate, parliament, and the parsers of inline scripts.
//!
//! Zero errors and zero warnings, except for what `tests/oracles/exceptions.txt` grants. Each judge is first shown something bad.

use std::collections::BTreeMap;

use scalectl::settings::Settings;

use crate::finding::{Finding, Verdict, assert_clean, assert_covered, verdict};
use crate::identity::architecture;
use crate::python::{run, target};
use crate::tree::{files, templates};

/// The region that the committed templates are written for. Sizes and classes are chosen by region, so a template is judged by its own.
const HOME: &str = "us-east-1";

/// Where a template of an app at home in `home` is deployed: `edge` in us-east-1, `data.us-west-2.yaml` in the region of its name.
fn region<'a>(file: &'a str, home: &'a str) -> &'a str {
    let stem = file.rsplit('/').next().unwrap().trim_end_matches(".yaml");
    match stem.split_once('.') {
        Some((_, region)) => region,
        None if stem == "edge" => "us-east-1",
        None => home,
    }
}

/// The files by the region that each is judged for.
fn by_region(files: &[String], home: &str) -> BTreeMap<String, Vec<String>> {
    let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        calls.entry(region(file, home).to_owned()).or_default().push(file.clone());
    }
    calls
}

/// What both linters say of these files.
fn linted(files: &[String], home: &str) -> Vec<Finding> {
    let judges = ["lint.py", "validate.py"];
    let calls = by_region(files, home);
    calls.iter().flat_map(|(region, files)| judges.map(|judge| ask(judge, Some(region), files).findings)).flatten().collect()
}

/// Writes all phases with these settings below the target folder; gives the files.
fn written(settings: &Settings) -> Vec<String> {
    let below = target().join(format!("rendered-{}", settings.region));
    let mut files = Vec::new();
    for phase in scalectl::phase::all().unwrap() {
        let folder = below.join(&phase.id);
        std::fs::create_dir_all(&folder).unwrap();
        for stack in scalectl::render::stacks(&architecture(&phase.id, phase.from, settings)).unwrap() {
            let file = folder.join(&stack.file);
            std::fs::write(&file, stack.template.to_yaml()).unwrap();
            files.push(file.display().to_string());
        }
    }
    files
}

fn ask(script: &str, first: Option<&str>, files: &[String]) -> Verdict {
    let arguments: Vec<String> = first.iter().map(|one| (*one).to_owned()).chain(files.iter().cloned()).collect();
    verdict(&run(script, &arguments))
}

fn rules(script: &str, first: Option<&str>, file: &str) -> Vec<String> {
    let found = ask(script, first, &[format!("tests/oracles/bad/{file}")]).findings;
    found.iter().map(|one| format!("{} {}", one.tool, one.rule)).collect()
}

fn assert_finds(found: &[String], wanted: &[&str]) {
    for one in wanted {
        assert!(found.iter().any(|rule| rule == one), "{one} was not found, only {found:?}");
    }
}

#[test]
fn cfn_lint_sees_what_is_wrong() {
    assert_finds(&rules("lint.py", Some("us-east-1,eu-west-1"), "schema.yaml"), &["cfn-lint E3002", "cfn-lint E6101"]);
}

#[test]
fn cloudformation_validate_sees_what_is_wrong() {
    let found = rules("validate.py", Some("us-east-1"), "schema.yaml");
    assert_finds(&found, &["cloudformation-validate F3002", "cloudformation-validate F6101", "cloudformation-validate W3030"]);
}

#[test]
fn parliament_sees_what_is_wrong() {
    assert_finds(&rules("policies.py", None, "policy.yaml"), &["parliament UNKNOWN_ACTION", "parliament RESOURCE_MISMATCH"]);
}

#[test]
fn the_parsers_of_scripts_see_what_is_wrong() {
    let wanted = ["bash SYNTAX", "shellcheck SC2115", "python SYNTAX", "python HANDLER", "node SYNTAX"];
    assert_finds(&rules("scripts.py", None, "scripts.yaml"), &wanted);
}

#[test]
fn a_sound_template_passes_every_judge() {
    let good = ["tests/oracles/good.yaml".to_owned()];
    let all = [
        ask("lint.py", Some("us-east-1,eu-west-1,sa-east-1"), &good),
        ask("validate.py", Some("eu-west-1"), &good),
        ask("policies.py", None, &good),
        ask("scripts.py", None, &good),
    ];
    for one in all {
        assert!(one.findings.is_empty(), "{:?}", one.findings);
    }
}

#[test]
fn every_committed_template_passes_both_linters() {
    assert_clean(&["cfn-lint", "cloudformation-validate"], &linted(&templates(), HOME));
}

#[test]
fn every_phase_passes_both_linters_in_ireland_with_a_domain() {
    let settings = Settings {
        region: "eu-west-1".to_owned(),
        domain: Some("shop.example.com".to_owned()),
        hosted_zone_id: Some("Z0123456789ABCDEFGHIJ".to_owned()),
        alerts_email: Some("ops@example.com".to_owned()),
        ..Settings::default()
    };
    assert_clean(&[], &linted(&written(&settings), &settings.region));
}

#[test]
fn every_phase_passes_both_linters_in_singapore_and_sao_paulo() {
    for region in ["ap-southeast-1", "sa-east-1"] {
        let settings = Settings { region: region.to_owned(), ..Settings::default() };
        assert_clean(&[], &linted(&written(&settings), region));
    }
}

#[test]
fn every_policy_names_actions_that_exist_and_can_match() {
    let Verdict { findings, judged } = ask("policies.py", None, &templates());
    assert!(judged > 20, "only {judged} policy documents were found in all templates");
    assert_clean(&["parliament", "parse"], &findings);
}

#[test]
fn every_script_inside_a_template_parses() {
    let Verdict { findings, judged } = ask("scripts.py", None, &templates());
    assert!(judged >= 4, "only {judged} scripts were found in all templates");
    assert_clean(&["bash", "shellcheck", "python", "node", "user-data"], &findings);
}

#[test]
fn every_shell_script_of_the_project_is_beyond_reproach() {
    let scripts: Vec<String> =
        ["src", "benches", "tests/host"].iter().flat_map(|folder| files(folder, "sh")).chain([".ci/run".to_owned()]).collect();
    assert!(scripts.len() >= 8, "only {scripts:?}");
    assert_covered(&ask("shell.py", None, &scripts).findings);
}
