//! What came beside the databases: backups, pools, shards, a cache before the table, and what the user may choose.

use cfn::{Node, Policy, Resource};
use scalectl::architecture::Architecture;
use scalectl::catalog::Catalog;
use scalectl::component::Layer;
use scalectl::render::{self, Source, Stack};
use scalectl::settings::{CacheEngine, DatabaseHosting, Settings};
use scalectl::units::Users;
use scalectl::workload::Assumptions;
use scalectl::{phase, planner};

fn plan(id: &str, users: Option<u64>, settings: &Settings) -> Result<Architecture, planner::PlanError> {
    let phase = phase::find(id).unwrap();
    let users = Users(users.unwrap_or(phase.from));
    planner::plan(phase, users, settings, &Assumptions::default(), &Catalog::builtin().unwrap())
}

fn stacks(id: &str, settings: &Settings) -> Vec<Stack> {
    render::stacks(&plan(id, None, settings).unwrap()).unwrap()
}

fn stack<'a>(stacks: &'a [Stack], layer: Layer, region: &str) -> &'a Stack {
    stacks.iter().find(|stack| stack.key.layer == layer && stack.key.region == region).unwrap()
}

fn resource<'a>(stack: &'a Stack, id: &str) -> &'a Resource {
    stack.template.resources.get(id).unwrap_or_else(|| panic!("{id} is not in {}", stack.file))
}

fn at<'a>(resource: &'a Resource, path: &str) -> Option<&'a Node> {
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let node = resource.properties.get(first)?;
    rest.split('/').filter(|step| !step.is_empty()).try_fold(node, |node, step| match step.parse::<usize>() {
        Ok(index) => node.as_list()?.get(index),
        Err(_) => node.get(step),
    })
}

fn reasons(architecture: &Architecture, name: &str) -> String {
    let piece = architecture.pieces.iter().find(|piece| piece.component.name() == name).unwrap();
    piece.reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("; ")
}

#[test]
fn every_volume_instance_and_cluster_is_backed_up_by_one_plan() {
    let expected: [(&str, &[&str]); 5] = [
        ("launch", &["DatabaseVolumeBackup"]),
        ("10", &["DatabaseVolumeBackup"]),
        ("1k", &["DatabaseLeaderBackup"]),
        ("10k", &["DatabaseClusterBackup"]),
        (
            "10m",
            &[
                "DatabaseClusterBackup",
                "UsersDatabaseClusterBackup",
                "CatalogDatabaseClusterBackup",
                "OrdersDatabaseClusterBackup",
                "OrdersShard2DatabaseClusterBackup",
            ],
        ),
    ];
    for (id, selections) in expected {
        let stacks = stacks(id, &Settings::default());
        let ops = stack(&stacks, Layer::Ops, "us-east-1");
        let kinds = ops.template.resources.iter().filter(|(_, resource)| resource.resource_type == "AWS::Backup::BackupSelection");
        assert_eq!(kinds.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), selections, "{id}");
        let vault = resource(stack(&stacks, Layer::Data, "us-east-1"), "BackupVault");
        assert_eq!(vault.deletion_policy, Some(Policy::Retain));
        assert_eq!(at(vault, "EncryptionKeyArn"), Some(&Node::map([("Fn::GetAtt", Node::list(["DataKey", "Arn"]))])));
    }
}

#[test]
fn backups_are_kept_as_long_as_the_user_says_and_within_what_a_service_keeps() {
    let settings = Settings { backup_retention_days: Some(90), ..Settings::default() };
    let stacks = stacks("1k", &settings);
    let days = "BackupPlan/BackupPlanRule/0/Lifecycle/DeleteAfterDays";
    assert_eq!(at(resource(stack(&stacks, Layer::Ops, "us-east-1"), "BackupPlan"), days), Some(&Node::Int(90)));
    let leader = resource(stack(&stacks, Layer::Data, "us-east-1"), "DatabaseLeader");
    assert_eq!(at(leader, "BackupRetentionPeriod"), Some(&Node::Int(35)));
    let none = Settings { backup_retention_days: Some(0), ..Settings::default() };
    assert!(plan("1k", None, &none).unwrap_err().to_string().contains("backup_retention_days is 0"));
}

#[test]
fn backups_are_copied_into_the_second_regions_vault_by_its_own_key() {
    let stacks = stacks("10m", &Settings::default());
    let (ops, further) = (stack(&stacks, Layer::Ops, "us-east-1"), stack(&stacks, Layer::Data, "us-west-2"));
    assert!(further.template.resources.contains_key("BackupVault"));
    let copy = at(resource(ops, "BackupPlan"), "BackupPlan/BackupPlanRule/0/CopyActions/0/DestinationBackupVaultArn").unwrap();
    let Some(("Ref", Node::Str(parameter))) = copy.intrinsic() else { panic!("{copy:?}") };
    let input = ops.inputs.iter().find(|input| input.parameter == *parameter).unwrap();
    assert!(matches!(&input.source, Source::Output { stack, .. } if *stack == further.key), "{input:?}");
    assert!(!stack(&stacks, Layer::Ops, "us-west-2").template.resources.contains_key("BackupPlan"));
}

