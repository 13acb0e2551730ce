//! The arithmetic of queues against a simulation that knows nothing of it: arrivals, servers and a line, event by event.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use scalectl::architecture::Architecture;
use scalectl::catalog::{Catalog, Class};
use scalectl::settings::Settings;
use scalectl::units::{PerSecond, Users};
use scalectl::workload::{Assumptions, Pool, Queueing};
use scalectl::{phase, planner};

use crate::chance::Chance;

/// Batches into which a run is cut; their means are nearly independent, so that their spread gives the error of the whole mean.
const BATCHES: usize = 25;

/// Requests before the first batch, as a part of one: the line begins empty and needs time to become as long as it usually is.
const WARM_UP: f64 = 2.0;

/// How far simulation and arithmetic may differ, in standard errors of the simulation: 4, because some 200 figures are compared and a figure of 25
/// batches (Student's t, 24 degrees of freedom) strays further once in 1,900 times; times 1.4, because a run with few long lines has both a low mean
/// and a low spread, so that differences over 30 seeds spread up to 1.4 times as far as the errors say (16 servers at 85 %, the part beyond p95).
const STANDARD_ERRORS: f64 = 4.0 * 1.4;

/// And relative to the figure, so that a run without any spread is not held to be exact.
const SLACK: f64 = 0.01;

/// What a run without a single such event may have missed: three events (the "rule of three", 95 %), and twice as much to be sure.
const UNSEEN: f64 = 6.0;

/// A time, for the heap: never NaN, so that it has an order.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moment(f64);

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Moment) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Moment) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrives,
    /// The request that came at this moment is answered.
    Answered(Moment),
}

/// A figure that was measured, with the standard error of it.
#[derive(Debug, Clone, Copy)]
struct Measured {
    mean: f64,
    error: f64,
}

/// What was seen.
#[derive(Debug)]
struct Seen {
    utilisation: Measured,
    waits: Measured,
    response: Measured,
    /// The part of the responses that took longer than was asked about.
    slow: Measured,
    requests: usize,
}

/// Sums of one batch.
#[derive(Debug, Clone, Copy, Default)]
struct Batch {
    requests: f64,
    waited: f64,
    answered: f64,
    response: f64,
    slow: f64,
    busy: f64,
    seconds: f64,
}

/// Runs a line in front of `servers` servers, each with its mean service time; `slow_from` is the time from which a response counts as slow.
fn simulate(servers: usize, service: f64, rate: f64, slow_from: f64, requests: usize, chance: &mut Chance) -> Seen {
    let per_batch = requests / BATCHES;
    let warm_up = (per_batch as f64 * WARM_UP) as usize;
    let mut events = BinaryHeap::from([Reverse((Moment(chance.exponential(1.0 / rate)), Event::Arrives))]);
    let mut line: VecDeque<Moment> = VecDeque::new();
    let (mut busy, mut before, mut arrived) = (0_usize, 0.0, 0_usize);
    let mut batches = [Batch::default(); BATCHES];
    let mut batch: Option<usize> = None;
    while let Some(Reverse((now, event))) = events.pop() {
        if let Some(at) = batch {
            batches[at].seconds += now.0 - before;
            batches[at].busy += (now.0 - before) * busy as f64;
        }
        before = now.0;
        match event {
            Event::Arrives => {
                batch = arrived.checked_sub(warm_up).map(|counted| counted / per_batch);
                if batch == Some(BATCHES) {
                    break;
                }
                arrived += 1;
                let waits = busy == servers;
                if let Some(at) = batch {
                    batches[at].requests += 1.0;
                    batches[at].waited += f64::from(u8::from(waits));
                }
                if waits {
                    line.push_back(now);
                } else {
                    busy += 1;
                    events.push(Reverse((Moment(now.0 + chance.exponential(service)), Event::Answered(now))));
                }
                events.push(Reverse((Moment(now.0 + chance.exponential(1.0 / rate)), Event::Arrives)));
            }
            Event::Answered(came) => {
                if let Some(at) = batch {
                    batches[at].answered += 1.0;
                    batches[at].response += now.0 - came.0;
                    batches[at].slow += f64::from(u8::from(now.0 - came.0 > slow_from));
                }
                match line.pop_front() {
                    Some(next) => events.push(Reverse((Moment(now.0 + chance.exponential(service)), Event::Answered(next)))),
                    None => busy -= 1,
                }
            }
        }
    }
    let of = |figure: &dyn Fn(&Batch) -> f64| measured(&batches.map(|batch| figure(&batch)));
    Seen {
        utilisation: of(&|batch| batch.busy / batch.seconds / servers as f64),
        waits: of(&|batch| batch.waited / batch.requests),
        response: of(&|batch| batch.response / batch.answered),
        slow: of(&|batch| batch.slow / batch.answered),
        requests: per_batch * BATCHES,
    }
}

