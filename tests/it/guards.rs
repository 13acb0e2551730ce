//! The house rules, read off the tree: floors, components, registration, purity, size, and what has no place in the project.

use std::collections::BTreeMap;

use crate::guards_paths::{code, from_root, paths};
use crate::tree::{PHASES, files, read, root};

/// Modules of the program that may touch the world; everything else is pure.
const DOORS: [&str; 2] = ["cli", "main"];
/// What else may be named outside the door, and why it must.
const GRANTED: [(&str, &str); 1] = [("aws", "std::time::SystemTime")]; // A signature carries the time of signing.
const LONGEST: usize = 500;

fn module(file: &str) -> &str {
    file.trim_start_matches("src/").split(['/', '.']).next().unwrap()
}

/// The program's own sources with their code; files of tests only are left out.
fn sources() -> Vec<(String, String)> {
    let own = files("src", "rs").into_iter().filter(|file| !file.ends_with("/tests.rs") && !file.contains("/tests/"));
    own.map(|file| (file.clone(), code(&read(&file)))).collect()
}

fn assert_none(rule: &str, breaches: Vec<String>) {
    assert!(breaches.is_empty(), "{rule}\n{}", breaches.join("\n"));
}

#[test]
fn imports_point_down_the_floors() {
    let lib = code(&read("src/lib.rs"));
    let floors: BTreeMap<&str, usize> = lib
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'))
        .enumerate()
        .map(|(floor, name)| (name, floor))
        .collect();
    let mut breaches = Vec::new();
    for (file, code) in sources() {
        let Some(own) = floors.get(module(&file)) else { continue };
        for path in paths(&code) {
            let target = from_root(&file, &path).and_then(|steps| floors.get(steps.first()?.as_str()));
            if target.is_some_and(|floor| floor > own) {
                breaches.push(format!("{file} names {path}"));
            }
        }
    }
    assert_none("a module names only modules above it in src/lib.rs", breaches);
}

#[test]
fn no_component_names_another() {
    let all = sources();
    let in_folder = all.iter().filter(|(file, _)| file.starts_with("src/component/"));
    let components: Vec<(&String, &String, &str)> = in_folder
        .filter(|(_, code)| code.contains("Component for "))
        .map(|(file, code)| (file, code, file.trim_start_matches("src/component/").split(['/', '.']).next().unwrap()))
        .collect();
    let mut breaches = Vec::new();
    for (file, code, own) in &components {
        for path in paths(code) {
            let Some(steps) = from_root(file, &path) else { continue };
            let named = steps.get(1).filter(|_| steps[0] == "component");
            if named.is_some_and(|named| components.iter().any(|(_, _, other)| other == named && other != own)) {
                breaches.push(format!("{file} names {path}"));
            }
        }
    }
    assert_none("components meet only through what they offer", breaches);
}

#[test]
fn every_source_file_is_part_of_the_program() {
    let mut breaches = Vec::new();
    for file in files("src", "rs").iter().filter(|file| !matches!(file.as_str(), "src/lib.rs" | "src/main.rs")) {
        let (folder, name) = file.trim_end_matches(".rs").rsplit_once('/').unwrap();
        let parent = if folder == "src" { "src/lib.rs".to_owned() } else { format!("{folder}.rs") };
        let declared = read(&parent);
        // The catalogue of components declares and lists each in one line: `network => Network`.
        let component = parent == "src/component.rs" && declared.contains(&format!(" {name} => "));
        // And so does the table of rules: `old_tls,`.
        let listed = component || (parent == "src/check/rules.rs" && declared.contains(&format!("    {name},\n")));
        if !listed && !declared.contains(&format!("mod {name};")) {
            breaches.push(format!("{parent} does not declare {name}"));
        }
    }
    assert_none("a file that nothing declares is not compiled", breaches);
}

#[test]
fn every_component_file_is_registered() {
    let register = code(&read("src/component.rs"));
    let components = sources().into_iter().filter(|(file, code)| file.starts_with("src/component/") && code.contains("Component for "));
    let unlisted = components.map(|(file, _)| file).filter(|file| {
        let name = file.trim_start_matches("src/component/").split(['/', '.']).next().unwrap();
        !register.contains(&format!(" {name} => "))
    });
    assert_none("a component has its line in src/component.rs", unlisted.collect());
}

#[test]
fn every_phase_file_is_known_and_every_phase_has_one() {
    let mut there = files("phases", "yaml");
    let mut wanted: Vec<String> = PHASES.iter().map(|phase| format!("phases/{phase}.yaml")).collect();
    there.sort();
    wanted.sort();
    assert_eq!(there, wanted);
    let all: String = files("src", "rs").iter().map(|file| read(file)).collect();
    assert_none("the program carries every phase file", there.into_iter().filter(|file| !all.contains(file.as_str())).collect());
}

