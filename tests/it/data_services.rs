//! What caches, tables, queues and streams cost, what saturates in them, and what they were held against.

use rust_decimal::Decimal;
use scalectl::architecture::Architecture;
use scalectl::block::{LineItem, Site};
use scalectl::catalog::Catalog;
use scalectl::cost::{self, Options};
use scalectl::settings::Settings;
use scalectl::units::{Usd, Users};
use scalectl::workload::Assumptions;
use scalectl::{phase, planner};

/// The components that this file is about.
const OURS: [&str; 9] = ["cache", "sessions", "table_cache", "signup", "queue", "event_topic", "clickstream", "order_workflow", "graphql"];

/// A phase of the road with the network, the key and our components alone.
fn only_ours(id: &str) -> phase::Phase {
    let mut phase = phase::find(id).unwrap();
    phase.components.retain(|block| OURS.contains(&block.name()) || ["network", "encryption_key"].contains(&block.name()));
    phase
}

fn planned(id: &str, users: u64, settings: &Settings, catalog: &Catalog) -> Option<Architecture> {
    planner::plan(only_ours(id), Users(users), settings, &Assumptions::default(), catalog).ok()
}

fn plan(id: &str, users: u64) -> Architecture {
    planned(id, users, &Settings::default(), &Catalog::builtin().unwrap()).unwrap()
}

fn lines(architecture: &Architecture, component: &str) -> Vec<LineItem> {
    let options = Options { allow_unpriced: true, ..Options::default() };
    let estimate = cost::estimate(architecture, &Catalog::builtin().unwrap(), &options).unwrap();
    estimate.lines.into_iter().filter(|line| line.component == component).collect()
}

fn line<'a>(lines: &'a [LineItem], what: &str) -> &'a LineItem {
    lines.iter().find(|line| line.what == what).unwrap_or_else(|| panic!("{what} is not among {lines:#?}"))
}

fn usd(text: &str) -> Usd {
    text.parse().unwrap()
}

/// Users from a phase's first on, each a quarter more, as far as a plan comes.
fn users(from: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(from), |users| users.checked_add(users / 4 + 1)).take_while(|users| *users < 40_000_000_000)
}

#[test]
fn what_is_planned_and_its_stress_case_fit_into_every_ceiling() {
    let catalog = Catalog::builtin().unwrap();
    for (id, from) in [("prelaunch", 0), ("10k", 1), ("500k", 1), ("10m", 1)] {
        let mut seen = 0;
        let plans = users(from).map_while(|users| planned(id, users, &Settings { appsync: true, ..Settings::default() }, &catalog));
        for architecture in plans {
            let regions: Vec<_> = architecture.regions.iter().collect();
            let site: Site = architecture.sites(&regions).next().unwrap();
            let (load, stressed) = (&architecture.load, architecture.load.stressed());
            let endless = load.with_users(Users(u64::MAX));
            for piece in &architecture.pieces {
                for ceiling in piece.component.ceilings(&site) {
                    let (normal, stress) = ((ceiling.demand)(load), (ceiling.demand)(&stressed));
                    let told = format!("{id}, {} users, {ceiling:?}: {normal}, {stress} in the stress case", load.users);
                    assert!(normal <= ceiling.most && stress <= ceiling.most && ceiling.built <= ceiling.most, "{told}");
                    assert!(ceiling.most > ceiling.built || normal <= ceiling.built, "{told}");
                    assert!((ceiling.demand)(&endless).is_finite() && !ceiling.then.is_empty(), "{told}");
                    seen += 1;
                }
            }
        }
        assert!(seen >= 30, "{id}: {seen}");
    }
}

#[test]
fn no_line_is_cheaper_with_more_users() {
    let catalog = Catalog::builtin().unwrap();
    for (id, from) in [("10k", 10_000), ("500k", 500_000), ("10m", 10_000_000)] {
        let mut before: Vec<(&str, Usd)> = Vec::new();
        for architecture in users(from).map_while(|users| planned(id, users, &Settings::default(), &catalog)) {
            let now: Vec<(&str, Usd)> = OURS
                .iter()
                .map(|name| (*name, architecture.estimate.lines.iter().filter(|line| line.component == *name).map(|line| line.month).sum()))
                .collect();
            for ((name, then), (_, now)) in before.iter().zip(&now) {
                // Prices of DAX's larger classes may be missing, which would look like a fall.
                let gap = architecture.estimate.gaps.iter().any(|gap| gap.component == *name);
                assert!(now >= then || gap, "{id}, {} users: {name} falls from {then} to {now}", architecture.users);
            }
            before = now;
        }
        assert!(!before.is_empty());
    }
}

