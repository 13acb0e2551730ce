//! The chain of arithmetic as data: what was computed, from what, by which formula.

use std::fmt;

use serde::Serialize;

use super::Load;
use crate::units::{self, Bytes, PerSecond, Users};

/// A computed quantity with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Users.
    Users(Users),
    /// A rate.
    Rate(PerSecond),
    /// A size.
    Bytes(Bytes),
    /// A whole number of things.
    Count(u64),
    /// A measured amount (vCPUs).
    Amount(f64),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Users(users) => users.fmt(f),
            Value::Rate(rate) => rate.fmt(f),
            Value::Bytes(bytes) => bytes.fmt(f),
            Value::Count(count) => f.pad(&units::thousands(*count)),
            Value::Amount(amount) => f.pad(&units::number(*amount)),
        }
    }
}

/// One line of the chain of arithmetic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The field of [`Load`] or its method.
    pub id: &'static str,
    /// What it is, for a person.
    pub quantity: &'static str,
    /// How much.
    pub value: Value,
    /// What the value counts: `users`, `/s`, `bytes`, `bytes/month`, `/month`, …
    pub unit: &'static str,
    /// How it was computed, in terms of earlier steps and assumption ids.
    pub formula: &'static str,
    /// The assumptions that the formula itself names.
    pub assumptions: &'static [&'static str],
}

