//! What stands behind a load balancer: the target group, how full it may get, and how its users fare.

use cfn::resource::elasticloadbalancingv2::{self as elb, target_group as parts};
use cfn::{Id, Val};

use crate::block::{Family, FrontDoor, Metric, NetworkOffer, Site, Threshold, name_tag};
use crate::settings::Container;

/// Seconds that requests under way are given when a target goes.
const DRAIN_SECONDS: u32 = 60;

/// Seconds between two health checks; two failures take a target out.
const CHECK_SECONDS: i64 = 15;

/// Seconds that a signed-in user stays with one server where sessions live in its memory.
const STICKY_SECONDS: u32 = 86_400;

/// The public load balancer's logical ID; metrics name it before it is known who else is there.
pub fn public_balancer() -> Id<elb::LoadBalancer> {
    Id::new("LoadBalancer")
}

/// The logical ID of the load balancer between services.
pub fn internal_balancer() -> Id<elb::LoadBalancer> {
    Id::new("InternalLoadBalancer")
}

/// A target group for containers of this kind, checked on the path that the user named.
pub fn group(
    site: &Site,
    network: &NetworkOffer,
    container: &Container,
    kind: parts::TargetType,
    door: Option<&FrontDoor>,
    suffix: &str,
) -> elb::TargetGroup {
    let attribute = |key: &str, value: String| parts::TargetGroupAttribute::new().key(key).value(value);
    let mut attributes = vec![
        attribute("deregistration_delay.timeout_seconds", DRAIN_SECONDS.to_string()),
        attribute("load_balancing.algorithm.type", "least_outstanding_requests".to_owned()),
    ];
    let sticky = door.is_some_and(|door| door.sticky);
    attributes.push(attribute("stickiness.enabled", sticky.to_string()));
    if sticky {
        attributes.push(attribute("stickiness.type", "lb_cookie".to_owned()));
        attributes.push(attribute("stickiness.lb_cookie.duration_seconds", STICKY_SECONDS.to_string()));
    }
    elb::TargetGroup::new()
        .vpc_id(network.vpc.reference())
        .target_type(kind)
        .protocol(parts::Protocol::Http)
        .port(i64::from(container.port))
        .health_check_path(&container.health_check_path)
        .health_check_protocol(parts::HealthCheckProtocol::Http)
        .health_check_interval_seconds(CHECK_SECONDS)
        .health_check_timeout_seconds(5)
        .healthy_threshold_count(2)
        .unhealthy_threshold_count(2)
        .matcher(parts::Matcher::new().http_code("200"))
        .target_group_attributes(attributes)
        .tags(name_tag(site, suffix))
}

/// The label by which scaling policies know a group behind its balancer.
pub fn label(balancer: &Id<elb::LoadBalancer>, group: &Id<elb::TargetGroup>) -> Val<String> {
    Val::sub(format!("${{{}.LoadBalancerFullName}}/${{{}.TargetGroupFullName}}", balancer.name(), group.name()))
}

/// How the users of a group fare: time to answer, errors, and targets that do not answer.
pub fn metrics(name: &str, label: &str, group: &Id<elb::TargetGroup>, balancer: &Id<elb::LoadBalancer>) -> Vec<Metric> {
    let metric = |word: &str, title: &str, family, metric, statistic, limit: f64, missing, why: &str| Metric {
        name: format!("{name}{word}"),
        title: title.to_owned(),
        family,
        namespace: "AWS/ApplicationELB",
        metric,
        dimensions: vec![("TargetGroup", group.target_group_full_name()), ("LoadBalancer", balancer.load_balancer_full_name())],
        statistic,
        region: None,
        alarm: Some(Threshold { above: true, limit, period: 60, periods: 5, missing, why: format!("{label}: {why}"), actions: Vec::new() }),
    };
    vec![
        metric(
            "Slow",
            "Time to answer, p95 (s)",
            Family::Latency,
            "TargetResponseTime",
            "p95",
            1.0,
            "notBreaching",
            "one request in twenty has taken longer than a second for five minutes; look at CPU, the database and the last release",
        ),
        metric(
            "Errors",
            "Errors of targets (5xx a minute)",
            Family::Errors,
            "HTTPCode_Target_5XX_Count",
            "Sum",
            10.0,
            "notBreaching",
            "ten or more requests a minute have failed for five minutes; look at its log and the last release",
        ),
        metric(
            "Unhealthy",
            "Unhealthy targets",
            Family::Errors,
            "UnHealthyHostCount",
            "Maximum",
            1.0,
            "notBreaching",
            "a target has not passed its health check for five minutes; it is replaced by itself, look at its log if it goes on",
        ),
    ]
}
