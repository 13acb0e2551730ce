//! A difference as the comment on a pull request.
//!
//! A comment holds so many characters and no more, so this is the rule of what goes first. The opening is always whole. Then come the
//! dangers: whole sentences, or one short line each where those have no room, or, where those have none either, their names by what
//! happens, losses first, and the number of those for which there is no room. Only then the table, the notes and the single resources get
//! what is left; resources are cut in the middle, and a line says how many lines are missing and where they are.

use super::danger::{Danger, dangers};
use super::details::details;
use super::safe::{code, inline};
use super::value::{calm, name};
use super::words::{self, counted};
use super::{Shown, figures};
use crate::diff::{Presence, SetDifference};
use crate::fate::Fate;
use crate::units::Usd;

/// The first line, by which the comment is found again.
pub const MARKER: &str = "<!-- scalectl-diff -->";

/// Characters that dangers leave to what comes after them.
const REST: usize = 1_600;

/// The comment, of at most so many characters.
pub fn markdown(shown: &Shown, most: usize) -> String {
    let difference = shown.difference;
    let mut text = format!("{MARKER}\n### scalectl: {}\n", heading(shown));
    if !difference.is_empty() {
        text.push_str(&format!("\n{}\n", format_args!("**{}**", words::totals(&difference.counts()))));
    }
    let left = |text: &str| most.saturating_sub(length(text));
    let alarms = alarms(&dangers(shown), left(&text).saturating_sub(REST.min(most / 4)));
    text.push_str(&alarms);
    let table = fit(&table_head(), &rows(shown), left(&text) / 3, "| … {} more |");
    text.push_str(&table);
    let notes = notes(shown);
    text.push_str(&fit("\n", &notes, left(&text) / 3, "- … {} more: see the job's log"));
    let room = left(&text);
    text.push_str(&details(shown, room));
    // A limit smaller than the opening is no comment's; it is held all the same.
    if length(&text) > most { text.chars().take(most).collect() } else { text }
}

/// Characters of a text.
pub fn length(text: &str) -> usize {
    text.chars().count()
}

