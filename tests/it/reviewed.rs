//! `deploy --reviewed`: what was reviewed is deployed, or nothing; decided before AWS is asked anything.

use std::fs;

use crate::program::{Desk, Run, desk, finished};

const REVIEWED: [&str; 6] = ["deploy", "--phase", "prelaunch", "--reviewed", "templates", "--yes"];

fn rendered(more: &[&str]) -> Desk {
    let desk = desk();
    desk.run(&[&["render", "--phase", "prelaunch", "-o", "templates"], more].concat()).exits(0);
    desk
}

/// Nobody has credentials here, so whoever asks AWS fails with code 1.
#[track_caller]
fn stops(desk: &Desk, wanted: &[&str]) -> Run {
    desk.run(&REVIEWED).exits(5).says(&["nothing was deployed"]).says(wanted)
}

#[test]
fn what_was_reviewed_goes_on_to_aws() {
    for format in ["yaml", "json"] {
        let run = rendered(&["--format", format]).run(&REVIEWED).exits(1);
        assert!(run.stdout.is_empty() && !run.stderr.contains("stale"), "{run:?}");
        assert!(run.stderr.contains("credentials"), "it must have come as far as AWS: {}", run.stderr);
    }
}

#[test]
fn a_template_that_differs_in_one_byte_is_shown_and_stops() {
    let desk = rendered(&[]);
    let file = desk.path().join("templates/prelaunch/data.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("PAY_PER_REQUEST", "PROVISIONED", 1)).unwrap();
    let run = stops(&desk, &["changed  templates/prelaunch/data.yaml", "1 stale file"]);
    assert!(run.stdout.contains("+") && run.stdout.contains("-"), "the difference itself: {}", run.stdout);
    fs::write(&file, format!("{text}\n")).unwrap();
    stops(&desk, &["changed  templates/prelaunch/data.yaml"]);
    fs::write(&file, text).unwrap();
    desk.run(&REVIEWED).exits(1);
}

#[test]
fn a_missing_and_a_surplus_template_stop_too() {
    let desk = rendered(&[]);
    let folder = desk.path().join("templates/prelaunch");
    fs::rename(folder.join("data.yaml"), folder.join("network.yaml")).unwrap();
    stops(&desk, &["missing  templates/prelaunch/data.yaml", "surplus  templates/prelaunch/network.yaml"]);
    let run = self::desk().run(&REVIEWED).exits(5).says(&["missing", "nothing was deployed"]);
    assert!(!run.stderr.contains("credentials"), "{}", run.stderr);
}

#[test]
fn reviewed_for_another_region_or_size_is_not_reviewed() {
    let desk = rendered(&[]);
    let mut elsewhere = desk.command(&REVIEWED);
    elsewhere.env("AWS_REGION", "eu-west-1");
    finished(elsewhere).exits(5).says(&["app-prod in eu-west-1 at phase prelaunch is not what was reviewed", "AWS_REGION"]);
    desk.run(&["deploy", "--phase", "launch", "--reviewed", "templates", "--yes"]).exits(5).says(&["templates/launch/app.yaml"]);
}
