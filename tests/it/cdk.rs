//! The judge of `scalectl diff`: what the AWS CDK (`@aws-cdk/cloudformation-diff`) says of the same pairs of templates.
//!
//! With Node and a registry it is asked anew, and the committed answers must be its answers; without, they stand in for it. They are
//! written again by `SCALECTL_UPDATE_VERDICTS=1 cargo test --test it -- cdk::`.

mod committed;
mod mutants;
mod ours;
pub mod pairs;
mod properties;
mod steps;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use cfn::Template;
use pairs::{Pair, corpus};

use crate::python::target;
use crate::tree::root;

/// What CDK says of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub impact: Impact,
    /// The properties that replace it, or may, by name; those that are only updated are not named.
    pub by: Vec<String>,
}

/// CDK's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impact {
    NoChange,
    WillUpdate,
    MayReplace,
    WillReplace,
    WillCreate,
    WillDestroy,
    WillOrphan,
}

impl Impact {
    const ALL: [(&str, Impact); 7] = [
        ("NO_CHANGE", Impact::NoChange),
        ("WILL_UPDATE", Impact::WillUpdate),
        ("MAY_REPLACE", Impact::MayReplace),
        ("WILL_REPLACE", Impact::WillReplace),
        ("WILL_CREATE", Impact::WillCreate),
        ("WILL_DESTROY", Impact::WillDestroy),
        ("WILL_ORPHAN", Impact::WillOrphan),
    ];

    pub fn named(name: &str) -> Impact {
        Self::ALL.iter().find(|(word, _)| *word == name).unwrap_or_else(|| panic!("CDK has a new word: {name}")).1
    }

    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, one)| *one == self).unwrap().0
    }
}

/// How bad it is for a resource that both templates have; nothing for one that comes or goes.
pub fn severity(impact: Impact) -> Option<u8> {
    match impact {
        Impact::NoChange => Some(0),
        Impact::WillUpdate => Some(1),
        Impact::MayReplace => Some(2),
        Impact::WillReplace => Some(3),
        Impact::WillCreate | Impact::WillDestroy | Impact::WillOrphan => None,
    }
}

/// By logical ID; a resource that CDK finds unchanged is not there.
pub type Said = BTreeMap<String, Verdict>;
/// By name of the pair.
pub type Verdicts = BTreeMap<String, Said>;

/// CDK's verdicts on the whole corpus.
pub fn judged() -> &'static Verdicts {
    static JUDGED: OnceLock<Verdicts> = OnceLock::new();
    JUDGED.get_or_init(|| verdicts(corpus()))
}

/// CDK's verdicts on all the pairs there are: its own where it can be asked, else the committed ones.
fn verdicts(pairs: &[Pair]) -> Verdicts {
    match environment() {
        Ok((node, folder)) => {
            let said = ask(&node, &folder, pairs);
            if std::env::var("SCALECTL_UPDATE_VERDICTS").is_ok_and(|value| value == "1") {
                committed::write(pairs, &said);
            }
            committed::hold_against(pairs, &said);
            assert_eq!(committed::read(pairs), said, "what goes without saying was not said");
            said
        }
        Err(why) => {
            eprintln!("CDK cannot be asked, its committed verdicts are used: {why}");
            committed::read(pairs)
        }
    }
}

