//! What `plan` and `phases` say, for people and for scripts, in every phase.

use serde_json::Value;

use crate::program::{desk, finished};
use crate::python::python;
use crate::tree::PHASES;

fn text(arguments: &[&str]) -> String {
    desk().run(arguments).exits(0).stdout
}

/// The same on a screen of so many columns.
fn on_screen(columns: usize, arguments: &[&str]) -> String {
    let desk = desk();
    let mut command = desk.command(arguments);
    command.env("COLUMNS", columns.to_string());
    finished(command).exits(0).stdout
}

fn phase_of(users: &str) -> String {
    let plan: Value = serde_json::from_str(&text(&["plan", "--users", users, "--format", "json"])).unwrap();
    plan["phase"]["id"].as_str().unwrap_or_else(|| panic!("no phase in {plan}")).to_owned()
}

#[test]
fn the_plan_of_every_phase_reads_like_this() {
    for phase in PHASES {
        insta::assert_snapshot!(format!("plan_{phase}"), on_screen(80, &["plan", "--phase", phase]));
    }
}

#[test]
fn everything_about_a_plan_and_a_plan_for_a_review_read_like_this() {
    insta::assert_snapshot!("plan_10k_detail", on_screen(80, &["plan", "--phase", "10k", "--detail"]));
    insta::assert_snapshot!("plan_10k_markdown", text(&["plan", "--phase", "10k", "--format", "markdown"]));
}

#[test]
fn the_plan_of_every_phase_is_this_for_scripts() {
    let desk = desk();
    for phase in PHASES {
        let said = text(&["plan", "--phase", phase, "--format", "json"]);
        desk.write(&format!("{phase}.json"), &said);
        let json: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(json["format_version"], 1, "{phase}");
        insta::assert_snapshot!(format!("plan_json_{phase}"), said);
    }
    desk.write("schema.json", text(&["schema", "plan"]));
    let mut judge = std::process::Command::new(python());
    judge.args(["-c", JUDGE]).args(PHASES.map(|phase| format!("{phase}.json"))).current_dir(desk.path());
    let said = judge.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&said.stdout).into_owned(), String::from_utf8_lossy(&said.stderr).into_owned());
    assert!(said.status.success() && out.is_empty(), "the published schema disagrees:\n{out}{err}");
}

/// Prints what the schema finds wrong; a field that the schema does not describe is wrong too, although readers must bear it.
const JUDGE: &str = r#"
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open("schema.json"))
Draft202012Validator.check_schema(schema)
for part in [schema, *schema["$defs"].values()]:
    if "properties" in part: part["additionalProperties"] = False
broken = json.load(open(sys.argv[1])); del broken["phase"]["id"]; broken["users"] = -1
assert len(list(Draft202012Validator(schema).iter_errors(broken))) == 2, "the judge sees nothing"
for name in sys.argv[1:]:
    for error in Draft202012Validator(schema).iter_errors(json.load(open(name))):
        print(name, error.json_path, error.message)
"#;

#[test]
fn the_road_reads_like_this() {
    insta::assert_snapshot!("phases", on_screen(80, &["phases"]));
    insta::assert_snapshot!("phases_500k", on_screen(80, &["phases", "500k"]));
}

#[test]
fn the_plan_fits_one_screen_and_nothing_of_it_is_cut() {
    for phase in PHASES {
        for (columns, lines) in [(80, 36), (120, 30), (160, 30)] {
            let plan = on_screen(columns, &["plan", "--phase", phase]);
            assert!(plan.lines().count() <= lines, "{phase}: {} lines of {lines} at {columns} columns", plan.lines().count());
            let widest = plan.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= columns, "{phase}: {widest} of {columns} columns");
            let more = plan.lines().filter(|line| line.starts_with("  … ") && line.contains(" more: ")).count();
            assert!(more <= 1 && plan.matches('…').count() == more, "{phase}: words are cut\n{plan}");
            assert!(!plan.contains('\u{1b}'), "{phase}: colour although NO_COLOR is set");
        }
    }
}

#[test]
fn a_component_takes_one_line_of_a_wide_screen_and_says_first_what_matters() {
    for phase in PHASES {
        let plan = on_screen(160, &["plan", "--phase", phase]);
        let table: Vec<&str> =
            plan.lines().skip_while(|line| !line.contains("COMPONENT")).skip(1).take_while(|line| !line.is_empty()).collect();
        assert!(table.iter().all(|line| !line.starts_with("   ")), "{phase}: a component takes two lines\n{plan}");
        let json: Value = serde_json::from_str(&text(&["plan", "--phase", phase, "--format", "json"])).unwrap();
        for component in json["components"].as_array().unwrap() {
            let (label, why) = (component["label"].as_str().unwrap(), component["reasons"][0]["text"].as_str().unwrap());
            let clause = why.split("; ").next().unwrap().split(": ").next().unwrap();
            assert!(label.chars().count() <= 16, "{phase}: {label}");
            assert!((12..=60).contains(&clause.chars().count()), "{phase}: {label}: {clause}");
        }
    }
}

#[test]
fn users_pick_the_phase() {
    let cases = [
        ("0", "prelaunch"),
        ("1", "launch"),
        ("9", "launch"),
        ("10", "10"),
        ("999", "10"),
        ("1000", "1k"),
        ("9999", "1k"),
        ("10000", "10k"),
        ("499_999", "10k"),
        ("500000", "500k"),
        ("500k", "500k"),
        ("9999999", "500k"),
        ("10M", "10m"),
        ("12M", "10m"),
    ];
    for (users, phase) in cases {
        assert_eq!(phase_of(users), phase, "{users} users");
    }
}

#[test]
fn a_phase_is_known_in_any_case() {
    assert_eq!(text(&["plan", "--phase", "10M"]), text(&["plan", "--phase", "10m"]));
}

#[test]
fn users_outside_the_phase_are_planned_with_a_warning() {
    let run = desk().run(&["plan", "--phase", "1k", "--users", "500000"]).exits(0);
    assert!(run.stderr.contains("500k") && run.stdout.contains("1k"), "{run:?}");
}

#[test]
fn an_assumption_can_be_set_and_is_shown() {
    let with = text(&["plan", "--users", "500000", "--assume", "dau_share=0.5"]);
    let with = with.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(with.contains("daily share 50 % (set)") && with.contains("250,000 daily"), "{with}");
    let other = text(&["plan", "--users", "500000", "--assume", "read_share=0.5"]);
    let other = other.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(other.contains("read_share 50 % (set)"), "{other}");
    desk().run(&["plan", "--users", "500000", "--assume", "no_such_assumption=1"]).exits(64).says(&["no_such_assumption"]);
}

#[test]
fn planning_needs_no_settings_no_home_and_no_network_and_is_quick() {
    // With proxies that lead nowhere: any request would fail or hang.
    let desk = desk();
    let started = std::time::Instant::now();
    let mut command = desk.command(&["plan", "--users", "500000"]);
    command.env("HTTPS_PROXY", "http://127.0.0.1:1").env("HTTP_PROXY", "http://127.0.0.1:1");
    command.env_remove("HOME").env_remove("AWS_CONFIG_FILE").env_remove("AWS_SHARED_CREDENTIALS_FILE");
    finished(command).exits(0).says(&["500k"]);
    assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
}
