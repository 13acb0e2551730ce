//! Every rule of `check` sees what it is for, and nothing else: `rules/<id>/bad.yaml` (or `bad-*.yaml`) is flagged by the rule, its corrected twin
//! `good.yaml` (`good-*.yaml`) by no rule of that id.

use scalectl::check::{File, Finding, RULES, Set, findings};
use scalectl::settings::Settings;

use crate::tree::root;

fn judged(path: &std::path::Path) -> Vec<Finding> {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.strip_prefix(root()).unwrap().display().to_string();
    let file = File::read(&name, &text).unwrap_or_else(|e| panic!("{e}"));
    findings(&Set { files: vec![file] })
}

fn fixtures(rule: &str) -> Vec<std::path::PathBuf> {
    let folder = root().join("tests/it/rules").join(rule);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{} needs bad.yaml and good.yaml: {e}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn stem(path: &std::path::Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn every_rule_flags_its_bad_templates_and_lets_their_corrected_twins_pass() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let paths = fixtures(rule.id);
        let names: Vec<String> = paths.iter().map(|path| stem(path)).collect();
        assert!(names.iter().any(|name| name.starts_with("bad")), "{} has no bad template", rule.id);
        for path in &paths {
            let name = stem(path);
            if name.starts_with("bad") {
                let twin = name.replacen("bad", "good", 1);
                assert!(names.contains(&twin), "{}/{name} has no twin {twin}", rule.id);
            }
            let of_rule: Vec<Finding> = judged(path).into_iter().filter(|finding| finding.rule.id == rule.id).collect();
            match (name.starts_with("bad"), of_rule.first()) {
                (true, None) => wrong.push(format!("{}/{name}: not flagged", rule.id)),
                (true, Some(finding)) if finding.place.is_none() => wrong.push(format!("{}/{name}: no place", rule.id)),
                (false, Some(finding)) => wrong.push(format!("{}/{name}: flagged: {}", rule.id, finding.message)),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_is_told_apart_and_explained() {
    for (index, rule) in RULES.iter().enumerate() {
        assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", rule.id);
        assert!(RULES.iter().skip(index + 1).all(|other| other.id != rule.id), "{} stands twice", rule.id);
        assert!(rule.link.starts_with("https://"), "{}", rule.id);
        assert!(rule.what.len() > 20 && rule.why.len() > 20, "{}", rule.id);
        let file = root().join(format!("src/check/rules/{}.rs", rule.id.replace('-', "_")));
        assert!(file.exists(), "{} is not in {}", rule.id, file.display());
    }
}

/// Settings that change what is rendered, each with a word for it.
fn variants() -> Vec<(&'static str, Settings)> {
    let named = Settings {
        domain: Some("app.example.com".to_owned()),
        hosted_zone_id: Some("Z0123456789ABCDEFGHIJ".to_owned()),
        ..Settings::default()
    };
    vec![
        ("as they are", Settings::default()),
        ("with Shield and AppSync", Settings { shield: true, appsync: true, ..named.clone() }),
        ("with a domain", named),
    ]
}

#[test]
fn our_own_templates_have_no_findings() {
    let mut said = Vec::new();
    for phase in scalectl::phase::all().unwrap() {
        for (variant, settings) in variants() {
            let stacks = scalectl::render::stacks(&crate::identity::architecture(&phase.id, phase.from, &settings)).unwrap();
            let set = Set { files: stacks.into_iter().map(|stack| File::of_stack(&phase.id, stack)).collect() };
            said.extend(findings(&set).iter().map(|f| format!("{variant}: {} {} {:?}: {}", f.rule.id, f.name, f.resource, f.message)));
        }
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
}
