//! Every phase deployed to a cloud on this machine through the real SDK: fresh, again, onwards to the next, and taken down.
//!
//! What happened is read from the cloud itself; our own output is only asked for its words.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::ministack::{Cloud, cloud};
use crate::program::{Desk, Run, desk};
use crate::tree::{PHASES, files, logical_ids, read};

const HOME: &str = "us-east-1";
const REGIONS: [&str; 2] = [HOME, "us-west-2"];

/// Region → layer → logical ids, as the committed templates of a phase have them.
type Layers = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn wanted(phase: &str) -> Layers {
    let mut layers = Layers::new();
    for file in files(&format!("templates/{phase}"), "yaml") {
        let stem = file.rsplit('/').next().unwrap().trim_end_matches(".yaml");
        let (layer, region) = stem.split_once('.').unwrap_or((stem, HOME));
        layers.entry(region.to_owned()).or_default().insert(layer.to_owned(), logical_ids(&read(&file)).into_iter().collect());
    }
    layers
}

/// What the cloud has.
#[derive(Debug, PartialEq)]
struct Seen {
    layers: Layers,
    /// How many things happened; it grows with each.
    events: u64,
    /// Region → kind → names of what holds data.
    kept: BTreeMap<String, Value>,
}

/// Looks at the cloud. Every stack must be at rest and sound.
fn see(cloud: &Cloud) -> Seen {
    let mut seen = Seen { layers: Layers::new(), events: 0, kept: BTreeMap::new() };
    for (region, there) in cloud.look(&REGIONS).as_object().unwrap() {
        for stack in there["stacks"].as_array().unwrap() {
            let (name, status) = (stack["name"].as_str().unwrap(), stack["status"].as_str().unwrap());
            assert!(status.ends_with("_COMPLETE") && !status.contains("ROLLBACK"), "{name} in {region} is {status}");
            let ids = stack["resources"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
            let layer = name.rsplit('-').next().unwrap().to_owned();
            seen.layers.entry(region.clone()).or_default().insert(layer, ids);
            seen.events += stack["events"].as_u64().unwrap();
        }
        seen.kept.insert(region.clone(), there["kept"].clone());
    }
    seen
}

fn deploy(desk: &Desk, cloud: &Cloud, phase: &str, more: &[&str]) -> Run {
    desk.run_against(cloud, &[&["deploy", "--phase", phase, "--yes"], more].concat())
}

/// The logical ids that a refusal asks to be accepted by name.
pub fn fates(refusal: &Run) -> Vec<String> {
    let words: Vec<&str> = refusal.stderr.split(|one: char| one.is_whitespace() || one == '`').collect();
    let named = words.windows(2).filter(|pair| pair[0] == "--accept-data-fate" && pair[1].chars().all(char::is_alphanumeric));
    let names: BTreeSet<String> = named.map(|pair| pair[1].to_owned()).collect();
    names.into_iter().collect()
}

fn fresh_again_and_down(phase: &str) {
    let (desk, cloud) = (desk(), cloud());
    deploy(&desk, &cloud, phase, &[]).exits(0);
    let fresh = see(&cloud);
    assert_eq!(fresh.layers, wanted(phase));

    let again = deploy(&desk, &cloud, phase, &[]).exits(0);
    assert!(again.stderr.contains("no changes"), "{again:?}");
    assert_eq!(see(&cloud), fresh, "a second deployment touched the stacks");

    let same = desk.run_against(&cloud, &["diff", "deployed", phase, "--detailed-exitcode"]);
    same.exits(0).says(&["No differences"]);
    desk.run_against(&cloud, &["status"]).exits(0);
    desk.run_against(&cloud, &["outputs"]).exits(0);

    destroy(&desk, &cloud).exits(0);
    let after = see(&cloud);
    assert!(after.layers.is_empty(), "{after:?}");
    assert_eq!(after.kept, fresh.kept, "destroy took data");
}

fn destroy(desk: &Desk, cloud: &Cloud) -> Run {
    desk.run_against(cloud, &["destroy", "--yes", "--environment-name", "prod"])
}

macro_rules! phases {
    ($($name:ident $phase:literal)*) => { $(
        #[test]
        fn $name() {
            fresh_again_and_down($phase);
        }
    )* };
}

phases! {
    prelaunch_deploys_twice_and_goes "prelaunch"
    launch_deploys_twice_and_goes "launch"
    phase_10_deploys_twice_and_goes "10"
    phase_1k_deploys_twice_and_goes "1k"
    phase_10k_deploys_twice_and_goes "10k"
    phase_500k_deploys_twice_and_goes "500k"
    phase_10m_deploys_twice_and_goes "10m"
}

/// The moves of PHASES that leave data behind: the database's volume for RDS, and RDS for Aurora.
fn moves(phase: &str) -> &'static [&'static str] {
    match phase {
        "1k" => &["DatabaseVolume"],
        "10k" => &["DatabaseFollower", "DatabaseLeader"],
        _ => &[],
    }
}

#[test]
fn the_whole_road_is_walked_in_one_account() {
    let (desk, cloud) = (desk(), cloud());
    let mut before = see(&cloud);
    for phase in PHASES {
        let moves = moves(phase);
        if !moves.is_empty() {
            let refused = deploy(&desk, &cloud, phase, &[]).exits(4);
            assert_eq!(fates(&refused), moves, "the step to {phase}\n{}", refused.stderr);
            assert_eq!(see(&cloud), before, "a refused deployment to {phase} changed something");
        }
        let accepted: Vec<&str> = moves.iter().flat_map(|name| ["--accept-data-fate", name]).collect();
        deploy(&desk, &cloud, phase, &accepted).exits(0);
        before = see(&cloud);
        assert_eq!(before.layers, wanted(phase), "after the step to {phase}");
    }
    destroy(&desk, &cloud).exits(0);
    let after = see(&cloud);
    assert!(after.layers.is_empty(), "{after:?}");
    assert_eq!(after.kept, before.kept, "destroy took data");
}

#[test]
fn data_is_not_taken_away_without_its_name() {
    let (desk, cloud) = (desk(), cloud());
    deploy(&desk, &cloud, "1k", &[]).exits(0);
    let before = see(&cloud);
    let wrong = deploy(&desk, &cloud, "10k", &["--accept-data-fate", "NoSuchThing"]).exits(4);
    assert_eq!(fates(&wrong), moves("10k"));
    deploy(&desk, &cloud, "10k", &["--accept-data-fate", "DatabaseLeader"]).exits(4);
    assert_eq!(see(&cloud), before);
}
