//! What policies come to allow: every action on every resource that no old statement of the same bearer took in, statements that deny and are
//! gone, managed policies, and boundaries.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::bearers::{self, Bearers, Kind, Policies};
use super::grants::{Grant, Part, asks_no_more};
use super::scope::Scope;
use super::sight::{Both, Made, variables};
use super::{Exposure, ExposureKind, listed};
use crate::check::simplify;

/// What of one bearer is told together: kind, who, what on, under which reservation, whether it is sure; and the actions.
type Lines = BTreeMap<(ExposureKind, String, String, String, bool), BTreeSet<String>>;

/// The most lines for one bearer; what is beyond is counted.
const MOST_LINES: usize = 6;

/// Everything that a policy allows and did not.
pub fn widened(both: &Both) -> Vec<Exposure> {
    let (old, new) = (bearers::of(&both.old), bearers::of(&both.new));
    let none = Policies::default();
    let mut found = Vec::new();
    for ((kind, name), policies) in &new {
        let before = old.get(&(*kind, name.clone()));
        // A bearer that the templates do not make stood before, unless there was nothing at all.
        let stood = match both.new.by_name(name) {
            Some(item) => both.before(item).is_some(),
            None => before.is_some() || !both.old.graph.items.is_empty(),
        };
        let mut said = Vec::new();
        added(both, (*kind, name), policies, before.unwrap_or(&none), stood, &mut said);
        attached(policies, before.unwrap_or(&none), stood, &mut said);
        tell(both, name, policies, said, &mut found);
    }
    found.extend(denied_no_more(both, &old, &new));
    found
}

/// One sentence with its kind and whether it is sure.
type Said = (ExposureKind, String, bool);

fn tell(both: &Both, name: &str, policies: &Policies, said: Vec<Said>, found: &mut Vec<Exposure>) {
    let (stack, id) = match both.new.by_name(name) {
        Some(item) => (both.new.stack(item), item.id.clone()),
        None => policies.carrier.clone().unwrap_or_default(),
    };
    let (loud, quiet): (Vec<Said>, Vec<Said>) = said.into_iter().partition(|(kind, ..)| *kind == ExposureKind::Public);
    let rest = quiet.len().saturating_sub(MOST_LINES);
    let sure = quiet.iter().skip(MOST_LINES).any(|(.., sure)| *sure);
    let counted = (rest > 0).then(|| {
        (ExposureKind::Policy, format!("its policies allow {rest} more {} than they did", if rest == 1 { "thing" } else { "things" }), sure)
    });
    for (kind, what, sure) in loud.into_iter().chain(quiet.into_iter().take(MOST_LINES)).chain(counted) {
        found.push(Exposure { kind, stack: stack.clone(), id: id.clone(), what, sure });
    }
}

fn added(both: &Both, (kind, name): (Kind, &str), new: &Policies, old: &Policies, stood: bool, said: &mut Vec<Said>) {
    let same: HashSet<&Grant> = old.allows.iter().collect();
    let mut lines: Lines = BTreeMap::new();
    for grant in new.allows.iter().filter(|grant| !same.contains(grant)) {
        for part in grant.parts() {
            let candidates = || old.allows.iter().filter(|one| one.takes_in(&part) && one.made >= grant.made);
            let open = |one: &Grant| kind != Kind::Identity && one.principals.iter().any(|who| one.is_public(who));
            if candidates().any(|one| open(one) || asks_no_more(&one.conditions, &grant.conditions)) {
                continue;
            }
            let public = kind != Kind::Identity && grant.is_public(part.principal);
            let all = part.action.is_all() && part.resource.is_all() && kind == Kind::Identity;
            if !(stood || public || all) {
                continue;
            }
            // The same under fewer conditions: the conditions that are gone.
            let gone: BTreeSet<String> = candidates()
                .take(1)
                .flat_map(|one| one.conditions.iter())
                .filter(|(key, values)| grant.conditions.get(*key) != Some(*values))
                .map(|((_, key), _)| key.clone())
                .collect();
            let reservation = if gone.is_empty() { String::new() } else { listed(&gone.into_iter().collect::<Vec<_>>()) };
            let told_as = if public { ExposureKind::Public } else { ExposureKind::Policy };
            let sure = grant.made == Made::Yes;
            let key = (told_as, who(both, kind, &part), resource(both, name, part.resource), reservation, sure);
            lines.entry(key).or_default().insert(action(part.action, &new.written));
        }
    }
    said.extend(sentences(kind, lines));
}

