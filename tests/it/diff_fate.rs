//! The table of fates through whole templates: every event, policy and kind of type, as the difference tells it.

use cfn::{Node, Policy};
use scalectl::check::File;
use scalectl::diff::{Difference, Gate, Side, breaches, difference};
use scalectl::fate::{Event, Fate, Nature, Policies, Word, fate};

/// A type, a property that cannot be changed, one that can, and what CloudFormation does with its like.
const TYPES: [(&str, &str, &str, Nature); 6] = [
    ("AWS::S3::Bucket", "BucketName", "Tags", Nature { snapshots: false, snapshot_by_default: false }),
    ("AWS::DynamoDB::Table", "TableName", "BillingMode", Nature { snapshots: false, snapshot_by_default: false }),
    ("AWS::EC2::Volume", "AvailabilityZone", "Size", Nature { snapshots: true, snapshot_by_default: false }),
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId", "CacheNodeType", Nature { snapshots: true, snapshot_by_default: false }),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier", "DBInstanceClass", Nature { snapshots: true, snapshot_by_default: true }),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier", "BackupRetentionPeriod", Nature { snapshots: true, snapshot_by_default: true }),
];

fn written(word: Word) -> Option<Node> {
    match word {
        Word::Absent => None,
        Word::Is(policy) => Some(Node::from(policy.as_str())),
        Word::Open => Some(Node::map([("Ref", "Policy")])),
    }
}

fn side(resource_type: &str, properties: &[(&str, &str)], policies: Policies) -> Side {
    let mut entry = vec![
        ("Type".to_owned(), Node::from(resource_type)),
        ("Properties".to_owned(), Node::map(properties.iter().map(|(name, value)| (*name, *value)))),
    ];
    for (key, word) in [("DeletionPolicy", policies.deletion), ("UpdateReplacePolicy", policies.update_replace)] {
        entry.extend(written(word).map(|value| (key.to_owned(), value)));
    }
    of(Node::map([("Data", Node::map(entry)), ("Beside", Node::map([("Type", "AWS::SNS::Topic")]))]))
}

fn of(resources: Node) -> Side {
    let text = cfn::json::write(&Node::map([("Resources", resources)]));
    Side::of_files("side", vec![File::read("stack.json", &text).unwrap()])
}

fn without() -> Side {
    of(Node::map([("Beside", Node::map([("Type", "AWS::SNS::Topic")]))]))
}

fn told(difference: &Difference) -> Option<Fate> {
    difference.resources().find(|(_, _, one)| one.id == "Data").and_then(|(_, _, one)| one.data.as_ref()).map(|data| data.fate)
}

#[test]
fn every_cell_of_the_table_is_what_the_difference_of_two_templates_tells() {
    let mut cells = 0;
    for (resource_type, fixed, free, nature) in TYPES {
        for deletion in Word::ALL {
            for update_replace in Word::ALL {
                let policies = Policies { deletion, update_replace };
                let old = side(resource_type, &[(fixed, "a"), (free, "1")], policies);
                let place = |event: Event| format!("{resource_type} {event:?} {policies:?}");
                for (event, new) in [
                    (Event::InPlace, side(resource_type, &[(fixed, "a"), (free, "2")], policies)),
                    (Event::Removed, without()),
                    (Event::Retyped, side("AWS::SQS::QueuePolicy", &[("Queues", "a")], policies)),
                ] {
                    assert_eq!(told(&difference(&old, &new)), Some(fate(event, policies, Some(policies), nature)), "{}", place(event));
                    cells += 1;
                }
                for new in Word::ALL {
                    let after = Policies { deletion, update_replace: new };
                    let found = difference(&old, &side(resource_type, &[(fixed, "b"), (free, "1")], after));
                    assert_eq!(
                        told(&found),
                        Some(fate(Event::Replaced, policies, Some(after), nature)),
                        "{} {new:?}",
                        place(Event::Replaced)
                    );
                    cells += 1;
                }
                assert_eq!(told(&difference(&old, &old)), None);
                assert_eq!(told(&difference(&without(), &old)), None, "what is made has no data yet");
                cells += 2;
            }
        }
    }
    assert_eq!(cells, 6 * 36 * (3 + 6 + 2));
}

#[test]
fn what_holds_no_data_has_no_fate_and_a_member_of_a_cluster_has_its_clusters() {
    let policies = Policies { deletion: Word::Is(Policy::Delete), update_replace: Word::Absent };
    for (resource_type, properties) in [
        ("AWS::SNS::Topic", vec![("TopicName", "a")]),
        ("AWS::RDS::DBInstance", vec![("DBClusterIdentifier", "a"), ("DBInstanceClass", "b")]),
    ] {
        assert_eq!(told(&difference(&side(resource_type, &properties, policies), &without())), None, "{resource_type}");
    }
    for resource_type in ["AWS::CloudFormation::Stack", "Some::Private::Module::MODULE", "AWS::DocDB::DBCluster", "AWS::EFS::FileSystem"] {
        let found = difference(&side(resource_type, &[("Name", "a")], policies), &without());
        assert_eq!(told(&found), Some(Fate::Lose), "{resource_type}: what may hold data counts as if it did");
    }
}