#[test]
fn a_pool_takes_the_databases_place_in_the_variables() {
    let architecture = plan("500k", None, &Settings::default()).unwrap();
    assert!(reasons(&architecture, "database_proxy").contains("1,000 at once"), "{}", reasons(&architecture, "database_proxy"));
    let stacks = render::stacks(&architecture).unwrap();
    let app = stack(&stacks, Layer::App, "us-east-1");
    let task = format!("{:?}", resource(app, "WebTaskDefinition").properties);
    assert!(task.contains("DatabaseProxyEndpoint") && task.contains("DatabaseProxyReadsEndpoint"), "{task}");
    assert!(!task.contains("DatabaseClusterEndpoint"), "{task}");
    let data = stack(&stacks, Layer::Data, "us-east-1");
    assert_eq!(at(resource(data, "DatabaseProxy"), "RequireTLS"), Some(&Node::Bool(true)));
    assert!(resource(data, "DatabaseProxyTargets").depends_on.contains(&"DatabaseWriter".to_owned()));
    let network = stack(&stacks, Layer::Network, "us-east-1");
    for rule in ["DatabaseProxyFromApp", "DatabaseProxyFromWorkers", "DatabaseProxyFromFunctions", "DatabaseFromProxy"] {
        assert_eq!(at(resource(network, rule), "FromPort"), Some(&Node::Int(5432)), "{rule}");
    }
}

#[test]
fn a_further_region_pools_reads_and_sends_writes_to_what_forwards_them() {
    let stacks = stacks("10m", &Settings::default());
    let task = format!("{:?}", resource(stack(&stacks, Layer::App, "us-west-2"), "WebTaskDefinition").properties);
    assert!(task.contains("DatabaseProxyReadsEndpoint") && !task.contains("DatabaseProxyEndpoint"), "{task}");
    let targets = resource(stack(&stacks, Layer::Data, "us-west-2"), "DatabaseProxyTargets");
    assert!(targets.depends_on.contains(&"DatabaseReader1".to_owned()), "{:?}", targets.depends_on);
}

#[test]
fn more_shards_leave_those_that_are_there() {
    let clusters = |users: u64| {
        let stacks = render::stacks(&plan("10m", Some(users), &Settings::default()).unwrap()).unwrap();
        let data = stack(&stacks, Layer::Data, "us-east-1").template.resources.clone();
        data.into_iter().filter(|(_, resource)| resource.resource_type == "AWS::RDS::DBCluster").collect::<Vec<_>>()
    };
    let (few, many) = (clusters(10_000_000), clusters(250_000_000));
    assert!(many.len() > few.len(), "{} clusters for 250 million users", many.len());
    for (id, before) in &few {
        let (_, after) = many.iter().find(|(other, _)| other == id).unwrap_or_else(|| panic!("{id} leaves"));
        for property in ["DBClusterIdentifier", "DatabaseName", "MasterUsername", "KmsKeyId", "StorageEncrypted", "DBSubnetGroupName"] {
            assert_eq!(before.properties.get(property), after.properties.get(property), "{id}.{property}");
        }
    }
}

#[test]
fn the_shard_map_is_one_table_over_all_regions() {
    let stacks = stacks("10m", &Settings::default());
    let map = resource(stack(&stacks, Layer::Data, "us-east-1"), "ShardMap");
    assert_eq!(map.deletion_policy, Some(Policy::Retain));
    assert_eq!(at(map, "TableName"), Some(&Node::from("app-prod-shard-map")));
    assert_eq!(at(map, "Replicas").unwrap().as_list().unwrap().len(), 2);
    assert!(!stack(&stacks, Layer::Data, "us-west-2").template.resources.contains_key("ShardMap"));
    let task = format!("{:?}", resource(stack(&stacks, Layer::App, "us-west-2"), "OrdersTaskDefinition").properties);
    for variable in ["SHARD_MAP_TABLE", "SHARD_COUNT", "ORDERS_DATABASE_HOST", "ORDERS_SHARD2_DATABASE_HOST"] {
        assert!(task.contains(variable), "{variable}");
    }
}

#[test]
fn a_configured_federation_groups_services_and_keeps_the_first_database() {
    let domains = [("store", vec!["web", "catalog"]), ("people", vec!["users"]), ("sales", vec!["orders"])];
    let federation = domains.into_iter().map(|(domain, services)| (domain.to_owned(), services.into_iter().map(str::to_owned).collect()));
    let settings = Settings { federation: federation.collect(), ..Settings::default() };
    let stacks = stacks("10m", &settings);
    let data = stack(&stacks, Layer::Data, "us-east-1");
    let clusters = data.template.resources.iter().filter(|(_, resource)| resource.resource_type == "AWS::RDS::DBCluster");
    let names: Vec<&str> = clusters.map(|(id, _)| id.as_str()).collect();
    assert_eq!(names, ["DatabaseCluster", "PeopleDatabaseCluster", "SalesDatabaseCluster", "SalesShard2DatabaseCluster"]);
}

