//! How long requests wait for a processor: the arithmetic of queues with many servers (M/M/c, first come, first served).
//!
//! Formulas after A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges" (1917),
//! and M. Harchol-Balter, "Performance Modeling and Design of Computer Systems" (Cambridge, 2013), chapter 14. With arrivals λ (Poisson), service
//! time s (exponential, μ = 1/s) and c servers:
//!
//! - utilisation ρ = λ·s ÷ c
//! - Erlang B by its recurrence, which neither overflows nor cancels: B(0) = 1, B(k) = a·B(k−1) ÷ (k + a·B(k−1)), a = λ·s
//! - Erlang C, the probability of waiting: C = B(c) ÷ (1 − ρ·(1 − B(c)))
//! - mean wait C·s ÷ (c·(1 − ρ)); mean response that + s
//! - tail of the wait P(W > t) = C·e^(−θt) with θ = c·μ − λ
//! - tail of the response P(T > t) = (1 − C)·e^(−μt) + C·(θ·e^(−μt) − μ·e^(−θt)) ÷ (θ − μ); where θ = μ the fraction is (1 + μt)·e^(−μt)
//!
//! All vCPUs of a pool are taken to share one queue. Machines behind a load balancer have one each, so that real waits lie somewhat above these.

use super::{Load, MEASURED_UTILISATION};
use crate::units::PerSecond;

/// Servers beyond which waiting is computed as for so many at the same utilisation: it is less with every further server, so that this errs on the
/// safe side, and the recurrence takes a step for each.
const MOST_SERVERS: f64 = 65_536.0;

/// The part of the responses that is slower than the figure called p95.
const SLOWEST: f64 = 0.05;

/// Processors that work off one queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pool {
    /// vCPUs that can be kept busy for hours. A burstable machine has a fraction of one: a fractional number counts as the whole number below it, at
    /// least one, each so fast that they do the same work together.
    pub servers: f64,
    /// Seconds that one request keeps one vCPU busy, on average.
    pub service_seconds: f64,
}

/// What a queue does that keeps up with its arrivals. All figures are finite and not negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Queueing {
    /// The part of the time that a server is busy, below 1.
    pub utilisation: f64,
    /// The probability that a request finds all servers busy.
    pub waits: f64,
    /// The mean wait of all requests, those included that do not wait, seconds.
    pub wait_seconds: f64,
    /// The mean time from arrival to answer, seconds.
    pub response_seconds: f64,
    /// The time from arrival to answer that 95 of 100 requests do not exceed, seconds.
    pub response_p95_seconds: f64,
}

/// A pool under some arrivals, in units of the mean service time.
#[derive(Debug, Clone, Copy)]
struct Steady {
    /// Seconds of one unit: the service time at the servers' speed.
    unit: f64,
    utilisation: f64,
    waits: f64,
    /// The rate at which a queue is worked off: θ ÷ μ = c·(1 − ρ).
    drain: f64,
}

impl Pool {
    /// The app's vCPUs under a load's assumptions. `requests_per_vcpu` is measured at 60 %, so that one vCPU is all busy at `requests_per_vcpu ÷ 0.60`
    /// requests a second, and a request takes the inverse of that.
    pub fn app(load: &Load, vcpus: f64) -> Pool {
        Pool { servers: vcpus, service_seconds: MEASURED_UTILISATION / load.assumptions.requests_per_vcpu() }
    }

    /// A database's vCPUs, likewise by `transactions_per_vcpu`; what arrives is queries.
    pub fn database(load: &Load, vcpus: f64) -> Pool {
        Pool { servers: vcpus, service_seconds: MEASURED_UTILISATION / load.assumptions.transactions_per_vcpu() }
    }

    /// The part of the pool that the arrivals ask for: `λ·s ÷ c`. At 1 and above the queue grows without end. Finite; a pool without servers has 0
    /// when nothing arrives, else the largest number there is.
    pub fn utilisation(self, arrivals: PerSecond) -> f64 {
        let work = finite(arrivals.get() * finite(self.service_seconds));
        if work > 0.0 { finite(work / finite(self.servers)) } else { 0.0 }
    }