/// As many lines as have room below a head, and how many more there are; nothing without lines.
fn fit(head: &str, lines: &[String], room: usize, more: &str) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = head.to_owned();
    for (at, line) in lines.iter().enumerate() {
        let rest = lines.len() - at;
        let last = if rest > 1 { more.len() + 8 } else { 0 };
        if length(&text) + length(line) + 1 + last > room {
            text.push_str(&more.replace("{}", &rest.to_string()));
            text.push('\n');
            return if length(&text) > room { String::new() } else { text };
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// `2 phases change, no data moves, +12 USD a month`.
fn heading(shown: &Shown) -> String {
    let difference = shown.difference;
    let changed: Vec<&SetDifference> = difference.sets.iter().filter(|set| !set.is_empty()).collect();
    let between = format!("{} → {}", inline(&name(&difference.from)), inline(&name(&difference.to)));
    if changed.is_empty() {
        let unread = if difference.sets.iter().any(|set| set.unread().next().is_some()) { " in what could be read" } else { "" };
        return format!("no differences{unread} ({between})");
    }
    let word = if changed.iter().all(|set| set.figures.0.is_some() || set.figures.1.is_some()) { "phase" } else { "set" };
    let who = match (difference.sets.as_slice(), changed.as_slice()) {
        ([_], _) => between,
        (_, [one]) => format!("{word} {} changes", inline(&name(&one.name))),
        (_, several) => format!("{} change", counted(several.len(), word)),
    };
    let grown: Option<Usd> = changed.iter().map(|set| figures::grown(set)).sum();
    let cost = match grown {
        Some(grown) if grown == Usd::ZERO => "the bill stays".to_owned(),
        Some(grown) => format!("{} USD a month", figures::signed(grown)),
        None => "the bill is not known".to_owned(),
    };
    format!("{who}, {}, {cost}", fate(shown))
}

/// What happens to data in a few words, the worst of it.
fn fate(shown: &Shown) -> String {
    let worst = shown.difference.worst();
    let of_worst = shown.difference.resources().filter_map(|(_, _, resource)| resource.data.as_ref()).filter(|data| data.fate == worst);
    let (sure, perhaps): (Vec<_>, Vec<_>) = of_worst.partition(|data| data.sure);
    let (count, may) = if sure.is_empty() { (perhaps.len(), true) } else { (sure.len(), false) };
    let of = if count == 1 {
        "1 resource's data".to_owned()
    } else {
        format!("{} resources' data", crate::units::thousands(u64::try_from(count).unwrap_or(u64::MAX)))
    };
    match (worst, may) {
        (Fate::Keep, _) => "no data moves".to_owned(),
        (Fate::Move, _) => format!("{of} move"),
        (Fate::Retain, false) => format!("{of} are left behind"),
        (Fate::Retain, true) => format!("{of} may be left behind"),
        (Fate::Snapshot, false) => format!("{of} leave the app for a snapshot"),
        (Fate::Snapshot, true) => format!("{of} may leave the app for a snapshot"),
        (Fate::Lose, false) => format!("**{of} are LOST**"),
        (Fate::Lose, true) => format!("**{of} may be LOST**"),
    }
}

/// The dangers: whole, short, or named as long as there is room.
fn alarms(dangers: &[Danger], room: usize) -> String {
    if dangers.is_empty() {
        return String::new();
    }
    let section = |lines: Vec<String>| format!("\n{}\n", lines.join("\n"));
    let whole = section(dangers.iter().map(|danger| format!("- {} {}", mark(danger), inline(&danger.sentence()))).collect());
    if length(&whole) <= room {
        return whole;
    }
    let short = |danger: &Danger| {
        let what = danger.data.map_or_else(String::new, |data| format!(" {}", data.fate.word()));
        let stack = format!("{}/{}", name(&danger.set.name), name(&danger.stack.name));
        format!("- {}{what} {}: {}", mark(danger), inline(stack.trim_start_matches('/')), inline(&danger.ids().join(", ")))
    };
    let brief = section(dangers.iter().map(short).collect());
    if length(&brief) <= room { brief } else { named(dangers, room) }
}

fn mark(danger: &Danger) -> &'static str {
    match danger.data.map(|data| data.fate) {
        Some(Fate::Lose) => "**!**",
        Some(_) => "!",
        None => "±",
    }
}

/// A line for each fate with its number and as many names as there is room for; the losses take theirs first.
fn named(dangers: &[Danger], room: usize) -> String {
    let mut text = "\n".to_owned();
    let mut kinds: Vec<(Option<Fate>, &str)> = vec![(None, "are or may be replaced")];
    kinds.extend([
        (Some(Fate::Move), "have data that move"),
        (Some(Fate::Retain), "have data that are left behind"),
        (Some(Fate::Snapshot), "have data that leave the app for a snapshot"),
        (Some(Fate::Lose), "have data that are or may be LOST"),
    ]);
    for (at, (fate, words)) in kinds.iter().enumerate().rev() {
        let ids: Vec<String> = dangers.iter().filter(|danger| danger.data.map(|data| data.fate) == *fate).flat_map(Danger::ids).collect();
        if ids.is_empty() {
            continue;
        }
        // Every fate after this one needs a line for its number.
        let most = room.saturating_sub(length(&text) + at * 80);
        let mut line = format!("- **{}** {words}:", counted(ids.len(), "resource"));
        for (index, id) in ids.iter().enumerate() {
            let next = format!("{} {}", if index == 0 { "" } else { "," }, inline(id));
            if length(&line) + length(&next) + 48 > most {
                line.push_str(&format!(" … and {} more: see the job's log", ids.len() - index));
                break;
            }
            line.push_str(&next);
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}

fn table_head() -> String {
    "\n| phase | resources | data | bill | room |\n|---|---|---|---|---|\n".to_owned()
}

/// A row for each set that differs.
fn rows(shown: &Shown) -> Vec<String> {
    let difference = shown.difference;
    let row = |set: &SetDifference| {
        let label = if set.name.is_empty() { format!("{} → {}", name(&difference.from), name(&difference.to)) } else { name(&set.name) };
        let presence = match set.presence {
            Presence::Both => "",
            Presence::Added => " (new)",
            Presence::Removed => " (leaves)",
        };
        let worst = set.worst();
        let count = set.resources().filter(|(_, one)| one.data.as_ref().is_some_and(|data| data.fate == worst)).count();
        let data = match worst {
            Fate::Keep => "keep".to_owned(),
            Fate::Lose => format!("**LOSE {count}**"),
            other => format!("{} {count}", other.word()),
        };
        let cells = [
            format!("**{}**{presence}", inline(&label)),
            words::brief(&set.counts()),
            data,
            figures::months(set).unwrap_or_else(|| "not known".to_owned()),
            figures::users(set).unwrap_or_else(|| "not known".to_owned()),
        ];
        format!("| {} |", cells.join(" | "))
    };
    let mut rows: Vec<String> = difference.sets.iter().filter(|set| !set.is_empty()).map(row).collect();
    let same = difference.sets.iter().filter(|set| set.is_empty()).count();
    if same > 0 && !rows.is_empty() {
        rows.push(format!("| *{} more without differences* | | | | |", same));
    }
    rows
}

/// Breaches, exposures, findings, and what is not seen: a line each.
fn notes(shown: &Shown) -> Vec<String> {
    let mut lines = Vec::new();
    for breach in shown.breaches {
        lines.push(format!("- **stops the pipeline** {}", inline(&words::breach(breach))));
    }
    for set in &shown.difference.sets {
        for one in &set.exposures {
            let stands = if set.name.is_empty() { name(&one.stack) } else { format!("{} {}", name(&set.name), name(&one.stack)) };
            lines.push(format!(
                "- **security** ({}) {}, {}: {}",
                words::exposed(one),
                code(&name(&one.id)),
                inline(&stands),
                inline(&one.what)
            ));
        }
        for one in &set.findings {
            let id = one.resource.as_deref().map_or_else(String::new, |id| format!(" {}:", code(&name(id))));
            lines.push(format!("- **{}** ([{}]({})){id} {}", one.rule.severity.word(), one.rule.id, one.rule.link, inline(&one.message)));
        }
        for one in &set.unseen {
            let what = if one.what.is_empty() { String::new() } else { format!(", {}", code(&name(&one.what))) };
            lines.push(format!("- **not seen** {}{what}: {}", code(&name(&one.file)), inline(&calm(&one.why))));
        }
    }
    lines
}
