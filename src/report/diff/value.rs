//! Values of templates as words of one line: short forms of functions, cut where there is no room, hidden where they are secret.

use cfn::Node;

use super::super::look::Look;
use crate::diff::Change;

/// What stands for a value that must not be shown.
pub const HIDDEN: &str = "(hidden)";

/// Most characters of an ID or a name; CloudFormation's own have at most 255.
const LONGEST_NAME: usize = 120;

/// The first characters of a text, with `…` where it goes on.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Whether a character moves the cursor, hides or turns round what stands beside it.
fn unruly(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Text of a template on one line and without control characters.
pub fn calm(text: &str) -> String {
    text.chars().map(|c| if unruly(c) { ' ' } else { c }).collect()
}

/// An ID or a name, for a line.
pub fn name(text: &str) -> String {
    cut(&calm(text), LONGEST_NAME)
}

/// A finished text without any control sequence but the look's own.
pub fn tame(text: &str, look: &Look) -> String {
    const OWN: [&str; 6] = ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[1;31m", "\u{1b}[0m"];
    let mut tamed = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let own = || look.colour && OWN.iter().any(|one| text.get(at..).is_some_and(|rest| rest.starts_with(one)));
        if c == '\n' || !unruly(c) || (c == '\u{1b}' && own()) {
            tamed.push(c);
        }
    }
    tamed
}

/// A value on one line.
pub fn compact(node: &Node) -> String {
    let mut text = String::new();
    write(node, &mut text);
    calm(&text)
}

/// Characters of one value beyond which nobody reads on; they are not even put together.
const MOST: usize = 2_000;

fn write(node: &Node, text: &mut String) {
    if text.len() > MOST {
        return;
    }
    match node {
        Node::Null => text.push_str("null"),
        Node::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Node::Int(number) => text.push_str(&number.to_string()),
        Node::Float(number) => text.push_str(&number.to_string()),
        Node::Str(word) if word.is_empty() || word.trim() != word => text.push_str(&format!("{:?}", cut(word, MOST))),
        Node::Str(word) => text.push_str(&cut(word, MOST)),
        Node::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at > 0 { ", " } else { "" });
                write(item, text);
            }
            text.push(']');
        }
        Node::Map(map) => match node.intrinsic() {
            Some(("Fn::GetAtt", Node::List(parts))) if parts.iter().all(|part| part.as_str().is_some()) => {
                let parts: Vec<&str> = parts.iter().filter_map(Node::as_str).collect();
                text.push_str(&format!("!GetAtt {}", parts.join(".")));
            }
            Some((function, argument)) => {
                text.push_str(&format!("!{} ", function.trim_start_matches("Fn::")));
                write(argument, text);
            }
            None => {
                text.push('{');
                for (at, (key, value)) in map.iter().enumerate() {
                    text.push_str(if at > 0 { ", " } else { "" });
                    text.push_str(&cut(key, MOST));
                    text.push_str(": ");
                    write(value, text);
                }
                text.push('}');
            }
        },
    }
}

/// Where a change is: below the properties by dots, functions and the marks of sets left out.
pub fn path(change: &Change) -> String {
    let steps = change.path.iter().enumerate().filter(|(at, step)| {
        let first = *at == 0 && *step == "Properties" && change.path.len() > 1;
        !first && *step != "+" && *step != "-" && !cfn::node::is_intrinsic(step)
    });
    let steps: Vec<&str> = steps.map(|(_, step)| step.as_str()).collect();
    if steps.is_empty() { name(&change.path.join(".")) } else { name(&steps.join(".")) }
}

/// What was and what is, each in at most so many characters: `80 → 8080`.
pub fn change(change: &Change, most: usize) -> String {
    if change.secret {
        return HIDDEN.to_owned();
    }
    let short = |node: &Node| cut(&compact(node), most);
    if let Some(through) = &change.through {
        let stays = change.new.as_ref().map(short).unwrap_or_default();
        return format!("{stays} means something else through {}", calm(through));
    }
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => match script(old, new) {
            Some((old, new)) => {
                let (gone, come) = lines(old, new);
                format!("lines +{come} -{gone}")
            }
            None => apart(&compact(old), &compact(new), most),
        },
        (None, Some(new)) => format!("+ {}", short(new)),
        (Some(old), None) => format!("- {}", short(old)),
        (None, None) => String::new(),
    }
}

/// Two long values that begin alike are shown from where they begin to differ.
fn apart(old: &str, new: &str, most: usize) -> String {
    let long = old.chars().count() > most || new.chars().count() > most;
    let same = if long { old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count() } else { 0 };
    let from = same.saturating_sub(most / 3);
    let part = |text: &str| {
        let rest: String = text.chars().skip(from).collect();
        if from > 0 { cut(&format!("…{rest}"), most) } else { cut(&rest, most) }
    };
    format!("{} → {}", part(old), part(new))
}

/// Two texts of several lines.
pub fn script<'a>(old: &'a Node, new: &'a Node) -> Option<(&'a str, &'a str)> {
    let (old, new) = (old.as_str()?, new.as_str()?);
    (old.contains('\n') || new.contains('\n')).then_some((old, new))
}

/// Characters of two scripts beyond which they are not compared line by line: it would take longer than anybody waits.
pub const LONGEST_SCRIPT: usize = 200_000;

/// How many lines go and come.
fn lines(old: &str, new: &str) -> (usize, usize) {
    if old.len() + new.len() > LONGEST_SCRIPT {
        return (old.lines().count(), new.lines().count());
    }
    let diff = similar::TextDiff::from_lines(old, new);
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    (count(similar::ChangeTag::Delete), count(similar::ChangeTag::Insert))
}
