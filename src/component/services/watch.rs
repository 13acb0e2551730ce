//! What the dashboard shows of a service, and when somebody is woken.

use super::{COLOURS, Part, cluster};
use crate::component::{Family, Metric, Threshold};
use crate::recipe::watch::line;
use crate::recipe::{database, target};

/// How busy a service is, whether it has the tasks that it should have, and how its users fare.
pub fn metrics(part: &Part) -> Vec<Metric> {
    let word = database::word(&part.name);
    let mut metrics = Vec::new();
    for colour in COLOURS {
        let label = format!("Service {} ({})", part.name, colour.to_lowercase());
        metrics.extend(target::metrics(&format!("{word}{colour}"), &label, &part.target_group(false, colour), &target::public_balancer()));
    }
    metrics.push(busy(part, "Busy", "Services: CPU (%)", "CPUUtilization", 85.0, "processor"));
    metrics.push(busy(part, "Full", "Services: memory (%)", "MemoryUtilization", 90.0, "memory"));
    metrics.extend(tasks(part));
    metrics
}

fn of(part: &Part, name: &str, title: &str, family: Family, source: (&'static str, &'static str, &'static str)) -> Metric {
    let dimensions = vec![("ClusterName", cluster().reference()), ("ServiceName", part.service().name_attribute())];
    line(format!("{}{name}", database::word(&part.name)), title, family, source, dimensions)
}

fn busy(part: &Part, name: &str, title: &str, metric: &'static str, limit: f64, what: &str) -> Metric {
    let why = format!(
        "The service {} has used more than {limit} % of its {what} for a quarter of an hour: it has as many tasks as it may, or too small ones",
        part.name
    );
    let alarm = Threshold { above: true, limit, period: 300, periods: 3, missing: "missing", why, actions: Vec::new() };
    Metric { alarm: Some(alarm), ..of(part, name, title, Family::Saturation, ("AWS/ECS", metric, "Average")) }
}

/// Tasks that run beside tasks that should; Container Insights counts both.
fn tasks(part: &Part) -> [Metric; 2] {
    let title = "Services: tasks";
    let count = |name, metric| of(part, name, title, Family::Saturation, ("ECS/ContainerInsights", metric, "Average"));
    let why = format!("The service {} has had fewer tasks than carry its peak for ten minutes: its events say why tasks stop or do not start", part.name);
    let limit = part.least as f64;
    let alarm = Threshold { above: false, limit, period: 300, periods: 2, missing: "missing", why, actions: Vec::new() };
    [Metric { alarm: Some(alarm), ..count("Running", "RunningTaskCount") }, count("Desired", "DesiredTaskCount")]
}