fn every_rust_file() -> Vec<String> {
    ["src", "crates", "tests"].iter().flat_map(|folder| files(folder, "rs")).collect()
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = every_rust_file().into_iter().filter(|file| !read(file).starts_with("//! "));
    assert_none("every file opens with `//!`", silent.collect());
}

#[test]
fn files_stay_small() {
    let written = every_rust_file().into_iter().filter(|file| !file.starts_with("crates/cfn/src/resource/"));
    let long = written.filter_map(|file| Some((read(&file).lines().count(), file)).filter(|(lines, _)| *lines > LONGEST));
    assert_none("at most 500 lines", long.map(|(lines, file)| format!("{file}: {lines}")).collect());
}

#[test]
fn nothing_panics_outside_tests() {
    let forbidden = [".unwrap()", ".expect(\"", "panic!(", "todo!(", "unimplemented!(", "dbg!("];
    let mut breaches = Vec::new();
    for file in ["src", "crates"]
        .iter()
        .flat_map(|folder| files(folder, "rs"))
        .filter(|file| !file.ends_with("/tests.rs") && !file.contains("/tests/"))
    {
        for (index, line) in code(&read(&file)).lines().enumerate() {
            breaches.extend(forbidden.iter().filter(|one| line.contains(**one)).map(|one| format!("{file}:{}: {one}", index + 1)));
        }
    }
    assert_none("errors are values", breaches);
}

#[test]
fn only_the_door_touches_the_world() {
    let world =
        ["std::env", "std::fs", "std::process", "std::net", "std::io::stdin", "std::io::stdout", "std::io::stderr", "std::thread::sleep"];
    let clock = ["std::time::SystemTime", "std::time::Instant", "jiff::Timestamp::now", "jiff::Zoned::now", "Timestamp::now", "Zoned::now"];
    let prints = ["println!", "eprintln!", "print!", "eprint!"];
    let mut breaches = Vec::new();
    for (file, code) in sources().into_iter().filter(|(file, _)| !DOORS.contains(&module(file))) {
        for path in paths(&code) {
            let touches = world.iter().chain(&clock).any(|one| path == **one || path.starts_with(&format!("{one}::")));
            if touches && !GRANTED.iter().any(|(module_, granted)| *module_ == module(&file) && path.starts_with(granted)) {
                breaches.push(format!("{file}: {path}"));
            }
        }
        let words = code.split(|one: char| !one.is_alphanumeric() && one != '!' && one != '_');
        breaches.extend(words.filter(|word| prints.contains(word)).map(|word| format!("{file}: {word}")));
    }
    assert_none("only cli prints, reads the clock, the environment or the disk", breaches);
}

#[test]
fn clippy_holds_the_door_too() {
    let settings = read("clippy.toml");
    for method in [
        "std::env::var",
        "std::fs::read_to_string",
        "std::fs::write",
        "std::time::SystemTime::now",
        "std::time::Instant::now",
        "std::process::exit",
    ] {
        assert!(settings.contains(&format!("path = \"{method}\", reason = ")), "clippy.toml does not disallow {method} with a reason");
    }
}

#[test]
fn money_is_never_a_float() {
    let mut breaches = Vec::new();
    for (file, code) in sources() {
        let about_money = code.contains("struct Usd");
        for (index, line) in code.lines().enumerate() {
            let float = line.contains("f64") || line.contains("f32");
            if float && (line.contains("Usd") || about_money && file != "src/units.rs") {
                breaches.push(format!("{file}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_none("Usd is an exact decimal", breaches);
}

#[test]
fn the_project_speaks_of_itself_only() {
    // Written in two halves so that this file does not find itself.
    let foreign = [
        concat!("/wo", "rk/"),
        concat!("bash_", "jobs"),
        concat!(".lib", "rary"),
        concat!("this se", "ssion"),
        concat!("previous se", "ssion"),
    ];
    let listed = std::process::Command::new("git").args(["ls-files"]).current_dir(root()).output();
    let Some(listed) = listed.ok().filter(|done| done.status.success()) else { return };
    let mut breaches = Vec::new();
    for file in String::from_utf8_lossy(&listed.stdout).lines().filter(|file| *file != "Cargo.lock") {
        let Ok(text) = std::fs::read_to_string(root().join(file)) else { continue };
        breaches.extend(foreign.iter().filter(|word| text.contains(**word)).map(|word| format!("{file}: {word}")));
    }
    assert_none("no machine's paths, no word about how it was made", breaches);
}
