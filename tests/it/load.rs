//! The load: its arithmetic can be followed by hand, more never means less, and every way to set an assumption does what it says.

use proptest::prelude::*;
use scalectl::settings::SCHEMA;
use scalectl::units::{Bytes, PerSecond, Users, number, thousands, whole};
use scalectl::workload::{Assumptions, LEDGER, Load, PROFILE_NAMES, PROFILES, Step, Value, assumption, load};

/// Every step of a load, those of the stress case too.
fn all_steps(load: &Load) -> Vec<Step> {
    load.steps().into_iter().chain(load.stress_steps()).collect()
}

fn figures(load: &Load) -> Vec<(&'static str, f64)> {
    all_steps(load).into_iter().map(|step| (step.id, step.value.amount())).collect()
}

/// Numbers of users: small, large, and the ends.
fn some_users() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(1), Just(u64::MAX), 2u64..1_000, 1_000u64..20_000_000, any::<u64>()]
}

/// Every assumption somewhere in its accepted range, at its ends too, without contradictions.
fn some_assumptions() -> impl Strategy<Value = Assumptions> {
    let part = prop_oneof![2 => Just(None), 1 => Just(Some(0.0)), 1 => Just(Some(1.0)), 6 => (0.0..=1.0f64).prop_map(Some)];
    proptest::collection::vec(part, LEDGER.len()).prop_map(|parts| {
        let value = |id: &str| {
            let at = LEDGER.iter().position(|entry| entry.id == id).unwrap();
            let entry = &LEDGER[at];
            // The cube draws values towards the low end, where most defaults lie.
            parts[at].map_or(entry.value, |part| (entry.low + (entry.high - entry.low) * part.powi(3)).clamp(entry.low, entry.high))
        };
        let settings: Vec<String> = LEDGER
            .iter()
            .map(|entry| {
                let value = match entry.id {
                    "requests_per_active_user_per_day" => value(entry.id).max(1.0),
                    "requests_per_page" => value(entry.id).min(value("requests_per_active_user_per_day").max(1.0)),
                    "static_bytes_per_page" if value("static_objects_per_page") <= 0.0 => 0.0,
                    id => value(id),
                };
                format!("{}={value}", entry.id)
            })
            .collect();
        Assumptions::with(&settings).unwrap()
    })
}

/// A calculator that reads formulas with numbers and units, written against the text and not against the program.
struct Calculator<'a> {
    rest: &'a str,
    named: &'a dyn Fn(&str) -> Option<f64>,
}

