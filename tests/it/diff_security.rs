//! What two sets of templates disagree on in who is let in, and what keeps data safe: each exposure with its mirror, which has none.

use scalectl::check::File;
use scalectl::diff::{Exposure, Side, difference};

fn side(name: &str, text: &str) -> Side {
    Side::of_files(name, vec![File::read("app.yaml", text).unwrap()])
}

fn exposures(old: &str, new: &str) -> Vec<Exposure> {
    difference(&side("old", old), &side("new", new)).sets.remove(0).exposures
}

fn lines(old: &str, new: &str) -> Vec<String> {
    let word = |one: &Exposure| if one.sure { "" } else { "may: " };
    exposures(old, new).iter().map(|one| format!("{:?} {}: {}{}", one.kind, one.id, word(one), one.what)).collect()
}

/// What is found on the way there, that nothing is found on the way back, and that neither finds anything in itself.
fn there_and_not_back(old: &str, new: &str, wanted: &[&str]) {
    assert_eq!(lines(old, new), wanted, "from\n{old}\nto\n{new}");
    assert_eq!(lines(new, old), [""; 0], "from\n{new}\nto\n{old}");
    assert_eq!(lines(old, old), [""; 0]);
    assert_eq!(lines(new, new), [""; 0]);
}

/// A template of one resource of this type with these properties, one a line.
fn one(kind: &str, properties: &str) -> String {
    let lines: Vec<String> = properties.lines().map(|line| format!("      {line}\n")).collect();
    format!("Resources:\n  Thing:\n    Type: {kind}\n    Properties:\n{}", lines.concat())
}

#[test]
#[ignore = "prints what is found on the road"]
fn road() {
    for pair in scalectl_road().windows(2) {
        let [(old_name, old), (new_name, new)] = pair else { continue };
        let (old, new) = (Side::of_files(old_name, read(old)), Side::of_files(new_name, read(new)));
        eprintln!("== {old_name} -> {new_name}");
        for one in &difference(&old, &new).sets[0].exposures {
            eprintln!("{:?} {}/{}: {}{}", one.kind, one.stack, one.id, if one.sure { "" } else { "may: " }, one.what);
        }
    }
}

fn read(files: &[(String, String)]) -> Vec<File> {
    files.iter().map(|(name, text)| File::read(name, text).unwrap()).collect()
}

type Files = Vec<(String, String)>;

fn scalectl_road() -> Vec<(String, Files)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut road = vec![("nothing".to_owned(), Vec::new())];
    for phase in ["prelaunch", "launch", "10", "1k", "10k", "500k", "10m"] {
        let mut files: Files = std::fs::read_dir(folder.join(phase))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
            .collect();
        files.sort();
        road.push((phase.to_owned(), files));
    }
    road
}
