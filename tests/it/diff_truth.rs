//! What must be true of every difference: nothing with itself, a mirror, no weight on form, and never milder than what may happen.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use cfn::{Node, Template};
use scalectl::catalog::Catalog;
use scalectl::check::File;
use scalectl::diff::{Action, Difference, Presence, Side, SideSet, difference, matrix};
use scalectl::fate::Fate;
use scalectl::settings::Settings;
use scalectl::units::Users;
use scalectl::workload::Assumptions;
use scalectl::{phase, planner, render};

use crate::cdk::pairs::corpus;
use crate::chance::Chance;
use crate::tree::{PHASES, files, read};

/// One phase as the program renders it by default.
fn rendered(id: &str) -> Side {
    let phase = phase::find(id).unwrap();
    let users = Users(phase.from);
    let settings = Settings::default();
    let architecture = planner::plan(phase, users, &settings, &Assumptions::default(), &Catalog::builtin().unwrap()).unwrap();
    let stacks = render::stacks(&architecture).unwrap();
    Side { name: id.to_owned(), sets: vec![SideSet::of_stacks("", &architecture, stacks)] }
}

fn road() -> &'static [Side] {
    static ROAD: OnceLock<Vec<Side>> = OnceLock::new();
    ROAD.get_or_init(|| PHASES.iter().map(|id| rendered(id)).collect())
}

/// The committed templates of a phase, each text changed on the way.
fn committed(id: &str, name: &str, change: impl Fn(&str) -> String) -> Side {
    let read = |file: &String| File::read(file, &change(&read(file))).unwrap_or_else(|why| panic!("{why}"));
    Side::of_files(name, files(&format!("templates/{id}"), "yaml").iter().map(read).collect())
}

pub fn of_template(name: &str, template: Template) -> Side {
    Side::of_files(name, vec![File { name: "stack.yaml".to_owned(), region: None, group: None, template, document: None, bytes: None }])
}

#[test]
fn nothing_differs_from_itself_nor_from_what_was_written_to_files() {
    for side in road() {
        assert!(difference(side, side).is_empty(), "{}", side.name);
        let files = committed(&side.name, "files", str::to_owned);
        let found = difference(side, &files);
        let first =
            found.resources().next().map(|(_, stack, resource)| (stack.name.clone(), resource.id.clone(), resource.changes.clone()));
        assert!(found.is_empty(), "{}: {first:?}", side.name);
    }
}

/// The same tree with every map backwards.
fn backwards(node: &Node) -> Node {
    match node {
        Node::Map(map) => Node::Map(map.iter().rev().map(|(key, value)| (key.clone(), backwards(value))).collect()),
        Node::List(items) => Node::List(items.iter().map(backwards).collect()),
        scalar => scalar.clone(),
    }
}

#[test]
fn the_order_of_keys_the_language_the_form_of_functions_and_comments_make_no_difference() {
    for id in PHASES {
        let plain = committed(id, "plain", str::to_owned);
        let of = |what: &str, change: &dyn Fn(&str) -> String| {
            let found = difference(&plain, &committed(id, what, change));
            let first = found.resources().next().map(|(_, _, resource)| (resource.id.clone(), resource.changes.clone()));
            assert!(found.is_empty(), "{id}: {what}: {first:?}");
        };
        let tree = |text: &str| cfn::syntax::parse(text).unwrap().root;
        // JSON has only the long forms of intrinsic functions.
        of("JSON", &|text| cfn::json::write(&tree(text)));
        of("backwards", &|text| cfn::yaml::write(&backwards(&tree(text))));
        of("with comments", &|text| {
            text.lines().map(|line| if line.ends_with('|') { format!("{line}\n") } else { format!("{line}\n") }).collect::<String>()
                + "# the end\n"
        });
        of("with a comment on top", &|text| format!("# a word\n{text}"));
    }
}

/// Statements, rules and tags of a template in another order.
fn shuffled(node: &Node, chance: &mut Chance) -> Node {
    match node {
        Node::Map(map) => {
            let sets = ["Statement", "SecurityGroupIngress", "SecurityGroupEgress", "Tags", "Action", "Resource"];
            let statement = map.contains_key("Effect");
            let shuffle = |key: &str, value: Node, chance: &mut Chance| match value {
                Node::List(mut items) if sets.contains(&key) && (statement || !["Action", "Resource"].contains(&key)) => {
                    for at in (1..items.len()).rev() {
                        items.swap(at, (chance.next() % (at as u64 + 1)) as usize);
                    }
                    Node::List(items)
                }
                value => value,
            };
            Node::Map(map.iter().map(|(key, value)| (key.clone(), shuffle(key, shuffled(value, chance), chance))).collect())
        }
        Node::List(items) => Node::List(items.iter().map(|item| shuffled(item, chance)).collect()),
        scalar => scalar.clone(),
    }
}

