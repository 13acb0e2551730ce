//! What holds data: how the load sizes it, that it is kept and encrypted, and how regions and domains hang together.

use cfn::{Node, Policy, Resource};
use scalectl::architecture::Architecture;
use scalectl::catalog::Catalog;
use scalectl::component::Layer;
use scalectl::recipe::database;
use scalectl::render::{self, Stack};
use scalectl::settings::Settings;
use scalectl::units::Users;
use scalectl::workload::Assumptions;
use scalectl::{phase, planner};

/// An architecture of the network, the key, and these blocks.
fn architecture(id: &str, zones: usize, regions: usize, users: u64, region: &str, blocks: &[&str]) -> Architecture {
    tried(id, zones, regions, users, region, blocks).unwrap()
}

/// The same, or why there is none.
fn tried(id: &str, zones: usize, regions: usize, users: u64, region: &str, blocks: &[&str]) -> Result<Architecture, planner::PlanError> {
    let mut text = format!("id: {id}\nfrom: 1\ntitle: t\nwhy: w\ntarget: t\nzones: {zones}\nregions: {regions}\nadds: []\ncomponents:\n");
    let base = ["network: { nat: true, flow_logs: false }", "encryption_key: {}"];
    for block in base.iter().chain(blocks) {
        text.push_str(&format!("  - {block}\n"));
    }
    let phase: phase::Phase = serde_saphyr::from_str(&text).unwrap();
    let settings = Settings { region: region.to_owned(), ..Settings::default() };
    planner::plan(phase, Users(users), &settings, &Assumptions::default(), &Catalog::builtin().unwrap())
}

const CLUSTER: &str = "database_cluster: { capacity: cheapest, federated: false, global: false }";
const POOLED: &str = "database_cluster: { capacity: cheapest, federated: false, global: false, pooled: true }";
const WORLDWIDE: &str = "database_cluster: { capacity: provisioned, federated: true, global: true }";

fn sized(architecture: &Architecture, name: &str) -> String {
    architecture.pieces.iter().find(|piece| piece.component.name() == name).unwrap().component.size().to_string()
}

fn data<'a>(stacks: &'a [Stack], region: &str) -> &'a Stack {
    stacks.iter().find(|stack| stack.key.layer == Layer::Data && stack.key.region == region).unwrap()
}

fn resource<'a>(stack: &'a Stack, id: &str) -> &'a Resource {
    stack.template.resources.get(id).unwrap_or_else(|| panic!("{id} is not in {}", stack.file))
}

fn text<'a>(stack: &'a Stack, id: &str, property: &str) -> &'a str {
    resource(stack, id).properties.get(property).and_then(Node::as_str).unwrap_or_default()
}

#[test]
fn a_leader_and_a_follower_carry_a_thousand_users() {
    let architecture = architecture("1k", 2, 1, 1_000, "us-east-1", &["database_instance: {}"]);
    assert_eq!(
        sized(&architecture, "database_instance"),
        "3 × db.t4g.small, PostgreSQL, leader with standby and a follower, 20 GiB gp3 each"
    );
    let stacks = render::stacks(&architecture).unwrap();
    let stack = data(&stacks, "us-east-1");
    assert_eq!(
        resource(stack, "DatabaseFollower").properties.get("SourceDBInstanceIdentifier"),
        Some(&Node::map([("Ref", "DatabaseLeader")]))
    );
    assert_eq!(resource(stack, "DatabaseLeader").properties.get("MultiAZ"), Some(&Node::Bool(true)));
    // The leader's two zones never are the follower's.
    assert_eq!(resource(stack, "DatabaseLeaderSubnetGroup").properties.get("SubnetIds").unwrap().as_list().unwrap().len(), 2);
    let zone = resource(stack, "DatabaseFollower").properties.get("AvailabilityZone");
    assert_eq!(zone, Some(&Node::map([("Ref", "DataSubnetCAvailabilityZone")])));
}

