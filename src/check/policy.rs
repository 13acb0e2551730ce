//! The statements of IAM policies, wherever resources carry them.

use cfn::Node;

use super::graph::{Graph, Item, below};

/// What a policy is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// A role, a user or a group: it says what that may do.
    Identity,
    /// A role's trust policy: it says who may take the role.
    Trust,
    /// A bucket, a queue, a key: it says who may do what to it.
    Resource,
}

/// One statement, resolved.
#[derive(Debug)]
pub struct Statement<'g, 'a> {
    /// The resource that carries it.
    pub item: &'g Item<'a>,
    /// The path of its policy below the resource's properties.
    pub path: &'static str,
    /// To what its policy is attached.
    pub bearer: Bearer,
    /// The statement.
    pub node: &'g Node,
}

impl Statement<'_, '_> {
    /// Whether it allows; the other word is `Deny`.
    pub fn allows(&self) -> bool {
        self.node.get("Effect").and_then(Node::as_str) == Some("Allow")
    }

    /// The values under a key, one or several: `Action`, `Resource`, `Principal/Service`.
    pub fn values(&self, path: &str) -> Vec<&Node> {
        each(below(self.node, path))
    }
}

/// Where policies stand: type, path below the properties, to what they are attached.
const PLACES: [(&str, &str, Bearer); 20] = [
    ("AWS::IAM::Role", "AssumeRolePolicyDocument", Bearer::Trust),
    ("AWS::IAM::Role", "Policies/*/PolicyDocument", Bearer::Identity),
    ("AWS::IAM::User", "Policies/*/PolicyDocument", Bearer::Identity),
    ("AWS::IAM::Group", "Policies/*/PolicyDocument", Bearer::Identity),
    ("AWS::IAM::Policy", "PolicyDocument", Bearer::Identity),
    ("AWS::IAM::RolePolicy", "PolicyDocument", Bearer::Identity),
    ("AWS::IAM::UserPolicy", "PolicyDocument", Bearer::Identity),
    ("AWS::IAM::GroupPolicy", "PolicyDocument", Bearer::Identity),
    ("AWS::IAM::ManagedPolicy", "PolicyDocument", Bearer::Identity),
    ("AWS::SSO::PermissionSet", "InlinePolicy", Bearer::Identity),
    ("AWS::S3::BucketPolicy", "PolicyDocument", Bearer::Resource),
    ("AWS::SQS::QueuePolicy", "PolicyDocument", Bearer::Resource),
    ("AWS::SNS::TopicPolicy", "PolicyDocument", Bearer::Resource),
    ("AWS::KMS::Key", "KeyPolicy", Bearer::Resource),
    ("AWS::KMS::ReplicaKey", "KeyPolicy", Bearer::Resource),
    ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", Bearer::Resource),
    ("AWS::ECR::Repository", "RepositoryPolicyText", Bearer::Resource),
    ("AWS::Logs::ResourcePolicy", "PolicyDocument", Bearer::Resource),
    ("AWS::EFS::FileSystem", "FileSystemPolicy", Bearer::Resource),
    ("AWS::Events::EventBusPolicy", "Statement", Bearer::Resource),
];

/// Every statement of a set.
pub fn statements<'g, 'a>(graph: &'g Graph<'a>) -> Vec<Statement<'g, 'a>> {
    let mut all = Vec::new();
    for item in &graph.items {
        for (_, path, bearer) in PLACES.into_iter().filter(|(kind, ..)| *kind == item.kind) {
            let steps = if path == "Statement" { path.to_owned() } else { format!("{path}/Statement") };
            all.extend(each(item.all(&steps)).into_iter().map(|node| Statement { item, path, bearer, node }));
        }
    }
    all
}

/// The items of lists, and what stands alone where a list may stand; a reference stands alone too.
pub fn each(nodes: Vec<&Node>) -> Vec<&Node> {
    nodes.into_iter().flat_map(|node| if matches!(node, Node::List(_)) { below(node, "*") } else { vec![node] }).collect()
}
