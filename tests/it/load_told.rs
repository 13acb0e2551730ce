//! What the program says of the load and of bad assumptions, in the file and on the command line.

use scalectl::units::Users;
use scalectl::workload::{Assumptions, PROFILES, load};

use crate::program::desk;

/// What is said to `--assume`, each with exit code 64.
const REFUSED: [(&str, &str); 22] = [
    (
        "static_bytes_per_page=500ms",
        "static_bytes_per_page: `500ms` is a time, but the unit is bytes; write it like static_bytes_per_page=500KB",
    ),
    ("static_bytes_per_page=5Mb", "`5Mb` is a number of bits, but the unit is bytes"),
    ("session_ttl_hours=5KB", "`5KB` is a size, but the unit is hours; write it like session_ttl_hours=24h"),
    ("function_milliseconds=5/s", "`5/s` is a rate, but the unit is ms; write it like function_milliseconds=100ms"),
    ("stress_seconds_between_requests=5%", "is a percentage, but the unit is s; write it like stress_seconds_between_requests=60s"),
    ("dau_share=5s", "`5s` is a time, but the unit is share; write it like dau_share=20%"),
    ("requests_per_vcpu=100qps", "`100qps` ends in \"qps\", which is no unit known here; the unit is per second"),
    ("cache_hit_rate=1.2", "cache_hit_rate: `1.2` is out of range; it must be from 0 % to 99.9 % (default 85 %)"),
    ("cache_hit_rate=120%", "cache_hit_rate: `120%` is out of range; it must be from 0 % to 99.9 %"),
    ("chache_hit_rate=0.9", "no assumption is called `chache_hit_rate`; did you mean `cache_hit_rate`?"),
    ("write_shares=0.9", "did you mean `write_share`?"),
    ("write_share=1.3", "write_share: `1.3` is out of range; it must be from 0 % to 100 % (default 10 %)"),
    ("peak_factor=NaN", "peak_factor: `NaN` is not a number; write it like peak_factor=3"),
    ("peak_factor=inf", "peak_factor: `inf` is not a number"),
    ("peak_factor=-infinity", "peak_factor: `-infinity` is not a number"),
    ("peak_factor=1e400", "peak_factor: `1e400` is not a number"),
    ("peak_factor=3,5", "peak_factor: `3,5` is not a number"),
    ("peak_factor=-3", "peak_factor: `-3` is out of range; it must be from 1 to 100 (default 3)"),
    ("peak_factor=", "peak_factor is empty; write it like peak_factor=3"),
    ("", "`` is not of the form id=value, such as cache_hit_rate=0.9"),
    ("requests_per_page=60", "requests_per_page is 60, but requests_per_active_user_per_day is only 50 requests/day"),
    ("static_objects_per_page=0", "static_objects_per_page is 0, but static_bytes_per_page is 500 KB"),
];

#[test]
fn a_bad_assumption_is_refused_with_what_is_wrong_and_what_would_be_right() {
    let desk = desk();
    for (assume, message) in REFUSED {
        desk.run(&["explain", "load", "--users", "500", "--assume", assume]).exits(64).says(&[message]);
    }
    desk.run(&["plan", "--users", "500", "--assume", "peak_factor=4", "--assume", "peak_factor=5"])
        .exits(64)
        .says(&["peak_factor is set twice, to 4 and to 5; keep one"]);
    desk.run(&["plan", "--users", "500", "--assume", "read_share=.8", "--assume", "write_share=.3"])
        .exits(64)
        .says(&["read_share is 80 % and write_share is 30 %, which add to 110 %"]);
}

