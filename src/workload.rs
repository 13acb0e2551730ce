//! The load model: from a number of users and what is assumed about them to what every building block must carry.

mod assumption;
mod chain;
mod figure;
mod ledger;
mod profile;
mod quantity;
mod queueing;
mod setting;
mod step;
mod term;

pub use assumption::{Assumption, AssumptionError, Trust, Unit, assumption};
pub use figure::Figure;
pub use ledger::{Assumptions, LEDGER};
pub use profile::{PROFILE_NAMES, PROFILES, Profile};
pub use queueing::{Pool, Queueing};
pub use setting::{Origin, WRITE_SHARE, canonical, names};
pub use step::{Step, Value};
pub use term::{Operand, Sign, Term};

use serde::Serialize;

use crate::units::{Bytes, PerSecond, SECONDS_PER_DAY, Users, whole};

/// The utilisation at which the capacities in the ledger (`requests_per_vcpu` and its kin) were measured.
///
/// A capacity is scaled to another target from here, so that headroom is counted once and not twice.
pub const MEASURED_UTILISATION: f64 = 0.60;

/// What arrives at peak, and what piles up. Rates are per second at the normal peak unless they say otherwise; months have 730 hours;
/// counts and bytes saturate at `u64::MAX`. Every field grows or stays when the users grow.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Monthly active users: the input.
    pub users: Users,
    /// `users × dau_share`, rounded up.
    pub daily_active: Users,
    /// Users connected at the peak moment: `daily_active × concurrent_share`, rounded up.
    pub concurrent: Users,
    /// Mean dynamic requests: `users × dau_share × requests_per_active_user_per_day ÷ 86,400`.
    pub requests_mean: PerSecond,
    /// Dynamic requests in the busiest hour: `requests_mean × peak_factor`. Sizes are chosen for this.
    pub requests_peak: PerSecond,
    /// Dynamic requests in the stress case: `users × stress_share ÷ stress_seconds_between_requests`. Scaling maxima reach this.
    pub requests_stress: PerSecond,
    /// Dynamic requests in a month: `requests_mean × 730 h`.
    pub requests_month: u64,
    /// New TCP connections at the load balancer: `requests_peak ÷ requests_per_connection`.
    pub new_connections_peak: PerSecond,
    /// Page views: `requests_peak ÷ requests_per_page`.
    pub page_views_peak: PerSecond,
    /// Static requests, before the CDN: `page_views_peak × static_objects_per_page`.
    pub static_requests_peak: PerSecond,
    /// Static requests in a month, before the CDN: `static_requests_peak ÷ peak_factor × 730 h`.
    pub static_requests_month: u64,
    /// Reading queries before the cache: `requests_peak × queries_per_request × read_share`.
    pub database_reads: PerSecond,
    /// Writing queries, which no cache takes: `requests_peak × queries_per_request × (1 − read_share)`.
    pub database_writes: PerSecond,
    /// Operations on the cache: `database_reads` (each is looked up) + 2 × `requests_peak` (session read and touch).
    pub cache_operations: PerSecond,
    /// vCPUs that the app needs at `utilisation_target_app`: `requests_peak ÷ (requests_per_vcpu × utilisation_target_app ÷ 0.60)`.
    pub app_vcpus: f64,
    /// Open database connections: whole `app_vcpus × connections_per_vcpu`; at least one vCPU's worth as soon as there is a user.
    pub connections: u64,
    /// Hot data worth caching: `users × dau_share × database_bytes_per_user × hot_set_share`.
    pub cache_bytes: Bytes,
    /// Sessions kept: `users × dau_share × max(1, session_ttl_hours ÷ 24)`, at most all users, rounded up.
    pub sessions: u64,
    /// `sessions × session_bytes`.
    pub session_bytes: Bytes,
    /// The database: `users × database_bytes_per_user`.
    pub stored_bytes: Bytes,
    /// What the database touches in a day and should hold in memory: `users × dau_share × database_bytes_per_user`.
    pub working_set_bytes: Bytes,
    /// Files in object storage: `users × object_bytes_per_user`.
    pub object_bytes: Bytes,
    /// Dynamic bytes sent to users in a month: `requests_mean × 730 h × response_bytes`.
    pub dynamic_bytes_month: Bytes,
    /// Static bytes sent to users in a month: `requests_mean × 730 h ÷ requests_per_page × static_bytes_per_page`.
    pub static_bytes_month: Bytes,
    /// All bytes sent to users in a month: dynamic + static.
    pub egress_bytes_month: Bytes,
    /// Bytes that leave the origin when a CDN stands in front: dynamic + static × (1 − `cdn_hit_rate`).
    pub origin_egress_bytes_month: Bytes,
    /// Log bytes in a month: `requests_mean × 730 h × log_bytes_per_request`.
    pub log_bytes_month: Bytes,
    /// Background jobs: `requests_peak × messages_per_request`.
    pub messages_peak: PerSecond,
    /// Background jobs in a month.
    pub messages_month: u64,
    /// Analytics events: `requests_peak × events_per_request`.
    pub events_peak: PerSecond,
    /// Analytics events in a month.
    pub events_month: u64,
    /// What was assumed.
    pub assumptions: Assumptions,
}

