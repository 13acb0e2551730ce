//! The comparison: sets, stacks, resources, then what follows from one for another.

use std::collections::BTreeSet;

use cfn::facts;
use cfn::{Node, Resource, Template};

use super::indirect::{self, Shifted, View};
use super::pairing::{self, Digests, Paired};
use super::reference::Feeds;
use super::replacement::{self, Candidate};
use super::side::{Side, SideSet, stack_name};
use super::tree::{self, leaves};
use super::{
    Action, Change, DataFate, Difference, Presence, Replaces, ResourceDifference, SetDifference, StackDifference, Unseen, moves, security,
    unseen,
};
use crate::check::{self, File, Finding, is_secret};
use crate::digest;
use crate::fate::{self, Event, Fate, Nature, Policies};

/// Everything that two sides disagree on.
pub fn difference(from: &Side, to: &Side) -> Difference {
    let empty = SideSet::default();
    let mut sets = Vec::new();
    if let ([old], [new]) = (from.sets.as_slice(), to.sets.as_slice()) {
        // One set on each side is compared whatever it is called: 1k with 10k.
        let name = if old.name == new.name { new.name.clone() } else { String::new() };
        sets.push(set(name, old, new, Presence::Both));
    } else {
        for new in &to.sets {
            let old = from.sets.iter().find(|old| old.name == new.name);
            let presence = if old.is_some() { Presence::Both } else { Presence::Added };
            sets.push(set(new.name.clone(), old.unwrap_or(&empty), new, presence));
        }
        for old in from.sets.iter().filter(|old| !to.sets.iter().any(|new| new.name == old.name)) {
            sets.push(set(old.name.clone(), old, &empty, Presence::Removed));
        }
    }
    Difference { from: from.name.clone(), to: to.name.clone(), sets }
}

/// Asks `check` of both sides, and keeps what only the new one has. A finding counts as known when the same rule said the same of the same
/// resource, wherever it stands.
pub fn add_findings(difference: &mut Difference, from: &Side, to: &Side) {
    let empty = SideSet::default();
    for set in &mut difference.sets {
        let of = |side: &'_ Side| -> Option<usize> {
            if side.sets.len() == 1 && from.sets.len() == to.sets.len() {
                Some(0)
            } else {
                side.sets.iter().position(|one| one.name == set.name)
            }
        };
        let old = of(from).and_then(|at| from.sets.get(at)).unwrap_or(&empty);
        let new = of(to).and_then(|at| to.sets.get(at)).unwrap_or(&empty);
        let key =
            |finding: &Finding| (finding.rule.id, stack_name(&finding.name).to_owned(), finding.resource.clone(), finding.message.clone());
        let known: BTreeSet<_> = check::findings(&old.files).iter().map(key).collect();
        set.findings =
            check::located(&new.files, check::findings(&new.files)).into_iter().filter(|one| !known.contains(&key(one))).collect();
    }
}

/// One resource of either side in its stack.
struct Item<'a> {
    stack: usize,
    id: &'a str,
    old: Option<&'a Resource>,
    new: Option<&'a Resource>,
    changes: Vec<Change>,
    /// Whether a condition may take it away.
    may_go: bool,
    /// The pair of a renamed or moved one: its index among the items.
    partner: Option<usize>,
    /// What both of them have in common.
    digest: Option<u64>,
}

impl Item<'_> {
    fn retyped(&self) -> bool {
        matches!((self.old, self.new), (Some(old), Some(new)) if old.resource_type != new.resource_type)
    }
}

