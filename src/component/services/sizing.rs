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
    /// vCPUs of one task that its workers can use: no more than there is memory for.
    pub carries: f64,
    /// Tasks that carry the peak with one zone gone.
    pub least: u64,
    /// Tasks that carry the stress case with one zone gone.
    pub most: u64,
    /// vCPUs of all its tasks at full scale-out, at the least: it grows with the load alone, whatever the size of a task; whole tasks in each zone have it,
    /// and often more.
    pub promised: f64,
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

/// What one service needs in a region, in vCPUs filled to the target. Every service is taken to get the same part of the requests; scaling corrects
/// that by itself.
#[derive(Clone, Copy)]
struct Needed {
    peak: f64,
    ceiling: f64,
}

fn needed(request: &Request) -> Needed {
    let services = request.settings.services.len().max(1) as f64;
    let peak = request.load.app_vcpus / services / request.regions.max(1) as f64;
    // When a region is lost, the others grow to carry all of it.
    Needed { peak, ceiling: request.load.app_vcpus_for(request.load.requests_ceiling()) / services }
}

/// The services with the smallest tasks of which each needs no more than a few in a zone.
pub fn parts(request: &Request) -> Vec<Part> {
    let needed = needed(request);
    let smallest = |service| TASKS.into_iter().find_map(|size| part(request, service, size, needed));
    request.settings.services.iter().filter_map(smallest).collect()
}

/// The services with each size of tasks that does, the same for all where the user named none: which of them is cheapest depends on the hosts.
pub fn ways(request: &Request) -> Vec<Vec<Part>> {
    let needed = needed(request);
    let services = &request.settings.services;
    // Where the user named every size, there is one way.
    let sizes = if services.iter().all(|service| service.cpu.is_some()) { &TASKS[TASKS.len() - 1..] } else { &TASKS[..] };
    sizes.iter().filter_map(|size| services.iter().map(|service| part(request, service, *size, needed)).collect()).collect()
}

/// Tasks of a size, or of the size that the user named: ECS units, MiB, and vCPUs of one that its workers can use.
fn task(request: &Request, service: &Service, size: (u32, u32)) -> (u32, u32, f64) {
    let named = service.cpu.map(|cpu| TASKS.into_iter().find(|(size, _)| *size == cpu).unwrap_or((cpu, cpu * 2)));
    let (cpu, least_memory) = named.unwrap_or(size);
    let vcpu = f64::from(cpu) / UNITS;
    let worker = request.assumptions.app_memory_bytes_per_vcpu();
    // The assumption is taken in steps of a GiB, which every task size but the smallest has.
    let wanted = worker * vcpu / Bytes::GIB as f64;
    let enough = f64::from(least_memory) / UNITS >= wanted;
    let memory = if enough { least_memory } else { u32::try_from(whole(wanted) * 1_024).unwrap_or(least_memory).min(cpu * 8) };
    let memory = service.memory.unwrap_or(memory);
    (cpu, memory, vcpu.min(Bytes::mib(u64::from(memory)).as_f64() / worker))
}

/// vCPUs that a service has at full scale-out at the least: for the stress case, and for twice the peak, with a zone gone; and two tasks in each zone there
/// are in any case, of whatever size.
fn promised(request: &Request, service: &Service, peak: f64, ceiling: f64) -> f64 {
    let zones = zones(request) as f64;
    let left = if zones > 1.0 { (zones - 1.0) / zones } else { 1.0 };
    let weakest = TASKS.into_iter().map(|size| task(request, service, size).2).fold(f64::INFINITY, f64::min);
    (ceiling.max(peak * 2.0) / left).max(weakest * zones * 2.0)
}

/// A service with tasks of a size, or of the size that the user named; none where it needs too many of them.
fn part(request: &Request, service: &Service, size: (u32, u32), Needed { peak, ceiling }: Needed) -> Option<Part> {
    let (cpu, memory, carries) = task(request, service, size);
    let least = tasks(request, peak, carries);
    if service.cpu.is_none() && size != TASKS[TASKS.len() - 1] && least > TASKS_PER_ZONE * zones(request) {
        return None;
    }
    let most = tasks(request, ceiling, carries).max(least.saturating_mul(2));
    let promised = promised(request, service, peak, ceiling).min(most as f64 * carries);
    let requests_per_minute = (request.load.requests_per_vcpu_at_target() * carries * 60.0).round().max(1.0);
    Some(Part { name: service.name.clone(), path: service.path.clone(), cpu, memory, carries, least, most, promised, requests_per_minute })
}

/// How many tasks carry so many vCPUs with one zone gone, the same number in each zone.
fn tasks(request: &Request, vcpus: f64, vcpu: f64) -> u64 {
    let zones = zones(request);
    let needed = if zones > 1 { vcpus / vcpu * zones as f64 / (zones - 1) as f64 } else { vcpus / vcpu };
    whole(needed).max(1).div_ceil(zones).saturating_mul(zones)
}

fn zones(request: &Request) -> u64 {
    u64::try_from(request.zones).unwrap_or(1).max(1)
}

/// Why there are so many tasks.
pub fn reasons(request: &Request, parts: &[Part]) -> Vec<Reason> {
    let peak = needed(request).peak;
    let zones_word = zones_in_words(request.zones);
    let Some(largest) = parts.iter().max_by_key(|part| part.least) else { return Vec::new() };
    let alone = whole(peak / largest.carries).max(1);
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
    let text = format!(
        "up to {} tasks a service for the stress case; it has {} requests a second",
        largest.most,
        number(request.load.requests_ceiling().get())
    );
    let mut reasons = vec![first, Reason::new(Driver::Throughput, text)];
    if request.regions > 1 {
        let text = format!("each of {} regions carries its part; it grows to carry all when another is lost", request.regions);
        reasons.push(Reason::new(Driver::Availability, text));
    }
    reasons
}

/// Why there are no hosts, where money did not decide.
pub fn without_hosts(request: &Request) -> Reason {
    match request.settings.compute {
        Some(_) => Reason::new(Driver::Phase, "on Fargate, as the settings say"),
        None => Reason::new(Driver::Phase, "no hosts to patch, fill and scale; the phase asks for Fargate"),
    }
}
