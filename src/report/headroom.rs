//! How far it carries: what breaks first, each limit with its users, and which quotas must be raised before.

use serde::Serialize;

use super::columns::columns;
use super::cost::verdict;
use super::json::{FORMAT_VERSION, pretty};
use super::look::Look;
use super::plan::{head, paragraph};
use crate::architecture::Architecture;
use crate::headroom::{Headroom, QuotaUse, Room, Waiting};
use crate::units::{Bytes, Users, number, percent, thousands};
use crate::workload::Queueing;

/// The JSON schema of [`json`]; `scalectl schema headroom` prints it.
pub const SCHEMA: &str = include_str!("../../schemas/headroom.schema.json");

/// More users than this are more than there are people, and need no number.
const EVERYBODY: u64 = 10_000_000_000;

/// A number of users with three digits, as one says it: `1.34 M`.
pub fn spoken(users: Users) -> String {
    match users.0 {
        EVERYBODY.. => "everybody".to_owned(),
        1_000_000_000.. => format!("{} B", short(users.0, 1e9)),
        1_000_000.. => format!("{} M", short(users.0, 1e6)),
        few => thousands(few),
    }
}

fn short(users: u64, unit: f64) -> String {
    // Rounded down: one more than what is carried must never be shown.
    let value = users as f64 / unit;
    let digits = if value < 10.0 { 100.0 } else { 10.0 };
    number((value * digits).floor() / digits)
}

/// `database connections go first, at 1.3 M users; …` for a line of a plan.
pub fn sentence(headroom: &Headroom) -> String {
    let mut text = match headroom.first() {
        None => "nothing here saturates".to_owned(),
        Some(room) if room.users_most.0 >= EVERYBODY => "nothing here saturates before there are no more people".to_owned(),
        Some(room) => format!("first limit: {} ({}), at {} users", room.what, room.label.to_lowercase(), spoken(room.users_most)),
    };
    if let Some((_, quota)) = headroom.quotas().first().filter(|(_, quota)| quota.before_deployment()) {
        text.push_str(&format!("; raise {} ({} of {}) before you deploy", quota.id, number(quota.built), thousands(quota.value)));
    }
    text
}

/// All limits on one screen.
pub fn headroom(architecture: &Architecture, headroom: &Headroom, all: bool, look: &Look) -> String {
    let mut text = head(architecture, look).lines().take(1).collect::<String>();
    text.push_str(&format!("\n{}\n", verdict(&sentence(headroom), look)));
    let shown = if all { headroom.rooms.len() } else { SHOWN };
    let rows: Vec<Vec<String>> = headroom.rooms.iter().take(shown).map(row).collect();
    let heads = ["COMPONENT", "LIMIT", "AT PEAK", "CAPACITY", "USERS IT CARRIES"];
    let widest = if look.width < WIDE { [12, 18, 8, 15] } else { [18, 34, 8, 30] };
    text.push_str(&columns(&heads, &rows, &widest, 2, look));
    if headroom.rooms.len() > shown {
        text.push_str(&format!("  … {} more: --detail\n", headroom.rooms.len() - shown));
    }
    text.push('\n');
    for room in &headroom.rooms {
        if let Some(waiting) = room.waiting {
            text.push_str(&paragraph("Wait", &waits(room, waiting), look));
        }
    }
    for (room, quota) in headroom.quotas() {
        text.push_str(&paragraph("Raise", &raise(room, quota), look));
    }
    for room in headroom.rooms.iter().filter(|room| !room.then.is_empty() && room.users_most.0 < EVERYBODY).take(THEN) {
        text.push_str(&paragraph("Then", &format!("{}: {}", room.what, room.then), look));
    }
    text.push_str(&paragraph("Move", &moves(architecture, headroom), look));
    text
}

/// Columns from which on a limit takes one line.
const WIDE: usize = 110;
/// Limits shown without `--detail`.
const SHOWN: usize = 12;
/// Limits whose remedy is told.
const THEN: usize = 2;

fn row(room: &Room) -> Vec<String> {
    let busy = if room.built > 0.0 { percent((room.demand / room.built * 1_000.0).round() / 1_000.0) } else { "–".to_owned() };
    let capacity = if room.most > room.built {
        format!("{} → {}", amount(room.built, if room.unit == "bytes" { "bytes" } else { "" }), amount(room.most, room.unit))
    } else {
        amount(room.built, room.unit)
    };
    let users = if room.users_most > room.users_built {
        format!("{} → {}", spoken(room.users_built), spoken(room.users_most))
    } else {
        spoken(room.users_most)
    };
    vec![room.label.to_owned(), room.what.clone(), busy, capacity, users]
}

/// A quantity in its unit; bytes as memory and storage are spoken of.
fn amount(quantity: f64, unit: &str) -> String {
    match unit {
        "bytes" => Bytes::from_f64(quantity).binary().to_string(),
        "" => number(quantity),
        unit => format!("{} {unit}", number(quantity)),
    }
}

