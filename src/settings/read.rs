//! From the bytes of a settings file to [`Settings`]: first the checks that need no parser, then YAML, then every value's own rule.

use serde_saphyr::{Error as Yaml, Location};

use super::file::{self, File};
use super::problem::{Place, Problem, Problems};
use super::{Settings, rule};

/// Largest settings file that is parsed at all; a real one has a few kilobytes.
pub const MAX_BYTES: u64 = 1_000_000;

/// Names that other parts of the program know and a settings file may use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// AWS regions.
    pub regions: &'a [&'a str],
    /// Assumption ids.
    pub assumptions: &'a [&'a str],
    /// Phase ids.
    pub phases: &'a [&'a str],
    /// Profiles of use.
    pub workloads: &'a [&'a str],
    /// Ids of the rules of `check`.
    pub rules: &'a [&'a str],
}

/// Reads a settings file; `name` is how the user calls it.
pub fn read(name: &str, bytes: &[u8], known: &Known<'_>) -> Result<Settings, Problems> {
    let text = plain_text(name, bytes).map_err(|problem| Problems(vec![problem]))?;
    if blank(text) {
        return Ok(Settings::default());
    }
    let file: File = serde_saphyr::from_str_with_options(text, options()).map_err(|e| Problems(vec![explain(name, text, &e)]))?;
    let mut check = Check { name, text, known, problems: Vec::new() };
    let settings = check.settings(file);
    if check.problems.is_empty() {
        return Ok(settings);
    }
    check.problems.sort_by_key(|problem| problem.place.map_or((0, 0), |place| (place.line, place.column)));
    Err(Problems(check.problems))
}

fn options() -> serde_saphyr::Options {
    // A settings file has no use for aliases; the limits stop one that explodes long before it hurts.
    serde_saphyr::options! {
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 10_000,
            max_replay_stack_depth: 8,
        },
        strict_booleans: true,
    }
}

/// Whether a file sets nothing: it is empty, or holds comments only.
pub fn blank(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#') || line.trim() == "---")
}

/// UTF-8 text of a bearable size with no tab in its indentation.
fn plain_text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Problem> {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > MAX_BYTES {
        return Err(too_large(name, length));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let before = String::from_utf8_lossy(&bytes[..e.valid_up_to()]).into_owned();
        let line = before.lines().count().max(1) + usize::from(before.ends_with('\n'));
        let byte = bytes.get(e.valid_up_to()).copied().unwrap_or_default();
        Problem::of_file(name, format!("line {line} holds the byte 0x{byte:02X}, which is not UTF-8 text; save the file as UTF-8"))
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        if let Some(column) = line[..indent].find('\t') {
            let place = Place { line: index + 1, column: column + 1, width: 1 };
            return Err(Problem::at(name, text, place, "a tab indents this line; YAML takes spaces only"));
        }
    }
    Ok(text)
}

/// The answer to a file over [`MAX_BYTES`], which the command line gives before it reads one.
pub fn too_large(name: &str, bytes: u64) -> Problem {
    Problem::of_file(name, format!("the file has {bytes} bytes; a settings file may have {MAX_BYTES}"))
}

/// The keys that a settings file may have: of the file, of a container, of a service, and of its other parts. The parser itself is asked, so the list cannot be stale.
pub fn keys() -> [Vec<&'static str>; 7] {
    fn of<T: serde::de::DeserializeOwned>() -> Vec<&'static str> {
        match serde_saphyr::from_str::<T>("'?': 1\n") {
            Err(e) => match e.without_snippet() {
                Yaml::SerdeUnknownField { expected, .. } => expected.clone(),
                _ => Vec::new(),
            },
            Ok(_) => Vec::new(),
        }
    }
    let [cache, database] = [of::<file::Cache>(), of::<file::Database>()];
    [of::<File>(), of::<file::Container>(), of::<file::Service>(), of::<file::HostedZone>(), cache, database, of::<file::ExistingVpc>()]
}