/// The load that `users` bring under the given assumptions.
pub fn load(users: Users, assumptions: &Assumptions) -> Load {
    let a = assumptions;
    let active = users.as_f64() * a.dau_share();
    let requests_mean = PerSecond::new(active * a.requests_per_active_user_per_day() / SECONDS_PER_DAY);
    let requests_peak = requests_mean.scaled(a.peak_factor());
    let queries = requests_peak.scaled(a.queries_per_request());
    let database_reads = queries.scaled(a.read_share());
    let page_views_peak = PerSecond::new(requests_peak.get() / a.requests_per_page());
    let static_requests_peak = page_views_peak.scaled(a.static_objects_per_page());
    let requests_per_month = requests_mean.get() * crate::units::SECONDS_PER_MONTH;
    let app_vcpus = requests_peak.get() / (a.requests_per_vcpu() * a.utilisation_target_app() / MEASURED_UTILISATION);
    let sessions = (active * (a.session_ttl_hours() / 24.0).max(1.0)).min(users.as_f64());
    let dynamic_bytes_month = Bytes::from_f64(requests_per_month * a.response_bytes());
    let static_bytes_month = Bytes::from_f64(requests_per_month / a.requests_per_page() * a.static_bytes_per_page());
    let daily_active = Users(whole(active).min(users.0));
    Load {
        users,
        daily_active,
        concurrent: daily_active.share(a.concurrent_share()),
        requests_mean,
        requests_peak,
        requests_stress: PerSecond::new(users.as_f64() * a.stress_share() / a.stress_seconds_between_requests()),
        requests_month: requests_mean.per_month(),
        new_connections_peak: PerSecond::new(requests_peak.get() / a.requests_per_connection()),
        page_views_peak,
        static_requests_peak,
        static_requests_month: PerSecond::new(static_requests_peak.get() / a.peak_factor()).per_month(),
        database_reads,
        database_writes: queries.scaled(1.0 - a.read_share()),
        cache_operations: database_reads + requests_peak.scaled(2.0),
        app_vcpus,
        connections: whole(whole(app_vcpus) as f64 * a.connections_per_vcpu()),
        cache_bytes: Bytes::from_f64(active * a.database_bytes_per_user() * a.hot_set_share()),
        sessions: whole(sessions),
        session_bytes: Bytes::from_f64(whole(sessions) as f64 * a.session_bytes()),
        stored_bytes: Bytes::from_f64(users.as_f64() * a.database_bytes_per_user()),
        working_set_bytes: Bytes::from_f64(active * a.database_bytes_per_user()),
        object_bytes: Bytes::from_f64(users.as_f64() * a.object_bytes_per_user()),
        dynamic_bytes_month,
        static_bytes_month,
        egress_bytes_month: dynamic_bytes_month + static_bytes_month,
        origin_egress_bytes_month: dynamic_bytes_month + static_bytes_month.scaled(1.0 - a.cdn_hit_rate()),
        log_bytes_month: Bytes::from_f64(requests_per_month * a.log_bytes_per_request()),
        messages_peak: requests_peak.scaled(a.messages_per_request()),
        messages_month: requests_mean.scaled(a.messages_per_request()).per_month(),
        events_peak: requests_peak.scaled(a.events_per_request()),
        events_month: requests_mean.scaled(a.events_per_request()).per_month(),
        assumptions: assumptions.clone(),
    }
}

