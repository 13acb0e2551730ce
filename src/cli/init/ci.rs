//! `scalectl init ci`: the pipeline that reviews templates and deploys what was reviewed, as a file for GitHub or GitLab.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::config::{self, Naming};
use super::super::exit::{Exit, Stop};
use super::super::screen::Screen;
use super::super::{Global, files};
use super::given;
use crate::catalog::Catalog;
use crate::report::error;
use crate::report::stale::{self, Stale, What};

/// Arguments of `init ci`.
#[derive(Debug, clap::Args)]
#[command(after_help = "The file names the command that wrote it; with --check it says whether they still agree.")]
pub struct Args {
    /// Write .github/workflows/scalectl.yml
    #[arg(long)]
    github: bool,
    /// Write .gitlab-ci.scalectl.yml, and .gitlab-ci.yml that includes it when there is none
    #[arg(long)]
    gitlab: bool,
    /// The folder of the committed templates
    #[arg(long, value_name = "DIR", default_value = "templates")]
    templates: PathBuf,
    /// The branch that is deployed
    #[arg(long, value_name = "NAME", default_value = "main")]
    branch: String,
    /// How the runner gets scalectl [default: cargo install scalectl --locked --version <this one>]
    #[arg(long, value_name = "CMD")]
    install: Option<String>,
    /// What fails a review: replace, data-fate, findings, cost>N%; several with commas
    #[arg(long, value_name = "LIST", default_value = EXIT_ON)]
    exit_on: String,
    /// The folder holds every phase, each sized for its first user, rather than what scalectl.yaml says
    #[arg(long)]
    all: bool,
    /// Deploy what was reviewed: on a push to the branch (GitHub), or when somebody starts it there (GitLab)
    #[arg(long)]
    deploy: bool,
    /// Write nothing; say how the file differs from what would be written, and exit 1 if it does
    #[arg(long)]
    check: bool,
    /// Write over a file that says something else
    #[arg(long, conflicts_with = "check")]
    force: bool,
}

const EXIT_ON: &str = "data-fate";

const GITHUB: &str = include_str!("github.yml");
const GITHUB_FILE: &str = ".github/workflows/scalectl.yml";
const GITLAB: &str = include_str!("gitlab.yml");
const GITLAB_FILE: &str = ".gitlab-ci.scalectl.yml";
/// The file that GitLab reads, and what it says when it is ours alone.
const GITLAB_ROOT: &str = ".gitlab-ci.yml";
const INCLUDE: &str = "include:\n  - local: .gitlab-ci.scalectl.yml\n";

/// Writes the pipeline, or compares it with what is there.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let wanted = wanted(args, global).map_err(Stop::usage)?;
    root()?;
    let mut stale = Vec::new();
    for (path, should) in &wanted {
        stale.extend(difference(path, should)?);
    }
    let names: Vec<&str> = wanted.iter().map(|(path, _)| *path).collect();
    let names = names.join(" and ");
    if args.check {
        if !stale.is_empty() {
            screen.view(&stale::diff(&stale, &screen.out))?;
            screen.note(&stale::summary(&stale, wanted.len(), ".", "make it current: the same command with --force", &screen.err));
            return Ok(Exit::Error);
        }
        screen.note(&format!("{names}: as it should be\n"));
        included(args, screen)?;
        return Ok(Exit::Done);
    }
    let other = stale.iter().find(|stale| matches!(stale.what, What::Changed { .. }));
    if let Some(other) = other.filter(|_| !args.force) {
        return Err(Stop::error(format!(
            "{} exists and says something else; it stays as it is\n  see the difference with --check, write over it with --force",
            other.path
        )));
    }
    let region = sized(args, global, screen)?;
    if stale.is_empty() {
        screen.note(&format!("{names}: already as it should be\n"));
    } else {
        let texts: Vec<(PathBuf, String)> =
            wanted.iter().filter(|(path, _)| stale.iter().any(|stale| stale.path == *path)).map(|(p, t)| (p.into(), t.clone())).collect();
        files::write_all(&texts)?;
        let written: Vec<String> = texts.iter().map(|(path, _)| path.display().to_string()).collect();
        screen.note(&format!("wrote {}\n{}", written.join(" and "), next(args, &region)));
    }
    included(args, screen)?;
    Ok(Exit::Done)
}

/// The files with their texts. GitLab's own file is wanted only where there is none yet.
fn wanted(args: &Args, global: &Global) -> Result<Vec<(&'static str, String)>, String> {
    match (args.github, args.gitlab) {
        (true, false) => Ok(vec![(GITHUB_FILE, text(GITHUB, args, global)?)]),
        (false, true) => {
            let mut files = vec![(GITLAB_FILE, text(GITLAB, args, global)?)];
            if Path::new(GITLAB_ROOT).symlink_metadata().is_err() {
                files.push((GITLAB_ROOT, INCLUDE.to_owned()));
            }
            Ok(files)
        }
        (true, true) => Err("--github and --gitlab are given together; run the command once for each".to_owned()),
        (false, false) => Err("for which host? give --github or --gitlab".to_owned()),
    }
}

