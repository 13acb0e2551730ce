//! The described ways in which data move from one home to the next, as the road has them.

use cfn::Resource;

use crate::render::served;

/// A described way.
#[derive(Debug, PartialEq, Eq)]
pub struct Move {
    /// `replica-promotion`.
    pub id: &'static str,
    /// Half a sentence: `by replica promotion`.
    pub words: &'static str,
    /// What it costs the app.
    pub pause: &'static str,
    /// Component and type that the data leave.
    pub from: (&'static str, &'static str),
    /// Component and type that they come to.
    pub to: (&'static str, &'static str),
    /// What to do, step by step.
    pub steps: &'static str,
}

const VOLUME: (&str, &str) = ("data_volume", "AWS::EC2::Volume");
const INSTANCE: (&str, &str) = ("database_instance", "AWS::RDS::DBInstance");
const CLUSTER: (&str, &str) = ("database_cluster", "AWS::RDS::DBCluster");

const BY_REPLICATION: &str = "by logical replication";
const REPLICATION: &str = "the new database starts empty: publish all tables on the old one, subscribe on the new one, wait until both agree, \
     stop writes for a moment, hand the app the new address, then delete the old one";

/// Every described way.
pub const MOVES: [Move; 4] = [
    Move {
        id: "volume-move",
        words: "by attaching the same volume to the other host",
        pause: "minutes",
        from: VOLUME,
        to: VOLUME,
        steps: "the volume itself stays: it is detached from the one host and attached to the other in the same zone",
    },
    Move { id: "logical-replication", words: BY_REPLICATION, pause: "seconds to minutes", from: VOLUME, to: INSTANCE, steps: REPLICATION },
    Move { id: "logical-replication", words: BY_REPLICATION, pause: "seconds to minutes", from: VOLUME, to: CLUSTER, steps: REPLICATION },
    Move {
        id: "replica-promotion",
        words: "by replica promotion",
        pause: "minutes of read-only",
        from: INSTANCE,
        to: CLUSTER,
        steps: "the new cluster starts empty, and only at its creation can it be made a replica: name the leader in its \
                ReplicationSourceIdentifier (an override), wait until it lags no more, stop writes, promote it with aws rds \
                promote-read-replica-db-cluster, then delete the old one",
    },
];

/// A resource as a home of data.
#[derive(Debug, Clone, Copy)]
pub struct Home<'a> {
    /// Logical ID.
    pub id: &'a str,
    /// The component that it belongs to, by its own word.
    pub component: Option<&'a str>,
    /// Its type.
    pub resource_type: &'a str,
    /// Whether another one fills it: nothing moves to a read replica by itself.
    pub follows: bool,
}

impl<'a> Home<'a> {
    /// A resource of a template.
    pub fn of(id: &'a str, resource: &'a Resource) -> Home<'a> {
        let follows = resource.properties.contains_key("SourceDBInstanceIdentifier");
        Home { id, component: Some(served(resource, "component")), resource_type: &resource.resource_type, follows }
    }

    fn is(&self, (component, resource_type): (&str, &str)) -> bool {
        self.component == Some(component) && self.resource_type == resource_type
    }
}

/// The described way from a resource that leaves to those that come, and where it leads: only for resources that say whose they are.
pub fn way<'a>(leaves: Home, comes: impl Iterator<Item = Home<'a>>) -> Option<(&'static Move, Vec<String>)> {
    let comes: Vec<Home> = comes.collect();
    MOVES.iter().filter(|way| way.from != way.to && leaves.is(way.from)).find_map(|way| {
        let homes = comes.iter().filter(|home| home.is(way.to) && !home.follows);
        let homes: Vec<String> = homes.map(|home| home.id.to_owned()).collect();
        (!homes.is_empty()).then_some((way, homes))
    })
}

/// The way by which a volume goes to another host.
pub fn of_volume() -> Option<&'static Move> {
    MOVES.iter().find(|way| way.id == "volume-move")
}
