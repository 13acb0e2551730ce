//! A side from disk: a template, a settings file, or a folder of templates.

use std::path::Path;

use super::side::{Around, Loaded, Own, Part, of_settings};
use crate::check::File;
use crate::cli::config::Written;
use crate::cli::exit::Stop;
use crate::cli::templates::{self, Group};
use crate::diff::SideSet;
use crate::jobs;
use crate::settings;

/// Reads a file or a folder.
pub fn load(name: &str, path: &Path, around: &Around) -> Result<Loaded, Stop> {
    if path.is_dir() {
        return folder(name, path, around);
    }
    file(name, name, &templates::bytes(path).map_err(Stop::error)?, around)
}

/// A side of one file, which what stands in it makes a template or settings.
pub fn file(name: &str, called: &str, bytes: &[u8], around: &Around) -> Result<Loaded, Stop> {
    let file = match templates::parse(called, bytes, around.region()) {
        Ok(file) => file,
        Err(_) if is_settings(bytes) => {
            return of_settings(name, Written { name: called.to_owned(), bytes: bytes.to_owned() }, around);
        }
        Err(problem) => return Err(Stop::error(problem)),
    };
    Ok(Loaded::of(name, vec![part(String::new(), vec![file], Vec::new(), Vec::new())], Own::Here))
}

/// Settings have no resources, and most of what they say are settings.
fn is_settings(bytes: &[u8]) -> bool {
    let Some(document) = std::str::from_utf8(bytes).ok().and_then(|text| cfn::syntax::parse(text).ok()) else { return false };
    let Some(root) = document.root.as_map().filter(|root| !root.contains_key("Resources")) else { return false };
    let [known, ..] = settings::keys();
    let settings = root.keys().filter(|key| known.contains(&key.as_str())).count();
    settings * 2 > root.len()
}

fn folder(name: &str, path: &Path, around: &Around) -> Result<Loaded, Stop> {
    let groups = templates::folder(path, around.region(), &mut |_| {})?;
    if groups.is_empty() {
        return Err(Stop::error(templates::none_in(name)));
    }
    let jobs: Vec<std::sync::Mutex<Option<Group>>> = groups.into_iter().map(|group| std::sync::Mutex::new(Some(group))).collect();
    // Bringing values into their normal form takes as long as reading them.
    let parts = jobs::side_by_side(&jobs, |group| {
        let group = group.lock().ok().and_then(|mut group| group.take())?;
        let below = group.path.strip_prefix(path).unwrap_or(&group.path);
        let names: Vec<String> = below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let passed = group.passed.iter().map(|path| path.display().to_string()).collect();
        Some(part(names.join("/"), group.files, group.broken, passed))
    });
    let parts = parts.map_err(Stop::error)?.into_iter().flatten().collect();
    Ok(Loaded::of(name, parts, Own::Here))
}

/// A set of what was read of one folder.
pub fn part(name: String, files: Vec<File>, broken: Vec<crate::diff::Broken>, passed: Vec<String>) -> Part {
    let mut set = SideSet::new(name, files);
    set.broken = broken;
    Part { set, passed }
}
