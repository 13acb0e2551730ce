//! What a difference does to the bill, to the room and to the uptime.

use rust_decimal::Decimal;

use super::super::availability::uptime;
use super::super::cost::rounded;
use super::super::headroom::spoken;
use super::super::look::Look;
use super::super::plan::paragraph;
use super::value::{cut, name};
use super::words::counted;
use crate::diff::{Difference, Figures, SetDifference};
use crate::units::Usd;

/// Most components that are named for moving the bill.
const MOVERS: usize = 3;

/// `+412`, `-3.20`, `+0`.
pub fn signed(usd: Usd) -> String {
    let amount = usd.amount();
    if amount.is_sign_negative() && !amount.is_zero() { format!("-{}", rounded(Usd::ZERO - usd)) } else { format!("+{}", rounded(usd)) }
}

/// By how much the bill grows, where both are known.
pub fn grown(set: &SetDifference) -> Option<Usd> {
    set.months().map(|(old, new)| new - old)
}

/// Why there are no figures, or only those of one side.
fn unknown(difference: &Difference, set: &SetDifference) -> String {
    match &set.figures {
        (Some(_), Some(_)) | (None, Some(_)) | (Some(_), None) if set.overrides_differ() => {
            "unknown: what is overridden differs, and no plan prices it".to_owned()
        }
        (None, None) => "unknown: no plan stands behind these templates".to_owned(),
        (None, _) => format!("unknown: no plan stands behind {}", name(&difference.from)),
        _ => format!("unknown: no plan stands behind {}", name(&difference.to)),
    }
}

/// The components that move the bill most, those that leave and come included.
fn movers(old: &[(&str, Usd)], new: &[(&str, Usd)]) -> String {
    let of = |components: &[(&str, Usd)], label: &str| -> Usd {
        components.iter().filter(|(other, _)| *other == label).map(|(_, month)| *month).sum()
    };
    let mut labels: Vec<&str> = old.iter().chain(new).map(|(label, _)| *label).collect();
    labels.sort_unstable();
    labels.dedup();
    let mut moved: Vec<(Usd, &str)> = labels.into_iter().map(|label| (of(new, label) - of(old, label), label)).collect();
    moved.retain(|(usd, _)| usd.amount().abs() >= Decimal::new(1, 2));
    moved.sort_by_key(|(usd, _)| std::cmp::Reverse(usd.amount().abs()));
    let words: Vec<String> = moved.iter().take(MOVERS).map(|(usd, label)| format!("{label} {}", signed(*usd))).collect();
    words.join(", ")
}

/// `+412 USD a month (209 → 621) · most of it: …`.
pub fn bill(difference: &Difference, set: &SetDifference) -> String {
    let Some((before, after)) = set.months() else { return unknown(difference, set) };
    let mut text = if before == after {
        format!("unchanged: {} USD a month", rounded(after))
    } else {
        format!("{} USD a month ({} → {})", signed(after - before), rounded(before), rounded(after))
    };
    let none: &[(&str, Usd)] = &[];
    let of = |figures: &Option<Figures>| figures.as_ref().map_or(0, |figures| figures.unpriced);
    let (old, new) = (&set.figures.0, &set.figures.1);
    let movers = movers(old.as_ref().map_or(none, |figures| &figures.components), new.as_ref().map_or(none, |figures| &figures.components));
    if !movers.is_empty() {
        text.push_str(&format!(" · most of it: {movers}"));
    }
    let unpriced = of(old).max(of(new));
    if unpriced > 0 {
        text.push_str(&format!(" · without {}", counted(unpriced, "thing")));
        text.push_str(if unpriced == 1 { " that has no price" } else { " that have no price" });
    }
    let overridden = [old, new].into_iter().flatten().map(|figures| figures.overridden.len()).max().unwrap_or(0);
    if overridden > 0 {
        let noun = if overridden == 1 { "property" } else { "properties" };
        text.push_str(&format!(" · {overridden} overridden {noun} in no bill"));
    }
    text
}

/// `188 → 600`, for a table.
pub fn months(set: &SetDifference) -> Option<String> {
    set.months().map(|(old, new)| format!("{} → {}", rounded(old), rounded(new)))
}

/// `9,400 → 480,000`, or the one number that both sides have.
pub fn users(set: &SetDifference) -> Option<String> {
    let (Some(old), Some(new)) = (&set.figures.0, &set.figures.1) else { return None };
    let users = |figures: &Figures| figures.carries.as_ref().map_or_else(|| "no limit".to_owned(), |(users, _)| spoken(*users));
    Some(if users(old) == users(new) { users(new) } else { format!("{} → {}", users(old), users(new)) })
}

/// `9,400 → 480,000 users · first limit: connections`.
pub fn room(set: &SetDifference) -> Option<String> {
    let (Some(old), Some(new)) = (&set.figures.0, &set.figures.1) else { return None };
    let limit = |figures: &Figures| figures.carries.as_ref().map(|(_, what)| what.clone()).unwrap_or_default();
    let users = users(set)?;
    let before = if users.contains('→') { "" } else { ", as before" };
    let limits = match (limit(old), limit(new)) {
        (_, new) if new.is_empty() => String::new(),
        (old, new) if old == new || old.is_empty() => format!(" · first limit: {new}"),
        (old, new) => format!(" · first limit: {old} → {new}"),
    };
    Some(format!("{users} users{before}{limits}"))
}

/// `99.9 % → 99.96 %`.
pub fn up(set: &SetDifference) -> Option<String> {
    let (Some(old), Some(new)) = (&set.figures.0, &set.figures.1) else { return None };
    let mut text = if old.uptime == new.uptime {
        format!("{}, as before", uptime(new.uptime))
    } else {
        format!("{} → {}", uptime(old.uptime), uptime(new.uptime))
    };
    text.push_str(" by the parts' SLAs");
    if new.promise_met == Some(false) {
        text.push_str("; less than the phase promises");
    }
    Some(text)
}

/// The three lines of one set.
pub fn lines(difference: &Difference, set: &SetDifference, look: &Look) -> String {
    let mut text = paragraph("Bill", &bill(difference, set), look);
    if let Some(words) = room(set) {
        text.push_str(&paragraph("Room", &words, look));
    }
    if let Some(words) = up(set) {
        text.push_str(&paragraph("Uptime", &words, look));
    }
    text
}

/// One line for each of several sets.
pub fn short(difference: &Difference, set: &SetDifference, look: &Look) -> String {
    let mut parts = Vec::new();
    match grown(set) {
        Some(grown) if grown == Usd::ZERO => parts.push("bill unchanged".to_owned()),
        Some(grown) => parts.push(format!("bill {} USD a month", signed(grown))),
        None => parts.push(format!("bill {}", unknown(difference, set))),
    }
    parts.extend(room(set).map(|words| format!("room {}", words.split(" · ").next().unwrap_or_default())));
    paragraph(&cut(&name(&set.name), 9), &parts.join(" · "), look)
}