fn set(name: String, old: &SideSet, new: &SideSet, presence: Presence) -> SetDifference {
    let pairs = pairing::stacks(old, new);
    let (feeds_old, feeds_new) = (Feeds::of(old), Feeds::of(new));
    let (olds, news) = (templates(old), templates(new));
    let mut items: Vec<Item> = Vec::new();
    let mut sections = Vec::new();
    for (stack, pair) in pairs.iter().enumerate() {
        let (before, after) = (pair.old.and_then(|at| olds.get(at).copied()), pair.new.and_then(|at| news.get(at).copied()));
        let shifted = match (pair.old, pair.new) {
            (Some(a), Some(b)) => indirect::shifted(
                View { file: a, templates: &olds, feeds: &feeds_old },
                View { file: b, templates: &news, feeds: &feeds_new },
            ),
            _ => Shifted::default(),
        };
        stack_items(stack, before, after, &shifted, &mut items);
        sections.push(sections_of(before, after));
    }
    renames(&mut items, &pairs, &olds, &news, (&feeds_old, &feeds_new));
    let candidates = candidates(&items, &pairs, &news, &feeds_new);
    let resources = resources(&items, &pairs, candidates, old, new);
    let mut stacks: Vec<StackDifference> = Vec::new();
    for ((pair, sections), resources) in pairs.iter().zip(sections).zip(resources) {
        let file = |set: &SideSet, at: Option<usize>| at.and_then(|at| set.files.files.get(at)).map(|file| file.name.clone());
        let (from, to) = (file(old, pair.old), file(new, pair.new));
        let count = |templates: &[&Template], at: Option<usize>| at.and_then(|at| templates.get(at)).map_or(0, |one| one.resources.len());
        let stood = resources.iter().filter(|one| !matches!(one.action, Action::Removed)).count();
        stacks.push(StackDifference {
            name: stack_name(to.as_deref().or(from.as_deref()).unwrap_or_default()).to_owned(),
            presence: match (&from, &to) {
                (Some(_), None) => Presence::Removed,
                (None, Some(_)) => Presence::Added,
                _ => Presence::Both,
            },
            from,
            to,
            same: count(&news, pair.new).saturating_sub(stood),
            resources,
            sections,
        });
    }
    let exposures = security::exposures(old, new, &pairs, &stacks);
    SetDifference {
        name,
        presence,
        stacks,
        unseen: not_seen(old, new),
        exposures,
        findings: Vec::new(),
        figures: (old.figures.clone(), new.figures.clone()),
    }
}

fn templates(set: &SideSet) -> Vec<&Template> {
    set.files.files.iter().map(|file| &file.template).collect()
}

fn not_seen(old: &SideSet, new: &SideSet) -> Vec<Unseen> {
    let broken = |set: &SideSet, side: &str| -> Vec<Unseen> {
        let one = |broken: &super::Broken| Unseen {
            file: broken.name.clone(),
            what: String::new(),
            why: format!("it cannot be read on the side {side}, so its stack was not compared: {}", broken.problem),
            broken: true,
        };
        set.broken.iter().map(one).collect()
    };
    let mut all: BTreeSet<Unseen> = BTreeSet::new();
    all.extend(broken(old, "that is changed from"));
    all.extend(broken(new, "that is changed to"));
    all.extend(new.files.files.iter().flat_map(unseen::of));
    let seen: BTreeSet<(String, String)> = all.iter().map(|one| (stack_name(&one.file).to_owned(), one.what.clone())).collect();
    // What both sides have is said once.
    let only_old =
        old.files.files.iter().flat_map(unseen::of).filter(|one| !seen.contains(&(stack_name(&one.file).to_owned(), one.what.clone())));
    all.extend(only_old);
    all.into_iter().collect()
}

fn stack_items<'a>(stack: usize, before: Option<&'a Template>, after: Option<&'a Template>, shifted: &Shifted, items: &mut Vec<Item<'a>>) {
    let bare = |id: &'a str, old, new| Item { stack, id, old, new, changes: Vec::new(), may_go: false, partner: None, digest: None };
    for (id, resource) in after.iter().flat_map(|template| &template.resources) {
        let was = before.and_then(|template| template.resources.get(id));
        let mut item = bare(id, was, Some(resource));
        if let Some(was) = was {
            item.changes = changes(was, resource, shifted);
            item.may_go = match (&was.condition, &resource.condition) {
                (_, None) => false,
                (Some(a), Some(b)) if a == b => shifted.condition(b),
                _ => true,
            };
        }
        items.push(item);
    }
    for (id, resource) in before.iter().flat_map(|template| &template.resources) {
        if !after.is_some_and(|template| template.resources.contains_key(id)) {
            items.push(bare(id, Some(resource), None));
        }
    }
}

