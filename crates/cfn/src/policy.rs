//! IAM policy documents, written as statements rather than as nested maps.
//!
//! ```
//! use cfn::policy::{Document, Statement};
//! let reads = Document::new().with(Statement::allow(["s3:GetObject"]).on("arn:aws:s3:::assets/*").sid("ReadAssets"));
//! ```

use crate::node::{Map, Node};
use crate::val::{Literal, Val};

/// A policy document of version 2012-10-17. It goes wherever a property takes a policy: `Val<Node>`.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Document(Vec<Node>);

impl Document {
    /// A document without statements; IAM wants at least one.
    pub fn new() -> Self {
        Self::default()
    }

    /// A document of these statements.
    pub fn of(statements: impl IntoIterator<Item = Statement>) -> Self {
        Document(statements.into_iter().map(Statement::into_node).collect())
    }

    /// Adds a statement.
    pub fn with(mut self, statement: Statement) -> Self {
        self.0.push(statement.into_node());
        self
    }

    /// Whether it has no statement.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Literal for Document {
    fn into_node(self) -> Node {
        Node::map([("Version", Node::from("2012-10-17")), ("Statement", Node::List(self.0))])
    }
}
impl From<Document> for Val<Node> {
    fn from(document: Document) -> Self {
        Val::of_node(document.into_node())
    }
}

/// Who may assume a role: an AWS service such as `lambda.amazonaws.com`.
pub fn assumable_by(service: &str) -> Document {
    Document::new().with(Statement::allow(["sts:AssumeRole"]).principal_service(service))
}

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Statement {
    effect: &'static str,
    sid: Option<String>,
    actions: Vec<Node>,
    resources: Vec<Node>,
    principals: Map,
    anyone: bool,
    conditions: Map,
}

impl Statement {
    /// Allows these actions (`sqs:SendMessage`).
    pub fn allow<A: Into<String>>(actions: impl IntoIterator<Item = A>) -> Self {
        Self::new("Allow", actions)
    }

    /// Denies these actions, whatever allows them.
    pub fn deny<A: Into<String>>(actions: impl IntoIterator<Item = A>) -> Self {
        Self::new("Deny", actions)
    }

    fn new<A: Into<String>>(effect: &'static str, actions: impl IntoIterator<Item = A>) -> Self {
        let actions = actions.into_iter().map(|action| Node::Str(action.into())).collect();
        Statement { effect, sid: None, actions, resources: Vec::new(), principals: Map::new(), anyone: false, conditions: Map::new() }
    }

    /// Names the statement: letters and digits only.
    pub fn sid(mut self, sid: impl Into<String>) -> Self {
        self.sid = Some(sid.into());
        self
    }

    /// Adds a resource: an ARN, or `*`.
    pub fn on(mut self, resource: impl Into<Val<String>>) -> Self {
        self.resources.push(resource.into().into_node());
        self
    }

    /// Adds resources.
    pub fn on_each<R: Into<Val<String>>>(self, resources: impl IntoIterator<Item = R>) -> Self {
        resources.into_iter().fold(self, Statement::on)
    }

    /// Holds only when the condition does: `when("StringEquals", "aws:SourceAccount", account)`. The same operator and key again add a value.
    pub fn when(mut self, operator: &str, key: &str, value: impl Into<Val<String>>) -> Self {
        let value = value.into().into_node();
        let of_operator = self.conditions.entry(operator.to_owned()).or_insert_with(|| Node::Map(Map::new()));
        if let Node::Map(keys) = of_operator {
            let values = match keys.shift_remove(key) {
                None => value,
                Some(Node::List(mut values)) => {
                    values.push(value);
                    Node::List(values)
                }
                Some(first) => Node::List(vec![first, value]),
            };
            keys.insert(key.to_owned(), values);
        }
        self
    }

    /// Adds an AWS service as principal: `ec2.amazonaws.com`.
    pub fn principal_service(self, service: impl Into<Val<String>>) -> Self {
        self.principal("Service", service)
    }

