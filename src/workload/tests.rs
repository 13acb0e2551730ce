//! The load model against its worked chain, its limits, and what people type.

use proptest::prelude::*;

use super::*;

fn at(users: u64) -> Load {
    load(Users(users), &Assumptions::default())
}

/// Every number of a load, for properties that hold for all of them.
fn figures(load: &Load) -> Vec<(&'static str, f64)> {
    let number = |value| match value {
        Value::Users(users) => users.as_f64(),
        Value::Rate(rate) => rate.get(),
        Value::Bytes(bytes) => bytes.as_f64(),
        Value::Count(count) => count as f64,
        Value::Amount(amount) => amount,
    };
    load.steps().into_iter().map(|step| (step.id, number(step.value))).collect()
}

#[test]
fn the_worked_chain_is_reproduced() {
    // users, daily actives, mean, peak, app vCPU, stress: each rounded as in the table.
    let rows = [
        (1_000, 200, "0.12/s", "0.35/s", 1, 0.8),
        (10_000, 2_000, "1.16/s", "3.47/s", 1, 8.0),
        (500_000, 100_000, "57.9/s", "174/s", 2, 417.0),
        (10_000_000, 2_000_000, "1,157/s", "3,472/s", 35, 8_333.0),
    ];
    for (users, daily, mean, peak, vcpus, stress) in rows {
        let load = at(users);
        assert_eq!(load.daily_active, Users(daily));
        assert_eq!(load.requests_mean.to_string(), mean);
        assert_eq!(load.requests_peak.to_string(), peak);
        assert_eq!(whole(load.app_vcpus), vcpus);
        assert!((load.requests_stress.get() - stress).abs() < 0.5, "{} is not {stress}", load.requests_stress);
    }
}

#[test]
fn data_figures_follow_their_formulas() {
    let load = at(500_000);
    assert!((load.database_reads.get() - 1562.5).abs() < 1e-6);
    assert!((load.database_reads_after_cache().get() - 234.375).abs() < 1e-6);
    assert!((load.database_writes.get() - 173.611).abs() < 1e-3);
    assert_eq!(load.stored_bytes, Bytes(50_000_000_000));
    assert_eq!(load.working_set_bytes, Bytes(10_000_000_000));
    assert_eq!(load.cache_bytes, Bytes(2_000_000_000));
    assert_eq!(load.sessions, 100_000);
    assert_eq!(load.session_bytes, Bytes(409_600_000));
    assert_eq!(load.connections, 20);
    assert_eq!(load.concurrent, Users(5_000));
    assert!(load.origin_egress_bytes_month < load.egress_bytes_month);
    assert_eq!(load.egress_bytes_month, load.dynamic_bytes_month + load.static_bytes_month);
    assert_eq!(load.requests_ceiling(), load.requests_stress);
}

#[test]
fn headroom_is_counted_once() {
    // 100 requests/s per vCPU were measured at 60 % utilisation; a target of 30 % doubles the vCPUs.
    let half = Assumptions::with(["utilisation_target_app=30%"]).unwrap();
    assert!((load(Users(10_000_000), &half).app_vcpus - 2.0 * at(10_000_000).app_vcpus).abs() < 1e-9);
    assert!((at(1).requests_per_vcpu_at_target() - 100.0).abs() < 1e-9);
    assert!((at(1).transactions_per_vcpu_at_target() - 500.0).abs() < 1e-9);
}

#[test]
fn nobody_brings_no_load_and_the_largest_number_overflows_nothing() {
    assert!(figures(&at(0)).iter().all(|(_, value)| *value == 0.0));
    for users in [1, u64::MAX] {
        for (id, value) in figures(&at(users)) {
            assert!(value.is_finite() && value > 0.0, "{id} is {value} for {users} users");
        }
    }
    assert_eq!(at(1).daily_active, Users(1));
    assert!(at(u64::MAX).daily_active <= Users(u64::MAX));
}

