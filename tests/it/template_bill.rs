//! The bill worked out a second time, from the rendered templates, the load and the price list alone: a check of what the components say they cost.
//!
//! Nothing of the program's own bill is used: the list is read anew, tiers and what is free are reckoned anew, and what each type of resource costs
//! stands here once more, by the rules of `docs/bill.md`.

mod backups;
mod data;
mod edge;
mod ground;
mod list;
mod machines;
mod tables;
mod usage;
mod volumes;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use list::{Line, List};
use rust_decimal::Decimal;
use scalectl::architecture::Architecture;
use scalectl::catalog::Catalog;
use scalectl::component::LineItem;
use scalectl::settings::{CacheEngine, Compute, DatabaseHosting, Settings};
use scalectl::units::Users;
use scalectl::workload::{Assumptions, LEDGER};
use scalectl::{phase, planner, render};

/// For each phase its first user, some number between, and the last user before the next phase.
const USERS: [(&str, [u64; 3]); 7] = [
    ("prelaunch", [0, 0, 0]),
    ("launch", [1, 5, 9]),
    ("10", [10, 300, 999]),
    ("1k", [1_000, 4_000, 9_999]),
    ("10k", [10_000, 100_000, 499_999]),
    ("500k", [500_000, 3_000_000, 9_999_999]),
    ("10m", [10_000_000, 20_000_000, 50_000_000]),
];

fn plan(id: &str, users: u64, settings: &Settings) -> Architecture {
    assuming(id, users, settings, &Assumptions::default()).unwrap_or_else(|why| panic!("{id}, {users} users: {why}"))
}

fn assuming(id: &str, users: u64, settings: &Settings, assumptions: &Assumptions) -> Result<Architecture, planner::PlanError> {
    planner::plan(phase::find(id).unwrap(), Users(users), settings, assumptions, &Catalog::builtin().unwrap())
}

/// Each assumption moved alone to one end of its usual range, in turn the lower and the upper one, and in turn in the three largest phases. What no
/// class carries is left out.
fn other_habits() -> Vec<(String, Architecture)> {
    let phases = [("10k", 300_000), ("500k", 2_000_000), ("10m", 15_000_000)];
    let moved = LEDGER.iter().enumerate().filter_map(|(index, entry)| {
        let (id, users) = phases[index % 3];
        let end = if index % 2 == 0 { entry.typical.1 } else { entry.typical.0 };
        let mut assumptions = Assumptions::default();
        assumptions.set(&format!("{}={end}", entry.id)).ok()?;
        let architecture = assuming(id, users, &Settings::default(), &assumptions).ok()?;
        Some((format!("{id} with {} at {end}", entry.id), architecture))
    });
    moved.collect()
}

/// Everything that changes the bill: phases and users with the settings as they come, and each setting that exchanges or adds what is billed.
fn cases() -> Vec<(String, Architecture)> {
    let default = Settings::default;
    let mut cases = Vec::new();
    for (id, users) in USERS {
        for count in users {
            cases.push((format!("{id}, {count} users"), plan(id, count, &default())));
        }
        let frankfurt = Settings { region: "eu-central-1".to_owned(), ..default() };
        cases.push((format!("{id} in Frankfurt"), plan(id, users[1], &frankfurt)));
        let named =
            Settings { domain: Some("example.com".to_owned()), hosted_zone_id: Some("Z0123456789ABCDEFGHIJ".to_owned()), ..default() };
        cases.push((format!("{id} with a name"), plan(id, users[1], &named)));
    }
    let memcached = Settings { cache_engine: CacheEngine::Memcached, ..default() };
    cases.push(("500k with Memcached".to_owned(), plan("500k", 500_000, &memcached)));
    for (id, compute) in [("500k", Compute::Ec2), ("10m", Compute::Fargate)] {
        let carried = Settings { compute: Some(compute), ..default() };
        cases.push((format!("{id} on {compute:?}"), plan(id, phase::find(id).unwrap().from, &carried)));
    }
    for id in ["launch", "1k", "500k"] {
        let kept = Settings { log_retention_days: Some(365), backup_retention_days: Some(90), ..default() };
        cases.push((
            format!("{id}, logs and copies kept longer"),
            plan(id, USERS.iter().find(|(other, _)| *other == id).unwrap().1[2], &kept),
        ));
    }
    for id in ["10k", "500k", "10m"] {
        let redis = Settings { cache_engine: CacheEngine::Redis, ..default() };
        cases.push((format!("{id} with Redis"), plan(id, phase::find(id).unwrap().from, &redis)));
    }
    for id in ["500k", "10m"] {
        let graphql = Settings { appsync: true, ..default() };
        cases.push((format!("{id} with AppSync"), plan(id, phase::find(id).unwrap().from, &graphql)));
    }
    for (id, hosting) in
        [("10", DatabaseHosting::Rds), ("1k", DatabaseHosting::Ec2), ("1k", DatabaseHosting::Aurora), ("10k", DatabaseHosting::Rds)]
    {
        let hosted = Settings { database_hosting: Some(hosting), ..default() };
        cases.push((format!("{id} on {hosting:?}"), plan(id, phase::find(id).unwrap().from, &hosted)));
    }
    let shielded = Settings { shield: true, ..default() };
    cases.push(("10m with Shield".to_owned(), plan("10m", 10_000_000, &shielded)));
    let ireland = Settings { region: "eu-west-1".to_owned(), further_regions: vec!["us-east-1".to_owned()], ..default() };
    cases.push(("10m in Ireland and Virginia".to_owned(), plan("10m", 20_000_000, &ireland)));
    cases
}

