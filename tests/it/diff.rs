//! `scalectl diff` between phases, numbers of users, files, folders, settings and what is deployed: what each word means, what is said of
//! one that means nothing, and how the program ends.

use crate::ministack::cloud;
use crate::program::{Desk, desk, finished};
use crate::tree::root;

const TABLE: &str = "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: orders\n      BillingMode: PAY_PER_REQUEST\n      \
     AttributeDefinitions: [{AttributeName: id, AttributeType: S}]\n      KeySchema: [{AttributeName: id, KeyType: HASH}]\n";
const QUEUE: &str = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: 1}\n";

fn write(desk: &Desk, name: &str, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(desk.path().join(name).parent().unwrap()).unwrap();
    desk.write(name, text);
}

fn templates(what: &str) -> String {
    root().join("templates").join(what).display().to_string()
}

#[test]
fn two_phases_in_any_case_and_a_number_of_users() {
    let desk = desk();
    desk.run(&["diff", "1k", "10K"]).exits(0).says(&["1k → 10k", "DatabaseLeader", "Bill", "Room", "Uptime"]);
    desk.run(&["diff", "10k", "10k"]).exits(0).says(&["No differences"]);
    desk.run(&["diff", "10k", "users:200k"]).exits(0).says(&["10,000", "200,000"]);
    desk.run(&["diff", "10k", "10k", "--assume", "peak_factor=9", "--app", "mine"]).exits(0).says(&["No differences"]);
}

#[test]
fn what_is_committed_is_what_a_phase_is_rendered_to_and_a_plan_stands_behind_it() {
    let desk = desk();
    desk.run(&["diff", &templates("10k"), "10k"]).exits(0).says(&["No differences"]);
    let run = desk.run(&["diff", &templates("1k"), &templates("10k"), "--exit-on", "cost>10%"]).exits(3);
    run.says(&["Bill", "cost>10%: the bill grows from"]);
    // Nobody knows what a template costs that this program does not write.
    write(&desk, "mine/data.yaml", TABLE);
    desk.run(&["diff", &templates("10k"), "mine", "--exit-on", "cost>10%"]).exits(3).says(&["the bill of one side is not known"]);
}

#[test]
fn a_file_or_folder_that_is_called_like_a_phase_needs_a_dot() {
    let desk = desk();
    write(&desk, "10k/data.yaml", TABLE);
    desk.run(&["diff", "10k", "10k"]).exits(0).says(&["No differences: 1"]);
    desk.run(&["diff", "./10k", "./10k"]).exits(0).says(&["No differences: 1 resource"]);
    desk.run(&["diff", "--help"]).exits(0).says(&["./10k", "4 data would be lost"]);
}

