//! Our own templates with one thing spoilt each: `check` must see every one, by the rule that is named beside it.
//!
//! `mutations/*.yaml` lists them: a `name`, the `phase`, `at` (file, logical ID, path below the resource), what is done there (`set` a value, `drop: true`),
//! and the rule that it is `caught` by.

use std::collections::HashMap;

use cfn::{Node, Template};
use scalectl::check::{File, Set, findings_by, rule};
use scalectl::render::Stack;
use scalectl::settings::Settings;

use crate::tree::root;

struct Mutation {
    name: String,
    phase: String,
    at: Vec<String>,
    set: Option<Node>,
    caught: String,
}

fn mutations() -> Vec<Mutation> {
    let mut paths: Vec<_> = std::fs::read_dir(root().join("tests/it/mutations")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let document = cfn::syntax::parse(&std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|e| panic!("{}:{e}", path.display()));
        for one in document.root.get("mutations").and_then(Node::as_list).unwrap() {
            let text = |key: &str| match one.get(key) {
                Some(Node::Str(text)) => text.clone(),
                Some(Node::Int(number)) => number.to_string(),
                other => panic!("{}: {key} is {other:?} in {one:?}", path.display()),
            };
            let set = one.get("set").cloned();
            assert!(set.is_some() != (one.get("drop") == Some(&Node::Bool(true))), "{}: set a value or drop: true", text("name"));
            let at = text("at").split('/').map(str::to_owned).collect();
            all.push(Mutation { name: text("name"), phase: text("phase"), at, set, caught: text("caught") });
        }
    }
    all
}

/// The tree with one place changed; the place must be there, but for the last step of `set`.
fn spoilt(node: &Node, path: &[String], set: Option<&Node>) -> Result<Node, String> {
    let Some((step, rest)) = path.split_first() else { return Err("the path is empty".to_owned()) };
    let missing = || format!("there is no {step}");
    match node {
        Node::Map(map) => {
            let mut map = map.clone();
            match (rest.is_empty(), set) {
                (true, Some(value)) => {
                    map.insert(step.clone(), value.clone());
                }
                (true, None) => {
                    map.shift_remove(step).ok_or_else(missing)?;
                }
                (false, _) => {
                    let value = spoilt(map.get(step).ok_or_else(missing)?, rest, set)?;
                    map.insert(step.clone(), value);
                }
            }
            Ok(Node::Map(map))
        }
        Node::List(items) => {
            let index: usize = step.parse().map_err(|_| missing())?;
            let mut items = items.clone();
            if index >= items.len() {
                return Err(missing());
            }
            match (rest.is_empty(), set) {
                (true, Some(value)) => items[index] = value.clone(),
                (true, None) => {
                    items.remove(index);
                }
                (false, _) => items[index] = spoilt(&items[index], rest, set)?,
            }
            Ok(Node::List(items))
        }
        _ => Err(missing()),
    }
}

fn rendered(phase: &str) -> Vec<Stack> {
    let from = scalectl::phase::find(phase).unwrap().from;
    scalectl::render::stacks(&crate::identity::architecture(phase, from, &Settings::default())).unwrap()
}

#[test]
fn every_mutation_of_our_templates_is_caught() {
    let (mut escaped, mut phases) = (Vec::new(), HashMap::new());
    for Mutation { name, phase, at, set, caught } in mutations() {
        let Some(rule) = rule(&caught) else { panic!("{name}: no rule is called {caught}") };
        let whole = phases.entry(phase.clone()).or_insert_with(|| rendered(&phase));
        let mut stacks = Set { files: whole.iter().map(|stack| File::of_stack(&phase, stack.clone())).collect() };
        let Some(file) = stacks.files.iter_mut().find(|file| file.name == format!("{phase}/{}.yaml", at[0])) else {
            escaped.push(format!("{name}: phase {phase} has no stack {}", at[0]));
            continue;
        };
        let path: Vec<String> = std::iter::once("Resources".to_owned()).chain(at[1..].iter().cloned()).collect();
        match spoilt(&file.template.to_node(), &path, set.as_ref()) {
            Ok(tree) => file.template = Template::from_node(&tree).unwrap(),
            Err(why) => {
                escaped.push(format!("{name}: {}: {why}", at.join("/")));
                continue;
            }
        }
        if findings_by(&stacks, &[rule]).is_empty() {
            escaped.push(format!("{name}: {caught} does not see it"));
        }
    }
    assert!(escaped.is_empty(), "{}", escaped.join("\n"));
}
