//! Text in columns: a heading, rows, and a last column that wraps at the width.

use super::look::{Ink, Look, wrap};

/// A table with two spaces between its columns and `indent` before the first; the last column wraps, the others keep to the width of
/// their widest cell, unless that is more than `widest[i]`: then they wrap too.
pub fn columns(heads: &[&str], rows: &[Vec<String>], widest: &[usize], indent: usize, look: &Look) -> String {
    let count = heads.len();
    let mut widths: Vec<usize> = heads.iter().map(|head| head.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for (width, most) in widths.iter_mut().zip(widest) {
        *width = (*width).min((*most).max(8));
    }
    let before: usize = indent + widths.iter().take(count.saturating_sub(1)).map(|width| width + 2).sum::<usize>();
    if let Some(last) = widths.last_mut() {
        *last = look.width.saturating_sub(before).max(16);
    }
    let mut text = String::new();
    if heads.iter().any(|head| !head.is_empty()) {
        let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
        text.push_str(&row(&heads, &widths, indent, |line| look.ink(Ink::Faint, line)));
    }
    for cells in rows {
        text.push_str(&row(cells, &widths, indent, str::to_owned));
    }
    text
}

fn row(cells: &[String], widths: &[usize], indent: usize, ink: impl Fn(&str) -> String) -> String {
    // What fits keeps its spaces: numbers are set to the right by them.
    let fitted = |cell: &String, width: usize| if cell.chars().count() <= width { vec![cell.clone()] } else { wrap(cell, width) };
    let wrapped: Vec<Vec<String>> = cells.iter().zip(widths).map(|(cell, width)| fitted(cell, *width)).collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(1);
    let mut text = String::new();
    for line in 0..height {
        let mut out = " ".repeat(indent);
        for (column, (cell, width)) in wrapped.iter().zip(widths).enumerate() {
            let part = cell.get(line).map_or("", String::as_str);
            out.push_str(part);
            if column + 1 < wrapped.len() {
                out.push_str(&" ".repeat(width.saturating_sub(part.chars().count()) + 2));
            }
        }
        text.push_str(&ink(out.trim_end()));
        text.push('\n');
    }
    text
}
