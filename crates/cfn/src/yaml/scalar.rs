//! How a text is written: plain where every YAML reader takes it for text, else quoted, or as a block when it has lines.

/// One line of YAML that reads back as `text` under YAML 1.1 and 1.2.
pub(super) fn inline(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.chars().all(is_visible) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        double_quoted(text)
    }
}

/// The header of a literal block (`|`, `|-`, `|+`), when `text` has several lines and a block keeps it whole, also in an editor that
/// strips trailing blanks. Tabs that open a line are left to quotes: some readers take them for indentation.
pub(super) fn block_header(text: &str) -> Option<&'static str> {
    let body = text.trim_end_matches('\n');
    let opens_with_blank = body.trim_start_matches('\n').starts_with(' ');
    if !text.contains('\n') || body.is_empty() || opens_with_blank || !body.split('\n').all(is_block_line) {
        return None;
    }
    Some(match text.len() - body.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    })
}

fn is_block_line(line: &str) -> bool {
    !line.starts_with('\t') && !line.ends_with([' ', '\t']) && line.chars().all(|c| c == '\t' || is_visible(c))
}

pub(super) fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_visible(c) => out.push(c),
            c => match u32::from(c) {
                code @ 0..=0xff => out.push_str(&format!("\\x{code:02X}")),
                code @ 0x100..=0xffff => out.push_str(&format!("\\u{code:04X}")),
                code => out.push_str(&format!("\\U{code:08X}")),
            },
        }
    }
    out.push('"');
    out
}

/// Whether the character shows as itself: no control, no line or paragraph separator, no blank but the space, nothing of zero width or
/// that turns the direction of the text, nothing that is private or undefined.
pub(crate) fn is_visible(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\0'..='\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' => false,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => false,
        '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' => false,
        c if u32::from(c) & 0xfffe == 0xfffe || u32::from(c) >= 0xe_0000 => false,
        c => !c.is_whitespace(),
    }
}

/// A careful yes: what is not certainly text for every reader gets quotes.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let opens_well = first.is_alphanumeric() || matches!(first, '_' | '/' | '$' | '(' | '.' | '\\' | '^' | ';');
    opens_well
        && text.chars().all(is_visible)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.starts_with("...")
        && !is_word(text)
        && !may_be_number(text)
}

/// Words that some reader takes for null or a boolean.
fn is_word(text: &str) -> bool {
    let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "none", "nan", "inf", "infinity"];
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Numbers in any base, times, dates, versions: opens like a number and has nothing that no number has.
fn may_be_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_numeric() || c == '.')
        && text.chars().all(|c| {
            c.is_numeric()
                || c.is_ascii_hexdigit()
                || matches!(c, '.' | '_' | ':' | '+' | '-' | 'x' | 'o' | 'T' | 't' | 'Z' | 'z' | ' ' | 'i' | 'I' | 'n' | 'N')
        })
}