#[test]
fn dax_stands_before_the_sessions_in_every_region() {
    let stacks = stacks("10m", &Settings::default());
    for region in ["us-east-1", "us-west-2"] {
        let data = stack(&stacks, Layer::Data, region);
        let cluster = resource(data, "TableCache");
        assert_eq!(at(cluster, "ClusterEndpointEncryptionType"), Some(&Node::from("TLS")));
        assert_eq!(at(cluster, "SSESpecification/SSEEnabled"), Some(&Node::Bool(true)));
        assert_eq!(at(cluster, "AvailabilityZones").unwrap().as_list().unwrap().len(), 3);
        let role = format!("{:?}", resource(data, "TableCacheRole").properties);
        assert!(role.contains("table/app-prod-sessions") && !role.contains("table/*"), "{role}");
        let task = format!("{:?}", resource(stack(&stacks, Layer::App, region), "WebTaskDefinition").properties);
        assert!(task.contains("DAX_ENDPOINT"), "{region}");
    }
}

#[test]
fn the_cache_speaks_what_the_user_chose_where_that_loses_nobody() {
    let redis = Settings { cache_engine: CacheEngine::Redis, ..Settings::default() };
    let stacks_of_redis = stacks("10k", &redis);
    let data = stack(&stacks_of_redis, Layer::Data, "us-east-1");
    assert_eq!(at(resource(data, "Cache"), "Engine"), Some(&Node::from("redis")));
    assert_eq!(at(resource(data, "CacheParameterGroup"), "CacheParameterGroupFamily"), Some(&Node::from("redis7")));
    let memcached = Settings { cache_engine: CacheEngine::Memcached, ..Settings::default() };
    let refused = plan("10k", None, &memcached).unwrap_err().to_string();
    assert!(refused.contains("sessions live in this phase's cache"), "{refused}");
    let stacks_of_memcached = stacks("500k", &memcached);
    let data = stack(&stacks_of_memcached, Layer::Data, "us-east-1");
    let cache = resource(data, "MemcachedCache");
    assert_eq!(at(cache, "AZMode"), Some(&Node::from("cross-az")));
    assert_eq!(at(cache, "TransitEncryptionEnabled"), Some(&Node::Bool(true)));
    assert!(!data.template.resources.contains_key("Cache") && !data.template.resources.contains_key("CacheCredentials"));
}

#[test]
fn a_chosen_home_keeps_its_database_from_phase_to_phase() {
    let road = |hosting, ids: [&str; 2], kept: &str| {
        let settings = Settings { database_hosting: Some(hosting), ..Settings::default() };
        for id in ids {
            let stacks = stacks(id, &settings);
            assert!(stack(&stacks, Layer::Data, "us-east-1").template.resources.contains_key(kept), "{kept} at {id}");
        }
    };
    road(DatabaseHosting::Rds, ["10", "1k"], "DatabaseLeader");
    road(DatabaseHosting::Rds, ["1k", "10k"], "DatabaseLeader");
    road(DatabaseHosting::Ec2, ["10", "1k"], "DatabaseVolume");
    road(DatabaseHosting::Aurora, ["1k", "10k"], "DatabaseCluster");
    let ec2 = Settings { database_hosting: Some(DatabaseHosting::Ec2), ..Settings::default() };
    let refused = plan("10k", None, &ec2).unwrap_err().to_string();
    assert!(refused.contains("database_hosting ec2: phase 10k promises 99.95 %"), "{refused}");
}

#[test]
fn a_host_without_internet_can_be_reached_by_people_and_by_the_next_database() {
    let stacks = stacks("10", &Settings::default());
    let network = stack(&stacks, Layer::Network, "us-east-1");
    assert_eq!(at(resource(network, "DatabaseFromAdminEndpoint"), "FromPort"), Some(&Node::Int(22)));
    assert!(network.template.resources.contains_key("AdminEndpoint"));
    let follow = resource(network, "DatabaseFromDatabase");
    assert_eq!(at(follow, "GroupId"), at(follow, "SourceSecurityGroupId"));
}

#[test]
fn logs_of_databases_have_an_end() {
    let settings = Settings { log_retention_days: Some(90), ..Settings::default() };
    for (id, names) in [
        ("1k", vec!["/aws/rds/instance/app-prod-leader/postgresql", "/aws/rds/instance/app-prod-follower/upgrade"]),
        ("500k", vec!["/aws/rds/cluster/app-prod-database/postgresql", "/aws/rds/proxy/app-prod-database"]),
    ] {
        let stacks = stacks(id, &settings);
        let data = stack(&stacks, Layer::Data, "us-east-1");
        for name in names {
            let found = data.template.resources.values().find(|resource| at(resource, "LogGroupName") == Some(&Node::from(name)));
            let group = found.unwrap_or_else(|| panic!("{id}: no group is called {name}"));
            assert_eq!(at(group, "RetentionInDays"), Some(&Node::Int(90)), "{name}");
        }
    }
}
