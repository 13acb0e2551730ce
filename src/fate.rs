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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Word {
    /// It is not written.
    #[default]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nature {
    /// Whether it takes snapshots of this type.
    pub snapshots: bool,
    /// Whether it takes one when no `DeletionPolicy` is written.
    pub snapshot_by_default: bool,
}

impl Nature {
    /// That of a resource.
    pub fn of(resource: &Resource) -> Nature {
        Nature {
            snapshots: cfn::facts::snapshots(&resource.resource_type),
            snapshot_by_default: !resource.in_cluster() && cfn::facts::default_deletion_policy(&resource.resource_type) == Policy::Snapshot,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// K keep, R retain, S snapshot, L lose.
    fn letter(fate: Fate) -> char {
        match fate {
            Fate::Keep => 'K',
            Fate::Move => 'M',
            Fate::Retain => 'R',
            Fate::Snapshot => 'S',
            Fate::Lose => 'L',
        }
    }

    /// Without snapshots (a bucket), with them (a volume), with one by default (a database).
    const NATURES: [Nature; 3] = [
        Nature { snapshots: false, snapshot_by_default: false },
        Nature { snapshots: true, snapshot_by_default: false },
        Nature { snapshots: true, snapshot_by_default: true },
    ];

    fn policies(deletion: Word, update_replace: Word) -> Policies {
        Policies { deletion, update_replace }
    }

    /// The six words down, the six words across, in the order of [`Word::ALL`]: absent, Delete, Retain, RetainExceptOnCreate, Snapshot, open.
    fn grid(cell: impl Fn(Word, Word) -> Fate) -> Vec<String> {
        Word::ALL.into_iter().map(|down| Word::ALL.into_iter().map(|across| letter(cell(down, across))).collect()).collect()
    }

    #[test]
    fn what_is_made_stays_or_changes_in_place_keeps_its_data_whatever_the_policies_say() {
        for event in [Event::Added, Event::Unchanged, Event::InPlace] {
            for nature in NATURES {
                for old in Word::ALL {
                    assert_eq!(grid(|a, b| fate(event, policies(a, old), Some(policies(old, b)), nature)), ["KKKKKK"; 6], "{event:?}");
                }
            }
        }
    }

    #[test]
    fn what_leaves_meets_the_deletion_policy_of_the_deployed_template_and_no_other() {
        let expected = ["LLS", "LLL", "RRR", "RRR", "LSS", "LLL"];
        for update_replace in Word::ALL {
            for new in [None, Some(policies(Word::Is(Policy::Retain), Word::Is(Policy::Retain)))] {
                let rows = Word::ALL.into_iter().map(|deletion| {
                    NATURES
                        .iter()
                        .map(|nature| letter(fate(Event::Removed, policies(deletion, update_replace), new, *nature)))
                        .collect::<String>()
                });
                assert_eq!(rows.collect::<Vec<String>>(), expected, "rows: DeletionPolicy, columns: natures");
            }
        }
    }

    #[test]
    fn what_is_replaced_meets_the_worse_of_both_update_replace_policies() {
        // Rows: the old template's UpdateReplacePolicy, columns: the new one's.
        let without = ["LLLLLL", "LLLLLL", "LLRLLL", "LLLLLL", "LLLLLL", "LLLLLL"];
        let with = ["LLLLLL", "LLLLLL", "LLRLSL", "LLLLLL", "LLSLSL", "LLLLLL"];
        for deletion in Word::ALL {
            for (nature, expected) in NATURES.into_iter().zip([without, with, with]) {
                let cell = |old, new| fate(Event::Replaced, policies(deletion, old), Some(policies(deletion, new)), nature);
                assert_eq!(grid(cell), expected, "{nature:?}, {deletion:?}");
            }
        }
    }

    #[test]
    fn what_comes_to_name_another_type_meets_the_worse_of_its_own_two_policies() {
        // Rows: DeletionPolicy, columns: UpdateReplacePolicy.
        let bucket = ["LLLLLL", "LLLLLL", "LLRLLL", "LLRLLL", "LLLLLL", "LLLLLL"];
        let volume = ["LLLLLL", "LLLLLL", "LLRLSL", "LLRLSL", "LLSLSL", "LLLLLL"];
        let database = ["LLSLSL", "LLLLLL", "LLRLSL", "LLRLSL", "LLSLSL", "LLLLLL"];
        for (nature, expected) in NATURES.into_iter().zip([bucket, volume, database]) {
            for new in Word::ALL {
                assert_eq!(grid(|a, b| fate(Event::Retyped, policies(a, b), Some(policies(new, new)), nature)), expected, "{nature:?}");
            }
        }
    }

    #[test]
    fn a_type_is_known_by_what_cloudformation_does_with_it() {
        let resource = |resource_type: &str, property: &str| Resource {
            resource_type: resource_type.to_owned(),
            properties: cfn::Map::from_iter([(property.to_owned(), cfn::Node::from("x"))]),
            ..Resource::default()
        };
        let of = |resource_type: &str| Nature::of(&resource(resource_type, "Other"));
        assert_eq!(of("AWS::S3::Bucket"), NATURES[0]);
        assert_eq!(of("AWS::DynamoDB::Table"), NATURES[0]);
        assert_eq!(of("AWS::EC2::Volume"), NATURES[1]);
        assert_eq!(of("AWS::ElastiCache::ReplicationGroup"), NATURES[1]);
        assert_eq!(of("AWS::RDS::DBCluster"), NATURES[2]);
        assert_eq!(of("AWS::RDS::DBInstance"), NATURES[2]);
        assert_eq!(Nature::of(&resource("AWS::RDS::DBInstance", "DBClusterIdentifier")), NATURES[1]);
        assert!(!of("AWS::Serverless::SimpleTable").snapshots);
    }

    #[test]
    fn only_what_stays_or_moves_needs_no_consent() {
        let needing: Vec<&str> = Fate::ALL.into_iter().filter(|fate| fate.needs_consent()).map(Fate::word).collect();
        assert_eq!(needing, ["retain", "snapshot", "lose"]);
    }
}
