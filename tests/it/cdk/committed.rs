//! CDK's committed verdicts: a line for each pair, with a hash of its two templates, so that an old answer is not taken for one about
//! new templates.
//!
//! Only what does not go without saying is written: an added resource will be created, a removed one destroyed, one that differs updated.
//! A resource that differs and of which CDK says nothing is written as `-`.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use cfn::Node;
use serde_json::Value;

use super::pairs::Pair;
use super::{Impact, Said, Verdict, Verdicts};
use crate::tree::root;

const AGAIN: &str = "run `SCALECTL_UPDATE_VERDICTS=1 cargo test --test it -- cdk::` where Node and npm are, and look at what changes";
const SILENCE: &str = "-";

fn path() -> PathBuf {
    root().join("tests/it/cdk/verdicts.json")
}

/// What anybody would say of a pair.
fn without_saying(pair: &Pair) -> BTreeMap<&str, Impact> {
    let resources =
        |side: &'static str, of| -> &cfn::Map { Node::get(of, "Resources").and_then(Node::as_map).unwrap_or_else(|| panic!("{side}")) };
    let (from, to) = (resources("from", &pair.from), resources("to", &pair.to));
    let gone = from.keys().filter(|id| !to.contains_key(*id)).map(|id| (id.as_str(), Impact::WillDestroy));
    let come = to.iter().filter_map(|(id, after)| match from.get(id) {
        None => Some((id.as_str(), Impact::WillCreate)),
        Some(before) => (before != after).then_some((id.as_str(), Impact::WillUpdate)),
    });
    gone.chain(come).collect()
}

/// The line of a pair.
fn line(pair: &Pair, said: &Said) -> String {
    let usual = without_saying(pair);
    let mut words: BTreeMap<&str, String> = BTreeMap::new();
    for (id, Verdict { impact, by }) in said {
        if matches!(impact, Impact::MayReplace | Impact::WillReplace) && !by.is_empty() {
            words.insert(id, format!("{} {}", impact.name(), by.join(",")));
        } else if usual.get(id.as_str()) != Some(impact) {
            words.insert(id, impact.name().to_owned());
        }
    }
    words.extend(usual.keys().filter(|id| !said.contains_key(**id)).map(|id| (*id, SILENCE.to_owned())));
    let (name, words) = (Value::from(pair.name.as_str()), serde_json::to_string(&words).unwrap());
    format!("{name}:[\"{:016x}\",{words}]", pair.hash())
}

pub fn write(pairs: &[Pair], said: &Verdicts) {
    let mut text = String::from("{\n");
    for (index, pair) in pairs.iter().enumerate() {
        let end = if index + 1 == pairs.len() { "" } else { "," };
        writeln!(text, "{}{end}", line(pair, &said[&pair.name])).unwrap();
    }
    text.push_str("}\n");
    fs::write(path(), text).unwrap();
}

/// Fails when the committed answers are not these, to these pairs.
pub fn hold_against(pairs: &[Pair], said: &Verdicts) {
    let text = fs::read_to_string(path()).unwrap_or_default();
    let lines: HashSet<&str> = text.lines().map(|line| line.trim_end_matches(',')).filter(|line| line.len() > 1).collect();
    let now: Vec<String> = pairs.iter().map(|pair| line(pair, &said[&pair.name])).collect();
    let old: Vec<&String> = now.iter().filter(|line| !lines.contains(line.as_str())).collect();
    assert!(
        old.is_empty() && lines.len() == now.len(),
        "{} of CDK's verdicts on {} pairs are not those in {} with {}; {AGAIN}:\n{}",
        old.len(),
        now.len(),
        path().display(),
        lines.len(),
        old.iter().take(5).map(|line| line.chars().take(500).collect::<String>()).collect::<Vec<_>>().join("\n")
    );
}

/// The committed answers to these pairs.
pub fn read(pairs: &[Pair]) -> Verdicts {
    let all: Value = serde_json::from_str(&fs::read_to_string(path()).unwrap()).unwrap();
    let mut verdicts = Verdicts::new();
    for pair in pairs {
        let hash = format!("{:016x}", pair.hash());
        assert_eq!(all[&pair.name][0].as_str(), Some(hash.as_str()), "{}: CDK said nothing yet of these templates; {AGAIN}", pair.name);
        verdicts.insert(pair.name.clone(), told(pair, &all[&pair.name][1]));
    }
    verdicts
}

fn told(pair: &Pair, words: &Value) -> Said {
    let usual = |(id, impact): (&str, Impact)| (id.to_owned(), Verdict { impact, by: Vec::new() });
    let mut said: Said = without_saying(pair).into_iter().map(usual).collect();
    for (id, word) in words.as_object().unwrap() {
        let word = word.as_str().unwrap();
        let (impact, by) = word.split_once(' ').unwrap_or((word, ""));
        if impact == SILENCE {
            said.remove(id);
        } else {
            let by = by.split(',').filter(|property| !property.is_empty()).map(str::to_owned).collect();
            said.insert(id.clone(), Verdict { impact: Impact::named(impact), by });
        }
    }
    said
}
