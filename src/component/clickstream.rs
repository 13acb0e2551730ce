//! The clickstream: what users do, taken as it comes by a stream, and kept in a bucket for whoever wants to know later.

mod bill;
mod delivery;

use cfn::resource::kinesis::stream::{EncryptionType, StreamEncryption, StreamMode, StreamModeDetails};
use cfn::resource::{kinesis, kinesisfirehose};
use cfn::{Id, Node, Resource, Val};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::catalog::sizing::count_for;
use crate::component::{
    ApiAction, Bill, Ceiling, Component, Driver, Family, Grant, Layer, Layers, Metric, Offers, Reason, Recovery, Reliance, Request, Role, Site,
    Size, Unplaceable, Variable, name_tag,
};
use crate::recipe::{self, on_demand, watch};
use crate::units::{PerSecond, Usd, thousands};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The stream, with what is expected of it.
#[derive(Debug)]
pub struct Clickstream {
    peak: PerSecond,
    /// Bytes a second that the stress case writes.
    stress: f64,
}

/// What one shard takes a second, and how full it may be so that an uneven spread does not overflow it.
const SHARD_RECORDS: f64 = 1_000.0;
const SHARD_BYTES: f64 = 1e6;
const SHARD_FILL: f64 = 0.8;
/// Bytes that one unit of writing to shards covers.
const PUT_STEP: f64 = 25.0 * 1_024.0;
/// What a new stream on demand takes a second, in records; later twice its last peak (Kinesis developer guide, "On-demand mode").
const FIRST_RECORDS: f64 = 4_000.0;

/// On demand whatever the load: shards are cheaper, but CloudFormation can no more than double them at once, and growth is what this is for.
///
/// # Errors
/// When the price list cannot be read.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Clickstream, Vec<Reason>), Unplaceable> {
    let load = request.load;
    let per_request = request.assumptions.events_per_request();
    let ceiling = load.requests_ceiling().scaled(per_request);
    let shards = count_for(ceiling.get(), SHARD_RECORDS, SHARD_FILL)
        .max(count_for(ceiling.get() * request.assumptions.event_bytes(), SHARD_BYTES, SHARD_FILL))
        .max(1);
    let text = format!("{} events at peak, {ceiling} in the stress case; on demand the stream grows with them by itself", load.events_peak);
    let mut reasons = vec![Reason::new(Driver::Throughput, text)];
    let prices = request.catalog.prices().map_err(|error| Unplaceable { component: "clickstream", problem: error.to_string() })?;
    let compared = compare(request, prices, shards).map_or_else(
        |missing| format!("{} shards were not compared by price: {missing}", thousands(shards)),
        |(on_demand, provisioned)| {
            let but = "shards can only be doubled at once, so that a jump in users would stop the deployment";
            format!(
                "{} shards for the stress case would be {provisioned} a month in a region against {on_demand} on demand; {but}",
                thousands(shards)
            )
        },
    );
    if ceiling.get() > FIRST_RECORDS {
        let text = format!("a new stream takes {} events, and twice its last peak from then on: lead events to it in steps", PerSecond::new(FIRST_RECORDS));
        reasons.push(Reason::new(Driver::Throughput, text));
    }
    reasons.push(Reason::instead(Driver::Throughput, compared));
    Ok((Clickstream { peak: load.events_peak, stress: bill::bytes(&load.stressed()) }, reasons))
}

/// A month on demand, and a month with so many shards.
fn compare(request: &Request, prices: &crate::catalog::Prices, shards: u64) -> Result<(Usd, Usd), MissingPrice> {
    let region = &request.region.region;
    let price = |key: &str| prices.price(key, region).map(|price| price.usd);
    let hours = prices.hours_per_month;
    let events = Decimal::from(request.load.events_month) / Decimal::from(request.regions.max(1));
    let gigabytes = bill::billed(request.load, events, bill::RECORD_STEP);
    let on_demand = price("kinesis.ondemand.stream")?.times(hours)
        + price("kinesis.ondemand.in")?.times(gigabytes)
        + price("kinesis.ondemand.out")?.times(gigabytes);
    let units = events.saturating_mul(on_demand::steps(request.load.assumptions.event_bytes(), PUT_STEP).into());
    let provisioned =
        price("kinesis.provisioned.shard")?.times(hours).times(shards) + price("kinesis.provisioned.put_unit")?.times(on_demand::millions(units));
    Ok((on_demand.to_cents(), provisioned.to_cents()))
}

/// Hours that the stream keeps an event: its reader is seconds behind, and an alarm goes off long before.
const KEEP_HOURS: i64 = 24;
/// Milliseconds, and seconds, that a reader may be behind.
const BEHIND_MS: f64 = 900_000.0;
const BEHIND: f64 = 900.0;
/// Refused writes in five minutes that wake somebody; the AWS SDKs try again by themselves.
const REFUSED: f64 = 100.0;
/// Most characters of an event that a client of the public API sends.
const MOST_TEXT: i64 = 2_048;
/// What writing to an encrypted stream takes of its key.
const USE_KEY: [&str; 1] = ["kms:GenerateDataKey"];

