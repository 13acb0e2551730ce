//! The app's services on ECS: each with its own scaling, role, log and target groups; on Fargate, or on EC2 capacity.

mod bill;
mod hosts;
mod release;
mod scaling;
mod sizing;
mod task;
mod watch;

use cfn::Id;
use cfn::resource::ec2;
use cfn::resource::ecs;
use cfn::resource::elasticloadbalancingv2::{self as elb, target_group::TargetType};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Layer, Layers, Metric, Offers, Reason, Reliance, Request, Site, Size, Target, Unplaceable,
};
use crate::recipe::{self, application, database, host, target};
use crate::settings::{Compute, rule};
use crate::units::{Usd, number};
use crate::workload::{Load, MEASURED_UTILISATION};
use hosts::Hosts;
pub use sizing::Part;

/// What carries the services, in the words of a phase file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Carrier {
    /// No hosts to look after.
    Fargate,
    /// Hosts of ours, cheaper when they are well filled.
    Ec2,
    /// Whichever costs less in a month.
    Cheapest,
}

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What carries the services, unless the user chose.
    compute: Carrier,
    /// Where hosts of ours carry them: of those above the first of each zone, how many in a hundred are Spot.
    spot_percent: u32,
}

/// The sized services.
#[derive(Debug)]
pub struct Services {
    parts: Vec<Part>,
    /// The hosts that carry them; none on Fargate.
    hosts: Option<Hosts>,
    zones: usize,
    /// CPU utilisation in percent at which a service grows.
    cpu_target: f64,
    /// vCPUs, used to the full, that one request a second takes.
    full: f64,
    /// Bytes of the app's workers for each vCPU.
    worker: f64,
}

/// The two sides that take turns.
const COLOURS: [&str; 2] = ["Blue", "Green"];

/// Every service carries its part of the peak with one zone gone; hosts carry all of them.
///
/// # Errors
/// When a service has a name that something else has, or no class of hosts carries the tasks.
pub fn size(settings: &Settings, request: &Request) -> Result<(Services, Vec<Reason>), Unplaceable> {
    application::fits("services", request.settings)?;
    if let Some(service) = request.settings.services.iter().find(|service| rule::TAKEN.contains(&service.name.as_str())) {
        let problem = format!("a service cannot be called \"{}\": something else here has that name; call it \"{0}-api\"", service.name);
        return Err(Unplaceable { component: "services", problem });
    }
    let carrier = match request.settings.compute {
        Some(Compute::Fargate) => Carrier::Fargate,
        Some(Compute::Ec2) => Carrier::Ec2,
        None => settings.compute,
    };
    let parts = sizing::parts(request);
    let fargate = hosts::fargate_month(request, &parts);
    let hosted = hosts::size(request, settings.spot_percent);
    let cheaper = match (&hosted, fargate) {
        (Ok(carried), Some(fargate)) => carried.month < fargate,
        (hosted, None) => hosted.is_ok(),
        (Err(_), Some(_)) => false,
    };
    let on_hosts = match carrier {
        Carrier::Fargate => false,
        Carrier::Ec2 => true,
        Carrier::Cheapest => cheaper,
    };
    let compared = carrier == Carrier::Cheapest;
    let (parts, hosts, mut why) = if on_hosts {
        let carried = hosted?;
        let mut why = carried.reasons;
        why.insert(0, with_hosts(request, compared, carried.month));
        why.extend(fargate.map(|month| instead(request, format!("Fargate for {} tasks", total(&parts)), month, carried.month)));
        (carried.parts, Some(carried.hosts), why)
    } else {
        let mut why = vec![match fargate.filter(|_| compared) {
            Some(month) => Reason::new(Driver::Cost, format!("on Fargate, {month} a month: no hosts to patch, fill and scale")),
            None => sizing::without_hosts(request),
        }];
        if let (Ok(carried), Some(fargate)) = (hosted, fargate) {
            why.push(instead(request, format!("{} × {} as hosts of EC2", carried.hosts.least, carried.hosts.class), carried.month, fargate));
        }
        (parts, None, why)
    };
    let mut reasons = sizing::reasons(request, &parts);
    reasons.append(&mut why);
    let a = request.assumptions;
    let cpu_target = a.utilisation_target_app() * 100.0;
    let full = MEASURED_UTILISATION / a.requests_per_vcpu();
    let worker = a.app_memory_bytes_per_vcpu();
    Ok((Services { parts, hosts, zones: request.zones, cpu_target, full, worker }, reasons))
}

/// Why there are hosts.
fn with_hosts(request: &Request, compared: bool, month: Usd) -> Reason {
    match (compared, request.settings.compute) {
        (true, _) => Reason::new(Driver::Cost, format!("on hosts of EC2, {month} a month: they cost less than Fargate when they are this full")),
        (false, Some(_)) => Reason::new(Driver::Phase, "on hosts of EC2, as the settings say"),
        (false, None) => Reason::new(Driver::Phase, "on hosts of EC2: many tasks fill them"),
    }
}

/// What was not taken. Money speaks for it where it is cheaper; then it is whoever asked for the other that decided.
fn instead(request: &Request, what: String, month: Usd, taken: Usd) -> Reason {
    if month >= taken {
        return Reason::instead(Driver::Cost, format!("{what}: {month} a month against {taken}"));
    }
    let whose = if request.settings.compute.is_some() { "the settings" } else { "the phase" };
    Reason::instead(Driver::Phase, format!("{what}: {month} a month, less than {taken}; {whose} ask{} otherwise", if request.settings.compute.is_some() { "" } else { "s" }))
}

fn total(parts: &[Part]) -> u64 {
    parts.iter().fold(0, |all, part| all.saturating_add(part.least))
}

