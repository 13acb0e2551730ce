//! Numbers with units, as people write them: `500KB`, `2.6 MB`, `16KiB`, `24h`, `100ms`, `20%`, `100/s`.

use super::assumption::{Assumption, AssumptionError, Unit};

/// What kind of thing a unit measures; within a kind units are converted, between kinds never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Share,
    Ratio,
    Rate,
    PerPage,
    Size,
    Bits,
    Time,
    Connections,
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Kind::Share => "a percentage",
            Kind::Ratio => "a ratio",
            Kind::Rate => "a rate",
            Kind::PerPage => "a number per page",
            Kind::Size => "a size",
            Kind::Bits => "a number of bits",
            Kind::Time => "a time",
            Kind::Connections => "a number of connections",
        }
    }
}

/// The words for units, in small letters without blanks, with the size of each in the smallest of its kind: bytes, milliseconds, per day, hundredths.
const WORDS: &[(&[&str], Kind, f64)] = &[
    (&["%", "percent"], Kind::Share, 1.0),
    (&["x", "×"], Kind::Ratio, 1.0),
    (&["/s", "/sec", "/second", "rps"], Kind::Rate, 86_400.0),
    (&["/min", "/minute"], Kind::Rate, 1_440.0),
    (&["/h", "/hour"], Kind::Rate, 24.0),
    (&["/d", "/day"], Kind::Rate, 1.0),
    (&["/page"], Kind::PerPage, 1.0),
    (&["b", "byte", "bytes"], Kind::Size, 1.0),
    (&["kb"], Kind::Size, 1e3),
    (&["mb"], Kind::Size, 1e6),
    (&["gb"], Kind::Size, 1e9),
    (&["tb"], Kind::Size, 1e12),
    (&["kib"], Kind::Size, 1_024.0),
    (&["mib"], Kind::Size, 1_048_576.0),
    (&["gib"], Kind::Size, 1_073_741_824.0),
    (&["tib"], Kind::Size, 1_099_511_627_776.0),
    (&["kbit", "mbit", "gbit", "bit", "bits"], Kind::Bits, 1.0),
    (&["ms", "millisecond", "milliseconds"], Kind::Time, 1.0),
    (&["s", "sec", "second", "seconds"], Kind::Time, 1_000.0),
    (&["m", "min", "minute", "minutes"], Kind::Time, 60_000.0),
    (&["h", "hour", "hours"], Kind::Time, 3_600_000.0),
    (&["d", "day", "days"], Kind::Time, 86_400_000.0),
    (&["connection", "connections"], Kind::Connections, 1.0),
];

/// The kind of an assumption's unit, and its size in the smallest of that kind.
fn measured(unit: Unit) -> (Kind, f64) {
    match unit {
        Unit::Share => (Kind::Share, 100.0),
        Unit::Ratio => (Kind::Ratio, 1.0),
        Unit::RequestsPerDay => (Kind::Rate, 1.0),
        Unit::RequestsPerPage => (Kind::PerPage, 1.0),
        Unit::RequestsPerSecond => (Kind::Rate, 86_400.0),
        Unit::Bytes => (Kind::Size, 1.0),
        Unit::Mebibytes => (Kind::Size, 1_048_576.0),
        Unit::Connections => (Kind::Connections, 1.0),
        Unit::Milliseconds => (Kind::Time, 1.0),
        Unit::Seconds => (Kind::Time, 1_000.0),
        Unit::Hours => (Kind::Time, 3_600_000.0),
    }
}

