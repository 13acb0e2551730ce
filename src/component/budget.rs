//! Money: a monthly budget, a watch for unusual cost, and alarms on the bill as it grows. All of it stands in us-east-1, the only region
//! whose CloudWatch knows the bill; so it is on the edge layer, with a topic of its own.

mod alarms;

use cfn::policy::{Document, Statement};
use cfn::resource::{budgets::budget as model, budgets::Budget as BudgetResource, ce, kms, sns};
use cfn::{Id, Resource, Val};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Basis, Bill, Component, Driver, Kind, Layer, Layers, Offers, Reason, Request, Site, Size, Unplaceable, about, name_tag,
};
use crate::recipe::front::EDGE_REGION;
use crate::settings::AnomalyMonitor;
use crate::units::Usd;
use crate::workload::Load;

/// A phase file says nothing of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The budget and those who watch.
#[derive(Debug)]
pub struct Budget {
    /// What the user set, in whole USD; none: what the plan's own bill asks for.
    wanted: Option<u32>,
    monitor: AnomalyMonitor,
    email: Option<String>,
}

/// The part of the budget at which it tells for the first time, in percent: when the month has cost what was expected.
const FIRST: u32 = 80;

/// The amount is the user's; else it follows from the plan's own bill, which is known only when everything has its size.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Budget, Vec<Reason>), Unplaceable> {
    let wanted = request.settings.monthly_budget;
    let text = match wanted {
        Some(usd) => format!("{usd} USD a month, as the settings say; it covers the whole account"),
        None => format!(
            "a month's bill and a quarter more: it tells at {FIRST} %, when the month has cost what was expected, and when the month is about to cost \
             all of it; it covers the whole account; set your own with `budget`"
        ),
    };
    let mut reasons = vec![Reason::new(Driver::Phase, text)];
    reasons.push(Reason::new(Driver::Phase, "the alarms on the bill see nothing until billing alerts are turned on in the account's billing preferences"));
    if request.settings.anomaly_monitor == AnomalyMonitor::Account {
        let text = "unusual cost is watched for the whole account; a member account of an organisation may not make this monitor: \
                    `anomaly_monitor` takes the ARN of one that is there, or none";
        reasons.push(Reason::new(Driver::Phase, text));
    }
    let (monitor, email) = (request.settings.anomaly_monitor.clone(), request.settings.alerts_email.clone());
    Ok((Budget { wanted, monitor, email }, reasons))
}

/// AWS services that tell about cost: budgets, the anomaly watch, alarms.
const TELLERS: [(&str, &str); 3] = [
    ("budgets.amazonaws.com", "BudgetsPublish"),
    ("costalerts.amazonaws.com", "AnomaliesPublish"),
    ("cloudwatch.amazonaws.com", "AlarmsPublish"),
];

/// The whole USD of which the first part is a month's bill; at least one.
fn amount_for(month: Usd) -> u32 {
    let usd = month.times(Decimal::ONE_HUNDRED / Decimal::from(FIRST)).amount();
    usd.ceil().to_u32().unwrap_or(u32::MAX).max(1)
}

impl Budget {
    /// What a month may cost, in whole USD: the user's amount, or so much that the first part of it is the expected bill.
    fn amount(&self, site: &Site) -> u32 {
        self.wanted.unwrap_or_else(|| amount_for(site.month))
    }

    /// Whether the topic has a key of its own, because the app's stands in another region.
    fn has_key(site: &Site, offers: &Offers) -> bool {
        offers.key.is_some() && site.region.region.code() != EDGE_REGION
    }

