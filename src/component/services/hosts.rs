//! Where tasks run: Fargate, or hosts in a group that the cluster scales and drains by itself.

use cfn::resource::autoscaling::{self, auto_scaling_group as group};
use cfn::resource::ecs::{self, capacity_provider as provider, cluster_capacity_provider_associations as associations};
use cfn::resource::ec2;
use cfn::{Id, Resource, Val};

use super::{Part, cluster};
use crate::catalog::Class;
use crate::catalog::sizing::Needs;
use crate::component::{Driver, Layer, Layers, Offers, Reason, Request, Site, Tier, Unplaceable};
use crate::recipe::host::fleet;
use crate::recipe::host::script::{Measured, Script};
use crate::recipe::host::spot::{self, Mix};
use crate::recipe::{self, host};
use crate::units::{Bytes, whole};

/// The hosts of all services.
#[derive(Debug)]
pub struct Hosts {
    /// `m7g.large`.
    pub class: String,
    /// As many as carry the tasks of the peak.
    pub least: u64,
    /// As many as carry the tasks of the stress case.
    pub most: u64,
    /// Which machines they are, and how many may be taken back.
    pub mix: Mix,
}

/// Families whose processor is all there all the time: hosts are meant to be full.
const FAMILIES: &[&str] = &["m7g", "c7g", "m8g", "c8g"];

/// How full hosts are kept, in percent: room for a task that is replaced.
const FULL: i64 = 90;

/// GiB of a host's root disk: ECS's image is 30, and holds every service's image.
const DISK: i64 = 50;

/// The managed policy that ECS's agent needs.
const AGENT: &str = "service-role/AmazonEC2ContainerServiceforEC2Role";

/// Seconds from the start of a host until it takes tasks.
const WARM_UP_SECONDS: i64 = 180;

/// Where a service's tasks are placed, and what must be there before.
#[derive(Debug)]
pub struct Strategy {
    /// The capacity provider's name.
    pub provider: Val<String>,
    /// Whether it is hosts of ours.
    pub hosts: bool,
}

/// Hosts that hold two of the largest tasks each: every task takes a network interface, and machines of these families have three or more.
///
/// # Errors
/// When no class holds two of the largest tasks.
pub fn size(request: &Request, parts: &[Part], spot_percent: u32) -> Result<(Hosts, [Reason; 2]), Unplaceable> {
    let cpu = parts.iter().map(|part| part.cpu).max().unwrap_or(1_024).max(1_024);
    let memory = parts.iter().map(|part| part.memory).max().unwrap_or(2_048);
    let needs = Needs {
        vcpu: f64::from(cpu) / 1_024.0 * 2.0,
        memory: Bytes::mib(u64::from(memory) * 2) + Bytes::from_f64(request.assumptions.system_memory_bytes()),
        connections: 0,
    };
    let choice = fleet::class("services", request, FAMILIES, &needs)?;
    let (least, most) = (count(request, choice.class, parts, |part| part.least), count(request, choice.class, parts, |part| part.most));
    let class = choice.class.name.clone();
    let because = if request.settings.compute.is_some() { "as the settings say" } else { "where many tasks fill hosts that cost less than Fargate" };
    let text = format!("on hosts of EC2, {because}; {class} is the cheapest that holds two of the largest tasks ({needs}); {FULL} % full");
    // The class alone carries all in one zone less; what may be taken back stands on hosts of other types as well, and tasks move before it goes.
    let mix = spot::mix("services", request, FAMILIES, &class, request.zones as u64, spot_percent)?;
    let spare = format!("{}: tasks move before a host is taken back", mix.words());
    Ok((Hosts { class, least, most, mix }, [Reason::new(Driver::Cost, text), Reason::new(Driver::Cost, spare)]))
}

/// Hosts for all tasks, by processor, memory and network interfaces, the same number in each zone.
fn count(request: &Request, class: &Class, parts: &[Part], tasks: impl Fn(&Part) -> u64) -> u64 {
    let sum = |of: &dyn Fn(&Part) -> f64| parts.iter().map(|part| of(part) * tasks(part) as f64).sum::<f64>();
    let cpu = sum(&|part| f64::from(part.cpu)) / (f64::from(class.vcpu) * 1_024.0);
    let usable = (class.memory.as_f64() - request.assumptions.system_memory_bytes()) / Bytes::MIB as f64;
    let memory = sum(&|part| f64::from(part.memory)) / usable.max(1.0);
    let interfaces = sum(&|_| 1.0) / (interfaces(class) - 1.0);
    let zones = u64::try_from(request.zones).unwrap_or(1).max(1);
    let full = FULL as f64 / 100.0;
    whole(cpu.max(memory) / full).max(whole(interfaces)).max(1).div_ceil(zones) * zones
}

