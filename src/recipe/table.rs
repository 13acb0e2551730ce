//! Small DynamoDB tables with a key of one text: paid by the request, backed up to the second, encrypted, protected from deletion.

use cfn::resource::dynamodb::Table;
use cfn::resource::dynamodb::table::{
    AttributeDefinition, AttributeType, BillingMode, KeySchema, KeyType, PointInTimeRecoverySpecification, SSESpecification, SSEType,
};

/// A table whose items are found by `key`; put it with `.retain()`.
///
/// AWS's key for DynamoDB encrypts it rather than ours: it is there in every phase and so never has to change, and whoever may use the table needs
/// no permission on a key beside.
pub fn keyed_by(key: &str) -> Table {
    Table::new([KeySchema::new(key, KeyType::Hash)])
        .attribute_definitions([AttributeDefinition::new(key, AttributeType::S)])
        .billing_mode(BillingMode::PayPerRequest)
        .point_in_time_recovery_specification(PointInTimeRecoverySpecification::new().point_in_time_recovery_enabled(true))
        .sse_specification(SSESpecification::new(true).sse_type(SSEType::Kms))
        .deletion_protection_enabled(true)
}
