//! Where load balancers and buckets write who asked them for what.

use cfn::policy::Statement;
use cfn::resource::s3;
use cfn::{Id, Resource, Val};

use crate::component::{Layer, Layers, LogStore, Site};
use crate::recipe::bucket;

/// The bucket.
pub fn bucket() -> Id<s3::Bucket> {
    Id::new("LogsBucket")
}

/// What other load balancers are told.
pub fn store() -> LogStore {
    LogStore { bucket: bucket(), policy: Id::new("LogsBucketPolicy") }
}

/// Puts the bucket and the policy by which load balancers of this account and region write to it; the balancer must wait for the policy,
/// because it tries to write as soon as it is made.
///
/// AWS asks for the service principal, and still takes the region's own account in regions opened before August 2022 (Elastic Load
/// Balancing user guide, "Enable access logs for your Application Load Balancer"). Both may write, and both only under our account's path.
pub fn put(site: &Site, layers: &mut Layers) -> Id<s3::BucketPolicy> {
    let id = bucket();
    let model = Resource::new(bucket::expiring(bucket::closed(), bucket::ACCESS_LOG_DAYS)).retain();
    layers.put(Layer::Data, &id, "Keeps the access logs of load balancers and buckets for a quarter", model);
    let ours = || Val::sub(format!("${{{}.Arn}}/AWSLogs/${{AWS::AccountId}}/*", id.name()));
    let balancers = "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:loadbalancer/*";
    let mut statements = vec![
        Statement::allow(["s3:PutObject"])
            .principal_service("logdelivery.elasticloadbalancing.amazonaws.com")
            .on(ours())
            .when("ArnLike", "aws:SourceArn", Val::sub(balancers))
            .sid("WriteLogs"),
        Statement::allow(["s3:PutObject"])
            .principal_service("logging.s3.amazonaws.com")
            .on(Val::sub(format!("${{{}.Arn}}/{}*", id.name(), bucket::LOGS)))
            .when("StringEquals", "aws:SourceAccount", Val::reference("AWS::AccountId"))
            .sid("WriteLogsOfBuckets"),
    ];
    if let Some(account) = &site.region.elb_log_account {
        let writer = Val::sub(format!("arn:${{AWS::Partition}}:iam::{account}:root"));
        statements.push(Statement::allow(["s3:PutObject"]).principal_aws(writer).on(ours()).sid("WriteLogsOfOldRegions"));
    }
    bucket::policy(layers, Layer::Data, &id, "Only load balancers and buckets write logs, and only with TLS", statements)
}
