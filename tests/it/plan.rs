//! What `plan` and `phases` say, for people and for scripts, in every phase.

use serde_json::Value;

use crate::program::desk;
use crate::tree::PHASES;

fn text(arguments: &[&str]) -> String {
    desk().run(arguments).exits(0).stdout
}

fn phase_of(users: &str) -> String {
    let plan: Value = serde_json::from_str(&text(&["plan", "--users", users, "--format", "json"])).unwrap();
    plan["phase"]["id"].as_str().or(plan["phase"].as_str()).unwrap_or_else(|| panic!("no phase in {plan}")).to_owned()
}

#[test]
fn the_plan_of_every_phase_reads_like_this() {
    for phase in PHASES {
        insta::assert_snapshot!(format!("plan_{phase}"), text(&["plan", "--phase", phase]));
    }
}

#[test]
fn the_plan_of_every_phase_is_this_for_scripts() {
    for phase in PHASES {
        let json: Value = serde_json::from_str(&text(&["plan", "--phase", phase, "--format", "json"])).unwrap();
        assert!(json["format_version"].is_number() || json["format_version"].is_string(), "{phase}: no format_version");
        insta::assert_json_snapshot!(format!("plan_json_{phase}"), json);
    }
}

#[test]
fn the_road_reads_like_this() {
    insta::assert_snapshot!("phases", text(&["phases"]));
}

#[test]
fn the_plan_fits_one_screen() {
    for phase in PHASES {
        let plan = text(&["plan", "--phase", phase]);
        assert!(plan.lines().count() <= 50, "{phase}: {} lines", plan.lines().count());
        let widest = plan.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= 110, "{phase}: {widest} columns");
        assert!(!plan.contains('\u{1b}'), "{phase}: colour although NO_COLOR is set");
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
    let with = text(&["plan", "--users", "500000", "--assume", "daily_share=0.5"]);
    assert_ne!(with, text(&["plan", "--users", "500000"]));
    desk().run(&["plan", "--users", "500000", "--assume", "no_such_assumption=1"]).exits(64).says(&["no_such_assumption"]);
}

#[test]
fn planning_reads_no_network_and_is_quick() {
    // With proxies that lead nowhere: any request would fail or hang.
    let desk = desk();
    let started = std::time::Instant::now();
    let mut command = desk.command(&["plan", "--users", "500000"]);
    command.env("HTTPS_PROXY", "http://127.0.0.1:1").env("HTTP_PROXY", "http://127.0.0.1:1");
    crate::program::finished(command).exits(0).says(&["500k"]);
    assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
}
