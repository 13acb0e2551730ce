//! A difference on two screens: danger first and last, a line a resource or a group of them between, figures and security below.

use super::super::look::{Ink, Look, wrap};
use super::super::plan::paragraph;
use super::danger::{Danger, dangers};
use super::value::{self, cut, name, tame};
use super::words::{self, counted};
use super::{Shown, detail, figures, stacks};
use crate::diff::ExposureKind;
use crate::fate::Fate;

/// Two screens of 24 lines, less one for the prompt.
const LINES: usize = 47;
/// What accepts the fate of a resource's data.
const FLAG: &str = "--accept-data-fate";
/// Most resources for which the flag is written out.
const FLAGS: usize = 3;
/// Most wider policies that are told without `--detail`.
const POLICIES: usize = 2;
/// Most lines of replaced resources without `--detail`; more are counted.
const REPLACED: usize = 8;

/// The difference for people; `full` is every resource with its tree of properties.
pub fn text(shown: &Shown, full: bool, look: &Look) -> String {
    let difference = shown.difference;
    let mut head = title(shown, look);
    if difference.is_empty() {
        head.push_str(&nothing(shown, look));
        return tame(&look.finish(&head), look);
    }
    let dangers = dangers(shown);
    head.push_str(&alarms(&dangers, full, look));
    if full {
        head.push_str(&detail::steps(shown, look));
    }
    let foot = foot(shown, &dangers, full, look);
    let body =
        if full { detail::tree(shown, look) } else { stacks::fitting(shown, LINES.saturating_sub(count(&head) + count(&foot)), look) };
    tame(&look.finish(&[head, body, foot].concat()), look)
}

/// Lines of a text.
pub fn count(text: &str) -> usize {
    text.lines().count()
}

/// `1k → 10k · for 1,000 → 10,000 users`.
fn title(shown: &Shown, look: &Look) -> String {
    let difference = shown.difference;
    let about = match difference.sets.as_slice() {
        [set] => match &set.figures {
            (Some(old), Some(new)) if old.phase == new.phase && old.users == new.users => {
                format!("phase {} for {} users on both sides", new.phase, new.users)
            }
            (Some(old), Some(new)) => format!("for {} → {} users", old.users, new.users),
            _ => counted(set.stacks.len(), "stack"),
        },
        sets => counted(sets.len(), "set"),
    };
    let title = format!("{} → {}", name(&difference.from), name(&difference.to));
    format!("{} · {about}\n", look.ink(Ink::Strong, &title))
}

/// The calm sentence, and what it does not cover.
fn nothing(shown: &Shown, look: &Look) -> String {
    let sets = &shown.difference.sets;
    let (stacks, same) = sets.iter().flat_map(|set| &set.stacks).fold((0, 0), |(stacks, same), stack| (stacks + 1, same + stack.same));
    let read = if sets.iter().any(|set| set.unread().next().is_some()) { " in what could be read" } else { "" };
    let mut text = format!("No differences{read}: {} in {} are the same.\n", counted(same, "resource"), counted(stacks, "stack"));
    text.push_str(&unseen(shown, look));
    text.push_str(&breaches(shown, look));
    text
}

