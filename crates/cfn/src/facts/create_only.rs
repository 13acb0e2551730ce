//! Properties that cannot be changed in place though the schemas do not list them as create-only, with AWS's page that says so.
//!
//! For some of them CloudFormation refuses the update instead of replacing the resource ("updates are not supported"): either way, what
//! is there cannot become what is asked for.

/// The create-only properties of a type that its schema lacks.
pub fn of(resource_type: &str) -> impl Iterator<Item = &'static str> {
    let missing = MISSING.iter().filter(move |(of, ..)| *of == resource_type).map(|(_, property, _)| *property);
    missing.chain(DISPUTED.iter().filter(move |(of, _)| *of == resource_type).flat_map(|(_, properties)| properties.iter().copied()))
}

macro_rules! sam {
    ($page:literal) => {
        concat!("https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-", $page, ".html")
    };
}

const TABLE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html";
const UPDATE_TABLE: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html";
const VOLUME: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-volume.html";

/// Type, property, page. What a transform makes of a `Serverless` type gets the property as it is, and cannot change it.
static MISSING: &[(&str, &str, &str)] = &[
    ("AWS::DynamoDB::GlobalTable", "KeySchema", UPDATE_TABLE),
    ("AWS::DynamoDB::GlobalTable", "LocalSecondaryIndexes", UPDATE_TABLE),
    ("AWS::DynamoDB::Table", "KeySchema", TABLE),
    ("AWS::DynamoDB::Table", "LocalSecondaryIndexes", TABLE),
    ("AWS::EC2::Volume", "AvailabilityZone", VOLUME),
    ("AWS::EC2::Volume", "Encrypted", VOLUME),
    ("AWS::EC2::Volume", "KmsKeyId", VOLUME),
    ("AWS::EC2::Volume", "OutpostArn", VOLUME),
    ("AWS::EC2::Volume", "SnapshotId", VOLUME),
    ("AWS::Serverless::Function", "FunctionName", sam!("function")),
    ("AWS::Serverless::Function", "PackageType", sam!("function")),
    ("AWS::Serverless::SimpleTable", "PrimaryKey", sam!("simpletable")),
    ("AWS::Serverless::SimpleTable", "TableName", sam!("simpletable")),
    ("AWS::Serverless::StateMachine", "Name", sam!("statemachine")),
    ("AWS::Serverless::StateMachine", "Type", sam!("statemachine")),
];

/// What the database of the AWS CDK (`@aws-cdk/aws-service-spec` 0.1.216) says to replace the resource, while the schema and the
/// specification say less. AWS's page was not found to settle it, so the stricter word counts.
static DISPUTED: &[(&str, &[&str])] = &[
    ("AWS::AmplifyUIBuilder::Component", &["Tags"]),
    ("AWS::AmplifyUIBuilder::Form", &["Tags"]),
    ("AWS::AmplifyUIBuilder::Theme", &["Tags"]),
    ("AWS::CleanRooms::AnalysisTemplate", &["ErrorMessageConfiguration", "Schema", "SyntheticDataParameters"]),
    ("AWS::Connect::PhoneNumber", &["Description"]),
    ("AWS::EC2::CapacityReservation", &["InstanceMatchCriteria"]),
    ("AWS::EC2::VPCPeeringConnection", &["AssumeRoleRegion"]),
    ("AWS::EMR::InstanceFleetConfig", &["InstanceTypeConfigs"]),
    ("AWS::ElastiCache::ReplicationGroup", &["Engine"]),
    ("AWS::EntityResolution::SchemaMapping", &["Description", "MappedInputFields"]),
    ("AWS::Events::EventBus", &["EventSourceName"]),
    ("AWS::Events::Rule", &["EventBusName"]),
    ("AWS::GuardDuty::Member", &["Email"]),
    ("AWS::KinesisAnalyticsV2::Application", &["RuntimeEnvironment"]),
    ("AWS::Location::GeofenceCollection", &["Description"]),
    ("AWS::Location::Map", &["Description", "PricingPlan"]),
    ("AWS::Location::PlaceIndex", &["DataSourceConfiguration", "Description", "PricingPlan"]),
    ("AWS::Location::RouteCalculator", &["Description", "PricingPlan"]),
    ("AWS::Location::Tracker", &["Description", "PositionFiltering"]),
    ("AWS::MediaLive::InputSecurityGroup", &["Tags"]),
    ("AWS::Route53RecoveryControl::SafetyRule", &["ControlPanelArn", "RuleConfig", "Tags"]),
    ("AWS::SageMaker::Domain", &["AppNetworkAccessType"]),
    ("AWS::WorkSpacesWeb::UserSettings", &["AdditionalEncryptionContext", "CustomerManagedKey"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Replacement, every, replacement};

    #[test]
    fn every_entry_is_of_a_type_that_exists_and_says_what_no_source_does() {
        let missing = MISSING.iter().map(|(of, property, _)| (*of, *property));
        let disputed = DISPUTED.iter().flat_map(|(of, properties)| properties.iter().map(move |property| (*of, *property)));
        for (resource_type, property) in missing.chain(disputed) {
            let line = every::of(resource_type).unwrap_or_else(|| panic!("{resource_type} does not exist"));
            let modelled = crate::facts::of(resource_type).is_some_and(|facts| facts.create_only.contains(&property));
            let said = modelled || line.schema_always().any(|path| path == property);
            assert!(!said, "{resource_type} {property} is said by the schema");
            assert_eq!(replacement(resource_type, property), Some(Replacement::Always), "{resource_type} {property}");
        }
        assert!(MISSING.is_sorted() && DISPUTED.is_sorted());
        assert!(MISSING.iter().all(|(.., page)| page.starts_with("https://docs.aws.amazon.com/")));
    }
}
