//! `scalectl check`: our own templates, or anybody's, before the rules.

use std::fs;
use std::path::PathBuf;

use super::Global;
use super::exit::{Exit, Stop};
use super::screen::{self, Screen};
use super::target::{Ground, Home, Target};
use super::templates;
use crate::architecture::Architecture;
use crate::check::{self, File, Finding, Set, Severity};
use crate::jobs;
use crate::phase::Phase;
use crate::report::error;
use crate::report::findings::{self as words, Ignored, Judgement};
use crate::settings::{Ignore, Settings};
use crate::units::Users;
use crate::{phase, render};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Templates, or folders of them; the files of one folder belong together [default: what --users, --phase or --all says]
    #[arg(value_name = "PATH", conflicts_with_all = ["all", "users", "phase"])]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    target: Target,
    /// Every phase, each sized for its first user
    #[arg(long, conflicts_with_all = ["users", "phase"])]
    all: bool,
    /// Text for people, JSON for scripts (scalectl schema check), SARIF for code hosts
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Exit 3 when there is a finding as bad as this
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    fail_on: Threshold,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Sarif,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Threshold {
    Info,
    Warning,
    Error,
}

/// Judges and prints.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let ground = args.target.ground(global, screen, Home::Fixed)?;
    let region = args.target.naming.region.as_deref();
    let mut failed = false;
    let judged = if args.paths.is_empty() {
        own(args, &ground, screen)?
    } else {
        side_by_side(&read(&args.paths, region, screen, &mut failed)?, judged)?
    };
    let judgement = judge(judged, &ground.settings, screen);
    match args.format {
        Format::Text => screen.view(&words::text(&judgement, &screen.out))?,
        Format::Json => screen::data(&words::json(&judgement))?,
        Format::Sarif => screen::data(&words::sarif(&judgement))?,
    }
    if judgement.files > 0 {
        screen.note(&words::summary(&judgement, &screen.err));
    }
    let threshold = match args.fail_on {
        Threshold::Info => Severity::Info,
        Threshold::Warning => Severity::Warning,
        Threshold::Error => Severity::Error,
    };
    let bad = judgement.findings.iter().any(|finding| finding.rule.severity >= threshold);
    Ok(match (failed, bad) {
        (true, _) => Exit::Error,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Done,
    })
}

/// One set before the rules: how much there was, and what was found.
struct Judged {
    files: usize,
    resources: usize,
    findings: Vec<Finding>,
}

fn judged(set: &Set) -> Judged {
    Judged {
        files: set.files.len(),
        resources: set.files.iter().map(|file| file.template.resources.len()).sum(),
        findings: check::located(set, check::findings(set)),
    }
}

/// The stacks of one phase, or of all.
fn own(args: &Args, ground: &Ground, screen: &Screen) -> Result<Vec<Judged>, Stop> {
    if !args.all {
        let (phase, users) = args.target.choose(&ground.settings, screen)?;
        return Ok(vec![judged(&of_architecture(&ground.plan(phase, users)?)?)]);
    }
    // The last phase takes as long as all others together, so it is begun first.
    let mut phases = phase::all().map_err(Stop::error)?;
    phases.reverse();
    let of = |phase: &Phase| of_architecture(&ground.plan(phase.clone(), Users(phase.from))?).map(|set| judged(&set));
    let mut all: Vec<Judged> = side_by_side(&phases, of)?.into_iter().collect::<Result<_, _>>()?;
    all.reverse();
    Ok(all)
}

/// A rule that breaks down is an error, not a clean bill.
fn side_by_side<T: Sync, R: Send>(jobs: &[T], work: impl Fn(&T) -> R + Sync) -> Result<Vec<R>, Stop> {
    let broken = |_| Stop::error("a rule came to an unexpected end; nothing was judged: please report it with the template");
    jobs::side_by_side(jobs, work).map_err(broken)
}

fn of_architecture(architecture: &Architecture) -> Result<Set, Stop> {
    let stacks = render::stacks(architecture).map_err(Stop::error)?;
    Ok(Set { files: stacks.into_iter().map(|stack| File::of_stack(&architecture.phase.id, stack)).collect() })
}

/// The findings of all sets, the worst first, without those that the user stands by.
fn judge(judged: Vec<Judged>, settings: &Settings, screen: &Screen) -> Judgement {
    let mut judgement = Judgement::default();
    let mut used = vec![false; settings.ignore.len()];
    for Judged { files, resources, findings } in judged {
        judgement.files += files;
        judgement.resources += resources;
        for finding in findings {
            match settings.ignore.iter().position(|one| covers(one, &finding)) {
                Some(index) => {
                    used[index] = true;
                    judgement.ignored.push(Ignored { finding, reason: settings.ignore[index].reason.clone() });
                }
                None => judgement.findings.push(finding),
            }
        }
    }
    judgement.findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.severity));
    for (one, _) in settings.ignore.iter().zip(used).filter(|(_, used)| !used) {
        let resource = one.resource.as_deref().unwrap_or("any resource");
        let text = format!("check.ignore: {} on {resource} covers no finding of this run", one.rule);
        screen.note(&error::warning(&text, &screen.err));
    }
    judgement
}

fn covers(ignore: &Ignore, finding: &Finding) -> bool {
    let resource = match (&ignore.resource, &finding.resource) {
        (None, _) => true,
        (Some(pattern), Some(id)) => matches(pattern, id),
        (Some(_), None) => false,
    };
    ignore.rule == finding.rule.id && resource
}

/// Whether a pattern, in which `*` stands for anything, is the whole of a text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => {
            text.strip_prefix(before).is_some_and(|rest| (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| matches(after, rest))))
        }
    }
}

/// The sets of the paths: files that are named are judged together, and so are those of each folder.
fn read(paths: &[PathBuf], region: Option<&str>, screen: &Screen, failed: &mut bool) -> Result<Vec<Set>, Stop> {
    let mut sets = Vec::new();
    let mut named = Set::default();
    for path in paths {
        let kind = fs::metadata(path).map_err(|e| Stop::error(format!("{} cannot be read: {e}", path.display())))?;
        if kind.is_dir() {
            let groups = templates::folder(path, region, &mut |broken| {
                *failed = true;
                screen.note(&error::error(&broken.problem, &screen.err));
            })?;
            let before = sets.len();
            sets.extend(groups.into_iter().filter(|group| !group.files.is_empty()).map(|group| Set { files: group.files }));
            if sets.len() == before && !*failed {
                return Err(Stop::error(templates::none_in(&path.display().to_string())));
            }
        } else {
            match templates::file(path, region) {
                Ok(file) => named.files.push(file),
                Err(why) => {
                    *failed = true;
                    screen.note(&error::error(&why, &screen.err));
                }
            }
        }
    }
    if !named.files.is_empty() {
        sets.push(named);
    }
    Ok(sets)
}
