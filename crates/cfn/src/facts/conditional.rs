//! Properties some of whose changes replace the physical resource: when they do, and where AWS says so.
//!
//! The schemas list more of them than there are: what AWS's pages call "some interruptions" is there too. Such a property has `never`.

/// When a change of a property replaces the physical resource.
#[derive(Debug, PartialEq)]
pub struct Condition {
    /// `AWS::RDS::DBInstance`.
    pub resource_type: &'static str,
    /// The property's path.
    pub property: &'static str,
    /// When it replaces: half a sentence that goes on after "is replaced"; nothing when it never does.
    pub when: Option<&'static str>,
    /// AWS's page that says it.
    pub link: &'static str,
}

/// The conditions of a type.
pub fn of(resource_type: &str) -> impl Iterator<Item = &'static Condition> {
    CONDITIONS.iter().filter(move |condition| condition.resource_type == resource_type)
}

const fn sometimes(resource_type: &'static str, property: &'static str, when: &'static str, link: &'static str) -> Condition {
    Condition { resource_type, property, when: Some(when), link }
}

const fn never(resource_type: &'static str, property: &'static str, link: &'static str) -> Condition {
    Condition { resource_type, property, when: None, link }
}

macro_rules! page {
    ($page:literal) => {
        concat!("https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-", $page, ".html")
    };
}

const ASG: &str = "AWS::AutoScaling::AutoScalingGroup";
const GROUP: &str =
    "when its UpdatePolicy has AutoScalingReplacingUpdate with WillReplace; otherwise its instances change, the group stays";
const GROUP_PAGE: &str = page!("attribute-updatepolicy");
const TABLE_PAGE: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html";
const INSTANCE: &str = "AWS::EC2::Instance";
const INSTANCE_PAGE: &str = page!("resource-ec2-instance");
const ROOT: &str = "when its root device is an instance store; with an EBS root it is stopped and started";
const CACHE: &str = "AWS::ElastiCache::ReplicationGroup";
const CACHE_PAGE: &str = page!("resource-elasticache-replicationgroup");
const SHARDS: &str = "unless its UpdatePolicy has UseOnlineResharding";
const DB: &str = "AWS::RDS::DBInstance";
const DB_PAGE: &str = page!("resource-rds-dbinstance");
const FIREHOSE: &str = "AWS::KinesisFirehose::DeliveryStream";
const FIREHOSE_PAGE: &str = "https://docs.aws.amazon.com/firehose/latest/APIReference/API_UpdateDestination.html";
const LOCK: &str = "when it is taken away: Object Lock can be enabled on a bucket that stands, never disabled";
const LOCK_PAGE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html";
const RESTORE: &str = "when the source that it was restored from is removed, or is another";

/// One line per property.
static CONDITIONS: &[Condition] = &[
    sometimes(ASG, "LaunchConfigurationName", GROUP, GROUP_PAGE),
    sometimes(ASG, "LaunchTemplate", GROUP, GROUP_PAGE),
    sometimes(ASG, "MixedInstancesPolicy", GROUP, GROUP_PAGE),
    sometimes(ASG, "VPCZoneIdentifier", GROUP, GROUP_PAGE),
    never("AWS::DynamoDB::GlobalTable", "GlobalSecondaryIndexes", TABLE_PAGE),
    sometimes(INSTANCE, "AdditionalInfo", ROOT, INSTANCE_PAGE),
    sometimes(INSTANCE, "BlockDeviceMappings", "when anything but DeleteOnTermination of an attached volume changes", INSTANCE_PAGE),
    sometimes(INSTANCE, "EbsOptimized", ROOT, INSTANCE_PAGE),
    sometimes(INSTANCE, "InstanceType", ROOT, INSTANCE_PAGE),
    sometimes(INSTANCE, "KernelId", ROOT, INSTANCE_PAGE),
    sometimes(INSTANCE, "RamdiskId", ROOT, INSTANCE_PAGE),
    sometimes(INSTANCE, "SecurityGroupIds", "when it is outside of a VPC", INSTANCE_PAGE),
    sometimes(INSTANCE, "Tenancy", "unless the change is between dedicated and host", INSTANCE_PAGE),
    sometimes(INSTANCE, "UserData", ROOT, INSTANCE_PAGE),
    sometimes("AWS::EC2::VPC", "InstanceTenancy", "unless the change is from dedicated to default", page!("resource-ec2-vpc")),
    sometimes("AWS::ECS::Service", "LaunchType", "unless a capacity provider strategy takes its place", page!("resource-ecs-service")),
    sometimes(CACHE, "NodeGroupConfiguration", SHARDS, CACHE_PAGE),
    sometimes(CACHE, "NumNodeGroups", SHARDS, CACHE_PAGE),
    never(CACHE, "AuthToken", CACHE_PAGE),
    never(FIREHOSE, "ExtendedS3DestinationConfiguration", FIREHOSE_PAGE),
    never(FIREHOSE, "HttpEndpointDestinationConfiguration", FIREHOSE_PAGE),
    never(FIREHOSE, "RedshiftDestinationConfiguration", FIREHOSE_PAGE),
    never(FIREHOSE, "S3DestinationConfiguration", FIREHOSE_PAGE),
    never(FIREHOSE, "SplunkDestinationConfiguration", FIREHOSE_PAGE),
    never(DB, "AutoMinorVersionUpgrade", DB_PAGE),
    never(DB, "BackupRetentionPeriod", DB_PAGE),
    never(DB, "DBParameterGroupName", DB_PAGE),
    never(DB, "MultiAZ", DB_PAGE),
    never(DB, "PreferredMaintenanceWindow", DB_PAGE),
    never(DB, "StorageType", DB_PAGE),
    sometimes(DB, "DBClusterSnapshotIdentifier", RESTORE, DB_PAGE),
    sometimes(DB, "DBSnapshotIdentifier", RESTORE, DB_PAGE),
    sometimes(DB, "SourceDBInstanceIdentifier", "unless it is removed, which promotes the replica", DB_PAGE),
    sometimes("AWS::S3::Bucket", "ObjectLockEnabled", LOCK, LOCK_PAGE),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{self, Shape};

    #[test]
    fn every_condition_is_of_a_property_that_exists() {
        for condition in CONDITIONS {
            let facts = facts::of(condition.resource_type).unwrap();
            let Shape::Object { fields, .. } = facts.shape else { panic!("{} is no object", facts.resource_type) };
            assert!(fields.iter().any(|field| field.name == condition.property), "{} has no {}", facts.resource_type, condition.property);
        }
    }
}