/// Of which kind, who or under which reservation, whether it is sure, and the actions.
type Same = (ExposureKind, String, bool, BTreeSet<String>);

/// One sentence for each set of actions: the same actions on several resources are told together.
fn sentences(kind: Kind, lines: Lines) -> Vec<Said> {
    let mut grouped: BTreeMap<(Same, String), Vec<String>> = BTreeMap::new();
    for ((told_as, who, on, reservation, sure), actions) in lines {
        grouped.entry(((told_as, reservation, sure, actions), who)).or_default().push(on);
    }
    let mut by_who: BTreeMap<(Same, Vec<String>), Vec<String>> = BTreeMap::new();
    for ((same, who), mut on) in grouped {
        on.sort();
        on.dedup();
        by_who.entry((same, on)).or_default().push(who);
    }
    let say = |(((told_as, reservation, sure, actions), on), who): ((Same, Vec<String>), Vec<String>)| {
        let actions = if actions.iter().any(|action| action == "*") {
            "do everything".to_owned()
        } else {
            listed(&actions.into_iter().collect::<Vec<_>>())
        };
        let on = if on.iter().any(|one| one == "*") { "everything".to_owned() } else { listed(&on) };
        let may = if sure { "may now" } else { "may" };
        let who = listed(&who);
        let what = match kind {
            Kind::Identity => format!("{may} {actions} on {on}"),
            Kind::Trust if told_as == ExposureKind::Public => "everybody may now take this role".to_owned(),
            Kind::Trust => format!("{who} {may} take this role"),
            Kind::Resource => format!("{who} {may} {actions}{}", if on.is_empty() { String::new() } else { format!(" on {on}") }),
        };
        let what = if reservation.is_empty() { what } else { format!("{what}, with less asked of {reservation}") };
        (told_as, what, sure)
    };
    by_who.into_iter().map(say).collect()
}

fn attached(new: &Policies, old: &Policies, stood: bool, said: &mut Vec<Said>) {
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
    let added: Vec<String> = new.managed.difference(&old.managed).map(|arn| name(arn)).collect();
    let (all, some): (Vec<String>, Vec<String>) = added.into_iter().partition(|name| name == "AdministratorAccess");
    if !all.is_empty() {
        said.insert(0, (ExposureKind::Policy, "AdministratorAccess: may now do everything on everything".to_owned(), true));
    }
    if stood && !some.is_empty() {
        said.push((ExposureKind::Policy, format!("holds {} now", listed(&some)), true));
    }
    if stood && old.boundary.is_some() && new.boundary != old.boundary {
        let what =
            if new.boundary.is_none() { "is no longer held in by a permissions boundary" } else { "has another permissions boundary" };
        said.push((ExposureKind::Policy, what.to_owned(), new.boundary.is_none()));
    }
}

