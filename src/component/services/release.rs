//! How a new version of a service takes over: all of it beside the old one, then every request at once, and back again when users fare worse.
//!
//! Each door leads to two target groups that take turns. ECS moves the weights of the door's rule and keeps the old tasks for the bake time, so
//! that going back is as quick as moving the weights again.

use cfn::resource::cloudwatch::{self, alarm};
use cfn::resource::ecs::service as parts;
use cfn::resource::iam;
use cfn::{Id, Val};

use super::Part;
use crate::component::{FrontDoor, Layer, Layers, Offers, Target};
use crate::recipe;

/// Minutes for which the old tasks are kept after the new ones have taken all requests.
const BAKE_MINUTES: i64 = 10;

/// The managed policy by which ECS moves the weights of listener rules.
const MOVES_WEIGHTS: &str = "AmazonECSInfrastructureRolePolicyForLoadBalancers";

/// The part of its requests that a release may fail before it is taken back.
const ERROR_SHARE: f64 = 0.01;

/// Fewer failures in a minute than this say nothing, however few requests there are.
const LEAST_ERRORS: f64 = 10.0;

/// Alarms of one service that take a release back.
pub const ALARMS: usize = 2;

fn role() -> Id<iam::Role> {
    Id::new("ServicesReleaseRole")
}

/// Puts the role by which ECS leads requests from the old tasks to the new ones; one for all services.
pub fn put_role(layers: &mut Layers) {
    recipe::role(layers, Layer::App, &role(), "ecs.amazonaws.com", Vec::new(), &[MOVES_WEIGHTS]);
}

/// The doors that lead to a service, each with the service as its target.
pub fn doors<'a>(offers: &'a Offers, part: &Part) -> Vec<(&'a FrontDoor, Target)> {
    let both = [(&offers.front_door, part.target(false)), (&offers.internal_door, part.target(true))];
    both.into_iter().filter_map(|(door, target)| door.as_ref().map(|door| (door, target))).collect()
}

/// The groups that take turns behind each door, and who moves the weights.
pub fn balancers(doors: &[(&FrontDoor, Target)], container: &str, port: u16) -> Vec<parts::LoadBalancer> {
    let balancer = |(door, target): &(&FrontDoor, Target)| {
        let model = parts::LoadBalancer::new()
            .container_name(container)
            .container_port(i64::from(port))
            .target_group_arn(target.group.target_group_arn());
        let Some(alternate) = &target.alternate else { return model };
        model.advanced_configuration(
            parts::AdvancedConfiguration::new(alternate.target_group_arn())
                .production_listener_rule(door.rule_for(&target.name).reference())
                .role_arn(role().arn()),
        )
    };
    doors.iter().map(balancer).collect()
}

/// Blue/green with the alarms that take a release back.
///
/// The circuit breaker stands beside it: AWS's guide promises it for rolling updates, so it stops a release whose tasks do not start whenever a
/// service is set to those; with blue/green it is the alarm on failing health checks that does.
pub fn deployment(alarms: Vec<Val<String>>) -> parts::DeploymentConfiguration {
    parts::DeploymentConfiguration::new()
        .strategy(parts::Strategy::BlueGreen)
        .bake_time_in_minutes(BAKE_MINUTES)
        .deployment_circuit_breaker(parts::DeploymentCircuitBreaker::new(true, true))
        .alarms(parts::DeploymentAlarms::new(alarms, true, true))
        .minimum_healthy_percent(100)
        .maximum_percent(200)
}

/// Puts the alarms that take a release back, and gives their names. They watch both groups of every door, whichever has the requests; they wake
/// nobody, because those that do watch the same.
pub fn put_alarms(doors: &[(&FrontDoor, Target)], layers: &mut Layers, part: &Part) -> Vec<Val<String>> {
    let errors = (part.requests_per_minute * part.least as f64 * ERROR_SHARE).round().max(LEAST_ERRORS);
    let failing = format!("A release of {} that fails more than {errors} requests in a minute is taken back", part.name);
    let unhealthy = format!("A release of {} whose tasks do not pass their health checks is taken back", part.name);
    let alarms: [_; ALARMS] = [
        ("ReleaseErrorsAlarm", "HTTPCode_Target_5XX_Count", "Sum", errors, 2, failing),
        ("ReleaseUnhealthyAlarm", "UnHealthyHostCount", "Maximum", 1.0, 5, unhealthy),
    ];
    let mut names = Vec::new();
    for (id, metric, statistic, limit, minutes, why) in alarms {
        let id: Id<cloudwatch::Alarm> = part.id(id);
        let model = cloudwatch::Alarm::new()
            .alarm_description(&why)
            .metrics(sum(doors, metric, statistic))
            .comparison_operator(alarm::ComparisonOperator::GreaterThanOrEqualToThreshold)
            .threshold(limit)
            .evaluation_periods(minutes)
            .datapoints_to_alarm(minutes)
            .treat_missing_data(alarm::TreatMissingData::NotBreaching);
        layers.put(Layer::App, &id, why, model);
        names.push(id.reference());
    }
    names
}

/// A metric of the load balancers, added up over both groups of every door, minute by minute.
fn sum(doors: &[(&FrontDoor, Target)], metric: &str, statistic: &str) -> Vec<alarm::MetricDataQuery> {
    let groups = doors.iter().flat_map(|(door, target)| {
        let groups = std::iter::once(&target.group).chain(&target.alternate);
        groups.map(|group| (door.balancer.load_balancer_full_name(), group.target_group_full_name()))
    });
    let mut queries = Vec::new();
    let mut terms = Vec::new();
    for (index, (balancer, group)) in groups.enumerate() {
        let (id, dimension) = (format!("group{index}"), alarm::Dimension::new);
        let source = alarm::Metric::new()
            .namespace("AWS/ApplicationELB")
            .metric_name(metric)
            .dimensions([dimension("TargetGroup", group), dimension("LoadBalancer", balancer)]);
        queries.push(alarm::MetricDataQuery::new(&id).metric_stat(alarm::MetricStat::new(source, 60, statistic)).return_data(false));
        terms.push(format!("FILL({id}, 0)"));
    }
    queries.push(alarm::MetricDataQuery::new("all").label(metric).expression(terms.join(" + ")).return_data(true));
    queries
}
