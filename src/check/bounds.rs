//! What services take: the bounds of single properties, of lists and of texts, one row each.
//!
//! The figures are written down from what is known of the services' API references, not copied from them (November 2026): an estimate, as far as
//! nobody has held each row against its page.

/// A number: type, path, the least, the most.
pub const NUMBERS: &[(&str, &str, f64, f64)] = &[
    ("AWS::SQS::Queue", "MessageRetentionPeriod", 60.0, 1_209_600.0),
    ("AWS::SQS::Queue", "VisibilityTimeout", 0.0, 43_200.0),
    ("AWS::SQS::Queue", "DelaySeconds", 0.0, 900.0),
    ("AWS::SQS::Queue", "MaximumMessageSize", 1_024.0, 1_048_576.0),
    ("AWS::SQS::Queue", "ReceiveMessageWaitTimeSeconds", 0.0, 20.0),
    ("AWS::SQS::Queue", "KmsDataKeyReusePeriodSeconds", 60.0, 86_400.0),
    ("AWS::Lambda::Function", "Timeout", 1.0, 900.0),
    ("AWS::Lambda::Function", "MemorySize", 128.0, 10_240.0),
    ("AWS::Lambda::Function", "EphemeralStorage/Size", 512.0, 10_240.0),
    ("AWS::Serverless::Function", "Timeout", 1.0, 900.0),
    ("AWS::Serverless::Function", "MemorySize", 128.0, 10_240.0),
    ("AWS::Lambda::EventInvokeConfig", "MaximumRetryAttempts", 0.0, 2.0),
    ("AWS::Lambda::EventInvokeConfig", "MaximumEventAgeInSeconds", 60.0, 21_600.0),
    ("AWS::Lambda::EventSourceMapping", "BatchSize", 1.0, 10_000.0),
    ("AWS::Lambda::EventSourceMapping", "MaximumBatchingWindowInSeconds", 0.0, 300.0),
    ("AWS::Lambda::EventSourceMapping", "ParallelizationFactor", 1.0, 10.0),
    ("AWS::Lambda::EventSourceMapping", "MaximumRetryAttempts", -1.0, 10_000.0),
    ("AWS::Lambda::EventSourceMapping", "TumblingWindowInSeconds", 0.0, 900.0),
    ("AWS::Lambda::EventSourceMapping", "ScalingConfig/MaximumConcurrency", 2.0, 1_000.0),
    ("AWS::Kinesis::Stream", "RetentionPeriodHours", 24.0, 8_760.0),
    ("AWS::KinesisFirehose::DeliveryStream", "ExtendedS3DestinationConfiguration/BufferingHints/SizeInMBs", 1.0, 128.0),
    ("AWS::KinesisFirehose::DeliveryStream", "ExtendedS3DestinationConfiguration/BufferingHints/IntervalInSeconds", 0.0, 900.0),
    ("AWS::ElastiCache::ReplicationGroup", "ReplicasPerNodeGroup", 0.0, 5.0),
    ("AWS::ElastiCache::ReplicationGroup", "NodeGroupConfiguration/*/ReplicaCount", 0.0, 5.0),
    ("AWS::ElastiCache::ReplicationGroup", "NumCacheClusters", 1.0, 6.0),
    ("AWS::ElastiCache::ReplicationGroup", "NumNodeGroups", 1.0, 500.0),
    ("AWS::ElastiCache::ReplicationGroup", "SnapshotRetentionLimit", 0.0, 35.0),
    ("AWS::ElastiCache::ServerlessCache", "SnapshotRetentionLimit", 0.0, 35.0),
    ("AWS::DAX::Cluster", "ReplicationFactor", 1.0, 11.0),
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod", 0.0, 35.0),
    ("AWS::RDS::DBCluster", "BackupRetentionPeriod", 1.0, 35.0),
    ("AWS::RDS::DBCluster", "ServerlessV2ScalingConfiguration/MinCapacity", 0.0, 256.0),
    ("AWS::RDS::DBCluster", "ServerlessV2ScalingConfiguration/MaxCapacity", 1.0, 256.0),
    ("AWS::RDS::DBCluster", "BacktrackWindow", 0.0, 259_200.0),
    ("AWS::RDS::DBInstance", "PromotionTier", 0.0, 15.0),
    ("AWS::RDS::DBProxyTargetGroup", "ConnectionPoolConfigurationInfo/MaxConnectionsPercent", 1.0, 100.0),
    ("AWS::RDS::DBProxyTargetGroup", "ConnectionPoolConfigurationInfo/MaxIdleConnectionsPercent", 0.0, 100.0),
    ("AWS::RDS::DBProxyTargetGroup", "ConnectionPoolConfigurationInfo/ConnectionBorrowTimeout", 0.0, 300.0),
    ("AWS::RDS::DBProxy", "IdleClientTimeout", 1.0, 28_800.0),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "HealthCheckIntervalSeconds", 5.0, 300.0),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "HealthCheckTimeoutSeconds", 2.0, 120.0),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "HealthyThresholdCount", 2.0, 10.0),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "UnhealthyThresholdCount", 2.0, 10.0),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", "Priority", 1.0, 50_000.0),
    ("AWS::ECS::Service", "DesiredCount", 0.0, 5_000.0),
    ("AWS::KMS::Key", "PendingWindowInDays", 7.0, 30.0),
    ("AWS::IAM::Role", "MaxSessionDuration", 3_600.0, 43_200.0),
    ("AWS::ApiGateway::Authorizer", "AuthorizerResultTtlInSeconds", 0.0, 3_600.0),
    ("AWS::ApiGatewayV2::Authorizer", "AuthorizerResultTtlInSeconds", 0.0, 3_600.0),
    ("AWS::ApiGatewayV2::Integration", "TimeoutInMillis", 50.0, 30_000.0),
    ("AWS::Events::Rule", "Targets/*/RetryPolicy/MaximumRetryAttempts", 0.0, 185.0),
    ("AWS::Events::Rule", "Targets/*/RetryPolicy/MaximumEventAgeInSeconds", 60.0, 86_400.0),
    ("AWS::Scheduler::Schedule", "FlexibleTimeWindow/MaximumWindowInMinutes", 1.0, 1_440.0),
    ("AWS::Route53::HealthCheck", "HealthCheckConfig/FailureThreshold", 1.0, 10.0),
    ("AWS::SecretsManager::RotationSchedule", "RotationRules/AutomaticallyAfterDays", 1.0, 1_000.0),
    ("AWS::AutoScaling::AutoScalingGroup", "MaxInstanceLifetime", 0.0, 31_536_000.0),
    ("AWS::WAFv2::WebACL", "Rules/*/Statement/RateBasedStatement/Limit", 10.0, 2_000_000_000.0),
];

