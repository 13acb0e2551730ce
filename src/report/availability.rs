//! How much of the time the app is promised to answer, what that rests on, and what failures do to data.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::Serialize;

use super::columns::columns;
use super::look::{Ink, Look};
use super::plan::paragraph;
use crate::availability::{Availability, Link};
use crate::block::{Event, Recovery, Way};

/// A share of the time as a percentage with the digits that matter: `99.95 %`, `99.9875 %`.
pub fn uptime(share: Decimal) -> String {
    format!("{} %", (share * Decimal::ONE_HUNDRED).round_dp(4).normalize())
}

/// `99.94 % by the parts' SLAs behind the edge, 99.84 % with it; 99.95 % promised: not met, the weakest is …` for a line of a plan.
pub fn sentence(availability: &Availability) -> String {
    let mut text = if availability.on_the_way().next().is_none() {
        "no part of it has a service level".to_owned()
    } else if availability.path == availability.region {
        format!("{} by the parts' SLAs", uptime(availability.path))
    } else if availability.regions == availability.region {
        format!("{} by the parts' SLAs behind the edge, {} with it", uptime(availability.region), uptime(availability.path))
    } else {
        format!(
            "{} by the parts' SLAs in each region, {} with the edge and all regions",
            uptime(availability.region),
            uptime(availability.path)
        )
    };
    if let Some((promised, figure)) = availability.promised() {
        let met = if figure >= promised { "met".to_owned() } else { format!("not met{}", weakest(availability)) };
        text.push_str(&format!("; {} promised: {met}", uptime(promised)));
    }
    text
}

fn weakest(availability: &Availability) -> String {
    let behind = availability.promise.is_some_and(|promise| promise.behind_edge);
    let link = availability.on_the_way().find(|link| !behind || link.reliance.way == Way::Region);
    link.map_or_else(String::new, |link| format!(", weakest is {} ({})", link.reliance.what, uptime(link.all)))
}

/// Everything about it, below a plan.
pub fn section(availability: &Availability, look: &Look) -> String {
    let mut text = paragraph("Uptime", &sentence(availability), look);
    let minutes = Availability::minutes_a_year(availability.path).round();
    let words =
        format!("a promise, not a measurement: credits are due below it; {minutes} minutes a year without an answer break none of them");
    text.push_str(&paragraph("", &words, look));
    let rows: Vec<Vec<String>> = availability.links.iter().map(row).collect();
    text.push('\n');
    text.push_str(&columns(&["RESTS ON", "WHERE", "PROMISE", "SOURCE"], &rows, &[36, 8, 22], 2, look));
    if !availability.recoveries.is_empty() {
        text.push_str(&format!("\n{}\n", look.ink(Ink::Strong, "What failures do to data")));
        let rows: Vec<Vec<String>> = availability.recoveries.iter().map(|(_, recovery)| recovered(recovery)).collect();
        text.push_str(&columns(&["DATA", "WHEN", "LOST AT MOST", "BACK IN", "WHY"], &rows, &[18, 14, 14, 14], 2, look));
    }
    text
}

fn row(link: &Link) -> Vec<String> {
    let copies = match link.reliance.copies {
        1 => uptime(link.all),
        copies => format!("{} ({copies} × {})", uptime(link.all), uptime(link.one)),
    };
    let mark = if link.estimated { "estimate: " } else { "" };
    vec![link.reliance.what.clone(), way(link.reliance.way).to_owned(), copies, format!("{mark}{}", link.source)]
}

fn way(way: Way) -> &'static str {
    match way {
        Way::Edge => "edge",
        Way::Region => "region",
        Way::Aside => "aside",
    }
}

fn recovered(recovery: &Recovery) -> Vec<String> {
    let mark = if recovery.estimated { "~" } else { "" };
    let point = recovery.point.map_or_else(|| "not survived".to_owned(), lost);
    let time = recovery.time.map_or_else(|| "by hand".to_owned(), |time| format!("{mark}{}", duration(time)));
    vec![recovery.what.clone(), event(recovery.event).to_owned(), point, time, recovery.why.clone()]
}

/// The event's words.
pub fn event(event: Event) -> &'static str {
    match event {
        Event::Host => "a host is lost",
        Event::Zone => "a zone is lost",
        Event::Region => "a region is lost",
        Event::Mistake => "a mistake",
    }
}

fn lost(point: Duration) -> String {
    if point.is_zero() { "nothing".to_owned() } else { duration(point) }
}

/// `45 s`, `5 min`, `24 h`: the largest unit that leaves a whole number, or the nearest.
pub fn duration(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds if seconds < 7_200 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{} h", seconds.div_ceil(3_600)),
    }
}

/// The figures, for scripts.
#[derive(Serialize)]
pub struct View<'a> {
    region: Decimal,
    regions: Decimal,
    path: Decimal,
    promised: Option<Decimal>,
    promise_is_of: Option<&'static str>,
    met: Option<bool>,
    links: Vec<LinkView<'a>>,
    recoveries: Vec<RecoveryView<'a>>,
}

#[derive(Serialize)]
struct LinkView<'a> {
    component: &'static str,
    what: &'a str,
    sla: &'static str,
    way: &'static str,
    copies: u32,
    one: Decimal,
    all: Decimal,
    estimated: bool,
    source: &'a str,
}

#[derive(Serialize)]
struct RecoveryView<'a> {
    component: &'static str,
    what: &'a str,
    event: &'static str,
    survived: bool,
    point_seconds: Option<u64>,
    time_seconds: Option<u64>,
    estimated: bool,
    why: &'a str,
}

/// Shares of the time, 0 to 1, exact.
pub fn view(availability: &Availability) -> View<'_> {
    let promised = availability.promised();
    View {
        region: availability.region.normalize(),
        regions: availability.regions.normalize(),
        path: availability.path.normalize(),
        promised: promised.map(|(promised, _)| promised.normalize()),
        promise_is_of: availability.promise.map(|promise| if promise.behind_edge { "region" } else { "path" }),
        met: promised.map(|(promised, figure)| figure >= promised),
        links: availability
            .links
            .iter()
            .map(|link| LinkView {
                component: link.component,
                what: &link.reliance.what,
                sla: link.reliance.sla,
                way: way(link.reliance.way),
                copies: link.reliance.copies,
                one: link.one.normalize(),
                all: link.all.normalize(),
                estimated: link.estimated,
                source: &link.source,
            })
            .collect(),
        recoveries: availability
            .recoveries
            .iter()
            .map(|(component, recovery)| RecoveryView {
                component,
                what: &recovery.what,
                event: event(recovery.event),
                survived: recovery.point.is_some(),
                point_seconds: recovery.point.map(|point| point.as_secs()),
                time_seconds: recovery.time.map(|time| time.as_secs()),
                estimated: recovery.estimated,
                why: &recovery.why,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_shares_read_well() {
        let cases =
            [(0, "0 s"), (60, "60 s"), (119, "119 s"), (120, "2 min"), (300, "5 min"), (7_200, "2 h"), (86_400, "24 h"), (86_401, "25 h")];
        for (seconds, text) in cases {
            assert_eq!(duration(Duration::from_secs(seconds)), text);
        }
        assert_eq!(uptime("0.9995".parse().unwrap()), "99.95 %");
        assert_eq!(uptime("1".parse().unwrap()), "100 %");
        assert_eq!(uptime("0.99987503".parse().unwrap()), "99.9875 %");
    }
}
