//! Small templates and what is said of them: every fate, every cause, and what hostile templates must not do to a reader's screen or page.

use super::super::look::Look;
use super::{MARKER, Shown, json, junit, markdown, matrix, matrix_markdown, sarif, text};
use crate::check::{File, Finding, RULES};
use crate::diff::{Broken, Difference, Exposure, ExposureKind, Gate, Pair, Side, breaches, difference};

fn side(name: &str, text: &str) -> Side {
    Side::of_files(name, vec![File::read("app.yaml", text).unwrap()])
}

fn between(old: &str, new: &str) -> Difference {
    difference(&side("old", old), &side("new", new))
}

fn shown(difference: &Difference) -> Shown<'_> {
    Shown { difference, breaches: &[], accepted: &[] }
}

fn said(old: &str, new: &str) -> String {
    text(&shown(&between(old, new)), false, &Look { width: 400, ..Look::PLAIN })
}

fn in_detail(old: &str, new: &str) -> String {
    text(&shown(&between(old, new)), true, &Look { width: 120, ..Look::PLAIN })
}

fn table(policies: &str, name: &str) -> String {
    format!("  {name}:\n    Type: AWS::DynamoDB::Table\n{policies}    Properties: {{BillingMode: PAY_PER_REQUEST}}\n")
}

const TOPIC: &str = "  Topic: {Type: AWS::SNS::Topic}\n";

fn resources(all: &[String]) -> String {
    format!("Resources:\n{TOPIC}{}", all.concat())
}

#[test]
fn every_fate_is_said_plainly_and_the_worst_comes_first() {
    let lost = said(&resources(&[table("", "Orders")]), &resources(&[]));
    assert!(lost.contains("! Orders (DynamoDB table, app stack) leaves · data: LOSE: it is deleted, and no snapshot is taken"), "{lost}");
    assert!(lost.ends_with("! 1 resource's data need your word: --accept-data-fate Orders\n"), "{lost}");
    let policies = "    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n";
    let kept = said(&resources(&[table(policies, "Kept"), table("", "Orders")]), &resources(&[]));
    assert!(kept.find("! Orders").unwrap() < kept.find("! Kept").unwrap(), "{kept}");
    assert!(kept.contains("retain: it stays at AWS outside of any stack, still billed; the app loses it"), "{kept}");
    let database = "  Database: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres}}\n".to_owned();
    let snapshot = said(&resources(&[database]), &resources(&[]));
    assert!(snapshot.contains("! Database (RDS instance, app stack) leaves · data: snapshot: a snapshot is taken"), "{snapshot}");
}

#[test]
fn what_depends_on_a_condition_is_said_to() {
    let of = |condition: &str| {
        format!("Conditions: {{Big: !Equals [!Ref 'AWS::Region', x]}}\nResources:\n{TOPIC}{}", table(condition, "Orders"))
    };
    let may = said(&of(""), &of("    Condition: Big\n"));
    assert!(may.contains("! Orders (DynamoDB table, app stack) may leave, as a condition decides · data: perhaps LOSE"), "{may}");
}

#[test]
fn several_alike_are_told_in_one_line_with_their_names() {
    let tables: Vec<String> = (1..=3).map(|number| table("", &format!("Table{number}"))).collect();
    let lost = said(&resources(&tables), &resources(&[]));
    assert!(lost.contains("! Table1, Table2, Table3 (3 × DynamoDB table, app stack) leave · data: LOSE"), "{lost}");
}

fn group(port: u16, vpc: &str) -> String {
    format!(
        "Resources:\n  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: {vpc}}}}}\n  Web:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    \
         Properties: {{Name: web, Port: {port}, Protocol: HTTP, VpcId: !Ref Vpc}}\n"
    )
}

