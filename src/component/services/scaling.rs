//! How many tasks a service has: by its processors, and by what each task is asked.

use cfn::resource::applicationautoscaling::{self as scaling, scalable_target, scaling_policy as policy};
use cfn::{Id, Val};

use super::{COLOURS, Part, cluster};
use crate::component::{FrontDoor, Layer, Layers, Offers};

/// Seconds between two steps down, so that a short lull takes nothing away; up goes at once.
const SCALE_IN_SECONDS: i64 = 300;

/// Seconds between two steps up: a task takes about as long until it answers.
const SCALE_OUT_SECONDS: i64 = 60;

/// Puts the scaling of a service.
pub fn put(offers: &Offers, layers: &mut Layers, part: &Part, cpu_target: f64) {
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let scalable: Id<scaling::ScalableTarget> = part.id("ScalableTarget");
    let resource_id = Val::<String>::sub(format!("service/${{{}}}/${{{}.Name}}", cluster().name(), part.service().name()));
    let model = scaling::ScalableTarget::new(
        whole(part.most),
        whole(part.least),
        resource_id,
        scalable_target::ScalableDimension::EcsServiceDesiredCount,
        scalable_target::ServiceNamespace::Ecs,
    );
    let why = format!("{} has as many tasks as its users need, and never fewer than carry the peak without one zone", part.name);
    layers.put(Layer::App, &scalable, why, model);

    let mut put = |id: &str, tracking: policy::TargetTrackingScalingPolicyConfiguration, why: &str| {
        let tracking = tracking.scale_in_cooldown(SCALE_IN_SECONDS).scale_out_cooldown(SCALE_OUT_SECONDS);
        let id: Id<scaling::ScalingPolicy> = part.id(id);
        let model = scaling::ScalingPolicy::new(id.name(), policy::PolicyType::TargetTrackingScaling)
            .scaling_target_id(scalable.reference())
            .target_tracking_scaling_policy_configuration(tracking);
        layers.put(Layer::App, &id, why, model);
    };
    let cpu = policy::PredefinedMetricSpecification::new(policy::PredefinedMetricType::EcsServiceAverageCpuUtilization);
    let tracking = policy::TargetTrackingScalingPolicyConfiguration::new(cpu_target).predefined_metric_specification(cpu);
    put("CpuPolicy", tracking, "More tasks before the processors are full, fewer when they idle");
    if let Some(door) = &offers.front_door {
        let tracking = policy::TargetTrackingScalingPolicyConfiguration::new(part.requests_per_minute)
            .customized_metric_specification(policy::CustomizedMetricSpecification::new().metrics(requests(part, door)));
        put("RequestsPolicy", tracking, "More tasks when each is asked more than one can answer, even before the processors show it");
    }
}

/// Requests a minute for each task, of both groups together: AWS's own metric for that follows one group only, and the requests change over to
/// the other one with every release.
fn requests(part: &Part, door: &FrontDoor) -> Vec<policy::TargetTrackingMetricDataQuery> {
    let query = policy::TargetTrackingMetricDataQuery::new;
    let mut queries: Vec<_> = COLOURS
        .iter()
        .map(|colour| {
            let dimension = |name: &str, value: Val<String>| policy::TargetTrackingMetricDimension::new().name(name).value(value);
            let group = dimension("TargetGroup", part.target_group(false, colour).target_group_full_name());
            let metric = policy::TargetTrackingMetric::new()
                .namespace("AWS/ApplicationELB")
                .metric_name("RequestCountPerTarget")
                .dimensions([group, dimension("LoadBalancer", door.balancer.load_balancer_full_name())]);
            let stat = policy::TargetTrackingMetricStat::new().metric(metric).stat("Sum");
            query().id(colour.to_lowercase()).metric_stat(stat).return_data(false)
        })
        .collect();
    queries.push(query().id("both").label("Requests for each task").expression("FILL(blue, 0) + FILL(green, 0)").return_data(true));
    queries
}