/// The pipeline's text: the template with its values, and without the deployment where none is asked for.
fn text(template: &str, args: &Args, global: &Global) -> Result<String, String> {
    let templates = given::inside("--templates", &args.templates)?;
    let config = global.config.as_deref().map(|path| given::inside("--config", path)).transpose()?;
    let default = format!("cargo install scalectl --locked --version {}", env!("CARGO_PKG_VERSION"));
    let install = args.install.as_ref().unwrap_or(&default);
    given::branch(&args.branch)?;
    given::install(install)?;
    given::exit_on(&args.exit_on)?;
    let config = config.map(|path| format!(" --config {path}")).unwrap_or_default();
    let values = [
        ("@templates@", templates.as_str()),
        ("@config@", config.as_str()),
        ("@branch@", args.branch.as_str()),
        ("@exit_on@", args.exit_on.as_str()),
        ("@all@", if args.all { " --all" } else { "" }),
    ];
    let command = command(args, &templates, &config);
    // These stand alone on their lines, because what the user writes into them may look like a mark.
    let alone = [("@install@", install.as_str()), ("@command@", command.as_str())];
    let mut kept = String::with_capacity(template.len());
    let mut skipping = false;
    for line in template.lines() {
        match line {
            "#if deploy" => skipping = !args.deploy,
            "#end" => skipping = false,
            _ if skipping => {}
            _ => {
                let filled = match alone.iter().find(|(mark, _)| line.contains(mark)) {
                    Some((mark, value)) => line.replace(mark, value),
                    None => values.iter().fold(line.to_owned(), |line, (mark, value)| line.replace(mark, value)),
                };
                kept.push_str(&filled);
                kept.push('\n');
            }
        }
    }
    Ok(kept)
}

/// The command that writes this file again.
fn command(args: &Args, templates: &str, config: &str) -> String {
    let mut words = format!("scalectl init ci {}", if args.github { "--github" } else { "--gitlab" });
    let mut add = |flag: &str, value: &str| words.push_str(&format!(" {flag} {}", given::quoted(value)));
    if templates != "templates" {
        add("--templates", templates);
    }
    if args.branch != "main" {
        add("--branch", &args.branch);
    }
    if args.exit_on != EXIT_ON {
        add("--exit-on", &args.exit_on);
    }
    if let Some(install) = &args.install {
        add("--install", install);
    }
    for (flag, given) in [("--all", args.all), ("--deploy", args.deploy)] {
        if given {
            words.push_str(&format!(" {flag}"));
        }
    }
    words + config
}

/// Code hosts look in the repository's root only.
fn root() -> Result<(), Stop> {
    let here = Path::new(".").canonicalize().map_err(|e| Stop::error(format!("the current folder cannot be read: {e}")))?;
    match here.ancestors().find(|folder| folder.join(".git").exists()) {
        Some(top) if top != here => Err(Stop::error(format!(
            "pipelines belong in the repository's root; run this in {}, with --templates and --config for what lies below",
            top.display()
        ))),
        _ => Ok(()),
    }
}

fn difference(path: &str, should: &str) -> Result<Option<Stale>, Stop> {
    let what = match fs::read(path) {
        Ok(bytes) if bytes == should.as_bytes() => return Ok(None),
        Ok(bytes) => What::Changed { is: String::from_utf8_lossy(&bytes).into_owned(), should: should.to_owned() },
        // A folder in the file's place is said when writing fails.
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory) => What::Missing,
        Err(e) => return Err(Stop::error(format!("{path} cannot be read: {e}"))),
    };
    Ok(Some(Stale { path: path.to_owned(), what }))
}

/// A `.gitlab-ci.yml` that was there before must include the pipeline, and stays its owner's.
fn included(args: &Args, screen: &Screen) -> Result<(), Stop> {
    if args.gitlab && !fs::read_to_string(GITLAB_ROOT).is_ok_and(|text| text.contains(GITLAB_FILE)) {
        let message = format!("{GITLAB_ROOT} does not include the pipeline, so GitLab does not run it");
        if args.check {
            return Err(Stop::error(message));
        }
        screen.note(&error::warning(&format!("{message}; add:\n{INCLUDE}"), &screen.err));
    }
    Ok(())
}

/// Without --all the pipeline renders what the settings file says, so it must say how far to build. Gives the region that it says.
fn sized(args: &Args, global: &Global, screen: &Screen) -> Result<String, Stop> {
    let catalog = Catalog::builtin().map_err(Stop::error)?;
    let settings = config::settings(&Naming::default(), global, &catalog, None, screen)?;
    if (!args.all || args.deploy) && settings.users.is_none() && settings.phase.is_none() {
        let what = if args.all { "deploys" } else { "renders and compares" };
        let message = format!("the pipeline {what} what the settings file says, and it names neither users nor phase yet");
        screen.note(&error::warning(&message, &screen.err));
    }
    Ok(settings.region)
}

/// What is left to do at the code host.
fn next(args: &Args, region: &str) -> String {
    let mut steps = vec!["next: commit it".to_owned()];
    if args.github {
        steps.push("require the check \"review\" on the branch".to_owned());
    } else {
        steps.push("set the masked variable SCALECTL_GITLAB_TOKEN, with which the comparison is written on merge requests".to_owned());
    }
    if args.deploy {
        let guard = if args.github { "make the environment \"production\" with its reviewers" } else { "protect the branch" };
        steps.push(guard.to_owned());
        steps.push(format!("set AWS_ROLE_ARN and AWS_REGION ({region}, as the settings say) for the environment \"production\""));
    }
    steps.join("\n      ") + "\n"
}