/// What differs between two resources of one logical ID.
fn changes(old: &Resource, new: &Resource, shifted: &Shifted) -> Vec<Change> {
    let mut found = Vec::new();
    let kind = &new.resource_type;
    let retyped = old.resource_type != new.resource_type;
    for (property, value) in &new.properties {
        let Some(was) = old.properties.get(property) else {
            found.push(property_change(kind, vec![property.clone()], None, Some(value.clone())));
            continue;
        };
        let before = found.len();
        for leaf in leaves(was, value, &[property]) {
            found.push(property_change(kind, leaf.path, leaf.old, leaf.new));
        }
        if found.len() == before && was != value && !strictly(was, value) {
            // A set in another order is the same, unless the type cannot be changed at all: whether AWS compares it as a set is not known then.
            let order = property_change(kind, vec![property.clone(), "order".to_owned()], Some(was.clone()), Some(value.clone()));
            found.extend((order.replaces > Replaces::No).then_some(order));
        }
        if found.len() == before
            && let Some(reason) = shifted.reason(was, value, false)
        {
            let mut change = property_change(kind, vec![property.clone()], Some(was.clone()), Some(value.clone()));
            change.through = Some(reason);
            found.push(change);
        }
    }
    for (property, was) in old.properties.iter().filter(|(property, _)| !new.properties.contains_key(*property)) {
        found.push(property_change(kind, vec![property.clone()], Some(was.clone()), None));
    }
    if retyped {
        found.insert(0, plain(vec!["Type".to_owned()], Some(Node::from(old.resource_type.as_str())), Some(Node::from(kind.as_str()))));
    }
    attributes(old, new, &mut found);
    found
}

/// Whether two values are the same item by item, numbers and flags as text.
fn strictly(a: &Node, b: &Node) -> bool {
    match (a, b) {
        (Node::List(a), Node::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| strictly(a, b)),
        (Node::Map(a), Node::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| strictly(value, other)))
        }
        _ => tree::same(a, b),
    }
}

fn property_change(resource_type: &str, path: Vec<String>, old: Option<Node>, new: Option<Node>) -> Change {
    let (replaces, when) = replacement::of(resource_type, &path);
    let mut full = vec!["Properties".to_owned()];
    full.extend(path);
    let secret = [&old, &new].into_iter().flatten().any(|value| secret(&full, value));
    Change { path: full, old, new, through: None, replaces, when, secret }
}

fn plain(path: Vec<String>, old: Option<Node>, new: Option<Node>) -> Change {
    let secret = [&old, &new].into_iter().flatten().any(|value| secret(&path, value));
    Change { path, old, new, through: None, replaces: Replaces::No, when: None, secret }
}

/// Whether a value is, or holds, what nobody should read.
fn secret(path: &[String], value: &Node) -> bool {
    let name = path.iter().rev().find(|step| !step.chars().all(|c| c.is_ascii_digit())).map_or("", String::as_str);
    match value {
        Node::Str(text) => is_secret(name, text) || path.iter().any(|step| step.len() > 1 && is_secret(step, text)),
        Node::List(items) => items.iter().any(|item| secret(path, item)),
        Node::Map(map) => {
            // `{Name: DB_PASSWORD, Value: …}` says its name beside its value.
            let named = ["Name", "Key"].iter().find_map(|key| map.get(*key).and_then(Node::as_str));
            map.iter().any(|(key, value)| {
                let beside = named.is_some_and(|name| key == "Value" && value.as_str().is_some_and(|text| is_secret(name, text)));
                beside || secret(&[path, std::slice::from_ref(key)].concat(), value)
            })
        }
        _ => false,
    }
}

