//! More users never cost less, what is chosen carries what it must, and the mean of Serverless is that of the day.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::catalog::Catalog;
use crate::settings::Settings;
use crate::units::{Users, decimal};
use crate::workload::{self, Assumptions};

/// Read once: reading it takes longer than choosing.
fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::builtin().unwrap())
}

/// Chooses for so many users in three zones, and in as many regions as the shape is global.
fn chosen(
    catalog: &Catalog,
    shape: &Shape,
    users: u64,
    region: &str,
    assumptions: &Assumptions,
) -> Result<(Choice, Vec<Reason>, Load), String> {
    let (load, settings) = (workload::load(Users(users), assumptions), Settings::default());
    let regions = if shape.global { 2 } else { 1 };
    let region = catalog.region(region).unwrap();
    let request = Request { load: &load, catalog, settings: &settings, region, zones: 3, regions, assumptions };
    choose(shape, &request).map(|(choice, reasons)| (choice, reasons, load.clone()))
}

/// What all clusters cost and are.
#[derive(Debug, Clone, Copy)]
struct Measures {
    /// For an hour, as the bill counts it.
    usd: Usd,
    /// vCPUs that are there on average of the day.
    vcpu: f64,
    /// vCPUs that instances reach without another one.
    reached: f64,
    /// Bytes of memory that are always there.
    memory: f64,
    /// Bytes of memory that instances reach.
    most_memory: f64,
    serverless: bool,
}

fn measures(catalog: &Catalog, choice: &Choice, load: &Load, region: &str) -> Measures {
    let (prices, region) = (catalog.prices().unwrap(), &catalog.region(region).unwrap().region);
    let (clusters, each) = (choice.databases.len() as u64, 1 + choice.readers);
    let count = (clusters * each) as f64;
    let proxied = choice.proxied(load);
    let proxy = hourly(prices, choice.proxy_key(), region).unwrap().times(decimal(proxied.0 + proxied.1)).times(clusters);
    let proxy = if choice.pooled { proxy } else { Usd::ZERO };
    match &choice.chosen {
        Chosen::Provisioned(class) => {
            let usd = prices.price(&Offering::Aurora.key(class), region).unwrap().usd.times(clusters * each) + proxy;
            let (vcpu, memory) = (class.sustained_vcpu() * count, class.memory.as_f64() * count);
            Measures { usd, vcpu, reached: vcpu, memory, most_memory: memory, serverless: false }
        }
        Chosen::Serverless { least, most, .. } => {
            let acu = choice.mean_acu(load) * clusters as f64;
            Measures {
                usd: prices.price("aurora.serverless_v2.acu", region).unwrap().usd.times(decimal(acu)) + proxy,
                vcpu: acu * ACU_VCPU,
                reached: most * ACU_VCPU * count,
                memory: memory_of(*least).as_f64() * count,
                most_memory: memory_of(*most).as_f64() * count,
                serverless: true,
            }
        }
    }
}

fn shapes() -> [Shape; 4] {
    let global = Shape { capacity: Capacity::Provisioned, federated: true, global: true, ..Shape::default() };
    [
        Shape::default(),
        Shape { uncached: true, pooled: true, ..Shape::default() },
        Shape { pooled: true, functions: true, ..Shape::default() },
        Shape { pooled: true, functions: true, shards: Some(2), ..global },
    ]
}

