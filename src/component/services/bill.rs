//! What the services cost, how far they carry, and what their promise rests on.

use rust_decimal::Decimal;

use super::{Part, Services, hosts, release};
use crate::catalog::MissingPrice;
use crate::component::{Bill, Ceiling, Commitment, Driver, Kind, Reliance, Site, Way, about};
use crate::recipe::host;
use crate::recipe::host::fleet::zones_in_words;
use crate::units::Bytes;
use crate::workload::Load;

/// What to do when a limit of the services is reached.
const THEN: &str = "plan for more users: more or larger tasks, or raise the quota";

/// Figures that Container Insights is taken to keep of a service, with its share of the cluster's and those of its tasks [estimate]: no published list was
/// seen.
const INSIGHTS: usize = 60;

/// The label of hosts on the bill.
const HOSTS: &str = "Container hosts";

impl Services {
    /// The least tasks stand all month, on Fargate or as the hosts that carry them; what the app says, and the alarms that take releases back.
    pub(super) fn bill(&self, site: &Site, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        match &self.hosts {
            Some(hosts) => {
                hosts.standing().line_items(HOSTS, &hosts.class, hosts::DISK, bill)?;
                host::bill::figures(HOSTS, host::bill::GROUP_FIGURES, bill)?;
            }
            None => {
                let (vcpus, gb) = hosts::fargate(&self.parts);
                let why = |quantity: Decimal, unit: &str| format!("{} {unit} of all tasks × 730 h", quantity.normalize());
                let plan = Some(Commitment::ComputeSavingsPlan);
                bill.machines(vcpus, about("Fargate, processors", hosts::FARGATE_VCPU, Kind::Compute, why(vcpus, "vCPU")), plan)?;
                bill.machines(gb, about("Fargate, memory", hosts::FARGATE_GB, Kind::Compute, why(gb, "GB")), plan)?;
            }
        }
        let figures = self.parts.len() * INSIGHTS;
        let why = format!("{} services × some {INSIGHTS} figures of cluster, service and tasks, an estimate", self.parts.len());
        bill.guessed(Decimal::from(figures), about("Container Insights", "ecs.container_insights.enhanced", Kind::Operations, why))?;
        let alarms = self.parts.len() * release::ALARMS;
        let why = format!("{} services × {} alarms that take a release back", self.parts.len(), release::ALARMS);
        bill.standing(Decimal::from(alarms), about("Release alarms", "cloudwatch.alarm", Kind::Operations, why))?;
        host::bill::app_logs(site, load, bill)
    }

    /// Each service has the same part of the requests, so the weakest bounds them all. Full scale-out counts with what is promised; tasks have memory for
    /// all workers that their processors are counted for.
    pub(super) fn limits(&self, part: f64) -> Vec<Ceiling> {
        let (full, worker, services, gib) = (self.full, self.worker, self.parts.len() as f64, Bytes::GIB as f64);
        let Some(largest) = self.parts.iter().map(|one| one.most).max() else { return Vec::new() };
        let weakest = |of: &dyn Fn(&Part) -> f64| self.parts.iter().map(of).fold(f64::INFINITY, f64::min) * services;
        let most = weakest(&|one| one.promised);
        let built = weakest(&|one| one.least as f64 * one.carries).min(most);

        let requests = |what, driver| {
            let demand = move |load: &Load| load.requests_peak.get() * part;
            Ceiling::fixed(what, driver, "requests/s", built / full, demand).scales_to(most / full).then(THEN)
        };
        let processors = requests("processors of tasks", Driver::Cpu);
        let memory = Ceiling::fixed("memory for workers", Driver::Memory, "GiB", built * worker / gib, move |load: &Load| {
            worker * full * load.requests_peak.get() * part / gib
        });
        let memory = memory.scales_to(most * worker / gib).then(THEN);
        let tasks = requests("tasks of one service", Driver::Throughput).within("ecs.tasks_per_service", largest as f64);
        match &self.hosts {
            Some(hosts) => {
                let (on_demand, spot) = hosts.vcpus();
                let processors = processors.within("ec2.on_demand_standard_vcpu", on_demand);
                vec![processors, memory.within("ec2.spot_standard_vcpu", spot), tasks]
            }
            None => {
                let vcpus: f64 = self.parts.iter().map(|one| one.most as f64 * f64::from(one.cpu) / 1_024.0).sum();
                vec![processors.within("fargate.vcpu", vcpus), memory, tasks]
            }
        }
    }

    pub(super) fn promises(&self) -> Vec<Reliance> {
        let zones = zones_in_words(self.zones);
        match &self.hosts {
            Some(_) => {
                vec![
                    Reliance::new("ECS, which places the tasks", "ecs", Way::Region),
                    Reliance::new(format!("EC2, hosts in {zones}"), "ec2.region", Way::Region),
                ]
            }
            None => vec![Reliance::new(format!("Fargate, tasks in {zones}"), "fargate", Way::Region)],
        }
    }
}
