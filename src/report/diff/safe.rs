//! Text of a template in Markdown, HTML and XML: it must not format, link, mention anybody, refer to anything, hide or end anything.

use super::value::calm;

/// Within a line of Markdown, not at its beginning. Every character that means something is written as a number; after `@`, `#` and their
/// like stands a space of no width, because code hosts look for mentions and references in the finished text, where numbers are characters.
pub fn inline(text: &str) -> String {
    let text = calm(text);
    let mut safe = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '@' | '#' | '!' | '$' | '%' | '~' | '&' => safe.push_str(&format!("&#{};&#8203;", u32::from(c))),
            '<' | '>' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' => safe.push_str(&format!("&#{};", u32::from(c))),
            // `https://` is an address, `:x:` is a picture; before a space it is a colon.
            ':' if letters.peek().is_some_and(|next| *next != ' ') => safe.push_str("&#58;"),
            // `www.` and `GH-12` are an address and a reference without any sign.
            '.' if ends(&safe, "www") => safe.push_str("&#46;&#8203;"),
            '-' if ends(&safe, "gh") => safe.push_str("-&#8203;"),
            c => safe.push(c),
        }
    }
    safe
}

fn ends(text: &str, word: &str) -> bool {
    text.len().checked_sub(word.len()).and_then(|at| text.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
}

/// In a cell or a sentence, set as code, where no host looks for mentions.
pub fn code(text: &str) -> String {
    format!("<code>{}</code>", inline(text))
}

/// Within a block of preformatted text, where Markdown is not read.
pub fn preformatted(text: &str) -> String {
    calm(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Within an element or an attribute of XML 1.0, which has no way to write control characters.
pub fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\n' | '\t' => safe.push(' '),
            '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}
