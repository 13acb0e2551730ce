//! The data volume of a database on EC2: it outlives every host, and moves from one to the next.

use cfn::resource::ec2;
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::component::{Component, Driver, Layer, Layers, Offers, Reason, Request, Saved, Site, Size, Store, Unplaceable, name_tag};
use crate::recipe::database;
use crate::units::Bytes;

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

/// The volume takes the data twice over.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(DataVolume, Vec<Reason>), Unplaceable> {
    let data = request.load.stored_bytes;
    let gib = Bytes::from_f64(data.as_f64() * ROOM).gib_ceil(LEAST_GIB);
    let reason = if gib == LEAST_GIB {
        Reason::new(Driver::Phase, format!("{LEAST_GIB} GiB is the least that is worth having; the data alone is {data}"))
    } else {
        Reason::new(Driver::Storage, format!("{data} of data, twice over, is {gib} GiB; the other half is for its log and growth"))
    };
    Ok((DataVolume { gib }, vec![reason]))
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
