//! Pairs of templates for two judges of a difference: phases against phases, ours with one thing changed, and templates that others write.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use cfn::Node;

use super::{mutants, properties};
use crate::tree::{PHASES, files, read, root, templates};

/// Two templates, in the normal form of `cfn::syntax`.
pub struct Pair {
    pub name: String,
    pub from: Node,
    pub to: Node,
}

impl Pair {
    /// FNV-1a of both texts: the same on every machine and with every compiler, so that it can be committed.
    pub fn hash(&self) -> u64 {
        let texts = [&self.from, &self.to].map(cfn::json::minified);
        fnv(texts.join("\n").as_bytes())
    }
}

/// FNV-1a with 64 bits (G. Fowler, L. C. Noll, K.-P. Vo).
pub fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// All of them, in one order; the names are unique.
pub fn corpus() -> &'static [Pair] {
    static CORPUS: OnceLock<Vec<Pair>> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let mut pairs = phases();
        pairs.extend(mutants::of(ours()));
        pairs.extend(properties::of_every_type());
        pairs.extend(styles());
        pairs
    })
}

/// The type of a resource of a template.
pub fn type_of(template: &Node, id: &str) -> Option<String> {
    template.get("Resources")?.get(id)?.get("Type")?.as_str().map(str::to_owned)
}

/// A text as a template's tree, whichever way it is written.
pub fn tree(text: &str) -> Node {
    cfn::syntax::normalise(&cfn::syntax::parse(text).unwrap().root)
}

/// Our committed templates, by `<phase>/<stack>`.
pub fn ours() -> &'static BTreeMap<String, Node> {
    static OURS: OnceLock<BTreeMap<String, Node>> = OnceLock::new();
    OURS.get_or_init(|| {
        let named = |file: String| {
            let name = file.strip_prefix("templates/").unwrap().strip_suffix(".yaml").unwrap().to_owned();
            (name, tree(&read(&file)))
        };
        templates().into_iter().map(named).collect()
    })
}

/// Every phase against every other, stack by stack; a stack that only one of them has is compared with an empty template.
fn phases() -> Vec<Pair> {
    let stacks = |phase: &str| -> BTreeMap<&str, &Node> {
        ours().iter().filter_map(|(name, tree)| Some((name.strip_prefix(phase)?.strip_prefix('/')?, tree))).collect()
    };
    let nothing = Node::map([("Resources", Node::Map(cfn::Map::new()))]);
    let mut pairs = Vec::new();
    for (before, after) in PHASES.iter().flat_map(|one| PHASES.iter().map(move |other| (*one, *other))).filter(|(a, b)| a != b) {
        let (left, right) = (stacks(before), stacks(after));
        let mut names: Vec<&str> = left.keys().chain(right.keys()).copied().collect();
        names.sort_unstable();
        names.dedup();
        pairs.extend(names.into_iter().map(|stack| {
            let side = |of: &BTreeMap<&str, &Node>| of.get(stack).map_or_else(|| nothing.clone(), |tree| (*tree).clone());
            Pair { name: format!("phases/{before} to {after}/{stack}"), from: side(&left), to: side(&right) }
        }));
    }
    pairs
}

/// Templates of other styles than ours: `tests/diffs/<style>/<case>/{from,to}.{yaml,json}`.
fn styles() -> Vec<Pair> {
    let mut cases: BTreeMap<String, [Option<Node>; 2]> = BTreeMap::new();
    for file in ["yaml", "json"].into_iter().flat_map(|extension| files("tests/diffs", extension)) {
        let (folder, name) = file.rsplit_once('/').unwrap();
        let side = match name.split_once('.').unwrap().0 {
            "from" => 0,
            "to" => 1,
            _ => panic!("{file}: a case has a from and a to"),
        };
        let text = read(&file);
        let parsed = cfn::syntax::parse(&text).unwrap_or_else(|why| panic!("{}:{why}", root().join(&file).display()));
        let case = folder.strip_prefix("tests/").unwrap().to_owned();
        assert!(cases.entry(case).or_default()[side].replace(cfn::syntax::normalise(&parsed.root)).is_none(), "{file}: there are two");
    }
    let pair = |(name, [from, to]): (String, [Option<Node>; 2])| match (from, to) {
        (Some(from), Some(to)) => Pair { name, from, to },
        _ => panic!("tests/{name}: a case has a from and a to"),
    };
    cases.into_iter().map(pair).collect()
}
