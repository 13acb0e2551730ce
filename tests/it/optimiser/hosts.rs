//! The hosts that carry the services' tasks, where those do not run on Fargate.

use scalectl::catalog::Offering;
use scalectl::settings::Compute;
use scalectl::units::Bytes;

use super::cost::Group;
use super::*;

/// Network interfaces of a Graviton class, one of them the host's own (EC2 user guide, "Maximum IP addresses per network interface").
fn interfaces(class: &Class) -> u64 {
    match class.vcpu {
        1 => 2,
        2 => 3,
        4 | 8 => 4,
        16 | 32 => 8,
        _ => 15,
    }
}

/// Tasks of one size.
struct Tasks {
    count: u64,
    /// Units of 1,024 to the vCPU.
    cpu: u64,
    /// MiB.
    memory: u64,
}

/// Tasks on hosts, the same number in every zone: processors and memory filled to 90 %, an interface for each task. Each zone's first is on demand, of the
/// others 30 in 100 are Spot.
fn hosts(case: &Case, market: &Market, Tasks { count: tasks, cpu, memory }: &Tasks) -> Vec<Way> {
    let zones = case.phase.zones as u64;
    let system = case.assumptions.system_memory_bytes();
    let mut ways = Vec::new();
    for class in market.classes(Offering::Ec2, &["m7g", "c7g", "m8g", "c8g"]) {
        let two = Bytes::mib(memory * 2) + Bytes::from_f64(system);
        if u64::from(class.vcpu) * 1_024 < cpu.max(&1_024) * 2 || class.memory < two {
            continue;
        }
        let holds = |count: u64| {
            let processors = (count * u64::from(class.vcpu) * 1_024) as f64 * 0.9;
            let room = count as f64 * (class.memory.as_f64() - system) * 0.9;
            let enough = processors >= (tasks * cpu) as f64 * NOISE && room >= (tasks * memory * Bytes::MIB) as f64 * NOISE;
            enough && count * (interfaces(class) - 1) >= *tasks
        };
        let count = (1..).map(|per_zone| per_zone * zones).find(|count| holds(*count)).unwrap();
        let group = Group { least: count, base: zones, spot_percent: 30, more: 0.0, disk: 50 };
        ways.push(Way::standing(class, count, market.group(class, &group)));
    }
    ways
}

/// What each service needs, in tasks of a size: as many as carry its part with one of three zones gone.
fn tasks(case: &Case, cpu: u64, memory: u64) -> (u64, u64) {
    let services = case.settings.services.len() as u64;
    let carries = (cpu as f64 / 1_024.0).min((memory * Bytes::MIB) as f64 / case.assumptions.app_memory_bytes_per_vcpu());
    let part = case.load.app_vcpus / services as f64 / carries;
    let each = (1..).map(|per_zone| per_zone * 3).find(|tasks| (tasks / 3 * 2) as f64 >= part * NOISE).unwrap();
    (each, each * services)
}

fn compare(sized: &dyn Fn(&mut Case, &mut Chance) -> Vec<Tasks>) {
    let catalog = Catalog::builtin().unwrap();
    let mut chance = Chance::new(0x0b0a_710f);
    let mut wrong = Vec::new();
    for _ in 0..CASES {
        let mut case = Case::random("500k", 1e8, &mut chance, &catalog);
        case.settings.compute = Some(Compute::Ec2);
        let market = Market::of(&catalog, &case);
        let sizes = sized(&mut case, &mut chance);
        let ways: Vec<Way> = sizes.iter().flat_map(|tasks| hosts(&case, &market, tasks)).collect();
        let chosen = case.sized("services", &catalog);
        let best = ways.iter().min_by_key(|way| way.month);
        let taken = chosen.as_ref().and_then(|chosen| ways.iter().filter(|way| way.is(chosen)).min_by_key(|way| way.month));
        let same = match (best, taken) {
            (Some(best), Some(taken)) => cost::same(best.month, taken.month),
            (None, None) => chosen.is_none(),
            _ => false,
        };
        if !same {
            wrong.push(format!("{}:\n    expected {best:?}\n    got {chosen:?} {taken:?}", case.words()));
        }
    }
    none("services", &wrong);
}

#[test]
fn the_hosts_of_the_services_are_the_cheapest_altogether_for_tasks_of_a_size() {
    compare(&|case, chance| {
        let sizes = [(1_024, 2_048), (1_024, 4_096), (2_048, 4_096), (2_048, 8_192), (4_096, 8_192), (4_096, 16_384)];
        let (cpu, memory) = chance.one_of(&sizes);
        for service in &mut case.settings.services {
            (service.cpu, service.memory) = (Some(cpu), Some(memory));
        }
        let (cpu, memory) = (u64::from(cpu), u64::from(memory));
        vec![Tasks { count: tasks(case, cpu, memory).1, cpu, memory }]
    });
}

#[test]
fn the_tasks_are_of_the_size_for_which_the_hosts_are_cheapest() {
    compare(&|case, _| {
        let least = [(256, 512), (512, 1_024), (1_024, 2_048), (2_048, 4_096), (4_096, 8_192), (8_192, 16_384), (16_384, 32_768)];
        let mut sizes = Vec::new();
        for (cpu, least) in least {
            // Whole GiB where the workers want more than the least; Fargate has 8 GiB for each vCPU at the most.
            let wanted = case.assumptions.app_memory_bytes_per_vcpu() * cpu as f64 / 1_024.0 / Bytes::GIB as f64;
            let memory = if least as f64 / 1_024.0 >= wanted { least } else { (wanted.ceil() as u64 * 1_024).min(cpu * 8) };
            let (each, count) = tasks(case, cpu, memory);
            // No more than three tasks of a service in a zone, where there are larger ones.
            if each <= 9 || cpu == 16_384 {
                sizes.push(Tasks { count, cpu, memory });
            }
        }
        sizes
    });
}
