//! More users never cost less, what is chosen carries what it must, and the mean of Serverless is that of the day.

use proptest::prelude::*;

use super::*;
use crate::catalog::Catalog;
use crate::settings::Settings;
use crate::units::Users;
use crate::workload::{self, Assumptions};

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

/// What an hour of all clusters costs in a region as the bill counts it, vCPUs that last, and memory in GiB that stands.
fn measures(catalog: &Catalog, choice: &Choice, load: &Load, region: &str) -> (Usd, f64, f64) {
    let (prices, region) = (catalog.prices().unwrap(), &catalog.region(region).unwrap().region);
    let (clusters, each) = (choice.databases.len() as u64, 1 + choice.readers);
    let count = (clusters * each) as f64;
    let proxied = choice.proxied(load);
    let proxy = hourly(prices, choice.proxy_key(), region).unwrap().times(crate::units::decimal(proxied.0 + proxied.1)).times(clusters);
    let proxy = if choice.pooled { proxy } else { Usd::ZERO };
    match &choice.chosen {
        Chosen::Provisioned(class) => {
            let usd = prices.price(&Offering::Aurora.key(class), region).unwrap().usd.times(clusters * each);
            (usd + proxy, class.sustained_vcpu() * count, class.memory.as_f64() * count)
        }
        Chosen::Serverless { least, .. } => {
            let acu = choice.mean_acu(load) * clusters as f64;
            let usd = prices.price("aurora.serverless_v2.acu", region).unwrap().usd.times(crate::units::decimal(acu));
            (usd + proxy, acu * ACU_VCPU, memory_of(*least).as_f64() * count)
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
        let (catalog, shape) = (Catalog::builtin().unwrap(), &shapes()[shape]);
        let mut users = 10_f64.powf(start);
        let mut before: Option<(Usd, f64, f64, Choice)> = None;
        for step in steps {
            users *= step;
            let Ok((choice, _, load)) = chosen(&catalog, shape, users as u64, region, &assumptions) else { break };
            let (usd, vcpu, memory) = measures(&catalog, &choice, &load, region);
            if let Some((usd_before, vcpu_before, memory_before, was)) = before {
                prop_assert!(usd >= usd_before, "{usd} after {usd_before}: {choice:?} after {was:?}");
                prop_assert!(vcpu >= vcpu_before * (1.0 - 1e-9), "{vcpu} vCPU after {vcpu_before}: {choice:?} after {was:?}");
                prop_assert!(memory >= memory_before, "{memory} after {memory_before}: {choice:?} after {was:?}");
            }
            before = Some((usd, vcpu, memory, choice));
        }
    }

    #[test]
    fn peak_and_stress_case_are_carried(shape in 0..4_usize, assumptions in assumptions(), exponent in 0.0..9.0_f64) {
        let (catalog, shape) = (Catalog::builtin().unwrap(), &shapes()[shape]);
        let users = 10_f64.powf(exponent) as u64;
        let Ok((choice, _, load)) = chosen(&catalog, shape, users, "us-east-1", &assumptions) else { return Ok(()) };
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
    let catalog = Catalog::builtin().unwrap();
    for (shape, users) in shapes().iter().flat_map(|shape| [10_000, 1_000_000, 20_000_000].map(|users| (shape, users))) {
        let (_, reasons, _) = chosen(&catalog, shape, users, "us-east-1", &Assumptions::default()).unwrap();
        assert!(!reasons[0].rejected);
        let rejected: Vec<&Reason> = reasons.iter().filter(|reason| reason.rejected).collect();
        assert!(!rejected.is_empty() && rejected.iter().all(|reason| reason.text.contains(|c: char| c.is_ascii_digit())), "{reasons:#?}");
    }
}
