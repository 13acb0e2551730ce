//! A difference on two screens: danger first and last, a line a resource or a group of them between, figures and security below.

use super::super::look::{Ink, Look, wrap};
use super::super::plan::paragraph;
use super::danger::{Danger, dangers};
use super::value::{self, cut, name, tame};
use super::words::{self, counted};
use super::{Shown, detail, figures};
use crate::diff::{Action, Presence, ResourceDifference, SetDifference, StackDifference};

/// Two screens of 24 lines, less one for the prompt.
const LINES: usize = 47;
/// Most lines of replaced resources without `--detail`; more are counted.
const REPLACED: usize = 8;
/// Widest value in a line of a resource.
const VALUE: usize = 28;
/// Groups of a stack that are shown, from the most generous layout to the most sparing one; what is left out is named in a line.
const GROUPS: [usize; 9] = [40, 12, 9, 7, 6, 5, 4, 3, 2];

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
    let foot = foot(shown, &dangers, look);
    let body = if full { detail::tree(shown, look) } else { body(shown, LINES.saturating_sub(count(&head) + count(&foot)), look) };
    tame(&look.finish(&[head, body, foot].concat()), look)
}

fn count(text: &str) -> usize {
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

/// The stacks, as generously as there are lines.
fn body(shown: &Shown, room: usize, look: &Look) -> String {
    let mut text = String::new();
    for level in std::iter::once(None).chain(GROUPS.into_iter().map(Some)) {
        text = sets(shown, level, look);
        if count(&text) <= room {
            break;
        }
    }
    text
}

fn sets(shown: &Shown, level: Option<usize>, look: &Look) -> String {
    let difference = shown.difference;
    let mut text = String::new();
    for set in difference.sets.iter().filter(|set| !set.is_empty()) {
        if difference.sets.len() > 1 {
            text.push_str(&heading(set, look));
        }
        text.push_str(&stacks(set, level, look));
    }
    let same = difference.sets.iter().filter(|set| set.is_empty()).count();
    if same > 0 {
        text.push_str(&format!("  {} without differences\n", counted(same, "set")));
    }
    text.push('\n');
    text
}

/// The name of a set, and whether a side lacks it.
pub fn heading(set: &SetDifference, look: &Look) -> String {
    let presence = match set.presence {
        Presence::Both => "",
        Presence::Added => " (only on the new side)",
        Presence::Removed => " (only on the old side)",
    };
    format!("{}{presence}\n", look.ink(Ink::Strong, &name(&set.name)))
}

/// Columns of counts that stand after a stack's name: sign and whether an action belongs to it.
const COLUMNS: [(&str, &[usize]); 6] = [("±", &[0, 1]), ("-", &[2, 3]), ("→", &[4, 5]), ("~", &[6]), ("+", &[7]), ("·", &[8])];

/// `data     - 2  ~ 1  + 14`, the columns that occur in the set.
pub fn line(set: &SetDifference, stack: &StackDifference, look: &Look) -> String {
    let count = |stack: &StackDifference, ranks: &[usize]| {
        stack.resources.iter().filter(|resource| ranks.contains(&words::rank(&resource.action))).count()
    };
    let width = set.stacks.iter().map(|stack| stack.name.chars().count()).max().unwrap_or(0).clamp(6, 24);
    let stack_name = cut(&name(&stack.name), width);
    let mut text = format!("  {}{}", look.ink(Ink::Strong, &stack_name), " ".repeat(width.saturating_sub(stack_name.chars().count()) + 1));
    for (sign, ranks) in COLUMNS {
        let widest = set.stacks.iter().map(|stack| count(stack, ranks)).max().unwrap_or(0);
        if widest == 0 {
            continue;
        }
        let digits = widest.to_string().len();
        match count(stack, ranks) {
            0 => text.push_str(&" ".repeat(digits + 4)),
            number => text.push_str(&format!("  {sign} {number:<digits$}")),
        }
    }
    let mut notes = Vec::new();
    match stack.presence {
        Presence::Both => {}
        Presence::Added => notes.push("a new stack".to_owned()),
        Presence::Removed => notes.push("the stack leaves".to_owned()),
    }
    if let Some(words) = sections(stack) {
        notes.push(words);
    }
    if !notes.is_empty() {
        text.push_str(&format!("   {}", notes.join(" · ")));
    }
    format!("{}\n", text.trim_end())
}

/// `Outputs ~ 3, Parameters ~ 1`: what differs beside the resources.
fn sections(stack: &StackDifference) -> Option<String> {
    let mut counts: Vec<(&str, std::collections::BTreeSet<&str>)> = Vec::new();
    for change in &stack.sections {
        let section = change.path.first().map_or("", String::as_str);
        let entry = change.path.get(1).map_or("", String::as_str);
        match counts.iter_mut().find(|(known, _)| *known == section) {
            Some((_, entries)) => {
                entries.insert(entry);
            }
            None => counts.push((section, std::collections::BTreeSet::from([entry]))),
        }
    }
    let words: Vec<String> = counts.iter().map(|(section, entries)| format!("{} {}", entries.len(), name(section))).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn stacks(set: &SetDifference, level: Option<usize>, look: &Look) -> String {
    let mut text = String::new();
    let mut same = 0;
    for stack in &set.stacks {
        if stack.presence == Presence::Both && stack.resources.is_empty() && stack.sections.is_empty() {
            same += 1;
            continue;
        }
        text.push_str(&line(set, stack, look));
        text.push_str(&resources(stack, level, look));
    }
    if same > 0 {
        text.push_str(&format!("  {} without differences\n", counted(same, "stack")));
    }
    text
}

/// Resources of one component and one action, the most dangerous first.
fn groups(stack: &StackDifference, single: bool) -> Vec<Vec<&ResourceDifference>> {
    let mut groups: Vec<Vec<&ResourceDifference>> = Vec::new();
    for resource in &stack.resources {
        let of = |one: &ResourceDifference| (words::rank(&one.action), belongs(one));
        let alike = |group: &&mut Vec<&ResourceDifference>| group.first().is_some_and(|first| of(first) == of(resource));
        match groups.iter_mut().find(alike).filter(|_| !single) {
            Some(group) => group.push(resource),
            None => groups.push(vec![resource]),
        }
    }
    groups.sort_by_key(|group| {
        let precious = group.iter().any(|resource| cfn::facts::holds_data(&resource.resource_type));
        (group.first().map_or(usize::MAX, |first| words::rank(&first.action)), !precious, std::cmp::Reverse(group.len()))
    });
    groups
}

/// What a resource is part of: its component, or its kind where it has none.
fn belongs(resource: &ResourceDifference) -> String {
    if resource.component.is_empty() { words::kind(&resource.resource_type) } else { name(&resource.component.replace('_', " ")) }
}

fn resources(stack: &StackDifference, level: Option<usize>, look: &Look) -> String {
    let groups = groups(stack, level.is_none());
    let most = level.unwrap_or(usize::MAX);
    // One line for the rest is as long as the one group that it would stand for.
    let most = if groups.len() == most.saturating_add(1) { groups.len() } else { most };
    let mut text = String::new();
    for group in groups.iter().take(most) {
        let words = match group.as_slice() {
            [one] => single(one),
            several => {
                let ids: Vec<String> = several.iter().map(|resource| name(&resource.id)).collect();
                let mark = several.first().map_or("", |first| words::mark(&first.action));
                let about = several.first().map(|first| belongs(first)).unwrap_or_default();
                format!("{mark} {} {about}: {}", several.len(), ids.join(", "))
            }
        };
        text.push_str(&format!("    {}\n", cut(&words, look.width.saturating_sub(4))));
    }
    let rest: Vec<String> = groups
        .iter()
        .skip(most)
        .filter_map(|group| group.first().map(|first| format!("{} {} {}", words::mark(&first.action), group.len(), belongs(first))))
        .collect();
    if !rest.is_empty() {
        text.push_str(&format!("    {}\n", cut(&format!("… {}", rest.join(", ")), look.width.saturating_sub(4))));
    }
    text
}

/// A resource on its line: `~ WebServers  MaxSize 6 → 8`.
pub fn single(resource: &ResourceDifference) -> String {
    let mut text = format!("{} {}", words::mark(&resource.action), name(&resource.id));
    let about = match &resource.action {
        Action::Renamed { .. } | Action::Moved { .. } => {
            let from = name(resource.old_id());
            if from == resource.id { words::verb(resource, false) } else { format!("was {from}: deleted and made anew") }
        }
        Action::Replaced | Action::MayBeReplaced => format!("{}: {}", words::verb(resource, false), words::reasons(resource)),
        Action::MayBeRemoved => words::verb(resource, false),
        Action::Changed => changes(resource),
        Action::Reworded => "only its Metadata".to_owned(),
        Action::Added | Action::Removed if resource.why.is_empty() => words::kind(&resource.resource_type),
        Action::Added | Action::Removed => format!("{} · {}", words::kind(&resource.resource_type), value::calm(&resource.why)),
    };
    if !about.is_empty() {
        text.push_str(&format!("  {about}"));
    }
    text
}

fn changes(resource: &ResourceDifference) -> String {
    let told = resource.changes.iter().filter(|change| change.path.first().is_none_or(|first| first != "Metadata"));
    let words: Vec<String> = told.map(|change| format!("{} {}", value::path(change), value::change(change, VALUE))).collect();
    words.join("; ")
}

/// Everything below the stacks: figures, security, what is not seen, totals, and the dangers once more.
fn foot(shown: &Shown, dangers: &[Danger], look: &Look) -> String {
    let difference = shown.difference;
    let mut text = String::new();
    match difference.sets.as_slice() {
        [set] => text.push_str(&figures::lines(difference, set, look)),
        sets => {
            let several = sets.iter().filter(|set| !set.is_empty());
            several.for_each(|set| text.push_str(&figures::short(difference, set, look)));
        }
    }
    text.push_str(&security(shown, look));
    text.push_str(&findings(shown, look));
    text.push_str(&unseen(shown, look));
    text.push_str(&format!("  {}\n", words::totals(&difference.counts())));
    text.push_str(&last(dangers, look));
    text.push_str(&breaches(shown, look));
    text
}

/// What becomes reachable, wider or less protected.
fn security(shown: &Shown, look: &Look) -> String {
    let mut text = String::new();
    for set in &shown.difference.sets {
        for exposure in &set.exposures {
            let prefix = if set.name.is_empty() { String::new() } else { format!("{} ", name(&set.name)) };
            let words = format!(
                "{}: {} ({prefix}{}) {}",
                words::exposure(exposure.kind),
                name(&exposure.id),
                name(&exposure.stack),
                value::calm(&exposure.what)
            );
            let head = if text.is_empty() { "Security" } else { "" };
            text.push_str(&paragraph(head, &words, look));
        }
    }
    if text.is_empty() {
        text = paragraph("Security", "no port opened to the internet, no policy wider, nothing less protected", look);
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
    let waiting: Vec<String> = dangers
        .iter()
        .filter(|danger| danger.waits())
        .flat_map(|danger| danger.resources.iter().map(|one| one.old_id().to_owned()))
        .collect();
    if waiting.is_empty() {
        return String::new();
    }
    let flags: Vec<String> = waiting.iter().map(|id| format!("--accept-data-fate {}", name(id))).collect();
    let need = if waiting.len() == 1 { "needs" } else { "need" };
    let of = if waiting.len() == 1 { "resource's data" } else { "resources' data" };
    let words = format!("{} {of} {need} your word: {}", waiting.len(), flags.join(" "));
    let mut text = String::new();
    for (at, line) in wrap(&words, look.width.saturating_sub(2)).iter().enumerate() {
        text.push_str(&format!("{} {line}\n", if at == 0 { look.ink(Ink::Danger, "!") } else { " ".to_owned() }));
    }
    text
}

/// What breaks `--exit-on`.
fn breaches(shown: &Shown, look: &Look) -> String {
    let mut text = String::new();
    for breach in shown.breaches {
        let set = if breach.set.is_empty() { String::new() } else { format!("{}: ", name(&breach.set)) };
        let id = breach.id.as_deref().map_or_else(String::new, |id| format!("{} ", name(id)));
        let words = format!("{set}{id}{} (--exit-on {})", value::calm(&breach.what), breach.gate);
        for (at, line) in wrap(&words, look.width.saturating_sub(2)).iter().enumerate() {
            text.push_str(&format!("{} {line}\n", if at == 0 { look.ink(Ink::Danger, "✘") } else { " ".to_owned() }));
        }
    }
    text
}
