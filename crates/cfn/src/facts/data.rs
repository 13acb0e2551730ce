//! Which types hold data, and what CloudFormation does with it when a resource goes: for all types, modelled or not.

use crate::Policy;

/// Whether losing a physical resource of this type loses something that cannot be made again: by the facts of a modelled type, else by a
/// list. Of an unknown type nothing is known, so it is not said to hold data.
pub fn holds_data(resource_type: &str) -> bool {
    super::of(resource_type).map_or_else(|| HOLDS_DATA.binary_search(&resource_type).is_ok(), |facts| facts.holds_data)
}

/// Whether CloudFormation can take a snapshot of it before it deletes it (`DeletionPolicy: Snapshot`), after the
/// [page on DeletionPolicy](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html).
pub fn snapshots(resource_type: &str) -> bool {
    SNAPSHOTS.binary_search(&resource_type).is_ok()
}

/// What CloudFormation does with a resource that has no `DeletionPolicy` when it is removed: after the
/// [page on DeletionPolicy](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html)
/// it takes a snapshot of a DBCluster and of a DBInstance that has no `DBClusterIdentifier`; whether a DBInstance has one, the caller
/// knows. It says nothing of replacement, which meets `UpdateReplacePolicy`.
pub fn default_deletion_policy(resource_type: &str) -> Policy {
    match resource_type {
        "AWS::RDS::DBCluster" | "AWS::RDS::DBInstance" => Policy::Snapshot,
        _ => Policy::Delete,
    }
}

const SNAPSHOTS: &[&str] = &[
    "AWS::DocDB::DBCluster",
    "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBCluster",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
];

