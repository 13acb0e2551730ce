//! The ledger: every default of the load model, once, with its unit, range, source and reason.

use super::assumption::{Assumption, Trust, Unit};
use super::profile::Profile;

/// Declares the assumptions once and derives the table, the storage and a typed getter each, so that code cannot ask for one that is not there.
macro_rules! ledger {
    ($($id:ident = $value:literal $unit:ident, typical $tlow:literal to $thigh:literal, accepts $low:literal to $high:literal, $trust:ident, $source:literal, $why:literal;)*) => {
        /// Every assumption, in the order in which the chain of arithmetic uses them.
        pub const LEDGER: &[Assumption] = &[$(Assumption {
            id: stringify!($id), value: $value, unit: Unit::$unit, typical: ($tlow, $thigh), low: $low, high: $high, source: $source, why: $why, trust: Trust::$trust,
        }),*];

        /// The values in force: the defaults, and what the user overrode. Values are always inside the accepted range.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Assumptions {
            $($id: f64,)*
            pub(super) overridden: Vec<&'static str>,
            /// How busy users are, when the user said so in a word.
            pub(super) profile: Option<Profile>,
            /// `write_share`, when the user said it.
            pub(super) writes: Option<f64>,
        }

        impl Default for Assumptions {
            fn default() -> Self {
                Assumptions { $($id: $value,)* overridden: Vec::new(), profile: None, writes: None }
            }
        }

        impl Assumptions {
            $(
                #[doc = $why]
                pub fn $id(&self) -> f64 {
                    self.$id
                }
            )*

            /// The value in force of the assumption called `id`.
            pub fn value(&self, id: &str) -> Option<f64> {
                match id {
                    $(stringify!($id) => Some(self.$id),)*
                    _ => None,
                }
            }

            /// The same with another peak, which may lie beyond the accepted range: the stress case is some factor above the mean.
            pub(super) fn with_peak_factor(&self, factor: f64) -> Assumptions {
                Assumptions { peak_factor: factor, ..self.clone() }
            }

            pub(super) fn slot(&mut self, id: &str) -> Option<&mut f64> {
                match id {
                    $(stringify!($id) => Some(&mut self.$id),)*
                    _ => None,
                }
            }
        }
    };
}

