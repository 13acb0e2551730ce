//! Every phase deployed to a cloud on this machine through the real SDK: fresh, again, onwards to the next, and taken down.
//!
//! What happened is read from the cloud itself; our own output is only asked for its words.

use std::collections::{BTreeMap, BTreeSet};

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

/// The same, as the cloud has them. Every stack must be at rest and sound.
fn there(cloud: &Cloud) -> Layers {
    let mut layers = Layers::new();
    for region in REGIONS {
        for (name, status) in cloud.stacks(region) {
            assert!(status.ends_with("_COMPLETE") && !status.contains("ROLLBACK"), "{name} in {region} is {status}");
            let layer = name.rsplit('-').next().unwrap().to_owned();
            layers.entry(region.to_owned()).or_default().insert(layer, cloud.resources(region, &name).into_iter().collect());
        }
    }
    layers
}

fn events(cloud: &Cloud) -> usize {
    let every = REGIONS.iter().flat_map(|region| cloud.stacks(region).into_iter().map(move |(name, _)| (region, name)));
    every.map(|(region, name)| cloud.events(region, &name)).sum()
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
    assert_eq!(there(&cloud), wanted(phase));

    let before = events(&cloud);
    let again = deploy(&desk, &cloud, phase, &[]).exits(0);
    assert!(format!("{}{}", again.stdout, again.stderr).to_lowercase().contains("no changes"), "{again:?}");
    assert_eq!(events(&cloud), before, "a second deployment touched the stacks");

    desk.run_against(&cloud, &["status"]).exits(0);
    desk.run_against(&cloud, &["outputs"]).exits(0);

    let data: Vec<_> = REGIONS.iter().map(|region| cloud.ask(region, "kept", &[])).collect();
    desk.run_against(&cloud, &["destroy", "--yes"]).exits(0);
    assert!(REGIONS.iter().all(|region| cloud.stacks(region).is_empty()));
    for (region, before) in REGIONS.iter().zip(data) {
        let after = cloud.ask(region, "kept", &[]);
        for kind in ["tables", "buckets", "databases", "clusters"] {
            assert_eq!(after[kind], before[kind], "destroy took {kind} of {region}");
        }
    }
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

#[test]
fn the_whole_road_is_walked_in_one_account() {
    let (desk, cloud) = (desk(), cloud());
    let mut refused = Vec::new();
    for phase in PHASES {
        let before = (there(&cloud), events(&cloud));
        let mut run = deploy(&desk, &cloud, phase, &[]);
        if run.code == Some(4) {
            assert_eq!((there(&cloud), events(&cloud)), before, "a refused deployment to {phase} changed something");
            let names = fates(&run);
            let known: BTreeSet<&String> = before.0.values().flat_map(BTreeMap::values).flatten().collect();
            assert!(!names.is_empty() && names.iter().all(|name| known.contains(name)), "{names:?}\n{}", run.stderr);
            let accepted: Vec<&str> = names.iter().flat_map(|name| ["--accept-data-fate", name]).collect();
            refused.push(phase);
            run = deploy(&desk, &cloud, phase, &accepted);
        }
        run.exits(0);
        assert_eq!(there(&cloud), wanted(phase), "after the step to {phase}");
    }
    // The moves of PHASES: a database leaves its host for RDS, and RDS for Aurora.
    assert!(refused.contains(&"1k") && refused.contains(&"10k"), "only {refused:?} asked for a data fate");
}

#[test]
fn data_is_not_taken_away_without_its_name() {
    let (desk, cloud) = (desk(), cloud());
    deploy(&desk, &cloud, "1k", &[]).exits(0);
    let before = (there(&cloud), events(&cloud));
    let refused = deploy(&desk, &cloud, "10k", &[]).exits(4);
    assert!(!fates(&refused).is_empty(), "the refusal names no resource: {}", refused.stderr);
    let wrong = deploy(&desk, &cloud, "10k", &["--accept-data-fate", "NoSuchThing"]);
    assert_ne!(wrong.code, Some(0), "{wrong:?}");
    assert_eq!((there(&cloud), events(&cloud)), before);
}
