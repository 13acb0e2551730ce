//! What happens to data: the one table of what CloudFormation does with a resource that holds data, for every event and every policy.
//!
//! Sources: CloudFormation template reference, "DeletionPolicy attribute" and "UpdateReplacePolicy attribute". Without a `DeletionPolicy` a
//! resource is deleted, but for database clusters and database instances outside of one, which are snapshotted; without an
//! `UpdateReplacePolicy` it is deleted. What is not a policy, or is decided elsewhere, counts as deletion: nothing is ever called milder
//! than it may turn out.

use cfn::{Policy, Resource};

/// What happens to the data of one resource, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It stays where it is.
    Keep,
    /// It moves to another resource in a way that is described; the old resource stays until somebody deletes it.
    Move,
    /// It stays at AWS outside of any stack: the app loses it, and it is still billed.
    Retain,
    /// A snapshot is taken, then it is deleted: the running app loses it.
    Snapshot,
    /// It is deleted.
    Lose,
}

impl Fate {
    /// All, the mildest first.
    pub const ALL: [Fate; 5] = [Fate::Keep, Fate::Move, Fate::Retain, Fate::Snapshot, Fate::Lose];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Fate::Keep => "keep",
            Fate::Move => "move",
            Fate::Retain => "retain",
            Fate::Snapshot => "snapshot",
            Fate::Lose => "lose",
        }
    }

    /// Whether somebody must accept it by name before it happens.
    pub fn needs_consent(self) -> bool {
        self > Fate::Move
    }
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is made.
    Added,
    /// Nothing.
    Unchanged,
    /// It is changed in place.
    InPlace,
    /// A new one takes its place.
    Replaced,
    /// It leaves the stack, or the stack is deleted.
    Removed,
    /// Its logical ID comes to name another type: the old one leaves, and only the policies that both templates have are sure to be asked.
    Retyped,
}

impl Event {
    /// All.
    pub const ALL: [Event; 6] = [Event::Added, Event::Unchanged, Event::InPlace, Event::Replaced, Event::Removed, Event::Retyped];
}

/// What a policy attribute says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It is not written.
    Absent,
    /// One of CloudFormation's words.
    Is(Policy),
    /// Something else: an intrinsic function, or no word of CloudFormation's.
    Open,
}

impl Word {
    /// All.
    pub const ALL: [Word; 6] = [
        Word::Absent,
        Word::Is(Policy::Delete),
        Word::Is(Policy::Retain),
        Word::Is(Policy::RetainExceptOnCreate),
        Word::Is(Policy::Snapshot),
        Word::Open,
    ];

    fn read(resource: &Resource, read: Option<Policy>, key: &str) -> Word {
        match read {
            Some(policy) => Word::Is(policy),
            None if resource.rest.contains_key(key) => Word::Open,
            None => Word::Absent,
        }
    }

    /// The `DeletionPolicy` of a resource.
    pub fn deletion(resource: &Resource) -> Word {
        Word::read(resource, resource.deletion_policy, "DeletionPolicy")
    }

    /// The `UpdateReplacePolicy` of a resource.
    pub fn update_replace(resource: &Resource) -> Word {
        Word::read(resource, resource.update_replace_policy, "UpdateReplacePolicy")
    }
}

/// The two policies of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policies {
    /// `DeletionPolicy`.
    pub deletion: Word,
    /// `UpdateReplacePolicy`.
    pub update_replace: Word,
}

impl Policies {
    /// Those of a resource.
    pub fn of(resource: &Resource) -> Policies {
        Policies { deletion: Word::deletion(resource), update_replace: Word::update_replace(resource) }
    }
}

/// What CloudFormation does by itself with a type that holds data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nature {
    /// Whether it takes snapshots of this type.
    pub snapshots: bool,
    /// Whether it takes one when no `DeletionPolicy` is written.
    pub snapshot_by_default: bool,
}

impl Nature {
    /// That of a resource.
    pub fn of(resource: &Resource) -> Nature {
        // A cluster names itself by the property by which an instance names its cluster.
        let in_cluster_instance =
            resource.resource_type == "AWS::RDS::DBInstance" && resource.properties.contains_key("DBClusterIdentifier");
        Nature {
            snapshots: cfn::facts::snapshots(&resource.resource_type),
            snapshot_by_default: !in_cluster_instance && cfn::facts::default_deletion_policy(&resource.resource_type) == Policy::Snapshot,
        }
    }

    /// What a `DeletionPolicy` makes of it.
    fn deleted(self, word: Word) -> Fate {
        match word {
            Word::Absent if self.snapshot_by_default => Fate::Snapshot,
            Word::Absent | Word::Open | Word::Is(Policy::Delete) => Fate::Lose,
            Word::Is(Policy::Retain | Policy::RetainExceptOnCreate) => Fate::Retain,
            Word::Is(Policy::Snapshot) => self.snapshot(),
        }
    }

    /// What an `UpdateReplacePolicy` makes of it; `RetainExceptOnCreate` is no word of that attribute.
    fn replaced(self, word: Word) -> Fate {
        match word {
            Word::Absent | Word::Open | Word::Is(Policy::Delete | Policy::RetainExceptOnCreate) => Fate::Lose,
            Word::Is(Policy::Retain) => Fate::Retain,
            Word::Is(Policy::Snapshot) => self.snapshot(),
        }
    }

    /// CloudFormation refuses `Snapshot` for types that have none; whoever made it swallow one has no snapshot.
    fn snapshot(self) -> Fate {
        if self.snapshots { Fate::Snapshot } else { Fate::Lose }
    }
}

/// What happens to the data of a resource: by the event, by the policies that the deployed template has (`old`) and those that the new
/// one has, and by the type. When a resource is replaced the worse of both templates' policies counts, because it depends on how far the
/// update has come which of them is asked.
pub fn fate(event: Event, old: Policies, new: Option<Policies>, nature: Nature) -> Fate {
    let new = new.unwrap_or(old);
    match event {
        Event::Added | Event::Unchanged | Event::InPlace => Fate::Keep,
        Event::Removed => nature.deleted(old.deletion),
        Event::Replaced => nature.replaced(old.update_replace).max(nature.replaced(new.update_replace)),
        Event::Retyped => nature.deleted(old.deletion).max(nature.replaced(old.update_replace)),
    }
}