    /// What the queue does under the arrivals; none when it is saturated: the arrivals ask for all of the pool or more, and no mean exists.
    pub fn queueing(self, arrivals: PerSecond) -> Option<Queueing> {
        let steady = self.steady(arrivals)?;
        let wait = finite(steady.unit * steady.waits / steady.drain);
        Some(Queueing {
            utilisation: steady.utilisation,
            waits: steady.waits,
            wait_seconds: wait,
            response_seconds: finite(wait + steady.unit),
            response_p95_seconds: finite(steady.unit * steady.exceeded_by(SLOWEST)),
        })
    }

    /// The part of the requests that waits longer than so many seconds; none when the pool is saturated.
    pub fn waits_longer(self, arrivals: PerSecond, seconds: f64) -> Option<f64> {
        let steady = self.steady(arrivals)?;
        Some(steady.waits * (-steady.drain * steady.units(seconds)).exp())
    }

    /// The part of the requests that is answered later than so many seconds after it came; none when the pool is saturated.
    pub fn takes_longer(self, arrivals: PerSecond, seconds: f64) -> Option<f64> {
        let steady = self.steady(arrivals)?;
        Some(steady.takes_longer(steady.units(seconds)))
    }

    fn steady(self, arrivals: PerSecond) -> Option<Steady> {
        let capacity = finite(self.servers);
        let utilisation = self.utilisation(arrivals);
        if capacity <= 0.0 || utilisation >= 1.0 {
            return None;
        }
        let servers = capacity.floor().max(1.0);
        let unit = finite(finite(self.service_seconds) * (servers / capacity));
        let counted = servers.min(MOST_SERVERS);
        let blocked = erlang_b(counted, utilisation * counted);
        let waits = blocked / (1.0 - utilisation * (1.0 - blocked));
        Some(Steady { unit, utilisation, waits, drain: counted * (1.0 - utilisation) })
    }
}

impl Steady {
    /// Seconds as service times. Where service takes no time, everything above 0 is beyond all of them.
    fn units(self, seconds: f64) -> f64 {
        let seconds = finite(seconds);
        if seconds > 0.0 { finite(seconds / self.unit) } else { 0.0 }
    }

    /// P(T > t) for a t in service times. The fraction of the closed form is written as e^(−t) + e^(−min(1, m)·t)·(1 − e^(−|m−1|·t)) ÷ |m−1| with
    /// m = θ ÷ μ, so that nothing cancels where m is near 1 and nothing overflows elsewhere.
    fn takes_longer(self, t: f64) -> f64 {
        let apart = (self.drain - 1.0).abs();
        let ratio = if apart > 0.0 { -(-apart * t).exp_m1() / apart } else { t };
        let slow = (-self.drain.min(1.0) * t).exp();
        (-t).exp() + if slow > 0.0 { self.waits * slow * ratio } else { 0.0 }
    }

