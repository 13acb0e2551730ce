//! What a component shows on the dashboard, and when somebody is woken.

use cfn::Val;

/// The families of metrics that every dashboard is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// How long users wait.
    Latency,
    /// Processor and memory.
    Saturation,
    /// Hits and misses of caches.
    CacheHits,
    /// Connections and query times of databases.
    Database,
    /// Errors and throttles.
    Errors,
    /// Age and depth of queues.
    Queues,
}

impl Family {
    /// The heading on the dashboard.
    pub fn title(self) -> &'static str {
        match self {
            Family::Latency => "Latency",
            Family::Saturation => "CPU and memory",
            Family::CacheHits => "Cache hits",
            Family::Database => "Databases",
            Family::Errors => "Errors and throttles",
            Family::Queues => "Queues",
        }
    }
}

/// A metric: a line on the dashboard, and an alarm when it has a threshold.
#[derive(Debug, Clone)]
pub struct Metric {
    /// A word for the alarm's logical ID, unique: `LoadBalancerSlow`.
    pub name: String,
    /// The widget's title: "Load balancer: response time, p95 (s)". Metrics of one title share a widget.
    pub title: String,
    /// Which part of the dashboard.
    pub family: Family,
    /// `AWS/ApplicationELB`.
    pub namespace: &'static str,
    /// `TargetResponseTime`.
    pub metric: &'static str,
    /// Names and values.
    pub dimensions: Vec<(&'static str, Val<String>)>,
    /// `Average`, `Sum`, `Maximum`, `p95`.
    pub statistic: &'static str,
    /// The region whose CloudWatch has the metric, when it is not the stack's own (CloudFront: us-east-1).
    pub region: Option<&'static str>,
    /// When to wake somebody.
    pub alarm: Option<Threshold>,
}

/// When an alarm goes off.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// `true`: above or at the limit; `false`: below it.
    pub above: bool,
    /// The limit in the metric's unit.
    pub limit: f64,
    /// Seconds in a period.
    pub period: u32,
    /// How many periods in a row.
    pub periods: u32,
    /// What missing data means: `notBreaching`, `breaching`, `missing`.
    pub missing: &'static str,
    /// What it tells whoever is woken, one sentence with what to do.
    pub why: String,
    /// Further actions beside the topic, such as the recovery of an instance.
    pub actions: Vec<Val<String>>,
}