/// A list: type, path, the most items, what they are.
pub const LISTS: &[(&str, &str, usize, &str)] = &[
    ("AWS::DynamoDB::Table", "GlobalSecondaryIndexes", 20, "global secondary indexes"),
    ("AWS::DynamoDB::GlobalTable", "GlobalSecondaryIndexes", 20, "global secondary indexes"),
    ("AWS::DynamoDB::Table", "LocalSecondaryIndexes", 5, "local secondary indexes"),
    ("AWS::DynamoDB::GlobalTable", "LocalSecondaryIndexes", 5, "local secondary indexes"),
    ("AWS::Lambda::Function", "Layers", 5, "layers"),
    ("AWS::ECS::TaskDefinition", "ContainerDefinitions", 10, "containers"),
    ("AWS::ECS::Service", "LoadBalancers", 5, "target groups"),
    ("AWS::ECS::Service", "NetworkConfiguration/AwsvpcConfiguration/Subnets", 16, "subnets"),
    ("AWS::Events::Rule", "Targets", 5, "targets"),
    ("AWS::CloudWatch::Alarm", "AlarmActions", 5, "alarm actions"),
    ("AWS::CloudWatch::Alarm", "OKActions", 5, "actions"),
    ("AWS::CloudWatch::Alarm", "InsufficientDataActions", 5, "actions"),
    ("AWS::CloudWatch::Alarm", "Dimensions", 30, "dimensions"),
    ("AWS::RDS::DBProxy", "Auth", 200, "secrets"),
];

/// A text: type, path, the most bytes, a word on what takes more.
pub const TEXTS: &[(&str, &str, usize, &str)] = &[
    ("AWS::CloudFront::Function", "FunctionCode", 10_240, "move the work to Lambda@Edge"),
    ("AWS::SSM::Parameter", "Value", 8_192, "put it into S3"),
    ("AWS::SecretsManager::Secret", "SecretString", 65_536, "put it into S3"),
    ("AWS::StepFunctions::StateMachine", "DefinitionString", 1_048_576, "split the machine"),
    ("AWS::IAM::Role", "Description", 1_000, "shorten it"),
    ("AWS::Lambda::Function", "Description", 256, "shorten it"),
    ("AWS::Lambda::Function", "Handler", 128, "shorten it"),
    ("AWS::EC2::SecurityGroup", "GroupDescription", 255, "shorten it"),
    ("AWS::EC2::SecurityGroup", "SecurityGroupIngress/*/Description", 255, "shorten it"),
    ("AWS::EC2::SecurityGroup", "SecurityGroupEgress/*/Description", 255, "shorten it"),
    ("AWS::EC2::SecurityGroupIngress", "Description", 255, "shorten it"),
    ("AWS::CloudFront::Distribution", "DistributionConfig/Comment", 128, "shorten it"),
    ("AWS::CloudWatch::Alarm", "AlarmDescription", 1_024, "shorten it"),
    ("AWS::KMS::Key", "Description", 8_192, "shorten it"),
];

/// An attribute in a list of keys and values: type, list, key, the least, the most, and whether 0 switches it off.
pub const ATTRIBUTES: &[(&str, &str, &str, f64, f64, bool)] = &[
    (TARGETS, "TargetGroupAttributes", "deregistration_delay.timeout_seconds", 0.0, 3_600.0, true),
    (TARGETS, "TargetGroupAttributes", "slow_start.duration_seconds", 30.0, 900.0, true),
    (TARGETS, "TargetGroupAttributes", "stickiness.lb_cookie.duration_seconds", 1.0, 604_800.0, false),
    (TARGETS, "TargetGroupAttributes", "stickiness.app_cookie.duration_seconds", 1.0, 604_800.0, false),
    (BALANCER, "LoadBalancerAttributes", "idle_timeout.timeout_seconds", 1.0, 4_000.0, false),
    (BALANCER, "LoadBalancerAttributes", "client_keep_alive.seconds", 60.0, 604_800.0, false),
];

/// Two numbers of one resource: type, the one that may not be above the other, the other, and whether they may be equal.
pub const PAIRS: &[(&str, &str, &str, bool)] = &[
    (TARGETS, "HealthCheckTimeoutSeconds", "HealthCheckIntervalSeconds", false),
    ("AWS::CloudWatch::Alarm", "DatapointsToAlarm", "EvaluationPeriods", true),
    (
        "AWS::RDS::DBProxyTargetGroup",
        "ConnectionPoolConfigurationInfo/MaxIdleConnectionsPercent",
        "ConnectionPoolConfigurationInfo/MaxConnectionsPercent",
        true,
    ),
];

const TARGETS: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";
const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