    /// The time in service times that only so large a part of the responses exceeds, by halving: the tail only falls.
    fn exceeded_by(self, part: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        // Doubling ends: utilisation is at least 2^-53 below 1, so that the tail is no longer than some 2^60 service times.
        while self.takes_longer(high) > part && high < f64::MAX / 2.0 {
            (low, high) = (high, high * 2.0);
        }
        while high - low > high * 1e-12 {
            let middle = low + (high - low) / 2.0;
            if self.takes_longer(middle) > part {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

/// The probability that all of `servers` are busy when nobody may wait, offered so much work.
fn erlang_b(servers: f64, work: f64) -> f64 {
    let mut blocked = 1.0;
    let mut server = 0.0;
    while server < servers {
        server += 1.0;
        blocked = work * blocked / (server + work * blocked);
    }
    blocked
}

/// Negative or NaN becomes zero, infinite the largest finite number.
fn finite(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.clamp(0.0, f64::MAX) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::units::Users;
    use crate::workload::{Assumptions, load};

    fn pool(servers: f64, service_seconds: f64) -> Pool {
        Pool { servers, service_seconds }
    }

    fn at(servers: f64, utilisation: f64) -> Queueing {
        pool(servers, 1.0).queueing(PerSecond::new(servers * utilisation)).unwrap()
    }

    #[track_caller]
    fn near(got: f64, expected: f64, tolerance: f64) {
        assert!((got - expected).abs() <= tolerance, "{got} is not {expected}");
    }

    #[test]
    fn one_server_is_the_textbook_queue() {
        // M/M/1: P(wait) = ρ, T = s ÷ (1 − ρ), and T is exponential, so that p95 = T·ln 20.
        for utilisation in [0.0, 0.1, 0.5, 0.8, 0.99] {
            let queue = pool(1.0, 0.006).queueing(PerSecond::new(utilisation / 0.006)).unwrap();
            let response = 0.006 / (1.0 - utilisation);
            near(queue.utilisation, utilisation, 1e-12);
            near(queue.waits, utilisation, 1e-12);
            near(queue.response_seconds, response, 1e-12);
            near(queue.wait_seconds, response - 0.006, 1e-12);
            near(queue.response_p95_seconds, response * 20_f64.ln(), 1e-9);
        }
    }

    #[test]
    fn several_servers_wait_as_worked_by_hand() {
        // c = 2, a = 1: B = 1/5, C = (1/5) ÷ (1 − 1/2·4/5) = 1/3; W = 1/3 ÷ (2·1/2) = 1/3.
        let two = at(2.0, 0.5);
        near(two.waits, 1.0 / 3.0, 1e-12);
        near(two.wait_seconds, 1.0 / 3.0, 1e-12);
        near(two.response_seconds, 4.0 / 3.0, 1e-12);
        // Here θ = μ: P(T > t) = (1 + t/3)·e^(−t).
        let t = two.response_p95_seconds;
        near((1.0 + t / 3.0) * (-t).exp(), 0.05, 1e-9);
        // c = 3, a = 2: B = (8/6) ÷ (1 + 2 + 2 + 8/6) = 4/19; C = (4/19) ÷ (1 − 2/3·15/19) = 4/9.
        near(at(3.0, 2.0 / 3.0).waits, 4.0 / 9.0, 1e-12);
        // c = 4, a = 3: B = 27/131, C = 27/53.
        near(at(4.0, 0.75).waits, 27.0 / 53.0, 1e-12);
    }

    #[test]
    fn erlang_b_has_the_values_of_the_published_tables() {
        // Tables of the Erlang loss formula: traffic at which so many lines lose 1 % (0.0101, 4.46, 12.0 and 84.1 for 1, 10, 20 and 100 lines).
        for (lines, work, within) in [(1.0, 0.010_101, 1e-6), (10.0, 4.461, 1e-5), (20.0, 12.031, 1e-5), (100.0, 84.064, 1e-5)] {
            near(erlang_b(lines, work), 0.01, within);
        }
    }

    #[test]
    fn the_tails_hang_together_with_the_means() {
        for (servers, utilisation) in [(1.0, 0.6), (2.0, 0.5), (2.0, 0.9), (8.0, 0.7), (3.0, 2.0 / 3.0), (40.0, 0.95)] {
            let (pool, arrivals) = (pool(servers, 1.0), PerSecond::new(servers * utilisation));
            let queue = pool.queueing(arrivals).unwrap();
            // The mean of what is never negative is the area below its tail; rectangles about their middles, until nothing is left.
            let (step, steps) = (0.01, 40_000_u32);
            let area = |tail: &dyn Fn(f64) -> f64| (0..steps).map(|at| tail((f64::from(at) + 0.5) * step) * step).sum::<f64>();
            near(area(&|t| pool.waits_longer(arrivals, t).unwrap()), queue.wait_seconds, 1e-4 * queue.response_seconds);
            near(area(&|t| pool.takes_longer(arrivals, t).unwrap()), queue.response_seconds, 1e-4 * queue.response_seconds);
            near(pool.waits_longer(arrivals, 0.0).unwrap(), queue.waits, 1e-12);
            near(pool.takes_longer(arrivals, 0.0).unwrap(), 1.0, 1e-12);
            near(pool.takes_longer(arrivals, queue.response_p95_seconds).unwrap(), 0.05, 1e-9);
        }
    }

    #[test]
    fn a_pool_that_is_asked_for_all_it_has_is_saturated() {
        assert!(pool(2.0, 1.0).queueing(PerSecond::new(2.0)).is_none());
        assert!(pool(2.0, 1.0).queueing(PerSecond::new(3.0)).is_none());
        assert!(pool(0.0, 1.0).queueing(PerSecond::ZERO).is_none(), "no servers answer nothing");
        near(pool(2.0, 1.0).utilisation(PerSecond::new(3.0)), 1.5, 1e-12);
        near(pool(0.0, 1.0).utilisation(PerSecond::ZERO), 0.0, 0.0);
    }

    #[test]
    fn a_fraction_of_a_processor_is_a_slow_one() {
        let slow = pool(0.4, 0.006).queueing(PerSecond::new(20.0)).unwrap();
        assert_eq!(slow, pool(1.0, 0.015).queueing(PerSecond::new(20.0)).unwrap());
        let two = pool(2.5, 1.0).queueing(PerSecond::new(1.25)).unwrap();
        near(two.utilisation, 0.5, 1e-12);
        near(two.waits, 1.0 / 3.0, 1e-12);
        near(two.response_seconds, 0.8 * 4.0 / 3.0, 1e-12);
    }

    #[test]
    fn a_load_gives_the_service_times_of_its_own_capacities() {
        let load = load(Users(10_000_000), &Assumptions::default());
        let (app, database) = (Pool::app(&load, load.app_vcpus), Pool::database(&load, 8.0));
        near(app.service_seconds, 0.006, 1e-15);
        near(database.service_seconds, 0.001_2, 1e-15);
        // What is sized for the target is as busy as the target says.
        near(app.utilisation(load.requests_peak), load.assumptions.utilisation_target_app(), 1e-12);
        let vcpus = load.database_vcpus_for(load.database_writes);
        near(Pool::database(&load, vcpus).utilisation(load.database_writes), load.assumptions.utilisation_target_database(), 1e-12);
    }

    #[test]
    fn thousands_of_servers_hardly_wait_and_are_counted_soon() {
        let many = at(5_000.0, 0.9);
        assert!(many.waits < 1e-9 && many.response_p95_seconds < 20_f64.ln() + 1e-6, "{many:?}");
        // S. Halfin and W. Whitt, 1981: for many servers C tends to 1 ÷ (1 + β·Φ(β) ÷ φ(β)), β = √c·(1 − ρ); here β = 1, which gives 0.2234.
        near(at(10_000.0, 0.99).waits, 0.223_4, 0.005);
        assert!(pool(1e300, 1.0).queueing(PerSecond::new(9e299)).is_some());
    }

    proptest! {
        #[test]
        fn no_input_makes_a_figure_that_is_not_finite(servers in any::<f64>(), service in any::<f64>(), rate in any::<f64>(), t in any::<f64>()) {
            let (pool, arrivals) = (pool(servers, service), PerSecond::new(rate));
            prop_assert!(pool.utilisation(arrivals).is_finite());
            if let Some(queue) = pool.queueing(arrivals) {
                sound(&queue)?;
            }
            for tail in [pool.waits_longer(arrivals, t), pool.takes_longer(arrivals, t)].into_iter().flatten() {
                prop_assert!((0.0..=1.0 + 1e-9).contains(&tail), "{}", tail);
            }
        }

        #[test]
        fn more_arrivals_never_wait_less_and_more_servers_never_more(servers in 1_u32..300, utilisation in 0.0..0.999_f64, more in 1.0..1.001_f64) {
            let servers = f64::from(servers);
            let arrivals = PerSecond::new(servers * utilisation);
            let queue = pool(servers, 1.0).queueing(arrivals).unwrap();
            sound(&queue)?;
            let larger = pool(servers + 1.0, 1.0).queueing(arrivals).unwrap();
            prop_assert!(larger.waits <= queue.waits + 1e-12 && larger.response_p95_seconds <= queue.response_p95_seconds * (1.0 + 1e-9));
            if let Some(busier) = pool(servers, 1.0).queueing(arrivals.scaled(more)) {
                prop_assert!(busier.waits >= queue.waits - 1e-12 && busier.response_p95_seconds >= queue.response_p95_seconds * (1.0 - 1e-9));
            }
        }
    }

    fn sound(queue: &Queueing) -> Result<(), TestCaseError> {
        let Queueing { utilisation, waits, wait_seconds, response_seconds, response_p95_seconds } = *queue;
        prop_assert!((0.0..1.0).contains(&utilisation) && (0.0..=1.0 + 1e-9).contains(&waits), "{:?}", queue);
        let times = [wait_seconds, response_seconds, response_p95_seconds];
        prop_assert!(times.iter().all(|time| time.is_finite() && *time >= 0.0) && wait_seconds <= response_seconds, "{:?}", queue);
        Ok(())
    }
}
