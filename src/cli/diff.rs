//! `scalectl diff`: what two states disagree on, what is replaced, and what happens to the data.

mod commit;
mod deployed;
mod figures;
mod folder;
mod git;
mod matrix;
mod output;
mod revision;
pub mod side;

use std::path::PathBuf;

use super::Global;
use super::config::Naming;
use super::exit::{Exit, Stop};
use super::screen::Screen;
use super::target::{Home, Target};
use super::world::World;
use crate::diff::{Breach, Difference, Gate, breaches};
use crate::jobs;
use crate::report::diff::{self as words, Shown};
use crate::report::error;
use side::{Around, Loaded, Word};

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A side is a phase (1k), users:500000, a template, a settings file, a folder of templates,
git:REV, git:REV:PATH, git:A...B (what A and B have in common), or deployed.
A phase wins over a file or folder of its name: 10k is the phase, ./10k the folder.
git:REV alone means the same path as the other side; beside a phase, templates/<phase> of
that revision, or the phase with that revision's scalectl.yaml.

Exit codes, the first that holds: 4 data would be lost (--exit-on data-fate), 1 a file could
not be compared, 3 another condition of --exit-on, 2 something differs (--detailed-exitcode).")]
pub struct Args {
    /// What is changed: 1k, users:500000, templates/10k, git:origin/main, git:main...HEAD, deployed
    #[arg(value_name = "FROM", required_unless_present = "matrix", conflicts_with = "matrix")]
    from: Option<String>,
    /// What it is changed to, in the same words
    #[arg(value_name = "TO", required_unless_present = "matrix", conflicts_with = "matrix")]
    to: Option<String>,
    #[command(flatten)]
    naming: Naming,
    /// How busy users are: light, normal or heavy (20, 50 or 200 requests of an active user on a day) [settings: workload]
    #[arg(long, value_name = "USE", allow_hyphen_values = true)]
    workload: Option<String>,
    /// Replace an assumption, such as peak_factor=4 or session_ttl_hours=24h; may be repeated (scalectl explain assumptions)
    #[arg(long, value_name = "ID=VALUE")]
    assume: Vec<String>,
    /// A price list of your own, in the form of data/prices.yaml
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Every pair of phases at a glance; exit 4 when one of them loses data or replaces what holds data
    #[arg(long, conflicts_with_all = ["exit_on", "refuse", "accept_data_fate", "detailed_exitcode", "detail"])]
    matrix: bool,
    /// Show every property that differs, old and new
    #[arg(long)]
    detail: bool,
    /// Text for people, JSON for scripts (scalectl schema diff), Markdown for a review, SARIF and JUnit for code hosts
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Exit 3 (for data-fate 4) on: replace, data-fate, findings, cost>10% or cost>50 (USD a month); a list, or repeated
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    exit_on: Vec<Gate>,
    /// The same as --exit-on data-fate
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    refuse: Vec<Refusal>,
    /// Accept what happens to the data of this resource; may be repeated
    #[arg(long, value_name = "LOGICAL_ID")]
    accept_data_fate: Vec<String>,
    /// Exit 2 when something differs and nothing is worse
    #[arg(long)]
    detailed_exitcode: bool,
    #[command(flatten)]
    world: World,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
    Sarif,
    Junit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Refusal {
    /// Data would be lost, left behind or snapshotted away
    DataFate,
}

/// Code hosts refuse a comment of more than 65,536 characters (GitHub; GitLab takes more); a bot may want to add a line.
const COMMENT: usize = 60_000;

/// Compares and prints.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let target = args.target();
    let (Some(from), Some(to)) = (&args.from, &args.to) else { return matrix::run(args, &target, global, screen) };
    let sided = |side: &str, stop: Stop| Stop { exit: stop.exit, message: format!("{side}: {}", stop.message) };
    let words = match (side::word(from), side::word(to)) {
        (Ok(from), Ok(to)) => [from, to],
        (from, to) => return Err(both(from.err().map(|stop| sided("FROM", stop)), to.err().map(|stop| sided("TO", stop)))),
    };
    let at_aws = words.iter().any(|word| matches!(word, Word::Deployed));
    let around = Around::new(&target, &args.world, global, screen, if at_aws { Home::Environment } else { Home::Fixed });
    let [mut old, mut new] = load([from, to], &words, &around)?;
    old.miss(&new);
    new.miss(&old);
    old.fits(&new).and_then(|()| new.fits(&old))?;
    if let Some(note) = commit::uncommitted([&words[0], &words[1]], [&old, &new]) {
        screen.note(&note);
    }
    let mut difference = crate::diff::difference(&old.side, &new.side);
    figures::fill(&mut difference, &old, &new, &around);
    let mut gates = args.exit_on.clone();
    if !args.refuse.is_empty() && !gates.contains(&Gate::DataFate) {
        gates.push(Gate::DataFate);
    }
    if gates.contains(&Gate::Findings) {
        crate::diff::add_findings(&mut difference, &old.side, &new.side);
    }
    let breaches = breaches(&difference, &gates, &args.accept_data_fate);
    let shown = Shown { difference: &difference, breaches: &breaches, accepted: &args.accept_data_fate };
    let look = output::look(args.output.as_deref(), screen);
    let text = match args.format {
        Format::Text => look.finish(&words::text(&shown, args.detail, &look)),
        Format::Json => words::json(&shown),
        Format::Markdown => words::markdown(&shown, COMMENT),
        Format::Sarif => words::sarif(&shown),
        Format::Junit => words::junit(&shown),
    };
    output::write(args.output.as_deref(), &text)?;
    let exit = args.ends(&difference, &breaches, [&old, &new], screen);
    // The process ends here; to give back two trees piece by piece would take a tenth of its time.
    std::mem::forget((difference, old, new));
    Ok(exit)
}

