//! Facts and faults on the models themselves.

use crate::facts::{Replacement, Shape, all, faults, identifier, of, replacement};
use crate::node::{Map, Node};
use crate::policy;
use crate::resource::{Tag, dynamodb, ec2, elasticache, elasticloadbalancingv2 as elb, iam, lambda, logs, rds, route53, sns, sqs, wafv2};
use crate::{Id, Literal, ResourceType, Val};

fn problems<R: ResourceType>(model: R) -> Vec<String> {
    faults(R::facts(), &model.into_properties()).into_iter().map(|fault| format!("{}: {}", fault.path, fault.problem)).collect()
}

fn problems_of(resource_type: &str, properties: Node) -> Vec<String> {
    let Node::Map(properties) = properties else { panic!("properties are a map") };
    faults(of(resource_type).unwrap(), &properties).into_iter().map(|fault| format!("{}: {}", fault.path, fault.problem)).collect()
}

#[test]
fn every_type_is_found_by_its_name() {
    assert!(all().is_sorted_by_key(|facts| facts.resource_type));
    assert!(all().iter().all(|facts| of(facts.resource_type).is_some_and(|found| found.resource_type == facts.resource_type)));
    assert!(all().len() >= 130, "{}", all().len());
    assert!(of("AWS::SQS::Nothing").is_none());
}

#[test]
fn what_was_built_has_no_faults() {
    let vpc: Id<ec2::VPC> = Id::new("Vpc");
    let queue = sqs::Queue::new()
        .visibility_timeout(60)
        .redrive_policy(sqs::queue::RedrivePolicy::new().dead_letter_target_arn(Id::<sqs::Queue>::new("Dead").arn()).max_receive_count(5))
        .tags([Tag::new("Environment", "prod")]);
    assert_eq!(problems(queue), [""; 0]);
    let subnet = ec2::Subnet::new(vpc.vpc_id())
        .cidr_block(Val::select(0, Val::of_node(Node::map([("Fn::Cidr", 1)]))))
        .map_public_ip_on_launch(false);
    assert_eq!(problems(subnet), [""; 0]);
    let table = dynamodb::Table::new([dynamodb::table::KeySchema::new("pk", dynamodb::table::KeyType::Hash)])
        .attribute_definitions([dynamodb::table::AttributeDefinition::new("pk", dynamodb::table::AttributeType::S)])
        .billing_mode(dynamodb::table::BillingMode::PayPerRequest);
    assert_eq!(problems(table), [""; 0]);
    let function = lambda::Function::new(lambda::function::Code::new().zip_file("def handler(e, c): pass"), Val::attribute("Role", "Arn"))
        .runtime(lambda::function::Runtime::Python3_13)
        .architectures([lambda::function::Architecture::Arm64])
        .environment(lambda::function::Environment::new().variables([("QUEUE_URL", Id::<sqs::Queue>::new("Jobs").reference())]));
    assert_eq!(problems(function), [""; 0]);
    assert_eq!(problems(iam::Role::new(policy::assumable_by("ec2.amazonaws.com"))), [""; 0]);
    assert_eq!(
        problems(sns::Subscription::new(sns::subscription::Protocol::Https, "arn:aws:sns:eu-west-1:1:t").endpoint("https://x")),
        [""; 0]
    );
}

#[test]
fn enums_write_the_strings_of_the_wire() {
    assert_eq!(elb::target_group::Protocol::Https.into_node(), Node::from("HTTPS"));
    assert_eq!(dynamodb::table::BillingMode::ALL, ["PAY_PER_REQUEST", "PROVISIONED"]);
    let protocol: Val<elb::target_group::Protocol> =
        Val::when("Plain", elb::target_group::Protocol::Http, elb::target_group::Protocol::Https);
    assert_eq!(problems(elb::TargetGroup::new().protocol(protocol)), [""; 0]);
}

