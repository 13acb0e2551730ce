//! A side from git: the path that is meant in a commit, and what stands there.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use super::folder::{file, part};
use super::git::{Entry, Git, Kind};
use super::revision::{self, Revision, Spec};
use super::side::{Around, Found, Loaded, Own, Word, planned};
use crate::cli::config::Written;
use crate::cli::exit::Stop;
use crate::cli::{CONFIG, templates};
use crate::diff::Broken;
use crate::jobs;
use crate::phase::Phase;
use crate::settings::rule;
use crate::units::Users;

/// Where a project keeps what it renders.
const TEMPLATES: &str = "templates";

/// A commit with its paths.
struct Commit<'a> {
    git: Git,
    spec: &'a Spec,
    id: String,
    tree: Vec<Entry>,
}

/// Reads what a revision holds; without a path of its own, `beside` says which one is meant.
pub fn load(spec: &Spec, beside: &Word, around: &Around) -> Result<Loaded, Stop> {
    let git = Git::open()?;
    let id = revision::commit(git, &spec.revision)?;
    let tree = git.tree(&id)?;
    let commit = Commit { git, spec, id, tree };
    let mut loaded = match (&spec.path, beside) {
        (Some(path), _) => commit.at(&commit.listed(path)?, around),
        (None, Word::Path(path)) => commit.beside(path, &commit.same_path(path)?, around),
        (None, Word::Planned(phase, users)) => commit.of_phase(phase, *users, around),
        (None, Word::Git(Spec { path: Some(path), .. })) => commit.at(&commit.listed(path)?, around),
        (None, Word::Git(_)) => commit.all(around),
        (None, Word::Deployed) => commit.one(around),
    }?;
    loaded.found.get_or_insert_with(|| Found { commit: String::new(), path: CONFIG.to_owned() }).commit = commit.id;
    Ok(loaded)
}

