//! What must hold of every plan, whatever the users, the habits and the settings: more users never mean less capacity or a lower bill, every plan carries
//! its load and its stress case, and the number of users at which something saturates is exact.

use proptest::prelude::*;
use scalectl::architecture::Architecture;
use scalectl::catalog::Catalog;
use scalectl::headroom::{Headroom, headroom};
use scalectl::phase;
use scalectl::planner;
use scalectl::settings::{CacheEngine, DatabaseHosting, Settings};
use scalectl::units::{Usd, Users};
use scalectl::workload::{Assumptions, LEDGER};

use crate::tree::PHASES;

/// How many random cases each property is tried with.
const CASES: u32 = 1_500;

fn catalog() -> &'static Catalog {
    static CATALOG: std::sync::OnceLock<Catalog> = std::sync::OnceLock::new();
    CATALOG.get_or_init(|| Catalog::builtin().unwrap())
}

/// A case: where, which phase, how many users as parts of the phase's span, which habits, which choices.
#[derive(Debug, Clone)]
struct Case {
    phase: usize,
    users: (f64, f64),
    habits: Vec<(usize, f64)>,
    region: usize,
    choices: (u8, u8, bool),
}

fn case() -> impl Strategy<Value = Case> {
    let habits = proptest::collection::vec((0..LEDGER.len(), 0.0..=1.0), 0..8);
    let choices = (0..3_u8, 0..4_u8, any::<bool>());
    (0..PHASES.len(), (0.0..=1.0, 0.0..=1.0), habits, 0..8_usize, choices).prop_map(|(phase, users, habits, region, choices)| Case {
        phase,
        users,
        habits,
        region,
        choices,
    })
}

impl Case {
    /// Two numbers of users of the phase, the smaller first; evenly on a logarithmic scale.
    fn users(&self) -> (Users, Users) {
        let from = phase::find(PHASES[self.phase]).unwrap().from;
        let until = phase::after(PHASES[self.phase]).map_or(from.saturating_mul(30), |(_, next)| next.0 - 1);
        let at = |part: f64| {
            let (low, high) = ((from as f64 + 1.0).ln(), (until as f64 + 1.0).ln());
            Users(((low + (high - low) * part).exp() - 1.0).round().clamp(from as f64, until as f64) as u64)
        };
        let (one, other) = (at(self.users.0), at(self.users.1));
        (one.min(other), one.max(other))
    }

    /// Values from the usual range, on a logarithmic scale where it spans more than a factor of ten.
    fn assumptions(&self) -> Assumptions {
        let mut assumptions = Assumptions::default();
        for (index, part) in &self.habits {
            let entry = &LEDGER[*index];
            let (low, high) = entry.typical;
            let value = if low > 0.0 && high / low > 10.0 { low * (high / low).powf(*part) } else { low + (high - low) * part };
            // The same one twice is not what this is about.
            let _ = assumptions.set(&format!("{}={value}", entry.id));
        }
        assumptions
    }

    fn settings(&self) -> Settings {
        let region = catalog().regions()[self.region].region.to_string();
        let cache_engine = [CacheEngine::Valkey, CacheEngine::Redis, CacheEngine::Valkey][usize::from(self.choices.0)];
        let database_hosting = match (self.choices.1, PHASES[self.phase]) {
            (1, "10k") => Some(DatabaseHosting::Rds),
            (2, "1k") => Some(DatabaseHosting::Aurora),
            (3, "1k") => Some(DatabaseHosting::Ec2),
            _ => None,
        };
        Settings { region, cache_engine, database_hosting, appsync: self.choices.2, ..Settings::default() }
    }

    fn plan(&self, users: Users) -> Option<Architecture> {
        let phase = phase::find(PHASES[self.phase]).unwrap();
        planner::plan(phase, users, &self.settings(), &self.assumptions(), catalog()).ok()
    }
}

fn rooms(architecture: &Architecture) -> Headroom {
    headroom(architecture, catalog()).unwrap()
}

/// As far as binary fractions can tell.
fn within(demand: f64, capacity: f64) -> bool {
    demand <= capacity * (1.0 + 1e-9) + 1e-9
}