#[test]
fn a_replacement_names_its_cause_and_a_name_that_is_taken() {
    let port = said(&group(80, "10.0.0.0/16"), &group(8080, "10.0.0.0/16"));
    assert!(port.contains("± Web (ElasticLoadBalancingV2 target group, app stack) is replaced: Port 80 → 8080 (create-only)"), "{port}");
    let followed = said(&group(80, "10.0.0.0/16"), &group(80, "10.1.0.0/16"));
    assert!(followed.contains("VpcId takes Vpc, which is replaced"), "{followed}");
    assert!(followed.contains("CidrBlock 10.0.0.0/16 → 10.1.0.0/16 (create-only)"), "{followed}");
    let detail = in_detail(&group(80, "10.0.0.0/16"), &group(8080, "10.0.0.0/16"));
    assert!(detail.contains("~ Port: 80 → 8080  # forces replacement"), "{detail}");
}

#[test]
fn a_script_is_compared_line_by_line() {
    let of = |line: &str| {
        format!(
            "Resources:\n  Web:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n      LaunchTemplateData:\n        UserData: |\n          one\n          {line}\n          three\n"
        )
    };
    let detail = in_detail(&of("two"), &of("deux"));
    assert!(detail.contains("-two\n") && detail.contains("+deux\n") && detail.contains(" three\n"), "{detail}");
}

#[test]
fn two_sides_that_agree_get_one_calm_sentence() {
    let same = said(&resources(&[]), &resources(&[]));
    assert_eq!(same, "old → new · 1 stack\nNo differences: 1 resource in 1 stack are the same.\n");
    let mut broken = side("new", &resources(&[]));
    broken.sets[0].broken.push(Broken { name: "data.yaml".to_owned(), problem: "line 3 is not YAML".to_owned() });
    let unread = text(&shown(&difference(&side("old", &resources(&[])), &broken)), false, &Look::PLAIN);
    assert!(unread.contains("No differences in what could be read") && unread.contains("Not seen  data.yaml"), "{unread}");
}

#[test]
fn what_is_accepted_needs_no_word() {
    let lost = between(&resources(&[table("", "Orders")]), &resources(&[]));
    let accepted = ["Orders".to_owned()];
    let gone = breaches(&lost, &[Gate::DataFate], &accepted);
    let asked = Shown { difference: &lost, breaches: &gone, accepted: &accepted };
    let said = text(&asked, false, &Look::PLAIN);
    assert!(said.contains("accepted") && !said.contains("need your word"), "{said}");
    assert!(sarif(&asked).contains("suppressions") && !junit(&asked).contains("<failure"));
}

#[test]
fn whoever_looks_for_delete_finds_every_loss() {
    let old = resources(&[table("", "Orders"), "  Old: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 7}}\n".to_owned()]);
    let new = "Resources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: other}}\n  New: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 7}}\n";
    let document: serde_json::Value = serde_json::from_str(&json(&shown(&between(&old, new)))).unwrap();
    let all = document["sets"][0]["stacks"][0]["resources"].as_array().unwrap().clone();
    let of = |id: &str| all.iter().find(|one| one["id"] == id).unwrap().clone();
    assert_eq!((&of("Orders")["action"], &of("Orders")["actions"]), (&"removed".into(), &serde_json::json!(["delete"])));
    assert_eq!((&of("Topic")["action"], &of("Topic")["actions"]), (&"replaced".into(), &serde_json::json!(["delete", "create"])));
    assert_eq!((&of("New")["old_id"], &of("New")["actions"]), (&"Old".into(), &serde_json::json!(["delete", "create"])));
}

#[test]
fn a_secret_is_in_no_view() {
    let of = |password: &str, size: u8| {
        format!(
            "Resources:\n  Database:\n    Type: AWS::RDS::DBInstance\n    Properties: {{MasterUserPassword: {password}, Engine: postgres, AllocatedStorage: {size}}}\n"
        )
    };
    let secrets = between(&of("first-Pa55word-of-all", 20), &of("other-Pa55word-of-all", 30));
    let shown = shown(&secrets);
    let views = [
        text(&shown, true, &Look::PLAIN),
        text(&shown, false, &Look::PLAIN),
        json(&shown),
        markdown(&shown, 60_000),
        sarif(&shown),
        junit(&shown),
    ];
    for view in &views {
        assert!(!view.contains("Pa55word"), "{view}");
    }
    assert!(views[0].contains("MasterUserPassword: (hidden)"), "{}", views[0]);
}