#[test]
fn sessions_are_billed_by_request_units() {
    let one = plan("500k", 500_000);
    let month = Decimal::from(one.load.requests_month);
    let bill = lines(&one, "sessions");
    // 4,096 bytes are four units to write and half a unit to read; 100,000 sessions begin on each of 730 ÷ 24 days.
    assert_eq!(line(&bill, "Sessions, touches").quantity, month * Decimal::from(4) / Decimal::from(1_000_000));
    assert_eq!(line(&bill, "Sessions, touches").key, "dynamodb.ondemand.wru");
    assert_eq!(line(&bill, "Sessions, touches").month, usd("380.21"));
    assert_eq!(line(&bill, "Sessions, reads").quantity, month / Decimal::TWO / Decimal::from(1_000_000));
    let begun = Decimal::from(100_000) * Decimal::from(730) / Decimal::from(24);
    assert_eq!(line(&bill, "Sessions, entries of the index").quantity, begun / Decimal::from(1_000_000));
    assert!(!bill.iter().any(|line| line.what.contains("elsewhere") || line.what.contains("other regions")));
}

#[test]
fn every_region_writes_the_sessions_of_all_and_a_cache_spares_it_reads() {
    let two = plan("10m", 10_000_000);
    let month = Decimal::from(two.load.requests_month);
    let options = Options { allow_unpriced: true, ..Options::default() };
    let estimate = cost::estimate(&two, &Catalog::builtin().unwrap(), &options).unwrap();
    let millions = |count: Decimal| count / Decimal::from(1_000_000);
    let touches = millions(month * Decimal::from(4));
    let written = estimate.lines.iter().filter(|line| line.what == "Sessions, touches" && line.quantity == touches).count();
    let unpriced = estimate.gaps.iter().filter(|gap| gap.what == "Sessions, touches" && gap.quantity == touches).count();
    assert_eq!(written + unpriced, 2, "each of two regions writes all");
    let reads: Vec<_> = estimate.lines.iter().filter(|line| line.what == "Sessions, reads").collect();
    let spared = millions(month / Decimal::TWO / "3.2".parse::<Decimal>().unwrap() / Decimal::TWO);
    assert_eq!(reads.len(), 2);
    assert_eq!(reads[0].quantity.round_dp(9), spared.round_dp(9));
    let alone = plan("500k", 10_000_000);
    assert_eq!(line(&lines(&alone, "sessions"), "Sessions, reads").quantity, millions(month / Decimal::TWO));
}

#[test]
fn what_has_a_class_or_a_mode_is_held_against_the_next() {
    let rejected = |architecture: &Architecture, name: &str| -> Vec<String> {
        let piece = architecture.pieces.iter().find(|piece| piece.component.name() == name).unwrap();
        piece.reasons.iter().filter(|reason| reason.rejected).map(|reason| reason.text.clone()).collect()
    };
    let (small, large) = (plan("10k", 400_000), plan("10m", 20_000_000));
    let cache = rejected(&small, "cache").join("\n");
    assert!(cache.contains("cache.t4g.") && cache.contains("needed"), "{cache}");
    assert!(cache.contains("Redis OSS: the same 2") && cache.contains("ElastiCache Serverless"), "{cache}");
    let cases = [
        ("sessions", "provisioned capacity"),
        ("table_cache", "DynamoDB alone"),
        ("clickstream", "shards for the stress case"),
        ("queue", "FIFO"),
        ("order_workflow", "Express"),
        ("graphql", "on, it would cost"),
    ];
    for (name, text) in cases {
        let all = rejected(&large, name).join("\n");
        assert!(all.contains(text), "{name}: {all}");
    }
    for architecture in [&small, &large] {
        for piece in architecture.pieces.iter().filter(|piece| OURS.contains(&piece.component.name())) {
            assert!(!piece.reasons[0].rejected, "{} begins with what was not taken", piece.component.name());
        }
    }
}

#[test]
fn a_quota_that_the_stress_case_exceeds_is_told_with_what_it_takes() {
    let large = plan("10m", 20_000_000);
    let regions: Vec<_> = large.regions.iter().collect();
    let site = large.sites(&regions).next().unwrap();
    let sessions = large.pieces.iter().find(|piece| piece.component.name() == "sessions").unwrap();
    let ceilings = sessions.component.ceilings(&site);
    let (quota, takes) = ceilings[0].quota.unwrap();
    // 20 M × 5 % every 60 s, at four units each.
    assert_eq!((quota, takes.round()), ("dynamodb.table_wru", 66_667.0));
}

#[test]
fn the_loss_of_the_cache_signs_users_out_only_while_sessions_live_there() {
    let rows = |architecture: &Architecture| {
        let regions: Vec<_> = architecture.regions.iter().collect();
        let site = architecture.sites(&regions).next().unwrap();
        architecture.pieces.iter().find(|piece| piece.component.name() == "cache").unwrap().component.recoveries(&site)
    };
    let with = rows(&plan("10k", 10_000));
    let mistake = with.iter().find(|row| row.event == scalectl::block::Event::Mistake).unwrap();
    assert!(mistake.point.is_none() && mistake.why.contains("sign in again"));
    assert!(rows(&plan("500k", 500_000)).is_empty());
}