/// What was denied and no longer is, of bearers that stay.
fn denied_no_more(both: &Both, old: &Bearers, new: &Bearers) -> Vec<Exposure> {
    let none = Policies::default();
    let mut found = Vec::new();
    for ((kind, name), before) in old.iter().filter(|(_, policies)| !policies.denies.is_empty()) {
        let now = new.get(&(*kind, name.clone()));
        let Some(item) = both.new.by_name(name) else { continue };
        let policies = now.unwrap_or(&none);
        let same: HashSet<&Grant> = policies.denies.iter().collect();
        let mut gone: BTreeMap<(String, bool), BTreeSet<String>> = BTreeMap::new();
        for grant in before.denies.iter().filter(|grant| !same.contains(grant)) {
            for part in grant.parts() {
                let kept = |one: &&Grant| one.takes_in(&part) && one.made >= grant.made;
                let still = policies.denies.iter().filter(kept).any(|one| asks_no_more(&one.conditions, &grant.conditions));
                if !still && !is_of_the_past(both, part.resource) {
                    let keys: BTreeSet<String> = grant.conditions.keys().map(|(_, key)| key.clone()).collect();
                    let by = if keys.is_empty() { String::new() } else { format!(" by {}", listed(&keys.into_iter().collect::<Vec<_>>())) };
                    let actions = gone.entry((by, grant.made == Made::Yes)).or_default();
                    actions.insert(action(part.action, &before.written));
                }
            }
        }
        for ((by, sure), actions) in gone {
            let what = format!("no longer denies {}{by}", listed(&actions.into_iter().collect::<Vec<_>>()));
            found.push(Exposure { kind: ExposureKind::Policy, stack: both.new.stack(item), id: item.id.clone(), what, sure });
        }
    }
    found
}

/// Who a part is for.
fn who(both: &Both, kind: Kind, part: &Part) -> String {
    match (kind, part.principal) {
        (Kind::Identity, _) => String::new(),
        (_, Scope::Is(who)) if who == "*" => "everybody".to_owned(),
        (_, Scope::Is(who)) => {
            let who = ["AWS:", "Service:", "Federated:", "CanonicalUser:"].iter().find_map(|kind| who.strip_prefix(kind)).unwrap_or(who);
            short(both, who)
        }
        (_, Scope::Not(left_out)) => format!("everybody but {}", listed(&left_out.iter().map(|who| short(both, who)).collect::<Vec<_>>())),
    }
}

/// What a part is about; nothing when it is the bearer itself.
fn resource(both: &Both, bearer: &str, scope: &Scope) -> String {
    match scope {
        Scope::Is(text)
            if text == bearer
                || text
                    .strip_prefix("${")
                    .and_then(|text| text.strip_suffix('}'))
                    .is_some_and(|text| text.split('.').next() == Some(bearer)) =>
        {
            String::new()
        }
        Scope::Is(text) => short(both, text),
        Scope::Not(left_out) => {
            format!("everything but {}", listed(&left_out.iter().map(|one| short(both, one)).collect::<Vec<_>>()))
        }
    }
}

/// A name or an ARN as short as it can be told: logical IDs, without account and region.
fn short(both: &Both, text: &str) -> String {
    let told = variables(text, &|variable| {
        if variable.starts_with("AWS::") {
            return "…".to_owned();
        }
        let (name, attribute) = variable.split_once('.').unwrap_or((variable, ""));
        let id = both.new.by_name(name).map_or(name, |item| item.id.as_str());
        let id = id.rsplit('!').next().unwrap_or(id);
        if attribute.is_empty() || attribute.ends_with("Arn") { id.to_owned() } else { format!("{id}.{attribute}") }
    });
    let parts: Vec<&str> = told.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", _, "…", "root"] => "this account".to_owned(),
        ["arn", _, "iam", _, account, "root"] => format!("account {account}"),
        ["arn", _, _, _, _, rest] => (*rest).to_owned(),
        _ => told,
    }
}

/// An action, or all but some, as they are written.
fn action(scope: &Scope, written: &HashMap<String, String>) -> String {
    let word = |action: &String| written.get(action).unwrap_or(action).clone();
    match scope {
        Scope::Is(action) => word(action),
        Scope::Not(left_out) => format!("everything but {}", listed(&left_out.iter().map(word).collect::<Vec<_>>())),
    }
}

/// Whether a text refers to something that the new side does not have: what it protected is gone with it.
fn is_of_the_past(both: &Both, scope: &Scope) -> bool {
    let Scope::Is(text) = scope else { return false };
    let mut names = simplify::variables(text).map(|name| name.split_once('.').map_or(name, |(name, _)| name));
    names.any(|name| both.old.by_name(name).is_some() && both.new.by_name(name).is_none())
}
