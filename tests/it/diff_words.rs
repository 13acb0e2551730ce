//! A difference in words: what people, scripts, pull requests, code hosts and test reports get of real phases and of hostile templates.

use scalectl::catalog::Catalog;
use scalectl::check::File;
use scalectl::diff::{self, Difference, Gate, Pair, Side, SideSet};
use scalectl::report::diff::{self as words, Shown};
use scalectl::report::look::Look;
use scalectl::settings::Settings;
use scalectl::{phase, render};

use crate::identity::architecture;
use crate::program::desk;
use crate::python::python;
use crate::tree::PHASES;

/// A phase sized for its first user, as a side with its figures.
pub fn side(id: &str) -> Side {
    let architecture = architecture(id, phase::find(id).unwrap().from, &Settings::default());
    let stacks = render::stacks(&architecture).unwrap();
    let figures = diff::figures(&architecture, &stacks, &Catalog::builtin().unwrap()).unwrap();
    let mut set = SideSet::of_stacks(id, &architecture, stacks);
    set.figures = Some(figures);
    Side { name: id.to_owned(), sets: vec![set] }
}

fn between(from: &str, to: &str) -> Difference {
    diff::difference(&side(from), &side(to))
}

fn wide(width: usize) -> Look {
    Look { width, ..Look::PLAIN }
}

fn road() -> Vec<Pair> {
    let sides: Vec<Side> = PHASES.into_iter().map(side).collect();
    diff::matrix(&sides)
}

fn shown(difference: &Difference) -> Shown<'_> {
    Shown { difference, breaches: &[], accepted: &[] }
}

/// Two versions of all phases, as a pull request has them: one server more at 10k, another zone's name in prelaunch.
fn request() -> Difference {
    let mut from = Side { name: "git:origin/main".to_owned(), sets: Vec::new() };
    let mut to = Side { name: "templates".to_owned(), sets: Vec::new() };
    for id in PHASES {
        from.sets.extend(side(id).sets);
        to.sets.extend(side(id).sets);
    }
    let template = |side: &mut Side, set: usize, file: &str, work: &dyn Fn(&mut cfn::Template)| {
        let files = &mut side.sets[set].files.files;
        work(&mut files.iter_mut().find(|one| one.name.ends_with(file)).unwrap().template);
    };
    template(&mut to, 4, "/app.yaml", &|template| {
        template.resources["WebServers"].properties.insert("MaxSize".to_owned(), cfn::Node::from("9"));
    });
    template(&mut to, 3, "/data.yaml", &|template| {
        template.resources.shift_remove("DatabaseFollower").unwrap();
    });
    diff::difference(&from, &to)
}

#[test]
fn people_read_it_like_this() {
    let up = between("1k", "10k");
    insta::assert_snapshot!("diff_1k_10k_80", words::text(&shown(&up), false, &wide(80)));
    insta::assert_snapshot!("diff_1k_10k_110", words::text(&shown(&up), false, &wide(110)));
    insta::assert_snapshot!("diff_1k_10k_detail", words::text(&shown(&up), true, &wide(110)));
    let down = between("10k", "1k");
    insta::assert_snapshot!("diff_10k_1k_80", words::text(&shown(&down), false, &wide(80)));
    let request = request();
    let breaches = diff::breaches(&request, &[Gate::DataFate, Gate::Replace], &[]);
    let asked = Shown { difference: &request, breaches: &breaches, accepted: &[] };
    insta::assert_snapshot!("diff_request_80", words::text(&asked, false, &wide(80)));
    insta::assert_snapshot!("diff_request_comment", words::markdown(&asked, 60_000));
    insta::assert_snapshot!("diff_request_junit", words::junit(&asked));
    insta::assert_snapshot!("diff_1k_10k_comment", words::markdown(&shown(&up), 60_000));
    let same = between("10k", "10k");
    let calm = words::text(&shown(&same), false, &wide(80));
    assert!(calm.starts_with("10k → 10k · phase 10k for 10,000 users on both sides\nNo differences: "), "{calm}");
    assert_eq!(calm.lines().count(), 2, "{calm}");
}