/// What stands beside the properties.
fn attributes(old: &Resource, new: &Resource, found: &mut Vec<Change>) {
    let policy = |one: Option<cfn::Policy>| one.map(|policy| Node::from(policy.as_str()));
    let names = |one: &[String]| (!one.is_empty()).then(|| Node::list(one.iter().map(String::as_str)));
    let map = |one: &cfn::Map| (!one.is_empty()).then(|| Node::Map(one.clone()));
    let word = |one: &Option<String>| one.as_deref().map(Node::from);
    let pairs = [
        ("DeletionPolicy", policy(old.deletion_policy), policy(new.deletion_policy)),
        ("UpdateReplacePolicy", policy(old.update_replace_policy), policy(new.update_replace_policy)),
        ("DependsOn", names(&old.depends_on), names(&new.depends_on)),
        ("Condition", word(&old.condition), word(&new.condition)),
        ("CreationPolicy", old.creation_policy.clone(), new.creation_policy.clone()),
        ("UpdatePolicy", old.update_policy.clone(), new.update_policy.clone()),
        ("Metadata", map(&old.metadata), map(&new.metadata)),
        ("", map(&old.rest), map(&new.rest)),
    ];
    for (name, old, new) in pairs {
        between(name, old, new, found);
    }
}

/// The changes between two optional trees, each below a name.
fn between(name: &str, old: Option<Node>, new: Option<Node>, found: &mut Vec<Change>) {
    let path: &[&str] = if name.is_empty() { &[] } else { &[name] };
    match (old, new) {
        (None, None) => {}
        (Some(old), Some(new)) => found.extend(leaves(&old, &new, path).into_iter().map(|leaf| plain(leaf.path, leaf.old, leaf.new))),
        (old, new) => found.push(plain(path.iter().map(|step| (*step).to_owned()).collect(), old, new)),
    }
}

/// What differs beside the resources. A template's description and metadata are words about it.
fn sections_of(before: Option<&Template>, after: Option<&Template>) -> Vec<Change> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let mut found = Vec::new();
    let (old, new) = (before.to_node(), after.to_node());
    let hidden = |name: &str| [before, after].iter().any(|template| template.parameters.get(name).is_some_and(|one| one.no_echo));
    for section in ["Parameters", "Mappings", "Conditions", "Outputs", "Transform", "Rules", "Hooks", "Globals"] {
        let from = found.len();
        between(section, old.get(section).cloned(), new.get(section).cloned(), &mut found);
        for change in
            found.iter_mut().skip(from).filter(|change| section == "Parameters" && change.path.get(1).is_some_and(|name| hidden(name)))
        {
            change.secret = true;
        }
    }
    for section in ["Parameters", "Resources", "Outputs"] {
        let entries = |template: &Template| template.macros.get(section).map(|map| Node::Map(map.clone()));
        if section == "Resources" {
            between(section, entries(before), entries(after), &mut found);
        }
    }
    found
}

/// Pairs what leaves with what comes when both are the same by their digest.
fn renames<'a>(items: &mut [Item<'a>], pairs: &[Paired], olds: &[&'a Template], news: &[&'a Template], feeds: (&Feeds<'a>, &Feeds<'a>)) {
    let gone: Vec<usize> = (0..items.len()).filter(|at| items[*at].new.is_none()).collect();
    let come: Vec<usize> = (0..items.len()).filter(|at| items[*at].old.is_none()).collect();
    if gone.is_empty() || come.is_empty() {
        return;
    }
    let file = |at: &usize, old: bool| {
        let pair = items.get(*at).and_then(|item| pairs.get(item.stack));
        pair.and_then(|pair| if old { pair.old } else { pair.new }).unwrap_or_default()
    };
    let (mut before, mut after) = (Digests::new(olds.to_vec(), feeds.0), Digests::new(news.to_vec(), feeds.1));
    let old: Vec<u64> = gone.iter().map(|at| before.of(file(at, true), items[*at].id)).collect();
    let new: Vec<u64> = come.iter().map(|at| after.of(file(at, false), items[*at].id)).collect();
    for (one, other) in pairing::renamed(&old, &new) {
        let (Some(a), Some(b)) = (gone.get(one).copied(), come.get(other).copied()) else { continue };
        items[a].partner = Some(b);
        items[b].partner = Some(a);
        items[b].digest = old.get(one).copied();
    }
}

