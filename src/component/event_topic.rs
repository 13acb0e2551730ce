//! Publish and subscribe between services: one topic of what happened, fanned out to a queue for each service and to the journal.

use cfn::policy::{Document, Statement};
use cfn::resource::sns::subscription::Protocol;
use cfn::resource::{sns, sqs};
use cfn::{Id, Node, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Family, Grant, Kind, Layer, Layers, Metric, Offers, Reason, Recovery, Reliance, Request, Role, Site, Size,
    Unplaceable, Variable, Way, about, name_tag,
};
use crate::recipe::queue::{self, Worked};
use crate::recipe::{self, database, on_demand, watch};
use crate::units::{PerSecond, thousands};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The topic, with the services that listen.
#[derive(Debug)]
pub struct EventTopic {
    services: Vec<String>,
    /// Events a second in the stress case.
    stress: PerSecond,
}

/// A topic takes what comes; there is a queue for each service, so that none waits for another.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(EventTopic, Vec<Reason>), Unplaceable> {
    let services: Vec<String> = request.settings.services.iter().map(|service| service.name.clone()).collect();
    let text = format!(
        "{} events at peak; each is told to {} services and the journal: whoever publishes knows none of them, and one that is down finds its events later",
        request.load.messages_peak,
        services.len()
    );
    let reasons = vec![Reason::new(Driver::Availability, text), direct(&services, request)];
    Ok((EventTopic { services, stress: request.load.stressed().messages_peak }, reasons))
}

/// Without a topic: whoever tells something sends it to each queue by itself.
fn direct(services: &[String], request: &Request) -> Reason {
    let queues = told(services) + 1;
    let text = format!(
        "queues alone: whoever tells something would know and call {queues} queues, {} calls at peak instead of {}, and each service that is added would \
         change all others",
        request.load.messages_peak.scaled(queues as f64),
        request.load.messages_peak
    );
    Reason::instead(Driver::Throughput, text)
}

/// Queues of services that an event reaches: all but that of the service it comes from.
fn told(services: &[String]) -> u64 {
    (services.len() as u64).saturating_sub(1)
}

/// Seconds that a service has for an event before it is delivered again.
const SECONDS: i64 = 120;
/// Deliveries after which an event is given up.
const ATTEMPTS: i64 = 5;
/// Seconds after which a waiting event wakes somebody.
const LATE: f64 = 900.0;
/// What publishing to an encrypted topic takes of its key.
const USE_KEY: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey"];

fn topic() -> Id<sns::Topic> {
    Id::new("EventTopic")
}

/// Deliveries that SNS gave up.
fn undelivered() -> Id<sqs::Queue> {
    Id::new("EventTopicDeadLetterQueue")
}

/// Events that a service gave up.
fn dead() -> Id<sqs::Queue> {
    Id::new("ServiceEventDeadLetterQueue")
}

fn queue_of(service: &str) -> Id<sqs::Queue> {
    Id::new(format!("{}EventQueue", database::word(service)))
}

fn put_topic(site: &Site, layers: &mut Layers) {
    let topic = topic();
    let model = sns::Topic::new().kms_master_key_id(recipe::data_key().arn()).tags(name_tag(site, "events"));
    layers.put(Layer::Async, &topic, "Services say here what happened without knowing who wants to hear it", model);
    let insecure =
        Statement::deny(["sns:Publish"]).anyone().on(topic.reference()).when("Bool", "aws:SecureTransport", "false").sid("TlsOnly");
    // Who of the account may publish is said by the roles: the app and its workers.
    let own = Statement::allow(["sns:Publish", "sns:GetTopicAttributes"])
        .principal_aws(Val::sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))
        .on(topic.reference())
        .sid("OwnRolesPublish");
    let policy: Id<sns::TopicPolicy> = Id::new("EventTopicPolicy");
    let model = sns::TopicPolicy::new(Document::of([insecure, own]), [topic.reference()]);
    layers.put(Layer::Async, &policy, "Only roles of this account publish, and only by TLS", model);
}

/// Subscribes a queue; `filter` says which events it wants, by what stands in the event itself, none for all.
fn subscribe(layers: &mut Layers, queue: &Id<sqs::Queue>, why: &str, filter: Option<Node>) {
    let redrive = Node::map([("deadLetterTargetArn", undelivered().arn().into_node())]);
    let mut model = sns::Subscription::new(Protocol::Sqs, topic().reference())
        .endpoint(queue.arn())
        // The queue gets the event as it was published, not wrapped in a notification.
        .raw_message_delivery(true)
        .redrive_policy(redrive);
    if let Some(filter) = filter {
        model = model.filter_policy_scope("MessageBody").filter_policy(filter);
    }
    let id: Id<sns::Subscription> = Id::new(format!("{}Subscription", queue.name()));
    layers.put(Layer::Async, &id, why, model);
}

/// Events of others: a type begins with the name of the service that it comes from, `orders.confirmed`.
fn of_others(service: &str) -> Node {
    let own = Node::map([("prefix", Node::from(format!("{service}.")))]);
    Node::map([("type", Node::list([Node::map([("anything-but", own)])]))])
}