fn stream() -> Id<kinesis::Stream> {
    Id::new("Clickstream")
}

fn delivery() -> Id<kinesisfirehose::DeliveryStream> {
    Id::new("ClickstreamDelivery")
}

fn put_stream(site: &Site, layers: &mut Layers) {
    let model = kinesis::Stream::new()
        .stream_mode_details(StreamModeDetails::new(StreamMode::OnDemand))
        .retention_period_hours(KEEP_HOURS)
        .stream_encryption(StreamEncryption::new(EncryptionType::Kms, recipe::data_key().arn()))
        .tags(name_tag(site, "clickstream"));
    let why = "Takes what users do as it comes, so that no request waits for it to be stored";
    layers.put(Layer::Async, &stream(), why, Resource::new(model).retain());
}

/// One event from a client of the public API: what happened, where, when.
fn action() -> ApiAction {
    let text = |most: i64| Node::map([("type", Node::from("string")), ("minLength", Node::from(1)), ("maxLength", Node::from(most))]);
    let properties = Node::map([("event", text(64)), ("page", text(MOST_TEXT)), ("session", text(128)), ("at", text(64))]);
    let request = r#"{"StreamName":"${Clickstream}","Data":"$util.base64Encode($input.json('$'))","PartitionKey":"$context.requestId"}"#;
    ApiAction {
        name: "Clicks",
        path: "clicks",
        target: "kinesis:action/PutRecord",
        grant: Grant { name: "PutClicks", roles: &[], actions: vec!["kinesis:PutRecord"], resources: vec![stream().arn()] },
        key: Some(Grant { name: "UseClickstreamKey", roles: &[], actions: USE_KEY.to_vec(), resources: vec![recipe::data_key().arn()] }),
        body: Node::map([
            ("type", Node::from("object")),
            ("required", Node::list(["event"])),
            ("additionalProperties", Node::from(false)),
            ("properties", properties),
        ]),
        request: Val::sub(request),
        content_type: "application/x-amz-json-1.1",
        accepted: r#"{"status":"accepted"}"#,
        refused: concat!("#set($context.responseOverride.status = 503)", r#"{"error":"try again later"}"#),
    }
}

impl Component for Clickstream {
    fn name(&self) -> &'static str {
        "clickstream"
    }

    fn label(&self) -> &'static str {
        "Clickstream"
    }

    fn size(&self) -> Size {
        Size { note: format!("Kinesis on demand, {} at peak, Firehose to S3", self.peak), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        let producers = &[Role::App, Role::Worker];
        let grant = |name, actions, resources| Grant { name, roles: producers, actions, resources };
        Offers {
            variables: vec![Variable::new("CLICKSTREAM_NAME", stream().reference())],
            grants: vec![
                grant("PutEvents", vec!["kinesis:PutRecord", "kinesis:PutRecords"], vec![stream().arn()]),
                grant("UseClickstreamKey", USE_KEY.to_vec(), vec![recipe::data_key().arn()]),
            ],
            api_actions: vec![action()],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, _offers: &Offers, layers: &mut Layers) {
        put_stream(site, layers);
        delivery::put(site, layers);
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let of = |word: &str, title, family, metric, statistic| {
            let source = ("AWS/Kinesis", metric, statistic);
            watch::line(format!("Clickstream{word}"), title, family, source, vec![("StreamName", stream().reference())])
        };
        let fresh = watch::line(
            "ClickstreamDeliveryLate",
            "Clickstream: age of what is not yet in the bucket (s)",
            Family::Queues,
            ("AWS/Firehose", "DeliveryToS3.DataFreshness", "Maximum"),
            vec![("DeliveryStreamName", delivery().reference())],
        );
        let late = "Events are not stored for more than 15 minutes: ClickstreamDeliveryLogGroup says why, and after 24 hours they are lost";
        let refused = "The stream takes no more events: it doubles by itself within minutes; if this goes on, one partition key has too many of them";
        let behind = "Events wait in the stream for more than 15 minutes: its reader is slow or gone, and after 24 hours they are lost";
        vec![
            of("Records", "Clickstream: events", Family::Queues, "IncomingRecords", "Sum"),
            watch::alarmed(
                of("Refusals", "Clickstream: refused writes", Family::Errors, "WriteProvisionedThroughputExceeded", "Sum"),
                watch::above(REFUSED, 2, refused),
            ),
            watch::alarmed(
                of("Behind", "Clickstream: age of the oldest unread event (ms)", Family::Queues, "GetRecords.IteratorAgeMilliseconds", "Maximum"),
                watch::above(BEHIND_MS, 2, behind),
            ),
            watch::alarmed(fresh, watch::above(BEHIND, 2, late)),
        ]
    }
    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        bill::line_items(site, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        bill::ceilings(self, site)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        bill::reliances()
    }

    fn recoveries(&self, _site: &Site) -> Vec<Recovery> {
        bill::recoveries()
    }
}
