//! All words and pictures: views turn values into text. Width, colour and glyphs are given, never looked up here.

pub mod availability;
pub mod columns;
pub mod cost;
pub mod curve;
pub mod detail;
pub mod diff;
pub mod eject;
pub mod error;
pub mod explain;
pub mod findings;
pub mod headroom;
pub mod json;
pub mod load;
pub mod look;
pub mod markdown;
pub mod outcome;
pub mod overridden;
pub mod phases;
pub mod plan;
pub mod progress;
pub mod review;
pub mod stale;
pub mod status;

/// A row of comma-separated values (RFC 4180): quoted where a comma, a quote or a line break is in it.
pub fn csv_row(cells: &[String]) -> String {
    let cell = |text: &String| {
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() }
    };
    let mut row = cells.iter().map(cell).collect::<Vec<_>>().join(",");
    row.push('\n');
    row
}
