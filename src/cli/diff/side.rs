//! The two words of a comparison, and how each becomes templates: planned here, read from disk, from git, or from AWS.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::revision::{self, Spec};
use super::{commit, deployed, folder};
use crate::cli::Global;
use crate::cli::config::Written;
use crate::cli::exit::Stop;
use crate::cli::screen::Screen;
use crate::cli::target::{Ground, Home, Target};
use crate::cli::world::World;
use crate::diff::{self, Side, SideSet, stack_name};
use crate::phase::{self, Phase};
use crate::render;
use crate::settings::rule;
use crate::units::{Users, UsersError};

/// What one word of the command line means.
#[derive(Debug, Clone)]
pub enum Word {
    /// A phase of the road, for so many users.
    Planned(Phase, Users),
    /// A file or a folder.
    Path(PathBuf),
    /// Something in a revision.
    Git(Spec),
    /// What stands at AWS.
    Deployed,
}

/// What everything else stands on: flags, and the user's own settings, which are read when something needs them.
pub struct Around<'a> {
    /// How to plan.
    pub target: &'a Target,
    /// How to reach AWS.
    pub world: &'a World,
    /// Flags of every command.
    pub global: &'a Global,
    /// Where notes go.
    pub screen: &'a Screen,
    /// Where the default for the region comes from.
    pub home: Home,
    own: OnceLock<Result<Ground, Stop>>,
}

/// One side, and what is known beside its templates.
pub struct Loaded {
    /// Its templates.
    pub side: Side,
    /// For each set, files that are called like a template and say nothing of resources.
    pub passed: Vec<Vec<String>>,
    /// Which settings it may have been rendered with.
    pub own: Own,
    /// Where in git it was found.
    pub found: Option<Found>,
}

/// Where in git a side was found.
pub struct Found {
    /// The commit.
    pub commit: String,
    /// The path below the root that its templates come from.
    pub path: String,
}

/// The settings that belong to a side.
pub enum Own {
    /// It is one plan or one deployment: exactly one set.
    One,
    /// Those of the folder in which the program runs.
    Here,
    /// Those of its revision.
    Written(Option<Written>),
}

/// One set and the files that were passed over beside it.
pub struct Part {
    /// The set.
    pub set: SideSet,
    /// See [`Loaded::passed`].
    pub passed: Vec<String>,
}

/// What a word means. A phase wins over a file of its name: `./10k` is the file.
pub fn word(text: &str) -> Result<Word, Stop> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("deployed") {
        return Ok(Word::Deployed);
    }
    if let Some(users) = text.strip_prefix("users:") {
        let users: Users = users.parse().map_err(|e: UsersError| Stop::usage(format!("{text}: {e}")))?;
        return Ok(Word::Planned(phase::for_users(users).map_err(Stop::error)?, users));
    }
    if let Some(spec) = text.strip_prefix("git:") {
        return Ok(Word::Git(revision::parse(text, spec)?));
    }
    if phase::IDS.iter().any(|id| id.eq_ignore_ascii_case(text)) {
        let phase = phase::find(text).map_err(Stop::error)?;
        let users = Users(phase.from);
        return Ok(Word::Planned(phase, users));
    }
    let path = PathBuf::from(text);
    match std::fs::metadata(&path) {
        Ok(_) => Ok(Word::Path(path)),
        Err(e) if !text.is_empty() && e.kind() != std::io::ErrorKind::NotFound && e.kind() != std::io::ErrorKind::NotADirectory => {
            Err(Stop::error(format!("{text} cannot be read: {e}")))
        }
        Err(_) => Err(Stop::usage(unknown(text))),
    }
}

/// What would be right instead of a word that means nothing.
fn unknown(text: &str) -> String {
    let near = if text.parse::<Users>().is_ok() {
        format!("; did you mean \"users:{text}\"?")
    } else if text.contains(['/', '\\']) {
        String::new()
    } else {
        rule::suggestion(text, phase::IDS.into_iter().chain(["deployed"]))
    };
    format!("\"{text}\": there is no phase and no file or folder of this name{near}{}", sides())
}

/// What a side may be, below a message.
pub fn sides() -> String {
    format!(
        "\n  a side is one of\n    a phase: {}\n    a number of users: users:500000\n    \
         a template, a settings file, or a folder of templates: templates/10k\n    \
         a git revision: git:HEAD, git:origin/main:templates/10k, git:main...HEAD\n    what stands at AWS: deployed",
        phase::IDS.join(", ")
    )
}

impl<'a> Around<'a> {
    /// Nothing is read yet.
    pub fn new(target: &'a Target, world: &'a World, global: &'a Global, screen: &'a Screen, home: Home) -> Around<'a> {
        Around { target, world, global, screen, home, own: OnceLock::new() }
    }

    /// What the user's own settings and the flags say.
    pub fn ground(&self) -> Result<&Ground, Stop> {
        self.own.get_or_init(|| self.target.ground(self.global, self.screen, self.home)).as_ref().map_err(Stop::clone)
    }

    /// What other settings and the flags say.
    pub fn ground_of(&self, written: Option<Written>) -> Result<Ground, Stop> {
        self.target.ground_of(written, self.screen, self.home)
    }

    /// The region of templates that do not say theirs.
    pub fn region(&self) -> Option<&str> {
        self.target.naming.region.as_deref()
    }
}

