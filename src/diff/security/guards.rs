//! What keeps data from being lost or read: properties of resources, and resources that watch over others.

/// How a value protects.
#[derive(Debug, Clone, Copy)]
pub enum Measure {
    /// These words do, others do not; whether it is so where nothing is written.
    On(&'static [&'static str], bool),
    /// The more the better; what it is where nothing is written.
    More(i64),
    /// That something is written.
    Written,
    /// The oldest version of TLS that is spoken, and the year of the policy.
    Tls,
}

use Measure::{More, On, Tls, Written};

const TRUE: &[&str] = &["true", "ACTIVE"];
/// What is never deleted.
pub const FOREVER: i64 = i64::MAX;

/// What protects: a type, or the end of one, or nothing for every type; the path; how; and what is to be said when it is less.
pub const GUARDS: &[(&str, &str, Measure, &str)] = &[
    ("", "DeletionProtection", On(TRUE, false), "its deletion protection is off"),
    ("", "DeletionProtectionEnabled", On(TRUE, false), "its deletion protection is off"),
    ("", "DisableApiTermination", On(TRUE, false), "it may be terminated by a call"),
    ("", "BackupRetentionPeriod", More(1), "its backups are kept for fewer days"),
    ("::ReplicationGroup", "SnapshotRetentionLimit", More(0), "its snapshots are kept for fewer days"),
    ("::CacheCluster", "SnapshotRetentionLimit", More(0), "its snapshots are kept for fewer days"),
    ("::MemoryDB::Cluster", "SnapshotRetentionLimit", More(0), "its snapshots are kept for fewer days"),
    ("::Redshift::Cluster", "AutomatedSnapshotRetentionPeriod", More(1), "its snapshots are kept for fewer days"),
    ("::Kinesis::Stream", "RetentionPeriodHours", More(24), "its records are kept for fewer hours"),
    ("::SQS::Queue", "MessageRetentionPeriod", More(345_600), "its messages are kept for less time"),
    ("::Logs::LogGroup", "RetentionInDays", More(FOREVER), "its logs are kept for fewer days: AWS deletes the older ones"),
    (
        "::DynamoDB::Table",
        "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
        On(TRUE, false),
        "it can no longer be restored to a point in time",
    ),
    (
        "::GlobalTable",
        "Replicas/*/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
        On(TRUE, false),
        "it can no longer be restored to a point in time",
    ),
    ("::GlobalTable", "Replicas/*/DeletionProtectionEnabled", On(TRUE, false), "its deletion protection is off"),
    ("", "StorageEncrypted", On(TRUE, false), "its storage is not encrypted"),
    ("", "Encrypted", On(TRUE, false), "it is not encrypted"),
    ("", "SSESpecification/SSEEnabled", On(TRUE, false), "it is not encrypted with a key of your account"),
    ("", "AtRestEncryptionEnabled", On(TRUE, false), "it is not encrypted at rest"),
    ("", "TransitEncryptionEnabled", On(TRUE, false), "it is not encrypted on the way"),
    ("", "EncryptionAtRestOptions/Enabled", On(TRUE, false), "it is not encrypted at rest"),
    ("", "NodeToNodeEncryptionOptions/Enabled", On(TRUE, false), "it is not encrypted between its nodes"),
    ("::Domain", "DomainEndpointOptions/EnforceHTTPS", On(TRUE, false), "it answers without TLS"),
    ("::DBProxy", "RequireTLS", On(TRUE, false), "it answers without TLS"),
    ("::Launch", "LaunchTemplateData/BlockDeviceMappings/*/Ebs/Encrypted", On(TRUE, false), "its disks are not encrypted"),
    ("::Instance", "BlockDeviceMappings/*/Ebs/Encrypted", On(TRUE, false), "its disks are not encrypted"),
    ("::SQS::Queue", "SqsManagedSseEnabled", On(TRUE, true), "its messages are not encrypted"),
    ("::SQS::Queue", "KmsMasterKeyId", Written, "its messages are not encrypted with a key of your account"),
    ("::SNS::Topic", "KmsMasterKeyId", Written, "its messages are not encrypted"),
    ("::Logs::LogGroup", "KmsKeyId", Written, "its logs are not encrypted with a key of your account"),
    ("::Kinesis::Stream", "StreamEncryption", Written, "its records are not encrypted"),
    ("::S3::Bucket", "BucketEncryption", Written, "its objects are not encrypted with the key that it named"),
    (
        "::S3::Bucket",
        "VersioningConfiguration/Status",
        On(&["Enabled"], false),
        "what is overwritten or deleted in it is gone: no versions are kept",
    ),
    ("::BackupVault", "LockConfiguration", Written, "its lock is taken away: backups may be deleted"),
    ("::BackupPlan", "BackupPlan/BackupPlanRule/*/Lifecycle/DeleteAfterDays", More(FOREVER), "its backups are kept for fewer days"),
    ("::KMS::Key", "EnableKeyRotation", On(TRUE, false), "its key material is no longer rotated"),
    ("::KMS::Key", "PendingWindowInDays", More(30), "a deleted key may be brought back for fewer days"),
    ("::CloudTrail::Trail", "IsLogging", On(TRUE, false), "it no longer records"),
    ("::CloudTrail::Trail", "EnableLogFileValidation", On(TRUE, false), "its files may be changed without a trace"),
    ("", "SslPolicy", Tls, "it speaks an older TLS"),
    ("", "SecurityPolicy", Tls, "it speaks an older TLS"),
    ("::Domain", "DomainEndpointOptions/TLSSecurityPolicy", Tls, "it speaks an older TLS"),
    ("::Distribution", "DistributionConfig/ViewerCertificate/MinimumProtocolVersion", Tls, "it speaks an older TLS"),
    ("::Distribution", "DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy", On(SECURE, false), "it answers without TLS"),
    ("::Distribution", "DistributionConfig/CacheBehaviors/*/ViewerProtocolPolicy", On(SECURE, true), "it answers without TLS"),
    ("::Distribution", "DistributionConfig/WebACLId", Written, "no web ACL stands before it"),
    ("::Listener", "Protocol", On(&["HTTPS", "TLS"], false), "it answers without TLS"),
];

/// The type of a trail.
pub const TRAIL: &str = "AWS::CloudTrail::Trail";
const SECURE: &[&str] = &["redirect-to-https", "https-only"];

/// Resources that protect others by being there: what they protect, and what is to be said when they leave and it stays.
pub const WATCHERS: &[(&str, &str, &str)] = &[
    ("AWS::WAFv2::WebACLAssociation", "ResourceArn", "no web ACL stands before it"),
    ("AWS::EC2::FlowLog", "ResourceId", "its traffic is no longer logged"),
    (TRAIL, "", "no trail records what is done in the account"),
    ("AWS::Backup::BackupPlan", "", "this backup plan is gone"),
    ("AWS::Backup::BackupSelection", "BackupSelection/Resources/*", "no backup plan selects it any more"),
];
