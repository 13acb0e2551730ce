//! Data that lies, or a cache's traffic that travels, in the clear.

use cfn::Node;

use crate::check::graph::below;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "data-unencrypted",
    severity: Severity::Warning,
    what: "databases, volumes, streams, file systems, topics and caches are encrypted",
    why: "Encryption of a database, a volume or a cache cannot be switched on later without moving the data to a new one; auditors ask for it on the first day.",
    link: "https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html",
    run,
};

/// Flags that have to be true, by type.
const FLAGS: [(&str, &str); 12] = [
    ("AWS::RDS::DBCluster", "StorageEncrypted"),
    ("AWS::RDS::GlobalCluster", "StorageEncrypted"),
    ("AWS::DocDB::DBCluster", "StorageEncrypted"),
    ("AWS::Neptune::DBCluster", "StorageEncrypted"),
    ("AWS::EC2::Volume", "Encrypted"),
    ("AWS::EFS::FileSystem", "Encrypted"),
    ("AWS::Redshift::Cluster", "Encrypted"),
    ("AWS::DAX::Cluster", "SSESpecification/SSEEnabled"),
    ("AWS::ElastiCache::ReplicationGroup", "AtRestEncryptionEnabled"),
    ("AWS::ElastiCache::ReplicationGroup", "TransitEncryptionEnabled"),
    ("AWS::OpenSearchService::Domain", "EncryptionAtRestOptions/Enabled"),
    ("AWS::OpenSearchService::Domain", "NodeToNodeEncryptionOptions/Enabled"),
];

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        for (_, property) in FLAGS.iter().filter(|(kind, _)| *kind == item.kind) {
            // What is made of a snapshot, a replica's source or a global cluster takes its encryption from there.
            let inherits = ["SnapshotIdentifier", "SourceDBClusterIdentifier", "SnapshotId", "GlobalClusterIdentifier"];
            let inherited = !item.has(property) && inherits.iter().any(|from| item.has(from));
            if !inherited {
                on(item, property, found);
            }
        }
        match item.kind {
            "AWS::RDS::DBInstance" if !item.has("DBClusterIdentifier") && !item.text("Engine").unwrap_or_default().starts_with("aurora") => {
                let inherited = item.has("SourceDBInstanceIdentifier") || item.has("DBSnapshotIdentifier");
                if !inherited || item.flag("StorageEncrypted") == Some(false) {
                    on(item, "StorageEncrypted", found);
                }
            }
            "AWS::Kinesis::Stream" if !item.has("StreamEncryption/EncryptionType") => {
                found.at(item, "StreamEncryption", "the stream is not encrypted; set StreamEncryption with EncryptionType: KMS and a KeyId");
            }
            "AWS::SQS::Queue" if item.flag("SqsManagedSseEnabled") == Some(false) && !item.has("KmsMasterKeyId") => {
                let message = "SqsManagedSseEnabled is false and no KmsMasterKeyId is set, so messages lie in the clear; leave the flag out or name a key";
                found.at(item, "SqsManagedSseEnabled", message);
            }
            "AWS::EC2::Instance" => disks(item, "BlockDeviceMappings", found),
            "AWS::EC2::LaunchTemplate" => disks(item, "LaunchTemplateData/BlockDeviceMappings", found),
            _ => {}
        }
    }
}

fn on(item: &Item, property: &str, found: &mut Found) {
    match item.get(property) {
        Some(Node::Bool(true)) => {}
        Some(Node::Str(text)) if text.eq_ignore_ascii_case("true") => {}
        None => found.at(item, property, format!("{property} is not set; set it to true, because it cannot be switched on in place later")),
        Some(Node::Bool(false) | Node::Str(_)) => found.at(item, property, format!("{property} is not true; set it to true")),
        Some(_) => {}
    }
}

fn disks(item: &Item, path: &str, found: &mut Found) {
    for (index, mapping) in item.list(path) {
        let Some(disk) = mapping.get("Ebs") else { continue };
        let encrypted = below(disk, "Encrypted").into_iter().next();
        let off = matches!(encrypted, Some(Node::Bool(false))) || (encrypted.is_none() && disk.get("SnapshotId").is_none());
        if off {
            found.at(item, &format!("{path}/{index}/Ebs/Encrypted"), "this disk is not encrypted; set Encrypted: true");
        }
    }
}