const OLD: &str = "Resources:
  Orders:
    Type: AWS::DynamoDB::Table
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.0.0.0/16 }
  Web:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { Name: web, Port: 80, VpcId: !Ref Vpc }
  Database:
    Type: AWS::RDS::DBInstance
    Properties: { Engine: postgres, AllocatedStorage: '20', MasterUserPassword: never-to-be-seen-1 }
";

const NEW: &str = "Transform: Polish
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.1.0.0/16 }
  Web:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { Name: web, Port: 8080, VpcId: !Ref Vpc }
  Database:
    Type: AWS::RDS::DBInstance
    Properties: { Engine: postgres, AllocatedStorage: '40', MasterUserPassword: never-to-be-seen-2 }
Outputs:
  Address: { Value: !GetAtt Database.Endpoint.Address }
";

/// Two templates of somebody's own.
fn own() -> Difference {
    let side = |name: &str, text: &str| Side::of_files(name, vec![File::read(&format!("{name}/app.yaml"), text).unwrap()]);
    let (from, to) = (side("old", OLD), side("new", NEW));
    let mut difference = diff::difference(&from, &to);
    diff::add_findings(&mut difference, &from, &to);
    difference
}

#[test]
fn scripts_and_code_hosts_read_it_like_this() {
    let own = own();
    let breaches = diff::breaches(&own, &[Gate::DataFate, Gate::Replace], &["Orders".to_owned()]);
    let accepted = ["Orders".to_owned()];
    let asked = Shown { difference: &own, breaches: &breaches, accepted: &accepted };
    insta::assert_snapshot!("diff_own_80", words::text(&asked, true, &wide(80)));
    insta::assert_snapshot!("diff_own_json", words::json(&asked));
    insta::assert_snapshot!("diff_own_sarif", results(&words::sarif(&asked)));
    insta::assert_snapshot!("diff_own_junit", words::junit(&asked));
    insta::assert_snapshot!("diff_own_comment", words::markdown(&asked, 60_000));
}

/// The results of a SARIF document without the rules, which have tests of their own; keys sorted, because their order is no part of JSON and depends
/// on what else is built.
fn results(sarif: &str) -> String {
    let document = cfn::json::parse(sarif).unwrap().root;
    let run = &document.get("runs").and_then(cfn::Node::as_list).unwrap()[0];
    cfn::json::write(&sorted(run.get("results").unwrap()))
}

fn sorted(node: &cfn::Node) -> cfn::Node {
    match node {
        cfn::Node::Map(map) => {
            let mut entries: Vec<(String, cfn::Node)> = map.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            cfn::Node::map(entries)
        }
        cfn::Node::List(items) => cfn::Node::List(items.iter().map(sorted).collect()),
        scalar => scalar.clone(),
    }
}

#[test]
fn a_step_of_the_road_fits_two_screens_and_begins_with_the_database() {
    let said = words::text(&shown(&between("1k", "10k")), false, &wide(80));
    assert!(said.lines().count() <= 48, "{} lines:\n{said}", said.lines().count());
    let second = said.lines().nth(1).unwrap();
    assert!(second.starts_with("! Database"), "{second}");
    assert!(said.contains("by replica promotion → DatabaseCluster"), "{said}");
}

#[test]
fn nothing_is_wider_than_the_screen() {
    for pair in road() {
        for width in [80, 160] {
            for detail in [false, true] {
                let said = words::text(&shown(&pair.difference), detail, &wide(width));
                let widest = said.lines().max_by_key(|line| line.chars().count()).unwrap();
                assert!(widest.chars().count() <= width, "{} → {} in {width} columns, detail {detail}: {widest}", pair.from, pair.to);
            }
        }
    }
}