#[test]
fn a_new_name_or_stack_is_told_and_the_old_one_meets_its_deletion_policy() {
    let policies = |word| Policies { deletion: word, update_replace: Word::Absent };
    for (word, expected) in [(Word::Is(Policy::Retain), Fate::Retain), (Word::Is(Policy::Delete), Fate::Lose), (Word::Absent, Fate::Lose)] {
        let old = side("AWS::DynamoDB::Table", &[("TableName", "a")], policies(word));
        let mut new = side("AWS::DynamoDB::Table", &[("TableName", "a")], policies(word));
        let resources = &mut new.sets[0].files.files[0].template.resources;
        let table = resources.shift_remove("Data").unwrap();
        resources.insert("Orders".to_owned(), table);
        let found = difference(&old, &new);
        let (_, _, one) = found.resources().next().unwrap();
        assert_eq!((one.id.as_str(), one.old_id()), ("Orders", "Data"));
        assert_eq!(one.data.as_ref().map(|data| data.fate), Some(expected));
        assert!(one.digest.as_ref().is_some_and(|digest| digest.len() == 8));
        assert_eq!(found.unaccepted(&[]).collect::<Vec<_>>(), ["Data"]);
        assert_eq!(found.unaccepted(&["Data".to_owned()]).count(), 0);
    }
}

fn hand_written(text: &str) -> Side {
    Side::of_files("side", vec![File::read("stack.yaml", text).unwrap()])
}

fn fates(from: &str, to: &str) -> Vec<(String, Fate, bool)> {
    let found = difference(&hand_written(from), &hand_written(to));
    let with = |one: &scalectl::diff::ResourceDifference| one.data.as_ref().map(|data| (one.old_id().to_owned(), data.fate, data.sure));
    found.resources().filter_map(|(_, _, one)| with(one)).filter(|(_, fate, _)| *fate > Fate::Keep).collect()
}

fn refused(from: &str, to: &str, accepted: &[String]) -> Vec<String> {
    let found = difference(&hand_written(from), &hand_written(to));
    breaches(&found, &[Gate::DataFate], accepted).into_iter().filter_map(|breach| breach.id).collect()
}

#[test]
fn a_table_that_a_loop_no_longer_makes_is_lost_and_a_loop_that_cannot_be_told_may_lose_what_it_makes() {
    let each = |names: &str| {
        format!(
            "Transform: AWS::LanguageExtensions\nParameters: {{Names: {{Type: CommaDelimitedList}}}}\nResources:\n  Fn::ForEach::Tables:\n    - Name\n    - {names}\n    - ${{Name}}Table: \
             {{Type: AWS::DynamoDB::Table, Properties: {{TableName: !Sub 'shop-${{Name}}'}}}}\n"
        )
    };
    assert_eq!(fates(&each("[orders, users]"), &each("[users]")), [("ordersTable".to_owned(), Fate::Lose, true)]);
    assert_eq!(fates(&each("[users]"), &each("[orders, users]")), []);
    assert_eq!(fates(&each("!Ref Names"), &each("!Split [',', !Ref Names]")), [("Fn::ForEach::Tables".to_owned(), Fate::Lose, false)]);
}

#[test]
fn what_is_hidden_in_a_nested_stack_a_module_or_a_macro_counts_as_what_may_be_lost() {
    let nested = |version: &str, policy: &str| {
        format!(
            "Resources:\n  Database:\n    Type: AWS::CloudFormation::Stack\n{policy}    Properties: {{TemplateURL: 'https://b.example/{version}.yaml'}}\n  T: {{Type: AWS::SNS::Topic}}\n"
        )
    };
    let without = "Resources: {T: {Type: AWS::SNS::Topic}}";
    assert_eq!(fates(&nested("1", ""), without), [("Database".to_owned(), Fate::Lose, true)]);
    assert_eq!(fates(&nested("1", "    DeletionPolicy: Retain\n"), without), [("Database".to_owned(), Fate::Retain, true)]);
    // What changes inside is not seen: nobody is told that it is lost, and nobody that it is kept.
    assert_eq!(fates(&nested("1", ""), &nested("2", "")), []);
    assert_eq!(refused(&nested("1", ""), &nested("2", ""), &[]), ["Database"]);
    assert_eq!(refused(&nested("1", ""), &nested("2", ""), &["Database".to_owned()]), Vec::<String>::new());
    assert_eq!(refused(&nested("1", ""), &nested("1", ""), &[]), Vec::<String>::new());
    let include = |key: &str| {
        format!(
            "Resources: {{'Fn::Transform': {{Name: 'AWS::Include', Parameters: {{Location: 's3://b/{key}'}}}}, T: {{Type: AWS::SNS::Topic}}}}"
        )
    };
    assert_eq!(fates(&include("a"), without), [("Fn::Transform".to_owned(), Fate::Lose, true)]);
    assert_eq!(fates(&include("a"), &include("b")), [("Fn::Transform".to_owned(), Fate::Lose, false)]);
}
