//! The arithmetic of groups: what is left without a zone, what is billed, and that neither falls when the users grow.

use proptest::prelude::*;

use super::*;
use crate::catalog::Catalog;
use crate::settings::Settings;
use crate::units::Users;
use crate::workload::load;

#[test]
fn what_is_left_without_one_zone_carries_the_load() {
    assert_eq!(machines(2.0, 2.0, 2, Loss::Carried), 2);
    assert_eq!(machines(2.1, 2.0, 2, Loss::Carried), 4);
    assert_eq!(machines(8.0, 2.0, 3, Loss::Carried), 6);
    assert_eq!(machines(4.0, 2.0, 2, Loss::Delayed), 2);
    assert_eq!(machines(0.0, 2.0, 3, Loss::Carried), 3);
    assert_eq!(machines(1.0, 2.0, 1, Loss::Carried), 1);
    assert_eq!(machines(f64::MAX, 2.0, 3, Loss::Carried), u64::MAX);
}

#[test]
fn bounds_are_a_quarter_of_a_power_of_two_apart() {
    for (vcpus, bound) in [(14.4, 16.0), (16.0, 16.0), (16.1, 20.0), (0.3, 0.3125), (0.0, 0.0)] {
        assert!((even(vcpus) - bound).abs() < 1e-12, "{vcpus}: {}", even(vcpus));
    }
    assert!(even(f64::MAX) >= f64::MAX && even(f64::INFINITY) >= f64::MAX);
}

fn order(stands: Stands, spot_percent: u32, load: &Load) -> Order<'static> {
    Order {
        component: "web_servers",
        families: APP_FAMILIES,
        zones: 2,
        loss: if spot_percent == 0 { Loss::Carried } else { Loss::Delayed },
        vcpu_seconds: 1.0 / load.requests_per_vcpu_at_target(),
        stands,
        spot_percent,
        disk: 20,
    }
}

/// A group for so many users, with what a month of it costs.
fn group(catalog: &Catalog, users: u64, stands: Stands, spot_percent: u32, assumptions: &Assumptions) -> Option<(Fleet, Usd)> {
    let (settings, load) = (Settings::default(), load(Users(users), assumptions));
    let region = catalog.region("eu-central-1").unwrap();
    let request = Request { load: &load, catalog, settings: &settings, region, zones: 2, regions: 1, assumptions };
    let fleet = fleet(&request, &order(stands, spot_percent, &load)).ok()?;
    let hourly = catalog.prices().unwrap().hourly(&format!("ec2.{}", fleet.class), &region.region).unwrap();
    let month = fleet.running(&load, 1.0).month(hourly, &Rates::new(&request, 20).unwrap());
    for ceiling in fleet.ceilings(("requests/s", 1.0), 1.0, "") {
        let enough = 1.0 + 1e-9;
        assert!((ceiling.demand)(&load) <= ceiling.most * enough, "{ceiling:?} for {users}");
        assert!((ceiling.demand)(&load.stressed()) <= ceiling.most * enough, "{ceiling:?} for {users} under stress");
    }
    Some((fleet, month))
}

proptest! {
    #[test]
    fn a_group_never_gets_cheaper_when_the_users_grow(
        users in 1_u64..50_000_000, step in 1_u64..200_000, fixed in any::<bool>(), spot in any::<bool>(),
        peak in 1.0_f64..10.0, worker in 1e8_f64..4e9, stress in 0.0_f64..0.2,
    ) {
        static CATALOG: std::sync::OnceLock<Catalog> = std::sync::OnceLock::new();
        let catalog = CATALOG.get_or_init(|| Catalog::builtin().unwrap());
        let mut assumptions = Assumptions::default();
        for set in [format!("peak_factor={peak}"), format!("app_memory_bytes_per_vcpu={worker}"), format!("stress_share={stress}")] {
            assumptions.set(&set).unwrap();
        }
        let stands = if fixed { Stands::Peak } else { Stands::Mean };
        let at = |users| group(catalog, users, stands, if spot { 100 } else { 0 }, &assumptions);
        if let (Some((fewer, before)), Some((more, after))) = (at(users), at(users + step)) {
            prop_assert!(after >= before, "{before} for {users}, {after} for {step} more: {fewer:?} {more:?}");
            let capacity = |fleet: &Fleet| fleet.count as f64 * fleet.carries;
            prop_assert!(!fixed || capacity(&more) >= capacity(&fewer), "{fewer:?} {more:?}");
        }
    }
}
