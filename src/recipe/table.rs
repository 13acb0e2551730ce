//! DynamoDB tables with a key of one text: paid by the request, backed up to the second, encrypted, protected from deletion; in one region or in all.

use cfn::resource::dynamodb::table::{
    AttributeDefinition, AttributeType, BillingMode, KeySchema, KeyType, PointInTimeRecoverySpecification, SSESpecification, SSEType,
};
use cfn::resource::dynamodb::{GlobalTable, Table, global_table as global};

use crate::block::{Site, name_tag};

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

/// A table of a fixed name with a replica in every region of the site, which is all that the template of the leading region says; put it with
/// `.retain()`. Further regions and indexes are added in place.
pub fn global(site: &Site, name: &str, key: &str, tag: &str) -> GlobalTable {
    let replicas: Vec<_> = site.regions.iter().map(|region| replica(site, region.region.code(), tag)).collect();
    GlobalTable::new(replicas)
        .key_schema([global::KeySchema::new(key, global::KeyType::Hash)])
        .table_name(name)
        .attribute_definitions([global::AttributeDefinition::new(key, global::AttributeType::S)])
        .billing_mode(global::BillingMode::PayPerRequest)
        // Replication between regions reads the stream; it is there before the second region is.
        .stream_specification(global::StreamSpecification::new(global::StreamViewType::NewAndOldImages))
        // By DynamoDB's own key in each region: a key of ours would have to be there before the replica is.
        .sse_specification(global::SSESpecification::new(true).sse_type(global::SSEType::Kms))
}

fn replica(site: &Site, region: &str, tag: &str) -> global::ReplicaSpecification {
    global::ReplicaSpecification::new(region)
        .deletion_protection_enabled(true)
        .point_in_time_recovery_specification(global::PointInTimeRecoverySpecification::new().point_in_time_recovery_enabled(true))
        .tags(name_tag(site, tag))
}
