//! Where the edge writes who asked for what: what it answers by itself is in no log of the app's.

use cfn::policy::Statement;
use cfn::resource::{logs, s3};
use cfn::{Id, Resource, Val};

use crate::component::{Layer, Layers, Site};
use crate::recipe::{bucket, front};

/// What is written of each request (CloudFront developer guide, "Standard logging reference"). No cookies: they hold sessions.
const FIELDS: [&str; 22] = [
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
];

/// A folder for each hour, so that a query reads no more than it asks for (same guide, "Partitioning").
const FOLDERS: &str = "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}";

/// Puts the bucket, in the app's own region, and the delivery to it, beside the distribution. It is the newer way of logging: the older one
/// wants a bucket that takes ACLs.
pub fn put(site: &Site, layers: &mut Layers) {
    let store: Id<s3::Bucket> = Id::new("EdgeLogsBucket");
    let model = Resource::new(bucket::expiring(bucket::closed(), bucket::ACCESS_LOG_DAYS)).retain();
    layers.put(Layer::Data, &store, "Keeps the edge's access logs for a quarter", model);
    let sources = format!("arn:${{AWS::Partition}}:logs:{}:${{AWS::AccountId}}:delivery-source:*", front::EDGE_REGION);
    let write = Statement::allow(["s3:PutObject"])
        .principal_service("delivery.logs.amazonaws.com")
        .on(Val::sub(format!("${{{}.Arn}}/AWSLogs/${{AWS::AccountId}}/*", store.name())))
        .when("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control")
        .when("StringEquals", "aws:SourceAccount", Val::<String>::reference("AWS::AccountId"))
        .when("ArnLike", "aws:SourceArn", Val::<String>::sub(sources))
        .sid("WriteLogs");
    let why = "Only deliveries of this account write logs, and only with TLS";
    let policy = bucket::policy(layers, Layer::Data, &store, why, vec![write]);

    let name = site.name("edge-logs");
    let source: Id<logs::DeliverySource> = Id::new("EdgeLogsSource");
    let arn = format!("arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{}}}", super::distribution().name());
    let model = logs::DeliverySource::new(name.as_str()).log_type("ACCESS_LOGS").resource_arn(Val::sub(arn));
    layers.put(Layer::Edge, &source, "The distribution says who asked for what", model);
    let destination: Id<logs::DeliveryDestination> = Id::new("EdgeLogsDestination");
    let model = logs::DeliveryDestination::new(name.as_str()).destination_resource_arn(store.arn()).output_format("json");
    layers.put(Layer::Edge, &destination, "Where it says so", Resource::new(model).after(policy.name()));
    let model = logs::Delivery::new(destination.arn(), source.reference())
        .record_fields(FIELDS)
        .s3_suffix_path(FOLDERS)
        .s3_enable_hive_compatible_path(false);
    layers.put(Layer::Edge, &Id::<logs::Delivery>::new("EdgeLogs"), "What the edge answered can be looked into, for a quarter", model);
}