fn measured(batches: &[f64; BATCHES]) -> Measured {
    let count = BATCHES as f64;
    let mean = batches.iter().sum::<f64>() / count;
    let variance = batches.iter().map(|batch| (batch - mean).powi(2)).sum::<f64>() / (count - 1.0);
    Measured { mean, error: (variance / count).sqrt() }
}

/// What differs by more than chance.
fn differences(seen: &Seen, said: &Queueing) -> Vec<String> {
    let unseen = UNSEEN / seen.requests as f64;
    let figures = [
        ("utilisation", seen.utilisation, said.utilisation, 0.0),
        ("probability of waiting", seen.waits, said.waits, unseen),
        ("mean response", seen.response, said.response_seconds, 0.0),
        ("part beyond p95", seen.slow, 0.05, unseen),
    ];
    let differ = figures.into_iter().filter(|(_, seen, said, unseen)| {
        let allowed = STANDARD_ERRORS * seen.error + SLACK * said + unseen;
        (seen.mean - said).abs() > allowed
    });
    differ.map(|(what, seen, said, _)| format!("{what}: {} ± {} simulated, {said} computed", seen.mean, seen.error)).collect()
}

/// A queue to look at.
#[derive(Debug)]
struct Case {
    what: String,
    pool: Pool,
    arrivals: PerSecond,
}

/// Requests of a run: more where the line is long, because its length then changes slowly.
fn requests(utilisation: f64) -> usize {
    match utilisation {
        busy if busy > 0.8 => 150_000,
        busy if busy > 0.7 => 100_000,
        _ => 40_000,
    }
}

impl Case {
    fn simulated(&self, said: &Queueing, chance: &mut Chance) -> Seen {
        // By the words of `Pool`: a fraction of a server is no server; those that are there do the work together.
        let servers = (self.pool.servers as usize).max(1);
        let service = self.pool.service_seconds * servers as f64 / self.pool.servers;
        simulate(servers, service, self.arrivals.get(), said.response_p95_seconds, requests(said.utilisation), chance)
    }
}

/// Queues as they never come: from nearly idle to nearly saturated, from one server to many.
fn synthetic(chance: &mut Chance) -> Vec<Case> {
    let utilisations = [0.05, 0.2, 0.4, 0.6, 0.75, 0.85, 0.9];
    let servers = [1.0, 2.0, 3.0, 5.0, 8.0, 16.0, 48.0];
    let crossed = utilisations.into_iter().enumerate().flat_map(|(row, utilisation)| {
        // Each utilisation with three of the numbers of servers, each number with three of the utilisations.
        [0, 2, 5].map(|step| (servers[(row + step) % servers.len()], utilisation))
    });
    let whole = crossed.map(|(servers, utilisation)| (servers, utilisation, chance.between(0.001, 0.1)));
    let mut cases: Vec<_> = whole.collect();
    cases.extend([0.4, 0.1, 1.6, 3.2].map(|servers| (servers, 0.5, 0.006)));
    let case = |(servers, utilisation, service_seconds): (f64, f64, f64)| Case {
        what: format!("{servers} servers at {utilisation}"),
        pool: Pool { servers, service_seconds },
        arrivals: PerSecond::new(servers * utilisation / service_seconds),
    };
    cases.into_iter().map(case).collect()
}

/// The app and the database of real plans, whole and with one zone's machines gone.
fn planned(chance: &mut Chance, catalog: &Catalog) -> Vec<Case> {
    let mut cases = Vec::new();
    for (phase, least, most) in [("1k", 1_000.0, 100_000.0), ("10k", 10_000.0, 2_000_000.0), ("500k", 500_000.0, 10_000_000.0)] {
        for _ in 0..4 {
            let users = Users(chance.between(f64::ln(least), f64::ln(most)).exp() as u64);
            let set = [
                format!("requests_per_vcpu={}", chance.between(20.0, 200.0)),
                format!("transactions_per_vcpu={}", chance.between(200.0, 800.0)),
                format!("queries_per_request={}", chance.between(5.0, 30.0)),
                format!("dau_share={}", chance.between(0.2, 0.5)),
                format!("requests_per_active_user_per_day={}", chance.between(50.0, 200.0)),
            ];
            let assumptions = Assumptions::with(&set).unwrap();
            let plan = planner::plan(phase::find(phase).unwrap(), users, &Settings::default(), &assumptions, catalog).unwrap();
            let zones = if chance.between(0.0, 1.0) < 0.5 { plan.phase.zones } else { plan.phase.zones - 1 };
            let what = |which: &str| format!("{which} of {phase} for {} users with {set:?}, {zones} zones", users.0);
            cases.push(Case { what: what("the app"), pool: app(&plan, catalog, zones), arrivals: app_arrivals(&plan) });
            let (pool, arrivals) = database(&plan, catalog);
            cases.push(Case { what: what("the database"), pool, arrivals });
        }
    }
    cases
}

