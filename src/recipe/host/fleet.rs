//! How many machines of which class carry a load, and what the loss of a zone may do to it.

use super::running::{Rates, Running, mean};
use crate::block::{Ceiling, Driver, Reason, Request, Unplaceable};
use crate::catalog::sizing::{Choice, Needs, cheapest_class};
use crate::catalog::{Class, Offering};
use crate::recipe::on_demand::holding;
use crate::units::{Bytes, PerSecond, Usd, number, whole};
use crate::workload::{Assumptions, Load};

/// General-purpose and compute-optimised families for whoever runs the app, all arm64.
pub const APP_FAMILIES: &[&str] = &["t4g", "m7g", "c7g", "m8g", "c8g"];

/// More machines than this in one zone are harder to run than larger ones.
const MOST_PER_ZONE: u64 = 40;

/// What is asked of a group of machines, and how they are bought.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// Who asks.
    pub component: &'static str,
    /// Families to choose from.
    pub families: &'a [&'a str],
    /// Over how many zones the group spreads.
    pub zones: usize,
    /// What the loss of a zone may do.
    pub loss: Loss,
    /// vCPUs, filled to the app's target, that one request a second takes.
    pub vcpu_seconds: f64,
    /// How many always run.
    pub stands: Stands,
    /// Of those above the base, how many in a hundred are Spot.
    pub spot_percent: u32,
    /// GiB of a root disk.
    pub disk: i64,
}

/// How many machines of a group always run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// All that there ever are: they carry the peak at the target, and the stress case at full tilt.
    Peak,
    /// Those that carry the mean; the others come with the load, up to the stress case.
    Mean,
}

/// A group of machines.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// `t4g.small`.
    pub class: String,
    /// How many carry the peak.
    pub count: u64,
    /// How many always run.
    pub least: u64,
    /// How many there are when everything has scaled out.
    pub most: u64,
    /// How many would carry the load if nothing ever failed.
    pub alone: u64,
    /// vCPUs that one machine sustains.
    pub sustained: f64,
    /// vCPUs of them that the app's workers can use: no more than there is memory for.
    pub carries: f64,
    /// CPU utilisation in percent that one machine may show for hours: the baseline of a burstable class, else the target.
    pub target: f64,
    /// What the loss of a zone may do.
    pub loss: Loss,
    /// What was not taken, with the number that spoke against it.
    pub instead: Vec<Reason>,
    zones: u64,
    stands: Stands,
    vcpu: u32,
    /// vCPUs that workers can use at full scale-out, at the least: where machines come with the load it grows with the load alone, whole machines of
    /// whatever class have it in each zone, and often more.
    promised: f64,
    vcpu_seconds: f64,
    /// vCPUs, used to the full, that one request a second takes.
    full: f64,
    worker_bytes: f64,
    spot_percent: u32,
}

/// What the loss of a zone may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Nothing: those that are left carry the load.
    Carried,
    /// Work waits until there are machines again.
    Delayed,
}

/// The cheapest class that meets the needs in the region of the first stacks.
///
/// # Errors
/// When no class of the families does; the error says what is missing.
pub fn class<'a>(component: &'static str, request: &Request<'a>, families: &[&str], needs: &Needs) -> Result<Choice<'a>, Unplaceable> {
    let unplaceable = |problem: String| Unplaceable { component, problem };
    let prices = request.catalog.prices().map_err(|error| unplaceable(error.to_string()))?;
    cheapest_class(request.catalog, prices, &request.region.region, Offering::Ec2, families, needs)
        .map_err(|error| unplaceable(error.to_string()))
}

/// The classes of some families that can be had in the region of the first stacks, each with its hourly price, which is looked up once.
pub fn offered<'a>(request: &Request<'a>, families: &[&str]) -> Vec<(&'a Class, Usd)> {
    let Ok(prices) = request.catalog.prices() else { return Vec::new() };
    let classes = request.catalog.classes_of(Offering::Ec2.service()).filter(|class| families.contains(&class.family.as_str()));
    classes.filter_map(|class| Some((class, prices.price(&Offering::Ec2.key(class), &request.region.region).ok()?.usd))).collect()
}

