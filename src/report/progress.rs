//! Sentences for what happens during a deployment, one a happening, and elapsed time as people say it.

use std::time::Duration;

use super::look::{Ink, Look};
use super::stale::plural;
use crate::deploy::{Doing, Happening, Key, RootCause, Step};

/// `52s`, `6m 10s`, `1h 04m`.
pub fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m {seconds:02}s"),
        (hours, minutes, _) => format!("{hours}h {minutes:02}m"),
    }
}

/// `the writer of the cluster (DatabaseWriter)`: what a resource is for, or its type.
fn thing(id: &str, resource_type: &str, why: &str) -> String {
    let kind = resource_type.rsplit("::").next().unwrap_or(resource_type);
    if why.is_empty() { format!("{id} ({kind})") } else { format!("{id} ({kind}: {})", why.trim_end_matches('.')) }
}

/// What a stack is doing now, for a line that is redrawn; nothing when the happening says nothing new of that kind.
pub fn now(happening: &Happening) -> Option<String> {
    match happening {
        Happening::Resource { id, resource_type, doing, step: Step::Started, undoing, .. } => {
            let kind = resource_type.rsplit("::").next().unwrap_or(resource_type);
            Some(format!("{}{} {id} ({kind})", if *undoing { "undoing: " } else { "" }, verb(*doing)))
        }
        Happening::Started { create, changes, .. } => {
            Some(format!("{} {changes} {}", if *create { "creating" } else { "changing" }, plural(*changes, "resource")))
        }
        Happening::WaitingFor { status, .. } => Some(format!("an earlier operation goes on ({status})")),
        Happening::Clearing(_) => Some("taking away what a failed creation left".to_owned()),
        Happening::RollingBack { .. } => Some("failed; what was changed is being undone".to_owned()),
        Happening::Deleting(_) => Some("being deleted".to_owned()),
        _ => None,
    }
}

/// The line that stays: the whole story for a log, the ends of stacks and the troubles for a terminal.
pub fn line(happening: &Happening, terminal: bool, look: &Look) -> Option<String> {
    let good = || look.ink(Ink::Good, "✔");
    let bad = || look.ink(Ink::Danger, "✘");
    let dot = || look.ink(Ink::Faint, "·");
    Some(match happening {
        Happening::Finished { key, elapsed: time } => format!("{} {} is as planned, after {}", good(), key.stack, elapsed(*time)),
        Happening::Unchanged(key) => format!("{} {}: nothing to change", good(), key.stack),
        Happening::Failed { key, elapsed: time, status, causes } => {
            let mut text = format!("{} {} failed after {} ({status})", bad(), key.stack, elapsed(*time));
            for cause in causes {
                text.push_str(&format!("\n    {}", self::cause(cause)));
            }
            text
        }
        Happening::Resource { key, id, resource_type, why, doing, step: Step::Failed(reason), undoing, .. } => {
            let undoing = if *undoing { " while undoing" } else { "" };
            format!("{} {}: {} {} failed{undoing}: {reason}", bad(), key.stack, verb(*doing), thing(id, resource_type, why))
        }
        Happening::RollingBack { key, reason } => format!("{} {}: being rolled back: {reason}", bad(), key.stack),
        Happening::Retrying { trouble, wait } => format!("{} {trouble}; again in {}", dot(), elapsed(*wait)),
        Happening::NeedlessAcceptance(id) => format!("{} --accept-data-fate {id} was not needed: nothing happens to its data", dot()),
        Happening::StandIn { path, image } => {
            format!("{} the emulator has no image {path}; {image} stands for it", look.ink(Ink::Warning, "!"))
        }
        Happening::Invalidated { distribution } => format!("{} CloudFront ({distribution}) forgets what it cached of before", good()),
        Happening::NotInvalidated { distribution, trouble } => format!(
            "{} CloudFront ({distribution}) may go on showing what it cached: {trouble}\n    next: aws cloudfront create-invalidation \
             --distribution-id {distribution} --paths '/*'",
            look.ink(Ink::Warning, "!")
        ),
        Happening::LeftOver(key) => {
            format!(
                "{} {} ({}) is no longer part of this phase and stays as it is; it is still billed",
                look.ink(Ink::Warning, "!"),
                key.stack,
                key.region
            )
        }
        Happening::Resource { key, id, resource_type, why, doing, step: Step::Finished, elapsed: time, undoing } if !terminal => {
            let undoing = if *undoing { "undone: " } else { "" };
            format!("{} {}: {undoing}{} {}, {}", dot(), key.stack, done(*doing), thing(id, resource_type, why), elapsed(*time))
        }
        Happening::Resource { key, id, resource_type, why, step: Step::Kept, .. } => {
            format!("{} {}: kept at AWS, outside of any stack: {}", dot(), key.stack, thing(id, resource_type, why))
        }
        Happening::Reviewed(_) | Happening::Resource { .. } | Happening::Tick { .. } => return None,
        other if !terminal => format!("{} {}: {}", dot(), stack_of(other).map_or("", |key| key.stack.as_str()), now(other)?),
        _ => return None,
    })
}

/// The line that stays when a stack is gone.
pub fn gone(key: &Key, time: Duration, look: &Look) -> String {
    format!("{} {} is gone, after {}", look.ink(Ink::Good, "✔"), key.stack, elapsed(time))
}

/// What failed first, as a sentence.
pub fn cause(cause: &RootCause) -> String {
    format!("{}: {}", thing(&cause.id, &cause.resource_type, &cause.why), cause.reason)
}

/// The stack that a happening is about.
pub fn stack_of(happening: &Happening) -> Option<&Key> {
    match happening {
        Happening::WaitingFor { key, .. }
        | Happening::Started { key, .. }
        | Happening::Resource { key, .. }
        | Happening::RollingBack { key, .. }
        | Happening::Tick { key, .. }
        | Happening::Finished { key, .. }
        | Happening::Failed { key, .. }
        | Happening::Clearing(key)
        | Happening::Unchanged(key)
        | Happening::Deleting(key)
        | Happening::LeftOver(key) => Some(key),
        Happening::Reviewed(review) => Some(&review.key),
        Happening::Retrying { .. }
        | Happening::NeedlessAcceptance(_)
        | Happening::StandIn { .. }
        | Happening::Invalidated { .. }
        | Happening::NotInvalidated { .. } => None,
    }
}

fn verb(doing: Doing) -> &'static str {
    match doing {
        Doing::Creating => "creating",
        Doing::Updating => "changing",
        Doing::Deleting => "deleting",
        Doing::Importing => "taking in",
    }
}

fn done(doing: Doing) -> &'static str {
    match doing {
        Doing::Creating => "created",
        Doing::Updating => "changed",
        Doing::Deleting => "deleted",
        Doing::Importing => "taken in",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_two_units_at_most() {
        let times = [(0, "0s"), (52, "52s"), (60, "1m 00s"), (370, "6m 10s"), (3_600, "1h 00m"), (3_840, "1h 04m")];
        for (seconds, text) in times {
            assert_eq!(elapsed(Duration::from_secs(seconds)), text);
        }
    }
}
