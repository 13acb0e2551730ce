//! The words that every view of a difference uses: what happens to a resource, why it is replaced, what happens to its data.

use super::super::stale::plural;
use super::value::{self, name};
use crate::diff::{
    Action, Breach, Cause, Change, Counts, DataFate, Exposure, ExposureKind, Gate, Replaces, ResourceDifference, SetDifference,
    StackDifference,
};
use crate::fate::Fate;

/// Most characters of a value within a sentence.
const SHORT: usize = 36;
/// Most homes that are named.
const HOMES: usize = 3;
/// Most causes of one replacement that are told in a sentence.
const CAUSES: usize = 3;

/// The sign before a line.
pub fn mark(action: &Action) -> &'static str {
    match action {
        Action::Added => "+",
        Action::Removed | Action::MayBeRemoved => "-",
        Action::Renamed { .. } | Action::Moved { .. } => "→",
        Action::Replaced | Action::MayBeReplaced => "±",
        Action::Changed => "~",
        Action::Reworded => "·",
    }
}

/// The word for scripts.
pub fn word(action: &Action) -> &'static str {
    match action {
        Action::Added => "added",
        Action::Removed => "removed",
        Action::Renamed { .. } => "renamed",
        Action::Moved { .. } => "moved",
        Action::Replaced => "replaced",
        Action::MayBeReplaced => "may_be_replaced",
        Action::MayBeRemoved => "may_be_removed",
        Action::Changed => "changed",
        Action::Reworded => "reworded",
    }
}

/// How much an action is to be feared; the worst is the least.
pub fn rank(action: &Action) -> usize {
    match action {
        Action::Replaced => 0,
        Action::MayBeReplaced => 1,
        Action::Removed => 2,
        Action::MayBeRemoved => 3,
        Action::Moved { .. } => 4,
        Action::Renamed { .. } => 5,
        Action::Changed => 6,
        Action::Added => 7,
        Action::Reworded => 8,
    }
}

/// What happens to one or several resources: `leaves`, `are replaced`.
pub fn verb(resource: &ResourceDifference, many: bool) -> String {
    let pick = |one: &str, several: &str| if many { several.to_owned() } else { one.to_owned() };
    match &resource.action {
        Action::Added => pick("is added", "are added"),
        Action::Removed => pick("leaves", "leave"),
        Action::Renamed { .. } if many => "are renamed: deleted and made anew".to_owned(),
        Action::Renamed { .. } => format!("is renamed to {}: deleted and made anew", name(&resource.id)),
        Action::Moved { stack, .. } => format!("{} from the {} stack: deleted and made anew", pick("moves", "move"), name(stack)),
        Action::Replaced => pick("is replaced", "are replaced"),
        Action::MayBeReplaced => "may be replaced".to_owned(),
        Action::MayBeRemoved => "may leave, as a condition decides".to_owned(),
        Action::Changed | Action::Reworded => match &resource.data {
            Some(DataFate { way: Some(_), .. }) => pick("changes its host", "change their hosts"),
            _ => pick("changes", "change"),
        },
    }
}

/// `AWS::RDS::DBInstance` as one says it: `RDS instance`.
pub fn kind(resource_type: &str) -> String {
    let mut parts = resource_type.split("::");
    match (parts.next(), parts.next(), parts.next()) {
        (Some("AWS"), Some(service), Some(resource)) => {
            let resource = if service == "RDS" { resource.strip_prefix("DB").unwrap_or(resource) } else { resource };
            name(&format!("{service} {}", spaced(resource)))
        }
        _ => name(resource_type),
    }
}

/// `TargetGroup` → `target group`, `VPCEndpoint` → `VPC endpoint`.
fn spaced(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut text = String::new();
    for (at, c) in letters.iter().enumerate() {
        let next_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let after_small = at > 0 && letters.get(at - 1).is_some_and(|last| last.is_lowercase() || last.is_ascii_digit());
        let begins = c.is_uppercase() && (next_small || after_small);
        if begins && at > 0 {
            text.push(' ');
        }
        if c.is_uppercase() && next_small { text.extend(c.to_lowercase()) } else { text.push(*c) }
    }
    text
}

/// Where it stands: `data stack`, `10k data stack`.
pub fn stands(set: &SetDifference, stack: &StackDifference) -> String {
    let stack = if stack.name.is_empty() { "stack".to_owned() } else { format!("{} stack", name(&stack.name)) };
    if set.name.is_empty() { stack } else { format!("{} {stack}", name(&set.name)) }
}

/// What happens to data: `move by replica promotion → DatabaseCluster · minutes of read-only · …`.
pub fn data(data: &DataFate) -> String {
    let perhaps = if data.sure { "" } else { "perhaps " };
    let word = if data.fate == Fate::Lose { "LOSE" } else { data.fate.word() };
    let rest = match (&data.way, data.fate) {
        (Some((way, homes)), _) => {
            let homes = homes_of(homes);
            // What goes to another host leaves nothing behind.
            let left = if way.from == way.to { "" } else { " · the old one stays and is billed until you delete it" };
            return format!("{perhaps}{word} {} → {} · {}{left}", way.words, homes, way.pause);
        }
        (None, Fate::Keep) => "it stays where it is",
        (None, Fate::Move) => "in a way that is not described",
        (None, Fate::Retain) => "it stays at AWS outside of any stack, still billed; the app loses it",
        (None, Fate::Snapshot) => "a snapshot is taken, then it is deleted; the running app loses it",
        (None, Fate::Lose) => "it is deleted, and no snapshot is taken",
    };
    format!("{perhaps}{word}: {rest}")
}

