//! The app's services on ECS: each with its own scaling, role, log and target groups; on Fargate, or on EC2 capacity.

mod hosts;
mod sizing;
mod task;

use cfn::Id;
use cfn::resource::ec2;
use cfn::resource::ecs;
use cfn::resource::elasticloadbalancingv2::{self as elb, target_group::TargetType};
use serde::Deserialize;

use crate::component::{
    Component, Family, FrontDoor, Layer, Layers, Metric, Offers, Reason, Request, Site, Size, Target, Threshold, Unplaceable,
};
use crate::recipe::{self, application, database, target};
use crate::settings::Compute;
use crate::units::number;
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
}

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What carries the services, unless the user chose.
    compute: Carrier,
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
}

/// Logical IDs that other building blocks have made of these words.
const TAKEN: [&str; 2] = ["workers", "signup"];

/// Every service carries its part of the peak with one zone gone; hosts carry all of them.
///
/// # Errors
/// When a service has a name that something else has, or no class of hosts carries the tasks.
pub fn size(settings: &Settings, request: &Request) -> Result<(Services, Vec<Reason>), Unplaceable> {
    application::fits("services", request.settings)?;
    if let Some(service) = request.settings.services.iter().find(|service| TAKEN.contains(&service.name.as_str())) {
        let problem = format!("a service cannot be called \"{}\": something else here has that name; call it \"{0}-api\"", service.name);
        return Err(Unplaceable { component: "services", problem });
    }
    let carrier = match request.settings.compute {
        Some(Compute::Fargate) => Carrier::Fargate,
        Some(Compute::Ec2) => Carrier::Ec2,
        None => settings.compute,
    };
    let (parts, mut reasons) = sizing::parts(request);
    let (hosts, reason) = match carrier {
        Carrier::Fargate => (None, sizing::without_hosts(request)),
        Carrier::Ec2 => {
            let (hosts, reason) = hosts::size(request, &parts)?;
            (Some(hosts), reason)
        }
    };
    reasons.push(reason);
    let cpu_target = request.assumptions.utilisation_target_app() * 100.0;
    Ok((Services { parts, hosts, zones: request.zones, cpu_target }, reasons))
}

fn cluster() -> Id<ecs::Cluster> {
    Id::new("ServicesCluster")
}

impl Part {
    fn id<R>(&self, what: &str) -> Id<R> {
        Id::new(format!("{}{what}", database::word(&self.name)))
    }

    fn target_group(&self) -> Id<elb::TargetGroup> {
        self.id("TargetGroup")
    }

    fn internal_target_group(&self) -> Id<elb::TargetGroup> {
        self.id("InternalTargetGroup")
    }

    fn service(&self) -> Id<ecs::Service> {
        self.id("Service")
    }

    /// The service as what stands behind the public or the internal load balancer.
    fn target(&self, internal: bool) -> Target {
        let group = if internal { self.internal_target_group() } else { self.target_group() };
        let paths = if self.path == "/*" { Vec::new() } else { vec![self.path.clone()] };
        Target { name: database::word(&self.name), paths, group, internal }
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
        let off = ecs::cluster::ClusterSettings::new().name("containerInsights").value("disabled");
        // Fargate is at hand whatever carries the tasks, so that services change over while both are there.
        let model = ecs::Cluster::new().cluster_settings([off]).capacity_providers([hosts::FARGATE]);
        layers.put(Layer::App, &cluster(), "The services are placed, replaced and scaled by one cluster", model);
    }

    fn target_groups(&self, site: &Site, offers: &Offers, layers: &mut Layers, part: &Part) {
        let Some(network) = &offers.network else { return };
        let mut put = |door: &FrontDoor, id: Id<elb::TargetGroup>, suffix: String| {
            let model = target::group(site, network, part.container(site), TargetType::Ip, Some(door), &suffix);
            layers.put(Layer::App, &id, format!("Requests go only to tasks of {} that answer", part.name), model);
        };
        if let Some(door) = &offers.front_door {
            put(door, part.target_group(), part.name.clone());
        }
        if let Some(door) = &offers.internal_door {
            put(door, part.internal_target_group(), format!("{}-internal", part.name));
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
        let tasks: u64 = self.parts.iter().map(|part| part.least).sum();
        let most: u64 = self.parts.iter().map(|part| part.most).sum();
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
        let strategy = hosts::capacity(site, offers, layers, self.hosts.as_ref(), self.zones);
        for part in &self.parts {
            self.target_groups(site, offers, layers, part);
            task::put(site, offers, layers, part, &strategy, self.zones);
            task::put_scaling(offers, layers, part, self.cpu_target);
        }
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        self.parts.iter().flat_map(metrics).collect()
    }
}

/// How busy a service is and how its users fare.
fn metrics(part: &Part) -> Vec<Metric> {
    let word = database::word(&part.name);
    let busy = |name: &str, title: &str, metric, limit: f64, what: &str| Metric {
        name: format!("{word}{name}"),
        title: title.to_owned(),
        family: Family::Saturation,
        namespace: "AWS/ECS",
        metric,
        dimensions: vec![("ClusterName", cluster().reference()), ("ServiceName", part.service().name_attribute())],
        statistic: "Average",
        region: None,
        alarm: Some(Threshold {
            above: true,
            limit,
            period: 300,
            periods: 3,
            missing: "missing",
            why: format!("The service {} has used more than {limit} % of its {what} for a quarter of an hour: it has as many tasks as it may, or too small ones", part.name),
            actions: Vec::new(),
        }),
    };
    let mut metrics = target::metrics(&word, &format!("Service {}", part.name), &part.target_group(), &target::public_balancer());
    metrics.push(busy("Busy", "Services: CPU (%)", "CPUUtilization", 85.0, "processor"));
    metrics.push(busy("Full", "Services: memory (%)", "MemoryUtilization", 90.0, "memory"));
    metrics
}
