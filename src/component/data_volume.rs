//! The data volume of a database on EC2: it outlives every host, and moves from one to the next.

use cfn::resource::ec2;
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use std::time::Duration;

use crate::block::{Bill, Ceiling, Event, Kind, Recovery, Reliance, Way, about};
use crate::catalog::sizing::Market;
use crate::catalog::{MissingPrice, Offering};
use crate::component::{Component, Driver, Layer, Layers, Offers, Reason, Request, Saved, Site, Size, Store, Unplaceable, name_tag};
use crate::recipe::database::{self, sizing};
use crate::units::{Bytes, PerSecond};
use crate::workload::Load;

/// A phase file says nothing of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The sized volume.
#[derive(Debug)]
pub struct DataVolume {
    gib: u64,
}

/// The smallest volume: a fresh database with its log, and room for the first months.
const LEAST_GIB: u64 = 20;

/// Times the data: the write-ahead log, tables that are rewritten, and growth until somebody plans again.
const ROOM: f64 = 2.0;

/// GiB that a gp3 volume has at most (EBS user guide, gp3: 64 TiB since 2025-09).
const MOST_GIB: u64 = 65_536;

/// Operations per second that gp3 has without extra charge (EBS user guide).
const OPERATIONS: f64 = 3_000.0;

/// The volume takes the data twice over.
///
/// # Errors
/// When the data or the operations on it are more than one volume takes.
pub fn size(_settings: &Settings, request: &Request) -> Result<(DataVolume, Vec<Reason>), Unplaceable> {
    let data = request.load.stored_bytes;
    let unplaceable = |problem: String| Err(Unplaceable { component: "data_volume", problem });
    let operations = sizing::disk_operations(request.load).max(sizing::disk_operations(&request.load.stressed()));
    if operations > OPERATIONS {
        return unplaceable(format!("{} on the disk, and gp3 has {}: plan a later phase", PerSecond::new(operations), PerSecond::new(OPERATIONS)));
    }
    if data.scaled(ROOM) > Bytes::gib(MOST_GIB) {
        return unplaceable(format!("{data} of data twice over, and a volume has {}: plan a later phase", Bytes::gib(MOST_GIB).binary()));
    }
    let gib = Bytes::from_f64(data.as_f64() * ROOM).gib_ceil(LEAST_GIB);
    let reason = if gib == LEAST_GIB {
        Reason::new(Driver::Phase, format!("{LEAST_GIB} GiB is the least that is worth having; the data alone is {data}"))
    } else {
        Reason::new(Driver::Storage, format!("{data} of data, twice over, is {gib} GiB; the other half is for its log and growth"))
    };
    let reasons = std::iter::once(reason).chain(managed(gib, request)).collect();
    Ok((DataVolume { gib }, reasons))
}

/// What the same storage would cost where the database is managed, with the smallest class that there is.
fn managed(gib: u64, request: &Request) -> Option<Reason> {
    let (prices, region) = (request.catalog.prices().ok()?, &request.region.region);
    let volume = prices.price("ebs.gp3.storage", region).ok()?.usd.times(gib);
    let storage = prices.price("rds.postgres.storage.gp3.single_az", region).ok()?.usd.times(gib);
    let (class, hourly) = Market::new(request.catalog, prices, region, &[Offering::RdsSingleAz], &["db.t4g"]).offered().min_by_key(|(_, usd)| *usd)?;
    let least = storage + hourly.times(prices.hours_per_month);
    let text = format!(
        "RDS in one zone, which goes back to any moment, begins at {least} a month with {} and {gib} GiB; this volume is {volume}, on a host that is there",
        class.name
    );
    Some(Reason::instead(Driver::Cost, text))
}

fn volume() -> Id<ec2::Volume> {
    Id::new("DatabaseVolume")
}

fn arn() -> Val<String> {
    Val::sub(format!("arn:${{AWS::Partition}}:ec2:${{AWS::Region}}:${{AWS::AccountId}}:volume/${{{}}}", volume().name()))
}

impl Component for DataVolume {
    fn name(&self) -> &'static str {
        "data_volume"
    }

    fn label(&self) -> &'static str {
        "Data volume"
    }

    fn size(&self) -> Size {
        Size { count: None, class: None, note: format!("{} GiB gp3", self.gib) }
    }

    fn offers(&self, site: &Site) -> Offers {
        Offers {
            volume: Some(volume()),
            variables: database::names().into(),
            secrets: vec![database::secret_variable(site, "")],
            backups: vec![Saved { name: volume().name().to_owned(), arn: arn(), store: Store::Volume, share: 1.0 }],
            ..Offers::default()
        }
    }

    fn line_items(&self, _site: &Site, _offers: &Offers, _load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let why = format!("1 × {} GiB gp3", self.gib);
        bill.standing(self.gib, about("Data volume", "ebs.gp3.storage", Kind::Storage, why))?;
        database::bill_secrets(1, bill)
    }

    fn ceilings(&self, _site: &Site) -> Vec<Ceiling> {
        let gib = |bytes: Bytes| bytes.as_f64() / Bytes::GIB as f64;
        vec![
            Ceiling::fixed("storage", Driver::Storage, "GiB", self.gib as f64, move |load: &Load| gib(load.stored_bytes))
                .then("plan again: the volume grows in place, and its file system with it"),
            Ceiling::fixed("operations", Driver::Throughput, "operations/s", OPERATIONS, sizing::disk_operations)
                .then("move to a later phase, whose database is managed"),
        ]
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new("EBS, one volume", "ebs.volume", Way::Region)]
    }

    /// Hosts come back by themselves: `StatusCheckFailed_System` recovers them, which takes minutes [estimate]; backups are taken once a day.
    fn recoveries(&self, _site: &Site) -> Vec<Recovery> {
        const DAY: Duration = Duration::from_secs(86_400);
        let recovery = |event, point, time, why: &str, estimated| Recovery { what: "Database on EC2".to_owned(), event, point, time, why: why.to_owned(), estimated };
        vec![
            recovery(
                Event::Host,
                Some(Duration::ZERO),
                Some(Duration::from_secs(600)),
                "the volume outlives the host, which EC2 brings back on other hardware within minutes",
                true,
            ),
            recovery(Event::Zone, Some(DAY), None, "a volume is of one zone: the last daily backup is restored in another one, by hand", false),
            recovery(Event::Region, None, None, "the volume and its backups are in this region", false),
            recovery(Event::Mistake, Some(DAY), None, "the last daily backup is restored beside, by hand", false),
        ]
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = &offers.network else { return };
        let gib = i64::try_from(self.gib).unwrap_or(i64::MAX);
        let mut model = ec2::Volume::new()
            .availability_zone(network.data[0].availability_zone())
            .volume_type(ec2::volume::VolumeType::Gp3)
            .size(gib)
            .encrypted(true)
            .tags(name_tag(site, "database"));
        if let Some(key) = &offers.key {
            model = model.kms_key_id(key.arn());
        }
        let why = "The database's files outlive the host, and move to the next one by being attached to it";
        layers.put(Layer::Data, &volume(), why, Resource::new(model).retain());
        database::put_secret(site, offers, layers, "");
    }
}