    /// The key of the topic: the app's own where that is in the same region, else one of this topic. None where the phase encrypts nothing.
    fn key(site: &Site, offers: &Offers, layers: &mut Layers) -> Option<Id<kms::Key>> {
        let key = offers.key.clone()?;
        if !Self::has_key(site, offers) {
            return Some(key);
        }
        let administer = Statement::allow(["kms:*"]).sid("AccountAdministers").on("*");
        let mut send = Statement::allow(["kms:Decrypt", "kms:GenerateDataKey*"]).sid("ServicesSend").on("*");
        for (teller, _) in TELLERS {
            send = send.principal_service(teller);
        }
        let policy = Document::new()
            .with(administer.principal_aws(Val::sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")))
            .with(send.when("StringEquals", "aws:SourceAccount", Val::reference("AWS::AccountId")));
        let key: Id<kms::Key> = Id::new("CostKey");
        let model = kms::Key::new()
            .description(format!("Messages about the cost of {}", site.settings.prefix()))
            .enable_key_rotation(true)
            .pending_window_in_days(30)
            .key_policy(policy)
            .tags(name_tag(site, "cost"));
        let why = "Encrypts what is told about cost, which stands in another region than the app's own key";
        layers.put(Layer::Edge, &key, why, Resource::new(model).retain());
        Some(key)
    }

    fn topic(&self, site: &Site, offers: &Offers, layers: &mut Layers) -> Id<sns::Topic> {
        let topic: Id<sns::Topic> = Id::new("CostTopic");
        let mut model = sns::Topic::new();
        if let Some(key) = Self::key(site, offers, layers) {
            model = model.kms_master_key_id(key.arn());
        }
        layers.put(Layer::Edge, &topic, "One place that everything about cost is told to", model);
        let policy: Id<sns::TopicPolicy> = Id::new("CostTopicPolicy");
        let statements = TELLERS.map(|(teller, sid)| {
            let publish = Statement::allow(["sns:Publish"]).principal_service(teller).on(topic.reference()).sid(sid);
            publish.when("StringEquals", "aws:SourceAccount", Val::<String>::reference("AWS::AccountId"))
        });
        let model = sns::TopicPolicy::new(Document::of(statements), [topic.reference()]);
        layers.put(Layer::Edge, &policy, "Only this account's budgets, anomalies and alarms may publish", model);
        if let Some(email) = &self.email {
            let subscription: Id<sns::Subscription> = Id::new("CostSubscription");
            let model = sns::Subscription::new(sns::subscription::Protocol::Email, topic.reference()).endpoint(email);
            layers.put(Layer::Edge, &subscription, "Somebody is told; the address has to confirm once", model);
        }
        topic
    }

    fn budget(&self, site: &Site, topic: &Id<sns::Topic>, layers: &mut Layers) {
        let told = |kind: &str, percent: f64| {
            let notification = model::Notification::new("GREATER_THAN", kind, percent).threshold_type("PERCENTAGE");
            model::NotificationWithSubscribers::new(notification, vec![model::Subscriber::new(topic.reference(), "SNS")])
        };
        let data = model::BudgetData::new("COST", "MONTHLY")
            .budget_name(site.name("monthly"))
            .budget_limit(model::Spend::new(f64::from(self.amount(site)), "USD"));
        let resource = BudgetResource::new(data).notifications_with_subscribers(vec![told("ACTUAL", f64::from(FIRST)), told("FORECASTED", 100.0)]);
        let id: Id<BudgetResource> = Id::new("MonthlyBudget");
        let why = "Tells when 80 % of the month's money is spent, and when the month is about to cost more than all of it";
        layers.put(Layer::Edge, &id, why, Resource::new(resource).after("CostTopicPolicy"));
    }

    fn anomalies(&self, site: &Site, topic: &Id<sns::Topic>, layers: &mut Layers) {
        let arn: Val<String> = match &self.monitor {
            AnomalyMonitor::None => return,
            AnomalyMonitor::Existing(arn) => arn.into(),
            AnomalyMonitor::Account => {
                let monitor: Id<ce::AnomalyMonitor> = Id::new("CostAnomalyMonitor");
                let account = r#"{"Dimensions":{"Key":"LINKED_ACCOUNT","Values":["${AWS::AccountId}"]}}"#;
                let model = ce::AnomalyMonitor::new(site.name("cost"), ce::anomaly_monitor::MonitorType::Custom).monitor_specification(Val::sub(account));
                layers.put(Layer::Edge, &monitor, "Learns what this account costs, and sees what is unlike it", model);
                monitor.monitor_arn()
            }
        };
        // Less than a tenth of the budget is not worth a message, and neither are ten dollars.
        let least = (self.amount(site) / 10).max(10);
        let threshold = format!(
            r#"{{"Dimensions":{{"Key":"ANOMALY_TOTAL_IMPACT_ABSOLUTE","MatchOptions":["GREATER_THAN_OR_EQUAL"],"Values":["{least}"]}}}}"#
        );
        let subscriber = ce::anomaly_subscription::Subscriber::new(topic.reference(), ce::anomaly_subscription::SubscriberType::Sns);
        let frequency = ce::anomaly_subscription::Frequency::Immediate;
        let model = ce::AnomalySubscription::new(frequency, [arn], vec![subscriber], site.name("cost")).threshold_expression(threshold);
        let id: Id<ce::AnomalySubscription> = Id::new("CostAnomalySubscription");
        let why = "Unusual cost is told as soon as it is seen, once it is worth a message";
        layers.put(Layer::Edge, &id, why, Resource::new(model).after("CostTopicPolicy"));
    }
}

impl Component for Budget {
    fn name(&self) -> &'static str {
        "budget"
    }

    fn label(&self) -> &'static str {
        "Budget"
    }

    fn size(&self) -> Size {
        let note = match self.wanted {
            Some(usd) => format!("{usd} USD a month"),
            None => "a month's bill + 25 %".to_owned(),
        };
        Size { note, ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers::default()
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        if !site.leads() {
            return;
        }
        let topic = self.topic(site, offers, layers);
        self.budget(site, &topic, layers);
        self.anomalies(site, &topic, layers);
        alarms::put(self.amount(site), &topic, layers);
        layers.tell(Layer::Edge, "CostTopicArn", topic.reference(), "The topic that everything about cost is told to");
    }

    fn line_items(&self, site: &Site, offers: &Offers, _load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        if !site.leads() {
            return Ok(());
        }
        let count = alarms::COUNT;
        let alarms = about("Alarms on the bill", "cloudwatch.alarm", Kind::Operations, format!("{count} alarms"));
        bill.at(EDGE_REGION, Basis::Standing, Decimal::from(count), alarms)?;
        let key = Decimal::from(u8::from(Self::has_key(site, offers)));
        bill.at(EDGE_REGION, Basis::Standing, key, about("Key for messages about cost", "kms.key", Kind::Operations, "1 key"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_comes_when_the_month_has_cost_what_was_expected() {
        let amount = |usd: &str| amount_for(usd.parse().unwrap());
        assert_eq!([amount("80"), amount("80.01"), amount("0"), amount("0.10"), amount("6000.00")], [100, 101, 1, 1, 7_500]);
        assert_eq!(amount_for(Usd::new(Decimal::MAX)), u32::MAX);
    }
}
