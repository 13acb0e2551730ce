//! One service: what its tasks are, how they are released, and how many there are.

use cfn::policy::Statement;
use cfn::resource::applicationautoscaling::{self as scaling, scalable_target, scaling_policy as policy};
use cfn::resource::ecs::{self, service as parts, task_definition as task};
use cfn::resource::{iam, logs};
use cfn::{Id, Resource, Val};

use super::hosts::{self, Strategy};
use super::{Part, cluster};
use crate::component::{FrontDoor, Layer, Layers, Offers, Role, Site, Tier};
use crate::recipe::{self, application, target};

/// Seconds that a new task is given before the load balancer's opinion counts.
const GRACE_SECONDS: i64 = 60;

/// Seconds between two steps down, so that a short lull takes nothing away; up goes at once.
const SCALE_IN_SECONDS: i64 = 300;

/// Puts a service with its task definition, roles and log group.
pub fn put(site: &Site, offers: &Offers, layers: &mut Layers, part: &Part, strategy: &Strategy, zones: usize) {
    let Some(network) = &offers.network else { return };
    let definition = put_definition(site, offers, layers, part, strategy);
    let doors: Vec<(&FrontDoor, _)> = [(&offers.front_door, part.target(false)), (&offers.internal_door, part.target(true))]
        .into_iter()
        .filter_map(|(door, target)| door.as_ref().map(|door| (door, target)))
        .collect();
    let container = part.container(site);
    let balancers: Vec<parts::LoadBalancer> = doors
        .iter()
        .map(|(_, target)| {
            parts::LoadBalancer::new()
                .container_name(&part.name)
                .container_port(i64::from(container.port))
                .target_group_arn(target.group.target_group_arn())
        })
        .collect();
    let vpc = parts::AwsVpcConfiguration::new()
        .assign_public_ip(parts::AssignPublicIp::Disabled)
        .subnets(network.subnets(Tier::Private, zones))
        .security_groups([recipe::app_group().group_id()]);
    let deployment = parts::DeploymentConfiguration::new()
        .deployment_circuit_breaker(parts::DeploymentCircuitBreaker::new(true, true))
        .minimum_healthy_percent(100)
        .maximum_percent(200);
    let mut model = ecs::Service::new()
        .cluster(cluster().reference())
        .task_definition(definition.reference())
        .capacity_provider_strategy([parts::CapacityProviderStrategyItem::new().capacity_provider(strategy.provider.clone()).weight(1)])
        .network_configuration(parts::NetworkConfiguration::new().awsvpc_configuration(vpc))
        .deployment_configuration(deployment)
        .availability_zone_rebalancing(parts::AvailabilityZoneRebalancing::Enabled)
        .enable_ecs_managed_tags(true)
        .propagate_tags(parts::PropagateTags::Service);
    if strategy.hosts {
        let spread = |field: &str| parts::PlacementStrategy::new(parts::PlacementStrategyType::Spread).field(field);
        model = model.placement_strategies([spread("attribute:ecs.availability-zone"), spread("instanceId")]);
    }
    if !balancers.is_empty() {
        model = model.load_balancers(balancers).health_check_grace_period_seconds(GRACE_SECONDS);
    }
    // A target group without a balancer takes no tasks, and tasks need somewhere to run.
    let mut resource = Resource::new(model);
    if strategy.hosts {
        resource = resource.after(hosts::association().name());
    }
    for (door, target) in &doors {
        resource = resource.after(door.rule_for(&target.name).name());
    }
    let why = format!("{} is released, scaled and repaired by itself; a release that does not get healthy is rolled back", part.name);
    layers.put(Layer::App, &part.service(), why, resource);
}

