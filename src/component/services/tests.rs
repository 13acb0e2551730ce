//! The services' bill never falls when the users grow, wherever they run, and their limits hold the load that they are sized for.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::catalog::Catalog;
use crate::units::Users;
use crate::workload::{Assumptions, load};

/// The services for so many users, with what their tasks cost in a month.
fn sized(catalog: &Catalog, users: u64, carrier: Carrier, regions: usize, assumptions: &Assumptions) -> Option<(Services, Usd)> {
    let (settings, load) = (crate::settings::Settings::default(), load(Users(users), assumptions));
    let region = catalog.region("eu-west-1").unwrap();
    let request = Request { load: &load, catalog, settings: &settings, region, zones: 3, regions, assumptions };
    let (services, _) = size(&Settings { compute: carrier, spot_percent: 30 }, &request).ok()?;
    let hosted = hosts::size(&request, 30).map(|carried| carried.month);
    let month = if services.hosts.is_some() { hosted.ok()? } else { hosts::fargate_month(&request, &services.parts)? };
    for ceiling in services.limits(1.0 / regions as f64) {
        let most = ceiling.most * (1.0 + 1e-9);
        assert!((ceiling.demand)(&load) <= most && (ceiling.demand)(&load.stressed()) <= most, "{ceiling:?} for {users}");
    }
    Some((services, month))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn services_never_get_cheaper_when_the_users_grow(
        users in 1_u64..100_000_000, step in 1_u64..1_000_000, carrier in 0_usize..3, regions in 1_usize..3,
        peak in 1.0_f64..10.0, worker in 1e8_f64..2e10, stress in 0.0_f64..0.2,
    ) {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        let catalog = CATALOG.get_or_init(|| Catalog::builtin().unwrap());
        let mut assumptions = Assumptions::default();
        for set in [format!("peak_factor={peak}"), format!("app_memory_bytes_per_vcpu={worker}"), format!("stress_share={stress}")] {
            assumptions.set(&set).unwrap();
        }
        let carrier = [Carrier::Fargate, Carrier::Ec2, Carrier::Cheapest][carrier];
        let at = |users| sized(catalog, users, carrier, regions, &assumptions);
        if let (Some((fewer, before)), Some((more, after))) = (at(users), at(users + step)) {
            prop_assert!(after >= before, "{before} for {users}, {after} for {step} more: {fewer:?} {more:?}");
        }
    }
}

#[test]
fn money_decides_where_nobody_else_does() {
    let catalog = Catalog::builtin().unwrap();
    let at = |carrier| sized(&catalog, 500_000, carrier, 1, &Assumptions::default()).unwrap();
    let (fargate, hosts, cheapest) = (at(Carrier::Fargate), at(Carrier::Ec2), at(Carrier::Cheapest));
    assert!(fargate.0.hosts.is_none() && hosts.0.hosts.is_some());
    assert_eq!(cheapest.1, fargate.1.min(hosts.1));
}
