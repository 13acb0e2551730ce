//! The procedure against a small CloudFormation in memory.

mod fake;

use super::*;
use fake::{World, run};
use std::time::Duration;

#[derive(Default)]
struct Watcher {
    declines: bool,
    asked: Vec<Vec<Review>>,
    seen: Vec<Happening>,
}

impl Observer for Watcher {
    fn saw(&mut self, happening: &Happening) {
        self.seen.push(happening.clone());
    }
    fn confirm(&mut self, reviews: &[Review]) -> Decision {
        self.asked.push(reviews.to_vec());
        if self.declines { Decision::Decline } else { Decision::Proceed }
    }
}

const TABLE: &str = "{Type: AWS::DynamoDB::Table, DeletionPolicy: Retain, UpdateReplacePolicy: Retain}";

fn unit(name: &str, resources: &[(&str, &str)], parameters: &[(&str, Supply)]) -> Unit {
    let lines: Vec<String> = resources.iter().map(|(id, text)| format!("  {id}: {text}\n")).collect();
    let template = format!("Resources:\n{}Outputs:\n  Out: {{Value: out-of-{name}}}\n", lines.concat());
    let note = |text: &str| {
        let resource_type = text.split(['{', ',', '}']).nth(1).unwrap().trim_start_matches("Type: ").to_owned();
        ResourceNote { holds_data: holds_data(&resource_type), resource_type, why: "because".into(), ..ResourceNote::default() }
    };
    Unit {
        stack: name.into(),
        region: "r".into(),
        layer: name.into(),
        minified: template.clone(),
        template,
        parameters: parameters.iter().map(|(name, supply)| Parameter { name: (*name).into(), supply: supply.clone() }).collect(),
        resources: resources.iter().map(|(id, text)| ((*id).to_owned(), note(text))).collect(),
        ..Unit::default()
    }
}

fn from(stack: &str) -> Supply {
    Supply::Output { stack: stack.into(), region: "r".into(), output: "Out".into() }
}

/// Three stacks that need each other in the reverse of the given order.
fn shop() -> Vec<Unit> {
    let topic = "{Type: AWS::SNS::Topic}";
    let image = Supply::Image { path: "/image".into(), refresh_group: false };
    let group = Supply::Image { path: "/image".into(), refresh_group: true };
    vec![
        unit("app", &[("Topic", topic)], &[("Data", from("data")), ("Host", image), ("Group", group)]),
        unit("data", &[("Users", TABLE), ("Orders", TABLE)], &[("Network", from("network"))]),
        unit("network", &[("Net", topic)], &[]),
    ]
}

fn options() -> Options {
    Options { yes: true, ..Options::new("test") }
}

fn go(world: &World, units: &[Unit], options: &Options, watcher: &mut Watcher) -> Outcome {
    run(world, deploy(world, units, options, watcher)).unwrap().unwrap()
}

fn deeds(world: &World, verb: &str) -> Vec<String> {
    world.deeds.borrow().iter().filter_map(|deed| deed.strip_prefix(verb)).map(|rest| rest.trim().to_owned()).collect()
}

#[test]
fn stacks_are_made_in_the_order_of_their_needs_and_a_second_run_finds_nothing_to_do() {
    let (world, mut watcher) = (World::default(), Watcher::default());
    let units = shop();
    let outcome = go(&world, &units, &options(), &mut watcher);
    assert_eq!(outcome.exit_code(), 0, "{outcome:?}");
    assert_eq!(deeds(&world, "execute"), ["network", "data", "app"]);
    assert_eq!(deeds(&world, "protect"), ["data"]);
    let again = go(&world, &units, &options(), &mut watcher);
    assert!(!again.report().changed(), "{again:?}");
    assert_eq!(deeds(&world, "execute").len(), 3);
    assert!(watcher.asked.is_empty());
}

#[test]
fn killed_at_any_request_the_next_run_completes() {
    let count = {
        let world = World::default();
        go(&world, &shop(), &options(), &mut Watcher::default());
        world.calls.get()
    };
    for at in 1..=count {
        let world = World::default();
        world.dies_at.set(Some(at));
        assert!(run(&world, deploy(&world, &shop(), &options(), &mut Watcher::default())).is_none());
        world.dies_at.set(None);
        let outcome = go(&world, &shop(), &options(), &mut Watcher::default());
        assert!(matches!(outcome, Outcome::Done(_)), "killed at {at}: {outcome:?}");
        assert!(world.stacks.borrow().values().all(|stack| stack.state.status == Status::CreateComplete), "killed at {at}");
        assert!(world.stacks.borrow()[&Key::new("data", "r")].state.protected, "killed at {at}");
        assert!(deeds(&world, "delete").is_empty(), "killed at {at}");
    }
}

