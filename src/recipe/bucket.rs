//! Buckets that nobody reads from outside: what all of ours have in common.

use cfn::policy::Statement;
use cfn::resource::s3::{self, bucket};
use cfn::{Id, Val};

use crate::block::{Layer, Layers};

/// Days after which the parts of an upload that was never finished are deleted.
const UNFINISHED_DAYS: i64 = 7;

/// Days for which what expires by itself can still be had back.
const UNDELETE_DAYS: i64 = 7;

/// Days that access logs are kept: a quarter, long enough to look back on an incident that was found late.
pub const ACCESS_LOG_DAYS: i64 = 90;

/// Days for which what expires after so many is stored, and paid.
pub fn kept_days(days: i64) -> i64 {
    days + UNDELETE_DAYS
}

/// A bucket without ACLs and without a way to the public, encrypted with keys that S3 manages.
///
/// Not with a key of ours: load balancers write their logs only under SSE-S3, and CloudFront would need a grant in the key's policy for
/// files that are public anyway (Elastic Load Balancing user guide, "Enable access logs"; CloudFront developer guide, "Restrict access to
/// an Amazon S3 origin").
pub fn closed() -> s3::Bucket {
    use bucket::{
        BucketEncryption, ObjectOwnership, OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration, SSEAlgorithm,
        ServerSideEncryptionByDefault, ServerSideEncryptionRule,
    };
    let by_default = ServerSideEncryptionByDefault::new(SSEAlgorithm::Aes256);
    let blocked = PublicAccessBlockConfiguration::new()
        .block_public_acls(true)
        .block_public_policy(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true);
    s3::Bucket::new()
        .bucket_encryption(BucketEncryption::new([ServerSideEncryptionRule::new().server_side_encryption_by_default(by_default)]))
        .ownership_controls(OwnershipControls::new([OwnershipControlsRule::new().object_ownership(ObjectOwnership::BucketOwnerEnforced)]))
        .public_access_block_configuration(blocked)
}

/// Below this the bucket for logs keeps those of other buckets.
pub const LOGS: &str = "buckets/";

/// Writes down who asked for which object, where there is a bucket for that.
pub fn logged(model: s3::Bucket, name: &str, logs: Option<&Id<s3::Bucket>>) -> s3::Bucket {
    let Some(logs) = logs else { return model };
    let into = bucket::LoggingConfiguration::new().destination_bucket_name(logs.reference()).log_file_prefix(format!("{LOGS}{name}/"));
    model.logging_configuration(into)
}

/// Keeps versions, so that what was overwritten or deleted can be had back for this many days.
pub fn versioned(model: s3::Bucket, days: i64) -> s3::Bucket {
    use bucket::{
        LifecycleConfiguration, NoncurrentVersionExpiration, Rule, RuleStatus, VersioningConfiguration, VersioningConfigurationStatus,
    };
    let old = Rule::new(RuleStatus::Enabled).id("old-versions").noncurrent_version_expiration(NoncurrentVersionExpiration::new(days));
    model
        .versioning_configuration(VersioningConfiguration::new(VersioningConfigurationStatus::Enabled))
        .lifecycle_configuration(LifecycleConfiguration::new([old, unfinished()]))
}

/// Deletes what is older than this many days; what was overwritten or deleted before can be had back for a week.
pub fn expiring(model: s3::Bucket, days: i64) -> s3::Bucket {
    use bucket::{
        LifecycleConfiguration, NoncurrentVersionExpiration, Rule, RuleStatus, VersioningConfiguration, VersioningConfigurationStatus,
    };
    let gone = NoncurrentVersionExpiration::new(UNDELETE_DAYS);
    let old = Rule::new(RuleStatus::Enabled).id("expire").expiration_in_days(days).noncurrent_version_expiration(gone);
    model
        .versioning_configuration(VersioningConfiguration::new(VersioningConfigurationStatus::Enabled))
        .lifecycle_configuration(LifecycleConfiguration::new([old, unfinished()]))
}

fn unfinished() -> bucket::Rule {
    use bucket::{AbortIncompleteMultipartUpload, Rule, RuleStatus};
    let abort = AbortIncompleteMultipartUpload::new(UNFINISHED_DAYS);
    Rule::new(RuleStatus::Enabled).id("unfinished-uploads").abort_incomplete_multipart_upload(abort)
}

/// The bucket's objects by ARN.
pub fn objects(bucket: &Id<s3::Bucket>) -> Val<String> {
    Val::sub(format!("${{{}.Arn}}/*", bucket.name()))
}

/// Puts the bucket's policy, called `<Bucket>Policy`: nothing without TLS, and what is given.
pub fn policy(layers: &mut Layers, layer: Layer, bucket: &Id<s3::Bucket>, why: &str, statements: Vec<Statement>) -> Id<s3::BucketPolicy> {
    let only_tls =
        Statement::deny(["s3:*"]).anyone().on(bucket.arn()).on(objects(bucket)).when("Bool", "aws:SecureTransport", "false").sid("OnlyTls");
    let document = cfn::policy::Document::of(std::iter::once(only_tls).chain(statements));
    let id: Id<s3::BucketPolicy> = Id::new(format!("{}Policy", bucket.name()));
    layers.put(layer, &id, why, s3::BucketPolicy::new(bucket.reference(), document));
    id
}
