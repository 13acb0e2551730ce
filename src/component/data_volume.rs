//! The data volume of a database on EC2: it outlives every host, and moves from one to the next.

use cfn::policy;
use cfn::resource::{dlm, ec2, iam, secretsmanager};
use cfn::{Id, Val};
use serde::Deserialize;

use crate::component::{
    Component, Driver, Layer, Layers, Offers, Reason, Request, SecretVariable, Site, Size, Unplaceable, Variable,
};
use crate::units::Bytes;

/// A phase file says nothing of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The sized volume.
#[derive(Debug)]
pub struct DataVolume {
    /// GiB, gp3.
    gib: u64,
}

/// The smallest volume: a fresh database with its log, and room for the first months.
const LEAST_GIB: u64 = 20;

/// Times the data: the write-ahead log, tables that are rewritten, and growth until somebody plans again.
const ROOM: f64 = 2.0;

/// Snapshots that are kept, one a day.
const SNAPSHOTS: i64 = 7;

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
        Reason::new(Driver::Storage, format!("{data} of data, twice over for log and growth, is {gib} GiB"))
    };
    Ok((DataVolume { gib }, vec![reason]))
}

fn volume() -> Id<ec2::Volume> {
    Id::new("DatabaseVolume")
}

fn secret() -> Id<secretsmanager::Secret> {
    Id::new("DatabaseSecret")
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
}
