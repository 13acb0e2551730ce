//! Templates that are none, or too much, get an answer with a place from `scalectl check`, at once.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::program::desk;

/// Judges one file, which must be answered by this exit code with these words.
#[track_caller]
fn answered(file: &str, text: impl AsRef<[u8]>, code: i32, wanted: &[&str]) {
    let desk = desk();
    desk.write(file, text);
    let begun = Instant::now();
    let run = desk.run(&["check", file]).exits(code).says(wanted);
    assert!(!format!("{run:?}").contains("panicked"), "{run:?}");
    // The release build must answer within a second; what tests run is several times slower, and other tests run beside it.
    assert!(begun.elapsed() < Duration::from_secs(10), "{file} took {:?}", begun.elapsed());
}

const TOPIC: &str = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n";

#[test]
fn what_is_no_text() {
    answered("t.yaml", b"Resources:\n  A:\n    Type: caf\xe9\n", 1, &["t.yaml:3:14", "0xE9", "UTF-8"]);
    answered("t.yaml", b"\xff\xfeR\0e\0s\0", 1, &["t.yaml:1:1", "UTF-8"]);
    answered("t.yaml", format!("{TOPIC}    Properties: {{DisplayName: \"a\0b\"}}\n"), 1, &["t.yaml:4:"]);
}

#[test]
fn keys_that_stand_twice() {
    let json = "{\"Resources\": {\"A\": {\"Type\": \"AWS::SNS::Topic\"},\n \"A\": {\"Type\": \"AWS::SQS::Queue\"}}}";
    answered("t.json", json, 1, &["t.json:2:2", "\"A\"", "line 1"]);
    let deep = "{\"Resources\": {\"A\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\": {\"DelaySeconds\": 1,\n\"DelaySeconds\": 2}}}}";
    answered("t.json", deep, 1, &["t.json:2:1", "DelaySeconds"]);
    answered("t.yaml", format!("{TOPIC}    Type: AWS::SQS::Queue\n"), 1, &["t.yaml:4:5", "Type", "line 3"]);
}

#[test]
fn nesting_without_end() {
    let (open, close) = ("{\"a\":".repeat(10_000), "}".repeat(10_000));
    answered("t.json", format!("{{\"Resources\":{open}1{close}}}"), 1, &["t.json:1:", "100 levels"]);
    answered("t.yaml", format!("Resources: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)), 1, &["t.yaml:1:"]);
    let steps: String = (1..1_400).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    answered("t.yaml", format!("Resources:\n{steps}"), 1, &["t.yaml:102:", "100 levels"]);
}

#[test]
fn aliases_that_grow_or_close_a_ring_and_merge_keys() {
    let mut text = String::from("a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (before, name) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        writeln!(text, "{name}: &{name} [{}]", vec![format!("*{before}"); 9].join(", ")).unwrap();
    }
    answered("t.yaml", format!("{text}{TOPIC}"), 1, &["t.yaml:", "aliases"]);
    answered("t.yaml", "Resources: &all\n  A: *all\n", 1, &["t.yaml:2:6", "alias"]);
    let merge = "Metadata:\n  x: &x {Type: AWS::SNS::Topic}\nResources:\n  A:\n    <<: *x\n";
    answered("t.yaml", merge, 1, &["t.yaml:5:5", "<<"]);
}

#[test]
fn rings_of_resources_conditions_and_parameters() {
    let ring =
        "Resources:\n  A: {Type: AWS::SNS::Topic, DependsOn: B}\n  B:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Ref A}\n";
    answered("t.yaml", ring, 3, &["circular-dependency", "t.yaml:2:3", "A → B → A"]);
    let conditions = "Conditions:\n  X: !Not [!Condition Y]\n  Y: !Or [!Condition X, !Condition Y]\n";
    answered("t.yaml", format!("{conditions}{TOPIC}    Condition: X\n"), 0, &[]);
    let told = "Parameters:\n  P: {Type: String}\nOutputs:\n  P: {Value: !Ref P}\n";
    answered("t.yaml", format!("{told}{TOPIC}    Properties: {{DisplayName: !Ref P}}\n"), 0, &[]);
}

#[test]
fn a_megabyte() {
    answered("t.yaml", format!("{TOPIC}{}", "# padding\n".repeat(110_000)), 1, &["t.yaml:1:1", "1000000"]);
    let mut resources = String::new();
    for number in 0..5_200 {
        let comma = if number == 0 { "" } else { "," };
        let waits = format!("{{\"Fn::GetAtt\": [\"Q{}\", \"Arn\"]}}", (number + 1) % 5_200);
        write!(
            resources,
            "{comma}\"Q{number}\": {{\"Type\": \"AWS::SQS::Queue\", \"Properties\": {{\"RedrivePolicy\": {{\"maxReceiveCount\": 3, \"deadLetterTargetArn\": {waits}}}}}}}"
        )
        .unwrap();
    }
    answered("t.json", format!("{{\"Resources\": {{{resources}}}}}"), 3, &["template-limits", "5200 Resources", "nothing else is judged"]);
}

#[test]
fn what_is_no_template() {
    answered("t.yaml", "", 1, &["t.yaml:1:1", "empty"]);
    answered("t.yaml", "- 1\n- 2\n", 1, &["t.yaml", "no CloudFormation template"]);
    answered("t.yaml", "Resources:\n", 1, &["t.yaml:1:1", "Resources must be a map"]);
    answered("t.yaml", "Resources:\n  A: 5\n", 1, &["t.yaml:2:3", "Resources.A"]);
    answered("t.json", "{\"Resources\": {\"A\": {\"Type\": \"AWS::SNS", 1, &["t.json:1:"]);
    answered("t.yaml", format!("{TOPIC}---\n{TOPIC}"), 1, &["t.yaml:", "second document"]);
    let queue = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: 99999999999999999999999999}\n";
    answered("t.yaml", queue, 3, &["property-limits", "t.yaml:4:"]);
}
