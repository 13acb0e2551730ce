//! Which path leads to which target: the rules of a load balancer's listener, with priorities that never move.

use std::collections::BTreeSet;

use cfn::resource::autoscaling;
use cfn::resource::elasticloadbalancingv2::{self as elb, listener_rule};
use cfn::resource::secretsmanager;
use cfn::{Id, Resource};

use crate::block::{FrontDoor, Layer, Layers, Offers, Target};
use crate::recipe::front::ORIGIN_HEADER;

/// One rule to be: what it leads to, and by which paths.
#[derive(Debug)]
pub struct Road<'a> {
    /// The target's word in logical IDs.
    pub name: &'a str,
    /// Path patterns; none: all that no other takes.
    pub paths: Vec<&'a str>,
    /// The target group.
    pub group: Id<elb::TargetGroup>,
    /// The group that takes turns with it at every release.
    pub alternate: Option<Id<elb::TargetGroup>>,
    /// The machines that are the whole app; see [`Target::whole`].
    pub whole: Option<Id<autoscaling::AutoScalingGroup>>,
}

impl<'a> Road<'a> {
    fn to(target: &'a Target) -> Self {
        let paths =
            if target.paths.iter().any(|path| path == "/*") { Vec::new() } else { target.paths.iter().map(String::as_str).collect() };
        let (group, alternate, whole) = (target.group.clone(), target.alternate.clone(), target.whole.clone());
        Road { name: &target.name, paths, group, alternate, whole }
    }
}

/// The roads to the targets behind the public or the internal door.
pub fn roads(offers: &Offers, internal: bool) -> Vec<Road<'_>> {
    offers.targets.iter().filter(|target| target.internal == internal).map(Road::to).collect()
}

/// What a request must carry besides its path: the header's value, and the secret that it comes from.
#[derive(Debug)]
pub struct Proof {
    /// The reference that CloudFormation resolves.
    pub token: String,
    /// The secret, which must stand first.
    pub secret: Id<secretsmanager::Secret>,
}

/// Puts a rule for every road.
pub fn put(layers: &mut Layers, door: &FrontDoor, roads: &[Road], proof: Option<&Proof>) {
    for (road, priority) in roads.iter().zip(priorities(roads)) {
        let paths = if road.paths.is_empty() { vec!["/*"] } else { road.paths.clone() };
        let why = format!("Requests for {} reach {}", paths.join(" and "), road.name);
        let by_path = listener_rule::PathPatternConfig::new().values(paths);
        let mut conditions = vec![listener_rule::RuleCondition::new().field("path-pattern").path_pattern_config(by_path)];
        if let Some(proof) = proof {
            let by_header = listener_rule::HttpHeaderConfig::new().http_header_name(ORIGIN_HEADER).values([proof.token.as_str()]);
            conditions.push(listener_rule::RuleCondition::new().field("http-header").http_header_config(by_header));
        }
        let model = elb::ListenerRule::new([forward(road)], conditions, priority).listener_arn(door.listener.reference());
        let rule = Resource::new(model);
        let rule = if let Some(proof) = proof { rule.after(proof.secret.name()) } else { rule };
        let rule = if let Some(machines) = &road.whole { rule.after(machines.name()) } else { rule };
        layers.put(Layer::App, &door.rule_for(road.name), why, rule);
    }
}

/// Where a road leads. Of two groups the first begins; from then on ECS moves the weights at every release, and CloudFormation leaves them
/// alone as long as nothing of the rule changes in the template. A change, of a path say, writes the first weights again: it is safe only while
/// the first group has the tasks, which after a release may be the other one.
fn forward(road: &Road) -> listener_rule::Action {
    let action = listener_rule::Action::new(listener_rule::ActionType::Forward);
    let Some(alternate) = &road.alternate else { return action.target_group_arn(road.group.reference()) };
    let share = |group: &Id<elb::TargetGroup>, weight: i64| {
        listener_rule::TargetGroupTuple::new().target_group_arn(group.reference()).weight(weight)
    };
    action.forward_config(listener_rule::ForwardConfig::new().target_groups([share(&road.group, 1), share(alternate, 0)]))
}

/// The first priority: of what is the whole app, so that on the way to the next phase its machines answer until everything else is up.
const FIRST: i64 = 1;
/// The last priority there is (Elastic Load Balancing user guide, "Listener rules for your Application Load Balancer").
const LAST: i64 = 50_000;
/// The longest path pattern, in characters (same page).
const LONGEST: usize = 128;
/// How many priorities each length of pattern has to itself.
const STEP: i64 = 380;

/// Each road's priority: longer patterns first, so that `/users/admin*` is asked before `/users*`; within one length a place that follows
/// from the name. Adding a service thus leaves all others where they are: two rules that swapped places would collide during the update.
fn priorities(roads: &[Road]) -> Vec<i64> {
    let mut taken = BTreeSet::new();
    let mut free = |wanted: i64| (wanted..LAST).chain(1..wanted).find(|at| taken.insert(*at)).unwrap_or(wanted);
    let place = |road: &Road| match road.paths.iter().map(|path| path.len().min(LONGEST)).min() {
        _ if road.whole.is_some() => free(FIRST),
        Some(length) => free(i64::try_from(LONGEST - length).unwrap_or_default() * STEP + 1 + spread(road.name)),
        None => LAST,
    };
    roads.iter().map(place).collect()
}

/// A number from 0 to `STEP` − 1 that only the name decides (FNV-1a).
fn spread(name: &str) -> i64 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    i64::from(hash) % STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    fn road<'a>(name: &'a str, paths: &[&'a str]) -> Road<'a> {
        Road { name, paths: paths.to_vec(), group: Id::new(format!("{name}TargetGroup")), alternate: None, whole: None }
    }

    #[test]
    fn a_longer_pattern_is_asked_before_a_shorter_one_and_the_rest_comes_last() {
        let found = priorities(&[road("Web", &[]), road("Users", &["/users*"]), road("Admins", &["/users/admin*"])]);
        assert!(found[2] < found[1] && found[1] < found[0], "{found:?}");
        assert_eq!(found[0], LAST);
    }

    #[test]
    fn another_service_moves_no_rule() {
        let before = priorities(&[road("Users", &["/users*"]), road("Orders", &["/orders*"])]);
        let after = priorities(&[road("Users", &["/users*"]), road("Search", &["/search*"]), road("Orders", &["/orders*"])]);
        assert_eq!((before[0], before[1]), (after[0], after[2]));
    }

    #[test]
    fn every_priority_is_taken_once_and_within_bounds() {
        let names: Vec<String> = (0..100).map(|index| format!("Service{index}")).collect();
        let roads: Vec<Road> = names.iter().map(|name| road(name, &["/"])).collect();
        let found: BTreeSet<i64> = priorities(&roads).into_iter().collect();
        assert_eq!(found.len(), 100);
        assert!(found.iter().all(|at| (1..LAST).contains(at)));
    }
}