/// Network interfaces of a Graviton class; one is the host's own (EC2 user guide, "Maximum IP addresses per network interface").
fn interfaces(class: &Class) -> f64 {
    match class.vcpu {
        0..=1 => 2.0,
        2..=3 => 3.0,
        4..=15 => 4.0,
        16..=47 => 8.0,
        _ => 15.0,
    }
}

/// The group of the hosts.
pub fn machines() -> Id<autoscaling::AutoScalingGroup> {
    Id::new("ContainerHosts")
}

/// What joins hosts of ours to the cluster; services wait for it.
pub fn association() -> Id<ecs::ClusterCapacityProviderAssociations> {
    Id::new("ServicesClusterCapacity")
}

/// AWS's own capacity provider.
pub const FARGATE: &str = "FARGATE";

/// What carries the tasks: Fargate, which the cluster has by itself, or hosts of ours, which are joined to it here.
pub fn capacity(site: &Site, offers: &Offers, layers: &mut Layers, hosts: Option<&Hosts>, zones: usize) -> Strategy {
    let Some(hosts) = hosts else { return Strategy { provider: FARGATE.into(), hosts: false } };
    let provider = put_hosts(site, offers, layers, hosts, zones);
    let default = associations::CapacityProviderStrategy::new(provider.reference()).weight(1);
    let names = [Val::from(FARGATE), provider.reference()];
    let model = ecs::ClusterCapacityProviderAssociations::new(cluster().reference(), [default]).capacity_providers(names);
    layers.put(Layer::App, &association(), "Says where the cluster's tasks run", model);
    Strategy { provider: provider.reference(), hosts: true }
}

fn put_hosts(site: &Site, offers: &Offers, layers: &mut Layers, hosts: &Hosts, zones: usize) -> Id<ecs::CapacityProvider> {
    let provider: Id<ecs::CapacityProvider> = Id::new("ContainerHostsProvider");
    let machines = machines();
    let Some(network) = &offers.network else { return provider };
    let security: Id<ec2::SecurityGroup> = Id::new("ContainerHostSecurityGroup");
    recipe::security_group(site, network, layers, &security, "container-hosts", "Container hosts");
    let profile = host::identity(layers, Layer::App, "ContainerHosts", host::measures(Measured::Group), &[AGENT]);
    let template: Id<ec2::LaunchTemplate> = Id::new("ContainerHostsLaunchTemplate");
    let mould = host::Mould {
        class: &hosts.class,
        image: layers.image(Layer::App, "ContainerHostsImageId", host::CONTAINER_IMAGE, true),
        profile: &profile,
        group: &security,
        user_data: Script::default().container_host(&cluster()).measured(Measured::Group).user_data(),
        disk: DISK,
        suffix: "container-host",
    };
    layers.put(Layer::App, &template, "Every host is made alike, so that any can replace any", host::launch_template(site, mould));
    let model = autoscaling::AutoScalingGroup::new(hosts.most.to_string(), hosts.least.to_string())
        .vpc_zone_identifier(network.subnets(Tier::Private, zones))
        .mixed_instances_policy(hosts.mix.policy(&template))
        // A host that Spot is likely to take back is replaced, and emptied, before it is.
        .capacity_rebalance(true)
        .health_check_type("EC2")
        .default_instance_warmup(WARM_UP_SECONDS)
        // The cluster decides which host goes, and drains it first.
        .new_instances_protected_from_scale_in(true)
        .metrics_collection([group::MetricsCollection::new("1Minute")])
        .tags(
            host::group_tag(site, "container-host")
                .into_iter()
                .chain([group::TagProperty::new("AmazonECSManaged", true, "")])
                .collect::<Vec<_>>(),
        );
    let resource = Resource::new(model).update_policy(host::rolling_update(hosts.least, "PT3M"));
    layers.put(Layer::App, &machines, "Carries the services' tasks at less than Fargate's price, in every zone", resource);
    let scaling = provider::ManagedScaling::new()
        .status(provider::Status::Enabled)
        .target_capacity(FULL)
        .instance_warmup_period(WARM_UP_SECONDS);
    let model = ecs::CapacityProvider::new().auto_scaling_group_provider(
        provider::AutoScalingGroupProvider::new(machines.reference())
            .managed_scaling(scaling)
            .managed_draining(provider::ManagedDraining::Enabled)
            .managed_termination_protection(provider::ManagedTerminationProtection::Enabled),
    );
    layers.put(Layer::App, &provider, "Adds hosts before tasks wait for room, and empties them before they go", model);
    provider
}