/// Both sides, side by side: neither knows of the other.
fn load(texts: [&str; 2], words: &[Word; 2], around: &Around) -> Result<[Loaded; 2], Stop> {
    let loaded = jobs::side_by_side(&[0, 1], |at| side::load(texts[*at], &words[*at], &words[1 - *at], around)).map_err(Stop::error)?;
    let mut loaded = loaded
        .into_iter()
        .zip(["FROM", "TO"].into_iter().zip(texts))
        .map(|(side, (place, text))| side.map_err(|stop| Stop { exit: stop.exit, message: format!("{place} ({text}): {}", stop.message) }));
    match (loaded.next(), loaded.next()) {
        (Some(Ok(old)), Some(Ok(new))) => Ok([old, new]),
        (old, new) => Err(both(old.and_then(Result::err), new.and_then(Result::err))),
    }
}

/// What is wrong with either side, or with both.
fn both(from: Option<Stop>, to: Option<Stop>) -> Stop {
    match (from, to) {
        (Some(from), Some(to)) => {
            let exit = if to.exit == Exit::Usage { to.exit } else { from.exit };
            // What a side may be is said once, at the end.
            let first = from.message.strip_suffix(&side::sides()).filter(|_| to.message.ends_with(&side::sides()));
            Stop { exit, message: format!("{}\n{}", first.unwrap_or(&from.message), to.message) }
        }
        (Some(stop), None) | (None, Some(stop)) => stop,
        (None, None) => Stop::error("a side could not be read"),
    }
}

/// Names of files and of resources come from whoever wrote them: none of them moves the cursor or begins a line of a log.
pub fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

impl Args {
    /// What is planned, without a number of users or a phase: those are the sides'.
    fn target(&self) -> Target {
        Target {
            users: None,
            phase: None,
            workload: self.workload.clone(),
            assume: self.assume.clone(),
            prices: self.prices.clone(),
            naming: self.naming.clone(),
        }
    }

    /// Says what could not be compared and which condition was met, and how the program ends: a refusal is hidden by nothing.
    fn ends(&self, difference: &Difference, breaches: &[Breach], sides: [&Loaded; 2], screen: &Screen) -> Exit {
        let fated: Vec<&str> = difference.sets.iter().flat_map(|set| set.fates()).map(|(_, resource, _)| resource.old_id()).collect();
        for id in self.accept_data_fate.iter().filter(|id| !fated.contains(&id.as_str())) {
            let text = format!("--accept-data-fate {id}: nothing happens to the data of a resource of this name");
            screen.note(&error::warning(&text, &screen.err));
        }
        let mut broken = false;
        for (place, loaded) in ["FROM", "TO"].into_iter().zip(sides) {
            for one in loaded.side.sets.iter().flat_map(|set| &set.broken) {
                broken = true;
                let text = format!("{place} ({}): {}; its stack was not compared", loaded.side.name, tame(&one.problem));
                screen.note(&error::error(&text, &screen.err));
            }
        }
        for Breach { gate, set, id, what } in breaches {
            let about: Vec<&str> = [set.as_str(), id.as_deref().unwrap_or_default()].into_iter().filter(|part| !part.is_empty()).collect();
            let about = if about.is_empty() { String::new() } else { format!("{}: ", about.join(" ")) };
            screen.note(&error::error(&tame(&format!("{gate}: {about}{what}")), &screen.err));
        }
        match breaches {
            _ if breaches.iter().any(|breach| breach.gate == Gate::DataFate) => Exit::Refused,
            _ if broken => Exit::Error,
            [_, ..] => Exit::Findings,
            [] if self.detailed_exitcode && !difference.is_empty() => Exit::Changes,
            [] => Exit::Done,
        }
    }
}
