//! `scalectl cost` and `scalectl headroom` as people and scripts see them: sums that add up, formats, schemas, and what happens with bad input.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::program::{desk, finished};
use crate::python::python;
use crate::tree::{PHASES, read};

fn json(arguments: &[&str]) -> Value {
    let said = desk().run(arguments).exits(0).stdout;
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

fn decimal(value: &Value) -> Decimal {
    Decimal::from_str(value.as_str().unwrap_or_else(|| panic!("{value} is no amount"))).unwrap()
}

fn on_screen(columns: usize, arguments: &[&str]) -> String {
    let desk = desk();
    let mut command = desk.command(arguments);
    command.env("COLUMNS", columns.to_string());
    finished(command).exits(0).stdout
}

#[test]
fn the_lines_add_up_to_the_total_to_the_cent_and_so_do_the_parts() {
    for phase in PHASES {
        let bill = json(&["cost", "--phase", phase, "--format", "json"]);
        let lines = bill["lines"].as_array().unwrap();
        let sum = |of: &dyn Fn(&&Value) -> bool| lines.iter().filter(of).map(|line| decimal(&line["month"])).sum::<Decimal>();
        let total = decimal(&bill["month_usd"]);
        // Nobody yet, and all that stands is free.
        assert!(total > Decimal::ZERO || phase == "prelaunch", "{phase} costs nothing");
        assert_eq!(sum(&|_| true), total, "{phase}");
        assert_eq!(decimal(&bill["standing_usd"]) + decimal(&bill["usage_usd"]), total, "{phase}");
        assert_eq!(sum(&|line| line["basis"] == "standing"), decimal(&bill["standing_usd"]), "{phase}");
        assert_eq!(sum(&|line| line["estimated"] == true), decimal(&bill["estimated_usd"]), "{phase}");
        assert!(decimal(&bill["low_usd"]) <= total && total <= decimal(&bill["high_usd"]), "{phase}");
        for line in lines {
            let (quantity, free) = (decimal(&line["quantity"]), decimal(&line["free"]));
            assert!(free <= quantity && decimal(&line["month"]).scale() <= 2, "{phase}: {line}");
            let exact = (quantity - free) * decimal(&line["unit_price"]);
            assert!(
                (exact - decimal(&line["month"])).abs() <= Decimal::new(1, 2),
                "{phase}: quantity and price do not make the amount: {line}"
            );
            assert!(!line["why"].as_str().unwrap().is_empty(), "{phase}: {line}");
        }
        let csv = desk().run(&["cost", "--phase", phase, "--format", "csv"]).exits(0).stdout;
        assert_eq!(csv.lines().count(), lines.len() + 1, "{phase}");
        let plan = json(&["plan", "--phase", phase, "--format", "json"]);
        assert_eq!(plan["bill"]["month_usd"], bill["month_usd"], "{phase}: plan and cost disagree");
    }
}

#[test]
fn prelaunch_keeps_its_promise_of_less_than_five_dollars() {
    let bill = json(&["cost", "--phase", "prelaunch", "--format", "json"]);
    assert!(decimal(&bill["month_usd"]) < Decimal::from(5), "{}", bill["month_usd"]);
    assert_eq!(bill["per_thousand_users_usd"], Value::Null, "nobody is there to divide by");
}

#[test]
fn the_bill_and_the_headroom_read_like_this() {
    for phase in ["launch", "500k"] {
        insta::assert_snapshot!(format!("cost_{phase}"), on_screen(100, &["cost", "--phase", phase]));
        insta::assert_snapshot!(format!("headroom_{phase}"), on_screen(100, &["headroom", "--phase", phase]));
    }
    insta::assert_snapshot!("cost_1k_detail", on_screen(120, &["cost", "--phase", "1k", "--detail"]));
    insta::assert_snapshot!("curve", on_screen(110, &["cost", "--from", "0", "--to", "10M"]));
}

#[test]
fn nothing_is_wider_than_the_screen() {
    for phase in PHASES {
        for columns in [80, 160] {
            for arguments in
                [&["cost", "--phase", phase][..], &["cost", "--phase", phase, "--detail"], &["headroom", "--phase", phase, "--detail"]]
            {
                let said = on_screen(columns, arguments);
                let widest = said.lines().map(|line| line.chars().count()).max().unwrap();
                assert!(widest <= columns, "{phase}: {widest} of {columns} columns: {arguments:?}");
                assert!(!said.contains('\u{1b}'), "{phase}: colour although NO_COLOR is set");
            }
        }
    }
}

#[test]
fn the_documents_for_scripts_are_as_their_schemas_say() {
    let desk = desk();
    let documents = [
        ("cost", vec!["cost", "--phase", "500k", "--format", "json"]),
        ("cost", vec!["cost", "--phase", "prelaunch", "--format", "json"]),
        ("curve", vec!["cost", "--from", "0", "--to", "10M", "--points", "20", "--format", "json"]),
        ("headroom", vec!["headroom", "--phase", "500k", "--format", "json"]),
        ("headroom", vec!["headroom", "--phase", "10m", "--format", "json"]),
    ];
    let mut files = Vec::new();
    for (index, (schema, arguments)) in documents.iter().enumerate() {
        let (document, of) = (format!("{index}.json"), format!("{schema}.schema.json"));
        desk.write(&document, desk.run(arguments).exits(0).stdout);
        desk.write(&of, desk.run(&["schema", schema]).exits(0).stdout);
        files.extend([of, document]);
    }
    let mut judge = std::process::Command::new(python());
    judge.args(["-c", JUDGE]).args(&files).current_dir(desk.path());
    let said = judge.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&said.stdout).into_owned(), String::from_utf8_lossy(&said.stderr).into_owned());
    assert!(said.status.success() && out.is_empty(), "a published schema disagrees:\n{out}{err}");
}