/// `CPU of the writer (Aurora database): 10 % busy at peak, 95 % answered in 3.6 ms; …`.
fn waits(room: &Room, waiting: Waiting) -> String {
    let told = |when: &str, queueing: Option<Queueing>| match queueing {
        None => format!("saturated {when}: more than it answers until there are more"),
        Some(queueing) => format!(
            "{} busy {when}, {} ms on average, 95 % within {}",
            percent((queueing.utilisation * 1_000.0).round() / 1_000.0),
            number(queueing.response_seconds * 1_000.0),
            number(queueing.response_p95_seconds * 1_000.0)
        ),
    };
    format!(
        "{}, {}: {}; {}",
        room.label.to_lowercase(),
        room.what,
        told("at peak", waiting.peak),
        told("under stress as built", waiting.stress)
    )
}

fn raise(room: &Room, quota: &QuotaUse) -> String {
    let when = if quota.before_deployment() { "before you deploy".to_owned() } else { format!("before {} users", spoken(quota.users)) };
    let ahead = match (quota.adjustable, quota.lead_days) {
        (false, _) => "AWS does not raise it".to_owned(),
        (true, Some(days)) => format!("ask {days} days ahead (estimate)"),
        (true, None) => "AWS raises it on request".to_owned(),
    };
    let estimated = if quota.estimated { ", an estimate" } else { "" };
    format!(
        "{when}: {} is {} {}{estimated}; {} takes {} as built and {} at full scale-out; {ahead}: {}",
        quota.id,
        thousands(quota.value),
        quota.unit,
        room.label.to_lowercase(),
        number(quota.built),
        number(quota.most),
        quota.link
    )
}

fn moves(architecture: &Architecture, headroom: &Headroom) -> String {
    let Some((next, from)) = headroom.next else { return "this is the last phase: grow it by settings, or divide the app".to_owned() };
    let why = format!("to phase {next} at {from} users (scalectl phases {next})");
    match headroom.first() {
        Some(room) if room.users_most < from => {
            format!("{why}, or earlier: phase {} as planned carries {} users", architecture.phase.id, spoken(room.users_most))
        }
        Some(room) if room.users_most.0 < EVERYBODY => format!("{why}; its machines would carry {} users", spoken(room.users_most)),
        _ => why,
    }
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    users: u64,
    phase: &'a str,
    next_phase: Option<&'static str>,
    next_phase_from: Option<u64>,
    first: Option<RoomView<'a>>,
    limits: Vec<RoomView<'a>>,
}

/// A limit, for scripts; users beyond what 64 bits hold are at their end.
#[derive(Serialize)]
pub struct RoomView<'a> {
    component: &'static str,
    what: &'a str,
    driver: &'static str,
    unit: &'static str,
    demand: f64,
    stress: f64,
    built: f64,
    most: f64,
    users_built: u64,
    users_most: u64,
    waiting: Option<WaitingView>,
    quota: Option<QuotaView<'a>>,
    then: &'a str,
}

#[derive(Serialize)]
struct WaitingView {
    peak: Option<QueueingView>,
    stress: Option<QueueingView>,
}

#[derive(Serialize)]
struct QueueingView {
    utilisation: f64,
    waits: f64,
    response_seconds: f64,
    response_p95_seconds: f64,
}

fn queueing(queueing: Queueing) -> QueueingView {
    let Queueing { utilisation, waits, response_seconds, response_p95_seconds, .. } = queueing;
    QueueingView { utilisation, waits, response_seconds, response_p95_seconds }
}

#[derive(Serialize)]
struct QuotaView<'a> {
    id: &'static str,
    unit: &'a str,
    value: u64,
    built: f64,
    most: f64,
    users: u64,
    adjustable: bool,
    lead_days: Option<u32>,
    link: &'a str,
    estimated: bool,
}

/// One limit, for scripts.
pub fn view(room: &Room) -> RoomView<'_> {
    RoomView {
        component: room.component,
        what: &room.what,
        driver: room.driver.word(),
        unit: room.unit,
        demand: room.demand,
        stress: room.stress,
        built: room.built,
        most: room.most,
        users_built: room.users_built.0,
        users_most: room.users_most.0,
        waiting: room.waiting.map(|waiting| WaitingView { peak: waiting.peak.map(queueing), stress: waiting.stress.map(queueing) }),
        quota: room.quota.as_ref().map(|quota| QuotaView {
            id: quota.id,
            unit: &quota.unit,
            value: quota.value,
            built: quota.built,
            most: quota.most,
            users: quota.users.0,
            adjustable: quota.adjustable,
            lead_days: quota.lead_days,
            link: &quota.link,
            estimated: quota.estimated,
        }),
        then: &room.then,
    }
}

/// All limits, for scripts.
pub fn json(architecture: &Architecture, headroom: &Headroom) -> String {
    pretty(&Document {
        format_version: FORMAT_VERSION,
        users: architecture.users.0,
        phase: &architecture.phase.id,
        next_phase: headroom.next.map(|(id, _)| id),
        next_phase_from: headroom.next.map(|(_, from)| from.0),
        first: headroom.first().map(view),
        limits: headroom.rooms.iter().map(view).collect(),
    })
}