#[test]
fn a_bad_assumption_in_the_file_is_shown_with_its_place() {
    let desk = desk();
    let cases = [
        ("assume:\n  static_bytes_per_page: 500ms\n", "scalectl.yaml:2:3: static_bytes_per_page: `500ms` is a time, but the unit is bytes"),
        (
            "assume:\n  read_share: 0.8\n  write_share: 0.3\n",
            "scalectl.yaml:3:3: read_share is 80 % and write_share is 30 %, which add to 110 %",
        ),
        ("assume:\n  peak_factor: .nan\n", "scalectl.yaml:2:3: peak_factor: `.nan` is not a number"),
        ("assume:\n  peak_factor: ''\n", "scalectl.yaml:2:3: peak_factor is empty; write it like peak_factor=3"),
        ("assume:\n  peak_factor:\n", "scalectl.yaml:2:14: \"peak_factor\" is of the wrong kind: nothing stands here; it takes one value"),
        ("assume:\n  peak_factor: 3\n  peak_factor: 4\n", "scalectl.yaml:3:3: \"peak_factor\" is set a second time"),
        ("assume:\n  requests_per_page: 60\n", "scalectl.yaml:2:3: requests_per_page is 60, but"),
        ("assume:\n  write_shar: 0.3\n", "did you mean \"write_share\"?"),
        ("app: shop\nworkload: heavvy\n", "scalectl.yaml:2:11: no workload is called \"heavvy\"; did you mean \"heavy\"?"),
    ];
    for (text, message) in cases {
        desk.write("scalectl.yaml", text);
        desk.run(&["explain", "load", "--users", "500"]).exits(1).says(&[message]);
    }
    // Two values that are only right together, and a flag that mends what the file says.
    desk.write("scalectl.yaml", "assume:\n  requests_per_page: 60\n  requests_per_active_user_per_day: 100\n");
    desk.run(&["explain", "load", "--users", "500"]).exits(0);
    desk.write("scalectl.yaml", "assume:\n  read_share: 0.8\n  write_share: 0.3\n");
    desk.run(&["explain", "load", "--users", "500", "--assume", "write_share=0.1"]).exits(0).says(&["(1 − 90 %)", "read_share (set)"]);
}

/// The requests of an active user that a plan says it rests on.
fn requests(desk: &crate::program::Desk, arguments: &[&str]) -> String {
    let run = desk.run(&[&["plan", "--users", "5000"], arguments].concat()).exits(0);
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, after) = said.split_once(" requests a user and day").unwrap();
    let after = after.split(',').next().unwrap();
    format!("{}{after}", before.rsplit(' ').next().unwrap())
}

#[test]
fn a_profile_stands_above_the_defaults_and_below_every_single_value() {
    let desk = desk();
    assert_eq!(requests(&desk, &[]), "50");
    assert_eq!(requests(&desk, &["--workload", "heavy"]), "200 (heavy use)");
    assert_eq!(requests(&desk, &["--workload", "Light"]), "20 (light use)");
    let set = "requests_per_active_user_per_day=90";
    assert_eq!(requests(&desk, &["--workload", "heavy", "--assume", set]), "90 (set)");
    desk.write("scalectl.yaml", "workload: heavy\n");
    assert_eq!(requests(&desk, &[]), "200 (heavy use)");
    assert_eq!(requests(&desk, &["--workload", "light"]), "20 (light use)");
    desk.write("scalectl.yaml", "workload: heavy\nassume:\n  requests_per_active_user_per_day: 70\n");
    assert_eq!(requests(&desk, &["--workload", "light"]), "70 (set)");
    assert_eq!(requests(&desk, &["--assume", set]), "90 (set)");
}

#[test]
fn the_commands_that_a_plan_suggests_carry_the_profile() {
    let run = desk().run(&["plan", "--users", "5000", "--workload", "HEAVY", "--assume", "dau_share = 30 %"]).exits(0);
    run.says(&["scalectl deploy --phase 1k --users 5000 --workload heavy --assume 'dau_share = 30 %'"]);
}

#[test]
fn an_unknown_profile_is_refused_with_the_nearest_name() {
    for verb in [&["plan"][..], &["explain", "load"]] {
        let run = desk().run(&[verb, &["--users", "5000", "--workload", "havy"]].concat()).exits(64);
        run.says(&["no workload is called \"havy\"; did you mean \"heavy\"?", "workloads: light, normal, heavy"]);
    }
}