#[test]
fn statements_rules_and_tags_are_sets() {
    let chance = std::cell::RefCell::new(Chance::new(5));
    for id in PHASES {
        let plain = committed(id, "plain", str::to_owned);
        let mixed =
            committed(id, "mixed", |text| cfn::yaml::write(&shuffled(&cfn::syntax::parse(text).unwrap().root, &mut chance.borrow_mut())));
        let found = difference(&plain, &mixed);
        let first = found.resources().next().map(|(_, _, resource)| (resource.id.clone(), resource.changes.clone()));
        assert!(found.is_empty(), "{id}: {first:?}");
    }
}

type Told = BTreeMap<(String, String), (String, usize)>;

/// What happens to each resource, as the other direction would tell it when `mirrored`.
fn told(difference: &Difference, mirrored: bool) -> Told {
    let mut told = Told::new();
    for (_, stack, resource) in difference.resources() {
        let (id, word) = match (&resource.action, mirrored) {
            (Action::Added, false) | (Action::Removed, true) => (resource.id.clone(), "added"),
            (Action::Removed, false) | (Action::Added, true) => (resource.id.clone(), "removed"),
            (Action::Renamed { from }, true) => (from.clone(), "renamed"),
            (Action::Renamed { .. }, false) => (resource.id.clone(), "renamed"),
            (Action::Moved { from, .. }, true) => (from.clone(), "moved"),
            (Action::Moved { .. }, false) => (resource.id.clone(), "moved"),
            // Which of these it is depends on the direction: a property that is added may be one that cannot be taken away.
            _ => (resource.id.clone(), "changed"),
        };
        let stack = match (&resource.action, mirrored) {
            (Action::Moved { stack, .. }, true) => stack.clone(),
            _ => stack.name.clone(),
        };
        told.insert((stack, id), (word.to_owned(), resource.changes.len()));
    }
    told
}

#[test]
fn one_direction_mirrors_the_other() {
    let sides: Vec<(&Side, &Side)> = road().iter().flat_map(|a| road().iter().map(move |b| (a, b))).collect();
    for (a, b) in sides {
        let (there, back) = (difference(a, b), difference(b, a));
        assert_eq!(
            told(&there, false).into_keys().collect::<Vec<_>>(),
            told(&back, true).into_keys().collect::<Vec<_>>(),
            "{} {}",
            a.name,
            b.name
        );
        mirrored(&there, &back, &format!("{} {}", a.name, b.name));
    }
    for pair in corpus().iter().filter(|pair| !pair.name.starts_with("phases/")) {
        let (from, to) = (Template::from_node(&pair.from).unwrap(), Template::from_node(&pair.to).unwrap());
        let (from, to) = (of_template("from", from), of_template("to", to));
        mirrored(&difference(&from, &to), &difference(&to, &from), &pair.name);
    }
}

fn mirrored(there: &Difference, back: &Difference, name: &str) {
    // What follows from a replacement elsewhere follows in one direction and not always in the other; what is written differs in both.
    let written = |told: Told| -> Told { told.into_iter().filter(|(_, (word, changes))| word != "changed" || *changes > 0).collect() };
    let (mut there, mut back) = (written(told(there, false)), written(told(back, true)));
    there.values_mut().chain(back.values_mut()).filter(|(word, _)| word != "changed").for_each(|(_, changes)| *changes = 0);
    assert_eq!(there, back, "{name}");
}

#[test]
fn on_every_way_between_two_phases_no_data_is_lost_and_nothing_that_holds_data_is_replaced() {
    let pairs = matrix(road());
    assert_eq!(pairs.len(), 42);
    let mut moves: BTreeMap<&str, usize> = BTreeMap::new();
    for pair in &pairs {
        for (_, stack, resource) in pair.difference.resources() {
            let place = format!("{} → {}: {} {}", pair.from, pair.to, stack.name, resource.id);
            let Some(data) = &resource.data else { continue };
            assert!(data.fate < Fate::Snapshot, "{place}: {}", data.fate.word());
            assert!(
                !resource.replaced() && resource.action != Action::MayBeRemoved,
                "{place}: {:?} {:?}",
                resource.action,
                resource.causes
            );
            if let Some((way, to)) = &data.way {
                assert!(!to.is_empty(), "{place}");
                *moves.entry(way.id).or_default() += 1;
            }
        }
        let position = |id: &str| PHASES.iter().position(|phase| *phase == id).unwrap();
        if position(&pair.from) < position(&pair.to) {
            let left: Vec<&str> = pair
                .difference
                .resources()
                .filter(|(_, _, one)| one.data.as_ref().is_some_and(|data| data.fate == Fate::Retain))
                .map(|(_, _, one)| one.id.as_str())
                .collect();
            assert!(left.is_empty(), "{} → {}: growing leaves behind {left:?}", pair.from, pair.to);
        }
    }
    assert_eq!(
        moves.keys().copied().collect::<Vec<_>>(),
        ["logical-replication", "replica-promotion", "volume-move"],
        "every described move is met"
    );
    assert!(pairs.iter().all(|pair| pair.difference.sets.iter().all(|set| set.presence == Presence::Both)));
}