#[test]
fn a_table_that_would_go_is_refused_before_anything_is_done_and_accepted_by_name() {
    let (world, mut watcher) = (World::default(), Watcher::default());
    let mut units = shop();
    go(&world, &units, &options(), &mut watcher);
    units[1] = unit("data", &[("Users", TABLE)], &[("Network", from("network"))]);
    units[2] = unit("network", &[("Net", "{Type: AWS::SNS::Topic}"), ("More", "{Type: AWS::SNS::Topic}")], &[]);
    let Outcome::Refused { fates, report } = go(&world, &units, &options(), &mut watcher) else { panic!("not refused") };
    assert_eq!((fates[0].id.as_str(), fates[0].fate), ("Orders", Fate::Retained));
    assert!(report.stacks.is_empty());
    assert_eq!(deeds(&world, "plan").len(), 3, "the templates alone decide");
    let mut accepting = options();
    accepting.accept_data_fate.extend(["Orders".to_owned(), "Nothing".to_owned()]);
    let outcome = go(&world, &units, &accepting, &mut watcher);
    assert_eq!(outcome.exit_code(), 0, "{outcome:?}");
    assert!(watcher.seen.iter().any(|seen| matches!(seen, Happening::NeedlessAcceptance(id) if id == "Nothing")));
    let policy = world.stacks.borrow()[&Key::new("data", "r")].policy.clone().unwrap();
    assert!(policy.contains("LogicalResourceId/Users") && !policy.contains("Orders"), "{policy}");
}