#[test]
fn attributes_are_typed_getters() {
    let instance: Id<rds::DBInstance> = Id::new("Database");
    assert_eq!(instance.endpoint_address(), Val::attribute("Database", "Endpoint.Address"));
    let group: Id<elasticache::ReplicationGroup> = Id::new("Cache");
    assert_eq!(group.primary_end_point_address(), Val::attribute("Cache", "PrimaryEndPoint.Address"));
    assert_eq!(group.configuration_end_point_address(), Val::attribute("Cache", "ConfigurationEndPoint.Address"));
    let balancer: Id<elb::LoadBalancer> = Id::new("Balancer");
    let names = [balancer.dns_name(), balancer.canonical_hosted_zone_id(), balancer.load_balancer_full_name()];
    assert_eq!(names, ["DNSName", "CanonicalHostedZoneID", "LoadBalancerFullName"].map(|name| Val::attribute("Balancer", name)));
    assert_eq!(Id::<elb::TargetGroup>::new("T").target_group_full_name(), Val::attribute("T", "TargetGroupFullName"));
    assert_eq!(Id::<ec2::SecurityGroup>::new("G").group_id(), Val::attribute("G", "GroupId"));
    assert_eq!(Id::<ec2::Instance>::new("I").private_ip(), Val::attribute("I", "PrivateIp"));
    assert_eq!(Id::<ec2::Subnet>::new("S").availability_zone(), Val::attribute("S", "AvailabilityZone"));
    let blocks: Val<Vec<String>> = Id::<ec2::VPC>::new("V").cidr_block_associations();
    assert_eq!(blocks.node(), Val::<String>::attribute("V", "CidrBlockAssociations").node());
}

#[test]
fn each_kind_of_fault_is_named() {
    let queue = |properties: Node| problems_of("AWS::SQS::Queue", properties);
    assert!(queue(Node::map([("Visibility", 1)]))[0].starts_with("Visibility: AWS::SQS::Queue has no Visibility; it has ContentBased"));
    assert_eq!(queue(Node::map([("Arn", "x")])), ["Arn: Arn can only be read: AWS sets it"]);
    assert_eq!(queue(Node::map([("FifoQueue", "yes")])), ["FifoQueue: `yes` where true or false is wanted"]);
    assert_eq!(queue(Node::map([("DelaySeconds", 901)])), ["DelaySeconds: 901 is not 0 to 900"]);
    assert_eq!(queue(Node::map([("DelaySeconds", "soon")])), ["DelaySeconds: `soon` where a whole number is wanted"]);
    assert_eq!(queue(Node::map([("Tags", "x")])), ["Tags: `x` where a list is wanted"]);
    assert_eq!(queue(Node::map([("Tags", Node::list([Node::map([("Key", "a")])]))])), ["Tags/0/Value: Value is required"]);
    assert_eq!(problems_of("AWS::EC2::Subnet", Node::Map(Map::new())), ["VpcId: VpcId is required"]);
    let table = Node::map([("KeySchema", Node::list([Node::map([("AttributeName", "a"), ("KeyType", "KEY")])]))]);
    assert_eq!(problems_of("AWS::DynamoDB::Table", table), ["KeySchema/0/KeyType: `KEY` is not one of HASH, RANGE"]);
    let days = Node::map([("RetentionInDays", 8)]);
    assert!(problems_of("AWS::Logs::LogGroup", days)[0].starts_with("RetentionInDays: 8 is not one of 1, 3, 5, 7"));
    let name = problems(logs::LogGroup::new().log_group_name("a b"));
    assert!(name[0].starts_with("LogGroupName: `a b` does not match "), "{name:?}");
    let long = problems(logs::LogGroup::new().log_group_name("a".repeat(513)));
    assert_eq!(long[0], "LogGroupName: 513 characters, where 1 to 512 is wanted");
    let twice = problems(elasticache::ReplicationGroup::new("cache").user_group_ids(["app", "app"]));
    assert_eq!(twice, ["UserGroupIds/1: the same item came before; each may come once"]);
    let none = problems(elasticache::ReplicationGroup::new("cache").user_group_ids(Vec::<String>::new()));
    assert_eq!(none, ["UserGroupIds: 0 items, where at least 1 is wanted"]);
}

#[test]
fn numbers_and_texts_stand_for_each_other_as_in_cloudformation() {
    assert_eq!(problems_of("AWS::SQS::Queue", Node::map([("DelaySeconds", "5"), ("FifoQueue", "true")])), [""; 0]);
    assert_eq!(problems_of("AWS::SQS::Queue", Node::map([("QueueName", 5)])), [""; 0]);
}

#[test]
fn intrinsics_and_dynamic_references_pass_but_branches_are_looked_at() {
    let branches = |a: Node, b: Node| Node::map([("DelaySeconds", Node::map([("Fn::If", Node::List(vec!["Slow".into(), a, b]))]))]);
    assert_eq!(problems_of("AWS::SQS::Queue", branches(900.into(), Node::map([("Ref", "AWS::NoValue")]))), [""; 0]);
    assert_eq!(problems_of("AWS::SQS::Queue", branches(901.into(), 0.into())), ["DelaySeconds: 901 is not 0 to 900"]);
    assert_eq!(problems_of("AWS::SQS::Queue", Node::map([("DelaySeconds", "{{resolve:ssm:delay}}")])), [""; 0]);
    assert_eq!(problems(logs::LogGroup::new().log_group_name("{{resolve:ssm:name:1}}")), [""; 0]);
}

