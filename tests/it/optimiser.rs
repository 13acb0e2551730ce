//! What is chosen is the cheapest that does: every choice of class and count against a search through all of them.
//!
//! The searches are written from what the components say that they need, and the costs from `docs/bill.md`, not from how the components look for it.

mod cost;
mod hosts;
mod machines;
mod road;
mod stores;

use scalectl::block::{Component, Request};
use scalectl::catalog::{Catalog, Class};
use scalectl::settings::Settings;
use scalectl::units::{Usd, Users};
use scalectl::workload::{Assumptions, LEDGER, Load, load};
use scalectl::{phase, phase::Phase};

use self::cost::Market;
use crate::chance::Chance;

/// Loads for each choice.
const CASES: usize = 200;

/// General-purpose and compute-optimised families, as `APP_FAMILIES` says.
const APP: &[&str] = &["t4g", "m7g", "c7g", "m8g", "c8g"];

/// Rounding noise of a computed need does not ask for more.
const NOISE: f64 = 1.0 - 1e-9;

/// A load to size for.
struct Case {
    phase: Phase,
    settings: Settings,
    assumptions: Assumptions,
    load: Load,
}

/// What was chosen, as a plan shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chosen {
    class: String,
    count: u64,
    note: String,
}

impl Case {
    /// Users and habits by chance, some of the assumptions anywhere in what is typical for them; in any region.
    fn random(phase: &str, most_users: f64, chance: &mut Chance, catalog: &Catalog) -> Case {
        let mut assumptions = Assumptions::default();
        for entry in LEDGER {
            if chance.between(0.0, 1.0) < 0.5 {
                let (low, high) = entry.typical;
                assumptions.set(&format!("{}={}", entry.id, chance.between(low, high))).unwrap();
            }
        }
        let regions: Vec<&str> = catalog.regions().iter().map(|facts| facts.region.code()).collect();
        let settings = Settings { region: chance.one_of(&regions).to_owned(), ..Settings::default() };
        Case::of(phase, chance.spread(1.0, most_users) as u64, settings, assumptions)
    }

    fn of(phase: &str, users: u64, settings: Settings, assumptions: Assumptions) -> Case {
        Case { phase: phase::find(phase).unwrap(), settings, load: load(Users(users), &assumptions), assumptions }
    }

    /// What the program makes of a component; none when it says that nothing carries the load.
    fn sized(&self, component: &str, catalog: &Catalog) -> Option<Chosen> {
        let size = self.component(component, catalog)?.size();
        Some(Chosen { class: size.class.unwrap(), count: size.count.unwrap(), note: size.note })
    }

    fn component(&self, component: &str, catalog: &Catalog) -> Option<Box<dyn Component>> {
        let request = Request {
            load: &self.load,
            catalog,
            settings: &self.settings,
            region: catalog.region(&self.settings.region).unwrap(),
            zones: self.phase.zones,
            regions: self.phase.regions,
            assumptions: &self.assumptions,
        };
        let block = self.phase.components.iter().find(|block| block.name() == component).unwrap();
        block.size(&request).ok().map(|(component, _)| component)
    }

    fn words(&self) -> String {
        let set: Vec<String> = LEDGER
            .iter()
            .filter(|entry| self.assumptions.is_overridden(entry.id))
            .map(|entry| format!("{}={}", entry.id, self.assumptions.value(entry.id).unwrap()))
            .collect();
        format!("{} with {} users in {}, {}", self.phase.id, self.load.users.0, self.settings.region, set.join(" "))
    }
}

/// A way to build it, with its cost for a month.
#[derive(Debug, Clone, PartialEq)]
struct Way {
    class: String,
    count: u64,
    /// How many always run, where more come with the load.
    least: Option<u64>,
    month: Usd,
}

impl Way {
    /// All of whose machines always run.
    fn standing(class: &Class, count: u64, month: Usd) -> Way {
        Way { class: class.name.clone(), count, least: None, month }
    }

    fn is(&self, chosen: &Chosen) -> bool {
        self.class == chosen.class && self.count == chosen.count && self.least.is_none_or(|least| chosen.scales().0 == least)
    }
}

impl Chosen {
    /// "two zones, scales 2 to 6", and then perhaps of Spot.
    fn scales(&self) -> (u64, u64) {
        let (least, most) = self.note.split_once("scales ").unwrap().1.split_once(" to ").unwrap();
        (least.parse().unwrap(), most.split(',').next().unwrap().parse().unwrap())
    }
}

/// Compares what the program chooses with all the ways that do, over many loads; says in how many of them there was a way.
fn holds(component: &str, phase: &str, most_users: f64, ways: &dyn Fn(&Case, &Market) -> Vec<Way>) -> usize {
    holds_for(component, &|chance, catalog| Case::random(phase, most_users, chance, catalog), ways)
}

fn holds_for(component: &str, case: &dyn Fn(&mut Chance, &Catalog) -> Case, ways: &dyn Fn(&Case, &Market) -> Vec<Way>) -> usize {
    let catalog = Catalog::builtin().unwrap();
    let mut chance = Chance::new(0x00c0_ffee);
    let mut wrong = Vec::new();
    let mut placed = 0;
    for _ in 0..CASES {
        let case = case(&mut chance, &catalog);
        let ways = ways(&case, &Market::of(&catalog, &case));
        let best = ways.iter().min_by_key(|way| way.month);
        let chosen = case.sized(component, &catalog);
        let taken = chosen.as_ref().and_then(|chosen| ways.iter().find(|way| way.is(chosen)));
        let same = match (best, taken) {
            (Some(best), Some(taken)) => cost::same(best.month, taken.month),
            (None, None) => chosen.is_none(),
            _ => false,
        };
        placed += usize::from(chosen.is_some());
        if !same {
            wrong.push(format!("{}:\n    expected {best:?}\n    got {chosen:?} {taken:?}", case.words()));
        }
    }
    none(component, &wrong);
    placed
}

fn none(component: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{component}: {} of {CASES} differ\n{}", wrong.len(), wrong[..wrong.len().min(5)].join("\n"));
}

/// A burstable class keeps busy for hours only what its credits come in for.
fn lasting(class: &Class) -> f64 {
    f64::from(class.vcpu) * f64::from(class.baseline_percent.unwrap_or(100)) / 100.0
}

/// vCPUs, used to the full, that one request a second takes of the app.
fn full(case: &Case) -> f64 {
    0.60 / case.assumptions.requests_per_vcpu()
}

/// Requests a second of the stress case, or of the peak where that is higher.
fn stress(case: &Case) -> f64 {
    case.load.requests_peak.get().max(case.load.requests_stress.get())
}

/// How many times the peak that is.
fn stressed(case: &Case) -> f64 {
    if case.load.requests_peak.get() > 0.0 { stress(case) / case.load.requests_peak.get() } else { 1.0 }
}