/// One way to build a group.
struct Way<'a> {
    class: &'a Class,
    carries: f64,
    count: u64,
    least: u64,
    month: Usd,
}

/// The class and the number of machines, the same in each zone, that carry the load for the least money in a month.
///
/// Of each class only the smallest number that does is looked at: every further machine costs more and is not needed.
///
/// # Errors
/// When no class of the families carries its part with a number of machines that can be run.
pub fn fleet(request: &Request, order: &Order) -> Result<Fleet, Unplaceable> {
    let part = 1.0 / request.regions.max(1) as f64;
    let rates = Rates::new(request, order.disk);
    let mut ways = Vec::new();
    let mut small: Option<&Class> = None;
    let mut weakest = f64::INFINITY;
    for (class, hourly) in offered(request, order.families) {
        let Some(carries) = carries(class, request.assumptions) else {
            small = small.filter(|other| other.memory >= class.memory).or(Some(class));
            continue;
        };
        weakest = weakest.min(carries);
        let count = order.count(carries, request.load, part);
        if count > MOST_PER_ZONE.saturating_mul(order.zones()) {
            continue;
        }
        let least = order.least(carries, count, request.load, part);
        let running = order.running(carries, least, request.load, part);
        let month = rates.as_ref().map_or(hourly.times(count), |rates| running.month(hourly, rates));
        ways.push(Way { class, carries, count, least, month });
    }
    // Of two at one price, the one that carries more.
    ways.sort_by(|a, b| {
        let strength = |way: &Way| way.carries * way.count as f64;
        a.month.cmp(&b.month).then(strength(b).total_cmp(&strength(a))).then_with(|| a.class.name.cmp(&b.class.name))
    });
    let Some(best) = ways.first() else { return Err(none(request, order, part)) };
    Ok(Fleet::new(request, order, (best, weakest), ways.get(1), small))
}

/// vCPUs of a class that the app's workers keep busy: what it sustains, as far as there is memory for them; none where not even one vCPU's workers
/// find room.
fn carries(class: &Class, assumptions: &Assumptions) -> Option<f64> {
    let room = (class.memory.as_f64() - assumptions.system_memory_bytes()).max(0.0) / assumptions.app_memory_bytes_per_vcpu();
    (room >= 1.0).then(|| class.sustained_vcpu().min(room))
}

/// Why there is no way, in the words of the catalogue.
fn none(request: &Request, order: &Order, part: f64) -> Unplaceable {
    let machines = (MOST_PER_ZONE * order.zones()) as f64 * order.left();
    let share = order.vcpus(request.load.requests_peak, part) / machines;
    let share = share.max(order.vcpus(request.load.requests_ceiling(), part) * request.assumptions.utilisation_target_app() / machines);
    let needs = Needs { vcpu: share, memory: request.load.app_host_memory(share), connections: 0 };
    match class(order.component, request, order.families, &needs) {
        Err(error) => error,
        Ok(_) => Unplaceable {
            component: order.component,
            problem: format!("no class carries the load with {MOST_PER_ZONE} machines or fewer in each zone; each would need {needs}"),
        },
    }
}

