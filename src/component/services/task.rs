//! One service: what its tasks are, and where they run.

use cfn::policy::Statement;
use cfn::resource::ecs::{self, service as parts, task_definition as task};
use cfn::resource::{iam, logs};
use cfn::{Id, Resource, Val};

use super::hosts::{self, Strategy};
use super::{Part, cluster, release};
use crate::component::{Layer, Layers, Offers, Site, Tier, Tracing};
use crate::recipe::application::Runner;
use crate::recipe::{self, application};

/// Seconds that a new task is given before the load balancer's opinion counts.
const GRACE_SECONDS: i64 = 60;

/// Puts a service with its task definition, roles and log group.
pub fn put(site: &Site, offers: &Offers, layers: &mut Layers, part: &Part, strategy: &Strategy, zones: usize) {
    let Some(network) = &offers.network else { return };
    let definition = put_definition(site, offers, layers, part, strategy);
    let doors = release::doors(offers, part);
    let container = part.container(site);
    let balancers = release::balancers(&doors, &part.name, container.port);
    let vpc = parts::AwsVpcConfiguration::new()
        .assign_public_ip(parts::AssignPublicIp::Disabled)
        .subnets(network.subnets(Tier::Private, zones))
        .security_groups([recipe::app_group().group_id()]);
    let alarms = release::put_alarms(&doors, layers, part);
    let mut model = ecs::Service::new()
        .cluster(cluster().reference())
        .task_definition(definition.reference())
        .capacity_provider_strategy([parts::CapacityProviderStrategyItem::new().capacity_provider(strategy.provider.clone()).weight(1)])
        .network_configuration(parts::NetworkConfiguration::new().awsvpc_configuration(vpc))
        .deployment_configuration(release::deployment(alarms))
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
    // It names its doors' rules, and so waits for them: a target group without a balancer takes no tasks.
    let mut resource = Resource::new(model);
    if strategy.hosts {
        resource = resource.after(hosts::association().name());
    }
    let why = format!("{} is released, scaled and repaired by itself; a release by which users fare worse is taken back", part.name);
    layers.put(Layer::App, &part.service(), why, resource);
}

fn put_definition(site: &Site, offers: &Offers, layers: &mut Layers, part: &Part, strategy: &Strategy) -> Id<ecs::TaskDefinition> {
    let container = part.container(site);
    let logs: Id<logs::LogGroup> = part.id("LogGroup");
    recipe::log_group(layers, Layer::App, &logs, recipe::LOG_DAYS, "What the service says is kept for a month, apart from the others'");
    let runner = Runner::service(&part.name, site.settings);
    let may: Id<iam::Role> = part.id("TaskRole");
    let mut statements = application::statements(offers, runner);
    statements.extend(offers.tracing.iter().flat_map(|tracing| tracing.statements.iter().cloned()));
    recipe::role(layers, Layer::App, &may, "ecs-tasks.amazonaws.com", statements, &[]);
    let starts: Id<iam::Role> = part.id("ExecutionRole");
    let mut statements: Vec<Statement> = vec![recipe::writes_logs(&logs)];
    statements.extend(application::pulls(&container.image));
    recipe::role(layers, Layer::App, &starts, "ecs-tasks.amazonaws.com", statements, &[]);

    let mut own = application::call_settings();
    own.push(("SERVICE_NAME", (&part.name).into()));
    if offers.tracing.is_some() {
        own.push(("OTEL_SERVICE_NAME", site.name(&part.name).into()));
    }
    for variable in offers.tracing.iter().flat_map(|tracing| &tracing.variables) {
        own.push((&variable.name, variable.value.clone()));
    }
    let environment: Vec<task::KeyValuePair> = application::environment(container, offers, runner, &own)
        .into_iter()
        .map(|(name, value)| task::KeyValuePair::new().name(name).value(value))
        .collect();
    let port = task::PortMapping::new().container_port(i64::from(container.port)).protocol(task::Protocol::Tcp);
    let app = task::ContainerDefinition::new(&container.image, &part.name)
        .essential(true)
        .environment(environment)
        .port_mappings([port])
        .stop_timeout(30)
        .linux_parameters(task::LinuxParameters::new().init_process_enabled(true))
        .log_configuration(log(&logs, &part.name));
    let mut containers = vec![app];
    containers.extend(offers.tracing.as_ref().map(|tracing| collector(tracing, &logs)));
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
        .container_definitions(containers);
    let definition: Id<ecs::TaskDefinition> = part.id("TaskDefinition");
    let why = format!("What {} runs, with which settings, permissions and share of a processor", part.name);
    layers.put(Layer::App, &definition, why, model);
    definition
}

fn log(group: &Id<logs::LogGroup>, prefix: &str) -> task::LogConfiguration {
    let options: Vec<(&str, Val<String>)> = vec![
        ("awslogs-group", group.reference()),
        ("awslogs-region", Val::reference("AWS::Region")),
        ("awslogs-stream-prefix", prefix.into()),
        ("mode", "non-blocking".into()),
        ("max-buffer-size", "4m".into()),
    ];
    task::LogConfiguration::new(task::LogDriver::Awslogs).options(options)
}

/// MiB that the collector may take of the task's memory; it drops traces rather than take more.
const COLLECTOR_MEMORY: i64 = 128;

/// The collector of traces beside a service. The task goes on without it: traces are worth less than answers.
fn collector(tracing: &Tracing, group: &Id<logs::LogGroup>) -> task::ContainerDefinition {
    let (name, settings) = &tracing.settings;
    let check = task::HealthCheck::new().command(["CMD", tracing.check]).interval(30).timeout(5).retries(3).start_period(10);
    task::ContainerDefinition::new(tracing.image, COLLECTOR)
        .essential(false)
        .memory(COLLECTOR_MEMORY)
        .environment([task::KeyValuePair::new().name(*name).value(settings.clone())])
        .health_check(check)
        .log_configuration(log(group, COLLECTOR))
}

/// The collector's name in its task.
const COLLECTOR: &str = "traces";
