//! What the pairs of the road have in common: which moves, which resources stay behind and where, and what breaks its promise.

use std::collections::BTreeMap;

use super::value::name;
use super::words;
use crate::diff::{DataFate, Move, Pair, ResourceDifference};
use crate::fate::Fate;

/// Phases in the order in which the pairs name them.
pub fn phases(pairs: &[Pair]) -> Vec<&str> {
    let mut phases: Vec<&str> = Vec::new();
    for pair in pairs {
        for one in [&pair.from, &pair.to] {
            if !phases.contains(&one.as_str()) {
                phases.push(one);
            }
        }
    }
    // The first pairs name the first phase and then all others, so the order is that of the road.
    phases
}

/// What happens to the data of a pair's resources.
pub fn fates(pair: &Pair) -> impl Iterator<Item = (&ResourceDifference, &DataFate)> {
    pair.difference.resources().filter_map(|(_, _, resource)| resource.data.as_ref().map(|data| (resource, data)))
}

/// `10k → 1k, launch; 500k → 1k`: pairs that go from one phase to several are told together, and so are phases that lead to the same ones.
fn spoken(pairs: &[(&str, &str)], phases: &[&str]) -> String {
    let mut by_from: Vec<(&str, Vec<&str>)> = Vec::new();
    for (from, to) in pairs {
        match by_from.iter_mut().find(|(known, _)| known == from) {
            Some((_, tos)) if tos.contains(to) => {}
            Some((_, tos)) => tos.push(to),
            None => by_from.push((from, vec![to])),
        }
    }
    let mut alike: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for (from, tos) in by_from {
        match alike.iter_mut().find(|(_, known)| *known == tos) {
            Some((froms, _)) => froms.push(from),
            None => alike.push((vec![from], tos)),
        }
    }
    let names = |all: &[&str]| range(all, phases);
    let words: Vec<String> = alike.iter().map(|(froms, tos)| format!("{} → {}", names(froms), names(tos))).collect();
    words.join("; ")
}

/// Phases by name; three and more that follow one another on the road as `launch–1k`.
fn range(some: &[&str], phases: &[&str]) -> String {
    let chosen: Vec<bool> = phases.iter().map(|phase| some.contains(phase)).collect();
    let mut words = Vec::new();
    let mut at = 0;
    while at < phases.len() {
        let run = chosen.iter().skip(at).take_while(|chosen| **chosen).count();
        match (phases.get(at), phases.get((at + run).saturating_sub(1))) {
            (Some(first), Some(last)) if run > 2 => words.push(format!("{}–{}", name(first), name(last))),
            _ => words.extend(phases.iter().skip(at).take(run).map(|phase| name(phase))),
        }
        at += run.max(1);
    }
    words.join(", ")
}

/// A move with the resources whose data go by it, and the pairs in which they do.
type Told<'a> = (&'static Move, Vec<String>, Vec<(&'a str, &'a str)>);

/// Each described move, in words, with the pairs in which it happens.
pub fn moves(pairs: &[Pair]) -> Vec<(String, String)> {
    let mut all: Vec<Told> = Vec::new();
    for pair in pairs {
        for (resource, data) in fates(pair) {
            let (Some((way, _)), id) = (&data.way, name(resource.old_id())) else { continue };
            let of = (pair.from.as_str(), pair.to.as_str());
            match all.iter_mut().find(|(known, ..)| known == way) {
                Some((_, ids, pairs)) => {
                    pairs.push(of);
                    if !ids.contains(&id) {
                        ids.push(id);
                    }
                }
                None => all.push((way, vec![id], vec![of])),
            }
        }
    }
    let words = |way: &Move, ids: &[String]| {
        let (from, to) = (words::kind(way.from.1), words::kind(way.to.1));
        let kinds = if from == to { from } else { format!("{from} → {to}") };
        format!("{} ({kinds}) {}, {}", ids.join(", "), way.words, way.pause)
    };
    let phases = phases(pairs);
    all.into_iter().map(|(way, ids, pairs)| (words(way, &ids), spoken(&pairs, &phases))).collect()
}

/// Resources with this fate, those together that share their pairs.
pub fn with_fate(all: &[Pair], fate: Fate) -> Vec<(Vec<String>, String)> {
    let mut by_resource: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    for pair in all {
        for (resource, _) in fates(pair).filter(|(_, data)| data.fate == fate) {
            by_resource.entry(name(resource.old_id())).or_default().push((&pair.from, &pair.to));
        }
    }
    let mut together: Vec<(Vec<String>, String)> = Vec::new();
    for (id, pairs) in by_resource {
        let words = spoken(&pairs, &phases(all));
        match together.iter_mut().find(|(_, known)| *known == words) {
            Some((ids, _)) => ids.push(id),
            None => together.push((vec![id], words)),
        }
    }
    together
}

/// What breaks the promise of the road: data that are lost or only snapshotted, and resources with data that are replaced.
pub fn broken(pairs: &[Pair]) -> Vec<String> {
    let mut all: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    for pair in pairs {
        for (resource, data) in fates(pair) {
            let lost = data.fate > Fate::Retain;
            if lost || resource.replaced() {
                let verb = if resource.replaced() { words::verb(resource, false) } else { "leaves".to_owned() };
                let what = if lost { format!("{verb}, data: {}", data.fate.word()) } else { verb };
                all.entry(format!("{} {what}", name(resource.old_id()))).or_default().push((&pair.from, &pair.to));
            }
        }
    }
    all.into_iter().map(|(what, among)| format!("{what}: {}", spoken(&among, &phases(pairs)))).collect()
}
