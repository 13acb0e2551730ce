//! No regret: what holds data keeps its stack, its logical ID and its create-only values from phase to phase, but for the described moves.

use std::collections::{BTreeMap, BTreeSet};

use cfn::{Node, Policy, Resource, facts};
use scalectl::architecture::Architecture;
use scalectl::catalog::Catalog;
use scalectl::render::{self, Stack};
use scalectl::settings::Settings;
use scalectl::units::Users;
use scalectl::workload::Assumptions;
use scalectl::{phase, planner};

/// The moves that the road describes: from, to, what leaves, and where its data goes.
const MOVES: [(&str, &str, &str, &str); 3] = [
    ("10", "1k", "DatabaseVolume", "logical replication to DatabaseLeader"),
    ("1k", "10k", "DatabaseLeader", "Aurora replica of the leader, promoted to DatabaseCluster"),
    ("1k", "10k", "DatabaseFollower", "reads from DatabaseLeader; readers of DatabaseCluster take its place"),
];

/// Where a resource stands: stack name, region, logical ID.
type Place = (String, String, String);

pub fn architecture(phase: &str, users: u64, settings: &Settings) -> Architecture {
    let catalog = Catalog::builtin().unwrap();
    planner::plan(phase::find(phase).unwrap(), Users(users), settings, &Assumptions::default(), &catalog).unwrap()
}

fn stateful(stacks: &[Stack]) -> BTreeMap<Place, Resource> {
    let mut all = BTreeMap::new();
    for stack in stacks {
        for (id, resource) in &stack.template.resources {
            if resource.holds_data() {
                all.insert((stack.name.clone(), stack.key.region.clone(), id.clone()), resource.clone());
            }
        }
    }
    all
}

fn at(properties: &Node, path: &str) -> Option<Node> {
    path.split('/').try_fold(properties.clone(), |node, step| node.get(step).cloned())
}

/// What changes in a resource that would make CloudFormation replace it.
fn replaced(old: &Resource, new: &Resource) -> Vec<String> {
    if old.resource_type != new.resource_type {
        return vec![format!("{} becomes {}", old.resource_type, new.resource_type)];
    }
    let create_only = facts::of(&old.resource_type).unwrap().create_only;
    let (old, new) = (Node::Map(old.properties.clone()), Node::Map(new.properties.clone()));
    let differs = |path: &&&str| at(&old, path) != at(&new, path);
    create_only.iter().filter(differs).map(|path| format!("{path}: {:?} becomes {:?}", at(&old, path), at(&new, path))).collect()
}

fn compare(from: &str, old: &[Stack], to: &str, new: &[Stack]) -> Vec<String> {
    let (old, new) = (stateful(old), stateful(new));
    let mut found = Vec::new();
    for (place, resource) in &old {
        match new.get(place) {
            None if MOVES.iter().any(|(start, end, id, _)| (*start, *end, *id) == (from, to, &place.2)) => {}
            None => found.push(format!("{from} → {to}: {place:?} leaves")),
            Some(next) => found.extend(replaced(resource, next).into_iter().map(|why| format!("{from} → {to}: {place:?}: {why}"))),
        }
    }
    found
}

fn neighbours(settings: &Settings) -> Vec<String> {
    let phases = phase::all().unwrap();
    let rendered: Vec<(String, Vec<Stack>)> =
        phases.iter().map(|phase| (phase.id.clone(), render::stacks(&architecture(&phase.id, phase.from, settings)).unwrap())).collect();
    rendered.windows(2).flat_map(|pair| compare(&pair[0].0, &pair[0].1, &pair[1].0, &pair[1].1)).collect()
}

#[test]
fn only_the_described_moves_change_the_identity_of_data() {
    assert_eq!(neighbours(&Settings::default()), Vec::<String>::new());
}

#[test]
fn a_domain_and_another_region_change_nothing_about_that() {
    let settings = Settings {
        region: "eu-west-1".to_owned(),
        domain: Some("shop.example.com".to_owned()),
        hosted_zone_id: Some("Z0123456789ABCDEFGHIJ".to_owned()),
        ..Settings::default()
    };
    assert_eq!(neighbours(&settings), Vec::<String>::new());
}

#[test]
fn every_described_move_is_still_on_the_road() {
    for (from, to, id, whereto) in MOVES {
        let has = |phase: &str| {
            let from = phase::find(phase).unwrap().from;
            let stacks = render::stacks(&architecture(phase, from, &Settings::default())).unwrap();
            stateful(&stacks).keys().any(|place| place.2 == id)
        };
        assert!(has(from) && !has(to), "{id} no longer moves from {from} to {to} ({whereto})");
    }
}

#[test]
fn growing_within_a_phase_replaces_no_data() {
    let phases = phase::all().unwrap();
    let mut found = Vec::new();
    for (index, phase) in phases.iter().enumerate() {
        let end = phases.get(index + 1).map_or(phase.from * 3, |next| next.from);
        let users =
            BTreeSet::from([phase.from, phase.from + (end - phase.from) / 4, phase.from + (end - phase.from) / 2, end.saturating_sub(1)]);
        let rendered: Vec<Vec<Stack>> =
            users.iter().map(|users| render::stacks(&architecture(&phase.id, *users, &Settings::default())).unwrap()).collect();
        found.extend(rendered.windows(2).flat_map(|pair| compare(&phase.id, &pair[0], &phase.id, &pair[1])));
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn all_that_holds_data_outlives_its_stack() {
    let mut found = Vec::new();
    for phase in phase::all().unwrap() {
        let stacks = render::stacks(&architecture(&phase.id, phase.from, &Settings::default())).unwrap();
        for (place, resource) in stateful(&stacks) {
            let kept = [resource.deletion_policy, resource.update_replace_policy].iter().all(|policy| *policy == Some(Policy::Retain));
            if !kept {
                found.push(format!("{}: {place:?} ({})", phase.id, resource.resource_type));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
