//! Work that users do not wait for: a queue of jobs for the workers, and a queue of events that a function takes from.

mod bill;
mod consumer;

use cfn::Id;
use cfn::resource::{dynamodb, lambda, sqs};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Grant, Layer, Layers, Metric, Offers, Reason, Recovery, Reliance, Request, Role, Site, Size, Unplaceable,
    Variable,
};
use crate::recipe::queue::{self, Worked};
use crate::recipe::watch;
use crate::units::{thousands, whole};
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The queues, with how many copies of the consumer may run at once.
#[derive(Debug)]
pub struct Queue {
    consumers: i64,
    /// The load of the stress case that they were sized for.
    stressed: Load,
}

/// Seconds that the consumer takes for one event: one conditional write of about 10 ms, and as much for everything else. An estimate.
const SECONDS_PER_EVENT: f64 = 0.02;
/// How much faster than the peak the consumer works, so that a backlog melts while more comes in.
const CATCH_UP: f64 = 2.0;
/// The fewest and the most consumers at once that an event source mapping can be told (Lambda developer guide, "maximum concurrency").
const FEWEST: u64 = 2;
const MOST: u64 = 1_000;

/// Queues take what comes; what the load decides is how many copies of the consumer may write at once. Each job is counted with one event.
///
/// # Errors
/// When more copies are needed than an event source mapping can be told.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Queue, Vec<Reason>), Unplaceable> {
    // Each region takes the whole load when another one fails.
    let (peak, stressed) = (request.load.messages_peak, request.load.stressed());
    let at_peak = whole(peak.get() * SECONDS_PER_EVENT * CATCH_UP);
    let in_stress = whole(stressed.messages_peak.get() * SECONDS_PER_EVENT);
    let needed = at_peak.max(in_stress);
    if needed > MOST {
        let problem = format!(
            "{peak} at peak and {} in the stress case need {} consumers at once; one queue feeds at most {}",
            stressed.messages_peak,
            thousands(needed),
            thousands(MOST)
        );
        return Err(Unplaceable { component: "queue", problem });
    }
    let consumers = needed.max(FEWEST);
    let binding = if consumers > needed { ", the fewest there can be," } else { "" };
    let text = format!(
        "{peak} jobs and as many events at peak; {} in the stress case, and an event takes {} ms, so {consumers} consumers at once{binding} carry both, and \
         work {CATCH_UP} times the peak",
        stressed.messages_peak,
        SECONDS_PER_EVENT * 1_000.0
    );
    let kept = "what users do not wait for is put on a queue; there it survives the loss of whoever works on it";
    let mut reasons = vec![Reason::new(Driver::Throughput, text), Reason::new(Driver::Availability, kept)];
    reasons.extend(bill::in_order(request, &stressed));
    Ok((Queue { consumers: i64::try_from(consumers).unwrap_or(i64::MAX), stressed }, reasons))
}

/// Seconds that a worker has for a job before another gets it; for a longer one it asks for more (`ChangeMessageVisibility`).
const JOB_SECONDS: i64 = 300;
/// Deliveries after which a message is given up.
const ATTEMPTS: i64 = 5;
/// Seconds after which waiting work wakes somebody.
const LATE_JOBS: f64 = 900.0;
const LATE_EVENTS: f64 = 600.0;

fn jobs() -> Id<sqs::Queue> {
    Id::new("JobQueue")
}

fn dead_jobs() -> Id<sqs::Queue> {
    Id::new("JobDeadLetterQueue")
}

fn events() -> Id<sqs::Queue> {
    Id::new("EventQueue")
}

fn dead_events() -> Id<sqs::Queue> {
    Id::new("EventDeadLetterQueue")
}

fn function() -> Id<lambda::Function> {
    Id::new("EventFunction")
}

fn journal() -> Id<dynamodb::Table> {
    Id::new("EventsTable")
}

fn put_queues(offers: &Offers, layers: &mut Layers) {
    let (jobs, dead_jobs, events, dead_events) = (jobs(), dead_jobs(), events(), dead_events());
    queue::put_dead_letters(layers, Layer::Async, &dead_jobs, "Jobs that no worker could do wait for somebody to look", Vec::new());
    let why = "Slow work waits here for a worker, so that users do not";
    let (attempts, senders) = (ATTEMPTS, Vec::new());
    let worked = Worked { id: &jobs, why, dead: &dead_jobs, attempts, visibility: JOB_SECONDS, senders };
    queue::put(layers, Layer::Async, worked);
    queue::put_dead_letters(layers, Layer::Async, &dead_events, "Events that do not read wait for somebody to look", Vec::new());
    let why = "What happened is told here, so that whoever needs to know need not be up at that moment";
    let senders = offers.topic.iter().map(|topic| queue::sends("sns.amazonaws.com", &events, topic.reference())).collect();
    let worked = Worked { id: &events, why, dead: &dead_events, attempts, visibility: consumer::VISIBILITY, senders };
    queue::put(layers, Layer::Async, worked);
}

impl Component for Queue {
    fn name(&self) -> &'static str {
        "queue"
    }

    fn label(&self) -> &'static str {
        "Queues"
    }

    fn size(&self) -> Size {
        Size { note: format!("SQS, jobs and events, at most {} consumers of events", self.consumers), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        let (jobs, events) = (jobs(), events());
        let send = vec![jobs.arn(), events.arn()];
        Offers {
            variables: vec![Variable::new("QUEUE_URL", jobs.reference()), Variable::new("EVENT_QUEUE_URL", events.reference())],
            grants: vec![
                Grant { name: "SendMessages", roles: &[Role::App, Role::Worker], actions: vec!["sqs:SendMessage"], resources: send },
                Grant { name: "TakeJobs", roles: &[Role::Worker], actions: queue::TAKE.to_vec(), resources: vec![jobs.arn()] },
            ],
            listeners: vec![events],
            backlog: Some(jobs),
            ..Offers::default()
        }
    }

    fn resources(&self, _site: &Site, offers: &Offers, layers: &mut Layers) {
        put_queues(offers, layers);
        consumer::put(self.consumers, layers);
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let mut metrics = watch::waiting(&jobs(), LATE_JOBS, "Jobs wait for more than 15 minutes: workers fail, or there are too few of them");
        metrics.extend(watch::waiting(&events(), LATE_EVENTS, "Events wait for more than 10 minutes: EventFunction fails or is throttled"));
        metrics.extend([watch::dead_letters(&dead_jobs()), watch::dead_letters(&dead_events())]);
        metrics.extend(watch::function(&function(), None));
        metrics.extend(watch::writes(journal().name(), &journal().reference()));
        metrics
    }
    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        bill::line_items(site, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        bill::ceilings(self, site)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        bill::reliances()
    }

    fn recoveries(&self, _site: &Site) -> Vec<Recovery> {
        bill::recoveries()
    }
}