/// The templates of a word; `beside` is the other one, which says what a revision alone means.
pub fn load(text: &str, word: &Word, beside: &Word, around: &Around) -> Result<Loaded, Stop> {
    match word {
        Word::Planned(phase, users) => planned(called(text, word), phase, *users, around.ground()?),
        Word::Path(path) => folder::load(text.trim(), path, around),
        Word::Git(spec) => commit::load(spec, beside, around),
        Word::Deployed => deployed::load(around),
    }
}

fn called<'a>(text: &'a str, word: &'a Word) -> &'a str {
    match word {
        Word::Planned(phase, _) if phase.id.eq_ignore_ascii_case(text.trim()) => &phase.id,
        _ => text.trim(),
    }
}

/// What this program writes for a phase.
pub fn planned(name: &str, phase: &Phase, users: Users, ground: &Ground) -> Result<Loaded, Stop> {
    let architecture = ground.plan(phase.clone(), users)?;
    let stacks = render::stacks(&architecture).map_err(Stop::error)?;
    let mut set = SideSet::of_stacks(&phase.id, &architecture, stacks);
    set.figures = Some(diff::figures(&architecture, &ground.catalog).map_err(Stop::error)?);
    Ok(Loaded::of(name, vec![Part { set, passed: Vec::new() }], Own::One))
}

/// What this program writes with a settings file that says for how many users or which phase.
pub fn of_settings(name: &str, written: Written, around: &Around) -> Result<Loaded, Stop> {
    let file = written.name.clone();
    let ground = around.ground_of(Some(written))?;
    if ground.settings.users.is_none() && ground.settings.phase.is_none() {
        return Err(Stop::error(format!(
            "{file} says neither `users` nor `phase`, so it is not known what it builds: set one of them, or name a phase in its place"
        )));
    }
    // What is wrong with a file is no mistake of the command line.
    let chosen = around.target.choose(&ground.settings, around.screen);
    let (phase, users) = chosen.map_err(|stop| Stop::error(format!("{file}: {}", stop.message)))?;
    planned(name, &phase, users, &ground)
}

impl Loaded {
    /// A side of these sets: those of the road in its order, others by name.
    pub fn of(name: &str, mut parts: Vec<Part>, own: Own) -> Loaded {
        let place = |name: &str| phase::IDS.iter().position(|id| *id == name).unwrap_or(phase::IDS.len());
        parts.sort_by_key(|part| (!part.set.name.is_empty(), place(&part.set.name), part.set.name.clone()));
        let (sets, passed) = parts.into_iter().map(|part| (part.set, part.passed)).unzip();
        Loaded { side: Side { name: name.to_owned(), sets }, passed, own, found: None }
    }

    /// A file that is no template on this side, where the other side has a template of its name, is one that cannot be read: that its
    /// stack is gone would be a guess.
    pub fn miss(&mut self, other: &Loaded) {
        let single = self.side.sets.len() == 1 && other.side.sets.len() == 1;
        for (set, passed) in self.side.sets.iter_mut().zip(&self.passed) {
            let Some(opposite) = other.side.sets.iter().find(|opposite| single || opposite.name == set.name) else { continue };
            for name in passed {
                let stack = stack_name(name);
                let has = |set: &SideSet| set.files.files.iter().any(|file| stack_name(&file.name) == stack);
                if has(opposite) && !has(set) {
                    let problem = format!("{name}: this is no CloudFormation template: Resources stands nowhere in it");
                    set.broken.push(diff::Broken { name: name.clone(), problem });
                }
            }
        }
    }

    /// Refuses a side of one plan beside one of several sets, where all but one would count as gone.
    pub fn fits(&self, other: &Loaded) -> Result<(), Stop> {
        let many = &other.side.sets;
        if !matches!(self.own, Own::One) || many.len() < 2 {
            return Ok(());
        }
        let names: Vec<&str> = many.iter().map(|set| if set.name.is_empty() { "." } else { set.name.as_str() }).collect();
        let (one, all) = (&self.side.name, &other.side.name);
        let part = self.side.sets.first().filter(|set| names.contains(&set.name.as_str())).map_or("10k", |set| set.name.as_str());
        let example = if all.starts_with("git:") && !all[4..].contains(':') {
            format!("{all}:{part}")
        } else {
            format!("{}/{part}", all.trim_end_matches('/'))
        };
        Err(Stop::usage(format!(
            "{one} is one set of stacks, and {all} holds {}: {}; name one of them, such as {example}",
            names.len(),
            names.join(", ")
        )))
    }
}
