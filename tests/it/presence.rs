//! A region without one of the services is an input error at the region's place, and names the regions that have it.

use scalectl::catalog::{Catalog, Presence};
use scalectl::render;
use scalectl::settings::{self, Known, Settings};

use crate::identity::architecture;

const TABLE: &str =
    "known: [us-east-1, eu-west-1, sa-east-1]\nabsent:\n  AWS::DAX::Cluster: [sa-east-1]\n  AWS::DAX::SubnetGroup: [sa-east-1]\n";

fn read(text: &str) -> Settings {
    let catalog = Catalog::builtin().unwrap();
    let regions: Vec<&str> = catalog.regions().iter().map(|region| region.region.code()).collect();
    let known = Known { regions: &regions, assumptions: &[], phases: &[], rules: &[], workloads: &[] };
    settings::read("scalectl.yaml", text.as_bytes(), &known).unwrap()
}

fn judged(text: &str, phase: &str, users: u64) -> Result<(), String> {
    let settings = read(text);
    let stacks = render::stacks(&architecture(phase, users, &settings)).unwrap();
    let table = Presence::parse(TABLE).unwrap();
    render::presence::check(&table, &settings, phase, &stacks).map_err(|problems| problems.to_string())
}

#[test]
fn the_regions_place_is_shown_with_the_service_and_where_it_is() {
    let said = judged("# not sa-east-1\nregion: us-east-1\nfurther_regions: [sa-east-1]\n", "10m", 10_000_000).unwrap_err();
    assert!(said.starts_with("scalectl.yaml:3:19: region \"sa-east-1\" has no DAX (AWS::DAX::"), "{said}");
    assert!(said.contains("which phase 10m needs; it is in us-east-1, eu-west-1\n"), "{said}");
    assert!(said.ends_with("|                   ^^^^^^^^^"), "{said}");
    assert_eq!(said.matches("scalectl.yaml:").count(), 1, "one problem for one service: {said}");
}

#[test]
fn a_phase_that_does_without_the_service_is_no_error() {
    assert_eq!(judged("region: sa-east-1\n", "10k", 10_000), Ok(()));
    assert_eq!(judged("region: us-east-1\nfurther_regions: [eu-west-1]\n", "10m", 10_000_000), Ok(()));
}

#[test]
fn the_programs_own_table_reads_and_knows_its_regions() {
    let table = Presence::builtin().unwrap();
    let catalog = Catalog::builtin().unwrap();
    let known: Vec<&str> = catalog.regions().iter().map(|region| region.region.code()).collect();
    assert_eq!(table.having("AWS::DAX::Cluster").collect::<Vec<_>>(), known);
    assert!(!table.has("ca-west-1", "AWS::DAX::Cluster") && table.has("ca-west-1", "AWS::S3::Bucket"));
}