/// Templates may hold anything.
const HOSTILE: &str = "<!-- scalectl-diff --> | `x` @team #9876 GH-7 www.evil.example https://evil.example <img src=x> </pre></details> *b* \\u001b[2J\\u0007 \\u202e";

#[test]
fn text_of_a_template_neither_formats_nor_mentions_nor_forges_the_marker() {
    let of = |value: &str| {
        format!(
            "Resources:\n  \"Topic{HOSTILE}\":\n    Type: AWS::SNS::Topic\n    Metadata: {{scalectl: {{why: \"a {HOSTILE}\"}}}}\n    Properties: {{TopicName: \"{value}\", DisplayName: \"{value}\\nnext\"}}\n  \
             \"Lost{HOSTILE}\": {{Type: AWS::DynamoDB::Table}}\n"
        )
    };
    let mut new = of(&format!("new {HOSTILE}"));
    new.truncate(new.find("  \"Lost").unwrap());
    let hostile = between(&of("old"), &new);
    let broken = breaches(&hostile, &[Gate::DataFate, Gate::Replace], &[]);
    let asked = Shown { difference: &hostile, breaches: &broken, accepted: &[] };
    let comment = markdown(&asked, 60_000);
    assert_eq!(comment.matches(MARKER).count(), 1, "{comment}");
    for bad in ["<!-- s", "<img", "</pre></details>", "\u{1b}", "\u{202e}"] {
        assert!(!comment.get(MARKER.len()..).unwrap().contains(bad), "{bad}: {comment}");
    }
    // In the folded blocks hosts look for nothing; everywhere else nothing may be left to find.
    let (mut outside, mut folded) = (String::new(), false);
    for line in comment.lines() {
        folded = (folded || line == "<pre>") && line != "</pre>";
        outside.push_str(if folded { "" } else { line });
    }
    for bad in ["`", "@", "#9876", "GH-7", "www.", "https:", "*b*"] {
        assert!(!outside.contains(bad), "{bad}: {outside}");
    }
    assert!(comment.lines().filter(|line| line.starts_with("| **")).all(|line| line.matches('|').count() == 6), "{comment}");
    for colour in [false, true] {
        for detail in [false, true] {
            let screen = text(&asked, detail, &Look { width: 100, colour, unicode: true });
            assert!(!screen.contains("\u{1b}[2J") && !screen.contains('\u{7}') && !screen.contains('\u{202e}'), "{screen}");
            assert_eq!(screen.contains('\u{1b}'), colour);
        }
    }
    let report = junit(&asked);
    assert!(report.chars().all(|c| c == '\n' || !c.is_control()) && !report.contains("<!--") && !report.contains("<img"), "{report}");
    let pairs = [Pair { from: "a|b".to_owned(), to: "<c>".to_owned(), difference: between(&of("old"), &new) }];
    assert!(!matrix_markdown(&pairs).contains("<img") && !matrix(&pairs, &Look::PLAIN).contains('\u{1b}'));
}

#[test]
fn where_only_ascii_can_be_shown_nothing_else_is() {
    let look = Look { unicode: false, ..Look::PLAIN };
    let lost = between(&resources(&[table("", "Orders")]), &group(80, "10.0.0.0/16"));
    let said = text(&shown(&lost), true, &look);
    assert!(said.is_ascii(), "{said}");
    let pairs = [Pair { from: "a".to_owned(), to: "b".to_owned(), difference: lost }];
    assert!(matrix(&pairs, &look).is_ascii(), "{}", matrix(&pairs, &look));
}

