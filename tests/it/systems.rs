//! The reader's table: where each promised system stands in the rendered templates; `SCALECTL_SYSTEMS=write` renews `docs/systems.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use scalectl::settings::Settings;
use serde::Deserialize;

use crate::identity::architecture;
use crate::tree::{PHASES, matches, read, root};

const TABLE: &str = "docs/systems.md";
/// Logical IDs that are named of one type; the others are counted.
const NAMED: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    systems: Vec<System>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct System {
    number: u32,
    title: String,
    phases: Vec<String>,
    #[serde(default)]
    note: String,
    /// Not built yet; the mark may not outlive the first resource.
    #[serde(default)]
    absent: bool,
    resources: Vec<String>,
}

/// Phase, type, logical ID.
type Standing = BTreeSet<(usize, String, String)>;

fn standing() -> Standing {
    let mut all = Standing::new();
    for (index, id) in PHASES.iter().enumerate() {
        let phase = scalectl::phase::find(id).unwrap();
        for stack in scalectl::render::stacks(&architecture(id, phase.from, &Settings::default())).unwrap() {
            all.extend(stack.template.resources.iter().map(|(name, resource)| (index, resource.resource_type.clone(), name.clone())));
        }
    }
    all
}

fn makes_up(system: &System, kind: &str, name: &str) -> bool {
    system.resources.iter().any(|pattern| {
        let (of, ids) = pattern.split_once(' ').unwrap_or((pattern, "*"));
        matches(of, kind) && matches(ids, name)
    })
}

fn row(system: &System, all: &Standing) -> String {
    let mut types: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut phases = BTreeSet::new();
    for (phase, kind, name) in all.iter().filter(|(_, kind, name)| makes_up(system, kind, name)) {
        types.entry(kind).or_default().insert(name);
        // What a later phase adds for its own ends does not make a system begin earlier than promised.
        if system.phases.iter().any(|one| one == PHASES[*phase]) {
            phases.insert(*phase);
        }
    }
    let phases: Vec<&str> = phases.into_iter().map(|phase| PHASES[phase]).collect();
    let mut what = String::new();
    for (kind, names) in types {
        let first: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
        let more = if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
        let _ = write!(what, "{}`{kind}`: {}{more}", if what.is_empty() { "" } else { "<br>" }, first.join(", "));
    }
    let what = match (what.is_empty(), system.absent) {
        (true, true) => "not built yet".to_owned(),
        (true, false) => system.note.clone(),
        _ => what,
    };
    format!("| {} | {} | {} | {what} |\n", system.number, system.title, phases.join(", "))
}

fn systems() -> Vec<System> {
    serde_saphyr::from_str::<File>(&read("data/systems.yaml")).unwrap().systems
}

#[test]
fn every_promised_system_stands_in_every_phase_that_promises_it() {
    let (systems, all) = (systems(), standing());
    assert_eq!(systems.iter().map(|one| one.number).collect::<Vec<_>>(), (1..=45).collect::<Vec<_>>());
    let mut missing = Vec::new();
    for system in &systems {
        assert!(!system.phases.is_empty() || !system.note.is_empty(), "{}: no phase and no note", system.title);
        for phase in &system.phases {
            let index = PHASES.iter().position(|one| one == phase).unwrap();
            let stands = all.iter().any(|(at, kind, name)| *at == index && makes_up(system, kind, name));
            if !stands && !system.absent {
                missing.push(format!("{} {} has no resource in phase {phase}", system.number, system.title));
            } else if stands && system.absent {
                missing.push(format!("{} {} stands in phase {phase}: it is no longer absent", system.number, system.title));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_readers_table_is_what_is_rendered() {
    let all = standing();
    let mut table = String::from(
        "# Where every system stands\n\nWritten from `data/systems.yaml` and the rendered templates (default settings, each phase's first user) by\n\
         `SCALECTL_SYSTEMS=write cargo test --test it systems`; a test compares.\n\n| # | System | Phases | Resources |\n|---|---|---|---|\n",
    );
    systems().iter().for_each(|system| table.push_str(&row(system, &all)));
    if std::env::var("SCALECTL_SYSTEMS").is_ok_and(|word| word == "write") {
        std::fs::write(root().join(TABLE), table).unwrap();
        return;
    }
    assert!(read(TABLE) == table, "{TABLE} is stale: SCALECTL_SYSTEMS=write cargo test --test it systems");
}