/// Where data move to; those of several regions have one name.
fn homes_of(homes: &[String]) -> String {
    let mut names: Vec<String> = Vec::new();
    for home in homes {
        let home = name(home);
        if !names.contains(&home) {
            names.push(home);
        }
    }
    match names.as_slice() {
        [first, rest @ ..] if rest.len() >= HOMES => format!("{first} and {} more", rest.len()),
        names => names.join(", "),
    }
}

/// Why a resource is, or may be, replaced; empty when nothing is known to.
pub fn reasons(resource: &ResourceDifference) -> String {
    let mut parts = Vec::new();
    if let Some(old) = &resource.old_type {
        parts.push(format!("its type {} → {}", name(old), name(&resource.resource_type)));
    }
    let mut causes: Vec<&Cause> = resource.causes.iter().collect();
    causes.sort_by_key(|cause| !cause.sure);
    parts.extend(causes.iter().take(CAUSES).map(|cause| reason(resource, cause)));
    if causes.len() > CAUSES {
        parts.push(format!("{} more", causes.len() - CAUSES));
    }
    parts.join("; ")
}

/// One cause: `Port 80 → 8080 (create-only)`, `VpcId takes Vpc, which is replaced`.
pub fn reason(resource: &ResourceDifference, cause: &Cause) -> String {
    let property = name(&cause.property);
    if let Some(from) = &cause.from {
        let when = cause.when.map_or_else(String::new, |when| format!(", {when}"));
        let is = if cause.sure {
            "is"
        } else if cause.when.is_some() {
            "is or may be"
        } else {
            "may be"
        };
        return format!("{property} takes {}, which {is} replaced{when}", name(from));
    }
    let of = |change: &&Change| {
        change.replaces > Replaces::No
            && change.path.first().is_some_and(|first| first == "Properties")
            && change.path.get(1) == Some(&cause.property)
    };
    let change = resource.changes.iter().filter(of).max_by_key(|change| change.replaces);
    let shown = change.map_or_else(|| property.clone(), |change| format!("{} {}", value::path(change), value::change(change, SHORT)));
    match (cause.sure, cause.when) {
        (true, _) => format!("{shown} (create-only)"),
        (false, Some(when)) => format!("{shown}, {when}"),
        (false, None) if change.is_some_and(|change| change.through.is_some()) => {
            format!("{shown} (create-only; known when it is deployed)")
        }
        (false, None) => format!("{shown} (AWS does not say when)"),
    }
}

/// Said of a replaced resource whose name is taken.
pub const NAME_TAKEN: &str =
    "CloudFormation will refuse: the new one is made beside the old one and has the same name; give it another, or none";

/// `+ 42 added · ~ 10 changed · ± 0 replaced · - 2 removed`, and what else there is.
pub fn totals(counts: &Counts) -> String {
    let mut parts = vec![
        format!("+ {} added", counts.added),
        format!("~ {} changed", counts.changed),
        format!("± {} replaced", counts.replaced),
        format!("- {} removed", counts.removed),
    ];
    if counts.may_be_replaced > 0 {
        parts.insert(3, format!("± {} may be replaced", counts.may_be_replaced));
    }
    if counts.renamed > 0 {
        parts.push(format!("→ {} renamed or moved", counts.renamed));
    }
    if counts.reworded > 0 {
        parts.push(format!("{} only reworded", counts.reworded));
    }
    parts.join(" · ")
}

/// `+1 ~2`: the counts that are not zero, for a table.
pub fn brief(counts: &Counts) -> String {
    let all = [
        ("±", counts.replaced),
        ("±?", counts.may_be_replaced),
        ("-", counts.removed),
        ("→", counts.renamed),
        ("~", counts.changed),
        ("+", counts.added),
    ];
    let parts: Vec<String> = all.iter().filter(|(_, count)| *count > 0).map(|(mark, count)| format!("{mark}{count}")).collect();
    match (parts.is_empty(), counts.reworded) {
        (false, _) => parts.join(" "),
        (true, 0) => "none".to_owned(),
        (true, count) => format!("{count} reworded"),
    }
}

/// What breaks a condition, and which: `10k: DatabaseLeader data: lose (--exit-on data-fate)`.
pub fn breach(breach: &Breach) -> String {
    let set = if breach.set.is_empty() { String::new() } else { format!("{}: ", name(&breach.set)) };
    let about = match (&breach.id, breach.gate) {
        (Some(id), Gate::DataFate) => format!("{}, data: ", name(id)),
        (Some(id), _) => format!("{} ", name(id)),
        (None, _) => String::new(),
    };
    format!("{set}{about}{} (--exit-on {})", value::calm(&breach.what), breach.gate)
}

/// The word for a kind of exposure.
pub fn exposure(kind: ExposureKind) -> &'static str {
    match kind {
        ExposureKind::Port => "port",
        ExposureKind::Public => "public",
        ExposureKind::Policy => "policy",
        ExposureKind::Protection => "protection",
    }
}

/// The kind of an exposure, and whether it is sure.
pub fn exposed(one: &Exposure) -> String {
    format!("{}{}", exposure(one.kind), if one.sure { "" } else { ", perhaps" })
}

/// `3 resources`.
pub fn counted(count: usize, word: &str) -> String {
    format!("{} {}", crate::units::thousands(u64::try_from(count).unwrap_or(u64::MAX)), plural(count, word))
}
