//! The shard map: which shard of the divided domain holds a key's bucket, in a table that every region reads.
//!
//! CloudFormation writes no items, and none is needed: a bucket that the map does not name is on the first shard, where all data was before.
//! Whoever moves a bucket copies its rows by logical replication, then writes `{bucket, shard}` here, and the app follows.

use std::time::Duration;

use cfn::resource::dynamodb;
use cfn::{Id, Resource, Val};

use crate::block::{Bill, Ceiling, Event, Kind, Recovery, Reliance, Way, about};
use crate::catalog::MissingPrice;
use crate::component::{
    Component, Driver, Grant, Layer, Layers, Metric, Offers, Reason, Request, Role, Site, Size, Unplaceable, Variable,
};
use crate::recipe::database::{choice, domain};
use crate::recipe::{table, watch};
use crate::units::{PerSecond, decimal, thousands};
use rust_decimal::Decimal;
use crate::workload::Load;

/// What a phase file says of it: the same as of the clusters.
pub use crate::recipe::database::choice::Shape as Settings;

/// The map.
#[derive(Debug, Clone)]
pub struct ShardMap {
    /// The divided domain; empty for the first.
    pub domain: String,
    /// What people call it.
    pub title: String,
    /// Over how many clusters.
    pub shards: u64,
    /// Read units a second that one region's table must give in the stress case.
    pub units: f64,
}

/// The key of an item: a bucket of keys, such as a hash of the customer modulo 4,096.
const BUCKET: &str = "bucket";

/// Read units of a look-up: an eventually consistent read of an item of less than 4 KB (DynamoDB developer guide, "Read and write operations").
const UNITS: f64 = 0.5;

/// Read units a second that a table takes until more are asked for: `dynamodb.table_rru` in `data/quotas.yaml`.
const TABLE_UNITS: f64 = 40_000.0;

/// Look-ups a second: the app keeps what it has read for as long as a user's connection lives, so each new connection asks once [estimate].
fn lookups(load: &Load, part: f64) -> PerSecond {
    load.new_connections_peak.scaled(part)
}

/// The map itself is small; the number of shards is the clusters'.
///
/// # Errors
/// When the clusters cannot be sized, or are not divided.
pub fn size(settings: &Settings, request: &Request) -> Result<(ShardMap, Vec<Reason>), Unplaceable> {
    let unplaceable = |problem: String| Unplaceable { component: "shard_map", problem };
    let (choice, _) = choice::choose(settings, request).map_err(unplaceable)?;
    let Some((heavy, shards)) = choice.sharded else {
        return Err(unplaceable("no domain is divided by key: the phase file gives no `shards`".to_owned()));
    };
    let title = domain::title(&heavy, request.settings).to_owned();
    let text = format!("{title} are on {shards} clusters; the app looks up which, and a bucket moves by one write here");
    let part = 1.0 / request.regions.max(1) as f64;
    let units = [request.load, &request.load.stressed()].map(|load| lookups(load, part).get() * UNITS).into_iter().fold(0.0, f64::max);
    let mut reasons = vec![Reason::new(Driver::Phase, text)];
    reasons.extend(provisioned(request, part));
    Ok((ShardMap { domain: heavy, title, shards, units }, reasons))
}

/// What provisioned capacity for the peak would cost against on demand.
fn provisioned(request: &Request, part: f64) -> Option<Reason> {
    let prices = request.catalog.prices().ok()?;
    let region = &request.region.region;
    let peak = decimal(lookups(request.load, part).get() * UNITS).ceil();
    let fixed = prices.price("dynamodb.provisioned.rcu", region).ok()?.usd.times(peak).times(prices.hours_per_month);
    let used = decimal(read_units(request.load, part) as f64) / Decimal::from(1_000_000);
    let used = prices.price("dynamodb.ondemand.rru", region).ok()?.usd.times(used);
    let text = format!("provisioned for the peak, {} read units would cost {fixed} a month in a region; on demand {used}, and no peak is refused", peak);
    Some(Reason::instead(Driver::Cost, text))
}