impl Order<'_> {
    fn zones(&self) -> u64 {
        u64::try_from(self.zones).unwrap_or(1).max(1)
    }

    /// The part of the machines that is left when the worst that must be carried has happened.
    fn left(&self) -> f64 {
        left(self.zones(), self.loss)
    }

    fn vcpus(&self, requests: PerSecond, part: f64) -> f64 {
        requests.get() * part * self.vcpu_seconds
    }

    /// Machines for so many vCPUs with a zone gone, the same number in each zone.
    fn machines(&self, vcpus: f64, carries: f64) -> u64 {
        machines(vcpus, carries, self.zones(), self.loss)
    }

    /// Machines at peak; where no more come, also those for the stress case at full tilt, with all zones.
    fn count(&self, carries: f64, load: &Load, part: f64) -> u64 {
        let peak = self.machines(self.vcpus(load.requests_peak, part), carries);
        if self.stands == Stands::Mean {
            return peak;
        }
        let full = self.vcpus(load.requests_ceiling(), part) * load.assumptions.utilisation_target_app();
        peak.max(machines(full, carries, self.zones(), Loss::Delayed))
    }

    fn least(&self, carries: f64, count: u64, load: &Load, part: f64) -> u64 {
        match self.stands {
            Stands::Peak => count,
            Stands::Mean => self.machines(self.vcpus(load.requests_mean, part), carries),
        }
    }

    /// vCPUs that each zone has at full scale-out at the least: for the stress case, and for twice the peak, with a zone gone. When a region is lost, the
    /// others grow to do its work too, so the stress case is all of it. It follows from the load alone, whatever class is chosen.
    fn in_zone(&self, load: &Load, part: f64) -> f64 {
        let peak = self.vcpus(load.requests_peak, part);
        let vcpus = self.vcpus(load.requests_ceiling(), 1.0).max(peak * 2.0) / (self.left() * self.zones() as f64);
        even(vcpus).max(vcpus)
    }

    /// Machines at full scale-out, and at least one more in each zone.
    fn most(&self, way: &Way, in_zone: f64) -> u64 {
        let zones = self.zones();
        whole(in_zone / way.carries).saturating_mul(zones).max(way.count.saturating_add(zones))
    }

    fn running(&self, carries: f64, least: u64, load: &Load, part: f64) -> Running {
        let per_machine = carries / self.vcpu_seconds * self.left();
        running(least, self.stands, self.spot_percent, per_machine, load, part)
    }
}

/// The next larger of four sizes between a power of two and the next. Classes hold powers of two, so the bound of a group does not fall when a smaller
/// class, which would fit a little closer, becomes the cheaper one.
fn even(vcpus: f64) -> f64 {
    let step = vcpus.log2().floor().exp2() / 4.0;
    if step.is_normal() { whole(vcpus / step) as f64 * step } else { vcpus }
}

fn left(zones: u64, loss: Loss) -> f64 {
    if zones > 1 && loss == Loss::Carried { (zones - 1) as f64 / zones as f64 } else { 1.0 }
}

fn machines(vcpus: f64, carries: f64, zones: u64, loss: Loss) -> u64 {
    let remaining = if zones > 1 && loss == Loss::Carried { zones - 1 } else { zones };
    whole(vcpus / (carries * remaining as f64)).max(1).saturating_mul(zones)
}

/// Machines on average of a month: the least all the time, and as many more as the requests above what those carry ask for.
fn running(least: u64, stands: Stands, spot_percent: u32, per_machine: f64, load: &Load, part: f64) -> Running {
    let level = least as f64 * per_machine;
    let more = match stands {
        Stands::Mean if level.is_finite() => load.requests_above(PerSecond::new(level / part)).get() * part / per_machine,
        _ => 0.0,
    };
    // Half of the least are never taken back, so that work goes on whatever Spot does.
    let base = if spot_percent == 0 { least } else { (least / 2).max(1) };
    Running { least, base, spot_percent, more: mean(more) }
}

impl Fleet {
    fn new(request: &Request, order: &Order, (best, weakest): (&Way, f64), second: Option<&Way>, small: Option<&Class>) -> Fleet {
        let (class, load, part) = (best.class, request.load, 1.0 / request.regions.max(1) as f64);
        let sustained = class.sustained_vcpu();
        let target = class.baseline_percent.map_or(request.assumptions.utilisation_target_app() * 100.0, f64::from);
        let vcpus = order.vcpus(load.requests_peak, part);
        let stands = |machines: u64| machines as f64 * best.carries;
        let (most, promised) = match order.stands {
            Stands::Peak => {
                let full = order.vcpus(load.requests_ceiling(), part) * request.assumptions.utilisation_target_app();
                (best.count, holding(stands(best.count), full))
            }
            Stands::Mean => {
                let (in_zone, zones) = (order.in_zone(load, part), order.zones());
                let most = order.most(best, in_zone);
                // Two in each zone there are in any case, of whatever class.
                let least = weakest * zones.saturating_mul(2) as f64;
                (most, holding(stands(most), in_zone * zones as f64).min((in_zone * zones as f64).max(least)))
            }
        };
        let mut instead = Vec::new();
        if let Some(second) = second {
            let text = format!(
                "{} × {}, of which {} always run: it would do, for {} a month with disks and monitoring against {}",
                second.count, second.class.name, second.least, second.month, best.month
            );
            instead.push(Reason::instead(Driver::Cost, text));
        }
        if let Some(small) = small.filter(|small| small.memory < class.memory) {
            let needed = load.app_host_memory(1.0);
            let text =
                format!("{}: {} of memory, {} needed for the system and one worker", small.name, small.memory.binary(), needed.binary());
            instead.push(Reason::instead(Driver::Memory, text));
        }
        Fleet {
            class: class.name.clone(),
            count: best.count,
            least: best.least,
            most,
            alone: whole(vcpus / best.carries).max(1),
            sustained,
            carries: best.carries,
            target,
            loss: order.loss,
            instead,
            zones: order.zones(),
            stands: order.stands,
            vcpu: class.vcpu,
            promised,
            vcpu_seconds: order.vcpu_seconds,
            full: order.vcpu_seconds * request.assumptions.utilisation_target_app(),
            worker_bytes: request.assumptions.app_memory_bytes_per_vcpu(),
            spot_percent: order.spot_percent,
        }
    }