impl Load {
    /// The same habits with another number of users: one region's part, one shard, the next phase's first user.
    pub fn with_users(&self, users: Users) -> Load {
        load(users, &self.assumptions)
    }

    /// Reading queries that reach the database behind a cache: `database_reads × (1 − cache_hit_rate)`.
    pub fn database_reads_after_cache(&self) -> PerSecond {
        self.database_reads.scaled(1.0 - self.assumptions.cache_hit_rate())
    }

    /// Static requests that reach the origin behind a CDN: `static_requests_peak × (1 − cdn_hit_rate)`.
    pub fn static_requests_after_cdn(&self) -> PerSecond {
        self.static_requests_peak.scaled(1.0 - self.assumptions.cdn_hit_rate())
    }

    /// The larger of the normal peak and the stress case: what a scaling maximum must reach.
    pub fn requests_ceiling(&self) -> PerSecond {
        self.requests_peak.max(self.requests_stress)
    }

    /// Requests a second beyond a level, on average of a day: what is there only while the load is above it, such as machines that scale in again.
    ///
    /// Over a day the load is taken to fall from its peak like `peak × (1 − t)^(peak_factor − 1)`, with `t` the part of the day that has more: the one
    /// power law that has both the mean and the peak of this load. Of it the part above the level is integrated exactly.
    pub fn requests_above(&self, level: PerSecond) -> PerSecond {
        let (mean, peak, p) = (self.requests_mean.get(), self.requests_peak.get(), self.assumptions.peak_factor());
        if peak <= level.get() || peak <= 0.0 {
            return PerSecond::ZERO;
        }
        if p <= 1.0 {
            return PerSecond::new(mean - level.get());
        }
        // The load is above the level while 1 − t is above this.
        let edge = (level.get() / peak).powf(1.0 / (p - 1.0));
        PerSecond::new(mean * (1.0 - edge.powf(p)) - level.get() * (1.0 - edge))
    }

    /// The same load with its peak raised to the stress case, where that is higher: what everything must carry at full tilt.
    pub fn stressed(&self) -> Load {
        let mean = self.requests_mean.get();
        let factor = if mean > 0.0 { self.requests_ceiling().get() / mean } else { self.assumptions.peak_factor() };
        load(self.users, &self.assumptions.with_peak_factor(factor.clamp(1.0, f64::MAX)))
    }

    /// vCPUs that the app needs for another rate of requests (the stress case, one service's part).
    pub fn app_vcpus_for(&self, requests: PerSecond) -> f64 {
        requests.get() / self.requests_per_vcpu_at_target()
    }

    /// vCPUs that a database needs for the given queries at `utilisation_target_database`.
    pub fn database_vcpus_for(&self, queries: PerSecond) -> f64 {
        queries.get() / self.transactions_per_vcpu_at_target()
    }

    /// Requests per second and vCPU at the app's target: `requests_per_vcpu × utilisation_target_app ÷ 0.60`.
    pub fn requests_per_vcpu_at_target(&self) -> f64 {
        self.assumptions.requests_per_vcpu() * self.assumptions.utilisation_target_app() / MEASURED_UTILISATION
    }

    /// Queries per second and vCPU at the database's target: `transactions_per_vcpu × utilisation_target_database ÷ 0.60`.
    pub fn transactions_per_vcpu_at_target(&self) -> f64 {
        self.assumptions.transactions_per_vcpu() * self.assumptions.utilisation_target_database() / MEASURED_UTILISATION
    }

    /// Memory that a host of the app needs for its share of `app_vcpus` (at least one): the system's and the workers'.
    pub fn app_host_memory(&self, vcpus: f64) -> Bytes {
        let workers = self.assumptions.app_memory_bytes_per_vcpu() * vcpus.max(1.0);
        Bytes::from_f64(self.assumptions.system_memory_bytes() + workers)
    }

    /// The chain of arithmetic, from users to bytes, for a person to follow.
    pub fn steps(&self) -> Vec<Step> {
        chain::usual(self)
    }

    /// The chain of the stress case, for a person to follow.
    pub fn stress_steps(&self) -> Vec<Step> {
        chain::stress(self)
    }
}

/// The figures alone, for machine-readable output.
impl Serialize for Load {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.steps().into_iter().map(|step| (step.id, step.value)))
    }
}

#[cfg(test)]
mod tests;
