//! What a pipeline's file is made with: each value is looked at first, because it becomes part of YAML and of shell commands.

use std::path::{Component, Path};

use crate::check::code::{self, Language};
use crate::settings::rule;

/// A folder or file of the repository, as the pipeline names it: relative, with forward slashes, and plain enough to need no quotes.
pub fn inside(flag: &str, path: &Path) -> Result<String, String> {
    let shown = path.display();
    let right = "it takes a path inside the repository, such as \"templates\"";
    let mut parts: Vec<&str> = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(part.to_str().unwrap_or("\u{fffd}")),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(format!("{flag} \"{shown}\" leads out of the repository; {right}"));
            }
        }
    }
    let text = parts.join("/");
    if text.is_empty() {
        return Err(format!("{flag} \"{shown}\" is the repository itself; {right}"));
    }
    if let Some(bad) = text.chars().find(|c| !plain(*c)) {
        return Err(format!("{flag} \"{}\" contains {bad:?}; {right}, of letters, digits and . _ - /", text.escape_default()));
    }
    if parts.iter().any(|part| part.starts_with('-')) {
        return Err(format!("{flag} \"{text}\" has a part that begins with a hyphen, which commands take for a flag; {right}"));
    }
    // A link may lead out although its name does not.
    let (here, there) = (Path::new(".").canonicalize(), path.canonicalize());
    if let (Ok(here), Ok(there)) = (here, there)
        && !there.starts_with(&here)
    {
        return Err(format!("{flag} \"{text}\" is a link out of the repository, to {}; {right}", there.display()));
    }
    Ok(text)
}

/// A branch: a name that git allows, without what pipelines would take for a pattern.
pub fn branch(name: &str) -> Result<(), String> {
    let right = "it takes the name of a branch, such as \"main\", of letters, digits and . _ - /";
    let shown = name.escape_default();
    if let Some(bad) = name.chars().find(|c| !plain(*c)) {
        return Err(format!("--branch \"{shown}\" contains {bad:?}; {right}"));
    }
    // git help check-ref-format.
    let bad_part = |part: &str| part.is_empty() || part.starts_with(['.', '-']) || part.ends_with(".lock");
    if name.split('/').any(bad_part) || name.contains("..") || name.ends_with('.') {
        return Err(format!("--branch \"{shown}\" is not a name that git allows; {right}"));
    }
    Ok(())
}

fn plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-/".contains(c)
}

/// The runner's command: one line that the shell can read.
pub fn install(command: &str) -> Result<(), String> {
    let right = "it takes one line for the shell, such as \"cargo install scalectl --locked\"";
    if command.trim().is_empty() {
        return Err(format!("--install is empty; {right}"));
    }
    if command.trim() != command || command.chars().any(|c| !c.is_ascii_graphic() && c != ' ') {
        return Err(format!(
            "--install \"{}\": {right}, without blanks around it, tabs or letters outside ASCII",
            command.escape_default()
        ));
    }
    if command.contains("${{") {
        return Err(format!("--install \"{command}\" holds an expression, which the pipeline would put into the script unquoted; {right}"));
    }
    // At its end a backslash would take the next line in, and a here-document all lines.
    if command.ends_with('\\') || command.contains("<<") {
        return Err(format!("--install \"{command}\" goes on on the next line; {right}"));
    }
    match code::fault(Language::Shell, command) {
        Some(fault) => Err(format!("--install \"{command}\" is nothing that the shell can read ({fault}); {right}")),
        None => Ok(()),
    }
}

/// What may stand in `--exit-on` beside a growth of the cost.
const WORDS: [&str; 3] = ["replace", "data-fate", "findings"];

/// What ends the comparison with an exit code of its own: words, and a growth of the cost in percent.
pub fn exit_on(list: &str) -> Result<(), String> {
    for one in list.split(',') {
        let percent = one.strip_prefix("cost>").and_then(|rest| rest.strip_suffix('%'));
        let number = |text: &str| !text.is_empty() && text.len() <= 6 && text.chars().all(|c| c.is_ascii_digit());
        let known = match percent {
            Some(percent) => match percent.split_once('.') {
                Some((whole, part)) => number(whole) && number(part),
                None => number(percent),
            },
            None => WORDS.contains(&one),
        };
        if !known {
            let near = rule::suggestion(one, WORDS);
            return Err(format!(
                "--exit-on \"{}\" is not known{near}\n  it takes a list of {} and cost>N%, such as \"data-fate,cost>10%\"",
                one.escape_default(),
                WORDS.join(", ")
            ));
        }
    }
    Ok(())
}

/// A word for the shell, in quotes where it needs them.
pub fn quoted(word: &str) -> String {
    if word.chars().all(|c| plain(c) || ",=:".contains(c)) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