fn cluster() -> Id<ecs::Cluster> {
    Id::new("ServicesCluster")
}

impl Part {
    fn id<R>(&self, what: &str) -> Id<R> {
        Id::new(format!("{}{what}", database::word(&self.name)))
    }

    /// One of the two groups behind a door that take turns at every release.
    fn target_group(&self, internal: bool, colour: &str) -> Id<elb::TargetGroup> {
        self.id(&format!("{}{colour}TargetGroup", if internal { "Internal" } else { "" }))
    }

    fn service(&self) -> Id<ecs::Service> {
        self.id("Service")
    }

    /// The service as what stands behind the public or the internal load balancer.
    fn target(&self, internal: bool) -> Target {
        let [group, alternate] = COLOURS.map(|colour| self.target_group(internal, colour));
        let paths = if self.path == "/*" { Vec::new() } else { vec![self.path.clone()] };
        // Not the name of what stood behind the balancer in the phase before: its rule goes only when this one has tasks to lead to.
        let name = format!("{}Service", database::word(&self.name));
        Target { name, paths, group, alternate: Some(alternate), whole: None, internal }
    }
}

impl Services {
    /// Who may connect to tasks: each load balancer, on each port that a service has.
    fn let_in(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let mut ports: Vec<u16> = Vec::new();
        for service in &site.settings.services {
            let port = site.settings.container_of(service).port;
            if !ports.contains(&port) {
                ports.push(port);
            }
        }
        let doors = [(&offers.front_door, "AppFromLoadBalancer"), (&offers.internal_door, "AppFromInternalLoadBalancer")];
        for (door, rule) in doors {
            let Some(door) = door else { continue };
            for (index, port) in ports.iter().enumerate() {
                let rule = if index == 0 { rule.to_owned() } else { format!("{rule}{port}") };
                let about = if door.internal { "Services reach one another" } else { "The load balancer reaches the services" };
                recipe::let_in(layers, &rule, &recipe::app_group(), &door.group, *port, about);
            }
        }
    }

    fn cluster(&self, layers: &mut Layers) {
        let insights = ecs::cluster::ClusterSettings::new().name("containerInsights").value("enhanced");
        // Fargate is at hand whatever carries the tasks, so that services change over while both are there.
        let model = ecs::Cluster::new().cluster_settings([insights]).capacity_providers([hosts::FARGATE]);
        layers.put(Layer::App, &cluster(), "The services are placed, replaced and scaled by one cluster", model);
    }

    fn target_groups(&self, site: &Site, offers: &Offers, layers: &mut Layers, part: &Part) {
        let Some(network) = &offers.network else { return };
        for (door, _) in release::doors(offers, part) {
            for colour in COLOURS {
                let own = if door.internal { "-internal" } else { "" };
                let suffix = format!("{}{own}-{}", part.name, colour.to_lowercase());
                let model = target::group(site, network, part.container(site), TargetType::Ip, Some(door), &suffix);
                let why = format!("Requests go only to tasks of {} that answer; the next release comes up in the other group", part.name);
                layers.put(Layer::App, &part.target_group(door.internal, colour), why, model);
            }
        }
    }
}

impl Services {
    /// A task's share of Fargate, where all services have the same.
    fn task_class(&self) -> String {
        match self.parts.split_first() {
            Some((first, others)) if others.iter().all(|part| part.cpu == first.cpu) => {
                format!("Fargate {} vCPU", number(f64::from(first.cpu) / 1_024.0))
            }
            _ => "Fargate task".to_owned(),
        }
    }
}

impl Component for Services {
    fn name(&self) -> &'static str {
        "services"
    }

    fn label(&self) -> &'static str {
        "Services"
    }

    fn size(&self) -> Size {
        let tasks = total(&self.parts);
        let most = self.parts.iter().fold(0_u64, |all, part| all.saturating_add(part.most));
        let names: Vec<&str> = self.parts.iter().map(|part| part.name.as_str()).collect();
        let tasks_note = format!("{} services ({})", names.len(), names.join(", "));
        match &self.hosts {
            Some(hosts) => Size {
                count: Some(hosts.least),
                class: Some(hosts.class.clone()),
                note: format!("{tasks_note}, {tasks} to {most} tasks on {} to {} hosts", hosts.least, hosts.most),
            },
            None => Size { count: Some(tasks), class: Some(self.task_class()), note: format!("{tasks_note}, up to {most} tasks") },
        }
    }

    fn offers(&self, _site: &Site) -> Offers {
        // A target of each balancer; those of one that the phase does not have are left alone by it.
        let targets = self.parts.iter().flat_map(|part| [part.target(false), part.target(true)]).collect();
        Offers { callers: vec![recipe::app_caller()], targets, ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let Some(network) = &offers.network else { return };
        let app: Id<ec2::SecurityGroup> = recipe::app_group();
        recipe::security_group(site, network, layers, &app, "app", "App");
        self.let_in(site, offers, layers);
        self.cluster(layers);
        release::put_role(layers);
        let strategy = hosts::capacity(site, offers, layers, self.hosts.as_ref(), self.zones);
        for part in &self.parts {
            self.target_groups(site, offers, layers, part);
            task::put(site, offers, layers, part, &strategy, self.zones);
            scaling::put(offers, layers, part, self.cpu_target);
        }
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let mut metrics: Vec<Metric> = self.parts.iter().flat_map(watch::metrics).collect();
        if let Some(hosts) = &self.hosts {
            metrics.extend(host::group_metrics("ContainerHosts", "Container hosts", &hosts::machines(), hosts.least));
        }
        metrics
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        self.bill(site, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        self.limits(site.part())
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        self.promises()
    }
}

#[cfg(test)]
mod tests;
