//! Where tasks run: Fargate, or hosts in a group that the cluster scales and drains by itself.

use cfn::resource::autoscaling::{self, auto_scaling_group as group};
use cfn::resource::ecs::{self, capacity_provider as provider, cluster_capacity_provider_associations as associations};
use cfn::resource::ec2;
use cfn::{Id, Resource, Val};

use rust_decimal::Decimal;

use super::{Part, cluster, sizing};
use crate::catalog::Class;
use crate::catalog::sizing::{Needs, unmet};
use crate::component::{Driver, Layer, Layers, Offers, Reason, Request, Site, Tier, Unplaceable};
use crate::recipe::host::fleet;
use crate::recipe::host::running::{Rates, Running};
use crate::recipe::host::script::{Measured, Script};
use crate::recipe::host::spot::{self, Mix};
use crate::recipe::{self, host};
use crate::units::{Bytes, Usd, whole};

/// The hosts of all services.
#[derive(Debug)]
pub struct Hosts {
    /// `m7g.large`.
    pub class: String,
    /// vCPUs of one.
    pub vcpu: u32,
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
pub const DISK: i64 = 50;

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

/// Tasks on hosts, with what a month of the hosts costs.
#[derive(Debug)]
pub struct Carried {
    /// The services with their tasks.
    pub parts: Vec<Part>,
    /// The hosts that carry them.
    pub hosts: Hosts,
    /// A month of the hosts, with their disks, their monitoring and their alarms.
    pub month: Usd,
    /// Why these.
    pub reasons: Vec<Reason>,
}

/// One size of tasks on hosts of one class.
struct Way<'a> {
    parts: usize,
    class: &'a Class,
    least: u64,
    month: Usd,
}

/// The size of tasks and the class of hosts that carry the peak for the least money in a month. A host holds two of the largest tasks at least: every
/// task takes a network interface, and machines of these families have three or more.
///
/// # Errors
/// When no class holds two of the largest tasks.
pub fn size(request: &Request, spot_percent: u32) -> Result<Carried, Unplaceable> {
    let mut tasks = sizing::ways(request);
    let classes = fleet::offered(request, FAMILIES);
    let rates = Rates::new(request, DISK);
    let mut ways: Vec<Way> = Vec::new();
    for (place, parts) in tasks.iter().enumerate() {
        let needs = needs(request, parts);
        for (class, hourly) in classes.iter().filter(|(class, _)| unmet(class, &needs).is_none()) {
            let least = count(request, class, parts, |part| part.least);
            let running = Hosts::running(least, request.zones as u64, spot_percent);
            let month = rates.as_ref().map_or(hourly.times(least), |rates| running.month(*hourly, rates));
            ways.push(Way { parts: place, class, least, month });
        }
    }
    ways.sort_by(|a, b| (a.month, a.parts, a.least, &a.class.name).cmp(&(b.month, b.parts, b.least, &b.class.name)));
    let Some(best) = ways.first() else {
        let smallest = tasks.first().map(|parts| needs(request, parts)).unwrap_or_default();
        let problem = "no class of hosts holds two of the largest tasks".to_owned();
        return Err(fleet::class("services", request, FAMILIES, &smallest).err().unwrap_or(Unplaceable { component: "services", problem }));
    };
    let (class, month) = (best.class, best.month + group(request));
    let (parts, least) = (tasks.swap_remove(best.parts), best.least);
    let needs = needs(request, &parts);
    let most = count(request, class, &parts, |part| part.most).max(least);
    let text = format!("{} carries the tasks for the least money, {} a month; it holds two of the largest ({needs}); {FULL} % full", class.name, best.month);
    // The class alone carries all in one zone less; what may be taken back stands on hosts of other types as well, and tasks move before it goes.
    let mix = spot::mix("services", request, FAMILIES, &class.name, request.zones as u64, spot_percent)?;
    let spare = format!("{}: tasks move before a host is taken back", mix.words());
    let mut reasons = vec![Reason::new(Driver::Cost, text), Reason::new(Driver::Cost, spare)];
    if let Some(second) = ways.iter().find(|way| way.class.name != class.name) {
        let text = format!("{} × {}: {} a month for the same tasks against {}", second.least, second.class.name, second.month, best.month);
        reasons.push(Reason::instead(Driver::Cost, text));
    }
    let hosts = Hosts { class: class.name.clone(), vcpu: class.vcpu, least, most, mix };
    Ok(Carried { parts, hosts, month, reasons })
}

fn needs(request: &Request, parts: &[Part]) -> Needs {
    let cpu = parts.iter().map(|part| part.cpu).max().unwrap_or(1_024).max(1_024);
    let memory = parts.iter().map(|part| part.memory).max().unwrap_or(2_048);
    Needs {
        vcpu: f64::from(cpu) / 1_024.0 * 2.0,
        memory: Bytes::mib(u64::from(memory) * 2) + Bytes::from_f64(request.assumptions.system_memory_bytes()),
        connections: 0,
    }
}

/// What a group of hosts costs however many there are: the figures of its agents, and its alarms.
fn group(request: &Request) -> Usd {
    let price = |key| request.catalog.prices().ok().and_then(|prices| prices.price(key, &request.region.region).ok()).map(|price| price.usd);
    price("cloudwatch.metric.tier1").unwrap_or_default().times(host::bill::GROUP_FIGURES)
        + price("cloudwatch.alarm").unwrap_or_default().times(host::GROUP_ALARMS)
}

/// Fargate for the least tasks of all services, in vCPUs and GB that stand all the time.
pub fn fargate(parts: &[Part]) -> (Decimal, Decimal) {
    let sum = |of: &dyn Fn(&Part) -> u32| {
        let all = parts.iter().fold(0_u64, |all, part| all.saturating_add(part.least.saturating_mul(u64::from(of(part)))));
        Decimal::from(all) / Decimal::from(1_024)
    };
    (sum(&|part| part.cpu), sum(&|part| part.memory))
}

/// A month of the least tasks of all services on Fargate; none where it has no price.
pub fn fargate_month(request: &Request, parts: &[Part]) -> Option<Usd> {
    let prices = request.catalog.prices().ok()?;
    let hour = |key, quantity: Decimal| Some(prices.price(key, &request.region.region).ok()?.usd.times(quantity));
    let (vcpus, gb) = fargate(parts);
    Some((hour(FARGATE_VCPU, vcpus)? + hour(FARGATE_GB, gb)?).times(prices.hours_per_month))
}

/// The lines of the price list for Fargate on arm64.
pub const FARGATE_VCPU: &str = "fargate.arm64.vcpu";
/// The same for memory.
pub const FARGATE_GB: &str = "fargate.arm64.gb";

impl Hosts {
    /// Hosts on average of a month: they are as many as carry the least tasks, which stand all the time.
    fn running(least: u64, base: u64, spot_percent: u32) -> Running {
        Running { least, base: base.min(least), spot_percent, more: Decimal::ZERO }
    }

    /// What of the hosts runs all month.
    pub fn standing(&self) -> Running {
        Self::running(self.least, self.mix.base, self.mix.spot_percent)
    }

    /// vCPUs of all hosts at full scale-out, on demand and Spot.
    pub fn vcpus(&self) -> (f64, f64) {
        let spot = self.most.saturating_sub(self.mix.base) as f64 * f64::from(self.mix.spot_percent.min(100)) / 100.0;
        ((self.most as f64 - spot) * f64::from(self.vcpu), spot * f64::from(self.vcpu))
    }
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
    whole(cpu.max(memory) / full).max(whole(interfaces)).max(1).div_ceil(zones).saturating_mul(zones)
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
