//! The chain of arithmetic: which quantity comes of which, by which formula.

use super::step::{Step, Steps, Value};
use super::term::Term;
use super::{Load, MEASURED_UTILISATION};
use crate::units::{SECONDS_PER_DAY, SECONDS_PER_MONTH, whole};

const ONE: Term = Term::Fixed(1.0, "1");
const TWO: Term = Term::Fixed(2.0, "2");
const DAY: Term = Term::Fixed(SECONDS_PER_DAY, "86,400 s");
/// What `session_ttl_hours` is held against.
const DAY_HOURS: Term = Term::Fixed(24.0, "24");
const MONTH: Term = Term::Fixed(SECONDS_PER_MONTH, "730 h");
const MEASURED: Term = Term::Fixed(MEASURED_UTILISATION, "0.60");

fn of(id: &'static str) -> Term {
    Term::Of(id)
}

/// Requests a second that one vCPU answers at the app's target.
fn per_vcpu() -> Term {
    of("requests_per_vcpu") * of("utilisation_target_app") / MEASURED
}

/// From users to requests, machines, data and traffic.
///
/// Operations stand in the order in which [`super::load`] computes them, so that both come to the same last digit.
pub(super) fn usual(l: &Load) -> Vec<Step> {
    use Value::{Amount, Bytes, Count, Rate, Users};
    let mut steps = Steps::new(l, Vec::new());
    let mut step = |id, quantity, value, unit, term| steps.add(id, quantity, value, unit, term);
    step("users", "monthly active users", Users(l.users), "users", Term::Given);
    step("daily_active", "daily active users", Users(l.daily_active), "users", of("users") * of("dau_share"));
    step("concurrent", "users connected at peak", Users(l.concurrent), "users", of("daily_active") * of("concurrent_share"));
    step(
        "requests_mean",
        "mean dynamic requests",
        Rate(l.requests_mean),
        "/s",
        of("users") * of("dau_share") * of("requests_per_active_user_per_day") / DAY,
    );
    step("requests_peak", "dynamic requests at peak", Rate(l.requests_peak), "/s", of("requests_mean") * of("peak_factor"));
    step(
        "requests_stress",
        "dynamic requests under stress",
        Rate(l.requests_stress),
        "/s",
        of("users") * of("stress_share") / of("stress_seconds_between_requests"),
    );
    step("requests_month", "dynamic requests in a month", Count(l.requests_month), "/month", of("requests_mean") * MONTH);
    step(
        "new_connections_peak",
        "new connections at the balancer",
        Rate(l.new_connections_peak),
        "/s",
        of("requests_peak") / of("requests_per_connection"),
    );
    step("page_views_peak", "page views at peak", Rate(l.page_views_peak), "/s", of("requests_peak") / of("requests_per_page"));
    step(
        "static_requests_peak",
        "static requests at peak, before the CDN",
        Rate(l.static_requests_peak),
        "/s",
        of("page_views_peak") * of("static_objects_per_page"),
    );
    step(
        "static_requests_month",
        "static requests in a month, before the CDN",
        Count(l.static_requests_month),
        "/month",
        of("static_requests_peak") / of("peak_factor") * MONTH,
    );
    step(
        "static_requests_after_cdn",
        "static requests behind the CDN",
        Rate(l.static_requests_after_cdn()),
        "/s",
        of("static_requests_peak") * (ONE - of("cdn_hit_rate")),
    );
    step("app_vcpus", "vCPUs for the app", Amount(l.app_vcpus), "vCPU", of("requests_peak") / per_vcpu());
    step("connections", "database connections", Count(l.connections), "connections", of("app_vcpus").whole() * of("connections_per_vcpu"));
    step(
        "database_reads",
        "database reads before the cache",
        Rate(l.database_reads),
        "/s",
        of("requests_peak") * of("queries_per_request") * of("read_share"),
    );
    step(
        "database_reads_after_cache",
        "database reads behind the cache",
        Rate(l.database_reads_after_cache()),
        "/s",
        of("database_reads") * (ONE - of("cache_hit_rate")),
    );
    step(
        "database_writes",
        "database writes",
        Rate(l.database_writes),
        "/s",
        of("requests_peak") * of("queries_per_request") * (ONE - of("read_share")),
    );
    step("cache_operations", "cache operations", Rate(l.cache_operations), "/s", of("database_reads") + TWO * of("requests_peak"));
    step("stored_bytes", "data in the database", Bytes(l.stored_bytes), "bytes", of("users") * of("database_bytes_per_user"));
    step(
        "working_set_bytes",
        "data touched in a day",
        Bytes(l.working_set_bytes),
        "bytes",
        of("users") * of("dau_share") * of("database_bytes_per_user"),
    );
    step(
        "cache_bytes",
        "hot data worth caching",
        Bytes(l.cache_bytes),
        "bytes",
        of("users") * of("dau_share") * of("database_bytes_per_user") * of("hot_set_share"),
    );
    step(
        "sessions",
        "sessions kept",
        Count(l.sessions),
        "sessions",
        (of("users") * of("dau_share") * ONE.or_larger(of("session_ttl_hours") / DAY_HOURS)).at_most(of("users")),
    );
    step("session_bytes", "session data", Bytes(l.session_bytes), "bytes", of("sessions") * of("session_bytes"));
    step("object_bytes", "files in object storage", Bytes(l.object_bytes), "bytes", of("users") * of("object_bytes_per_user"));
    step(
        "dynamic_bytes_month",
        "dynamic bytes to users",
        Bytes(l.dynamic_bytes_month),
        "bytes/month",
        of("requests_mean") * MONTH * of("response_bytes"),
    );
    step(
        "static_bytes_month",
        "static bytes to users",
        Bytes(l.static_bytes_month),
        "bytes/month",
        of("requests_mean") * MONTH / of("requests_per_page") * of("static_bytes_per_page"),
    );
    step(
        "egress_bytes_month",
        "all bytes to users",
        Bytes(l.egress_bytes_month),
        "bytes/month",
        of("dynamic_bytes_month") + of("static_bytes_month"),
    );
    step(
        "origin_egress_bytes_month",
        "bytes out of the origin behind a CDN",
        Bytes(l.origin_egress_bytes_month),
        "bytes/month",
        of("dynamic_bytes_month") + of("static_bytes_month") * (ONE - of("cdn_hit_rate")),
    );
    step("log_bytes_month", "logs", Bytes(l.log_bytes_month), "bytes/month", of("requests_mean") * MONTH * of("log_bytes_per_request"));
    step("messages_peak", "background jobs at peak", Rate(l.messages_peak), "/s", of("requests_peak") * of("messages_per_request"));
    step(
        "messages_month",
        "background jobs in a month",
        Count(l.messages_month),
        "/month",
        of("requests_mean") * of("messages_per_request") * MONTH,
    );
    step("events_peak", "analytics events at peak", Rate(l.events_peak), "/s", of("requests_peak") * of("events_per_request"));
    step(
        "events_month",
        "analytics events in a month",
        Count(l.events_month),
        "/month",
        of("requests_mean") * of("events_per_request") * MONTH,
    );
    steps.done()
}

