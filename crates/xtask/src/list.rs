//! The resource types to model. Adding one is one line here, then `cargo xtask snapshot` and `cargo xtask models`.

/// A resource type, with the two facts that its schema does not tell.
pub struct Model {
    /// `AWS::SQS::Queue`.
    pub name: &'static str,
    /// Whether losing the physical resource loses something that cannot be made again: rows, objects, messages, sessions, keys, backups.
    pub holds_data: bool,
    /// What `Fn::GetAtt` gives besides the read-only properties.
    pub readable: Readable,
}

/// What `Fn::GetAtt` gives besides the read-only properties; after cfn-lint 1.51.0, `schema/_getatts.py`.
pub enum Readable {
    /// Nothing.
    ReadOnly,
    /// These properties too.
    Also(&'static [&'static str]),
    /// Every property.
    All,
}

const fn model(name: &'static str) -> Model {
    Model { name, holds_data: false, readable: Readable::ReadOnly }
}

impl Model {
    const fn data(self) -> Model {
        Model { holds_data: true, ..self }
    }
    const fn readable(self) -> Model {
        Model { readable: Readable::All, ..self }
    }
    const fn also(self, properties: &'static [&'static str]) -> Model {
        Model { readable: Readable::Also(properties), ..self }
    }
}

/// All modelled types, sorted by name.
pub const MODELS: &[Model] = &[
    model("AWS::Amplify::App"),
    model("AWS::Amplify::Branch").readable(),
    model("AWS::Amplify::Domain").readable(),
    model("AWS::ApiGateway::Account"),
    model("AWS::ApiGateway::ApiKey"),
    model("AWS::ApiGateway::Deployment"),
    model("AWS::ApiGateway::Method"),
    model("AWS::ApiGateway::Model"),
    model("AWS::ApiGateway::RequestValidator"),
    model("AWS::ApiGateway::Resource"),
    model("AWS::ApiGateway::RestApi"),
    model("AWS::ApiGateway::Stage"),
    model("AWS::ApiGateway::UsagePlan"),
    model("AWS::ApiGateway::UsagePlanKey"),
    model("AWS::ApiGatewayV2::Api"),
    model("AWS::ApiGatewayV2::Integration"),
    model("AWS::ApiGatewayV2::Route"),
    model("AWS::ApiGatewayV2::Stage"),
    model("AWS::AppSync::DataSource").also(&["Name"]),
    model("AWS::AppSync::GraphQLApi"),
    model("AWS::AppSync::GraphQLSchema"),
    model("AWS::AppSync::Resolver").readable(),
    model("AWS::ApplicationAutoScaling::ScalableTarget"),
    model("AWS::ApplicationAutoScaling::ScalingPolicy"),
    model("AWS::AutoScaling::AutoScalingGroup").readable(),
    model("AWS::AutoScaling::LifecycleHook"),
    model("AWS::AutoScaling::ScalingPolicy"),
    model("AWS::Backup::BackupPlan"),
    model("AWS::Backup::BackupSelection").readable(),
    model("AWS::Backup::BackupVault").data().readable(),
    model("AWS::Budgets::Budget"),
    model("AWS::CE::AnomalyMonitor"),
    model("AWS::CE::AnomalySubscription"),
    model("AWS::CertificateManager::Certificate"),
    model("AWS::CloudFront::CachePolicy"),
    model("AWS::CloudFront::Distribution"),
    model("AWS::CloudFront::Function"),
    model("AWS::CloudFront::MonitoringSubscription"),
    model("AWS::CloudFront::OriginAccessControl"),
    model("AWS::CloudFront::OriginRequestPolicy"),
    model("AWS::CloudFront::ResponseHeadersPolicy"),
    model("AWS::CloudWatch::Alarm"),
    model("AWS::CloudWatch::CompositeAlarm"),
    model("AWS::CloudWatch::Dashboard"),
    model("AWS::CodeDeploy::Application"),
    model("AWS::CodeDeploy::DeploymentGroup"),
    model("AWS::DAX::Cluster"),
    model("AWS::DAX::ParameterGroup"),
    model("AWS::DAX::SubnetGroup"),
    model("AWS::DLM::LifecyclePolicy"),
    model("AWS::DynamoDB::GlobalTable").data(),
    model("AWS::DynamoDB::Table").data(),
    model("AWS::EC2::EIP"),
    model("AWS::EC2::EIPAssociation"),
    model("AWS::EC2::FlowLog"),
    model("AWS::EC2::Instance").readable(),
    model("AWS::EC2::InstanceConnectEndpoint"),
    model("AWS::EC2::InternetGateway"),
    model("AWS::EC2::LaunchTemplate"),
    model("AWS::EC2::NatGateway"),
    model("AWS::EC2::Route"),
    model("AWS::EC2::RouteTable"),
    model("AWS::EC2::SecurityGroup").readable(),
    model("AWS::EC2::SecurityGroupEgress"),
    model("AWS::EC2::SecurityGroupIngress"),
    model("AWS::EC2::Subnet").readable(),
    model("AWS::EC2::SubnetRouteTableAssociation"),
    model("AWS::EC2::VPC").readable(),
    model("AWS::EC2::VPCEndpoint"),
    model("AWS::EC2::VPCGatewayAttachment"),
    model("AWS::EC2::Volume").data(),
    model("AWS::EC2::VolumeAttachment"),
    model("AWS::ECS::CapacityProvider"),
    model("AWS::ECS::Cluster"),
    model("AWS::ECS::ClusterCapacityProviderAssociations"),
    model("AWS::ECS::Service"),
    model("AWS::ECS::TaskDefinition"),
    model("AWS::ElastiCache::CacheCluster").data(),
    model("AWS::ElastiCache::ParameterGroup"),
    model("AWS::ElastiCache::ReplicationGroup").data().readable(),
    model("AWS::ElastiCache::SubnetGroup"),
    model("AWS::ElastiCache::User"),
    model("AWS::ElastiCache::UserGroup"),
    model("AWS::ElasticLoadBalancingV2::Listener"),
    model("AWS::ElasticLoadBalancingV2::ListenerRule"),
    model("AWS::ElasticLoadBalancingV2::LoadBalancer").readable(),
    model("AWS::ElasticLoadBalancingV2::TargetGroup"),
    model("AWS::Events::EventBus").readable(),
    model("AWS::Events::Rule"),
    model("AWS::IAM::InstanceProfile"),
    model("AWS::IAM::ManagedPolicy"),
    model("AWS::IAM::Policy"),
    model("AWS::IAM::Role"),
    model("AWS::KMS::Alias"),
    model("AWS::KMS::Key").data(),
    model("AWS::KMS::ReplicaKey").data(),
    model("AWS::Kinesis::Stream").data(),
    model("AWS::KinesisFirehose::DeliveryStream"),
    model("AWS::Lambda::Alias"),
    model("AWS::Lambda::EventInvokeConfig"),
    model("AWS::Lambda::EventSourceMapping"),
    model("AWS::Lambda::Function"),
    model("AWS::Lambda::Permission"),
    model("AWS::Lambda::Version"),
    model("AWS::Logs::Delivery"),
    model("AWS::Logs::DeliveryDestination"),
    model("AWS::Logs::DeliverySource"),
    model("AWS::Logs::LogGroup"),
    model("AWS::Logs::LogStream"),
    model("AWS::Logs::MetricFilter"),
    model("AWS::Logs::ResourcePolicy"),
    model("AWS::RDS::DBCluster").data(),
    model("AWS::RDS::DBClusterParameterGroup"),
    model("AWS::RDS::DBInstance").data().readable(),
    model("AWS::RDS::DBParameterGroup").readable(),
    model("AWS::RDS::DBProxy"),
    model("AWS::RDS::DBProxyEndpoint"),
    model("AWS::RDS::DBProxyTargetGroup"),
    model("AWS::RDS::DBSubnetGroup"),
    model("AWS::RDS::GlobalCluster").data(),
    model("AWS::Route53::HealthCheck"),
    model("AWS::Route53::RecordSet"),
    model("AWS::S3::Bucket").data(),
    model("AWS::S3::BucketPolicy"),
    model("AWS::SNS::Subscription"),
    model("AWS::SNS::Topic").readable(),
    model("AWS::SNS::TopicPolicy"),
    model("AWS::SQS::Queue").data().readable(),
    model("AWS::SQS::QueuePolicy"),
    model("AWS::SSM::Parameter").readable(),
    model("AWS::Scheduler::Schedule"),
    model("AWS::SecretsManager::RotationSchedule"),
    model("AWS::SecretsManager::Secret").data(),
    model("AWS::SecretsManager::SecretTargetAttachment"),
    model("AWS::Shield::Protection"),
    model("AWS::StepFunctions::StateMachine"),
    model("AWS::WAFv2::LoggingConfiguration"),
    model("AWS::WAFv2::WebACL"),
    model("AWS::WAFv2::WebACLAssociation"),
    model("AWS::XRay::SamplingRule"),
];