/// Replacements with their causes, carried on along references.
fn candidates<'a>(items: &[Item<'a>], pairs: &[Paired], news: &[&'a Template], feeds: &Feeds<'a>) -> Vec<Option<Vec<super::Cause>>> {
    let mut at = Vec::new();
    let mut candidates = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let (Some(resource), Some(file)) = (item.new, pairs.get(item.stack).and_then(|pair| pair.new)) else { continue };
        at.push(index);
        candidates.push(Candidate {
            file,
            id: item.id,
            resource,
            stood: item.old.is_some(),
            causes: replacement::causes(&item.changes),
            retyped: item.retyped(),
        });
    }
    replacement::spread(&mut candidates, news, feeds);
    let mut all: Vec<Option<Vec<super::Cause>>> = items.iter().map(|_| None).collect();
    for (index, candidate) in at.into_iter().zip(candidates) {
        all[index] = candidate.stood.then_some(candidate.causes);
    }
    all
}

/// The differences of each stack's resources.
fn resources(
    items: &[Item],
    pairs: &[Paired],
    mut causes: Vec<Option<Vec<super::Cause>>>,
    old: &SideSet,
    new: &SideSet,
) -> Vec<Vec<ResourceDifference>> {
    let mut all: Vec<Vec<ResourceDifference>> = pairs.iter().map(|_| Vec::new()).collect();
    let carried = carried_volumes(items, &causes);
    for (index, item) in items.iter().enumerate() {
        // What goes on under another name is told where it goes on.
        if item.new.is_none() && item.partner.is_some() {
            continue;
        }
        let causes = causes.get_mut(index).and_then(Option::take).unwrap_or_default();
        let action = action(item, items, pairs, &causes, old);
        let data = data(item, items, &action, carried.get(&item.id.to_owned()));
        let Some(action) = action.or_else(|| data.as_ref().map(|_| Action::Changed)) else { continue };
        let (Some(resource), Some(stack)) = (item.new.or(item.old), all.get_mut(item.stack)) else { continue };
        let pair = pairs.get(item.stack).copied().unwrap_or(Paired { old: None, new: None });
        let place = |set: &SideSet, at: Option<usize>, id: &str| -> Option<cfn::syntax::Place> {
            let file: &File = set.files.files.get(at?)?;
            file.document.as_ref().and_then(|document| document.place(&["Resources", id]))
        };
        let was = item.old.filter(|old| item.new.is_some_and(|new| new.resource_type != old.resource_type));
        stack.push(ResourceDifference {
            id: item.id.to_owned(),
            resource_type: resource.resource_type.clone(),
            old_type: was.map(|old| old.resource_type.clone()),
            why: why(resource),
            name_taken: matches!((&action, item.old, item.new), (Action::Replaced | Action::MayBeReplaced, Some(old), Some(new)) if replacement::name_taken(old, new)),
            old_place: place(old, pair.old, item.id),
            new_place: place(new, pair.new, item.id),
            action,
            causes,
            changes: item.changes.clone(),
            digest: item.digest.map(digest::digits),
            data,
        });
    }
    all
}

fn why(resource: &Resource) -> String {
    let why = resource.metadata.get("scalectl").and_then(|served| served.get("why")).and_then(Node::as_str);
    why.unwrap_or_default().to_owned()
}

/// What happens to a resource; none when nothing does.
fn action(item: &Item, items: &[Item], pairs: &[Paired], causes: &[super::Cause], old: &SideSet) -> Option<Action> {
    match (item.old, item.new) {
        (_, None) => Some(Action::Removed),
        (None, Some(_)) => match item.partner.and_then(|at| items.get(at)) {
            Some(partner) if partner.stack == item.stack => Some(Action::Renamed { from: partner.id.to_owned() }),
            Some(partner) => {
                let file = pairs.get(partner.stack).and_then(|pair| pair.old).and_then(|at| old.files.files.get(at));
                let stack = file.map(|file| stack_name(&file.name).to_owned()).unwrap_or_default();
                Some(Action::Moved { stack, from: partner.id.to_owned() })
            }
            None => Some(Action::Added),
        },
        (Some(_), Some(_)) if item.retyped() || causes.iter().any(|cause| cause.sure) => Some(Action::Replaced),
        _ if item.may_go => Some(Action::MayBeRemoved),
        _ if !causes.is_empty() => Some(Action::MayBeReplaced),
        _ if item.changes.is_empty() => None,
        _ if item.changes.iter().all(|change| change.path.first().is_some_and(|first| first == "Metadata")) => Some(Action::Reworded),
        _ => Some(Action::Changed),
    }
}