/// Each line is rounded to a cent, so a sum of them may be off by half a cent for each.
fn rounding(architecture: &Architecture) -> Usd {
    Usd::new(rust_decimal::Decimal::new(i64::try_from(architecture.estimate.lines.len()).unwrap(), 2))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn more_users_never_mean_less_capacity_or_a_lower_bill(case in case()) {
        let (few, many) = case.users();
        let (Some(small), large) = (case.plan(few), case.plan(many)) else {
            prop_assert!(case.plan(many).is_none(), "{few} users cannot be carried, {many} can");
            return Ok(());
        };
        let Some(large) = large else { return Ok(()) };
        let (less, more) = (small.estimate.total(), large.estimate.total());
        prop_assert!(
            more + rounding(&large) >= less,
            "{few} users cost {less}, {many} cost {more}:\n{}",
            compared(&small, &large)
        );
        // What scales by itself promises a bound, which never falls. What does not is a class: the cheapest one for more users may have less of what does
        // not bind, so there it is what the whole component carries that must not fall.
        let (small, large) = (rooms(&small), rooms(&large));
        let carried = |headroom: &Headroom, component: &str| {
            headroom.rooms.iter().filter(|room| room.component == component).map(|room| room.users_most).min()
        };
        for room in &small.rooms {
            let (before, now) = (carried(&small, room.component), carried(&large, room.component));
            prop_assert!(now.is_none() || now >= before, "{few} → {many}: {} carried {before:?} users, now {now:?}", room.component);
        }
        for room in small.rooms.iter().filter(|room| room.most > room.built) {
            let Some(other) = large.rooms.iter().find(|other| other.component == room.component && other.what == room.what) else { continue };
            prop_assert!(
                within(room.most, other.most),
                "{few} → {many}: {}: {} had {} {}, now {}",
                room.component,
                room.what,
                room.most,
                room.unit,
                other.most
            );
        }
    }

    #[test]
    fn every_plan_carries_its_load_and_its_stress_case(case in case()) {
        let (users, _) = case.users();
        let Some(architecture) = case.plan(users) else { return Ok(()) };
        for room in rooms(&architecture).rooms {
            let Some(what) = Some(format!("{users} users: {}: {}", room.component, room.what)) else { continue };
            prop_assert!(room.built.is_finite() && room.most.is_finite() && room.demand.is_finite() && room.stress.is_finite(), "{what}");
            prop_assert!(room.demand >= 0.0 && room.built >= 0.0 && room.most >= room.built, "{what}: {room:?}");
            prop_assert!(within(room.demand, room.most), "{what}: {} of {} {} at peak", room.demand, room.most, room.unit);
            prop_assert!(within(room.stress, room.most), "{what}: {} of {} {} under stress", room.stress, room.most, room.unit);
            prop_assert!(room.users_most >= users, "{what}: carries {} users", room.users_most);
        }
    }

    #[test]
    fn the_number_of_users_at_which_something_saturates_is_exact(case in case()) {
        let (users, _) = case.users();
        let Some(architecture) = case.plan(users) else { return Ok(()) };
        let regions: Vec<_> = architecture.regions.iter().collect();
        let site = architecture.sites(&regions).next().unwrap();
        let headroom = rooms(&architecture);
        for piece in &architecture.pieces {
            for ceiling in piece.component.ceilings(&site) {
                let room = headroom.rooms.iter().find(|room| room.component == piece.component.name() && room.what == ceiling.what).unwrap();
                for (users, capacity) in [(room.users_built, ceiling.built), (room.users_most, ceiling.most)] {
                    let demand = |users: u64| (ceiling.demand)(&architecture.load.with_users(Users(users)));
                    let name = format!("{}: {}", piece.component.name(), ceiling.what);
                    prop_assert!(users.0 == 0 || demand(users.0 - 1) <= capacity, "{name}: {} users less one are too many", users);
                    if let Some(more) = users.0.checked_add(1) {
                        prop_assert!(demand(more) > capacity, "{name}: {users} users and one more are still carried");
                    }
                }
            }
        }
    }
}

/// The components whose bill fell, for whoever looks for the reason.
fn compared(small: &Architecture, large: &Architecture) -> String {
    let mut text = String::new();
    for piece in &small.pieces {
        let name = piece.component.name();
        let sum = |of: &Architecture| of.estimate.lines.iter().filter(|line| line.component == name).map(|line| line.month).sum::<Usd>();
        if sum(small) > sum(large) {
            let size = |of: &Architecture| {
                of.pieces.iter().find(|piece| piece.component.name() == name).map(|piece| piece.component.size().to_string())
            };
            text.push_str(&format!("{name}: {} → {} ({:?} → {:?})\n", sum(small), sum(large), size(small), size(large)));
        }
    }
    text
}

#[test]
fn nobody_one_user_and_more_than_can_be_counted_are_borne() {
    for (index, id) in PHASES.iter().enumerate() {
        for users in [0, 1, 2, u64::from(u32::MAX), 1 << 53, u64::MAX - 1, u64::MAX] {
            let case = Case { phase: index, users: (0.0, 0.0), habits: Vec::new(), region: 0, choices: (0, 0, false) };
            let phase = phase::find(id).unwrap();
            let architecture = match planner::plan(phase, Users(users), &case.settings(), &case.assumptions(), catalog()) {
                Ok(architecture) => architecture,
                Err(error) => {
                    assert!(users > 1 && !error.to_string().is_empty(), "{id}, {users} users: {error}");
                    continue;
                }
            };
            for line in &architecture.estimate.lines {
                assert!(
                    line.month >= Usd::ZERO && line.quantity.is_sign_positive() && line.free <= line.quantity,
                    "{id}, {users} users: {line:?}"
                );
            }
            for room in rooms(&architecture).rooms {
                assert!(room.demand.is_finite() && room.demand >= 0.0 && room.built.is_finite(), "{id}, {users} users: {room:?}");
            }
        }
    }
}

#[test]
fn every_phase_carries_its_own_users_and_says_what_breaks_beyond() {
    let assumptions = Assumptions::default();
    for id in PHASES {
        let phase = phase::find(id).unwrap();
        let last = phase::after(id).map_or(phase.from * 3, |(_, next)| next.0 - 1);
        assert!(
            planner::plan(phase.clone(), Users(last), &Settings::default(), &assumptions, catalog()).is_ok(),
            "{id} does not carry {last} users"
        );
        let Some((most, breaks)) = planner::carries(&phase, &Settings::default(), &assumptions, catalog()) else { continue };
        assert!(most.0 >= last, "{id}: {most}");
        let plan = |users: u64| planner::plan(phase.clone(), Users(users), &Settings::default(), &assumptions, catalog());
        assert!(plan(most.0).is_ok() && plan(most.0 + 1).is_err(), "{id}: {most} is not the last number of users: {breaks}");
    }
}