ledger! {
    // People and requests.
    dau_share = 0.20 Share, typical 0.10 to 0.50, accepts 0.001 to 1.0, C,
        "consumer-app product texts: 20 % or more is good stickiness, 25-30 % strong",
        "The part of the monthly active users that comes on one day.";
    requests_per_active_user_per_day = 50.0 RequestsPerDay, typical 10.0 to 200.0, accepts 0.1 to 100000.0, Estimate,
        "none seen; profiles: light 20, normal 50, heavy 200",
        "Dynamic requests (answered by the app) of one active user on one day.";
    peak_factor = 3.0 Ratio, typical 2.0 to 4.0, accepts 1.0 to 100.0, C,
        "consumer 2, B2B 2-3, sale events 10-20; Twitter 2013 recorded 25",
        "The busiest hour against the mean of the day.";
    stress_share = 0.05 Share, typical 0.01 to 0.10, accepts 0.0 to 1.0, C,
        "jmstechnologiesinc.com: 10 M users, 5 % at once",
        "The part of all users that is there at the same moment in the stress case.";
    stress_seconds_between_requests = 60.0 Seconds, typical 12.0 to 60.0, accepts 0.1 to 86400.0, C,
        "jmstechnologiesinc.com: 1-5 requests per minute each",
        "How long a user in the stress case waits between two requests.";
    concurrent_share = 0.05 Share, typical 0.01 to 0.10, accepts 0.0 to 1.0, C,
        "sizing texts: 5 % of daily actives for request-response apps; WhatsApp 32 % of monthly actives",
        "The part of a day's active users that is connected at the peak moment.";
    requests_per_connection = 3.0 Ratio, typical 1.0 to 20.0, accepts 1.0 to 1000.0, A,
        "AWS Prebid Server cost page: 1 LCU per 75 requests/s, so 3 requests per new connection",
        "Requests that share one TCP connection at the load balancer.";
    // Pages and bytes.
    requests_per_page = 3.2 Ratio, typical 1.0 to 10.0, accepts 1.0 to 1000.0, B,
        "Stack Overflow: 209.4 M requests for 66.3 M page loads",
        "Dynamic requests behind one page view.";
    static_objects_per_page = 15.0 RequestsPerPage, typical 5.0 to 70.0, accepts 0.0 to 1000.0, Estimate,
        "none seen; about 70 with a cold browser cache",
        "Images, style sheets and scripts fetched for one page view after the browser's cache.";
    static_bytes_per_page = 500000.0 Bytes, typical 100000.0 to 2900000.0, accepts 0.0 to 1000000000.0, B,
        "HTTP Archive Web Almanac: median page 2.6 MB cold; 500 KB is left after the browser's cache",
        "Static bytes fetched for one page view.";
    response_bytes = 10000.0 Bytes, typical 2000.0 to 50000.0, accepts 1.0 to 100000000.0, B,
        "Stack Overflow: 1.24 TB for 209.4 M requests is 5.9 KB each",
        "Size of one dynamic response.";
    cdn_hit_rate = 0.90 Share, typical 0.80 to 0.97, accepts 0.0 to 0.999, C,
        "92 % in a published migration, 90 % in sizing texts",
        "The part of static requests that the CDN answers without asking the origin.";
    nat_bytes_per_request = 1000.0 Bytes, typical 200.0 to 20000.0, accepts 0.0 to 1000000000.0, Estimate,
        "none seen; log lines, queue messages and calls to others, with their headers",
        "Bytes that the app sends and fetches through NAT gateways for one dynamic request.";
    internal_calls_per_request = 1.0 Ratio, typical 0.0 to 5.0, accepts 0.0 to 1000.0, Estimate,
        "none seen; a page asks one or a few other services",
        "Calls from service to service that one dynamic request causes, in phases that have services.";
    log_bytes_per_request = 500.0 Bytes, typical 30.0 to 2000.0, accepts 0.0 to 1000000.0, Estimate,
        "none seen; AWS Prebid Server logs 32 bytes per request by sampling",
        "Log bytes kept for one dynamic request.";
    // Data operations.
    queries_per_request = 10.0 Ratio, typical 1.0 to 30.0, accepts 0.0 to 1000.0, B,
        "Stack Overflow: 2.4 SQL and 27.8 Redis operations per request",
        "Database queries that one request would cause if there were no cache.";
    read_share = 0.90 Share, typical 0.80 to 0.99, accepts 0.0 to 1.0, B,
        "postgres.saneengineer.com: 90/10 is typical OLTP",
        "The part of the queries that only reads.";
    query_bytes = 1000.0 Bytes, typical 200.0 to 10000.0, accepts 1.0 to 100000000.0, Estimate,
        "none seen; a handful of rows",
        "Bytes that one query or cache operation moves between the app and the data.";
    buffer_hit_rate = 0.99 Share, typical 0.95 to 0.999, accepts 0.0 to 1.0, Estimate,
        "none seen; 99 % is the usual aim for PostgreSQL's shared buffers",
        "The part of the database's reads that its memory answers; the others are read from the volume.";
    changed_share_per_day = 0.01 Share, typical 0.001 to 0.05, accepts 0.0 to 1.0, Estimate,
        "none seen",
        "The part of stored data that changes on one day: what backups grow by.";
    cache_hit_rate = 0.85 Share, typical 0.70 to 0.95, accepts 0.0 to 0.999, B,
        "Stack Overflow serves 92 % of data operations from Redis; sizing texts 70-95 %",
        "The part of the reads that the cache answers, in phases that have one.";
    hot_set_share = 0.20 Share, typical 0.05 to 0.50, accepts 0.0001 to 1.0, Estimate,
        "none seen; the rule that a fifth of the data takes four fifths of the reads",
        "The part of an active user's data that is worth holding in the cache.";
    database_bytes_per_user = 100000.0 Bytes, typical 10000.0 to 5000000.0, accepts 1.0 to 1000000000000.0, Estimate,
        "none seen; rows and indexes of a business app",
        "Database bytes that belong to one monthly active user, with indexes.";
    object_bytes_per_user = 500000.0 Bytes, typical 0.0 to 50000000.0, accepts 0.0 to 1000000000000.0, Estimate,
        "none seen; a profile picture and a few uploads",
        "Files that one monthly active user keeps in object storage.";
    session_bytes = 4096.0 Bytes, typical 1000.0 to 10000.0, accepts 1.0 to 400000.0, Estimate,
        "none seen; DynamoDB takes at most 400 KB in an item",
        "Size of one session.";
    session_ttl_hours = 24.0 Hours, typical 1.0 to 720.0, accepts 0.01 to 8760.0, Estimate,
        "none seen",
        "How long an idle session is kept.";
    // Asynchronous work.
    messages_per_request = 0.05 Ratio, typical 0.01 to 1.0, accepts 0.0 to 1000.0, Estimate,
        "none seen; e-mails, thumbnails, exports",
        "Background jobs that one dynamic request puts on the queue.";
    events_per_request = 1.0 Ratio, typical 0.1 to 10.0, accepts 0.0 to 1000.0, Estimate,
        "none seen; one clickstream record per request",
        "Analytics events per dynamic request.";
    event_bytes = 500.0 Bytes, typical 200.0 to 2000.0, accepts 1.0 to 1000000.0, Estimate,
        "none seen; Kinesis takes at most 1 MB in a record",
        "Size of one analytics event.";
    // What machines carry.
    requests_per_vcpu = 100.0 RequestsPerSecond, typical 50.0 to 300.0, accepts 1.0 to 100000.0, A,
        "AWS Prebid Server: 150 requests/s per 1-vCPU task; course texts 60-150; Stack Overflow 269 per server",
        "Dynamic requests per second that one vCPU answers at 60 % utilisation.";
    transactions_per_vcpu = 500.0 RequestsPerSecond, typical 200.0 to 2000.0, accepts 1.0 to 100000.0, C,
        "rule of 500 per vCPU for OLTP, 200 for payments, 4,000 in pgbench",
        "Simple PostgreSQL queries per second that one vCPU answers at 60 % utilisation.";
    cache_operations_per_vcpu = 40000.0 RequestsPerSecond, typical 30000.0 to 65000.0, accepts 100.0 to 1000000.0, A,
        "ElastiCache 7.1 and Valkey 8 announcements: more than 1 M/s on r7g.4xlarge",
        "Valkey operations per second that one vCPU answers at 60 % utilisation.";
    connections_per_vcpu = 10.0 Connections, typical 5.0 to 20.0, accepts 1.0 to 1000.0, Estimate,
        "none seen; a pool of 5-20 per worker is usual",
        "Database connections that the app holds open per vCPU of its own.";
    system_memory_bytes = 600000000.0 Bytes, typical 400000000.0 to 1000000000.0, accepts 0.0 to 1000000000000.0, Estimate,
        "none seen; Amazon Linux, Docker and the SSM agent",
        "Memory that the operating system and its agents take on every host.";
    app_memory_bytes_per_vcpu = 512000000.0 Bytes, typical 200000000.0 to 4000000000.0, accepts 1000000.0 to 1000000000000.0, Estimate,
        "none seen; one or two workers of an interpreted app",
        "Memory that the app's workers take per vCPU.";
    function_milliseconds = 100.0 Milliseconds, typical 10.0 to 1500.0, accepts 1.0 to 900000.0, Estimate,
        "none seen; warm overhead 5-20 ms, cold start 100-1,500 ms",
        "How long one function call is billed.";
    function_memory_mib = 512.0 Mebibytes, typical 128.0 to 1769.0, accepts 128.0 to 10240.0, Estimate,
        "none seen; 1,769 MiB is one vCPU",
        "Memory of a function.";
    // How full things may be.
    utilisation_target_app = 0.60 Share, typical 0.40 to 0.70, accepts 0.10 to 0.95, Estimate,
        "50-60 % is usual for web tiers; leaves headroom for the minutes of scaling out",
        "CPU utilisation at which the app scales out.";
    utilisation_target_database = 0.60 Share, typical 0.40 to 0.70, accepts 0.10 to 0.95, A,
        "AWS examples for Aurora replicas use 40-50 %",
        "CPU utilisation that a database is sized for.";
    utilisation_target_cache_memory = 0.70 Share, typical 0.35 to 0.80, accepts 0.10 to 0.95, A,
        "ElastiCache user guide: targets of 35-70 %",
        "The part of the cache's usable memory that the data may fill.";
    utilisation_target_connections = 0.60 Share, typical 0.40 to 0.80, accepts 0.10 to 0.95, Estimate,
        "none seen",
        "The part of max_connections above which a proxy pools them.";
}