/// The lines of danger: data first, then what is replaced.
fn alarms(dangers: &[Danger], full: bool, look: &Look) -> String {
    let mut text = String::new();
    let (data, replaced): (Vec<&Danger>, Vec<&Danger>) = dangers.iter().partition(|danger| danger.data.is_some());
    for danger in data {
        text.push_str(&alarm(
            danger,
            if danger.data.is_some_and(|data| data.fate.needs_consent()) { Ink::Danger } else { Ink::Warning },
            look,
        ));
    }
    let shown = if full { replaced.len() } else { REPLACED };
    for danger in replaced.iter().take(shown) {
        text.push_str(&alarm(danger, Ink::Warning, look));
    }
    if replaced.len() > shown {
        let ids: Vec<String> = replaced.iter().skip(shown).flat_map(|danger| danger.ids()).collect();
        let more = format!("± {} more are or may be replaced: {}", ids.len(), ids.join(", "));
        text.push_str(&format!("{}\n", cut(&more, look.width)));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn alarm(danger: &Danger, ink: Ink, look: &Look) -> String {
    let lines = wrap(&danger.sentence(), look.width.saturating_sub(2));
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let mark = if at == 0 { look.ink(ink, danger.mark()) } else { " ".to_owned() };
        text.push_str(&format!("{mark} {line}\n"));
    }
    text
}

/// Everything below the stacks: figures, security, what is not seen, totals, and the dangers once more.
fn foot(shown: &Shown, dangers: &[Danger], full: bool, look: &Look) -> String {
    let difference = shown.difference;
    let mut text = String::new();
    if difference.keeps_data() {
        text.push_str(&paragraph("Data", "nothing that holds data leaves, moves or is replaced", look));
    }
    match difference.sets.as_slice() {
        [set] => text.push_str(&figures::lines(difference, set, look)),
        sets => {
            let several = sets.iter().filter(|set| !set.is_empty());
            several.for_each(|set| text.push_str(&figures::short(difference, set, look)));
        }
    }
    text.push_str(&security(shown, full, look));
    text.push_str(&findings(shown, look));
    text.push_str(&unseen(shown, look));
    for line in wrap(&words::totals(&difference.counts()), look.width.saturating_sub(2)) {
        text.push_str(&format!("  {line}\n"));
    }
    text.push_str(&last(dangers, look));
    text.push_str(&breaches(shown, look));
    text
}

/// What becomes reachable, wider or less protected; resources to which the same happens are told together.
fn security(shown: &Shown, full: bool, look: &Look) -> String {
    let mut all: Vec<(ExposureKind, String, String, Vec<String>)> = Vec::new();
    for set in &shown.difference.sets {
        for exposure in &set.exposures {
            let stack = format!("{} {}", name(&set.name), name(&exposure.stack));
            let (words, id) = (format!("({}) {}", stack.trim_start(), value::calm(&exposure.what)), name(&exposure.id));
            let kind = words::exposed(exposure);
            match all.iter_mut().find(|(_, known, said, _)| *known == kind && *said == words) {
                Some((.., ids)) => ids.push(id),
                None => all.push((exposure.kind, kind, words, vec![id])),
            }
        }
    }
    if all.is_empty() {
        return paragraph("Security", "no port opened to the internet, no policy wider, nothing less protected", look);
    }
    // Wider policies are many when a phase grows; what is open to everybody is never left out.
    all.sort_by_key(|(kind, ..)| (*kind == ExposureKind::Policy, *kind));
    let mut text = String::new();
    let (mut policies, mut more) = (0, 0);
    for (kind, said, words, ids) in &all {
        policies += usize::from(*kind == ExposureKind::Policy);
        if policies > POLICIES && !full {
            more += ids.len();
            continue;
        }
        let head = if text.is_empty() { "Security" } else { "" };
        text.push_str(&paragraph(head, &format!("{said}: {} {words}", ids.join(", ")), look));
    }
    if more > 0 {
        text.push_str(&paragraph("", &format!("… {more} more wider policies: --detail"), look));
    }
    text
}

/// What `check` newly finds.
fn findings(shown: &Shown, look: &Look) -> String {
    let found: Vec<String> = shown
        .difference
        .sets
        .iter()
        .flat_map(|set| &set.findings)
        .map(|finding| {
            let about = finding.resource.as_deref().map_or_else(String::new, |id| format!("{}: ", name(id)));
            format!("{about}{} ({})", value::calm(&finding.message), finding.rule.id)
        })
        .collect();
    let mut text = String::new();
    for (at, words) in found.iter().enumerate() {
        text.push_str(&paragraph(if at == 0 { "Findings" } else { "" }, words, look));
    }
    text
}

/// What could not be compared.
fn unseen(shown: &Shown, look: &Look) -> String {
    let mut text = String::new();
    for unseen in shown.difference.sets.iter().flat_map(|set| &set.unseen) {
        let what = if unseen.what.is_empty() { String::new() } else { format!(", {}", name(&unseen.what)) };
        let words = format!("{}{what}: {}", name(&unseen.file), value::calm(&unseen.why));
        text.push_str(&paragraph(if text.is_empty() { "Not seen" } else { "" }, &words, look));
    }
    text
}

/// The dangers once more, in a line.
fn last(dangers: &[Danger], look: &Look) -> String {
    let ids = |wanted: &dyn Fn(&Danger) -> bool| -> Vec<String> {
        dangers.iter().filter(|danger| wanted(danger)).flat_map(Danger::ids).collect()
    };
    let (waiting, moving) = (ids(&|danger| danger.waits()), ids(&|danger| danger.data.is_some_and(|data| data.fate == Fate::Move)));
    let words = match (waiting.as_slice(), moving.as_slice()) {
        ([], []) => return String::new(),
        ([], moving) => format!("no data is lost; what you move: {}", moving.join(", ")),
        ([one], _) => format!("1 resource's data need your word: {FLAG} {one}"),
        (few, _) if few.len() <= FLAGS => {
            let flags: Vec<String> = few.iter().map(|id| format!("{FLAG} {id}")).collect();
            format!("{} resources' data need your word: {}", few.len(), flags.join(" "))
        }
        (many, _) => format!("{} resources' data need your word, {FLAG} with each of: {}", many.len(), many.join(", ")),
    };
    let ink = if waiting.is_empty() { Ink::Warning } else { Ink::Danger };
    let mut text = String::new();
    for (at, line) in wrap(&words, look.width.saturating_sub(2)).iter().enumerate() {
        text.push_str(&format!("{} {line}\n", if at == 0 { look.ink(ink, "!") } else { " ".to_owned() }));
    }
    text
}

/// What breaks `--exit-on`.
fn breaches(shown: &Shown, look: &Look) -> String {
    let mut text = String::new();
    for breach in shown.breaches {
        let words = words::breach(breach);
        for (at, line) in wrap(&words, look.width.saturating_sub(2)).iter().enumerate() {
            text.push_str(&format!("{} {line}\n", if at == 0 { look.ink(Ink::Danger, "✘") } else { " ".to_owned() }));
        }
    }
    text
}