const JUDGE: &str = r#"
import json, sys
from jsonschema import Draft202012Validator
pairs = list(zip(sys.argv[1::2], sys.argv[2::2]))
for of, name in pairs:
    schema, document = json.load(open(of)), json.load(open(name))
    Draft202012Validator.check_schema(schema)
    for part in [schema, *schema["$defs"].values()]:
        if "properties" in part: part["additionalProperties"] = False
    for error in Draft202012Validator(schema).iter_errors(document):
        print(name, error.json_path, error.message)
    document["format_version"] = 0
    assert list(Draft202012Validator(schema).iter_errors(document)), "the judge sees nothing"
"#;

#[test]
fn the_curve_has_every_step_and_never_falls_within_a_phase() {
    let curve = json(&["cost", "--from", "0", "--to", "10M", "--format", "json"]);
    let points = curve["points"].as_array().unwrap();
    assert!(points.len() >= 150, "{} points", points.len());
    let mut before: Option<&Value> = None;
    for point in points {
        if let Some(before) = before.filter(|before| before["phase"] == point["phase"]) {
            let (less, more) = (decimal(&before["month_usd"]), decimal(&point["month_usd"]));
            assert!(more + Decimal::ONE >= less, "{before} costs more than {point}");
        }
        before = Some(point);
    }
    for (phase, from) in [("launch", 1), ("10", 10), ("1k", 1_000), ("10k", 10_000), ("500k", 500_000), ("10m", 10_000_000)] {
        assert!(points.iter().any(|point| point["users"] == from && point["phase"] == phase), "{phase}");
        assert!(points.iter().any(|point| point["users"] == from - 1 && point["phase"] != phase), "{phase}");
    }
    let csv = desk().run(&["cost", "--from", "0", "--to", "10M", "--format", "csv"]).exits(0).stdout;
    assert_eq!(csv.lines().count(), points.len() + 1);
}