pub(super) fn steps(load: &Load) -> Vec<Step> {
    use Value::{Amount, Bytes, Count, Rate, Users};
    let step = |id, quantity, value, unit, formula, assumptions| Step { id, quantity, value, unit, formula, assumptions };
    let l = load;
    vec![
        step("users", "monthly active users", Users(l.users), "users", "given", &[]),
        step("daily_active", "daily active users", Users(l.daily_active), "users", "users × dau_share", &["dau_share"]),
        step(
            "concurrent",
            "users connected at peak",
            Users(l.concurrent),
            "users",
            "daily_active × concurrent_share",
            &["concurrent_share"],
        ),
        step(
            "requests_mean",
            "mean dynamic requests",
            Rate(l.requests_mean),
            "/s",
            "users × dau_share × requests_per_active_user_per_day ÷ 86,400 s",
            &["dau_share", "requests_per_active_user_per_day"],
        ),
        step("requests_peak", "dynamic requests at peak", Rate(l.requests_peak), "/s", "requests_mean × peak_factor", &["peak_factor"]),
        step(
            "requests_stress",
            "dynamic requests under stress",
            Rate(l.requests_stress),
            "/s",
            "users × stress_share ÷ stress_seconds_between_requests",
            &["stress_share", "stress_seconds_between_requests"],
        ),
        step("requests_month", "dynamic requests in a month", Count(l.requests_month), "/month", "requests_mean × 730 h", &[]),
        step(
            "new_connections_peak",
            "new connections at the balancer",
            Rate(l.new_connections_peak),
            "/s",
            "requests_peak ÷ requests_per_connection",
            &["requests_per_connection"],
        ),
        step(
            "page_views_peak",
            "page views at peak",
            Rate(l.page_views_peak),
            "/s",
            "requests_peak ÷ requests_per_page",
            &["requests_per_page"],
        ),
        step(
            "static_requests_peak",
            "static requests at peak, before the CDN",
            Rate(l.static_requests_peak),
            "/s",
            "page_views_peak × static_objects_per_page",
            &["static_objects_per_page"],
        ),
        step(
            "static_requests_month",
            "static requests in a month, before the CDN",
            Count(l.static_requests_month),
            "/month",
            "static_requests_peak ÷ peak_factor × 730 h",
            &["peak_factor"],
        ),
        step(
            "static_requests_after_cdn",
            "static requests behind the CDN",
            Rate(l.static_requests_after_cdn()),
            "/s",
            "static_requests_peak × (1 − cdn_hit_rate)",
            &["cdn_hit_rate"],
        ),
        step(
            "app_vcpus",
            "vCPUs for the app",
            Amount(l.app_vcpus),
            "vCPU",
            "requests_peak ÷ (requests_per_vcpu × utilisation_target_app ÷ 0.60)",
            &["requests_per_vcpu", "utilisation_target_app"],
        ),
        step(
            "connections",
            "database connections",
            Count(l.connections),
            "connections",
            "whole app_vcpus × connections_per_vcpu",
            &["connections_per_vcpu"],
        ),
        step(
            "database_reads",
            "database reads before the cache",
            Rate(l.database_reads),
            "/s",
            "requests_peak × queries_per_request × read_share",
            &["queries_per_request", "read_share"],
        ),
        step(
            "database_reads_after_cache",
            "database reads behind the cache",
            Rate(l.database_reads_after_cache()),
            "/s",
            "database_reads × (1 − cache_hit_rate)",
            &["cache_hit_rate"],
        ),
        step(
            "database_writes",
            "database writes",
            Rate(l.database_writes),
            "/s",
            "requests_peak × queries_per_request × (1 − read_share)",
            &["queries_per_request", "read_share"],
        ),
        step("cache_operations", "cache operations", Rate(l.cache_operations), "/s", "database_reads + 2 × requests_peak", &[]),
        step(
            "stored_bytes",
            "data in the database",
            Bytes(l.stored_bytes),
            "bytes",
            "users × database_bytes_per_user",
            &["database_bytes_per_user"],
        ),
        step(
            "working_set_bytes",
            "data touched in a day",
            Bytes(l.working_set_bytes),
            "bytes",
            "users × dau_share × database_bytes_per_user",
            &["dau_share", "database_bytes_per_user"],
        ),
        step(
            "cache_bytes",
            "hot data worth caching",
            Bytes(l.cache_bytes),
            "bytes",
            "working_set_bytes × hot_set_share",
            &["hot_set_share"],
        ),
        step(
            "sessions",
            "sessions kept",
            Count(l.sessions),
            "sessions",
            "users × dau_share × max(1, session_ttl_hours ÷ 24), at most users",
            &["dau_share", "session_ttl_hours"],
        ),
        step("session_bytes", "session data", Bytes(l.session_bytes), "bytes", "sessions × session_bytes", &["session_bytes"]),
        step(
            "object_bytes",
            "files in object storage",
            Bytes(l.object_bytes),
            "bytes",
            "users × object_bytes_per_user",
            &["object_bytes_per_user"],
        ),
        step(
            "dynamic_bytes_month",
            "dynamic bytes to users",
            Bytes(l.dynamic_bytes_month),
            "bytes/month",
            "requests_month × response_bytes",
            &["response_bytes"],
        ),
        step(
            "static_bytes_month",
            "static bytes to users",
            Bytes(l.static_bytes_month),
            "bytes/month",
            "requests_month ÷ requests_per_page × static_bytes_per_page",
            &["requests_per_page", "static_bytes_per_page"],
        ),
        step(
            "egress_bytes_month",
            "all bytes to users",
            Bytes(l.egress_bytes_month),
            "bytes/month",
            "dynamic_bytes_month + static_bytes_month",
            &[],
        ),
        step(
            "origin_egress_bytes_month",
            "bytes out of the origin behind a CDN",
            Bytes(l.origin_egress_bytes_month),
            "bytes/month",
            "dynamic_bytes_month + static_bytes_month × (1 − cdn_hit_rate)",
            &["cdn_hit_rate"],
        ),
        step(
            "log_bytes_month",
            "logs",
            Bytes(l.log_bytes_month),
            "bytes/month",
            "requests_month × log_bytes_per_request",
            &["log_bytes_per_request"],
        ),
        step(
            "messages_peak",
            "background jobs at peak",
            Rate(l.messages_peak),
            "/s",
            "requests_peak × messages_per_request",
            &["messages_per_request"],
        ),
        step(
            "messages_month",
            "background jobs in a month",
            Count(l.messages_month),
            "/month",
            "requests_month × messages_per_request",
            &["messages_per_request"],
        ),
        step(
            "events_peak",
            "analytics events at peak",
            Rate(l.events_peak),
            "/s",
            "requests_peak × events_per_request",
            &["events_per_request"],
        ),
        step(
            "events_month",
            "analytics events in a month",
            Count(l.events_month),
            "/month",
            "requests_month × events_per_request",
            &["events_per_request"],
        ),
    ]
}
