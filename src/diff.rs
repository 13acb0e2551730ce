//! What two sets of templates disagree on: resources, properties, what is replaced and why, and what happens to the data.
//!
//! The comparison is structural: the order of keys, the language, the form of an intrinsic function and comments make no difference; policy
//! statements, security-group rules and tags are sets. Nothing is asked of AWS: what forces replacement comes from the facts of
//! [`cfn::facts`], and a verdict is never milder than what may happen.

mod compare;
mod content;
mod figures;
mod gate;
mod indirect;
mod macros;
mod moves;
mod pairing;
mod reference;
mod replacement;
mod security;
mod side;
mod summary;
mod tree;
mod unseen;
mod verdict;

pub use compare::{add_findings, difference};
pub use figures::{Figures, figures};
pub use gate::{Breach, Gate, GateError, breaches};
pub use moves::{Home, MOVES, Move, way};
pub use security::{Exposure, ExposureKind};
pub use side::{Broken, Side, SideSet, stack_name};
pub use summary::{Counts, Pair, matrix};
pub use unseen::Unseen;

use cfn::Node;
use cfn::syntax::Place;

use crate::check::Finding;
use crate::fate::Fate;

/// Everything that two sides disagree on.
#[derive(Debug, Clone)]
pub struct Difference {
    /// How the user called the side that is changed from.
    pub from: String,
    /// How the user called the side that is changed to.
    pub to: String,
    /// One entry for each phase or folder that either side has.
    pub sets: Vec<SetDifference>,
}

/// What two sets of stacks, each deployed together, disagree on.
#[derive(Debug, Clone)]
pub struct SetDifference {
    /// `10k`; empty when each side is one set.
    pub name: String,
    /// Whether either side lacks the whole set.
    pub presence: Presence,
    /// Every stack of either side, in the order of the new one, then those that leave.
    pub stacks: Vec<StackDifference>,
    /// What could not be compared, and why.
    pub unseen: Vec<Unseen>,
    /// What becomes reachable, wider or less protected.
    pub exposures: Vec<Exposure>,
    /// What `check` finds in the new templates and not in the old ones; empty when it was not asked.
    pub findings: Vec<Finding>,
    /// Bill, room and uptime of each side, where a plan stands behind its templates.
    pub figures: (Option<Figures>, Option<Figures>),
}

/// On which sides something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// On both.
    Both,
    /// Only on the new one.
    Added,
    /// Only on the old one.
    Removed,
}

/// What two templates of one stack disagree on.
#[derive(Debug, Clone)]
pub struct StackDifference {
    /// `data`, `data.us-west-2`: the file's name without its ending.
    pub name: String,
    /// The old file, when there is one.
    pub from: Option<String>,
    /// The new file, when there is one.
    pub to: Option<String>,
    /// Whether either side lacks it.
    pub presence: Presence,
    /// The resources that differ, in the order of the new template, then those that leave.
    pub resources: Vec<ResourceDifference>,
    /// How many resources do not differ.
    pub same: usize,
    /// What differs beside the resources: parameters, mappings, conditions, outputs, transforms.
    pub sections: Vec<Change>,
}

/// What happens to a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Added,
    /// It leaves.
    Removed,
    /// It leaves under another logical ID of the same stack: CloudFormation deletes the one and makes the other, a stack refactor renames it.
    Renamed {
        /// The old logical ID.
        from: String,
    },
    /// It leaves for another stack: CloudFormation deletes the one and makes the other, a stack refactor moves it.
    Moved {
        /// The old stack.
        stack: String,
        /// The old logical ID.
        from: String,
    },
    /// A new one takes its place.
    Replaced,
    /// A new one may take its place: it depends on values that only the deployment knows.
    MayBeReplaced,
    /// It may leave: a condition decides.
    MayBeRemoved,
    /// It is changed in place.
    Changed,
    /// Only words about it change (`Metadata`): nothing happens at AWS.
    Reworded,
}

/// Types that are revisions by their nature.
const REVISIONS: [&str; 4] =
    ["AWS::ApiGateway::Deployment", "AWS::ECS::TaskDefinition", "AWS::Lambda::LayerVersion", "AWS::Lambda::Version"];