    /// The part of the machines that is left when the worst that must be carried has happened.
    pub fn left(&self) -> f64 {
        left(self.zones, self.loss)
    }

    /// CPU utilisation in percent at which the group grows: so that those that are left when a zone is gone are at their target.
    pub fn scaling_target(&self) -> f64 {
        self.target * self.carries / self.sustained * self.left()
    }

    /// Machines on average of a month under a load, in a region that has this part of it.
    pub fn running(&self, load: &Load, part: f64) -> Running {
        running(self.least, self.stands, self.spot_percent, self.carries / self.vcpu_seconds * self.left(), load, part)
    }

    /// Machines that are never taken back.
    pub fn base(&self) -> u64 {
        if self.spot_percent == 0 { self.least } else { (self.least / 2).max(1) }
    }

    /// `2 × t4g.small sustain 0.4 vCPU each`.
    pub fn words(&self) -> String {
        format!("{} × {} sustain {} vCPU each", self.count, self.class, number(self.sustained))
    }

    /// Processors and memory of all machines at full tilt, in requests a second and in bytes of workers; `each` is how many of `unit` a request makes.
    /// Full scale-out counts with what is promised. Machines have memory for all workers that their processors are counted for.
    pub fn ceilings(&self, (unit, each): (&'static str, f64), part: f64, then: &str) -> [Ceiling; 2] {
        let (full, worker, gib) = (self.full, self.worker_bytes, Bytes::GIB as f64);
        let built = (self.count as f64 * self.carries).min(self.promised);
        let requests = |vcpus: f64| if full > 0.0 { vcpus / full } else { 0.0 };
        let processors = Ceiling::fixed("processors", Driver::Cpu, unit, requests(built) * each, move |load: &Load| {
            load.requests_peak.get() * part * each
        });
        let memory = Ceiling::fixed("memory for workers", Driver::Memory, "GiB", built * worker / gib, move |load: &Load| {
            worker * full * load.requests_peak.get() * part / gib
        });
        let most = self.most.max(self.count);
        let vcpus = |machines: f64| machines * f64::from(self.vcpu);
        let spot = most.saturating_sub(self.base()) as f64 * f64::from(self.spot_percent.min(100)) / 100.0;
        let (on_demand, spare) = (vcpus(most as f64 - spot), vcpus(spot));
        let processors = processors.scales_to(requests(self.promised) * each).then(then);
        let memory = memory.scales_to(self.promised * worker / gib).then(then);
        if self.spot_percent > 0 {
            return [processors.within("ec2.spot_standard_vcpu", spare), memory.within("ec2.on_demand_standard_vcpu", on_demand)];
        }
        [processors.within("ec2.on_demand_standard_vcpu", on_demand), memory]
    }
}

/// `two zones`, as people say it.
pub fn zones_in_words(zones: usize) -> String {
    match zones {
        1 => "one zone".to_owned(),
        2 => "two zones".to_owned(),
        3 => "three zones".to_owned(),
        more => format!("{more} zones"),
    }
}

#[cfg(test)]
mod tests;
