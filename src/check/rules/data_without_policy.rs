//! Something that holds data and goes away with its stack, or when it is replaced.

use cfn::Policy;

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "data-without-policy",
    severity: Severity::Warning,
    what: "whatever holds data says what becomes of it: DeletionPolicy and UpdateReplacePolicy, both Retain or Snapshot",
    why: "Without DeletionPolicy the data goes with the stack or with the resource's lines; without UpdateReplacePolicy it goes when a change of an immutable property replaces the resource.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        let holds = item.raw.holds_data();
        // A key or a secret can be brought back for days, and a queue's messages pass; a cache without snapshots promises nothing.
        let passing = match item.kind {
            "AWS::KMS::Key" | "AWS::KMS::ReplicaKey" | "AWS::SecretsManager::Secret" | "AWS::SQS::Queue" | "AWS::Kinesis::Stream" => true,
            "AWS::ElastiCache::ReplicationGroup" | "AWS::ElastiCache::CacheCluster" => item.int("SnapshotRetentionLimit").unwrap_or(0) == 0,
            // A replica's data is its source's.
            "AWS::RDS::DBInstance" => item.has("SourceDBInstanceIdentifier"),
            _ => false,
        };
        if !holds || passing {
            continue;
        }
        let keeps = |policy: Option<Policy>| matches!(policy, Some(Policy::Retain | Policy::RetainExceptOnCreate | Policy::Snapshot));
        let deletion = keeps(item.raw.deletion_policy);
        let replacement = keeps(item.raw.update_replace_policy);
        let missing = match (deletion, replacement) {
            (true, true) => continue,
            (false, true) => "DeletionPolicy",
            (true, false) => "UpdateReplacePolicy",
            (false, false) => "DeletionPolicy and UpdateReplacePolicy",
        };
        let attribute = if deletion { "UpdateReplacePolicy" } else { "DeletionPolicy" };
        found.beside(item, attribute, format!("this {} holds data; set {missing} to Retain (or Snapshot where the type has snapshots)", item.kind));
    }
}