#[test]
fn replacement_joins_the_schema_with_the_tables() {
    let of = |resource_type: &str, path: &str| of(resource_type).unwrap().replacement(path);
    assert_eq!(of("AWS::SQS::Queue", "FifoQueue"), Replacement::Always);
    assert_eq!(of("AWS::SQS::Queue", "DelaySeconds"), Replacement::Never);
    assert_eq!(of("AWS::EC2::Volume", "AvailabilityZone"), Replacement::Always);
    assert_eq!(of("AWS::RDS::DBInstance", "MultiAZ"), Replacement::Never);
    assert_eq!(of("AWS::RDS::DBInstance", "StorageEncrypted"), Replacement::Always);
    assert!(matches!(of("AWS::ElastiCache::ReplicationGroup", "NumNodeGroups"), Replacement::Sometimes(Some(_))));
    assert_eq!(of("AWS::RDS::DBCluster", "Engine"), Replacement::Sometimes(None));
    // A part of what is create-only is, and so is the whole around it.
    assert_eq!(of("AWS::Route53::HealthCheck", "HealthCheckConfig.Type"), Replacement::Always);
    assert_eq!(of("AWS::EC2::Instance", "CpuOptions/CoreCount"), Replacement::Always);
    assert!(route53::HealthCheck::facts().create_only.iter().any(|path| path.starts_with("HealthCheckConfig/")));
}

#[test]
fn replacement_is_known_of_types_that_are_not_modelled() {
    let always = |resource_type: &str, path: &str| assert_eq!(replacement(resource_type, path), Some(Replacement::Always), "{path}");
    let never = |resource_type: &str, path: &str| assert_eq!(replacement(resource_type, path), Some(Replacement::Never), "{path}");
    always("AWS::EFS::FileSystem", "Encrypted");
    always("AWS::ECR::Repository", "RepositoryName");
    never("AWS::ECR::Repository", "ImageTagMutability");
    always("AWS::Redshift::Cluster", "MasterUsername");
    // Only the specification has it, with the items of a list between.
    always("AWS::MediaLive::Channel", "InputAttachments/3/InputId");
    never("AWS::MediaLive::Channel", "InputAttachments/3/InputSettings");
    always("AWS::MediaLive::Channel", "InputAttachments");
    assert_eq!(replacement("AWS::Elasticsearch::Domain", "ElasticsearchVersion"), Some(Replacement::Sometimes(None)));
    // What a transform makes of these is not known here, so nothing about them is said to be safe.
    assert_eq!(replacement("AWS::Serverless::Function", "Timeout"), Some(Replacement::Sometimes(None)));
}

#[test]
fn nothing_is_said_of_types_that_are_none_of_aws() {
    for other in ["Custom::Thing", "AWS::CloudFormation::CustomResource", "MongoDB::Atlas::Cluster", "AWS::Nothing::Here", ""] {
        assert_eq!(replacement(other, "ServiceToken"), None, "{other}");
        assert_eq!(identifier(other).count(), 0, "{other}");
    }
}

#[test]
fn facts_of_a_modelled_type_and_of_every_type_are_the_same_truth() {
    for facts in all() {
        let Shape::Object { fields, .. } = facts.shape else { panic!("{} is no object", facts.resource_type) };
        for field in *fields {
            assert_eq!(replacement(facts.resource_type, field.name), Some(facts.replacement(field.name)), "{}", field.name);
        }
    }
}

#[test]
fn what_identifies_a_resource_is_known_of_every_type() {
    assert_eq!(identifier("AWS::ECR::Repository").collect::<Vec<_>>(), ["RepositoryName"]);
    assert_eq!(identifier("AWS::Glue::Table").collect::<Vec<_>>(), ["CatalogId", "DatabaseName", "Name"]);
    assert_eq!(identifier("AWS::S3::Bucket").collect::<Vec<_>>(), ["BucketName"]);
}

#[test]
fn what_holds_data_is_known() {
    assert!(dynamodb::Table::facts().holds_data && sqs::Queue::facts().holds_data && elasticache::ReplicationGroup::facts().holds_data);
    assert!(!logs::LogGroup::facts().holds_data && !ec2::Instance::facts().holds_data);
}

#[test]
fn recursive_definitions_nest() {
    use wafv2::web_acl::{NotStatement, Statement};
    let statement = Statement::new().not_statement(NotStatement::new(Statement::new().not_statement(NotStatement::new(Statement::new()))));
    let node = statement.into_node();
    assert!(node.get("NotStatement").unwrap().get("Statement").unwrap().get("NotStatement").is_some());
}
