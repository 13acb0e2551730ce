//! A resource of a template, and the typed handles by which others refer to it.

mod model;
// What AWS's names and AWS's many parameters make of generated code.
#[allow(clippy::wrong_self_convention, clippy::should_implement_trait, clippy::too_many_arguments)]
#[allow(clippy::module_inception, clippy::enum_variant_names, clippy::upper_case_acronyms, clippy::large_stack_arrays)]
mod models;
mod tag;

pub(crate) use models::ALL as ALL_FACTS;
pub use models::*;
pub use tag::Tag;

use std::marker::PhantomData;

use crate::facts::Facts;
use crate::node::{Map, Node};
use crate::val::Val;

/// What a generated resource model says of itself.
pub trait ResourceType {
    /// The type's name, `AWS::SQS::Queue`.
    const TYPE: &'static str;
    /// What AWS's schema says of the type.
    fn facts() -> &'static Facts;
    /// The properties as they were set, in that order.
    fn into_properties(self) -> Map;
}

/// The logical ID of a resource together with its type, so that only the attributes it has can be asked for.
pub struct Id<R> {
    name: String,
    of: PhantomData<fn() -> R>,
}

impl<R> Id<R> {
    /// A handle on the resource of this name; it need not exist yet.
    pub fn new(name: impl Into<String>) -> Self {
        Id { name: name.into(), of: PhantomData }
    }

    /// The logical ID.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `!Ref`: what that gives differs by type (a queue's URL, a bucket's name, a subnet's id).
    pub fn reference(&self) -> Val<String> {
        Val::reference(&*self.name)
    }

    /// The same resource of another region's stacks, named from this region's: `LoadBalancer@us-west-2`. The renderer turns it into a parameter.
    pub fn in_region(&self, region: &str) -> Self {
        Id::new(format!("{}@{region}", self.name))
    }

    /// `!GetAtt`; the generated getters call it with names that the schema has.
    pub(crate) fn attribute(&self, attribute: &str) -> Val<String> {
        Val::attribute(&*self.name, attribute)
    }
}

impl<R> Clone for Id<R> {
    fn clone(&self) -> Self {
        Id::new(&*self.name)
    }
}
impl<R> std::fmt::Debug for Id<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// What happens to the physical resource when the logical one goes, or is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// It is deleted with all it holds.
    Delete,
    /// It stays, and goes on being billed.
    Retain,
    /// It stays, unless it goes in the rollback of its own creation (`DeletionPolicy` only).
    RetainExceptOnCreate,
    /// A snapshot is taken, then it is deleted.
    Snapshot,
}

impl Policy {
    /// The word in the template.
    pub fn as_str(self) -> &'static str {
        match self {
            Policy::Delete => "Delete",
            Policy::Retain => "Retain",
            Policy::RetainExceptOnCreate => "RetainExceptOnCreate",
            Policy::Snapshot => "Snapshot",
        }
    }

    /// The policy of that word.
    pub fn parse(word: &str) -> Option<Policy> {
        [Policy::Delete, Policy::Retain, Policy::RetainExceptOnCreate, Policy::Snapshot].into_iter().find(|policy| policy.as_str() == word)
    }
}

/// One entry under `Resources`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Resource {
    /// `AWS::SQS::Queue`.
    pub resource_type: String,
    /// The properties, in the order in which they were set.
    pub properties: Map,
    /// `Metadata`.
    pub metadata: Map,
    /// `DependsOn`: logical IDs of the same template.
    pub depends_on: Vec<String>,
    /// `Condition`.
    pub condition: Option<String>,
    /// `DeletionPolicy`.
    pub deletion_policy: Option<Policy>,
    /// `UpdateReplacePolicy`.
    pub update_replace_policy: Option<Policy>,
    /// `CreationPolicy`.
    pub creation_policy: Option<Node>,
    /// `UpdatePolicy`.
    pub update_policy: Option<Node>,
    /// Attributes that have no field here, or a value that their field cannot hold, as a stranger's template wrote them.
    pub rest: Map,
}

impl Resource {
    /// A resource with these properties and no attributes.
    pub fn new<R: ResourceType>(model: R) -> Self {
        Resource { resource_type: R::TYPE.to_owned(), properties: model.into_properties(), ..Resource::default() }
    }

    /// Sets `DeletionPolicy` and `UpdateReplacePolicy` to `Retain`: the data outlives the stack.
    #[must_use]
    pub fn retain(mut self) -> Self {
        self.deletion_policy = Some(Policy::Retain);
        self.update_replace_policy = Some(Policy::Retain);
        self
    }

    /// Adds a `DependsOn` for an order that no reference expresses.
    #[must_use]
    pub fn after(mut self, logical_id: impl Into<String>) -> Self {
        self.depends_on.push(logical_id.into());
        self
    }

    /// Whether losing it loses data: by its type, but for the members of a database cluster, whose data is the cluster's.
    pub fn holds_data(&self) -> bool {
        crate::facts::holds_data(&self.resource_type) && !self.in_cluster()
    }

    /// Whether it is a member of a database cluster. A cluster names itself by the property by which a member names its cluster.
    pub fn in_cluster(&self) -> bool {
        self.resource_type == "AWS::RDS::DBInstance" && self.properties.contains_key("DBClusterIdentifier")
    }

    /// Whether its `UpdatePolicy` has a change of this property replace it; none where that decides nothing, or is no literal.
    ///
    /// Source: CloudFormation template reference, "UpdatePolicy attribute": a group's instances change and the group stays unless
    /// `WillReplace` says otherwise; shards of a cache come and go in place only with `UseOnlineResharding`.
    pub fn replaced_by_policy(&self, property: &str) -> Option<bool> {
        let policy = self.update_policy.as_ref();
        let flag = |node: Option<&Node>| match node {
            None => Some(false),
            Some(Node::Bool(flag)) => Some(*flag),
            Some(Node::Str(word)) => word.parse().ok(),
            Some(_) => None,
        };
        match (self.resource_type.as_str(), property) {
            (
                "AWS::AutoScaling::AutoScalingGroup",
                "LaunchConfigurationName" | "LaunchTemplate" | "MixedInstancesPolicy" | "VPCZoneIdentifier",
            ) => {
                let replacing = policy.and_then(|policy| policy.get("AutoScalingReplacingUpdate"));
                flag(replacing.and_then(|replacing| replacing.get("WillReplace")))
            }
            ("AWS::ElastiCache::ReplicationGroup", "NodeGroupConfiguration" | "NumNodeGroups") => {
                flag(policy.and_then(|policy| policy.get("UseOnlineResharding"))).map(|online| !online)
            }
            _ => None,
        }
    }

    /// Sets `UpdatePolicy`.
    #[must_use]
    pub fn update_policy(mut self, policy: Node) -> Self {
        self.update_policy = Some(policy);
        self
    }

    /// Sets `CreationPolicy`.
    #[must_use]
    pub fn creation_policy(mut self, policy: Node) -> Self {
        self.creation_policy = Some(policy);
        self
    }
}

impl<R: ResourceType> From<R> for Resource {
    fn from(model: R) -> Self {
        Resource::new(model)
    }
}