/// The types that hold data and are not modelled. Members of a database cluster are not here, as the data is the cluster's; nor are logs
/// and parameters, as in the modelled facts.
const HOLDS_DATA: &[&str] = &[
    "AWS::ACMPCA::CertificateAuthority",
    "AWS::APS::Workspace",
    "AWS::AmazonMQ::Broker",
    "AWS::Backup::LogicallyAirGappedBackupVault",
    "AWS::Bedrock::KnowledgeBase",
    "AWS::BedrockAgentCore::Dataset",
    "AWS::BedrockAgentCore::Memory",
    "AWS::Cassandra::Keyspace",
    "AWS::Cassandra::Table",
    "AWS::Chime::AppInstance",
    "AWS::Cloud9::EnvironmentEC2",
    "AWS::CloudHSM::Cluster",
    "AWS::CloudTrail::EventDataStore",
    "AWS::CodeArtifact::Domain",
    "AWS::CodeArtifact::Repository",
    "AWS::CodeCommit::Repository",
    "AWS::Cognito::IdentityPool",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolUser",
    "AWS::Connect::DataTable",
    "AWS::Connect::Instance",
    "AWS::CustomerProfiles::Domain",
    "AWS::DSQL::Cluster",
    "AWS::DataExchange::DataSet",
    "AWS::DataZone::Domain",
    "AWS::Detective::Graph",
    "AWS::DirectoryService::MicrosoftAD",
    "AWS::DirectoryService::SimpleAD",
    "AWS::DocDB::DBCluster",
    "AWS::DocDB::GlobalCluster",
    "AWS::DocDBElastic::Cluster",
    "AWS::DocDBElastic::ClusterSnapshot",
    "AWS::DynamoDB::Backup",
    "AWS::ECR::PublicRepository",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::EMR::WALWorkspace",
    "AWS::ElastiCache::GlobalReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::ElastiCache::ServerlessCacheSnapshot",
    "AWS::ElastiCache::Snapshot",
    "AWS::Elasticsearch::Domain",
    "AWS::Events::Archive",
    "AWS::FSx::Backup",
    "AWS::FSx::FileCache",
    "AWS::FSx::FileSystem",
    "AWS::FSx::Snapshot",
    "AWS::FSx::StorageVirtualMachine",
    "AWS::FSx::Volume",
    "AWS::FinSpace::Environment",
    "AWS::Glue::Catalog",
    "AWS::Glue::Database",
    "AWS::Glue::Registry",
    "AWS::Glue::Schema",
    "AWS::Glue::Table",
    "AWS::Grafana::Workspace",
    "AWS::HealthLake::FHIRDatastore",
    "AWS::IdentityStore::Group",
    "AWS::IdentityStore::User",
    "AWS::IoTAnalytics::Channel",
    "AWS::IoTAnalytics::Dataset",
    "AWS::IoTAnalytics::Datastore",
    "AWS::IoTSiteWise::Asset",
    "AWS::Kendra::Index",
    "AWS::KinesisVideo::Stream",
    "AWS::Lightsail::Bucket",
    "AWS::Lightsail::Database",
    "AWS::Lightsail::DatabaseSnapshot",
    "AWS::Lightsail::Disk",
    "AWS::Lightsail::DiskSnapshot",
    "AWS::Lightsail::Instance",
    "AWS::Lightsail::InstanceSnapshot",
    "AWS::Location::GeofenceCollection",
    "AWS::Location::Tracker",
    "AWS::MSK::Cluster",
    "AWS::MSK::ServerlessCluster",
    "AWS::MSK::Topic",
    "AWS::ManagedBlockchain::Member",
    "AWS::ManagedBlockchain::Node",
    "AWS::MediaPackage::Asset",
    "AWS::MediaStore::Container",
    "AWS::MemoryDB::Cluster",
    "AWS::MemoryDB::MultiRegionCluster",
    "AWS::MemoryDB::Snapshot",
    "AWS::Neptune::DBCluster",
    "AWS::Neptune::GlobalCluster",
    "AWS::NeptuneGraph::Graph",
    "AWS::NeptuneGraph::GraphSnapshot",
    "AWS::ODB::CloudAutonomousVmCluster",
    "AWS::ODB::CloudExadataInfrastructure",
    "AWS::ODB::CloudVmCluster",
    "AWS::Omics::AnnotationStore",
    "AWS::Omics::ReferenceStore",
    "AWS::Omics::SequenceStore",
    "AWS::Omics::VariantStore",
    "AWS::OpenSearchServerless::Collection",
    "AWS::OpenSearchServerless::CollectionIndex",
    "AWS::OpenSearchServerless::Index",
    "AWS::OpenSearchService::Domain",
    "AWS::OpsWorks::Volume",
    "AWS::PaymentCryptography::Key",
    "AWS::Personalize::Dataset",
    "AWS::Personalize::DatasetGroup",
    "AWS::Pinpoint::App",
    "AWS::QBusiness::Application",
    "AWS::QBusiness::Index",
    "AWS::QLDB::Ledger",
    "AWS::RDS::ClusterSnapshot",
    "AWS::RDS::DBShardGroup",
    "AWS::RDS::DBSnapshot",
    "AWS::Redshift::Cluster",
    "AWS::Redshift::Snapshot",
    "AWS::RedshiftServerless::Namespace",
    "AWS::RedshiftServerless::Snapshot",
    "AWS::Rekognition::Collection",
    "AWS::Rekognition::Dataset",
    "AWS::Rekognition::Project",
    "AWS::Route53::HostedZone",
    "AWS::S3Express::DirectoryBucket",
    "AWS::S3Files::FileSystem",
    "AWS::S3Outposts::Bucket",
    "AWS::S3Tables::Namespace",
    "AWS::S3Tables::Table",
    "AWS::S3Tables::TableBucket",
    "AWS::S3Vectors::Index",
    "AWS::S3Vectors::VectorBucket",
    "AWS::SCN::Dataset",
    "AWS::SCN::Instance",
    "AWS::SDB::Domain",
    "AWS::SES::ContactList",
    "AWS::SES::MailManagerArchive",
    "AWS::SageMaker::Domain",
    "AWS::SageMaker::FeatureGroup",
    "AWS::SageMaker::MlflowApp",
    "AWS::SageMaker::MlflowTrackingServer",
    "AWS::SageMaker::ModelPackage",
    "AWS::SageMaker::ModelPackageGroup",
    "AWS::SageMaker::NotebookInstance",
    "AWS::SageMaker::Space",
    "AWS::SageMaker::UserProfile",
    "AWS::SecurityLake::DataLake",
    "AWS::Serverless::SimpleTable",
    "AWS::StorageGateway::Tape",
    "AWS::StorageGateway::Volume",
    "AWS::Timestream::Database",
    "AWS::Timestream::InfluxDBBackup",
    "AWS::Timestream::InfluxDBCluster",
    "AWS::Timestream::InfluxDBInstance",
    "AWS::Timestream::Table",
    "AWS::VerifiedPermissions::PolicyStore",
    "AWS::VoiceID::Domain",
    "AWS::Wisdom::KnowledgeBase",
    "AWS::WorkSpaces::Workspace",
    "AWS::WorkspacesInstances::Volume",
    "AWS::WorkspacesInstances::WorkspaceInstance",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_name_types_that_exist() {
        for list in [HOLDS_DATA, SNAPSHOTS] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
            let unknown: Vec<_> = list.iter().filter(|name| crate::facts::replacement(name, "").is_none()).collect();
            assert_eq!(unknown, [&""; 0]);
        }
    }

    #[test]
    fn the_list_leaves_modelled_types_to_their_facts() {
        let modelled: Vec<_> = HOLDS_DATA.iter().filter(|name| crate::facts::of(name).is_some()).collect();
        assert_eq!(modelled, [&""; 0]);
    }

    #[test]
    fn data_is_known_whether_a_type_is_modelled_or_not() {
        for held in ["AWS::S3::Bucket", "AWS::RDS::DBInstance", "AWS::SQS::Queue", "AWS::DocDB::DBCluster", "AWS::Cognito::UserPool"] {
            assert!(holds_data(held), "{held}");
        }
        for bare in ["AWS::Logs::LogGroup", "AWS::SSM::Parameter", "AWS::EC2::VPC", "AWS::DocDB::DBInstance", "Custom::Store", ""] {
            assert!(!holds_data(bare), "{bare}");
        }
    }

    #[test]
    fn what_can_be_snapshotted_holds_data() {
        assert!(SNAPSHOTS.iter().all(|name| holds_data(name) && snapshots(name)));
        assert!(!snapshots("AWS::DynamoDB::Table") && !snapshots("AWS::S3::Bucket"));
        let kept: Vec<_> = SNAPSHOTS.iter().filter(|name| default_deletion_policy(name) == Policy::Snapshot).collect();
        assert_eq!(kept, [&"AWS::RDS::DBCluster", &"AWS::RDS::DBInstance"]);
        assert_eq!(default_deletion_policy("AWS::S3::Bucket"), Policy::Delete);
    }
}