#[test]
fn a_table_that_would_be_replaced_is_refused_with_all_change_sets_taken_back() {
    let (world, mut watcher) = (World::default(), Watcher::default());
    let mut units = shop();
    go(&world, &units, &options(), &mut watcher);
    let replaced = "{Type: AWS::DynamoDB::Table, DeletionPolicy: Retain, Metadata: {Replaced: true}}";
    units[1] = unit("data", &[("Users", TABLE), ("Orders", replaced)], &[("Network", from("network"))]);
    let outcome = go(&world, &units, &options(), &mut watcher);
    let Outcome::Refused { fates, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!((fates[0].id.as_str(), fates[0].fate), ("Orders", Fate::Replaced(Policy::Delete)), "the new template has no policy");
    assert!(world.stacks.borrow().values().all(|stack| stack.sets.is_empty()), "change sets are taken back");
    assert_eq!(deeds(&world, "execute").len(), 3);
}

#[test]
fn declining_takes_back_what_was_prepared() {
    let world = World::default();
    let mut watcher = Watcher { declines: true, ..Watcher::default() };
    let asking = Options { yes: false, ..options() };
    assert_eq!(go(&world, &shop(), &asking, &mut watcher).exit_code(), 8);
    assert_eq!(watcher.asked.len(), 1);
    assert_eq!(deeds(&world, "delete"), ["network"], "only the shell that the change set made");
    assert!(deeds(&world, "execute").is_empty());
}

#[test]
fn a_failure_keeps_the_later_stacks_back_names_its_cause_and_the_next_run_starts_it_anew() {
    let (world, mut watcher) = (World::default(), Watcher::default());
    world.fails.borrow_mut().insert("data".into());
    let outcome = go(&world, &shop(), &options(), &mut watcher);
    let Outcome::RolledBack { failures, report } = &outcome else { panic!("{outcome:?}") };
    assert_eq!(failures[0].causes.len(), 1, "what was cancelled is no cause");
    assert_eq!((failures[0].causes[0].id.as_str(), failures[0].causes[0].reason.as_str()), ("Broken", "it is broken"));
    assert_eq!(report.stacks.len(), 1);
    assert_eq!(deeds(&world, "execute"), ["network", "data"]);
    let outcome = go(&world, &shop(), &options(), &mut watcher);
    assert_eq!(outcome.exit_code(), 0, "{outcome:?}");
    assert_eq!(deeds(&world, "delete"), ["data"], "the empty shell of the failed creation");
}

#[test]
fn no_stack_in_any_status_is_deleted_unless_its_creation_failed_and_nothing_is_left() {
    let units = shop();
    for status in Status::ALL.iter().filter(|status| next(&Key::new("", ""), status) != Next::Wait) {
        let world = World::default();
        let template = "Resources:\n  Net: {Type: AWS::SNS::Topic}\n";
        world.place(&units[2].key(), status.clone(), if *status == Status::ReviewInProgress { "" } else { template });
        if *status == Status::DeleteComplete {
            continue;
        }
        let outcome = go(&world, &units, &options(), &mut Watcher::default());
        let settled = matches!(next(&units[2].key(), status), Next::Create | Next::Update);
        assert_eq!(outcome.exit_code(), if settled { 0 } else { 7 }, "{status}: {outcome:?}");
        assert!(deeds(&world, "delete").is_empty(), "{status}");
        if let Outcome::NeedsAction { failures, .. } = outcome {
            assert!(failures[0].command.as_deref().unwrap().contains("--stack-name network --region r"), "{status}");
        }
    }
}

#[test]
fn images_are_kept_and_only_groups_take_new_ones_when_asked() {
    let (world, mut watcher) = (World::default(), Watcher::default());
    let mut units = shop();
    go(&world, &units, &options(), &mut watcher);
    let app = Key::new("app", "r");
    let value = |name: &str| {
        let stacks = world.stacks.borrow();
        stacks[&app].state.parameters.iter().find(|(other, _)| other == name).unwrap().1.clone()
    };
    let (host, group) = (value("Host"), value("Group"));
    let topic = "{Type: AWS::SNS::Topic}";
    units[0].template = unit("app", &[("Topic", topic), ("Second", topic)], &[]).template;
    units[0].resources = unit("app", &[("Topic", topic), ("Second", topic)], &[]).resources;
    go(&world, &units, &options(), &mut watcher);
    assert_eq!((value("Host"), value("Group")), (host.clone(), group.clone()));
    units[0].template = unit("app", &[("Topic", topic)], &[]).template;
    units[0].resources = unit("app", &[("Topic", topic)], &[]).resources;
    go(&world, &units, &Options { refresh_images: true, ..options() }, &mut watcher);
    assert_eq!(value("Host"), host);
    assert_ne!(value("Group"), group);
}

#[test]
fn time_and_the_user_can_end_the_waiting_but_not_the_deployment() {
    let world = World::default();
    let outcome = go(&world, &shop(), &Options { timeout: Some(Duration::from_secs(5)), ..options() }, &mut Watcher::default());
    let Outcome::GaveUp { going, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!(going, &[Key::new("network", "r")]);
    world.interrupt_at.set(Some(world.time.get() + Duration::from_secs(12)));
    let outcome = go(&world, &shop(), &options(), &mut Watcher::default());
    let Outcome::Interrupted { going, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!(going, &[Key::new("data", "r")]);
    assert_eq!(deeds(&world, "execute"), ["network", "data"], "nothing begins after the interruption");
    world.interrupt_at.set(None);
    assert_eq!(go(&world, &shop(), &options(), &mut Watcher::default()).exit_code(), 0);
}

#[test]
fn passing_trouble_is_waited_out_but_not_before_anything_was_answered() {
    let world = World::default();
    let none = || Trouble::NoNetwork { endpoint: "h".into(), detail: "d".into() };
    world.troubles.borrow_mut().insert(1, none());
    let error = run(&world, deploy(&world, &shop(), &options(), &mut Watcher::default())).unwrap().unwrap_err();
    assert!(error.to_string().contains("cannot reach h"), "{error}");
    for at in 4..60 {
        let (world, mut watcher) = (World::default(), Watcher::default());
        world.troubles.borrow_mut().extend([(at, none()), (at + 1, Trouble::Throttled { action: "a".into(), message: "b".into() })]);
        assert_eq!(go(&world, &shop(), &options(), &mut watcher).exit_code(), 0, "trouble at {at}");
        assert_eq!(watcher.seen.iter().filter(|seen| matches!(seen, Happening::Retrying { .. })).count(), 2, "trouble at {at}");
    }
}

#[test]
fn destruction_goes_backwards_keeps_data_and_says_what_is_kept() {
    let (world, mut watcher) = (World::default(), Watcher::default());
    let mut units = shop();
    go(&world, &units, &options(), &mut watcher);
    units.reverse();
    let outcome = run(&world, destroy(&world, &units, &options(), &mut watcher)).unwrap().unwrap();
    assert_eq!(outcome.exit_code(), 0, "{outcome:?}");
    assert_eq!(deeds(&world, "delete"), ["app", "data", "network"]);
    let kept: Vec<&str> = outcome.report().kept.iter().map(|kept| kept.physical.as_str()).collect();
    assert_eq!(kept, ["physical-Users", "physical-Orders"]);
    assert!(world.stacks.borrow().is_empty());
}

#[test]
fn stacks_that_are_no_longer_part_are_told_of_and_left() {
    let (world, mut watcher) = (World::default(), Watcher::default());
    let old = Key::new("site", "r");
    world.place(&old, Status::CreateComplete, "Resources: {}");
    let family = vec![old.clone(), Key::new("network", "r"), Key::new("ops", "r")];
    let outcome = go(&world, &shop(), &Options { family, ..options() }, &mut watcher);
    assert_eq!(outcome.report().left_over, std::slice::from_ref(&old));
    assert!(world.stacks.borrow().contains_key(&old));
}

/// The shop with a template too large for a request, to be sent through the bucket that the network stack has.
fn large() -> Vec<Unit> {
    let mut units = shop();
    let app = &mut units[0];
    app.parameters.clear();
    app.template.push_str(&format!("# {}\n", "x".repeat(60_000)));
    app.minified = app.template.clone();
    app.template_bucket = Some((Key::new("network", "r"), "Out".into()));
    units
}

#[test]
fn a_large_template_waits_for_the_bucket_and_goes_through_it() {
    let (world, mut watcher) = (World::default(), Watcher::default());
    let units = large();
    let outcome = go(&world, &units, &options(), &mut watcher);
    assert_eq!(outcome.exit_code(), 0, "{outcome:?}");
    assert_eq!(deeds(&world, "put"), ["out-of-network"], "the template goes into the bucket that the output names");
    let later = |seen: &Happening| matches!(seen, Happening::Reviewed(Review { key, intent: Intent::Later { waits_for, .. }, .. }) if key.stack == "app" && waits_for == &[Key::new("network", "r")]);
    assert!(watcher.seen.iter().any(later), "its change set is made when the bucket is there");
    assert!(!go(&world, &units, &options(), &mut watcher).report().changed());

    let named = Options { template_bucket: Some("theirs".into()), ..options() };
    let world = World::default();
    assert_eq!(go(&world, &units, &named, &mut Watcher::default()).exit_code(), 0);
    assert_eq!(deeds(&world, "put").last().map(String::as_str), Some("theirs"), "the user's bucket goes first");
}

#[test]
fn a_large_template_without_any_bucket_is_refused_before_anything_is_asked() {
    let mut units = large();
    units[0].template_bucket = None;
    let world = World::default();
    let error = run(&world, deploy(&world, &units, &options(), &mut Watcher::default())).unwrap().unwrap_err();
    assert!(error.to_string().contains("--template-bucket"), "{error}");
    assert_eq!(world.calls.get(), 0);
}

/// The shop behind a distribution of this ID.
fn behind(distribution: &str) -> Vec<Unit> {
    let mut units = shop();
    let mut edge = unit("edge", &[("Distribution", "{Type: AWS::CloudFront::Distribution}")], &[("App", from("app"))]);
    edge.template.push_str(&format!("  DistributionId: {{Value: {distribution}}}\n"));
    units.push(edge);
    units
}

#[test]
fn a_distribution_forgets_what_it_cached_of_an_app_that_was_changed() {
    let (world, mut watcher) = (World::default(), Watcher::default());
    let mut units = behind("E1");
    go(&world, &units, &options(), &mut watcher);
    go(&world, &units, &options(), &mut watcher);
    assert!(deeds(&world, "invalidate").is_empty(), "neither a new distribution nor an unchanged app");
    let topic = "{Type: AWS::SNS::Topic}";
    units[0].template = unit("app", &[("Topic", topic), ("Second", topic)], &[]).template;
    units[0].resources = unit("app", &[("Topic", topic), ("Second", topic)], &[]).resources;
    assert_eq!(go(&world, &units, &options(), &mut watcher).exit_code(), 0);
    assert_eq!(deeds(&world, "invalidate"), ["E1"]);
    assert!(watcher.seen.iter().any(|seen| matches!(seen, Happening::Invalidated { .. })));
}

#[test]
fn a_distribution_that_cannot_be_told_fails_no_deployment() {
    let (world, mut watcher) = (World::default(), Watcher::default());
    let mut units = behind("stubborn");
    go(&world, &units, &options(), &mut watcher);
    units[0].template = units[0].template.replace("out-of-app", "out-of-the-app");
    units[0].template.push_str("# changed\n");
    assert_eq!(go(&world, &units, &options(), &mut watcher).exit_code(), 0);
    assert!(watcher.seen.iter().any(|seen| matches!(seen, Happening::NotInvalidated { trouble, .. } if trouble.contains("no"))));
}
