//! What the template that a stack was last deployed with says of its resources: the old policies count when something leaves.

use std::collections::BTreeMap;

use cfn::{Node, Resource, Template};

use super::change::Policy;
use crate::diff::Home;
use crate::fate::{self, Event, Fate, Nature, Policies};
use crate::render::served;

/// A resource of the deployed template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployed {
    /// The type.
    pub resource_type: String,
    /// What its template says is to happen to it.
    pub policies: Policies,
    /// What CloudFormation does by itself with its like.
    pub nature: Nature,
    /// What it is for, from its metadata; may be empty.
    pub why: String,
    /// The component that it belongs to, from its metadata; may be empty.
    pub component: String,
    /// Whether it is a member of a database cluster: its data is the cluster's.
    pub in_cluster: bool,
}

impl Deployed {
    /// What happens to it when it leaves the stack.
    pub fn deletion(&self) -> Policy {
        policy(fate::fate(Event::Removed, self.policies, None, self.nature))
    }

    /// What happens to it when it is replaced under a template with these policies.
    pub fn replacement(&self, new: Option<Policies>) -> Policy {
        policy(fate::fate(Event::Replaced, self.policies, new, self.nature))
    }

    /// It as a home of data.
    pub fn home<'a>(&'a self, id: &'a str) -> Home<'a> {
        Home { id, component: Some(&self.component), resource_type: &self.resource_type, follows: false }
    }
}

/// What a fate is to a resource that leaves or is replaced.
pub fn policy(fate: Fate) -> Policy {
    match fate {
        Fate::Keep | Fate::Move | Fate::Retain => Policy::Retain,
        Fate::Snapshot => Policy::Snapshot,
        Fate::Lose => Policy::Delete,
    }
}

/// The resources of a template by logical ID, or what is wrong with its text.
pub fn resources(template: &str) -> Result<BTreeMap<String, Deployed>, String> {
    let document = cfn::syntax::parse(template).map_err(|error| error.to_string())?;
    document.root.get("Resources").and_then(Node::as_map).ok_or("it has no Resources")?;
    let template = Template::of_root(document.root).map_err(|error| error.to_string())?;
    Ok(template.resources.iter().map(|(id, resource)| (id.clone(), read(resource))).collect())
}

fn read(resource: &Resource) -> Deployed {
    Deployed {
        resource_type: resource.resource_type.clone(),
        policies: Policies::of(resource),
        nature: Nature::of(resource),
        why: served(resource, "why").to_owned(),
        component: served(resource, "component").to_owned(),
        in_cluster: resource.in_cluster(),
    }
}