#[test]
fn two_files_are_one_stack_whatever_they_are_called() {
    let desk = desk();
    desk.write("old.yaml", QUEUE);
    desk.write("new.json", "{\"Resources\": {\"Jobs\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\": {\"DelaySeconds\": 2}}}}");
    desk.run(&["diff", "old.yaml", "new.json", "--detailed-exitcode"]).exits(2).says(&["DelaySeconds"]);
    desk.run(&["diff", "old.yaml", "old.yaml", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_settings_file_is_rendered() {
    let desk = desk();
    desk.write("small.yaml", "phase: 1k\n");
    desk.write("large.yaml", "users: 20000\nlog_retention_days: 7\n");
    desk.run(&["diff", "small.yaml", "1k"]).exits(0).says(&["No differences"]);
    desk.run(&["diff", "10k", "large.yaml"]).exits(0).says(&["RetentionInDays"]);
    desk.write("which.yaml", "region: us-east-1\n");
    desk.run(&["diff", "which.yaml", "1k"]).exits(1).says(&["FROM (which.yaml)", "neither `users` nor `phase`"]);
    desk.write("wrong.yaml", "users: many\nphase: 1k\n");
    desk.run(&["diff", "1k", "wrong.yaml"]).exits(1).says(&["TO (wrong.yaml)", "wrong.yaml: ", "`many` is not a number"]);
}

#[test]
fn a_word_that_is_nothing_is_a_usage_error_that_says_what_would_be_right() {
    let desk = desk();
    let run = desk.run(&["diff", "10kk", "nowhere/x"]).exits(64).says(&["FROM: \"10kk\"", "did you mean \"10k\"", "TO: \"nowhere/x\""]);
    assert_eq!(run.stderr.matches("a side is one of").count(), 1, "{run:?}");
    desk.run(&["diff", "500000", "1k"]).exits(64).says(&["did you mean \"users:500000\""]);
    desk.run(&["diff", "users:-3", "1k"]).exits(64).says(&["below zero"]);
    desk.run(&["diff", "1k", ""]).exits(64).says(&["TO"]);
    desk.run(&["diff", "1k"]).exits(64).says(&["TO"]);
    desk.run(&["diff", "1k", "10k", "--matrix"]).exits(64);
    desk.run(&["diff", "1k", "10k", "--exit-on", "danger"]).exits(64).says(&["replace, data-fate"]);
    desk.run(&["diff", "1k", &templates("")]).exits(64).says(&["holds 7", "prelaunch, launch, 10,"]);
}

#[test]
fn folders_are_compared_set_by_set_in_the_order_of_the_road() {
    let desk = desk();
    for side in ["a", "b"] {
        for set in ["zeta", "10k", "1k"] {
            write(&desk, &format!("{side}/{set}/data.yaml"), if side == "a" { QUEUE } else { TABLE });
        }
        write(&desk, &format!("{side}/node_modules/x/data.yaml"), side);
        write(&desk, &format!("{side}/settings.yaml"), "some: thing\n");
    }
    let run = desk.run(&["diff", "a", "b", "--format", "json"]).exits(0);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let names: Vec<&str> = json["sets"].as_array().unwrap().iter().map(|set| set["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["1k", "10k", "zeta"]);
    std::fs::create_dir(desk.path().join("empty")).unwrap();
    desk.run(&["diff", "a", "empty"]).exits(1).says(&["TO (empty)", "holds no CloudFormation template"]);
}

#[test]
fn yaml_and_json_folders_say_the_same() {
    let desk = desk();
    desk.run(&["render", "--phase", "launch", "-o", "json", "--format", "json"]).exits(0);
    desk.run(&["diff", "json/launch", &templates("launch"), "--detailed-exitcode"]).exits(0).says(&["No differences"]);
}

/// A folder of two stacks of which one is broken, on either side.
fn half_broken(name: &str, bytes: &[u8], place: &str) {
    let desk = desk();
    for side in ["good", "bad"] {
        write(&desk, &format!("{side}/app.yaml"), QUEUE.replace('1', if side == "good" { "1" } else { "2" }));
    }
    write(&desk, "good/data.yaml", TABLE);
    write(&desk, &format!("bad/{name}"), bytes);
    for (from, to, side) in [("good", "bad", "TO (bad)"), ("bad", "good", "FROM (bad)")] {
        let run = desk.run(&["diff", from, to]).exits(1).says(&["DelaySeconds", side, place]);
        assert!(!run.stdout.contains("Orders"), "a stack that was not read counts as gone\n{}", run.stdout);
        desk.run(&["diff", from, to, "--refuse", "data-fate"]).exits(4).says(&[side, "not known what happens to data"]);
        desk.run(&["diff", from, to, "--exit-on", "cost>1%", "--detailed-exitcode"]).exits(1);
    }
}

#[test]
fn what_can_be_compared_is_compared_where_a_file_is_broken() {
    half_broken("data.yaml", b"Resources:\n  Orders: [\n", "bad/data.yaml:");
    half_broken("data.json", b"{\"Resources\": {\"A\": 5}}", "bad/data.json:1:");
    half_broken("data.yaml", b"Resources:\n  A:\n    Type: caf\xe9\n", "bad/data.yaml:3:14");
}

#[test]
fn a_file_that_is_empty_or_no_text_is_no_stack_that_is_gone() {
    half_broken("data.yaml", b"", "bad/data.yaml");
    half_broken("data.yaml", b"\0\x01\xff\xfe", "bad/data.yaml");
    let desk = desk();
    desk.write("good.yaml", TABLE);
    desk.write("empty.yaml", "");
    desk.write("bytes.yaml", b"\xff\xfe\0\x01");
    desk.run(&["diff", "empty.yaml", "good.yaml"]).exits(1).says(&["FROM (empty.yaml)", "empty.yaml:1:1", "empty"]);
    desk.run(&["diff", "good.yaml", "bytes.yaml"]).exits(1).says(&["TO (bytes.yaml)", "bytes.yaml:1:1", "UTF-8"]);
}

#[test]
fn a_refusal_comes_before_everything_else_and_can_be_accepted_by_name() {
    let desk = desk();
    desk.write("old.yaml", TABLE);
    desk.write("new.yaml", TABLE.replace("orders", "baskets"));
    let ask = |more: &[&str]| desk.run(&[&["diff", "old.yaml", "new.yaml"], more].concat());
    ask(&[]).exits(0);
    ask(&["--detailed-exitcode"]).exits(2);
    ask(&["--exit-on", "replace", "--detailed-exitcode"]).exits(3).says(&["replace: Orders: is replaced"]);
    ask(&["--exit-on", "replace,data-fate"]).exits(4).says(&["data-fate: Orders: lose"]);
    ask(&["--refuse", "data-fate", "--accept-data-fate", "Orders"]).exits(0);
    ask(&["--refuse", "data-fate", "--accept-data-fate", "Baskets"]).exits(4).says(&["warning: --accept-data-fate Baskets"]);
    ask(&["--exit-on", "replace", "--exit-on", "data-fate", "--accept-data-fate", "Orders"]).exits(3);
}

#[test]
fn findings_are_asked_for_only_when_they_count() {
    let desk = desk();
    desk.write("old.yaml", QUEUE);
    let open = "  Group:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: all\n      SecurityGroupIngress:\n        \
                - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0}\n";
    desk.write("new.yaml", format!("{QUEUE}{open}"));
    desk.run(&["diff", "old.yaml", "new.yaml", "--exit-on", "findings"]).exits(3).says(&["findings: Group:"]);
    desk.run(&["diff", "new.yaml", "old.yaml", "--exit-on", "findings"]).exits(0);
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let desk = desk();
    desk.write("old.yaml", QUEUE);
    desk.write("out.json", "before");
    let run = |to: &str, out: &str| desk.run(&["diff", "old.yaml", to, "--format", "json", "-o", out]);
    run("missing.yaml", "out.json").exits(64);
    assert_eq!(std::fs::read_to_string(desk.path().join("out.json")).unwrap(), "before");
    let quiet = run("old.yaml", "out.json").exits(0);
    assert!(quiet.stdout.is_empty(), "{quiet:?}");
    let text = std::fs::read_to_string(desk.path().join("out.json")).unwrap();
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
    std::fs::create_dir(desk.path().join("folder")).unwrap();
    run("old.yaml", "folder").exits(1).says(&["it is a directory"]);
    run("old.yaml", "/dev/null").exits(0);
    let left: Vec<_> = std::fs::read_dir(desk.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn nothing_is_needed_of_the_machine() {
    let desk = desk();
    desk.write("old.yaml", QUEUE);
    let mut command = desk.command(&["diff", "old.yaml", "launch"]);
    command.env_clear();
    finished(command).exits(0).says(&["old.yaml"]);
}

#[test]
fn no_step_of_the_road_loses_data_and_the_exit_code_says_whether_it_holds() {
    let desk = desk();
    let run = desk.run(&["diff", "--matrix", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["phases"], serde_json::json!(crate::tree::PHASES));
    let pairs = json["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 42);
    for pair in pairs {
        let worst = pair["worst_data_fate"].as_str().unwrap();
        assert!(["keep", "move", "retain"].contains(&worst), "from {} to {}: {worst}", pair["from"], pair["to"]);
    }
    let holds = json["holds"].as_bool().unwrap();
    assert_eq!(run.code, Some(if holds { 0 } else { 4 }), "{}", run.stderr);
    assert_eq!(run.stderr.is_empty(), holds, "{}", run.stderr);
    desk.run(&["diff", "--matrix", "--format", "sarif"]).exits(64);
}

#[test]
fn what_is_deployed_is_read_from_aws() {
    let (desk, cloud) = (desk(), cloud());
    desk.run_against(&cloud, &["diff", "deployed", "10"]).exits(1).says(&["FROM (deployed)", "nothing of app-prod stands in us-east-1"]);
    desk.run_against(&cloud, &["deploy", "--phase", "10", "--yes"]).exits(0);
    // That what is deployed is what was rendered is asked of every phase where it is deployed.
    desk.run_against(&cloud, &["diff", "deployed", "1k", "--detailed-exitcode"]).exits(2).says(&["deployed → 1k", "DatabaseVolume"]);
    desk.run_against(&cloud, &["diff", &templates("1k"), "deployed", "--refuse", "data-fate"]).exits(4).says(&["Bill", "DatabaseLeader"]);
    desk.run_against(&cloud, &["diff", "deployed", &templates("")]).exits(64).says(&["deployed is one set of stacks"]);
}

#[test]
fn a_side_at_aws_that_cannot_be_asked_is_named() {
    let desk = desk();
    let run = desk.run(&["diff", "deployed", "1k", "--endpoint-url", "http://127.0.0.1:1"]).exits(1);
    run.says(&["FROM (deployed)"]);
}

#[test]
fn a_plan_says_what_changes_on_the_way_to_it() {
    let desk = desk();
    let words = ["Changes", "from 1k", "scalectl diff 1k 10k", "Data", "DatabaseLeader", "move by replica"];
    desk.run(&["plan", "--phase", "10k", "--from", "1k"]).exits(0).says(&words);
    desk.run(&["plan", "--phase", "10k", "--from", "1k", "--detail"]).exits(0).says(&words);
    desk.run(&["plan", "--phase", "10k", "--from", "1k", "--format", "markdown"]).exits(0).says(&words);
    let run = desk.run(&["plan", "--phase", "10k", "--from", "1K", "--format", "json"]).exits(0);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["step"]["data"][0]["fate"], "move", "{}", json["step"]);
    desk.run(&["plan", "--users", "200k", "--from", "users:100k"]).exits(0).says(&["users:200000", "all of it stays where it is"]);
    desk.run(&["plan", "--users", "200k", "--from", "200k"]).exits(64).says(&["users:800"]);
    desk.run(&["plan", "--phase", "1k", "--from", "1k"]).exits(0).says(&["nothing from 1k"]);
}

#[test]
fn every_format_is_written_and_names_of_files_do_no_harm() {
    let desk = desk();
    desk.write("old.yaml", TABLE);
    desk.write("new.yaml", TABLE.replace("orders", "baskets"));
    for (format, begins) in [("markdown", "<!-- scalectl-diff -->"), ("sarif", "{"), ("junit", "<?xml"), ("json", "{")] {
        let run = desk.run(&["diff", "old.yaml", "new.yaml", "--format", format]).exits(0);
        assert!(run.stdout.starts_with(begins) && run.stdout.contains("Orders"), "{format}: {}", run.stdout);
    }
    write(&desk, "odd/a\n::error::b\u{1b}[31m.yaml", "Resources: 5\n");
    write(&desk, "odd/data.yaml", TABLE);
    let run = desk.run(&["diff", "odd", "old.yaml"]).exits(1);
    assert!(!run.stderr.contains("\n::error") && !run.stderr.contains('\u{1b}'), "{}", run.stderr);
}

#[test]
fn a_bill_is_not_compared_where_overrides_differ() {
    let desk = desk();
    desk.write("plain.yaml", "app: shop\nphase: 10k\n");
    desk.write("own.yaml", "app: shop\nphase: 10k\noverrides: {DatabaseWriter: {DBInstanceClass: db.r8g.xlarge}}\n");
    let run = desk.run(&["diff", "plain.yaml", "own.yaml", "--exit-on", "cost>10%"]).exits(3);
    run.says(&["DatabaseWriter", "unknown: what is overridden differs, and no plan prices it", "the bills cannot be compared"]);
    desk.run(&["diff", "plain.yaml", "plain.yaml", "--exit-on", "cost>10%"]).exits(0);
}
