//! Templates as files: which files of a folder are read, which are passed over, and what is said of one that cannot be read.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::exit::Stop;
use crate::check::File;
use crate::diff::Broken;

/// What a template's file may be called.
pub const ENDINGS: [&str; 4] = ["yaml", "yml", "json", "template"];

/// Folders that hold other people's files.
const PASSED_OVER: [&str; 3] = ["node_modules", "target", "cdk.out"];

/// A template may have 1 MB; what is larger is not read.
pub const MOST: u64 = 1_000_001;

/// Folders below folders are looked into so far.
const DEEPEST: usize = 16;

/// The templates of one folder, which belong together.
#[derive(Debug, Default)]
pub struct Group {
    /// The folder.
    pub path: PathBuf,
    /// Those that could be read, by name.
    pub files: Vec<File>,
    /// Those that could not.
    pub broken: Vec<Broken>,
    /// Files that are called like a template and say nothing of resources.
    pub passed: Vec<PathBuf>,
}

/// Whether a file's name is one that a template may have.
pub fn named_like_one(name: &str) -> bool {
    let ending = Path::new(name).extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    !name.starts_with('.') && ENDINGS.contains(&ending.as_str())
}

/// Whether a folder of this name is not looked into.
pub fn passed_over(name: &str) -> bool {
    name.starts_with('.') || PASSED_OVER.contains(&name)
}

/// Whether a folder stands too far below the one that was named.
pub fn too_deep(depth: usize) -> bool {
    depth > DEEPEST
}

/// A folder holds other YAML and JSON too; a template says `Resources` somewhere.
pub fn says_resources(bytes: &[u8]) -> bool {
    bytes.windows(9).any(|window| window == b"Resources")
}

/// The folder and every folder below, those below first; files that are no templates are passed over. `broken` hears of each file that
/// cannot be read as soon as it is met.
pub fn folder(path: &Path, region: Option<&str>, broken: &mut dyn FnMut(&Broken)) -> Result<Vec<Group>, Stop> {
    let mut groups = Vec::new();
    walk(path, region, 0, broken, &mut groups)?;
    Ok(groups)
}

fn walk(path: &Path, region: Option<&str>, depth: usize, broken: &mut dyn FnMut(&Broken), groups: &mut Vec<Group>) -> Result<(), Stop> {
    if too_deep(depth) {
        return Ok(());
    }
    let unreadable = |e: std::io::Error| Stop::error(format!("{} cannot be read: {e}", path.display()));
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?.path());
    }
    entries.sort();
    let mut group = Group { path: path.to_owned(), ..Group::default() };
    for entry in entries {
        let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if entry.is_symlink() {
            continue;
        }
        if entry.is_dir() {
            if !passed_over(&name) {
                walk(&entry, region, depth + 1, broken, groups)?;
            }
        } else if named_like_one(&name) && entry.is_file() {
            if !fs::read(&entry).is_ok_and(|bytes| says_resources(&bytes)) {
                group.passed.push(entry);
                continue;
            }
            match file(&entry, region) {
                Ok(file) => group.files.push(file),
                Err(problem) => {
                    let one = Broken { name: entry.display().to_string(), problem };
                    broken(&one);
                    group.broken.push(one);
                }
            }
        }
    }
    if !(group.files.is_empty() && group.broken.is_empty()) {
        groups.push(group);
    }
    Ok(())
}

/// The names of the files at a path that may be templates.
pub fn names(path: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut open = vec![(path.to_owned(), 0)];
    while let Some((path, depth)) = open.pop() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && !path.is_symlink() && !too_deep(depth) && (depth == 0 || !passed_over(&name)) {
            open.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| (entry.path(), depth + 1)));
        } else if named_like_one(&name) {
            names.push(name);
        }
    }
    names
}

/// Reads a file as a template; the error names the file, and line and column where it can.
pub fn file(path: &Path, region: Option<&str>) -> Result<File, String> {
    parse(&path.display().to_string(), &bytes(path)?, region)
}

/// As much of a file as a template may have, and one byte more.
pub fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let opened = fs::File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    opened.map_err(|e| format!("{} cannot be read: {e}", path.display()))?;
    Ok(bytes)
}

/// Reads bytes as a template; `region` is where it is deployed when its name does not say so.
pub fn parse(name: &str, bytes: &[u8], region: Option<&str>) -> Result<File, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let before = &bytes[..e.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        let byte = bytes.get(e.valid_up_to()).copied().unwrap_or_default();
        format!("{name}:{line}:{column}: the byte 0x{byte:02X} is not UTF-8 text; save the file as UTF-8")
    })?;
    let mut file = File::read(name, text).map_err(|e| e.to_string())?;
    if file.region.is_none() {
        file.region = region.map(str::to_owned);
    }
    Ok(file)
}

/// What is said of a folder without any template.
pub fn none_in(folder: &str) -> String {
    format!("{folder} holds no CloudFormation template (.{})", ENDINGS.join(", ."))
}
