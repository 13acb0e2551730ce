//! The customer managed key that encrypts data at rest: databases, caches, queues, topics, secrets and disks.
//!
//! Static files are left to S3's own encryption: a distribution may read them without a permission on this key.

use cfn::policy::{Document, Statement};
use cfn::resource::kms;
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Component, Driver, Event, Kind, Layer, Layers, Offers, Reason, Recovery, Reliance, Request, Site, Size, Unplaceable, Way, about, name_tag,
};
use crate::recipe;
use crate::workload::Load;

/// What a phase file says of it: nothing, the key is the same in every phase.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The key.
#[derive(Debug)]
pub struct EncryptionKey {}

/// The key has no size.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(EncryptionKey, Vec<Reason>), Unplaceable> {
    let text = "whether and by which key data is encrypted never changes; so one of our own in each region from the start";
    let mut reasons = vec![Reason::new(Driver::Phase, text)];
    reasons.extend(alternative(request));
    Ok((EncryptionKey {}, reasons))
}

/// AWS's own keys.
fn alternative(request: &Request) -> Option<Reason> {
    let price = request.catalog.prices().ok()?.price("kms.key", &request.region.region).ok()?.usd;
    let text = format!("AWS's own keys: save {price} a month in each region; but who may use them cannot be said, and no copy leaves the account");
    Some(Reason::instead(Driver::Cost, text))
}

/// Days between the order to delete the key and its end, which is the end of everything that it encrypts: the longest that KMS offers.
const PENDING_DAYS: i64 = 30;

/// AWS services that write into our encrypted topics and queues by themselves: alarms, event rules, topics, budgets, the watch for cost.
const SENDERS: [&str; 5] = [
    "cloudwatch.amazonaws.com",
    "events.amazonaws.com",
    "sns.amazonaws.com",
    "budgets.amazonaws.com",
    "costalerts.amazonaws.com",
];

/// Roles of AWS's own that start our instances with encrypted disks, of scaling groups and of Spot requests
/// (EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes").
const LAUNCHERS: [&str; 2] = ["autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling", "spot.amazonaws.com/AWSServiceRoleForEC2Spot"];

/// What using the key for a disk takes.
const USE: [&str; 5] = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];

fn policy() -> Document {
    let administer = Statement::allow(["kms:*"]).sid("AccountAdministers").on("*");
    let mut send = Statement::allow(["kms:Decrypt", "kms:GenerateDataKey*"]).sid("ServicesSend").on("*");
    for sender in SENDERS {
        send = send.principal_service(sender);
    }
    let send = send.when("StringEquals", "aws:SourceAccount", Val::reference("AWS::AccountId"));
    let grant = launcher(Statement::allow(["kms:CreateGrant"]).sid("LaunchersGrantToDisks"));
    Document::new()
        .with(administer.principal_aws(Val::sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")))
        .with(send)
        .with(launcher(Statement::allow(USE).sid("LaunchersUseForDisks")))
        .with(grant.when("Bool", "kms:GrantIsForAWSResource", "true"))
}

/// Narrows a statement to the launchers. They are named in a condition and not as principals, because KMS refuses a policy whose principal does
/// not exist, and AWS makes these roles only when an account first uses the service.
fn launcher(statement: Statement) -> Statement {
    let own = statement.anyone().on("*").when("StringEquals", "kms:CallerAccount", Val::reference("AWS::AccountId"));
    LAUNCHERS.iter().fold(own, |statement, role| {
        let arn = format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/aws-service-role/{role}");
        statement.when("ArnEquals", "aws:PrincipalArn", Val::sub(arn))
    })
}

impl Component for EncryptionKey {
    fn name(&self) -> &'static str {
        "encryption_key"
    }

    fn label(&self) -> &'static str {
        "Encryption key"
    }

    fn size(&self) -> Size {
        Size { note: "KMS, rotated every year".to_owned(), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers { key: Some(recipe::data_key()), ..Offers::default() }
    }

    fn resources(&self, site: &Site, _offers: &Offers, layers: &mut Layers) {
        let key = recipe::data_key();
        let model = kms::Key::new()
            .description(format!("Data at rest of {}", site.name("data")))
            .enable_key_rotation(true)
            .pending_window_in_days(PENDING_DAYS)
            .key_policy(policy())
            .tags(name_tag(site, "data"));
        let why = "Encrypts all data at rest by a key that only this account administers; kept, because the data is lost with it";
        layers.put(Layer::Data, &key, why, Resource::new(model).retain());
        let alias: Id<kms::Alias> = Id::new("DataKeyAlias");
        let model = kms::Alias::new(format!("alias/{}", site.name("data")), key.reference());
        layers.put(Layer::Data, &alias, "A name by which people find the key", model);
    }

    fn line_items(&self, _site: &Site, _offers: &Offers, _load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let why = "1; each of the first two yearly rotations adds as much again";
        bill.standing(1, about("Key for data at rest", "kms.key", Kind::Operations, why))
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        // What is open stays open: keys are asked for when machines and databases start.
        vec![Reliance::new("KMS", "kms", Way::Aside)]
    }

    fn recoveries(&self, _site: &Site) -> Vec<Recovery> {
        let why = format!("the order to delete the key can be taken back for {PENDING_DAYS} days; by hand");
        let point = Some(std::time::Duration::ZERO);
        vec![Recovery { what: "Encryption key".to_owned(), event: Event::Mistake, point, time: None, why, estimated: false }]
    }
}