/// Value sets that AWS's documentation gives and the schema does not: type, property wherever it comes, texts.
pub const CLOSED: &[(&str, &str, &[&str])] = &[
    ("AWS::ApiGatewayV2::Api", "ProtocolType", &["HTTP", "WEBSOCKET"]),
    ("AWS::ApiGatewayV2::Integration", "IntegrationType", &["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"]),
    ("AWS::CloudFront::Distribution", "ViewerProtocolPolicy", &["allow-all", "https-only", "redirect-to-https"]),
    ("AWS::DynamoDB::GlobalTable", "BillingMode", &["PAY_PER_REQUEST", "PROVISIONED"]),
    ("AWS::DynamoDB::Table", "BillingMode", &["PAY_PER_REQUEST", "PROVISIONED"]),
    ("AWS::DynamoDB::GlobalTable", "ProjectionType", &["ALL", "INCLUDE", "KEYS_ONLY"]),
    ("AWS::DynamoDB::GlobalTable", "StreamViewType", &["KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE"]),
    ("AWS::DynamoDB::Table", "KeyType", &["HASH", "RANGE"]),
    ("AWS::DynamoDB::Table", "ProjectionType", &["ALL", "INCLUDE", "KEYS_ONLY"]),
    ("AWS::DynamoDB::Table", "StreamViewType", &["KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE"]),
    (
        "AWS::ECS::TaskDefinition",
        "LogDriver",
        &["awsfirelens", "awslogs", "fluentd", "gelf", "journald", "json-file", "logentries", "splunk", "syslog"],
    ),
    ("AWS::SNS::Subscription", "Protocol", &["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"]),
    ("AWS::SQS::Queue", "DeduplicationScope", &["messageGroup", "queue"]),
    ("AWS::SQS::Queue", "FifoThroughputLimit", &["perMessageGroupId", "perQueue"]),
];