#[test]
fn serverless_is_taken_only_where_it_is_cheaper() {
    let small = architecture("10k", 2, 1, 10_000, "us-east-1", &[CLUSTER]);
    assert_eq!(sized(&small, "database_cluster"), "2 × db.serverless, PostgreSQL, a writer and 1 reader, 2 to 8 ACU each");
    // 2 × 730 h at the least of 2 ACU of 0.12 USD, against 2 × 730 h of 0.276 USD.
    let said = |index: usize| small.pieces.last().unwrap().reasons[index].text.as_str();
    assert!(said(0).contains("350.40 USD") && said(0).contains("saves 52.56 USD"), "{}", said(0));
    assert!(said(3).contains("402.96 USD") && said(3).contains("2 × db.r8g.large"), "{}", said(3));
    assert!(small.pieces.last().unwrap().reasons[3].rejected);
    let large = architecture("500k", 3, 1, 500_000, "us-east-1", &[CLUSTER]);
    assert_eq!(sized(&large, "database_cluster"), "3 × db.r8g.large, PostgreSQL, a writer and 2 readers");
}

#[test]
fn more_users_never_get_a_smaller_database_or_cache() {
    let mut before = (0, 0);
    for users in [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000] {
        let architecture = architecture("10k", 2, 1, users, "eu-west-1", &[POOLED, "cache: { sessions: true }"]);
        let catalog = Catalog::builtin().unwrap();
        let memory = |index: usize| {
            let size = architecture.pieces[index].component.size();
            let class = size.class.unwrap();
            // Serverless begins below the smallest class.
            catalog.class(&class).map_or(0, |class| class.memory.0 * size.count.unwrap())
        };
        let now = (memory(2), memory(3));
        assert!(now.0 >= before.0 && now.1 >= before.1, "{users}: {now:?} after {before:?}");
        before = now;
    }
}

#[test]
fn what_the_largest_class_does_not_have_is_said_or_refused() {
    let worldwide = WORLDWIDE.replace(" }", ", pooled: true }");
    let crowded = architecture("10m", 3, 2, 750_000_000, "us-east-1", &[&worldwide]);
    let reasons: Vec<&str> = crowded.pieces.last().unwrap().reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert!(reasons.iter().any(|text| text.contains("read from the volume")), "{reasons:#?}");
    // Without a pool the app would be turned away.
    let refused = tried("10m", 3, 2, 750_000_000, "us-east-1", &[WORLDWIDE]).unwrap_err().to_string();
    assert!(refused.contains("no class allows more than 5,000: pool them"), "{refused}");
    // What no class can write is refused with the way out.
    let refused = tried("10k", 2, 1, 300_000_000, "us-east-1", &[POOLED]).unwrap_err().to_string();
    assert!(refused.contains("divide the writes among more services' domains, or by key"), "{refused}");
}

#[test]
fn every_domain_has_a_cluster_and_the_first_keeps_its_own() {
    let stacks = render::stacks(&architecture("10m", 3, 2, 10_000_000, "us-east-1", &[WORLDWIDE])).unwrap();
    let stack = data(&stacks, "us-east-1");
    for id in ["DatabaseCluster", "UsersDatabaseCluster", "CatalogDatabaseCluster", "OrdersDatabaseCluster"] {
        let cluster = resource(stack, id);
        assert_eq!(cluster.deletion_policy, Some(Policy::Retain));
        assert_eq!(cluster.properties.get("StorageEncrypted"), Some(&Node::Bool(true)));
        assert_eq!(cluster.properties.get("DeletionProtection"), Some(&Node::Bool(true)));
        assert_eq!(text(stack, id, "DatabaseName"), "app");
    }
    assert!(!stack.template.resources.contains_key("WebDatabaseCluster"));
    assert_eq!(text(stack, database::secret("users").name(), "Name"), "app-prod/users-database");
    // Global databases take memory-optimised classes only.
    for (id, resource) in stack.template.resources.iter().filter(|(_, resource)| resource.resource_type == "AWS::RDS::DBInstance") {
        let class = resource.properties.get("DBInstanceClass").and_then(Node::as_str).unwrap_or_default();
        assert!(class.starts_with("db.r"), "{id}: {class}");
    }
}

