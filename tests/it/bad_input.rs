//! Wrong input gets a clear answer, and nothing is lost: the exit code, the value, what would be right, and no file written.

use std::fs;

use crate::program::{Run, desk};

#[track_caller]
fn refused(arguments: &[&str], wanted: &[&str]) {
    let run = desk().run(arguments).exits(64).says(wanted);
    assert!(run.stdout.is_empty(), "an error belongs on stderr: {}", run.stdout);
}

#[track_caller]
fn settings(text: impl AsRef<[u8]>, wanted: &[&str]) -> Run {
    let desk = desk();
    desk.write("scalectl.yaml", text);
    let run = desk.run(&["render", "--phase", "launch", "-o", "out"]).says(wanted);
    assert!(matches!(run.code, Some(1 | 64)), "{run:?}");
    assert!(!desk.path().join("out").exists(), "something was written although the settings are wrong");
    run
}

#[test]
fn numbers_of_users_that_are_none() {
    for users in ["abc", "1e99", "10k5", "1.5.2", "99999999999999999999999"] {
        refused(&["plan", "--users", users], &[users]);
    }
    refused(&["plan", "--users=-1"], &["-1"]);
    refused(&["plan", "--users", ""], &["--users"]);
}

#[test]
fn a_phase_that_does_not_exist_is_answered_with_the_nearest() {
    refused(&["plan", "--phase", "20k"], &["20k", "did you mean \"10k\"?", "prelaunch, launch, 10, 1k, 10k, 500k, 10m"]);
    refused(&["plan", "--phase", "lunch"], &["did you mean \"launch\"?"]);
    refused(&["render", "--phase", "5ook", "-o", "out"], &["did you mean \"500k\"?"]);
}

#[test]
fn neither_users_nor_phase() {
    refused(&["plan"], &["--users", "--phase"]);
    refused(&["render"], &["--users", "--phase"]);
    refused(&["deploy", "--yes"], &["--users", "--phase"]);
}

#[test]
fn an_unknown_key_shows_its_place_and_the_nearest_key() {
    settings("app: shop\nregoin: eu-west-1\n", &["scalectl.yaml:2:1", "regoin", "did you mean \"region\"?", "^"]);
}

#[test]
fn mistakes_in_the_file_show_line_and_column() {
    settings("container:\n  port: eighty\n", &["scalectl.yaml:2:9", "^"]);
    settings("app: shop\nregion: eu-west-1\napp: other\n", &["scalectl.yaml:3:1", "app"]);
    settings("container:\n\tport: 80\n", &["scalectl.yaml:2", "tab"]);
    settings("app: [shop\n", &["scalectl.yaml:"]);
    settings(b"app: \xff\xfe\n", &["scalectl.yaml"]);
}

#[test]
fn ten_megabytes_of_settings_are_refused_at_once() {
    settings("# padding\n".repeat(1024 * 1024), &["scalectl.yaml", "bytes"]);
}

#[test]
fn a_settings_file_without_end_is_not_read_to_its_end() {
    desk().run(&["plan", "--phase", "launch", "--config", "/dev/zero"]).exits(1).says(&["/dev/zero", "bytes"]);
}

#[test]
fn a_value_of_the_wrong_kind_is_answered_in_words() {
    settings("users: [1]\n", &["scalectl.yaml:1:8", "\"users\" is of the wrong kind", "not a list"]);
    settings("container: {environment: {UPLOADS_BUCKET: mine}}\n", &["scalectl.yaml:1:", "UPLOADS_BUCKET", "scalectl itself"]);
}

#[test]
fn an_empty_file_is_no_settings() {
    let desk = desk();
    desk.write("scalectl.yaml", "");
    let with = desk.run(&["plan", "--phase", "launch"]).exits(0).stdout;
    assert_eq!(with, self::desk().run(&["plan", "--phase", "launch"]).exits(0).stdout);
}

#[test]
fn a_region_that_does_not_exist() {
    refused(&["plan", "--phase", "launch", "--region", "eu-west-11"], &["eu-west-11", "eu-west-1"]);
    // A region that AWS has and the tables lack.
    refused(&["plan", "--phase", "launch", "--region", "us-gov-west-1"], &["us-gov-west-1", "has prices for"]);
    settings("region: us-esat-1\n", &["scalectl.yaml:1:9", "us-esat-1", "us-east-1"]);
}

#[test]
fn names_that_aws_would_refuse() {
    settings(format!("app: {}\n", "a".repeat(200)), &["scalectl.yaml:1:6", "characters"]);
    for name in ["my_shop", "1shop", "shöp", "shop-"] {
        settings(format!("app: {name}\n"), &["scalectl.yaml:1:6", name]);
    }
}

#[test]
fn an_output_folder_that_is_a_file() {
    let desk = desk();
    desk.write("out", "mine");
    desk.run(&["render", "--all", "-o", "out"]).exits(1).says(&["out", "not a directory"]);
    desk.run(&["render", "--all", "-o", "out/below"]).exits(1).says(&["out", "nothing was written"]);
    assert_eq!(fs::read_to_string(desk.path().join("out")).unwrap(), "mine");
    if cfg!(target_os = "linux") {
        desk.run(&["render", "--all", "-o", "/proc/templates"]).exits(1).says(&["/proc/templates", "nothing was written"]);
    }
}

#[test]
fn a_folder_that_cannot_be_written_gets_nothing_half_written() {
    let desk = desk();
    // A folder stands where a file must go: that fails for every user, unlike missing rights, which root does not feel.
    desk.run(&["render", "--phase", "1k", "-o", "probe"]).exits(0);
    let folder = desk.path().join("probe");
    let inner = fs::read_dir(&folder).unwrap().flatten().find(|one| one.path().is_dir()).map(|one| one.path()).unwrap_or(folder.clone());
    let mut names: Vec<_> = fs::read_dir(&inner).unwrap().flatten().map(|one| one.path()).collect();
    names.sort();
    let last = names.last().unwrap().strip_prefix(&folder).unwrap().to_owned();
    fs::create_dir_all(desk.path().join("out").join(&last)).unwrap();
    desk.run(&["render", "--phase", "1k", "-o", "out"]).exits(1).says(&[last.to_str().unwrap()]);
    let beside = desk.path().join("out").join(&last);
    let written: Vec<_> =
        fs::read_dir(beside.parent().unwrap()).unwrap().flatten().map(|one| one.path()).filter(|one| *one != beside).collect();
    assert!(written.is_empty(), "half-written: {written:?}");
}

#[test]
fn an_unknown_command_or_flag_is_a_usage_error() {
    refused(&["plna"], &["plan"]);
    refused(&["plan", "--user", "5"], &["--users"]);
    refused(&["explain", "no-such-thing"], &["no-such-thing"]);
}

#[test]
fn init_writes_a_file_that_plan_reads_and_never_over_another() {
    let desk = desk();
    desk.run(&["init"]).exits(0);
    let written = fs::read_to_string(desk.path().join("scalectl.yaml")).unwrap();
    desk.run(&["plan", "--users", "10"]).exits(0);
    desk.run(&["init"]).exits(1).says(&["scalectl.yaml", "stays as it is"]);
    assert_eq!(fs::read_to_string(desk.path().join("scalectl.yaml")).unwrap(), written);

    desk.write("scalectl.yaml", written.replace("# users: 10000", "users: 500k").replace("region: us-east-1", "region: eu-west-1"));
    desk.run(&["plan"]).exits(0).says(&["500,000 monthly users → phase 500k · eu-west-1"]);
}
