//! The shard map: which shard of the divided domain holds a key's bucket, in a table that every region reads.
//!
//! CloudFormation writes no items, and none is needed: a bucket that the map does not name is on the first shard, where all data was before.
//! Whoever moves a bucket copies its rows by logical replication, then writes `{bucket, shard}` here, and the app follows.

use cfn::resource::dynamodb;
use cfn::{Id, Resource, Val};

use crate::component::{
    Component, Driver, Grant, Layer, Layers, Metric, Offers, Reason, Request, Role, Site, Size, Unplaceable, Variable,
};
use crate::recipe::database::{choice, domain};
use crate::recipe::{table, watch};

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
}

/// The key of an item: a bucket of keys, such as a hash of the customer modulo 4,096.
const BUCKET: &str = "bucket";

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
    Ok((ShardMap { domain: heavy, title, shards }, vec![Reason::new(Driver::Phase, text)]))
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

    fn metrics(&self, site: &Site) -> Vec<Metric> {
        watch::reads("ShardMap", &Val::from(Self::table_name(site)))
    }
}
