//! What the template that a stack was last deployed with says of its resources: the old policies count when something leaves.

use super::change::Policy;
use cfn::node::Node;
use std::collections::BTreeMap;

/// A resource of the deployed template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The type.
    pub resource_type: String,
    /// `DeletionPolicy`, when it has one.
    pub deletion_policy: Option<String>,
    /// `UpdateReplacePolicy`, when it has one.
    pub update_replace_policy: Option<String>,
    /// What it is for, from its metadata; may be empty.
    pub why: String,
    /// Whether it is a member of a database cluster, which decides the default policy; its data is the cluster's.
    pub in_cluster: bool,
}

impl Deployed {
    /// What happens to it when it leaves the stack. Without a policy, database clusters, and instances outside of one, are
    /// snapshotted, anything else is deleted (CloudFormation user guide, "DeletionPolicy attribute").
    pub fn deletion(&self) -> Policy {
        match &self.deletion_policy {
            Some(policy) => Policy::parse(policy),
            None if self.resource_type == "AWS::RDS::DBCluster" => Policy::Snapshot,
            None if self.resource_type == "AWS::RDS::DBInstance" && !self.in_cluster => Policy::Snapshot,
            None => Policy::Delete,
        }
    }

    /// What happens to it when it is replaced; without a policy it is deleted.
    pub fn replacement(&self) -> Policy {
        self.update_replace_policy.as_deref().map_or(Policy::Delete, Policy::parse)
    }
}

/// The resources of a template by logical ID, or what is wrong with its text.
pub fn resources(template: &str) -> Result<BTreeMap<String, Deployed>, String> {
    let document = cfn::syntax::parse(template).map_err(|error| error.to_string())?;
    let resources = document.root.get("Resources").and_then(Node::as_map).ok_or("it has no Resources")?;
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let read = |node: &Node| Deployed {
        resource_type: text(node, "Type").unwrap_or_default(),
        deletion_policy: text(node, "DeletionPolicy"),
        update_replace_policy: text(node, "UpdateReplacePolicy"),
        why: node.get("Metadata").and_then(|m| m.get("scalectl")).and_then(|s| text(s, "why")).unwrap_or_default(),
        // A cluster names itself by the property by which a member names its cluster.
        in_cluster: text(node, "Type").as_deref() == Some("AWS::RDS::DBInstance")
            && node.get("Properties").is_some_and(|properties| properties.get("DBClusterIdentifier").is_some()),
    };
    Ok(resources.iter().map(|(id, node)| (id.clone(), read(node))).collect())
}