#[test]
fn the_picture_is_one_complete_svg_and_shows_every_phase() {
    let svg = desk().run(&["cost", "--from", "0", "--to", "10M", "--format", "svg"]).exits(0).stdout;
    let mut judge = std::process::Command::new(python());
    let desk = desk();
    desk.write("curve.svg", &svg);
    judge
        .args(["-c", "import xml.etree.ElementTree as t; r = t.parse('curve.svg').getroot(); print(r.tag, len(r.findall('{*}polyline')))"]);
    let said = judge.current_dir(desk.path()).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(said.trim(), "{http://www.w3.org/2000/svg}svg 7", "a line for each phase");
    assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("http://www.w3.org/1999"));
    for phase in PHASES {
        assert!(svg.contains(&format!(">{phase}</text>")), "{phase}");
    }
}

#[test]
fn a_missing_price_is_named_or_a_gap_that_is_told_and_never_zero() {
    let prices = read("data/prices.yaml");
    let desk = desk();
    let without: Vec<&str> = prices.lines().filter(|line| !line.starts_with("  alb.lcu:")).collect();
    desk.write("prices.yaml", without.join("\n") + "\n");
    desk.run(&["cost", "--phase", "1k", "--prices", "prices.yaml"]).exits(1).says(&[
        "load_balancer: the price list has no `alb.lcu`",
        "--allow-unpriced",
        "--price-region",
        "us-east-1, us-west-2",
    ]);
    let gap = desk.run(&["cost", "--phase", "1k", "--prices", "prices.yaml", "--allow-unpriced"]).exits(0);
    let gap = gap.says(&["1 thing has no price and is not in it", "Unknown", "alb.lcu"]);
    assert!(!gap.stdout.contains("alb.lcu: 0"));
    desk.run(&["plan", "--phase", "1k", "--prices", "prices.yaml"]).exits(0).says(&["1 thing has no price and is not in it"]);
    let with = json(&["cost", "--phase", "1k", "--format", "json"]);
    let without = desk.run(&["cost", "--phase", "1k", "--prices", "prices.yaml", "--allow-unpriced", "--format", "json"]).exits(0).stdout;
    let without: Value = serde_json::from_str(&without).unwrap();
    assert!(decimal(&without["month_usd"]) < decimal(&with["month_usd"]));
    assert_eq!(without["unpriced_lines"].as_array().unwrap().len(), 1);
}

#[test]
fn a_price_list_of_the_users_is_used_and_a_bad_one_is_told_with_its_line() {
    let prices = read("data/prices.yaml");
    let desk = desk();
    let line = prices.lines().find(|line| line.starts_with("  alb.hour:")).unwrap();
    desk.write("dear.yaml", prices.replace(line, &line.replace("us-east-1: 0.0225", "us-east-1: 1.0225")));
    let usual = json(&["cost", "--phase", "1k", "--format", "json"]);
    let dear = desk.run(&["cost", "--phase", "1k", "--prices", "dear.yaml", "--format", "json"]).exits(0).stdout;
    let dear: Value = serde_json::from_str(&dear).unwrap();
    assert_eq!(decimal(&dear["month_usd"]) - decimal(&usual["month_usd"]), Decimal::from(730));
    desk.write("future.yaml", prices.replace("format_version: 1", "format_version: 2"));
    desk.run(&["cost", "--phase", "1k", "--prices", "future.yaml"])
        .exits(1)
        .says(&["future.yaml:1: this price list is of format version 2", "update scalectl"]);
    desk.write("empty.yaml", "");
    desk.run(&["cost", "--phase", "1k", "--prices", "empty.yaml"]).exits(1).says(&["empty.yaml:1: there is no line `prices:`"]);
    let number = prices.lines().position(|one| one == line).unwrap() + 1;
    desk.write("broken.yaml", prices.replace(line, "  alb.hour: {unit: hour, usd: {us-east-1: cheap}, source: calc}"));
    desk.run(&["cost", "--phase", "1k", "--prices", "broken.yaml"]).exits(1).says(&[
        &format!("broken.yaml:{number}: "),
        "alb.hour",
        "cheap",
    ]);
    desk.run(&["cost", "--phase", "1k", "--prices", "nowhere.yaml"]).exits(1).says(&["nowhere.yaml cannot be read"]);
}