fn ask(node: &Path, folder: &Path, pairs: &[Pair]) -> Verdicts {
    let mut file = tempfile::NamedTempFile::new_in(target()).unwrap();
    let mut lines = BufWriter::new(file.as_file_mut());
    for Pair { name, from, to } in pairs {
        let line = cfn::Node::map([("name", cfn::Node::Str(name.clone())), ("from", from.clone()), ("to", to.clone())]);
        writeln!(lines, "{}", cfn::json::minified(&line)).unwrap();
    }
    lines.flush().unwrap();
    drop(lines);
    let done = Command::new(node).arg(root().join("tests/oracles/cdk/verdicts.mjs")).args([file.path(), folder]).output().unwrap();
    assert!(done.status.success(), "verdicts.mjs: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().lines().map(answer).collect()
}

fn answer(line: &str) -> (String, Said) {
    let answer: serde_json::Value = serde_json::from_str(line).unwrap();
    let name = answer["name"].as_str().unwrap().to_owned();
    let Some(resources) = answer["resources"].as_object() else { panic!("{name}: CDK cannot compare: {}", answer["error"]) };
    let verdict = |one: &serde_json::Value| {
        let impact = &one["impact"];
        let replacing = ["MAY_REPLACE", "WILL_REPLACE"].map(serde_json::Value::from).contains(impact);
        let by = one["by"].as_object().unwrap().iter().filter(|(_, of)| replacing && *of == impact).map(|(property, _)| property.clone());
        let mut by: Vec<String> = by.collect();
        by.sort_unstable();
        Verdict { impact: Impact::named(impact.as_str().unwrap()), by }
    };
    (name, resources.iter().map(|(id, one)| (id.clone(), verdict(one))).collect())
}

/// Node, and the folder with the pinned package: made under the target folder on first use.
fn environment() -> Result<(PathBuf, PathBuf), String> {
    let node = PathBuf::from("node");
    let version = output(Command::new(&node).arg("--version"))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|number| number.parse::<u32>().ok());
    if major.is_none_or(|major| major < 18) {
        return Err(format!("node is {}, and 18 is the oldest that the package runs on", version.trim()));
    }
    let files = root().join("tests/oracles/cdk");
    let folder = target().join(format!("cdk-oracle-{:016x}", pairs::fnv(&fs::read(files.join("package-lock.json")).unwrap())));
    let ready = folder.join("ready");
    if ready.exists() {
        return Ok((node, folder));
    }
    // The lock goes with the process that holds it, so a killed test run cannot leave it behind.
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if !ready.exists() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for name in ["package.json", "package-lock.json"] {
            fs::copy(files.join(name), folder.join(name)).unwrap();
        }
        let patience = ["--fetch-retries=1", "--fetch-timeout=20000"];
        output(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).args(patience).current_dir(&folder))?;
        fs::write(ready, "").unwrap();
    }
    Ok((node, folder))
}

fn output(command: &mut Command) -> Result<String, String> {
    let done = command.stdin(Stdio::null()).output().map_err(|why| format!("{}: {why}", command.get_program().display()))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if done.status.success() { Ok(said(&done.stdout)) } else { Err(format!("{}{}", said(&done.stdout), said(&done.stderr))) }
}

#[test]
fn there_are_pairs_of_every_kind_and_all_are_templates() {
    let count = |kind: &str| corpus().iter().filter(|pair| pair.name.starts_with(kind)).count();
    let counts = ["phases/", "mutation/", "properties/", "diffs/"].map(count);
    assert_eq!(counts.iter().sum::<usize>(), corpus().len());
    assert!(counts[0] >= 42 && counts[1] >= 250 && counts[2] >= 100 && counts[3] >= 40, "{counts:?}");
    let mut names: Vec<&str> = corpus().iter().map(|pair| pair.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), corpus().len(), "two pairs have the same name");
    for Pair { name, from, to } in corpus() {
        for side in [from, to] {
            Template::from_node(side).unwrap_or_else(|why| panic!("{name}: {why}"));
        }
    }
}

#[test]
fn cdk_has_a_verdict_on_every_pair_and_every_word_of_its_is_heard() {
    let said = judged();
    assert!(corpus().iter().all(|pair| said.contains_key(&pair.name)));
    for (word, impact) in Impact::ALL {
        let heard = said.values().flat_map(BTreeMap::values).filter(|verdict| verdict.impact == impact).count();
        assert!(heard >= 5, "{word}: {heard}");
    }
    let replaced = |said: &Said| said.values().any(|verdict| severity(verdict.impact) >= Some(2));
    let pairs = said.values().filter(|said| replaced(said)).count();
    assert!(pairs >= 200, "{pairs}");
}

#[test]
fn a_backward_order_of_keys_is_no_difference() {
    let mut orders = judged().iter().filter(|(name, _)| name.ends_with("order: backwards")).peekable();
    assert!(orders.peek().is_some());
    assert!(orders.all(|(_, said)| said.is_empty()));
}
