//! What keeps data from being lost or read, and is taken away or weakened on a resource that stays.

use std::collections::{BTreeMap, HashSet};

use cfn::{Node, Policy};

use super::guards::Measure::{More, On, Tls, Written};
use super::guards::{FOREVER, GUARDS, Measure, TRAIL, WATCHERS};
use super::sight::{Both, Made, Sight, Span};
use super::{Exposure, ExposureKind, told};
use crate::check::Item;
use crate::check::graph::below;
use crate::check::simplify::plain;
use crate::fate::Word;

/// Everything that protects less.
pub fn lessened(both: &Both) -> Vec<Exposure> {
    let mut found = Vec::new();
    for item in both.new.items() {
        let Some(old) = both.before(item) else { continue };
        let made = both.new.made(item) == Made::Yes;
        let mut say = |what: String, sure: bool| found.push(told(ExposureKind::Protection, &both.new, item, what, sure && made));
        if old.raw.properties != item.raw.properties || old.properties != item.properties {
            for (_, path, measure, what) in GUARDS.iter().filter(|guard| is_of(item.kind, guard.0)) {
                if let Some(sure) = weaker(old, item, path, *measure) {
                    say((*what).to_owned() + &numbers(old, item, path, *measure), sure);
                }
            }
            if item.kind == "AWS::S3::Bucket" {
                expiry(both, old, item, &mut say);
            }
        }
        if old.raw.holds_data() {
            let policies = [("DeletionPolicy", Word::deletion as fn(&_) -> _), ("UpdateReplacePolicy", Word::update_replace)];
            for (name, read) in policies {
                let (was, is): (Word, Word) = (read(old.raw), read(item.raw));
                let (was, is_now) = (strength(was), strength(is));
                if is_now < was {
                    say(format!("its {name} keeps less of its data than it did"), !matches!(is, Word::Open));
                }
            }
        }
    }
    found.extend(left(both));
    found
}

fn is_of(kind: &str, end: &str) -> bool {
    end.is_empty() || kind.ends_with(end) || (end == "::Launch" && kind == "AWS::EC2::LaunchTemplate")
}

/// How much a policy keeps. What is not written is deleted, or snapshotted for some types: it counts as deletion.
fn strength(word: Word) -> u8 {
    match word {
        Word::Is(Policy::Retain) => 3,
        Word::Is(Policy::RetainExceptOnCreate | Policy::Snapshot) => 2,
        Word::Is(Policy::Delete) | Word::Absent | Word::Open => 0,
    }
}

/// Whether a guard is weaker: none when it is not, else whether it surely is.
fn weaker(old: &Item, new: &Item, path: &str, measure: Measure) -> Option<bool> {
    // The whole property is the same: nothing to measure.
    let first = path.split('/').next().unwrap_or(path);
    if old.properties.get(first) == new.properties.get(first) {
        return None;
    }
    let (was, is) = (span(old, path, measure), span(new, path, measure));
    is.less_than(was)
}

fn span(item: &Item, path: &str, measure: Measure) -> Span {
    match measure {
        On(words, absent) => {
            let on = |node: &Node| plain(node).map(|word| i64::from(words.iter().any(|one| one.eq_ignore_ascii_case(&word))));
            Span::of(item, path, i64::from(absent), Span::FLAG, &on)
        }
        More(absent) => {
            let number = |node: &Node| plain(node).and_then(|word| word.trim().parse().ok());
            Span::of(item, path, absent, Span::ANY, &number)
        }
        // Any value will do, known or not.
        Written => Span::of(item, path, 0, Span::at(1), &|_| Some(1)),
        Tls => Span::of(item, path, 0, Span::ANY, &|node| plain(node).and_then(|word| tls(&word))),
    }
}

/// ` (7 before, now 1)` for what is counted and known.
fn numbers(old: &Item, new: &Item, path: &str, measure: Measure) -> String {
    if !matches!(measure, More(_)) {
        return String::new();
    }
    let (was, is) = (span(old, path, measure), span(new, path, measure));
    let known = |span: Span| span.least == span.most;
    let word = |span: Span| if span.least == FOREVER { "forever".to_owned() } else { span.least.to_string() };
    if known(was) && known(is) { format!(" ({} before, now {})", word(was), word(is)) } else { String::new() }
}