impl Component for EventTopic {
    fn name(&self) -> &'static str {
        "event_topic"
    }

    fn label(&self) -> &'static str {
        "Event topic"
    }

    fn size(&self) -> Size {
        Size { note: format!("SNS, fanned out to {} queues of services and the journal", self.services.len()), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        let mut variables = vec![Variable::new("EVENTS_TOPIC_ARN", topic().reference())];
        for service in &self.services {
            let name = format!("{}_EVENT_QUEUE_URL", service.to_uppercase().replace('-', "_"));
            variables.push(Variable::new(name, queue_of(service).reference()));
        }
        let grant = |name, roles, actions, resources| Grant { name, roles, actions, resources };
        let publishers = &[Role::App, Role::Worker];
        let queues = self.services.iter().map(|service| queue_of(service).arn()).collect();
        Offers {
            topic: Some(topic()),
            variables,
            grants: vec![
                grant("PublishEvents", publishers, vec!["sns:Publish"], vec![topic().reference()]),
                grant("UseEventTopicKey", publishers, USE_KEY.to_vec(), vec![recipe::data_key().arn()]),
                grant("TakeEvents", &[Role::App], queue::TAKE.to_vec(), queues),
            ],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        put_topic(site, layers);
        let sends = |queue: &Id<sqs::Queue>| queue::sends("sns.amazonaws.com", queue, topic().reference());
        let (undelivered, dead) = (undelivered(), dead());
        let why = "Events that could not be delivered to a queue wait for somebody to look";
        queue::put_dead_letters(layers, Layer::Async, &undelivered, why, vec![sends(&undelivered)]);
        queue::put_dead_letters(layers, Layer::Async, &dead, "Events that a service could not take wait for somebody to look", Vec::new());
        for listener in &offers.listeners {
            subscribe(layers, listener, "The journal is told everything that happens", None);
        }
        for service in &self.services {
            let id = queue_of(service);
            let why = format!("What happened elsewhere waits here for {service}, which takes it at its own pace");
            let senders = vec![sends(&id)];
            let worked = Worked { id: &id, why: &why, dead: &dead, attempts: ATTEMPTS, visibility: SECONDS, senders };
            queue::put(layers, Layer::Async, worked);
            let why = format!("{service} is told what the other services publish, and not what it published itself");
            subscribe(layers, &id, &why, Some(of_others(service)));
        }
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let of = |word: &str, title, family, metric| {
            watch::line(format!("EventTopic{word}"), title, family, ("AWS/SNS", metric, "Sum"), vec![("TopicName", topic().topic_name())])
        };
        let failed = watch::above(1.0, 1, "The topic cannot deliver to a queue: look at the queue's policy, then at EventTopicDeadLetterQueue");
        let failures = of("Failures", "Event topic: deliveries that failed", Family::Errors, "NumberOfNotificationsFailed");
        let unread = of("Unread", "Event topic: events that are no JSON", Family::Errors, "NumberOfNotificationsFilteredOut-InvalidMessageBody");
        let unread_why = watch::above(1.0, 1, "Somebody publishes events that do not read as JSON: no service is told of them");
        let mut metrics = vec![
            watch::alarmed(failures, failed),
            watch::alarmed(unread, unread_why),
            of("Published", "Event topic: events", Family::Queues, "NumberOfMessagesPublished"),
        ];
        for service in &self.services {
            let why = format!("Events wait for {service} for more than 15 minutes: it fails, or it does not read its queue");
            metrics.extend(watch::waiting(&queue_of(service), LATE, &why));
        }
        metrics.extend([watch::dead_letters(&undelivered()), watch::dead_letters(&dead())]);
        metrics
    }
    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let events = on_demand::part(site, load.messages_month);
        let why = format!("{} events of at most 64 KB; deliveries to SQS are free", on_demand::shown(events));
        bill.usage(on_demand::millions(events), about("Event topic, publishes", "sns.publish", Kind::Requests, why))?;
        let (told, services) = (told(&self.services), self.services.len() as u64);
        let of = format!("each of {} events to the {told} services that it does not come from", on_demand::shown(events));
        queue::requests(bill, "Queues of services", events.saturating_mul(told.into()), services, &of)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        let part = site.part();
        let quota = ("sns.publish_per_second", self.stress.get());
        let ceiling = on_demand::ceiling("published events", "events/s", None, quota, move |load| load.messages_peak.get() * part);
        vec![ceiling.then("ask AWS for more, or publish up to ten events by one call (PublishBatch)")]
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        let services = thousands(self.services.len() as u64);
        let queues = Reliance::new(format!("SQS, queues of {services} services"), "sqs", Way::Aside);
        vec![Reliance::new("SNS, the event topic", "sns", Way::Aside), queues]
    }

    fn recoveries(&self, _site: &Site) -> Vec<Recovery> {
        queue::recoveries("Events that wait for services")
    }
}
