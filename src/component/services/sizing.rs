//! How large a task of each service is, and how many there are.

use crate::component::{Driver, Reason, Request, Site};
use crate::recipe::host::fleet::zones_in_words;
use crate::settings::{Container, Service};
use crate::units::{Bytes, number, whole};

/// One service, sized.
#[derive(Debug, Clone)]
pub struct Part {
    /// The service's name.
    pub name: String,
    /// The path pattern that leads to it.
    pub path: String,
    /// ECS units of one task: 1,024 to the vCPU.
    pub cpu: u32,
    /// MiB of one task.
    pub memory: u32,
    /// Tasks that carry the peak with one zone gone.
    pub least: u64,
    /// Tasks that carry the stress case with one zone gone.
    pub most: u64,
    /// Requests a minute that one task is to answer.
    pub requests_per_minute: f64,
}

/// Task sizes with the least memory that Fargate gives them, in MiB.
const TASKS: [(u32, u32); 7] =
    [(256, 512), (512, 1_024), (1_024, 2_048), (2_048, 4_096), (4_096, 8_192), (8_192, 16_384), (16_384, 32_768)];

/// Tasks of one service in one zone above which larger tasks are taken: fewer parts are easier to watch.
const TASKS_PER_ZONE: u64 = 3;

/// ECS units of a vCPU.
const UNITS: f64 = 1_024.0;

impl Part {
    /// What the service runs: its own container, or the app's.
    pub fn container<'a>(&self, site: &Site<'a>) -> &'a Container {
        let own = site.settings.services.iter().find(|service| service.name == self.name);
        own.map_or(&site.settings.container, |service| site.settings.container_of(service))
    }
}

/// The services with their tasks. Every service is taken to get the same part of the requests; scaling corrects that by itself.
pub fn parts(request: &Request) -> (Vec<Part>, Vec<Reason>) {
    let services = &request.settings.services;
    let share = 1.0 / (services.len().max(1) * request.regions.max(1)) as f64;
    let whole_share = 1.0 / services.len().max(1) as f64;
    let peak = request.load.app_vcpus * share;
    // When a region is lost, the others grow to carry all of it.
    let ceiling = request.load.app_vcpus_for(request.load.requests_ceiling()) * whole_share;
    let parts: Vec<Part> = services.iter().map(|service| part(request, service, peak, ceiling)).collect();
    let reasons = reasons(request, &parts, peak);
    (parts, reasons)
}

fn part(request: &Request, service: &Service, peak: f64, ceiling: f64) -> Part {
    let (cpu, least_memory) = task(request, service, peak);
    let vcpu = f64::from(cpu) / UNITS;
    // The assumption is taken in steps of a GiB, which every task size but the smallest has.
    let wanted = request.assumptions.app_memory_bytes_per_vcpu() * vcpu / Bytes::GIB as f64;
    let enough = f64::from(least_memory) / UNITS >= wanted;
    let memory = if enough { least_memory } else { u32::try_from(whole(wanted) * 1_024).unwrap_or(least_memory).min(cpu * 8) };
    let memory = service.memory.unwrap_or(memory);
    let least = tasks(request, peak, vcpu);
    let most = tasks(request, ceiling, vcpu).max(least * 2);
    let requests_per_minute = (request.load.requests_per_vcpu_at_target() * vcpu * 60.0).round();
    Part { name: service.name.clone(), path: service.path.clone(), cpu, memory, least, most, requests_per_minute }
}

/// The smallest task with which a service needs no more than a few in each zone.
fn task(request: &Request, service: &Service, peak: f64) -> (u32, u32) {
    if let Some(cpu) = service.cpu {
        return TASKS.into_iter().find(|(size, _)| *size == cpu).unwrap_or((cpu, cpu * 2));
    }
    let most = TASKS_PER_ZONE * zones(request);
    let fitting = TASKS.into_iter().find(|(cpu, _)| tasks(request, peak, f64::from(*cpu) / UNITS) <= most);
    fitting.unwrap_or(TASKS[TASKS.len() - 1])
}

/// How many tasks carry so many vCPUs with one zone gone, the same number in each zone.
fn tasks(request: &Request, vcpus: f64, vcpu: f64) -> u64 {
    let zones = zones(request);
    let needed = if zones > 1 { vcpus / vcpu * zones as f64 / (zones - 1) as f64 } else { vcpus / vcpu };
    whole(needed).max(1).div_ceil(zones) * zones
}

fn zones(request: &Request) -> u64 {
    u64::try_from(request.zones).unwrap_or(1).max(1)
}

fn reasons(request: &Request, parts: &[Part], peak: f64) -> Vec<Reason> {
    let zones_word = zones_in_words(request.zones);
    let Some(largest) = parts.iter().max_by_key(|part| part.least) else { return Vec::new() };
    let alone = whole(peak * UNITS / f64::from(largest.cpu)).max(1);
    let task = format!("{} vCPU and {} MiB", number(f64::from(largest.cpu) / UNITS), largest.memory);
    let first = if largest.least > zones(request) {
        let text = format!(
            "{} vCPU a service at peak with one of {zones_word} gone; {} tasks of {task}, without losses {alone} would do",
            number(peak),
            largest.least
        );
        Reason::new(Driver::Cpu, text)
    } else {
        Reason::new(Driver::Availability, format!("{zones_word} a service, load alone would need {alone}; each task has {task}"))
    };
    let text = format!("up to {} tasks a service for the stress case; it has {} requests a second", largest.most, number(request.load.requests_ceiling().get()));
    let mut reasons = vec![first, Reason::new(Driver::Throughput, text)];
    if request.regions > 1 {
        let text = format!("each of {} regions carries its part; it grows to carry all when another is lost", request.regions);
        reasons.push(Reason::new(Driver::Availability, text));
    }
    reasons
}

/// Why there are no hosts.
pub fn without_hosts(request: &Request) -> Reason {
    match request.settings.compute {
        Some(_) => Reason::new(Driver::Phase, "on Fargate, as the settings say"),
        None => Reason::new(Driver::Phase, "no hosts to patch, fill and scale; Fargate until hosts are cheaper"),
    }
}