/// The oldest version that a policy speaks, then its year: `TLSv1.2_2021`, `ELBSecurityPolicy-TLS13-1-2-2021-06`, `ELBSecurityPolicy-2016-08`.
fn tls(policy: &str) -> Option<i64> {
    let text = policy.to_ascii_lowercase().replace(['.', '_'], "-");
    let version = if text.starts_with("ssl") {
        0
    } else if text.contains("-1-3") || text.ends_with("tlsv1-3") || text.contains("tlsv1-3-") {
        13
    } else if text.contains("-1-2-") || text.ends_with("1-2") || text.contains("v1-2-") {
        12
    } else if text.contains("-1-1-") || text.ends_with("1-1") || text.contains("v1-1-") {
        11
    } else if text.contains("tls") || text.starts_with("elbsecuritypolicy-") {
        10
    } else {
        return None;
    };
    let year = text.split('-').filter_map(|part| part.parse::<i64>().ok()).find(|number| (2010..2100).contains(number)).unwrap_or(2010);
    // The version alone decides; a policy's year tells two of one version apart.
    Some(version * 10_000 + year)
}

/// Objects of a bucket that are deleted, or deleted sooner, by its lifecycle.
fn expiry(both: &Both, old: &Item, new: &Item, say: &mut impl FnMut(String, bool)) {
    const PATHS: [&str; 5] = [
        "ExpirationInDays",
        "ExpirationDate",
        "NoncurrentVersionExpirationInDays",
        "NoncurrentVersionExpiration/NoncurrentDays",
        "ExpiredObjectDeleteMarker",
    ];
    let rules = |sight: &Sight, item: &Item| -> BTreeMap<(String, &'static str), Option<i64>> {
        let mut found: BTreeMap<(String, &'static str), Option<i64>> = BTreeMap::new();
        for rule in item.all("LifecycleConfiguration/Rules/*") {
            if rule.get("Status").and_then(plain).is_some_and(|status| status == "Disabled") {
                continue;
            }
            let about = ["Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"];
            let about: Vec<String> = about.iter().map(|key| rule.get(key).map(|node| sight.text(node)).unwrap_or_default()).collect();
            for path in PATHS.iter().filter(|path| **path != "ExpiredObjectDeleteMarker") {
                for value in below(rule, path) {
                    let days = plain(value).and_then(|word| word.parse::<i64>().ok());
                    let least = found.entry((about.join("|"), path)).or_insert(days);
                    *least = match (*least, days) {
                        (Some(a), Some(b)) => Some(a.min(b)),
                        _ => None,
                    };
                }
            }
        }
        found
    };
    let (was, is) = (rules(&both.old, old), rules(&both.new, new));
    for (key, days) in is {
        let what = if key.1.starts_with("Noncurrent") { "older versions in it are" } else { "objects in it are" };
        let after = days.map(|days| format!(" after {days} days")).unwrap_or_default();
        match (was.get(&key), days) {
            (None, _) => say(format!("{what} deleted{after}"), true),
            (Some(Some(before)), Some(now)) if now < *before => say(format!("{what} deleted{after}, not after {before}"), true),
            (Some(before), now) if *before != now && (before.is_none() || now.is_none()) => say(format!("{what} deleted sooner"), false),
            _ => {}
        }
    }
}

/// Those that protected others and leave.
fn left(both: &Both) -> Vec<Exposure> {
    let name = |sight: &Sight, node: &Node| {
        sight.graph.mentioned(node).first().and_then(|item| sight.name(item)).map_or_else(|| sight.text(node), str::to_owned)
    };
    let watched = |sight: &Sight, item: &Item, path: &str| -> Vec<String> {
        if path.is_empty() { Vec::new() } else { item.all(path).into_iter().map(|node| name(sight, node)).collect() }
    };
    let mut found = Vec::new();
    for (kind, path, what) in WATCHERS {
        // One trail records the whole account.
        if *kind == TRAIL && both.new.items().any(|item| item.kind == TRAIL) {
            continue;
        }
        let mut before = both.old.items().filter(|item| item.kind == *kind).peekable();
        if before.peek().is_none() {
            continue;
        }
        let still: HashSet<String> =
            both.new.items().filter(|item| item.kind == *kind).flat_map(|item| watched(&both.new, item, path)).collect();
        for item in before {
            let sure = both.old.made(item) == Made::Yes;
            let names = watched(&both.old, item, path);
            // What selects by tags says nothing of what stays.
            if names.is_empty() && both.after(item).is_none() {
                found.push(told(ExposureKind::Protection, &both.old, item, (*what).to_owned(), sure));
            }
            for one in names.iter().filter(|name| !still.contains(*name)).filter_map(|name| both.new.by_name(name)) {
                found.push(told(ExposureKind::Protection, &both.new, one, (*what).to_owned(), sure));
            }
        }
    }
    found
}