/// Read units of a month.
fn read_units(load: &Load, part: f64) -> u64 {
    load.requests_mean.scaled(part * UNITS / load.assumptions.requests_per_connection()).per_month()
}

fn map() -> Id<dynamodb::GlobalTable> {
    Id::new("ShardMap")
}

impl ShardMap {
    /// Fixed: other regions name it.
    fn table_name(site: &Site) -> String {
        site.name("shard-map")
    }
}

impl Component for ShardMap {
    fn name(&self) -> &'static str {
        "shard_map"
    }

    fn label(&self) -> &'static str {
        "Shard map"
    }

    fn size(&self) -> Size {
        Size { note: format!("DynamoDB on demand; {} over {} clusters", self.title, self.shards), ..Size::default() }
    }

    fn offers(&self, site: &Site) -> Offers {
        let name = Self::table_name(site);
        let arn = format!("arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{name}");
        // A shard is reached by the variables of its database: ORDERS_DATABASE_HOST is shard 1, ORDERS_SHARD2_DATABASE_HOST the second.
        Offers {
            variables: vec![
                Variable::new("SHARD_MAP_TABLE", Val::from(&name)),
                Variable::new("SHARD_DOMAIN", Val::from(&self.title)),
                Variable::new("SHARD_COUNT", Val::from(self.shards.to_string())),
            ],
            grants: vec![Grant {
                name: "ReadShardMap",
                roles: &[Role::App, Role::Worker],
                actions: vec!["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Scan"],
                resources: vec![Val::sub(arn)],
            }],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, _offers: &Offers, layers: &mut Layers) {
        if site.leads() {
            let model = table::global(site, &Self::table_name(site), BUCKET, "shard-map");
            let why = format!("Every region knows which of the {} shards holds a customer's {}", self.shards, self.title);
            layers.put(Layer::Data, &map(), why, Resource::new(model).retain());
        }
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let units = read_units(load, site.part());
        let why = format!("{} read units: half a unit for each new connection", thousands(units));
        let quantity = Decimal::from(units) / Decimal::from(1_000_000);
        bill.usage(quantity, about("Shard map, reads", "dynamodb.ondemand.rru", Kind::Data, why))
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        let part = site.part();
        let most = self.units.max(TABLE_UNITS);
        vec![
            Ceiling::fixed("reads", Driver::Throughput, "read units/s", most, move |load: &Load| lookups(load, part).get() * UNITS)
                .within("dynamodb.table_rru", most)
                .then("ask for more read units of the table, or keep look-ups longer in the app"),
        ]
    }

    fn reliances(&self, site: &Site) -> Vec<Reliance> {
        let sla = if site.regions.len() > 1 { "dynamodb.global" } else { "dynamodb" };
        vec![Reliance::new("DynamoDB, the shard map", sla, Way::Aside)]
    }

    /// DynamoDB keeps three copies in three zones; a replica lags about a second, and any moment up to five minutes ago can be restored (DynamoDB
    /// developer guide, "Global tables" and "Point-in-time recovery").
    fn recoveries(&self, site: &Site) -> Vec<Recovery> {
        let recovery = |event, point: Option<u64>, time: Option<u64>, why: &str| Recovery {
            what: "Shard map".to_owned(),
            event,
            point: point.map(Duration::from_secs),
            time: time.map(Duration::from_secs),
            why: why.to_owned(),
            estimated: false,
        };
        let region = match site.regions.len() > 1 {
            true => recovery(Event::Region, Some(1), Some(0), "every region has a replica, about a second behind"),
            false => recovery(Event::Region, None, None, "the table and its backups are in this region"),
        };
        vec![
            recovery(Event::Host, Some(0), Some(0), "the table is kept in three zones"),
            recovery(Event::Zone, Some(0), Some(0), "the table is kept in three zones"),
            region,
            recovery(Event::Mistake, Some(300), None, "any moment of the last 35 days up to 5 minutes ago is restored beside, by hand"),
        ]
    }

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        watch::reads("ShardMap", &Val::from(Self::table_name(site)))
    }
}