    /// Adds an account, role or user as principal, by ARN.
    pub fn principal_aws(self, arn: impl Into<Val<String>>) -> Self {
        self.principal("AWS", arn)
    }

    /// Adds an identity provider as principal.
    pub fn principal_federated(self, provider: impl Into<Val<String>>) -> Self {
        self.principal("Federated", provider)
    }

    /// Concerns everyone: `Principal: "*"`, in place of other principals.
    pub fn anyone(mut self) -> Self {
        self.anyone = true;
        self
    }

    fn principal(mut self, kind: &str, principal: impl Into<Val<String>>) -> Self {
        let principals = self.principals.entry(kind.to_owned()).or_insert_with(|| Node::List(Vec::new()));
        if let Node::List(principals) = principals {
            principals.push(principal.into().into_node());
        }
        self
    }

    fn into_node(self) -> Node {
        let mut map = Map::new();
        if let Some(sid) = self.sid {
            map.insert("Sid".to_owned(), Node::Str(sid));
        }
        map.insert("Effect".to_owned(), self.effect.into());
        if self.anyone {
            map.insert("Principal".to_owned(), "*".into());
        } else if !self.principals.is_empty() {
            map.insert("Principal".to_owned(), Node::Map(self.principals));
        }
        map.insert("Action".to_owned(), Node::List(self.actions));
        if !self.resources.is_empty() {
            map.insert("Resource".to_owned(), Node::List(self.resources));
        }
        if !self.conditions.is_empty() {
            map.insert("Condition".to_owned(), Node::Map(self.conditions));
        }
        Node::Map(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_action_and_resource_are_lists() {
        let node = Document::new().with(Statement::allow(["sqs:SendMessage"]).on(Val::attribute("Jobs", "Arn")).sid("Send")).into_node();
        let statement = &node.get("Statement").unwrap().as_list().unwrap()[0];
        assert_eq!(node.get("Version").unwrap().as_str(), Some("2012-10-17"));
        assert_eq!(statement.get("Sid").unwrap().as_str(), Some("Send"));
        assert_eq!(statement.get("Effect").unwrap().as_str(), Some("Allow"));
        assert_eq!(statement.get("Action"), Some(&Node::list(["sqs:SendMessage"])));
        assert_eq!(statement.get("Resource"), Some(&Node::list([Val::<String>::attribute("Jobs", "Arn").into_node()])));
        assert_eq!(statement.get("Principal"), None);
    }

    #[test]
    fn a_role_is_assumable_by_a_service() {
        let node = assumable_by("lambda.amazonaws.com").into_node();
        let statement = &node.get("Statement").unwrap().as_list().unwrap()[0];
        assert_eq!(statement.get("Principal").unwrap().get("Service"), Some(&Node::list(["lambda.amazonaws.com"])));
        assert_eq!(statement.get("Action"), Some(&Node::list(["sts:AssumeRole"])));
        assert_eq!(statement.get("Resource"), None);
    }

    #[test]
    fn conditions_of_one_key_gather_their_values() {
        let statement = Statement::deny(["s3:*"]).anyone().on_each(["arn:aws:s3:::a", "arn:aws:s3:::a/*"]);
        let node =
            statement.when("StringNotEquals", "aws:SourceVpce", "vpce-1").when("StringNotEquals", "aws:SourceVpce", "vpce-2").into_node();
        assert_eq!(node.get("Principal").unwrap().as_str(), Some("*"));
        assert_eq!(node.get("Effect").unwrap().as_str(), Some("Deny"));
        assert_eq!(node.get("Resource").unwrap().as_list().unwrap().len(), 2);
        assert_eq!(
            node.get("Condition").unwrap().get("StringNotEquals").unwrap().get("aws:SourceVpce"),
            Some(&Node::list(["vpce-1", "vpce-2"]))
        );
    }
}