impl<'a> Calculator<'a> {
    fn of(text: &'a str, named: &'a dyn Fn(&str) -> Option<f64>) -> f64 {
        let mut calculator = Calculator { rest: text, named };
        let mut value = calculator.sum();
        if calculator.takes(", at most ") {
            value = value.min(calculator.sum());
        }
        assert_eq!(calculator.rest, "", "{text:?} was not read to its end");
        value
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = self.rest.strip_prefix(word);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn sum(&mut self) -> f64 {
        let mut value = self.product();
        loop {
            if self.takes(" + ") {
                value += self.product();
            } else if self.takes(" − ") {
                value -= self.product();
            } else {
                return value;
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut value = self.one();
        loop {
            if self.takes(" × ") {
                value *= self.one();
            } else if self.takes(" ÷ ") {
                value /= self.one();
            } else {
                return value;
            }
        }
    }

    fn one(&mut self) -> f64 {
        if self.takes("whole ") {
            return whole(self.one()) as f64;
        }
        if self.takes("max(") {
            let first = self.sum();
            assert!(self.takes(", "), "{}", self.rest);
            let second = self.sum();
            assert!(self.takes(")"), "{}", self.rest);
            return first.max(second);
        }
        if self.takes("(") {
            let value = self.sum();
            assert!(self.takes(")"), "{}", self.rest);
            return value;
        }
        // A number or a name runs to the next sign, bracket or list comma.
        let ends = [" × ", " ÷ ", " + ", " − ", ")", ", "].iter().filter_map(|end| self.rest.find(end));
        let (word, rest) = self.rest.split_at(ends.min().unwrap_or(self.rest.len()));
        self.rest = rest;
        if let Some(value) = (self.named)(word) {
            return value;
        }
        let figures = word.find(|c: char| !(c.is_ascii_digit() || ",.".contains(c))).unwrap_or(word.len());
        let value: f64 = word[..figures].replace(',', "").parse().unwrap_or_else(|_| panic!("{word:?} is no number"));
        let size = |step: f64| value * step;
        match word[figures..].trim().trim_end_matches("/month") {
            "%" => value / 100.0,
            "KB" => size(1e3),
            "MB" => size(1e6),
            "GB" => size(1e9),
            "TB" => size(1e12),
            "PB" => size(1e15),
            "EB" => size(1e18),
            // A month's hours stand beside rates per second.
            "h" => value * 3_600.0,
            "" | "B" | "s" | "/s" | "user" | "users" | "vCPU" | "session" | "sessions" | "connections" | "connection" | "hours" => value,
            "requests/day" | "requests/page" => value,
            unit => panic!("{word:?} has the unit {unit:?}"),
        }
    }
}

/// The words for an amount in the place of a step's value.
fn words(value: Value, amount: f64) -> String {
    match value {
        Value::Users(_) | Value::Count(_) => thousands(whole(amount)),
        Value::Rate(_) => PerSecond::new(amount).to_string(),
        Value::Bytes(_) => Bytes::from_f64(amount).to_string(),
        Value::Amount(_) => number(amount),
    }
}

/// Whether the arithmetic of a step, done by hand with what is printed, gives what is printed.
fn follows(step: &Step) {
    let Some(printed) = step.numbers() else {
        assert_eq!(step.formula, "given");
        return;
    };
    let (sum, result) = printed.rsplit_once(" = ").unwrap();
    let by_hand = Calculator::of(sum, &|_| None);
    let same = result.starts_with(&words(step.value, by_hand));
    let near = (by_hand - step.value.amount()).abs() <= 1e-12 * by_hand;
    assert!(same || near, "{}: {printed}, but by hand it is {by_hand}", step.id);

    let named = |id: &str| step.operands.iter().find(|operand| operand.id == id).map(|operand| operand.figure.amount());
    let by_formula = Calculator::of(&step.formula, &named);
    let exact = words(step.value, by_formula) == words(step.value, step.value.amount());
    let near = (by_formula - step.value.amount()).abs() <= 1e-12 * by_formula;
    assert!(exact || near, "{} = {} is {by_formula} and not {}", step.id, step.formula, step.value);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whoever_follows_the_printed_arithmetic_comes_to_the_printed_value(users in some_users(), assumptions in some_assumptions()) {
        for step in all_steps(&load(Users(users), &assumptions)) {
            follows(&step);
        }
    }

    #[test]
    fn whoever_follows_the_arithmetic_of_the_defaults_comes_to_the_printed_value(users in some_users()) {
        for step in all_steps(&load(Users(users), &Assumptions::default())) {
            follows(&step);
        }
    }

    #[test]
    fn under_any_assumptions_more_users_bring_no_less_of_anything(
        a in some_users(), b in some_users(), assumptions in some_assumptions(),
    ) {
        let (few, many) = (figures(&load(Users(a.min(b)), &assumptions)), figures(&load(Users(a.max(b)), &assumptions)));
        for ((id, less), (_, more)) in few.into_iter().zip(many) {
            prop_assert!(less <= more, "{} fell from {} to {}", id, less, more);
        }
    }

    #[test]
    fn no_accepted_assumptions_bring_infinite_negative_or_undefined_load(assumptions in some_assumptions()) {
        for users in [0, 1, u64::MAX] {
            for (id, value) in figures(&load(Users(users), &assumptions)) {
                prop_assert!(value.is_finite() && value >= 0.0, "{} is {} for {} users", id, value, users);
                prop_assert!(users > 0 || value == 0.0, "nobody brings {} of {}", value, id);
            }
        }
    }

    #[test]
    fn what_is_k_times_as_much_of_one_thing_is_k_times_as_much_of_what_it_makes(
        users in 1_000_000u64..1_000_000_000, k in 1.0..20.0f64,
    ) {
        let cases = [
            ("static_bytes_per_page", "static_bytes_month"),
            ("response_bytes", "dynamic_bytes_month"),
            ("log_bytes_per_request", "log_bytes_month"),
            ("database_bytes_per_user", "stored_bytes"),
            ("database_bytes_per_user", "working_set_bytes"),
            ("database_bytes_per_user", "cache_bytes"),
            ("object_bytes_per_user", "object_bytes"),
            ("session_bytes", "session_bytes"),
            ("requests_per_active_user_per_day", "requests_peak"),
            ("requests_per_active_user_per_day", "egress_bytes_month"),
            ("peak_factor", "requests_peak"),
            ("queries_per_request", "database_writes"),
            ("static_objects_per_page", "static_requests_peak"),
            ("messages_per_request", "messages_peak"),
            ("events_per_request", "events_month"),
        ];
        for (id, made) in cases {
            let entry = assumption(id).unwrap();
            let more = Assumptions::with([format!("{id}={}", entry.value * k)]).unwrap();
            let of = |assumptions: &Assumptions| {
                let made = load(Users(users), assumptions).steps().into_iter().find(|step| step.id == made);
                made.unwrap().value.amount()
            };
            let (before, after) = (of(&Assumptions::default()), of(&more));
            // Counts and bytes are rounded up to whole ones.
            prop_assert!((after - k * before).abs() <= 1e-9 * after + k + 1.0, "{id}: {made} went from {before} to {after} with {k}");
        }
    }

    #[test]
    fn what_the_month_and_the_peak_say_does_not_depend_on_the_peak_alone(users in 1_000_000u64..1_000_000_000, peak in 1.0..100.0f64) {
        let sharper = load(Users(users), &Assumptions::with([format!("peak_factor={peak}")]).unwrap());
        let usual = load(Users(users), &Assumptions::default());
        prop_assert_eq!(sharper.requests_month, usual.requests_month);
        prop_assert_eq!(sharper.egress_bytes_month, usual.egress_bytes_month);
        prop_assert_eq!(sharper.stored_bytes, usual.stored_bytes);
    }

    #[test]
    fn heavier_use_brings_no_less_of_anything(users in some_users(), peak in 1.0..100.0f64) {
        let at = |profile| figures(&load(Users(users), &Assumptions::under(Some(profile), [format!("peak_factor={peak}")]).unwrap()));
        let [light, normal, heavy] = PROFILES.map(at);
        for (((id, light), (_, normal)), (_, heavy)) in light.into_iter().zip(normal).zip(heavy) {
            prop_assert!(light <= normal && normal <= heavy, "{id}: {light}, {normal}, {heavy}");
        }
    }

    #[test]
    fn no_text_makes_the_reading_of_an_assumption_panic(entry in 0..LEDGER.len(), text in "\\PC{0,16}") {
        let id = LEDGER[entry].id;
        if let Ok(set) = Assumptions::with([format!("{id}={text}")]) {
            let value = set.value(id).unwrap();
            prop_assert!((LEDGER[entry].low..=LEDGER[entry].high).contains(&value), "{id}={text} is {value}");
        }
    }
}

#[test]
fn a_formula_names_nothing_but_earlier_steps_and_assumptions() {
    let load = load(Users(500_000), &Assumptions::default());
    for step in all_steps(&load) {
        let named: Vec<&str> = step.operands.iter().map(|operand| operand.id).collect();
        assert_eq!(named, step.term.ids(), "{}", step.id);
        for id in step.assumptions.iter().chain(&step.before) {
            assert!(assumption(id).is_some(), "{id}");
        }
        assert!(step.before.iter().all(|id| !step.assumptions.contains(id)), "{}", step.id);
    }
}

#[test]
fn the_profiles_are_those_of_the_schema_and_stay_within_what_is_usual() {
    assert_eq!(PROFILES.map(|profile| profile.name()), PROFILE_NAMES);
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    assert_eq!(schema["properties"]["workload"]["enum"], serde_json::json!(PROFILE_NAMES));
    for profile in PROFILES {
        for (id, value) in profile.values() {
            let entry = assumption(id).unwrap();
            assert!((entry.typical.0..=entry.typical.1).contains(&value), "{profile}: {id} {value}");
            let set = Assumptions::under(Some(profile), [] as [&str; 0]).unwrap();
            assert_eq!(set.value(id), Some(value));
            assert!(set.is_overridden(id));
        }
    }
    let normal = Assumptions::under(Some(PROFILES[1]), [] as [&str; 0]).unwrap();
    assert!(LEDGER.iter().all(|entry| normal.value(entry.id) == Some(entry.value)), "normal use is what the ledger says");
}

#[test]
fn an_assumption_is_understood_with_its_unit_and_with_any_of_the_same_kind() {
    let cases = [
        ("static_bytes_per_page=500KB", 500_000.0),
        ("static_bytes_per_page=2.6MB", 2_600_000.0),
        ("static_bytes_per_page= 2.6 mb ", 2_600_000.0),
        ("static_bytes_per_page=16KiB", 16_384.0),
        ("static_bytes_per_page=1,500 bytes", 1_500.0),
        ("session_ttl_hours=24h", 24.0),
        ("session_ttl_hours=30m", 0.5),
        ("session_ttl_hours=7 days", 168.0),
        ("function_milliseconds=100ms", 100.0),
        ("function_milliseconds=0.1s", 100.0),
        ("stress_seconds_between_requests=60s", 60.0),
        ("stress_seconds_between_requests=1 min", 60.0),
        ("dau_share=20%", 0.2),
        ("dau_share=20 percent", 0.2),
        ("dau_share=2e-1", 0.2),
        ("requests_per_vcpu=100/s", 100.0),
        ("requests_per_vcpu=6,000 requests/min", 100.0),
        ("requests_per_vcpu=100 per second", 100.0),
        ("requests_per_active_user_per_day=50/day", 50.0),
        ("static_objects_per_page=15 requests/page", 15.0),
        ("peak_factor=3x", 3.0),
        ("connections_per_vcpu=10 connections", 10.0),
        ("function_memory_mib=512 MiB", 512.0),
        ("function_memory_mib=0.5GB", 512.0),
    ];
    for (setting, value) in cases {
        let (id, _) = setting.split_once('=').unwrap();
        assert_eq!(Assumptions::with([setting]).unwrap().value(id), Some(value), "{setting}");
    }
    // What is printed can be given back.
    for entry in LEDGER {
        let printed = format!("{}={}", entry.id, entry.unit.format(entry.value));
        let back = Assumptions::with([&printed]).unwrap().value(entry.id).unwrap();
        assert!((back - entry.value).abs() <= 0.01 * entry.value, "{printed} is {back}");
    }
}

#[test]
fn write_share_is_the_other_way_to_say_read_share() {
    let of = |settings: &[&str]| Assumptions::with(settings).map(|set| set.read_share());
    assert_eq!(of(&["write_share=0.3"]), Ok(0.7));
    assert_eq!(of(&["write_share=30%", "read_share=70%"]), Ok(0.7));
    assert_eq!(of(&["read_share=0.667", "write_share=0.333"]), Ok(0.667));
    assert!(Assumptions::with(["write_share=0.3"]).unwrap().is_overridden("read_share"));
    for settings in [["read_share=0.8", "write_share=0.3"], ["write_share=0.3", "read_share=0.8"]] {
        assert_eq!(
            of(&settings).unwrap_err().to_string(),
            "read_share is 80 % and write_share is 30 %, which add to 110 %; every query reads or writes, so they must add to 100 %: keep one"
        );
    }
    assert!(of(&["write_share=0.3", "write_share=0.4"]).unwrap_err().to_string().contains("write_share is set twice, to 30 % and to 40 %"));
}