impl Commit<'_> {
    /// A path in the form in which git lists it; as for git, `./x` starts at the folder in which the program runs.
    fn listed(&self, path: &str) -> Result<String, Stop> {
        let here = path == "." || path == ".." || path.starts_with("./") || path.starts_with("../");
        let prefix = if here { self.git.run(&["rev-parse", "--show-prefix"])?.text() } else { String::new() };
        let mut parts: Vec<String> = Vec::new();
        for part in Path::new(&prefix).join(path).components() {
            match part {
                Component::ParentDir if parts.pop().is_none() => {
                    return Err(Stop::usage(format!("{}: {path} leads out of the repository", self.spec.word)));
                }
                Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
                _ => {}
            }
        }
        Ok(parts.join("/"))
    }

    /// The path of a file or folder of the working copy.
    fn same_path(&self, path: &Path) -> Result<String, Stop> {
        let absolute = path.canonicalize().map_err(|e| Stop::error(format!("{} cannot be read: {e}", path.display())))?;
        let Some(root) = self.git.root() else {
            return Err(self.which("a bare repository has no working copy that would say so"));
        };
        let below = absolute
            .strip_prefix(&root)
            .map_err(|_| self.which(&format!("{} is not in this repository, whose root is {}", path.display(), root.display())))?;
        Ok(below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    }

    /// The error that asks for a path.
    fn which(&self, why: &str) -> Stop {
        Stop::usage(format!("{}: which files of it? {why}; name them: {}:PATH", self.spec.word, self.spec.word))
    }

    /// The files below a folder that may be templates.
    fn below(&self, folder: &str) -> Vec<&Entry> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let may_be = |entry: &&Entry| {
            let Some(rest) = entry.path.strip_prefix(&prefix).filter(|_| entry.kind == Kind::File) else { return false };
            let mut parts: Vec<&str> = rest.split('/').collect();
            let name = parts.pop().unwrap_or_default();
            templates::named_like_one(name) && !templates::too_deep(parts.len()) && !parts.iter().any(|part| templates::passed_over(part))
        };
        self.tree.iter().filter(may_be).collect()
    }

    /// What stands at the path of the other side; where nothing stands yet, as before the first commit of templates, nothing, and a word on it.
    /// A revision that has files of these names elsewhere is no such case: they may have moved, and what happened to them would be hidden.
    fn beside(&self, here: &Path, path: &str, around: &Around) -> Result<Loaded, Stop> {
        let folder = format!("{path}/");
        let stands = path.is_empty() || self.tree.iter().any(|entry| entry.path == path || entry.path.starts_with(&folder));
        let names = templates::names(here);
        let elsewhere = self.tree.iter().any(|entry| names.iter().any(|name| entry.path.rsplit('/').next() == Some(name)));
        if stands || elsewhere {
            return self.at(path, around);
        }
        let note = super::tame(&format!("note: there is no {path} in {} yet: everything counts as new", self.revision()));
        around.screen.note(&format!("{note}\n"));
        let mut loaded = Loaded::of(&self.called(path), Vec::new(), Own::Written(self.settings()?));
        loaded.found = Some(Found { commit: String::new(), path: path.to_owned() });
        Ok(loaded)
    }

    /// What stands at a path.
    fn at(&self, path: &str, around: &Around) -> Result<Loaded, Stop> {
        let name = self.called(path);
        let mut loaded = match self.tree.iter().find(|entry| entry.path == path) {
            Some(Entry { kind: Kind::Link, .. }) => return Err(Stop::error(format!("{name} is a symbolic link, which is not followed"))),
            Some(Entry { kind: Kind::Submodule, .. }) => {
                return Err(Stop::error(format!("{name} is a submodule: run scalectl inside of it")));
            }
            Some(entry) => {
                let contents = self.git.contents(&[entry])?.pop().unwrap_or_default();
                file(&name, path, &contents, around)?
            }
            None => self.folder(path, &name, around)?,
        };
        if !matches!(loaded.own, Own::One) {
            loaded.own = Own::Written(self.settings()?);
        }
        loaded.found = Some(Found { commit: String::new(), path: path.to_owned() });
        Ok(loaded)
    }

    /// The word with which exactly this can be asked for.
    fn called(&self, path: &str) -> String {
        match &self.spec.path {
            Some(_) => self.spec.word.clone(),
            None => format!("{}:{path}", self.spec.word),
        }
    }

    fn folder(&self, path: &str, name: &str, around: &Around) -> Result<Loaded, Stop> {
        let prefix = format!("{path}/");
        if !path.is_empty() && !self.tree.iter().any(|entry| entry.path.starts_with(&prefix)) {
            return Err(Stop::error(format!("there is no {path} in {}{}", self.revision(), self.near(path))));
        }
        let entries = self.below(path);
        let contents = self.git.contents(&entries)?;
        let mut folders: BTreeMap<&str, Vec<(&Entry, Vec<u8>)>> = BTreeMap::new();
        for (entry, bytes) in entries.into_iter().zip(contents) {
            let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            folders.entry(folder).or_default().push((entry, bytes));
        }
        let folders: Vec<_> = folders.into_iter().collect();
        let parts = jobs::side_by_side(&folders, |(folder, entries)| {
            let (mut files, mut broken, mut passed) = (Vec::new(), Vec::new(), Vec::new());
            for (entry, bytes) in entries {
                let name = entry.path.clone();
                if !templates::says_resources(bytes) {
                    passed.push(name);
                    continue;
                }
                match templates::parse(&name, bytes, around.region()) {
                    Ok(file) => files.push(file),
                    Err(problem) => broken.push(Broken { name, problem }),
                }
            }
            let below = folder.strip_prefix(path).unwrap_or(folder).trim_start_matches('/');
            (!(files.is_empty() && broken.is_empty())).then(|| part(below.to_owned(), files, broken, passed))
        });
        let parts: Vec<_> = parts.map_err(Stop::error)?.into_iter().flatten().collect();
        if parts.is_empty() {
            return Err(Stop::error(templates::none_in(name)));
        }
        Ok(Loaded::of(name, parts, Own::Here))
    }

    /// The phase's templates where the revision has them, else what its settings make of the phase.
    fn of_phase(&self, phase: &Phase, users: Users, around: &Around) -> Result<Loaded, Stop> {
        let folder = format!("{TEMPLATES}/{}", phase.id);
        if !self.below(&folder).is_empty() {
            return self.at(&folder, around);
        }
        planned(&self.spec.word, phase, users, &around.ground_of(self.settings()?)?)
    }

    /// All templates where the revision has some, else what its settings make.
    fn all(&self, around: &Around) -> Result<Loaded, Stop> {
        if self.below(TEMPLATES).is_empty() {
            return self.of_settings(around);
        }
        self.at(TEMPLATES, around)
    }

    /// One set: what the settings make where they say for how many, else the only templates.
    fn one(&self, around: &Around) -> Result<Loaded, Stop> {
        let says = self.settings()?.map(|written| around.ground_of(Some(written))).transpose()?;
        match says {
            Some(ground) if ground.settings.users.is_some() || ground.settings.phase.is_some() => self.of_settings(around),
            _ => self.all(around),
        }
    }

    fn of_settings(&self, around: &Around) -> Result<Loaded, Stop> {
        match self.tree.iter().any(|entry| entry.path == CONFIG) {
            true => self.at(CONFIG, around),
            false => Err(self.which(&format!("{} holds neither a folder {TEMPLATES} nor a {CONFIG}", self.revision()))),
        }
    }

    /// The revision's settings file.
    fn settings(&self) -> Result<Option<Written>, Stop> {
        let Some(entry) = self.tree.iter().find(|entry| entry.path == CONFIG && entry.kind == Kind::File) else { return Ok(None) };
        let bytes = self.git.contents(&[entry])?.pop().unwrap_or_default();
        Ok(Some(Written { name: format!("git:{}:{CONFIG}", self.revision()), bytes }))
    }

    fn revision(&self) -> String {
        match &self.spec.revision {
            Revision::Commit(name) => name.clone(),
            Revision::Base(a, b) => format!("{a}...{b}"),
        }
    }

    /// The file or folder that was probably meant.
    fn near(&self, path: &str) -> String {
        let mut known: Vec<&str> = Vec::new();
        for entry in &self.tree {
            let folders = entry.path.match_indices('/').map(|(at, _)| &entry.path[..at]);
            known.extend(folders.chain([entry.path.as_str()]));
        }
        known.sort_unstable();
        known.dedup();
        // Deep in a project many paths look alike: the same name elsewhere is meant before a similar one.
        let last = path.rsplit('/').next().unwrap_or(path);
        match known.iter().find(|other| other.rsplit('/').next() == Some(last)) {
            Some(other) => super::tame(&format!("; did you mean \"{other}\"?")),
            None => super::tame(&rule::suggestion(path, known)),
        }
    }
}

/// A note where the working copy has changes that nobody compares, although they may be what is meant.
pub fn uncommitted(words: [&Word; 2], sides: [&Loaded; 2]) -> Option<String> {
    let found: Vec<&Found> = sides.iter().filter_map(|side| side.found.as_ref()).collect();
    if found.is_empty() || words.iter().any(|word| matches!(word, Word::Path(_))) {
        return None;
    }
    let git = Git::open().ok()?;
    let head = git.run(&["rev-parse", "--verify", "HEAD"]).ok()?.text();
    if found.len() < 2 && !found.iter().any(|found| found.commit == head) {
        return None;
    }
    let mut paths: Vec<String> =
        found.iter().map(|found| if found.path.is_empty() { ".".to_owned() } else { found.path.clone() }).collect();
    paths.dedup();
    git.uncommitted(&paths).then(|| {
        let all = paths.join(" and ");
        format!("note: {all} of the working copy: uncommitted changes are not compared; to compare them, name the folder as a side\n")
    })
}