#[test]
fn other_prices_stand_in_where_they_are_asked_for() {
    let home = json(&["cost", "--phase", "10k", "--format", "json"]);
    let there = json(&["cost", "--phase", "10k", "--price-region", "sa-east-1", "--format", "json"]);
    assert_eq!(there["price_region"], "sa-east-1");
    assert_eq!(there["regions"], home["regions"], "only the prices are others");
    assert!(decimal(&there["month_usd"]) > decimal(&home["month_usd"]));
    desk().run(&["cost", "--phase", "10k", "--price-region", "eu-north-1"]).exits(64).says(&[
        "--price-region",
        "eu-north-1",
        "it has figures for us-east-1",
    ]);
    let lacking = ["cost", "--phase", "10k", "--region", "eu-north-1"];
    desk().run(&lacking).exits(64).says(&[
        "eu-north-1, Europe (Stockholm), exists",
        "it has figures for us-east-1",
        "--price-region us-east-1",
    ]);
    let stands_in = desk().run(&[&lacking[..], &["--price-region", "eu-west-1"]].concat()).exits(0);
    stands_in.says(&["eu-north-1 has no prices here; the app is planned as in eu-west-1", "USD a month"]);
    desk().run(&["cost", "--phase", "10k", "--price-region", "us-esat-1"]).exits(64).says(&["did you mean `us-east-1`?"]);
}

#[test]
fn wrong_flags_are_answered_with_a_sentence() {
    let cases: [(&[&str], i32, &str); 10] = [
        (&["cost"], 64, "how far to build?"),
        (&["cost", "--users", "abc"], 64, "`abc` is not a number of users"),
        (&["cost", "--from", "0"], 64, "--to"),
        (&["cost", "--from", "10", "--to", "1"], 64, "turn them round"),
        (&["cost", "--from", "x", "--to", "1"], 64, "--from: `x` is not a number of users"),
        (&["cost", "--from", "0", "--to", "10", "--points", "1"], 64, "2..=2000"),
        (&["cost", "--from", "0", "--to", "10", "--format", "markdown"], 64, "text, csv, json or svg"),
        (&["cost", "--phase", "1k", "--format", "svg"], 64, "give --from and --to"),
        (&["headroom"], 64, "how far to build?"),
        (&["headroom", "--phase", "20k"], 64, "did you mean \"10k\"?"),
    ];
    for (arguments, code, words) in cases {
        let run = desk().run(arguments).exits(code).says(&[words]);
        assert!(run.stdout.is_empty(), "{arguments:?} printed data: {}", run.stdout);
    }
}

#[test]
fn more_users_than_any_phase_carries_are_told_what_breaks_and_where() {
    let run = desk().run(&["plan", "--users", "9000000000000"]).exits(1);
    let run = run.says(&["phase 10m carries up to ", "users under these assumptions; with one more: ", "no later phase carries more"]);
    let number = run.stderr.split("carries up to ").nth(1).unwrap().split(' ').next().unwrap().replace(',', "");
    desk().run(&["plan", "--phase", "10m", "--users", &number]).exits(0);
    let more = (number.parse::<u64>().unwrap() + 1).to_string();
    desk().run(&["plan", "--phase", "10m", "--users", &more]).exits(1);
    desk()
        .run(&["plan", "--phase", "launch", "--users", "50M"])
        .exits(1)
        .says(&["phase launch carries up to ", "phase 10 is for 10 users on"]);
    desk().run(&["cost", "--from", "1B", "--to", "18446744073709551615", "--points", "4"]).exits(0).says(&["18,446,744,073,709,551,615"]);
}
