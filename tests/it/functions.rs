//! The inline functions: every one that a template holds has tests of its own in `tests/lambda`, and all of them pass.

use std::collections::BTreeSet;
use std::process::Command;

use cfn::Node;
use scalectl::settings::Settings;

use crate::identity::architecture;
use crate::python::python;
use crate::tree::{files, read, root};

/// The sources of the functions of all phases, as the templates hold them, with the logical ID of one that runs each.
fn sources() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for phase in scalectl::phase::all().unwrap() {
        for stack in scalectl::render::stacks(&architecture(&phase.id, phase.from, &Settings::default())).unwrap() {
            for (id, resource) in &stack.template.resources {
                let properties = Node::Map(resource.properties.clone());
                let code = match resource.resource_type.as_str() {
                    "AWS::Lambda::Function" => properties.get("Code").and_then(|code| code.get("ZipFile").cloned()),
                    "AWS::CloudFront::Function" => properties.get("FunctionCode").cloned(),
                    _ => None,
                };
                let mut texts = Vec::new();
                code.iter().for_each(|code| code.walk(&mut |node| texts.extend(node.as_str().map(str::to_owned))));
                found.extend(texts.into_iter().max_by_key(String::len).map(|text| (text, id.clone())));
            }
        }
    }
    found
}

/// Lines that a source and what became of it share: values may have been put in.
fn share(source: &str, rendered: &str) -> bool {
    let lines: Vec<&str> = source.lines().filter(|line| !line.trim().is_empty()).collect();
    let kept = lines.iter().filter(|line| rendered.lines().any(|one| one == **line)).count();
    kept * 10 >= lines.len() * 8
}

#[test]
fn every_function_in_a_template_has_tests_of_its_own() {
    let written: Vec<String> = ["py", "js", "mjs"].iter().flat_map(|kind| files("src", kind)).collect();
    let tests: Vec<(String, String)> = ["py", "js", "mjs"]
        .iter()
        .flat_map(|kind| files("tests/lambda", kind))
        .filter(|file| file.contains("/test_") || file.contains(".test."))
        .map(|file| (read(&file), file))
        .collect();
    let rendered = sources();
    assert!(rendered.len() >= 3, "only {} functions were found in all phases", rendered.len());
    let mut bare = Vec::new();
    for (text, id) in rendered {
        let Some(source) = written.iter().find(|file| share(&read(file), &text)) else {
            bare.push(format!("{id} is built from no file below src: a source of its own can be tested"));
            continue;
        };
        let named = source.rsplit('/').next().unwrap();
        if !tests.iter().any(|(test, _)| ['"', '\''].iter().any(|quote| test.contains(&format!("/{named}{quote}")))) {
            bare.push(format!("{id} ({source}) has no tests: no test file in tests/lambda names it"));
        }
    }
    assert!(bare.is_empty(), "{}", bare.join("\n"));
}

#[test]
fn every_functions_tests_pass() {
    let mut tests = Command::new(python());
    tests.args(["-m", "unittest", "discover", "--start-directory"]).arg(root().join("tests/lambda")).env("PYTHONDONTWRITEBYTECODE", "1");
    let done = tests.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let ran = said.lines().find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse::<usize>().ok());
    assert!(ran.is_some_and(|ran| ran >= 3 * files("tests/lambda", "py").iter().filter(|file| file.contains("/test_")).count()), "{said}");
}
