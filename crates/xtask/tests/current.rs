//! The committed models are what the generator makes of the committed snapshot.

#![allow(clippy::disallowed_methods)]

#[test]
fn the_committed_models_are_what_the_snapshot_gives() {
    let root = xtask::root();
    let below = root.join(xtask::MODELS);
    let files = xtask::models(&root).unwrap();
    for (path, text) in &files {
        let committed = std::fs::read_to_string(below.join(path)).unwrap_or_default();
        assert!(committed == *text, "{path} is stale: run `cargo xtask models`");
    }
    for service in std::fs::read_dir(below.join("models")).unwrap() {
        let service = service.unwrap().path();
        let inside =
            if service.is_dir() { std::fs::read_dir(&service).unwrap().map(|file| file.unwrap().path()).collect() } else { vec![service] };
        for file in inside {
            let path = file.strip_prefix(&below).unwrap().to_str().unwrap().to_owned();
            assert!(files.contains_key(&path), "{path} is generated no more: run `cargo xtask models`");
        }
    }
}