/// A text as a number in the unit of an assumption; a text without a unit is in it already. Finite, but not yet held against the range.
pub(super) fn read(name: &'static str, entry: &Assumption, text: &str) -> Result<f64, AssumptionError> {
    let example = || example(name, entry);
    let (figures, word) = split(text);
    let number = ungrouped(figures).and_then(|figures| figures.parse::<f64>().ok()).filter(|number| number.is_finite());
    let Some(number) = number else {
        return Err(AssumptionError::NotANumber { id: name, value: text.to_owned(), example: example() });
    };
    if word.is_empty() {
        return Ok(number + 0.0);
    }
    let unit = entry.unit.words();
    let Some((kind, size)) = meaning(word, entry.unit) else {
        let (value, word) = (text.to_owned(), word.to_owned());
        return Err(AssumptionError::UnknownUnit { id: name, value, word, unit, example: example() });
    };
    let (wanted, own) = measured(entry.unit);
    if kind != wanted {
        return Err(AssumptionError::WrongUnit { id: name, value: text.to_owned(), kind: kind.words(), unit, example: example() });
    }
    // Multiplied before it is divided: both are whole numbers, so `60s` are exactly 60 seconds. Adding 0 takes the sign off -0.
    Ok(number * size / own + 0.0)
}

/// The default, written the way a person would: `static_bytes_per_page=500KB`.
pub(super) fn example(name: &str, entry: &Assumption) -> String {
    let value = if name == entry.id { entry.value } else { 1.0 - entry.value };
    let text = match entry.unit {
        Unit::Share | Unit::Bytes => entry.unit.format(value).replace(' ', ""),
        Unit::RequestsPerSecond => format!("{value}/s"),
        Unit::RequestsPerDay => format!("{value}/day"),
        Unit::Mebibytes => format!("{value}MiB"),
        Unit::Milliseconds => format!("{value}ms"),
        Unit::Seconds => format!("{value}s"),
        Unit::Hours => format!("{value}h"),
        Unit::Ratio | Unit::RequestsPerPage | Unit::Connections => value.to_string(),
    };
    format!("{name}={text}")
}

/// The figures at the start of a text, and what follows them.
fn split(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let is = |at: usize, test: fn(&u8) -> bool| bytes.get(at).is_some_and(test);
    let mut end = usize::from(is(0, |b| matches!(b, b'-' | b'+')));
    while is(end, |b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'_')) {
        end += 1;
    }
    // An exponent, but not the first letter of a word.
    if is(end, |b| matches!(b, b'e' | b'E')) {
        let sign = usize::from(is(end + 1, |b| matches!(b, b'-' | b'+')));
        let mut last = end + 1 + sign;
        while is(last, u8::is_ascii_digit) {
            last += 1;
        }
        if last > end + 1 + sign {
            end = last;
        }
    }
    let (figures, word) = text.split_at(end);
    (figures, word.trim())
}

/// Figures without separators: underscores anywhere between digits, commas between groups of three (`0,5` is a decimal comma, and none is taken).
fn ungrouped(figures: &str) -> Option<String> {
    let figures = figures.replace('_', "");
    if !figures.contains(',') {
        return Some(figures);
    }
    let whole = figures.split('.').next().unwrap_or_default().trim_start_matches(['-', '+']);
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let sound = (1..=3).contains(&first.len()) && first != "0" && groups.all(|group| group.len() == 3);
    let commas = figures.matches(',').count() == whole.matches(',').count();
    (sound && commas).then(|| figures.replace(',', ""))
}

/// The kind and size of a unit's word. Capital letters do not matter but for `Mb`, which are bits.
fn meaning(word: &str, of: Unit) -> Option<(Kind, f64)> {
    if matches!(word, "Kb" | "Mb" | "Gb" | "Tb") {
        return Some((Kind::Bits, 1.0));
    }
    let mut word: String = word.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    for front in ["requests", "request", "operations", "queries"] {
        if let Some(rest) = word.strip_prefix(front).filter(|rest| rest.starts_with('/') || rest.starts_with("per")) {
            word = rest.to_owned();
        }
    }
    if let Some(rest) = word.strip_prefix("per").filter(|rest| !rest.is_empty() && *rest != "cent") {
        word = format!("/{rest}");
    }
    let (_, kind, size) = WORDS.iter().find(|(words, ..)| words.contains(&word.as_str()))?;
    // AWS writes MB for 2^20 bytes of a function's memory, and so do people who copy from its console.
    let binary = |word: &str| match word {
        "kb" => 1_024.0,
        "mb" => 1_048_576.0,
        "gb" => 1_073_741_824.0,
        _ => *size,
    };
    Some((*kind, if of == Unit::Mebibytes { binary(&word) } else { *size }))
}