#[test]
fn what_opens_and_what_is_found_is_in_every_view() {
    let mut opened = between(&resources(&[]), &resources(&["  Queue: {Type: AWS::SQS::Queue}\n".to_owned()]));
    let exposure = |kind, id: &str, what: &str| Exposure {
        kind,
        stack: "app".to_owned(),
        id: id.to_owned(),
        what: what.to_owned(),
        sure: kind != ExposureKind::Port,
    };
    let set = &mut opened.sets[0];
    set.exposures = (0..9).map(|at| exposure(ExposureKind::Policy, &format!("Role{at}"), &format!("may do {at} more"))).collect();
    set.exposures.push(exposure(ExposureKind::Port, "Web", "22 is open to the internet"));
    set.findings.push(Finding {
        rule: RULES[0],
        file: 0,
        name: "app.yaml".to_owned(),
        resource: Some("Queue".to_owned()),
        path: Vec::new(),
        place: None,
        message: "it is not as it should be".to_owned(),
    });
    let shown = shown(&opened);
    let brief = text(&shown, false, &Look::PLAIN);
    assert!(brief.contains("  Security  port, perhaps: Web (app) 22 is open to the internet\n"), "{brief}");
    assert!(brief.contains("policy: Role1 (app)") && !brief.contains("Role2") && brief.contains("7 more wider policies"), "{brief}");
    assert!(text(&shown, true, &Look::PLAIN).contains("policy: Role8 (app)"));
    let views = [brief, json(&shown), markdown(&shown, 60_000), sarif(&shown)];
    for view in views {
        assert!(view.contains("22 is open to the internet") && view.contains("it is not as it should be"), "{view}");
    }
    let run: serde_json::Value = serde_json::from_str(&sarif(&shown)).unwrap();
    let (rules, results) = (&run["runs"][0]["tool"]["driver"]["rules"], run["runs"][0]["results"].as_array().unwrap());
    assert_eq!(results.len(), 11);
    for result in results {
        let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[at]["id"], result["ruleId"]);
    }
}

fn many(tables: usize, topics: usize, name: &str) -> String {
    let mut text = "Resources:\n  One: {Type: AWS::SNS::Topic}\n".to_owned();
    for number in 0..tables {
        text.push_str(&format!(
            "  Table{number:04}:\n    Type: AWS::DynamoDB::Table\n    Metadata: {{scalectl: {{component: c{number}}}}}\n"
        ));
    }
    for number in 0..topics {
        text.push_str(&format!("  Topic{number:04}: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: \"{name} of a long kind\"}}}}\n"));
    }
    text
}

#[test]
fn a_comment_of_thousands_of_resources_keeps_every_danger_and_says_what_is_cut() {
    let difference = between(&many(60, 5_000, "old"), &many(0, 5_000, "new"));
    let comment = markdown(&shown(&difference), 60_000);
    assert!(comment.chars().count() <= 60_000, "{}", comment.chars().count());
    for number in 0..60 {
        assert!(comment.contains(&format!("- **!** Table{number:04} (DynamoDB table, app stack) leaves · data: LOSE")), "{number}");
    }
    assert!(comment.contains("Topic0000") && comment.contains("Topic4999") && !comment.contains("Topic2500"));
    let cut = comment.lines().find(|line| line.contains("cut here")).unwrap();
    let number: usize = cut.split_whitespace().nth(1).unwrap().replace(',', "").parse().unwrap();
    let told = comment.lines().filter(|line| line.starts_with("  ~ Topic") || line.starts_with("  - Table")).count();
    assert!(told > 300, "{told} lines are told");
    // What is removed has a line of properties for each, and the stack has one.
    assert_eq!(told + number, 5_000 + 60, "{cut}");
    assert_eq!(comment.matches("<details>").count(), comment.matches("</details>").count());
    assert_eq!(comment.matches("<pre>").count(), comment.matches("</pre>").count());
}

#[test]
fn where_not_even_the_dangers_have_room_losses_are_named_and_the_rest_is_counted() {
    let difference = between(&many(7_000, 0, "old"), &many(0, 0, "new"));
    let comment = markdown(&shown(&difference), 60_000);
    assert!(comment.chars().count() <= 60_000, "{}", comment.chars().count());
    let line = comment.lines().find(|line| line.contains("are or may be LOST:")).unwrap();
    let named = line.matches("Table").count();
    let more: usize = line.split(" … and ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert_eq!(named + more, 7_000);
    assert!(named > 4_000, "only {named} are named in {} characters", line.len());
}

#[test]
fn no_limit_is_ever_exceeded() {
    let difference = between(&many(40, 40, "old"), &many(0, 40, "new"));
    for most in [0, 10, 100, 300, 700, 1_500, 3_000, 5_000, 8_000, 20_000] {
        let comment = markdown(&shown(&difference), most);
        assert!(comment.chars().count() <= most, "{} of {most}", comment.chars().count());
    }
}
