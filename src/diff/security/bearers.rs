//! Who carries which policies on one side: roles with what is attached to them, and resources with what their policies say.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cfn::Node;

use super::grants::Grant;
use super::scope::Scope;
use super::sight::Sight;
use crate::check::Item;
use crate::check::graph::below;
use crate::check::policy::{self, Bearer, Statement, each};

/// All policies of one bearer.
#[derive(Debug, Default)]
pub struct Policies {
    /// Statements that allow.
    pub allows: Vec<Grant>,
    /// Statements that deny.
    pub denies: Vec<Grant>,
    /// Managed policies that the templates do not make, by ARN.
    pub managed: BTreeSet<String>,
    /// The boundaries of a role: what it may do at most.
    pub boundary: Option<String>,
    /// How actions are written: IAM does not tell letters apart, people do.
    pub written: HashMap<String, String>,
    /// Where it is told, when the bearer is no resource of the set: stack and logical ID of what carries the policy.
    pub carrier: Option<(String, String)>,
}

/// Bearers by what kind of policy it is and the name that both sides know them by.
pub type Bearers = BTreeMap<(Kind, String), Policies>;

/// What kind of policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What somebody may do.
    Identity,
    /// Who may take a role.
    Trust,
    /// Who may do something to a resource.
    Resource,
}

/// Policies of resources beside those that `check` knows, with the path of the policy and of what it is for; none when it is for itself.
const MORE: &[(&str, &str, Option<&str>)] = &[
    ("AWS::OpenSearchService::Domain", "AccessPolicies", None),
    ("AWS::ApiGateway::RestApi", "Policy", None),
    ("AWS::Backup::BackupVault", "AccessPolicy", None),
    ("AWS::DynamoDB::Table", "ResourcePolicy/PolicyDocument", None),
    ("AWS::Kinesis::ResourcePolicy", "ResourcePolicy", Some("ResourceArn")),
    ("AWS::S3::AccessPoint", "Policy", None),
    ("AWS::SNS::TopicInlinePolicy", "PolicyDocument", Some("TopicArn")),
    ("AWS::SQS::QueueInlinePolicy", "PolicyDocument", Some("Queue")),
];

/// Where a policy names what it is for.
const TARGETS: &[(&str, &[&str])] = &[
    ("AWS::IAM::Policy", &["Roles/*", "Users/*", "Groups/*"]),
    ("AWS::IAM::ManagedPolicy", &["Roles/*", "Users/*", "Groups/*"]),
    ("AWS::IAM::RolePolicy", &["RoleName"]),
    ("AWS::IAM::UserPolicy", &["UserName"]),
    ("AWS::IAM::GroupPolicy", &["GroupName"]),
    ("AWS::S3::BucketPolicy", &["Bucket"]),
    ("AWS::SQS::QueuePolicy", &["Queues/*"]),
    ("AWS::SNS::TopicPolicy", &["Topics/*"]),
    ("AWS::SecretsManager::ResourcePolicy", &["SecretId"]),
    ("AWS::Events::EventBusPolicy", &["EventBusName"]),
];

/// Whether a resource may carry a policy.
fn carries(kind: &str) -> bool {
    kind.starts_with("AWS::IAM::")
        || kind == "AWS::KMS::Key"
        || kind == "AWS::Lambda::Permission"
        || kind.ends_with("Policy")
        || kind == "AWS::ECR::Repository"
        || kind == "AWS::EFS::FileSystem"
        || MORE.iter().any(|(name, ..)| *name == kind)
}

/// Every bearer of one side.
pub fn of(sight: &Sight) -> Bearers {
    let mut all = Bearers::new();
    if !sight.items().any(|item| carries(item.kind)) {
        return all;
    }
    let holders = holders(sight);
    for statement in policy::statements(&sight.graph).into_iter().filter(|statement| sight.name(statement.item).is_some()) {
        let kind = match statement.bearer {
            Bearer::Identity => Kind::Identity,
            Bearer::Trust => Kind::Trust,
            Bearer::Resource => Kind::Resource,
        };
        for name in targets(sight, statement.item, &holders) {
            add(&mut all, sight, kind, name, &statement);
        }
    }
    for item in sight.items() {
        for (_, path, target) in MORE.iter().filter(|(kind, ..)| *kind == item.kind) {
            let name = target.and_then(|path| item.get(path)).map(|node| name_of(sight, node));
            let name = name.or_else(|| sight.name(item).map(str::to_owned)).unwrap_or_default();
            for node in each(item.all(&format!("{path}/Statement"))) {
                add(&mut all, sight, Kind::Resource, name.clone(), &Statement { item, path, bearer: Bearer::Resource, node });
            }
        }
        match item.kind {
            "AWS::Lambda::Permission" | "AWS::Lambda::LayerVersionPermission" => permission(&mut all, sight, item),
            "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group" => attached(&mut all, sight, item),
            _ => {}
        }
    }
    all
}

