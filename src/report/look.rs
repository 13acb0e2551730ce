//! How a view may look: width, colour, glyphs. Nothing is said by colour alone.

/// What the reader's screen can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Whether ANSI colours are understood and wanted.
    pub colour: bool,
    /// Whether more than ASCII can be shown.
    pub unicode: bool,
}

/// What a colour stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// A heading, or what the eye should find first.
    Strong,
    /// What may be skipped.
    Faint,
    /// All is well.
    Good,
    /// Worth a second look.
    Warning,
    /// Danger or failure.
    Danger,
}

impl Look {
    /// 80 columns, no colour, every glyph: what a file or a pipe gets.
    pub const PLAIN: Look = Look { width: 80, colour: false, unicode: true };

    /// The text in an ink, or as it is when there is no colour.
    pub fn ink(&self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Strong => "1",
            Ink::Faint => "2",
            Ink::Good => "32",
            Ink::Warning => "33",
            Ink::Danger => "1;31",
        };
        if self.colour && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// The finished text for this screen: where only ASCII can be shown, glyphs are spelled out.
    pub fn finish(&self, text: &str) -> String {
        if self.unicode {
            return text.to_owned();
        }
        let mut plain = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '×' => plain.push('x'),
                '·' | '–' | '−' => plain.push('-'),
                '→' => plain.push_str("->"),
                '…' => plain.push_str("..."),
                '✔' => plain.push('+'),
                '✘' => plain.push('!'),
                '÷' => plain.push('/'),
                '≤' => plain.push_str("<="),
                '≥' => plain.push_str(">="),
                '─' => plain.push('-'),
                '±' => plain.push_str("+/-"),
                '\u{2800}'..='\u{28FF}' => plain.push('*'),
                c => plain.push(c),
            }
        }
        plain
    }
}

/// Breaks text into lines of at most `width` characters, between words where it can.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word: String = word.to_owned();
        loop {
            let used = lines.last().map_or(0, |line| line.chars().count());
            let gap = usize::from(used > 0);
            let length = word.chars().count();
            if used + gap + length <= width {
                if let Some(line) = lines.last_mut() {
                    if gap == 1 {
                        line.push(' ');
                    }
                    line.push_str(&word);
                }
                break;
            }
            if used > 0 {
                lines.push(String::new());
                continue;
            }
            // A word longer than the line is cut: an address or an ARN.
            let head: String = word.chars().take(width).collect();
            word = word.chars().skip(width).collect();
            if let Some(line) = lines.last_mut() {
                *line = head;
            }
            lines.push(String::new());
        }
    }
    lines
}