fn from_templates(list: &List, architecture: &Architecture) -> Vec<Line> {
    let (lines, gaps) = walk::lines(list, architecture, &render::stacks(architecture).unwrap());
    assert!(gaps.is_empty(), "the price list has no {gaps:?}");
    lines
}

/// The sum of each component.
fn sums<'a>(lines: impl Iterator<Item = (&'a str, Decimal)>) -> BTreeMap<&'a str, Decimal> {
    let mut sums = BTreeMap::new();
    for (component, month) in lines {
        *sums.entry(component).or_default() += month;
    }
    sums
}

fn total(lines: &[Line]) -> Decimal {
    lines.iter().map(|line| line.month).sum()
}

fn told<'a>(lines: impl Iterator<Item = (&'a str, &'a str, Decimal, Decimal)>) -> String {
    lines.fold(String::new(), |mut text, (place, key, quantity, month)| {
        writeln!(text, "      {place:<20} {key:<44} {:>24} {month:>14}", quantity.round_dp(6).normalize()).unwrap();
        text
    })
}

/// Where the two sides do not agree: the components' sums, and both sides' lines.
fn differences(ours: &[Line], theirs: &[LineItem]) -> Vec<String> {
    let (here, there) = (
        sums(ours.iter().map(|line| (line.component.as_str(), line.month))),
        sums(theirs.iter().map(|line| (line.component, line.month.amount()))),
    );
    let names: BTreeSet<&str> = here.keys().chain(there.keys()).copied().collect();
    let sum = |side: &BTreeMap<&str, Decimal>, name: &str| side.get(name).copied().unwrap_or_default();
    let differing = names.into_iter().filter(|name| sum(&here, name) != sum(&there, name));
    let report = |name: &str| {
        let templates = told(
            ours.iter()
                .filter(|line| line.component == name)
                .map(|line| (line.place.as_str(), line.key.as_str(), line.quantity, line.month)),
        );
        let program = told(
            theirs
                .iter()
                .filter(|line| line.component == name)
                .map(|line| (line.place.as_str(), line.key.as_str(), line.quantity, line.month.amount())),
        );
        let (here, there) = (sum(&here, name), sum(&there, name));
        format!("  {name}: {here} by the templates, {there} by the program\n    the templates:\n{templates}    the program:\n{program}")
    };
    differing.map(report).collect()
}

/// Holds the program's bills to those of the templates, in all and by component. A type of resource that nobody has given a cost stops the walk.
fn compare(cases: Vec<(String, Architecture)>) {
    let list = List::read();
    let mut wrong = String::new();
    for (name, architecture) in cases {
        let ours = from_templates(&list, &architecture);
        let theirs = &architecture.estimate;
        assert!(theirs.gaps.is_empty(), "{name}: {:?}", theirs.gaps);
        assert!(!ours.is_empty(), "{name}: something is always there, if only what is free");
        let differing = differences(&ours, &theirs.lines);
        let (here, there) = (total(&ours), theirs.total().amount());
        eprintln!("{name}: {here} USD");
        if here != there || !differing.is_empty() {
            writeln!(wrong, "{name}: {here} by the templates, {there} by the program\n{}", differing.join("\n")).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_program_comes_to_the_cent_that_the_templates_come_to() {
    compare(cases());
}

#[test]
fn it_does_so_whatever_users_are_assumed_to_do() {
    let moved = other_habits();
    assert!(moved.len() * 10 > LEDGER.len() * 9, "only {} of {} assumptions were moved", moved.len(), LEDGER.len());
    compare(moved);
}

/// A type that no template has any more has no place among those that cost nothing.
#[test]
fn what_is_said_to_be_free_is_there() {
    let mut seen = BTreeSet::new();
    for (_, architecture) in cases() {
        for stack in render::stacks(&architecture).unwrap() {
            seen.extend(stack.template.resources.values().map(|resource| resource.resource_type.clone()));
        }
    }
    let gone: Vec<_> = walk::FREE.iter().filter(|kind| !seen.contains(**kind)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

#[test]
fn more_users_never_cost_less_in_the_same_phase() {
    let list = List::read();
    for (id, users) in USERS {
        let bills = users.map(|count| total(&from_templates(&list, &plan(id, count, &Settings::default()))));
        assert!(bills.is_sorted(), "{id}: {bills:?}");
    }
}