#[test]
fn every_assumption_of_a_step_exists_and_the_ledger_is_sound() {
    for step in at(1).steps() {
        for id in step.assumptions {
            assert!(assumption(id).is_some(), "{id}");
            assert!(step.formula.contains(id), "{} does not name {id}", step.formula);
        }
    }
    let mut ids: Vec<_> = LEDGER.iter().map(|entry| entry.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), LEDGER.len());
    for entry in LEDGER {
        let (low, high) = entry.typical;
        assert!(entry.low <= low && low <= entry.value && entry.value <= high && high <= entry.high, "{}", entry.id);
        assert!(entry.why.ends_with('.') && !entry.source.is_empty(), "{}", entry.id);
        if entry.source.starts_with("none seen") {
            assert_eq!(entry.trust, Trust::Estimate, "{} has no source", entry.id);
        }
        if entry.unit == Unit::Share {
            assert!(entry.low >= 0.0 && entry.high <= 1.0, "{}", entry.id);
        }
    }
    assert_eq!(Assumptions::default().check(), Ok(()));
}

#[test]
fn assumptions_are_set_by_name() {
    let set = Assumptions::with(["cache_hit_rate=0.9", " dau_share = 20 % ", "response_bytes=20_000", "cache_hit_rate=90%"]).unwrap();
    assert!((set.cache_hit_rate() - 0.9).abs() < 1e-12);
    assert!((set.dau_share() - 0.2).abs() < 1e-12);
    assert!((set.response_bytes() - 20_000.0).abs() < 1e-12);
    assert!(set.is_overridden("cache_hit_rate") && !set.is_overridden("peak_factor"));
    assert_eq!(set.entries().count(), LEDGER.len());
}

#[test]
fn a_bad_setting_says_what_would_be_right() {
    let cases = [
        ("cache_hit_rate", "`cache_hit_rate` is not of the form id=value, such as cache_hit_rate=0.9"),
        ("=0.9", "`=0.9` is not of the form id=value, such as cache_hit_rate=0.9"),
        ("cache_hit_rate=", "cache_hit_rate is empty; write it like cache_hit_rate=85%"),
        ("cache_hitrate=0.9", "no assumption is called `cache_hitrate`; did you mean `cache_hit_rate`?"),
        ("peak_factor=three", "peak_factor: `three` is not a number; write it like peak_factor=3"),
        ("peak_factor=NaN", "peak_factor: `NaN` is not a number; write it like peak_factor=3"),
        ("peak_factor=inf", "peak_factor: `inf` is not a number; write it like peak_factor=3"),
        (
            "static_bytes_per_page=500ms",
            "static_bytes_per_page: `500ms` is a time, but the unit is bytes; write it like static_bytes_per_page=500KB",
        ),
        ("peak_factor=20%", "peak_factor: `20%` is a percentage, but the unit is ratio; write it like peak_factor=3"),
        ("dau_share=1.5", "dau_share: `1.5` is out of range; it must be from 0.1 % to 100 % (default 20 %)"),
        ("response_bytes=-1", "response_bytes: `-1` is out of range; it must be from 1 B to 100 MB (default 10 KB)"),
    ];
    for (setting, message) in cases {
        assert_eq!(Assumptions::default().set(setting).unwrap_err().to_string(), message);
    }
    let unknown = Assumptions::default().set("zzz=1").unwrap_err().to_string();
    assert!(unknown.contains("there are: dau_share, "), "{unknown}");
}

#[test]
fn settings_that_contradict_one_another_are_refused() {
    let twice = Assumptions::with(["dau_share=0.2", "dau_share=0.3"]).unwrap_err();
    assert_eq!(twice.to_string(), "dau_share is set twice, to 20 % and to 30 %; keep one");
    let bytes = Assumptions::with(["static_objects_per_page=0"]).unwrap_err();
    assert!(matches!(bytes, AssumptionError::Contradiction { .. }), "{bytes}");
    assert!(Assumptions::with(["static_objects_per_page=0", "static_bytes_per_page=0"]).is_ok());
    assert!(Assumptions::with(["requests_per_active_user_per_day=2"]).is_err());
}