/// What the YAML reader found, in our words.
fn explain(name: &str, text: &str, error: &Yaml) -> Problem {
    let error = error.without_snippet();
    let message = match error {
        Yaml::SerdeUnknownField { field, expected, .. } => {
            let near = rule::suggestion(field, expected.iter().copied());
            let list = if near.is_empty() { format!("; there are: {}", expected.join(", ")) } else { near };
            format!("unknown setting \"{field}\"{list}")
        }
        Yaml::DuplicateMappingKey { key: Some(key), .. } => format!("\"{key}\" is set a second time; keep one of the two"),
        Yaml::DuplicateMappingKey { .. } => "the same setting stands here a second time; keep one of the two".to_owned(),
        Yaml::SerdeMissingField { field, .. } => format!("\"{field}\" is missing here"),
        Yaml::MultipleDocuments { .. } => "a second document starts here; the file may hold one".to_owned(),
        Yaml::AliasReplayLimitExceeded { .. } | Yaml::AliasExpansionLimitExceeded { .. } | Yaml::AliasReplayStackDepthExceeded { .. } => {
            "the aliases (*) of this file unfold into too much; write the values out".to_owned()
        }
        Yaml::Budget { .. } => "this file is nested or repeated beyond what settings need".to_owned(),
        other => {
            let said = other.to_string();
            // The reader adds "at line 1, column 2" to some of its sentences; our own place says that already.
            let said = said.split(" at line ").next().unwrap_or(&said).trim_end_matches(['.', ',']);
            let said = said.replace("expected string scalar", "one value belongs here, not a list or further settings");
            let said = said.replace("cannot deserialize null into string; use Option<String>", "nothing stands here; it takes one value");
            match wanted(text, other.location()) {
                Some(key) => format!("\"{key}\" is of the wrong kind: {said}"),
                None => said,
            }
        }
    };
    match error.location().and_then(|location| place(text, &location)) {
        Some(place) => Problem::at(name, text, place, message),
        None => Problem::of_file(name, message),
    }
}

/// The key on the line of a location, when the location points at its value.
fn wanted(text: &str, location: Option<Location>) -> Option<String> {
    let location = location?;
    let line = text.lines().nth(usize::try_from(location.line()).ok()?.checked_sub(1)?)?;
    let (key, _) = line.trim_start_matches([' ', '-']).split_once(':')?;
    let column = usize::try_from(location.column()).ok()?;
    (!key.is_empty() && column > key.chars().count() + 1).then(|| key.trim_matches(['"', '\'']).to_owned())
}

/// A location of the reader as a place with the width of the word that stands there.
pub(super) fn place(text: &str, location: &Location) -> Option<Place> {
    let line = usize::try_from(location.line()).ok().filter(|line| *line > 0)?;
    let column = usize::try_from(location.column()).ok()?.max(1);
    Some(Place { line, column, width: width(text, line, column)? })
}

/// How many characters the word has that stands at a line and column, both from 1.
pub(super) fn width(text: &str, line: usize, column: usize) -> Option<usize> {
    let rest: String = text.lines().nth(line.checked_sub(1)?)?.chars().skip(column.saturating_sub(1)).collect();
    let width = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => rest.chars().skip(1).position(|c| c == quote).map_or(1, |at| at + 2),
        _ => rest.split([':', ',', ']', '}', '#']).next().unwrap_or_default().trim_end().chars().count(),
    };
    Some(width.max(1))
}

/// The judging of a file's values; every problem is kept, so that one run shows them all.
pub(super) struct Check<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub known: &'a Known<'a>,
    pub problems: Vec<Problem>,
}

impl Check<'_> {
    /// Notes a problem at a location.
    pub fn problem(&mut self, location: &Location, message: impl Into<String>) {
        let problem = match place(self.text, location) {
            Some(place) => Problem::at(self.name, self.text, place, message),
            None => Problem::of_file(self.name, message),
        };
        self.problems.push(problem);
    }
}