fn size(plan: &Architecture, names: &[&str]) -> (String, u64, String) {
    let piece = plan.pieces.iter().find(|piece| names.contains(&piece.component.name())).unwrap();
    let size = piece.component.size();
    (size.class.unwrap(), size.count.unwrap(), size.note)
}

fn app(plan: &Architecture, catalog: &Catalog, zones: usize) -> Pool {
    let (class, count, note) = size(plan, &["web_servers", "services"]);
    let standing = count as f64 * zones as f64 / plan.phase.zones as f64;
    match class.strip_prefix("Fargate ") {
        None => Pool::app(&plan.load, standing * catalog.class(&class).unwrap().sustained_vcpu()),
        // Services are taken to have the same part each, and tasks of one service share its queue.
        Some(task) => {
            let vcpu: f64 = task.strip_suffix(" vCPU").unwrap().parse().unwrap();
            Pool::app(&plan.load, standing * vcpu / services(&note))
        }
    }
}

/// How many services there are: "4 services (web, users, …)".
fn services(note: &str) -> f64 {
    note.split_once(" services").unwrap().0.parse().unwrap()
}

fn app_arrivals(plan: &Architecture) -> PerSecond {
    let (class, _, note) = size(plan, &["web_servers", "services"]);
    if class.starts_with("Fargate") { plan.load.requests_peak.scaled(1.0 / services(&note)) } else { plan.load.requests_peak }
}

/// The leader with all queries; of Aurora the writer with its writes, or the readers with the reads behind the cache where those are classes.
fn database(plan: &Architecture, catalog: &Catalog) -> (Pool, PerSecond) {
    let (class, count, note) = size(plan, &["database_instance", "database_cluster"]);
    let load = &plan.load;
    let vcpus = |class: &Class| class.sustained_vcpu();
    if plan.pieces.iter().any(|piece| piece.component.name() == "database_instance") {
        return (Pool::database(load, vcpus(catalog.class(&class).unwrap())), load.database_reads + load.database_writes);
    }
    match catalog.class(&class) {
        Ok(class) if load.database_writes.get() > load.database_reads_after_cache().get() => {
            (Pool::database(load, vcpus(class)), load.database_writes)
        }
        Ok(class) => (Pool::database(load, (count - 1) as f64 * vcpus(class)), load.database_reads_after_cache()),
        // Serverless: the most that the writer may grow to; a quarter of a vCPU for each ACU.
        Err(_) => {
            let most: f64 = note.split_once(" ACU").unwrap().0.rsplit_once(' ').unwrap().1.parse().unwrap();
            (Pool::database(load, most / 4.0), load.database_writes)
        }
    }
}

#[test]
fn requests_wait_as_long_as_the_arithmetic_says() {
    let catalog = Catalog::builtin().unwrap();
    let mut chance = Chance::new(0x5ca1_ec71);
    let mut cases = synthetic(&mut chance);
    cases.extend(planned(&mut chance, &catalog));
    assert!(cases.len() >= 40, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let said = case.pool.queueing(case.arrivals).unwrap_or_else(|| panic!("{case:?} is saturated"));
        let seen = case.simulated(&said, &mut chance);
        wrong.extend(differences(&seen, &said).into_iter().map(|why| format!("{} {:?}: {why}", case.what, case.pool)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let busy = cases.iter().filter(|case| case.pool.utilisation(case.arrivals) > 0.3).count();
    assert!(busy >= 20, "only {busy} of {} are busy enough to show anything", cases.len());
}

/// The negative control: the comparison sees formulas that are wrong.
#[test]
fn an_arithmetic_that_is_wrong_is_seen() {
    let mut chance = Chance::new(0xbad_f02a);
    for case in synthetic(&mut chance) {
        let said = case.pool.queueing(case.arrivals).unwrap();
        let seen = case.simulated(&said, &mut chance);
        assert!(differences(&seen, &said).is_empty(), "{}: {:?}", case.what, differences(&seen, &said));
        // One server more than there is; of many servers, one more drowns in the noise.
        if case.pool.servers < 10.0 {
            let more = Pool { servers: case.pool.servers + 1.0, ..case.pool };
            let wrong = more.queueing(case.arrivals).unwrap();
            assert!(!differences(&seen, &wrong).is_empty(), "{}: one server too many is not seen", case.what);
        }
        // Capacity taken at 60 % for capacity at full tilt.
        let slower = Pool { service_seconds: case.pool.service_seconds / 0.60, ..case.pool };
        let unseen = slower.queueing(case.arrivals).is_some_and(|wrong| differences(&seen, &wrong).is_empty());
        assert!(!unseen, "{}: a service time at the wrong utilisation is not seen", case.what);
        // A mean that forgets the line, wherever there is one to speak of.
        if said.wait_seconds > 0.1 * said.response_seconds {
            let wrong = Queueing { response_seconds: said.response_seconds - said.wait_seconds, ..said };
            assert!(!differences(&seen, &wrong).is_empty(), "{}: a forgotten wait is not seen", case.what);
        }
    }
}
