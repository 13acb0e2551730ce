//! From the stream into a bucket: compressed, one line for each event, a folder for each hour.

use cfn::policy::Statement;
use cfn::resource::kinesisfirehose::DeliveryStream;
use cfn::resource::kinesisfirehose::delivery_stream::{
    BufferingHints, CloudWatchLoggingOptions, CompressionFormat, DeliveryStreamType, ExtendedS3DestinationConfiguration,
    KinesisStreamSourceConfiguration, ParameterName, ProcessingConfiguration, Processor, ProcessorParameter, ProcessorType,
};
use cfn::resource::s3::bucket::{
    AbortIncompleteMultipartUpload, LifecycleConfiguration, Rule, RuleStatus, Transition, NoncurrentVersionTransitionStorageClass as StorageClass,
};
use cfn::resource::{iam, logs, s3};
use cfn::{Id, Resource, Val};

use super::{delivery, stream};
use crate::component::{Layer, Layers, Site, name_tag};
use crate::recipe::{self, bucket};

/// Firehose writes a file when it has so many MB or has waited for so many seconds: large files are cheaper to write and to read.
pub const BUFFER_MB: i64 = 128;
pub const BUFFER_SECONDS: i64 = 300;
/// Days after which files are read rarely, hardly ever, and not at all.
pub const RARELY_DAYS: i64 = 30;
pub const HARDLY_DAYS: i64 = 90;
pub const KEEP_DAYS: i64 = 400;
/// Days after which the parts of a file that was never finished are deleted.
const UNFINISHED_DAYS: i64 = 7;

/// Where events go, and where what could not be processed goes.
const PREFIX: &str = "clicks/day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/";
const ERROR_PREFIX: &str = "errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/";

fn store() -> Id<s3::Bucket> {
    Id::new("ClickstreamBucket")
}

/// Puts the bucket, and what fills it from the stream.
pub fn put(site: &Site, layers: &mut Layers) {
    put_bucket(site, layers);
    let group: Id<logs::LogGroup> = Id::new("ClickstreamDeliveryLogGroup");
    recipe::log_group(layers, Layer::Async, &group, recipe::LOG_DAYS, "Why events could not be stored");
    let log: Id<logs::LogStream> = Id::new("ClickstreamDeliveryLogStream");
    let model = logs::LogStream::new(group.reference()).log_stream_name("s3");
    layers.put(Layer::Async, &log, "Firehose writes only to a log stream that is there", model);
    let role = put_role(&group, layers);
    let delimiter = ProcessorParameter::new(ParameterName::Delimiter, "\\n");
    let lines = Processor::new(ProcessorType::AppendDelimiterToRecord).parameters([delimiter]);
    let options =
        CloudWatchLoggingOptions::new().enabled(true).log_group_name(group.reference()).log_stream_name(log.reference());
    let destination = ExtendedS3DestinationConfiguration::new(store().arn(), role.arn())
        .prefix(PREFIX)
        .error_output_prefix(ERROR_PREFIX)
        .compression_format(CompressionFormat::Gzip)
        .buffering_hints(BufferingHints::new().size_in_mbs(BUFFER_MB).interval_in_seconds(BUFFER_SECONDS))
        .processing_configuration(ProcessingConfiguration::new().enabled(true).processors([lines]))
        .cloud_watch_logging_options(options);
    let model = DeliveryStream::new()
        .delivery_stream_type(DeliveryStreamType::KinesisStreamAsSource)
        .kinesis_stream_source_configuration(KinesisStreamSourceConfiguration::new(stream().arn(), role.arn()))
        .extended_s3_destination_configuration(destination)
        .tags(name_tag(site, "clickstream"));
    layers.put(Layer::Async, &delivery(), "Stores every event within five minutes, without a server that does it", model);
}

fn put_bucket(site: &Site, layers: &mut Layers) {
    let move_to = |class, days| Transition::new(class).transition_in_days(days);
    let age = Rule::new(RuleStatus::Enabled)
        .id("age")
        .transitions([move_to(StorageClass::StandardIa, RARELY_DAYS), move_to(StorageClass::GlacierIr, HARDLY_DAYS)])
        .expiration_in_days(KEEP_DAYS);
    let unfinished = Rule::new(RuleStatus::Enabled)
        .id("unfinished")
        .abort_incomplete_multipart_upload(AbortIncompleteMultipartUpload::new(UNFINISHED_DAYS));
    let model = bucket::closed().lifecycle_configuration(LifecycleConfiguration::new([age, unfinished])).tags(name_tag(site, "clickstream"));
    let why = "What users did in the last 13 months, cheaper the older it gets; a year can be held against the year before";
    layers.put(Layer::Data, &store(), why, Resource::new(model).retain());
    bucket::policy(layers, Layer::Data, &store(), "Events travel encrypted", Vec::new());
}

fn put_role(group: &Id<logs::LogGroup>, layers: &mut Layers) -> Id<iam::Role> {
    let role: Id<iam::Role> = Id::new("ClickstreamDeliveryRole");
    let read = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"];
    let via = Val::sub("kinesis.${AWS::Region}.amazonaws.com");
    let statements = vec![
        Statement::allow(read).on(stream().arn()).sid("ReadStream"),
        Statement::allow(["kms:Decrypt"]).on(recipe::data_key().arn()).when("StringEquals", "kms:ViaService", via).sid("DecryptStream"),
        Statement::allow(["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]).on(store().arn()).sid("SeeBucket"),
        Statement::allow(["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]).on(bucket::objects(&store())).sid("WriteFiles"),
        Statement::allow(["logs:PutLogEvents"]).on(group.arn()).sid("WriteLogs"),
    ];
    recipe::role(layers, Layer::Async, &role, "firehose.amazonaws.com", statements, &[]);
    role
}
