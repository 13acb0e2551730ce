//! More users, step by step: what a group promises at full scale-out, and what stands then.

use scalectl::block::Site;

use super::*;

/// Users from 10k or 500k on in steps of a twelfth.
fn road(phase: &'static str, assumptions: &Assumptions) -> impl Iterator<Item = Case> {
    let assumptions = assumptions.clone();
    let from = phase::find(phase).unwrap().from;
    let users = std::iter::successors(Some(from), |users| Some(users + users / 12).filter(|users| *users < 500_000_000));
    users.map(move |users| Case::of(phase, users, Settings::default(), assumptions.clone()))
}

/// A bound of a component at full scale-out, the load that it is for and the stress case in its unit.
struct Promise {
    what: String,
    most: f64,
    stress: f64,
}

fn promises(case: &Case, component: &str, catalog: &Catalog) -> Vec<Promise> {
    let region = catalog.region(&case.settings.region).unwrap();
    let regions = [region];
    let site =
        Site { settings: &case.settings, phase: &case.phase.id, region, regions: &regions, zones: case.phase.zones, month: Usd::ZERO };
    let stressed = case.load.stressed();
    let ceilings = case.component(component, catalog).map(|component| component.ceilings(&site)).unwrap_or_default();
    let promise = |ceiling: scalectl::block::Ceiling| {
        assert!(ceiling.built <= ceiling.most && !ceiling.what.is_empty(), "{}: {ceiling:?}", case.words());
        Promise { stress: (ceiling.demand)(&stressed), what: ceiling.what, most: ceiling.most }
    };
    ceilings.into_iter().map(promise).collect()
}

/// Habits of all kinds: memory binds here, processors there.
fn habits() -> Vec<Assumptions> {
    let sets: [&[&str]; 4] = [
        &[],
        &["app_memory_bytes_per_vcpu=6000000000"],
        &["stress_share=0.001", "peak_factor=8"],
        &["function_milliseconds=900", "requests_per_vcpu=20"],
    ];
    let set = |set: &[&str]| Assumptions::with(set.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>()).unwrap();
    sets.into_iter().map(set).collect()
}

#[test]
fn more_users_are_never_promised_less_at_full_scale_out_and_the_stress_case_is_carried() {
    let catalog = Catalog::builtin().unwrap();
    for assumptions in habits() {
        for (phase, component) in
            [("10k", "web_servers"), ("10k", "workers"), ("500k", "services"), ("500k", "workers"), ("1k", "web_servers")]
        {
            let mut before: Vec<Promise> = Vec::new();
            let mut seen = 0;
            for case in road(phase, &assumptions) {
                let now = promises(&case, component, &catalog);
                if now.is_empty() {
                    break;
                }
                for promise in &now {
                    assert!(promise.most >= promise.stress * NOISE, "{}: {}: {}", case.words(), promise.what, promise.most);
                    let fewer = before.iter().find(|fewer| fewer.what == promise.what);
                    let fell = fewer.filter(|fewer| promise.most < fewer.most * NOISE);
                    let had = fell.map(|fewer| fewer.most);
                    assert_eq!(had, None, "{}: {component}: {}: {}", case.words(), promise.what, promise.most);
                }
                (before, seen) = (now, seen + 1);
            }
            assert!(seen > 20, "{component}: {seen}");
        }
    }
}

#[test]
fn no_more_is_promised_at_full_scale_out_than_stands_and_machines_of_a_class_never_become_fewer() {
    let catalog = Catalog::builtin().unwrap();
    for assumptions in habits() {
        for component in ["web_servers", "workers"] {
            let mut before: Option<Chosen> = None;
            for case in road("10k", &assumptions) {
                let Some(chosen) = case.sized(component, &catalog) else { break };
                let class = catalog.class(&chosen.class).unwrap();
                let most = chosen.scales().1;
                let vcpus = most as f64 * lasting(class);
                let of = |what: &str| promises(&case, component, &catalog).into_iter().find(|promise| promise.what == what).unwrap().most;
                let each = if component == "workers" { 1_000.0 / assumptions.function_milliseconds() } else { 1.0 / full(&case) };
                assert!(of("processors") <= vcpus * each / NOISE, "{}: {chosen:?} promises {}", case.words(), of("processors"));
                let gib = most as f64 * (class.memory.as_f64() - assumptions.system_memory_bytes()) / f64::from(1 << 30);
                assert!(of("memory for workers") <= gib / NOISE, "{}: {chosen:?} promises {}", case.words(), of("memory for workers"));
                if component == "web_servers" {
                    // One of two zones is gone, and the stress case comes, or twice the peak.
                    let needed = case.load.app_vcpus_for(case.load.requests_ceiling()).max(2.0 * case.load.app_vcpus);
                    assert!(vcpus / 2.0 >= needed * NOISE, "{}: {chosen:?} has {vcpus}, needs twice {needed}", case.words());
                }
                if let Some(fewer) = before.filter(|fewer| fewer.class == chosen.class) {
                    assert!(most >= fewer.scales().1, "{}: {chosen:?}, and with fewer users {fewer:?}", case.words());
                }
                before = Some(chosen);
            }
        }
    }
}