/// Whether losing a resource may lose data. What a nested stack, a module or a vanished type holds is not known, so it may.
pub(super) fn precious(resource: &Resource) -> bool {
    let kind = resource.resource_type.as_str();
    let member = kind == "AWS::RDS::DBInstance" && resource.properties.contains_key("DBClusterIdentifier");
    (facts::holds_data(kind) && !member) || kind == "AWS::CloudFormation::Stack" || kind.ends_with("::MODULE")
}

/// What happens to the data of a resource.
fn data(item: &Item, items: &[Item], action: &Option<Action>, carried: Option<&String>) -> Option<DataFate> {
    // What goes on under another name loses what the old name held.
    let partner = item.partner.and_then(|at| items.get(at));
    let old = item.old.or_else(|| partner.and_then(|partner| partner.old)).filter(|old| precious(old))?;
    let (event, sure) = match action {
        None if carried.is_some() => (Event::Unchanged, true),
        None => return None,
        Some(Action::Added) => return None,
        Some(Action::Removed | Action::Renamed { .. } | Action::Moved { .. }) => (Event::Removed, true),
        Some(Action::Replaced) if item.retyped() => (Event::Retyped, true),
        Some(Action::Replaced) => (Event::Replaced, true),
        Some(Action::MayBeReplaced) => (Event::Replaced, false),
        Some(Action::MayBeRemoved) => (Event::Removed, false),
        Some(Action::Changed) => (Event::InPlace, true),
        Some(Action::Reworded) => (Event::Unchanged, true),
    };
    let policies = Policies::of(old);
    let mut fate = fate::fate(event, policies, item.new.map(Policies::of), Nature::of(old));
    if let (true, Some(new)) = (item.may_go, item.new) {
        // A condition and a replacement may both be at work: the worst that either may do counts.
        fate = fate.max(fate::fate(Event::Removed, policies, None, Nature::of(old)));
        fate = fate.max(fate::fate(Event::Removed, Policies::of(new), None, Nature::of(new)));
    }
    let mut way = None;
    if fate == Fate::Retain && matches!(action, Some(Action::Removed)) {
        let comes = items.iter().filter(|item| item.old.is_none()).filter_map(|item| Some((item.id, item.new?)));
        way = moves::way(old, comes);
    } else if fate == Fate::Keep
        && let Some(host) = carried
    {
        way = moves::of_volume().filter(|_| moves::component(old) == Some("data_volume")).map(|way| (way, vec![host.clone()]));
    }
    let fate = if way.is_some() { Fate::Move } else { fate };
    Some(DataFate { fate, sure, way })
}

const ATTACHMENT: &str = "AWS::EC2::VolumeAttachment";

/// The name that a property refers to.
fn target(resource: &Resource, property: &str) -> Option<String> {
    let mut found = None;
    if let Some(value) = resource.properties.get(property) {
        super::reference::names(value, &mut |name| found = Some(name.to_owned()));
    }
    found
}

/// Volumes that go from one host to another: their attachment is replaced. By logical ID, with the new host's.
fn carried_volumes(items: &[Item], causes: &[Option<Vec<super::Cause>>]) -> std::collections::BTreeMap<String, String> {
    let mut carried = std::collections::BTreeMap::new();
    for (item, causes) in items.iter().zip(causes) {
        let Some(new) = item.new.filter(|new| new.resource_type == ATTACHMENT) else { continue };
        let replaced = item.old.is_none() || causes.as_ref().is_some_and(|causes| causes.iter().any(|cause| cause.sure));
        let (Some(volume), Some(host)) = (target(new, "VolumeId"), target(new, "InstanceId")) else { continue };
        let stood = items
            .iter()
            .filter_map(|other| other.old)
            .any(|old| old.resource_type == ATTACHMENT && target(old, "VolumeId").as_ref() == Some(&volume));
        if replaced && stood {
            carried.insert(volume, host);
        }
    }
    carried
}
