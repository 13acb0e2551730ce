//! DynamoDB tables with a key of one text: paid by the request, backed up to the second, encrypted, protected from deletion; in one region or in all.

use std::time::Duration;

use cfn::resource::dynamodb::table::{
    AttributeDefinition, AttributeType, BillingMode, KeySchema, KeyType, PointInTimeRecoverySpecification, SSESpecification, SSEType,
};
use cfn::resource::dynamodb::{GlobalTable, Table, global_table as global};

use rust_decimal::Decimal;

use super::on_demand;
use crate::block::{Bill, Event, Kind, Recovery, Reliance, Site, Way, about, name_tag};
use crate::catalog::MissingPrice;

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

/// What a table on demand answers a second before it has got used to a load, in units (DynamoDB developer guide, docs 2023-06).
pub const FIRST_WRITES: f64 = 4_000.0;
/// The same for reads.
pub const FIRST_READS: f64 = 12_000.0;
/// Bytes that one write unit covers.
pub const WRITE_STEP: f64 = 1_024.0;
/// Bytes that one read unit covers, read consistently; eventually consistent reads take half.
pub const READ_STEP: f64 = 4_096.0;
/// Bytes that DynamoDB adds to each item and each entry of an index (DynamoDB developer guide, "Item sizes and formats").
pub const OVERHEAD: f64 = 100.0;

/// Units that are read in a month.
///
/// # Errors
/// When the list lacks the price.
pub fn reads(bill: &mut Bill, what: &str, units: Decimal, why: String) -> Result<(), MissingPrice> {
    bill.usage(on_demand::millions(units), about(what, "dynamodb.ondemand.rru", Kind::Data, why))
}

/// Units that are written in a month; those of a table with several replicas have a price of their own.
///
/// # Errors
/// When the list lacks the price.
pub fn writes(bill: &mut Bill, what: &str, replicated: bool, units: Decimal, why: String) -> Result<(), MissingPrice> {
    let key = if replicated { "dynamodb.ondemand.rwru" } else { "dynamodb.ondemand.wru" };
    bill.usage(on_demand::millions(units), about(what, key, Kind::Data, why))
}

/// What a table and its indexes hold, and what its backups to the second cover: the table alone.
///
/// # Errors
/// When the list lacks a price.
pub fn stored(bill: &mut Bill, what: &str, (table, indexes): (Decimal, Decimal), why: &str) -> Result<(), MissingPrice> {
    bill.usage(table + indexes, about(format!("{what}, storage"), "dynamodb.storage", Kind::Data, why))?;
    bill.usage(table, about(format!("{what}, backups to the second"), "dynamodb.pitr", Kind::Data, why))
}

/// What a region's replica sends to all others.
///
/// # Errors
/// When the list lacks the price.
pub fn sent(bill: &mut Bill, what: &str, gigabytes: Decimal, why: String) -> Result<(), MissingPrice> {
    bill.usage(gigabytes, about(format!("{what}, sent to other regions"), "dt.inter_region_out", Kind::Transfer, why))
}

/// The service level of a table: one of its own for a table with several replicas.
pub fn reliance(what: &str, site: &Site, way: Way) -> Reliance {
    match site.regions.len() {
        0 | 1 => Reliance::new(format!("DynamoDB, {what}"), "dynamodb", way),
        _ => Reliance::new(format!("DynamoDB global table, {what}"), "dynamodb.global", way),
    }
}

/// What failures and mistakes do to a table: it stands in three zones and can be had back as it was at any second of the last 35 days, and in
/// several regions each has all of it (DynamoDB developer guide, "Resilience", "Point-in-time recovery", "Global tables").
pub fn recoveries(what: &str, replicas: usize) -> Vec<Recovery> {
    let of =
        |event, point, time, why: &str, estimated| Recovery { what: what.to_owned(), event, point, time, why: why.to_owned(), estimated };
    let kept = "DynamoDB keeps every write in several zones before it answers";
    let region = match replicas {
        0 | 1 => of(Event::Region, None, None, "the table stands in one region", false),
        _ => {
            let why = "every region has a replica that takes writes; what was written in the last second may be missing";
            of(Event::Region, Some(Duration::from_secs(1)), Some(Duration::ZERO), why, true)
        }
    };
    let mistake = "point-in-time recovery: a new table as of any second of the last 35 days but the last 5 minutes; led back by hand";
    vec![
        of(Event::Host, Some(Duration::ZERO), Some(Duration::ZERO), kept, false),
        of(Event::Zone, Some(Duration::ZERO), Some(Duration::ZERO), kept, false),
        region,
        of(Event::Mistake, Some(Duration::from_secs(300)), None, mistake, false),
    ]
}
