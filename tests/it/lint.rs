//! Every committed template before every judge: cfn-lint, AWS's cloudformation-validate, parliament, and the parsers of inline scripts.
//!
//! Zero errors and zero warnings, except for what `tests/oracles/exceptions.txt` grants. Each judge is first shown something bad.

use std::collections::BTreeMap;

use crate::finding::{Verdict, assert_clean, verdict};
use crate::python::run;
use crate::tree::templates;

const REGIONS: [&str; 8] =
    ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1", "ap-northeast-1", "ap-south-1", "sa-east-1"];
/// The regions that the slower-growing judge looks at.
const THREE: [&str; 3] = ["us-east-1", "eu-west-1", "ap-southeast-1"];

/// Where a template may be deployed: `edge` is bound to us-east-1, `data.us-west-2.yaml` to the region in its name.
fn regions(file: &str) -> Vec<&str> {
    let stem = file.rsplit('/').next().unwrap().trim_end_matches(".yaml");
    match stem.split_once('.') {
        Some((_, region)) => vec![region],
        None if stem == "edge" => vec!["us-east-1"],
        None => REGIONS.to_vec(),
    }
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
        ask("lint.py", Some(&REGIONS.join(",")), &good),
        ask("validate.py", Some("eu-west-1"), &good),
        ask("policies.py", None, &good),
        ask("scripts.py", None, &good),
    ];
    for one in all {
        assert!(one.findings.is_empty(), "{:?}", one.findings);
    }
}

#[test]
fn every_template_passes_cfn_lint_in_every_region_it_is_for() {
    let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in templates() {
        calls.entry(regions(&file).join(",")).or_default().push(file);
    }
    let found = calls.iter().flat_map(|(regions, files)| ask("lint.py", Some(regions), files).findings);
    assert_clean(&["cfn-lint"], &found.collect::<Vec<_>>());
}

#[test]
fn every_template_passes_cloudformation_validate() {
    let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in templates() {
        let own = regions(&file);
        for region in own.iter().filter(|one| own.len() == 1 || THREE.contains(one)) {
            calls.entry((*region).to_owned()).or_default().push(file.clone());
        }
    }
    let found = calls.iter().flat_map(|(region, files)| ask("validate.py", Some(region), files).findings);
    assert_clean(&["cloudformation-validate"], &found.collect::<Vec<_>>());
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