proptest! {
    #[test]
    fn more_users_never_bring_less(a in any::<u64>(), b in any::<u64>()) {
        let (few, many) = (figures(&at(a.min(b))), figures(&at(a.max(b))));
        for ((id, less), (_, more)) in few.into_iter().zip(many) {
            prop_assert!(less <= more, "{} fell from {} to {}", id, less, more);
        }
    }

    #[test]
    fn small_numbers_of_users_are_monotone_too(users in 0u64..20_000_000) {
        for ((id, less), (_, more)) in figures(&at(users)).into_iter().zip(figures(&at(users + 1))) {
            prop_assert!(less <= more && less >= 0.0, "{} fell from {} to {}", id, less, more);
        }
    }

    #[test]
    fn any_accepted_assumption_keeps_every_figure_finite(entry in 0..LEDGER.len(), at in 0.0..=1.0f64, users in any::<u64>()) {
        let entry = &LEDGER[entry];
        let mut assumptions = Assumptions::default();
        let value = (entry.low + (entry.high - entry.low) * at).clamp(entry.low, entry.high);
        let set = assumptions.set(&format!("{}={value}", entry.id));
        prop_assert!(set.is_ok(), "{:?}", set);
        for (id, value) in figures(&load(Users(users), &assumptions)) {
            prop_assert!(value.is_finite() && value >= 0.0, "{} is {}", id, value);
        }
    }
}

#[test]
fn a_host_has_memory_for_the_system_and_for_the_workers_of_a_whole_vcpu_at_least() {
    let load = load(Users(1_000), &Assumptions::default());
    assert_eq!(load.app_host_memory(0.2), Bytes(600_000_000 + 512_000_000));
    assert_eq!(load.app_host_memory(3.0), Bytes(600_000_000 + 3 * 512_000_000));
}

#[test]
fn the_stress_case_is_the_same_load_with_a_higher_peak() {
    let usual = load(Users(500_000), &Assumptions::default());
    let stressed = usual.stressed();
    assert!((stressed.requests_peak.get() - usual.requests_stress.get()).abs() < 1e-9);
    assert_eq!((stressed.requests_month, stressed.users, stressed.stored_bytes), (usual.requests_month, usual.users, usual.stored_bytes));
    // Where nobody comes at once, the normal peak is the worst there is.
    let calm = load(Users(500_000), &Assumptions::with(["stress_share=0"]).unwrap());
    assert!((calm.stressed().requests_peak.get() - calm.requests_peak.get()).abs() < 1e-9);
}

#[test]
fn what_lies_above_a_level_is_the_area_under_the_curve_of_the_day() {
    let load = load(Users(500_000), &Assumptions::default());
    let (mean, peak) = (load.requests_mean.get(), load.requests_peak.get());
    let above = |level: f64| load.requests_above(PerSecond::new(level)).get();
    assert!((above(0.0) - mean).abs() < 1e-9, "above nothing lies all of it");
    assert!(above(peak) < 1e-12 && above(2.0 * peak) < 1e-12);
    for level in [0.1 * peak, mean, 0.7 * peak] {
        // The curve peak × (1 − t)² summed by hand over a fine grid.
        let steps = 200_000;
        let sum: f64 = (0..steps).map(|step| (peak * (1.0 - (f64::from(step) + 0.5) / f64::from(steps)).powi(2) - level).max(0.0)).sum();
        assert!((above(level) - sum / f64::from(steps)).abs() < 1e-6 * peak, "{level}");
    }
    let flat = workload_of_flat_days();
    assert!((flat.requests_above(PerSecond::new(10.0)).get() - (flat.requests_mean.get() - 10.0)).abs() < 1e-9, "a day without hills");
}

fn workload_of_flat_days() -> Load {
    load(Users(500_000), &Assumptions::with(["peak_factor=1"]).unwrap())
}