/// One resource that differs.
#[derive(Debug, Clone)]
pub struct ResourceDifference {
    /// Logical ID; the new one, for what stays.
    pub id: String,
    /// `AWS::RDS::DBInstance`; the new one.
    pub resource_type: String,
    /// The old type, when it is another.
    pub old_type: Option<String>,
    /// What it is for, from its metadata; may be empty.
    pub why: String,
    /// The component that it says it belongs to; empty for what is not ours.
    pub component: String,
    /// What happens to it.
    pub action: Action,
    /// Why it is, or may be, replaced; empty when it is not.
    pub causes: Vec<Cause>,
    /// What differs in it.
    pub changes: Vec<Change>,
    /// What happens to its data; none for what holds no data, or has none yet.
    pub data: Option<DataFate>,
    /// Whether the new one keeps a name that was given to it: CloudFormation refuses to replace a resource whose name is taken.
    pub name_taken: bool,
    /// For what is renamed or moved: eight digits that the old and the new one have in common, whatever their logical IDs and stacks.
    pub digest: Option<String>,
    /// Where it stands in the old file.
    pub old_place: Option<Place>,
    /// Where it stands in the new file.
    pub new_place: Option<Place>,
}

/// What happens to the data of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct DataFate {
    /// What happens.
    pub fate: Fate,
    /// Whether it is sure to; false where the resource only may be replaced or removed.
    pub sure: bool,
    /// The described way in which the data move, and the logical IDs that they move to.
    pub way: Option<(&'static Move, Vec<String>)>,
}

/// Why a resource is replaced.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// The property, `DBSubnetGroupName`; or what else forces it.
    pub property: String,
    /// The replaced resource whose identity stands there, for what follows from another replacement.
    pub from: Option<String>,
    /// Half a sentence on when it replaces, for what only may.
    pub when: Option<&'static str>,
    /// Whether it surely replaces.
    pub sure: bool,
}

/// One place where two trees differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// From the resource (or the template) down: `["Properties", "Tags", "0", "Value"]`.
    pub path: Vec<String>,
    /// What stood there; none for what is added.
    pub old: Option<Node>,
    /// What stands there; none for what is removed.
    pub new: Option<Node>,
    /// What makes it differ although the text is the same: `parameter Size`, `mapping Sizes`.
    pub through: Option<String>,
    /// Whether a change of it replaces the resource.
    pub replaces: Replaces,
    /// Half a sentence on when it does, where it only may.
    pub when: Option<&'static str>,
    /// Whether the values must not be shown.
    pub secret: bool,
}

/// Whether a change replaces the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Replaces {
    /// In place.
    No,
    /// It depends.
    Maybe,
    /// A new one is made.
    Yes,
}

impl Difference {
    /// Whether the two sides agree on everything.
    pub fn is_empty(&self) -> bool {
        self.sets.iter().all(SetDifference::is_empty)
    }

    /// Every resource that differs, with its set and its stack.
    pub fn resources(&self) -> impl Iterator<Item = (&SetDifference, &StackDifference, &ResourceDifference)> {
        self.sets.iter().flat_map(|set| set.resources().map(move |(stack, resource)| (set, stack, resource)))
    }
}

impl SetDifference {
    /// Whether the two sets agree on everything.
    pub fn is_empty(&self) -> bool {
        self.stacks.iter().all(|stack| stack.presence == Presence::Both && stack.resources.is_empty() && stack.sections.is_empty())
    }

    /// Every resource that differs, with its stack.
    pub fn resources(&self) -> impl Iterator<Item = (&StackDifference, &ResourceDifference)> {
        self.stacks.iter().flat_map(|stack| stack.resources.iter().map(move |resource| (stack, resource)))
    }

    /// The files that could not be read.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        self.unseen.iter().filter(|unseen| unseen.broken).map(|unseen| unseen.file.as_str())
    }

    /// What happens to data, the worst first.
    pub fn fates(&self) -> Vec<(&StackDifference, &ResourceDifference, &DataFate)> {
        let mut fates: Vec<_> = self
            .resources()
            .filter_map(|(stack, resource)| resource.data.as_ref().map(|data| (stack, resource, data)))
            .filter(|(_, _, data)| data.fate > Fate::Keep)
            .collect();
        fates.sort_by_key(|(_, _, data)| std::cmp::Reverse((data.fate, data.sure)));
        fates
    }
}

impl ResourceDifference {
    /// The logical ID under which the old one stands.
    pub fn old_id(&self) -> &str {
        match &self.action {
            Action::Renamed { from } | Action::Moved { from, .. } => from,
            _ => &self.id,
        }
    }

    /// Whether it is replaced because every change of its like is a new one beside the old: nothing that runs is taken away by it.
    pub fn revised(&self) -> bool {
        self.action == Action::Replaced && self.old_type.is_none() && REVISIONS.contains(&self.resource_type.as_str())
    }

    /// Whether a new one is, or may be, made in its place.
    pub fn replaced(&self) -> bool {
        matches!(self.action, Action::Replaced | Action::MayBeReplaced)
    }
}