#[test]
fn further_regions_hold_copies_that_follow_the_leading_one() {
    let stacks = render::stacks(&architecture("10m", 3, 2, 10_000_000, "us-east-1", &[WORLDWIDE, "sessions: {}"])).unwrap();
    let (leading, further) = (data(&stacks, "us-east-1"), data(&stacks, "us-west-2"));
    assert!(further.after.contains(&leading.key), "{:?}", further.after);
    assert_eq!(text(leading, "UsersDatabaseGlobalCluster", "GlobalClusterIdentifier"), "app-prod-users-database");
    assert_eq!(text(further, "UsersDatabaseCluster", "GlobalClusterIdentifier"), "app-prod-users-database");
    let copy = &resource(further, "DatabaseCluster").properties;
    assert!(!copy.contains_key("MasterUsername") && !copy.contains_key("MasterUserPassword") && !copy.contains_key("DatabaseName"));
    assert_eq!(copy.get("EnableGlobalWriteForwarding"), Some(&Node::Bool(true)));
    assert_eq!(copy.get("KmsKeyId"), Some(&Node::map([("Fn::GetAtt", Node::list(["DataKey", "Arn"]))])));
    assert!(!further.template.resources.contains_key("DatabaseWriter") && further.template.resources.contains_key("DatabaseReader3"));
    // The secret and the table have their copies in the further region, made by the leading stack.
    assert!(
        !further.template.resources.contains_key(database::secret("").name()) && !further.template.resources.contains_key("SessionTable")
    );
    let copies = resource(leading, database::secret("").name()).properties.get("ReplicaRegions").unwrap();
    assert_eq!(copies.as_list().unwrap()[0].get("Region").and_then(Node::as_str), Some("us-west-2"));
    assert_eq!(resource(leading, "SessionTable").properties.get("Replicas").unwrap().as_list().unwrap().len(), 2);
}

#[test]
fn the_cache_is_in_cluster_mode_from_the_start_and_takes_shards_in_place() {
    let architecture = architecture("10k", 2, 1, 10_000, "us-east-1", &["cache: { sessions: true }"]);
    assert_eq!(sized(&architecture, "cache"), "2 × cache.t4g.micro, 1 shard with a copy each; reads and sessions");
    let stacks = render::stacks(&architecture).unwrap();
    let stack = data(&stacks, "us-east-1");
    let cache = resource(stack, "Cache");
    assert_eq!(cache.update_policy, Some(Node::map([("UseOnlineResharding", true)])));
    for property in ["AtRestEncryptionEnabled", "TransitEncryptionEnabled", "AutomaticFailoverEnabled", "MultiAZEnabled"] {
        assert_eq!(cache.properties.get(property), Some(&Node::Bool(true)), "{property}");
    }
    assert_eq!(text(stack, "Cache", "ClusterMode"), "enabled");
    let parameters = resource(stack, "CacheParameterGroup").properties.get("Properties").unwrap();
    assert_eq!(parameters.get("cluster-enabled").and_then(Node::as_str), Some("yes"));
}

#[test]
fn no_password_stands_in_a_template() {
    let stacks = render::stacks(&architecture("10m", 3, 2, 10_000_000, "us-east-1", &[WORLDWIDE, "cache: { sessions: false }"])).unwrap();
    for stack in &stacks {
        for (id, resource) in &stack.template.resources {
            for property in ["MasterUserPassword", "AuthToken"] {
                let Some(value) = resource.properties.get(property) else { continue };
                let resolved =
                    matches!(value.intrinsic(), Some(("Fn::Sub", Node::Str(text))) if text.starts_with("{{resolve:secretsmanager:${"));
                assert!(resolved, "{id}.{property}: {value:?}");
            }
        }
    }
}
