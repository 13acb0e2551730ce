//! Groups of machines, and machines that stand alone.

use scalectl::catalog::Offering;
use scalectl::units::Bytes;
use scalectl::workload::Pool;

use super::cost::{Group, more};
use super::*;

/// What is asked of a group of machines, the same number in every zone, at least one and at most 40.
struct Asked {
    zones: u64,
    /// One of the zones may be gone.
    lost: bool,
    /// vCPUs, filled to the target, that one request a second takes.
    each: f64,
    /// Whether those above the mean come with the load.
    scales: bool,
    spot_percent: u32,
}

impl Asked {
    fn web(case: &Case, scales: bool) -> Asked {
        let zones = case.phase.zones as u64;
        Asked { zones, lost: zones > 1, each: full(case) / case.assumptions.utilisation_target_app(), scales, spot_percent: 0 }
    }

    /// Jobs, each as long as a call of a function; two zones, work may wait.
    fn jobs(case: &Case) -> Asked {
        let a = &case.assumptions;
        let each = a.messages_per_request() * (a.function_milliseconds() / 1_000.0) / a.utilisation_target_app();
        Asked { zones: case.phase.zones.min(2) as u64, lost: false, each, scales: true, spot_percent: 100 }
    }

    /// All groups that do.
    fn ways(&self, case: &Case, market: &Market, vcpus_of: &dyn Fn(&Class) -> f64) -> Vec<Way> {
        let (load, a) = (&case.load, &case.assumptions);
        let left = if self.lost { self.zones - 1 } else { self.zones };
        let mut ways = Vec::new();
        for class in market.classes(Offering::Ec2, APP) {
            // Workers for no more vCPUs than there is memory for, and for one at least.
            let room = (class.memory.as_f64() - a.system_memory_bytes()) / a.app_memory_bytes_per_vcpu();
            let busy = vcpus_of(class).min(room);
            let carries = |per_zone: u64, zones: u64, vcpus: f64| (per_zone * zones) as f64 * busy >= vcpus * NOISE;
            let at_full_tilt = if self.scales { 0.0 } else { stress(case) * self.each * a.utilisation_target_app() };
            let peak = load.requests_peak.get() * self.each;
            let found = (1..=40).find(|machines| carries(*machines, left, peak) && carries(*machines, self.zones, at_full_tilt));
            let Some(per_zone) = found.filter(|_| room >= 1.0) else { continue };
            let count = per_zone * self.zones;
            if !self.scales {
                let group = Group { least: count, base: count, spot_percent: 0, more: 0.0, disk: 20 };
                ways.push(Way::standing(class, count, market.group(class, &group)));
                continue;
            }
            for standing in (1..=per_zone).filter(|machines| carries(*machines, left, load.requests_mean.get() * self.each)) {
                let least = standing * self.zones;
                // Half of them are never taken back.
                let base = if self.spot_percent == 0 { least } else { (least / 2).max(1) };
                let one = busy / self.each * left as f64 / self.zones as f64;
                let group = Group { least, base, spot_percent: self.spot_percent, more: more(load, least, one), disk: 20 };
                ways.push(Way { class: class.name.clone(), count, least: Some(least), month: market.group(class, &group) });
            }
        }
        ways
    }
}

#[test]
fn the_web_servers_are_the_cheapest_that_do_with_one_zone_gone() {
    let placed = holds("web_servers", "1k", 1e9, &|case, market| Asked::web(case, false).ways(case, market, &lasting));
    assert!(placed > 100, "{placed}");
    holds("web_servers", "10k", 1e10, &|case, market| Asked::web(case, true).ways(case, market, &lasting));
}

#[test]
fn the_workers_are_the_cheapest_that_do_the_jobs_of_the_peak() {
    let ways = |case: &Case, market: &Market| Asked::jobs(case).ways(case, market, &lasting);
    holds("workers", "10k", 1e8, &ways);
    holds("workers", "500k", 1e8, &ways);
}