fn assumptions() -> impl Strategy<Value = Assumptions> {
    let values = (1.0..20.0, 0.1..30.0, 0.5..1.0, 0.0..0.1, 0.05..0.5, 1_000.0..1_000_000.0, 0.5..0.95_f64);
    values.prop_map(|(peak, queries, reads, stress, active, bytes, hit)| {
        Assumptions::with([
            format!("peak_factor={peak}"),
            format!("queries_per_request={queries}"),
            format!("read_share={reads}"),
            format!("stress_share={stress}"),
            format!("dau_share={active}"),
            format!("database_bytes_per_user={bytes}"),
            format!("cache_hit_rate={hit}"),
        ])
        .unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn more_users_never_cost_less_nor_get_less(
        (shape, region) in (0..4_usize, prop::sample::select(vec!["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-1"])),
        assumptions in assumptions(),
        start in 3.0..8.0_f64,
        steps in prop::collection::vec(1.0..3.0_f64, 1..6),
    ) {
        let (catalog, shape) = (catalog(), &shapes()[shape]);
        let mut users = 10_f64.powf(start);
        let mut before: Option<(Measures, Choice)> = None;
        for step in steps {
            users *= step;
            let Ok((choice, _, load)) = chosen(catalog, shape, users as u64, region, &assumptions) else { break };
            let now = measures(catalog, &choice, &load, region);
            if let Some((was, other)) = before {
                let grows = |now: f64, was: f64| now >= was * (1.0 - 1e-9);
                prop_assert!(now.usd >= was.usd, "{now:?}: {choice:?} after {was:?}: {other:?}");
                // Serverless that follows a class reaches at least as much; a class that follows Serverless has at least what was used.
                let (vcpu, memory) = match (was.serverless, now.serverless) {
                    (false, true) => (now.reached, now.most_memory),
                    _ => (now.vcpu, now.memory),
                };
                prop_assert!(grows(vcpu, was.vcpu), "{now:?}: {choice:?} after {was:?}: {other:?}");
                prop_assert!(grows(memory, was.memory), "{now:?}: {choice:?} after {was:?}: {other:?}");
                prop_assert!(was.serverless != now.serverless || grows(now.reached, was.reached), "{choice:?} after {other:?}");
            }
            before = Some((now, choice));
        }
    }

    #[test]
    fn peak_and_stress_case_are_carried(shape in 0..4_usize, assumptions in assumptions(), exponent in 0.0..9.0_f64) {
        let (catalog, shape) = (catalog(), &shapes()[shape]);
        let users = 10_f64.powf(exponent) as u64;
        let Ok((choice, _, load)) = chosen(catalog, shape, users, "us-east-1", &assumptions) else { return Ok(()) };
        let stress = load.stressed();
        let (built, most) = match &choice.chosen {
            Chosen::Provisioned(class) => (class.sustained_vcpu(), class.sustained_vcpu()),
            Chosen::Serverless { peak, most, .. } => (peak * ACU_VCPU, most * ACU_VCPU),
        };
        let within = |demand: f64, capacity: f64| demand <= capacity * (1.0 + 1e-9);
        prop_assert!(within(load.database_vcpus_for(choice.writes(&load)), built), "writes: {choice:?}");
        prop_assert!(within(sizing::busy(&stress, choice.writes(&stress)), most), "writes under stress: {choice:?}");
        prop_assert!(within(load.database_vcpus_for(choice.reads(&load)), built * choice.readers as f64), "reads: {choice:?}");
        prop_assert!(within(sizing::busy(&stress, choice.reads(&stress)), most * choice.readers_most as f64), "reads under stress: {choice:?}");
        prop_assert!(choice.readers_most <= way::MOST_READERS && choice.readers <= choice.readers_most);
        prop_assert!(choice.pooled || choice.connections <= choice.max_connections, "{choice:?}");
        // What is left without a zone: its instances are a third, rounded up.
        let left = (1 + choice.readers) - (1 + choice.readers).div_ceil(3);
        prop_assert!(left < 2 || within(sizing::busy(&load, choice.reads(&load)), most * (left - 1) as f64), "a zone is gone: {choice:?}");
    }
}

#[test]
fn serverless_is_billed_for_the_least_and_for_the_day_above_it() {
    let assumptions = Assumptions::default();
    let load = workload::load(Users(1_000_000), &assumptions);
    // A pace by which the peak takes 4 ACU, the mean of the day a third of that.
    let pace = 4.0 / load.requests_peak.get();
    assert!((way::mean(&load, pace, 0.0, 256.0) - 4.0 / 3.0).abs() < 1e-9);
    // With a peak of three times the mean the load is above the part x of its peak for 1 − √x of the day: 2 + (4/3)(1 − 1/√8) − 2(1 − 1/√2).
    let expected = 2.0 + 4.0 / 3.0 * (1.0 - 0.5_f64.powf(1.5)) - 2.0 * (1.0 - 0.5_f64.sqrt());
    assert!((way::mean(&load, pace, 2.0, 256.0) - expected).abs() < 1e-9);
    assert!((way::mean(&load, pace, 4.0, 256.0) - 4.0).abs() < 1e-9, "never less than the least");
    assert!((way::mean(&load, pace, 2.0, 2.0) - 2.0).abs() < 1e-9, "never more than the most");
}

#[test]
fn what_was_not_taken_is_named_with_a_number() {
    let catalog = catalog();
    for (shape, users) in shapes().iter().flat_map(|shape| [10_000, 1_000_000, 20_000_000].map(|users| (shape, users))) {
        let (_, reasons, _) = chosen(catalog, shape, users, "us-east-1", &Assumptions::default()).unwrap();
        assert!(!reasons[0].rejected);
        let rejected: Vec<&Reason> = reasons.iter().filter(|reason| reason.rejected).collect();
        assert!(!rejected.is_empty() && rejected.iter().all(|reason| reason.text.contains(|c: char| c.is_ascii_digit())), "{reasons:#?}");
    }
}