/// The stress case: many of all users at once. Scaling maxima reach the larger of it and the normal peak.
pub(super) fn stress(l: &Load) -> Vec<Step> {
    use Value::{Amount, Count, Rate};
    let usual = usual(l);
    let known = usual.len();
    let (requests, vcpus) = (l.requests_ceiling(), l.app_vcpus_for(l.requests_ceiling()));
    let connections = whole(whole(vcpus) as f64 * l.assumptions.connections_per_vcpu());
    let mut steps = Steps::new(l, usual);
    let mut step = |id, quantity, value, unit, term| steps.add(id, quantity, value, unit, term);
    step(
        "requests_ceiling",
        "the larger of normal peak and stress case",
        Rate(requests),
        "/s",
        of("requests_peak").or_larger(of("requests_stress")),
    );
    step("app_vcpus_ceiling", "vCPUs for the app at most", Amount(vcpus), "vCPU", of("requests_ceiling") / per_vcpu());
    step(
        "connections_ceiling",
        "database connections at most",
        Count(connections),
        "connections",
        of("app_vcpus_ceiling").whole() * of("connections_per_vcpu"),
    );
    let mut all = steps.done();
    let added = all.split_off(known);
    all.into_iter().filter(|step| step.id == "requests_stress").chain(added).collect()
}
