//! The comparison: sets, stacks, resources, then what follows from one for another.

use std::collections::BTreeSet;

use cfn::{Resource, Template};

use super::indirect::{self, Shifted, View};
use super::pairing::{self, Digests, Paired};
use super::replacement::{self, Candidate};
use super::side::{Side, SideSet, stack_name};
use super::{
    Action, Cause, Change, Difference, Presence, ResourceDifference, SetDifference, StackDifference, Unseen, content, security, unseen,
    verdict,
};
use crate::check::{self, File, Finding, Set};
use crate::digest;
use crate::render::served;

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
pub(super) struct Item<'a> {
    pub stack: usize,
    pub id: &'a str,
    pub old: Option<&'a Resource>,
    pub new: Option<&'a Resource>,
    pub changes: Vec<Change>,
    /// Whether a condition may take it away.
    pub may_go: bool,
    /// The pair of a renamed or moved one: its index among the items.
    pub partner: Option<usize>,
    /// What both of them have in common.
    digest: Option<u64>,
}

impl Item<'_> {
    pub fn retyped(&self) -> bool {
        matches!((self.old, self.new), (Some(old), Some(new)) if old.resource_type != new.resource_type)
    }
}

fn set(name: String, old: &SideSet, new: &SideSet, presence: Presence) -> SetDifference {
    let pairs = pairing::stacks(old, new);
    let (feeds_old, feeds_new) = (&old.files, &new.files);
    let (olds, news) = (templates(old), templates(new));
    let mut items: Vec<Item> = Vec::new();
    let mut sections = Vec::new();
    for (stack, pair) in pairs.iter().enumerate() {
        let (before, after) = (pair.old.and_then(|at| olds.get(at).copied()), pair.new.and_then(|at| news.get(at).copied()));
        let shifted = match (pair.old, pair.new) {
            (Some(a), Some(b)) => indirect::shifted(
                View { file: a, templates: &olds, feeds: feeds_old },
                View { file: b, templates: &news, feeds: feeds_new },
            ),
            _ => Shifted::default(),
        };
        stack_items(stack, before, after, &shifted, &mut items);
        sections.push(content::sections(before, after));
    }
    renames(&mut items, &pairs, &olds, &news, (feeds_old, feeds_new));
    let candidates = candidates(&items, &pairs, &news, feeds_new);
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
        unseen: not_seen(old, new, &pairs),
        stacks,
        exposures,
        findings: Vec::new(),
        figures: (old.figures.clone(), new.figures.clone()),
    }
}

fn templates(set: &SideSet) -> Vec<&Template> {
    set.files.files.iter().map(|file| &file.template).collect()
}

/// What could not be compared, said once where both sides have it.
fn not_seen(old: &SideSet, new: &SideSet, pairs: &[Paired]) -> Vec<Unseen> {
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
    for pair in pairs {
        let of = |set: &SideSet, at: Option<usize>| at.and_then(|at| set.files.files.get(at)).map(unseen::of).unwrap_or_default();
        let mut here = of(new, pair.new);
        for one in of(old, pair.old) {
            if !here.iter().any(|other| other.what == one.what) {
                here.push(one);
            }
        }
        all.extend(here);
    }
    all.into_iter().collect()
}

fn stack_items<'a>(stack: usize, before: Option<&'a Template>, after: Option<&'a Template>, shifted: &Shifted, items: &mut Vec<Item<'a>>) {
    let bare = |id: &'a str, old, new| Item { stack, id, old, new, changes: Vec::new(), may_go: false, partner: None, digest: None };
    for (id, resource) in after.iter().flat_map(|template| &template.resources) {
        let was = before.and_then(|template| template.resources.get(id));
        let mut item = bare(id, was, Some(resource));
        if let Some(was) = was {
            item.changes = content::changes(was, resource, shifted);
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

/// Pairs what leaves with what comes when both are the same by their digest.
fn renames<'a>(items: &mut [Item<'a>], pairs: &[Paired], olds: &[&'a Template], news: &[&'a Template], feeds: (&'a Set, &'a Set)) {
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
fn candidates<'a>(items: &[Item<'a>], pairs: &[Paired], news: &[&'a Template], feeds: &'a Set) -> Vec<Option<Vec<Cause>>> {
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
            // What was not there until now has an identity that is new to whoever refers to it.
            may_go: item.may_go || item.old.is_some_and(|old| old.condition.is_some() && resource.condition.is_none()),
        });
    }
    replacement::spread(&mut candidates, news, feeds);
    let mut all: Vec<Option<Vec<Cause>>> = items.iter().map(|_| None).collect();
    for (index, candidate) in at.into_iter().zip(candidates) {
        all[index] = candidate.stood.then_some(candidate.causes);
    }
    all
}

/// The differences of each stack's resources.
fn resources(
    items: &[Item],
    pairs: &[Paired],
    mut causes: Vec<Option<Vec<Cause>>>,
    old: &SideSet,
    new: &SideSet,
) -> Vec<Vec<ResourceDifference>> {
    let mut all: Vec<Vec<ResourceDifference>> = pairs.iter().map(|_| Vec::new()).collect();
    let carried = verdict::carried_volumes(items, &causes);
    for (index, item) in items.iter().enumerate() {
        // What goes on under another name is told where it goes on.
        if item.new.is_none() && item.partner.is_some() {
            continue;
        }
        let causes = causes.get_mut(index).and_then(Option::take).unwrap_or_default();
        let action = verdict::action(item, items, pairs, &causes, old);
        let data = verdict::data(item, items, &action, !causes.is_empty(), carried.get(item.id));
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
            why: served(resource, "why").to_owned(),
            component: served(resource, "component").to_owned(),
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