fn add(all: &mut Bearers, sight: &Sight, kind: Kind, name: String, statement: &Statement) {
    let grant = Grant::of(sight, statement, &name);
    let allows = statement.allows();
    let bearer = all.entry((kind, name)).or_default();
    let actions = ["Action", "NotAction"].iter().flat_map(|key| statement.values(key)).map(|node| sight.text(node));
    bearer.written.extend(actions.map(|action| (action.to_lowercase(), action)));
    bearer.carrier.get_or_insert_with(|| (sight.stack(statement.item), statement.item.id.clone()));
    if allows { bearer.allows.push(grant) } else { bearer.denies.push(grant) }
}

/// The holders of the managed policies that the templates make: roles name them too.
fn holders(sight: &Sight) -> BTreeMap<String, Vec<String>> {
    let mut holders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in sight.items().filter(|item| matches!(item.kind, "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group")) {
        for policy in item.all("ManagedPolicyArns/*").into_iter().filter_map(|arn| sight.graph.target(arn)) {
            if let (Some(policy), Some(holder)) = (sight.name(policy), sight.name(item)) {
                holders.entry(policy.to_owned()).or_default().push(holder.to_owned());
            }
        }
    }
    holders
}

/// What a policy is for: what it names, else what carries it.
fn targets(sight: &Sight, item: &Item, holders: &BTreeMap<String, Vec<String>>) -> BTreeSet<String> {
    let own = sight.name(item).unwrap_or_default();
    let paths = TARGETS.iter().find(|(kind, _)| *kind == item.kind).map_or(&[][..], |(_, paths)| *paths);
    let mut found: BTreeSet<String> =
        paths.iter().flat_map(|path| item.all(path)).flat_map(|node| each(vec![node])).map(|node| name_of(sight, node)).collect();
    found.extend(holders.get(own).into_iter().flatten().cloned());
    if found.is_empty() {
        found.insert(own.to_owned());
    }
    found
}

fn name_of(sight: &Sight, node: &Node) -> String {
    sight.graph.target(node).and_then(|item| sight.name(item)).map_or_else(|| sight.text(node), str::to_owned)
}

/// A permission to call a function is a statement of the function's policy.
fn permission(all: &mut Bearers, sight: &Sight, item: &Item) {
    let function = item.get("FunctionName").or_else(|| item.get("LayerVersionArn"));
    let name = function.map(|node| name_of(sight, node)).unwrap_or_default();
    let text = |key: &str| item.get(key).map(|node| sight.text(node));
    let who = text("Principal").unwrap_or_default();
    let who = if who.ends_with(".amazonaws.com") { format!("Service:{who}") } else { who };
    let mut conditions = super::grants::Conditions::new();
    for key in ["SourceArn", "SourceAccount", "PrincipalOrgID", "OrganizationId", "EventSourceToken", "FunctionUrlAuthType"] {
        if let Some(value) = text(key) {
            let name =
                if key == "FunctionUrlAuthType" { "lambda:functionurlauthtype".to_owned() } else { format!("aws:{}", key.to_lowercase()) };
            let operator = if key == "SourceArn" { "arnlike" } else { "stringequals" };
            conditions.insert((operator.to_owned(), name), BTreeSet::from([value]));
        }
    }
    let grant = Grant {
        principals: BTreeSet::from([Scope::Is(who)]),
        actions: BTreeSet::from([Scope::Is(text("Action").unwrap_or_default().to_lowercase())]),
        resources: BTreeSet::from([Scope::Is(name.clone())]),
        conditions,
        made: sight.made(item),
    };
    let bearer = all.entry((Kind::Resource, name)).or_default();
    bearer.carrier.get_or_insert_with(|| (sight.stack(item), item.id.clone()));
    bearer.written.extend(text("Action").map(|action| (action.to_lowercase(), action)));
    bearer.allows.push(grant);
}

/// What is attached to a role by ARN, and its boundary.
fn attached(all: &mut Bearers, sight: &Sight, item: &Item) {
    let Some(name) = sight.name(item) else { return };
    let arns = item.all("ManagedPolicyArns/*").into_iter().flat_map(|node| below(node, "*"));
    let foreign = arns.filter(|arn| sight.graph.target(arn).is_none()).map(|arn| sight.text(arn));
    let bearer = all.entry((Kind::Identity, name.to_owned())).or_default();
    bearer.managed.extend(foreign);
    bearer.boundary = item.get("PermissionsBoundary").map(|node| sight.text(node));
}