#[test]
fn the_load_is_explained_step_by_step_with_units_and_trust() {
    let run = desk().run(&["explain", "load", "--users", "500k"]).exits(0);
    let run = run.says(&[
        "normal peak: 174 requests/s in the busiest hour, 3 × the mean of the day",
        "stress case: 417 requests/s when 5 % of all users come at once and each asks every 60 s",
        "500,000 users × 20 % × 50 requests/day ÷ 86,400 s = 57.9/s",
        "57.87/s × 3 = 174/s",
        "500,000 users × 5 % ÷ 60 s = 417/s",
        "max(173.6/s, 416.7/s) = 417/s",
        "rests on dau_share (C), requests_per_active_user_per_day (estimate)",
    ]);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 110), "{}", run.stdout);
    assert!(!run.stdout.contains('\u{1b}'));
    let desk = desk();
    for (columns, users) in [("60", "500k"), ("80", "500k"), ("160", "500k"), ("60", "18446744073709551615")] {
        let mut command = desk.command(&["explain", "load", "--users", users, "--color", "always"]);
        command.env("COLUMNS", columns).env_remove("NO_COLOR");
        let shown = crate::program::finished(command).exits(0).stdout;
        assert!(shown.contains("\u{1b}[1m"));
        let bare = ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m"].iter().fold(shown, |text, code| text.replace(code, ""));
        let most: usize = columns.parse().unwrap();
        let long = bare.lines().find(|line| line.chars().count() > most);
        assert_eq!(long, None, "at {columns} columns");
    }
}

#[test]
fn the_load_is_explained_to_scripts_with_the_same_numbers() {
    let run = desk().run(&["explain", "load", "--users", "500k", "--workload", "heavy", "--format", "json"]).exits(0);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&desk().run(&["schema", "load"]).exits(0).stdout).unwrap();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&said), keys(&schema["properties"]));
    assert_eq!(keys(&said["steps"][1]), keys(&schema["$defs"]["step"]["properties"]));
    assert_eq!(keys(&said["assumptions"][1]), keys(&schema["$defs"]["assumption"]["properties"]));
    assert_eq!((&said["format_version"], &said["workload"], &said["phase"]), (&1.into(), &"heavy".into(), &"500k".into()));
    let load = load(Users(500_000), &Assumptions::under(Some(PROFILES[2]), [] as [&str; 0]).unwrap());
    for (told, step) in said["steps"].as_array().unwrap().iter().zip(load.steps()) {
        assert_eq!(told["id"], step.id);
        // The reader of JSON here is not exact in the last binary digit.
        let (value, exact) = (told["value"].as_f64().unwrap(), step.value.amount());
        assert!((value - exact).abs() <= 1e-12 * exact, "{}: {value}, not {exact}", step.id);
        assert_eq!(told["numbers"].as_str().map(str::to_owned), step.numbers());
    }
    assert_eq!(said["steps"].as_array().unwrap().len(), load.steps().len());
    assert_eq!(said["stress"].as_array().unwrap().len(), load.stress_steps().len());
}

#[test]
fn the_load_of_nobody_in_particular_is_asked_back_for_and_a_file_may_answer() {
    let desk = desk();
    desk.run(&["explain", "load"]).exits(64).says(&["the load of how many users?", "scalectl explain load --users 500000"]);
    desk.run(&["explain", "load", "--users", "many"]).exits(64).says(&["--users: `many` is not a number of users"]);
    desk.run(&["explain", "peak_factor", "--users", "5"]).exits(64).says(&["these flags belong to load, not to \"peak_factor\""]);
    desk.run(&["explain", "laod"]).exits(64).says(&["did you mean \"load\"?"]);
    desk.run(&["explain", "load", "--phase", "10k"]).exits(0).says(&["The load of 10,000 monthly users · phase 10k"]);
    desk.run(&["explain", "load", "--users", "18446744073709551615"]).exits(0).says(&["(the most that is counted)"]);
    desk.run(&["explain", "load", "--users", "1"]).exits(0).says(&["1 user × 20 % = 1 user (rounded up)"]);
    desk.write("scalectl.yaml", "users: 2k\nworkload: heavy\n");
    desk.run(&["explain", "load"]).exits(0).says(&["The load of 2,000 monthly users · phase 1k", "heavy use"]);
}
