//! The bucket of uploads: private, versioned, encrypted by our key, reached by TLS only.

use cfn::policy::{Document, Statement};
use cfn::resource::s3::bucket::{
    AbortIncompleteMultipartUpload, AllowedMethod, BucketEncryption, CorsConfiguration, CorsRule, EventBridgeConfiguration,
    LifecycleConfiguration, NoncurrentVersionExpiration, NotificationConfiguration, ObjectOwnership, OwnershipControls,
    OwnershipControlsRule, PublicAccessBlockConfiguration, Rule, RuleStatus, SSEAlgorithm, ServerSideEncryptionByDefault,
    ServerSideEncryptionRule, VersioningConfiguration, VersioningConfigurationStatus,
};
use cfn::resource::s3::{Bucket, BucketPolicy};
use cfn::{Id, Resource, Val};

use super::{bucket, objects};
use crate::component::{Layer, Layers, Offers, Site};
use crate::recipe;

/// Days in which a deleted or overwritten file can be brought back.
pub const UNDELETE_DAYS: i64 = 30;
/// Days after which an upload in parts that was never finished is cleared away.
const UNFINISHED_DAYS: i64 = 7;
/// Seconds for which a browser remembers that it may upload.
const CORS_MAX_AGE: i64 = 3_600;

/// Puts the bucket of one region with its policy.
pub fn put(site: &Site, offers: &Offers, layers: &mut Layers) {
    let id = bucket();
    let closed = PublicAccessBlockConfiguration::new()
        .block_public_acls(true)
        .block_public_policy(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true);
    let model = Bucket::new()
        .bucket_name(Val::sub(format!("{}-${{AWS::AccountId}}-${{AWS::Region}}", site.name("uploads"))))
        .bucket_encryption(encryption())
        .versioning_configuration(VersioningConfiguration::new(VersioningConfigurationStatus::Enabled))
        .public_access_block_configuration(closed)
        .ownership_controls(OwnershipControls::new([
            OwnershipControlsRule::new().object_ownership(ObjectOwnership::BucketOwnerEnforced)
        ]))
        .cors_configuration(cors(site))
        .lifecycle_configuration(lifecycle())
        .notification_configuration(NotificationConfiguration::new().event_bridge_configuration(EventBridgeConfiguration::new(true)));
    let model = recipe::bucket::logged(model, "uploads", offers.balancer_logs.as_ref().map(|logs| &logs.bucket));
    let why = "Users' files: any version of the last month can be brought back, and nobody reads them but the app";
    layers.put(Layer::Data, &id, why, Resource::new(model).retain());
    let insecure = Statement::deny(["s3:*"]).anyone().on(id.arn()).on(objects("*")).when("Bool", "aws:SecureTransport", "false").sid("TlsOnly");
    let policy: Id<BucketPolicy> = Id::new("UploadsBucketPolicy");
    let model = BucketPolicy::new(id.reference(), Document::of([insecure]));
    layers.put(Layer::Data, &policy, "Files travel encrypted", Resource::new(model).retain());
}

/// Our own key, since only the app and its functions read the files, unlike static ones; the bucket key asks KMS once for many of them.
fn encryption() -> BucketEncryption {
    let by_default = ServerSideEncryptionByDefault::new(SSEAlgorithm::AwsKms).kms_master_key_id(recipe::data_key().arn());
    BucketEncryption::new([ServerSideEncryptionRule::new().bucket_key_enabled(true).server_side_encryption_by_default(by_default)])
}

/// Browsers upload straight to the bucket by addresses that the app signs: from the app's own name, or from its distribution's.
fn cors(site: &Site) -> CorsConfiguration {
    let origin = match (&site.settings.domain, &site.settings.hosted_zone_id) {
        (Some(domain), Some(_)) => format!("https://{domain}"),
        _ => "https://*.cloudfront.net".to_owned(),
    };
    let rule = CorsRule::new([AllowedMethod::Get, AllowedMethod::Head, AllowedMethod::Put, AllowedMethod::Post], [origin])
        .allowed_headers(["*"])
        .exposed_headers(["ETag"])
        .max_age(CORS_MAX_AGE);
    CorsConfiguration::new([rule])
}

fn lifecycle() -> LifecycleConfiguration {
    let superseded = Rule::new(RuleStatus::Enabled)
        .id("superseded")
        .noncurrent_version_expiration(NoncurrentVersionExpiration::new(UNDELETE_DAYS))
        .expired_object_delete_marker(true);
    let unfinished = Rule::new(RuleStatus::Enabled)
        .id("unfinished")
        .abort_incomplete_multipart_upload(AbortIncompleteMultipartUpload::new(UNFINISHED_DAYS));
    LifecycleConfiguration::new([superseded, unfinished])
}