/// What a machine alone has to have.
struct Alone {
    vcpus: f64,
    memory: Bytes,
}

/// One machine of at most 16 vCPUs.
fn alone(market: &Market, families: &[&str], needs: &Alone) -> Vec<Way> {
    let classes = market.classes(Offering::Ec2, families).into_iter();
    let fitting = classes.filter(|class| class.vcpu <= 16 && lasting(class) >= needs.vcpus * NOISE && class.memory >= needs.memory);
    fitting.map(|class| Way::standing(class, 1, market.alone(class))).collect()
}

/// The app, with so many vCPUs of queries beside it: the peak at the target, the stress case at full tilt.
fn app_alone(case: &Case, at_peak: f64, in_stress: f64) -> Alone {
    let (a, in_stress_app) = (&case.assumptions, full(case) * stress(case));
    let memory = a.system_memory_bytes() + a.app_memory_bytes_per_vcpu() * case.load.app_vcpus.max(in_stress_app).max(1.0);
    Alone { vcpus: (case.load.app_vcpus + at_peak).max(in_stress_app + in_stress), memory: Bytes::from_f64(memory) }
}

#[test]
fn the_single_hosts_are_the_cheapest_that_carry_everything() {
    let together = |case: &Case, market: &Market| {
        let queries = stores::all_queries(case);
        let Alone { vcpus, memory } = app_alone(case, stores::at_target(case, queries), stores::busy(case, queries) * stressed(case));
        alone(market, APP, &Alone { vcpus, memory: memory + Bytes::mib(256) + case.load.working_set_bytes })
    };
    let placed = holds("app_server", "launch", 1e6, &together);
    assert!((100..CASES).contains(&placed), "{placed}");
    holds("app_server", "10", 1e7, &|case, market| alone(market, APP, &app_alone(case, 0.0, 0.0)));
    let database = |case: &Case, market: &Market| {
        let (connections, _) = stores::connections(case);
        if connections > 1_000 {
            return Vec::new();
        }
        let memory = Bytes::gib(1) + case.load.working_set_bytes + Bytes::mib(10).scaled(connections as f64);
        alone(market, &["r7g", "r8g"], &Alone { vcpus: stores::in_all(case, stores::all_queries(case)), memory })
    };
    holds("database_server", "10", 1e7, &database);
}

#[test]
fn a_burstable_class_counts_with_what_lasts() {
    let catalog = Catalog::builtin().unwrap();
    let mut chance = Chance::new(0x0c8e_d175);
    let (mut burstable, mut tempted) = (0, 0);
    for _ in 0..CASES {
        let case = Case::random("1k", 1e7, &mut chance, &catalog);
        let market = Market::of(&catalog, &case);
        let chosen = case.sized("web_servers", &catalog).unwrap();
        let class = catalog.class(&chosen.class).unwrap();
        let left = (chosen.count / 2) as f64;
        if let Some(percent) = class.baseline_percent {
            burstable += 1;
            let lasts = left * f64::from(class.vcpu) * f64::from(percent) / 100.0;
            assert!(lasts >= case.load.app_vcpus * NOISE, "{}: {chosen:?} lasts {lasts}", case.words());
            let busy = Pool::app(&case.load, lasts).utilisation(case.load.requests_peak);
            assert!(busy * NOISE <= case.assumptions.utilisation_target_app(), "{}: {chosen:?} is {busy} busy", case.words());
        }
        // Whoever counted the burst would buy less.
        let asked = Asked::web(&case, false);
        let least = |vcpus_of: &dyn Fn(&Class) -> f64| asked.ways(&case, &market, vcpus_of).into_iter().map(|way| way.month).min();
        tempted += usize::from(least(&|class| f64::from(class.vcpu)) < least(&lasting));
    }
    assert!(
        burstable >= 50 && tempted >= 50,
        "of {CASES} loads {burstable} have burstable servers, and {tempted} would be cheaper by bursting"
    );
}
