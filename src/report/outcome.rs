//! How a deployment or a destruction ended: what happened, what goes on, and the one command that comes next.

use super::look::{Ink, Look};
use super::progress::{cause, elapsed};
use super::review::refusal;
use super::stale::plural;
use crate::deploy::{Changed, Failure, Key, Outcome, OutputValue, Report};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A deployment.
    Deploy,
    /// A destruction.
    Destroy,
}

impl Act {
    fn noun(self) -> &'static str {
        match self {
            Act::Deploy => "deployment",
            Act::Destroy => "deletion",
        }
    }

    fn flag(self) -> &'static str {
        match self {
            Act::Deploy => "--accept-data-fate",
            Act::Destroy => "--delete-data",
        }
    }

    fn nothing(self) -> &'static str {
        match self {
            Act::Deploy => "no changes: AWS has what was planned",
            Act::Destroy => "nothing to delete: no such stack stands",
        }
    }
}

/// The end of a deployment or a destruction, for stderr.
pub fn outcome(outcome: &Outcome, act: Act, look: &Look) -> String {
    let failed = || look.ink(Ink::Danger, &format!("the {} failed", act.noun()));
    let mut text = match outcome {
        Outcome::Done(report) if !report.changed() => format!("{} {}\n", look.ink(Ink::Good, "✔"), act.nothing()),
        Outcome::Done(report) => done(report, look),
        Outcome::Refused { fates, .. } => {
            format!("{} data would be lost, moved or left behind:\n{}", look.ink(Ink::Danger, "refused:"), refusal(fates, act.flag(), look))
        }
        Outcome::Stale { key, why, .. } => {
            format!(
                "{} AWS would do other than was shown to {key}: {why}\n  that stack was not changed · look again with: scalectl deploy\n",
                look.ink(Ink::Danger, "stopped:")
            )
        }
        Outcome::RolledBack { failures, .. } => format!("{} and was rolled back\n{}", failed(), told(failures)),
        Outcome::NeedsAction { failures, .. } => format!("{} and needs you\n{}", failed(), told(failures)),
        Outcome::Declined(_) => "declined: nothing was changed\n".to_owned(),
        Outcome::GaveUp { going, .. } => format!("gave up waiting; {}\n", goes_on(going)),
        Outcome::Interrupted { going, .. } => format!("interrupted; {}\n", goes_on(going)),
    };
    let report = outcome.report();
    for kept in &report.kept {
        text.push_str(&format!("  kept at AWS: {} ({}) {}\n", kept.id, kept.resource_type, kept.physical));
    }
    if !matches!(outcome, Outcome::Done(_)) && report.changed() {
        text.push_str(&format!("  before that: {}\n", summary(report)));
    }
    text
}

/// The outputs that matter, for stdout: addresses first, each with what it is.
pub fn outputs(outputs: &[OutputValue]) -> String {
    let (mut ordered, rest): (Vec<&OutputValue>, Vec<&OutputValue>) = outputs.iter().partition(|output| output.address);
    ordered.extend(rest);
    let width = ordered.iter().map(|output| output.name.chars().count()).max().unwrap_or(0);
    ordered.iter().map(|output| format!("{:<width$}  {}\n", output.name, output.value)).collect()
}

fn done(report: &Report, look: &Look) -> String {
    format!("{} done: {}\n", look.ink(Ink::Good, "✔"), summary(report))
}

fn summary(report: &Report) -> String {
    let count = |wanted: Changed, word: &str| {
        let count = report.stacks.iter().filter(|stack| stack.change == wanted).count();
        (count > 0).then(|| format!("{count} {} {word}", plural(count, "stack")))
    };
    let parts = [
        count(Changed::Created, "created"),
        count(Changed::Updated, "changed"),
        count(Changed::Deleted, "deleted"),
        count(Changed::Nothing, "as they were"),
    ];
    let longest = report.stacks.iter().map(|stack| stack.elapsed).max().unwrap_or_default();
    let words: Vec<String> = parts.into_iter().flatten().collect();
    if words.is_empty() { "nothing".to_owned() } else { format!("{} · the longest took {}", words.join(", "), elapsed(longest)) }
}

fn told(failures: &[Failure]) -> String {
    let mut text = String::new();
    for failure in failures {
        let status = failure.status.as_ref().map_or_else(String::new, |status| format!(" ({status})"));
        text.push_str(&format!("  {}{status}\n", failure.key));
        for one in &failure.causes {
            text.push_str(&format!("    {}\n", cause(one)));
        }
        if let Some(command) = &failure.command {
            text.push_str(&format!("    next: {command}\n"));
        }
    }
    text
}

fn goes_on(going: &[Key]) -> String {
    if going.is_empty() {
        return "nothing goes on at AWS\n  look with: scalectl status · then run the same command to finish".to_owned();
    }
    let names: Vec<String> = going.iter().map(Key::to_string).collect();
    format!("at AWS this goes on: {}\n  look again with: scalectl status --follow · then run the same command to finish", names.join(", "))
}