#[test]
fn the_matrix_of_the_road_reads_like_this() {
    let road = road();
    let said = words::matrix(&road, &wide(80));
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    insta::assert_snapshot!("diff_matrix", said);
    insta::assert_snapshot!("diff_matrix_markdown", words::matrix_markdown(&road));
    let document: serde_json::Value = serde_json::from_str(&words::matrix_json(&road)).unwrap();
    assert_eq!(document["pairs"].as_array().unwrap().len(), PHASES.len() * (PHASES.len() - 1));
    assert_eq!(document["phases"], serde_json::json!(PHASES));
    let of = |from: &str, to: &str| {
        let pairs = document["pairs"].as_array().unwrap();
        pairs.iter().find(|pair| pair["from"] == from && pair["to"] == to).unwrap().clone()
    };
    let moved = of("1k", "10k");
    let leader = moved["data"].as_array().unwrap().iter().find(|one| one["id"] == "DatabaseLeader").unwrap();
    assert_eq!((&leader["fate"], &leader["move"]), (&"move".into(), &"replica-promotion".into()));
}

#[test]
fn the_documents_for_scripts_are_as_their_schemas_say() {
    let request = request();
    let breaches = diff::breaches(&request, &[Gate::DataFate, Gate::Replace], &[]);
    let asked = Shown { difference: &request, breaches: &breaches, accepted: &[] };
    let own = own();
    let documents = [
        ("diff", words::json(&shown(&between("1k", "10k")))),
        ("diff", words::json(&shown(&between("10m", "prelaunch")))),
        ("diff", words::json(&asked)),
        ("diff", words::json(&shown(&own))),
        ("matrix", words::matrix_json(&road())),
        ("xml", words::junit(&asked)),
        ("xml", words::junit(&shown(&own))),
    ];
    let desk = desk();
    for schema in ["diff", "matrix"] {
        desk.write(&format!("{schema}.schema.json"), desk.run(&["schema", schema]).exits(0).stdout);
    }
    let mut judge = std::process::Command::new(python());
    judge.args(["-c", JUDGE]).current_dir(desk.path());
    for (at, (kind, document)) in documents.iter().enumerate() {
        desk.write(&format!("{at}"), document);
        judge.args([*kind, &at.to_string()]);
    }
    let said = judge.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&said.stdout).into_owned(), String::from_utf8_lossy(&said.stderr).into_owned());
    assert!(said.status.success() && out.is_empty(), "the published schema disagrees:\n{out}{err}");
}

/// Nothing may be in a document that its schema does not name.
const JUDGE: &str = r#"
import json, sys, xml.etree.ElementTree as tree
from jsonschema import Draft202012Validator
for kind, name in zip(sys.argv[1::2], sys.argv[2::2]):
    if kind == "xml":
        for suite in tree.parse(name).getroot().findall("testsuite"):
            failed = [case for case in suite.findall("testcase") if case.find("failure") is not None]
            if int(suite.get("failures")) != len(failed) or int(suite.get("tests")) != len(suite.findall("testcase")):
                print(name, "counts wrongly")
        continue
    schema, document = json.load(open(kind + ".schema.json")), json.load(open(name))
    Draft202012Validator.check_schema(schema)
    parts = [schema, *schema["$defs"].values()]
    parts += [inner for part in parts for inner in part["properties"].values() if "properties" in inner]
    for part in parts: part["additionalProperties"] = False
    for error in Draft202012Validator(schema).iter_errors(document):
        print(name, error.json_path, error.message)
    document["format_version"] = 0
    assert list(Draft202012Validator(schema).iter_errors(document)), "the judge sees nothing"
"#;

#[test]
fn new_revisions_are_told_in_one_line_and_stop_nobody_and_data_that_stay_are_said_to() {
    let difference = between("500k", "10m");
    let said = words::text(&shown(&difference), false, &wide(200));
    assert_eq!(said.lines().filter(|line| line.starts_with('±')).count(), 1, "{said}");
    assert!(said.contains("4 × ECS task definition") && said.contains("each is a new revision"), "{said}");
    assert!(said.contains("nothing that holds data leaves, moves or is replaced"), "{said}");
    assert!(diff::breaches(&difference, &[Gate::Replace, Gate::DataFate], &[]).is_empty());
    assert!(!words::text(&shown(&between("1k", "10k")), false, &wide(100)).contains("nothing that holds data"));
    let replaced = diff::breaches(&between("1k", "10k"), &[Gate::Replace], &[]);
    assert_eq!(replaced.iter().filter_map(|breach| breach.id.as_deref()).collect::<Vec<_>>(), ["PublicHealthCheck"]);
}