fn put_definition(site: &Site, offers: &Offers, layers: &mut Layers, part: &Part, strategy: &Strategy) -> Id<ecs::TaskDefinition> {
    let container = part.container(site);
    let logs: Id<logs::LogGroup> = part.id("LogGroup");
    recipe::log_group(layers, Layer::App, &logs, recipe::LOG_DAYS, "What the service says is kept for a month, apart from the others'");
    let may: Id<iam::Role> = part.id("TaskRole");
    let statements = application::statements(offers, Role::App);
    recipe::role(layers, Layer::App, &may, "ecs-tasks.amazonaws.com", statements, &[]);
    let starts: Id<iam::Role> = part.id("ExecutionRole");
    let mut statements: Vec<Statement> = vec![recipe::writes_logs(&logs)];
    statements.extend(application::pulls(&container.image));
    recipe::role(layers, Layer::App, &starts, "ecs-tasks.amazonaws.com", statements, &[]);

    let mut own = application::call_settings();
    own.push(("SERVICE_NAME", (&part.name).into()));
    let environment: Vec<task::KeyValuePair> = application::environment(container, offers, Role::App, &own)
        .into_iter()
        .map(|(name, value)| task::KeyValuePair::new().name(name).value(value))
        .collect();
    let options: Vec<(&str, Val<String>)> = vec![
        ("awslogs-group", logs.reference()),
        ("awslogs-region", Val::reference("AWS::Region")),
        ("awslogs-stream-prefix", (&part.name).into()),
        ("mode", "non-blocking".into()),
        ("max-buffer-size", "4m".into()),
    ];
    let port = task::PortMapping::new().container_port(i64::from(container.port)).protocol(task::Protocol::Tcp);
    let app = task::ContainerDefinition::new(&container.image, &part.name)
        .essential(true)
        .environment(environment)
        .port_mappings([port])
        .stop_timeout(30)
        .linux_parameters(task::LinuxParameters::new().init_process_enabled(true))
        .log_configuration(task::LogConfiguration::new(task::LogDriver::Awslogs).options(options));
    let carrier = if strategy.hosts { task::RequiresCompatibility::Ec2 } else { task::RequiresCompatibility::Fargate };
    let platform = task::RuntimePlatform::new()
        .cpu_architecture(task::CpuArchitecture::Arm64)
        .operating_system_family(task::OperatingSystemFamily::Linux);
    let model = ecs::TaskDefinition::new()
        .family(site.name(&part.name))
        .cpu(part.cpu.to_string())
        .memory(part.memory.to_string())
        .network_mode(task::NetworkMode::Awsvpc)
        .requires_compatibilities([carrier])
        .runtime_platform(platform)
        .task_role_arn(may.arn())
        .execution_role_arn(starts.arn())
        .container_definitions([app]);
    let definition: Id<ecs::TaskDefinition> = part.id("TaskDefinition");
    let why = format!("What {} runs, with which settings, permissions and share of a processor", part.name);
    layers.put(Layer::App, &definition, why, model);
    definition
}

/// Puts the scaling of a service: by its processors, and by what each task is asked.
pub fn put_scaling(offers: &Offers, layers: &mut Layers, part: &Part, cpu_target: f64) {
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

    let mut put = |id: &str, metric: policy::PredefinedMetricSpecification, value: f64, why: &str| {
        let tracking = policy::TargetTrackingScalingPolicyConfiguration::new(value)
            .predefined_metric_specification(metric)
            .scale_in_cooldown(SCALE_IN_SECONDS)
            .scale_out_cooldown(60);
        let id: Id<scaling::ScalingPolicy> = part.id(id);
        let model = scaling::ScalingPolicy::new(id.name(), policy::PolicyType::TargetTrackingScaling)
            .scaling_target_id(scalable.reference())
            .target_tracking_scaling_policy_configuration(tracking);
        layers.put(Layer::App, &id, why, model);
    };
    let cpu = policy::PredefinedMetricSpecification::new(policy::PredefinedMetricType::EcsServiceAverageCpuUtilization);
    put("CpuPolicy", cpu, cpu_target, "More tasks before the processors are full, fewer when they idle");
    if let Some(door) = &offers.front_door {
        let requests = policy::PredefinedMetricSpecification::new(policy::PredefinedMetricType::AlbRequestCountPerTarget)
            .resource_label(target::label(&door.balancer, &part.target_group()));
        let why = "More tasks when each is asked more than one can answer, even before the processors show it";
        put("RequestsPolicy", requests, part.requests_per_minute, why);
    }
}
