//! A picture of the curve: users and USD on logarithmic scales, a line for each phase, a step where the next begins.

use rust_decimal::prelude::ToPrimitive;

use crate::cost::{Curve, Point};
use crate::units::{Users, number};

/// Width and height of the picture, and the room around the plot for axes and title, in SVG's own units.
const SIZE: (f64, f64) = (960.0, 540.0);
const ROOM: Frame = Frame { left: 90.0, right: 48.0, top: 64.0, bottom: 60.0 };

/// USD below which a logarithmic scale would show differences that nobody minds; what is less stands at the bottom.
const LEAST: f64 = 1.0;

struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// The scales: both logarithmic, because users grow by a factor of ten million and bills by one of ten thousand.
struct Scales {
    users: (f64, f64),
    usd: (f64, f64),
}

impl Scales {
    fn of(points: &[(&Point, f64)]) -> Scales {
        let users = points.iter().map(|(point, _)| place(point.users));
        let (least, most) =
            (points.iter().map(|(_, usd)| *usd).fold(f64::MAX, f64::min), points.iter().map(|(_, usd)| *usd).fold(0.0, f64::max));
        let low = least.max(LEAST).log10().floor();
        Scales {
            users: (users.clone().fold(f64::MAX, f64::min), users.fold(0.0, f64::max)),
            usd: (low, most.max(LEAST).log10().ceil().max(low + 1.0)),
        }
    }

    fn x(&self, users: Users) -> f64 {
        let (low, high) = self.users;
        let part = if high > low { (place(users) - low) / (high - low) } else { 0.5 };
        ROOM.left + part * (SIZE.0 - ROOM.left - ROOM.right)
    }

    fn y(&self, usd: f64) -> f64 {
        let (low, high) = self.usd;
        let part = (usd.max(LEAST).log10() - low) / (high - low);
        SIZE.1 - ROOM.bottom - part.clamp(0.0, 1.0) * (SIZE.1 - ROOM.top - ROOM.bottom)
    }
}

/// Nobody has a place on the axis, too.
fn place(users: Users) -> f64 {
    (users.as_f64() + 1.0).log10()
}

/// The picture, complete in itself: no script, no font and nothing else from elsewhere.
pub fn svg(curve: &Curve, region: &str) -> String {
    let known: Vec<(&Point, f64)> =
        curve.points.iter().filter_map(|point| Some((point, point.bill.as_ref().ok()?.month.amount().to_f64()?))).collect();
    let (width, height) = SIZE;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title about\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <title id=\"title\">What a month costs, by monthly users ({region})</title>\n\
         <desc id=\"about\">{}</desc>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"{}\" y=\"30\" font-size=\"18\" font-weight=\"600\" fill=\"#1a1a1a\">What a month costs, by monthly users</text>\n\
         <text x=\"{}\" y=\"50\" fill=\"#555555\">USD a month, list prices on demand in {region}, both scales logarithmic</text>\n",
        about(&known),
        ROOM.left,
        ROOM.left
    );
    if known.is_empty() {
        text.push_str("<text x=\"90\" y=\"120\" fill=\"#1a1a1a\">No bill is known for any of these numbers of users.</text>\n</svg>\n");
        return text;
    }
    let scales = Scales::of(&known);
    text.push_str(&axes(&scales));
    for (index, phase) in phases(&known).iter().enumerate() {
        text.push_str(&line(&scales, phase, index));
    }
    text.push_str("</svg>\n");
    text
}

/// What the picture shows, for those who do not see it.
fn about(known: &[(&Point, f64)]) -> String {
    match (known.first(), known.last()) {
        (Some((first, least)), Some((last, most))) => {
            format!("From {} USD for {} users to {} USD for {} users.", number(*least), first.users, number(*most), last.users)
        }
        _ => "No bill is known.".to_owned(),
    }
}

fn axes(scales: &Scales) -> String {
    let (left, right, bottom) = (ROOM.left, SIZE.0 - ROOM.right, SIZE.1 - ROOM.bottom);
    let mut text = String::new();
    for power in scales.usd.0 as i32..=scales.usd.1 as i32 {
        let usd = 10_f64.powi(power);
        let y = scales.y(usd);
        text.push_str(&format!(
            "<line x1=\"{left}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\" stroke=\"#e0e0e0\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555555\">{}</text>\n",
            left - 8.0,
            y + 4.0,
            if usd <= LEAST { format!("{} or less", number(usd)) } else { number(usd) }
        ));
    }
    for power in 0..=19 {
        let users = Users(10_u64.saturating_pow(power));
        if (scales.users.0..=scales.users.1).contains(&place(users)) {
            let x = scales.x(users);
            text.push_str(&format!(
                "<line x1=\"{x:.1}\" y1=\"{bottom}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#555555\"/>\n\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555555\">{users}</text>\n",
                bottom + 5.0,
                bottom + 21.0
            ));
        }
    }
    text.push_str(&format!(
        "<line x1=\"{left}\" y1=\"{bottom}\" x2=\"{right}\" y2=\"{bottom}\" stroke=\"#555555\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#1a1a1a\">monthly active users</text>\n",
        (left + right) / 2.0,
        SIZE.1 - 14.0
    ));
    text
}

/// The points of one phase after the other.
fn phases<'a>(known: &[(&'a Point, f64)]) -> Vec<Vec<(&'a Point, f64)>> {
    let mut phases: Vec<Vec<(&Point, f64)>> = Vec::new();
    for one in known {
        match phases.last_mut().filter(|phase| phase.last().is_some_and(|(last, _)| last.phase == one.0.phase)) {
            Some(phase) => phase.push(*one),
            None => phases.push(vec![*one]),
        }
    }
    phases
}

/// The names of neighbours stand at different heights, because the first phases are close to one another.
fn line(scales: &Scales, phase: &[(&Point, f64)], index: usize) -> String {
    let Some((first, usd)) = phase.first() else { return String::new() };
    let (x, y) = (scales.x(first.users), scales.y(*usd));
    let points: Vec<String> = phase.iter().map(|(point, usd)| format!("{:.1},{:.1}", scales.x(point.users), scales.y(*usd))).collect();
    format!(
        "<line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#b0b0b0\" stroke-dasharray=\"3 4\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#1a1a1a\">{}</text>\n\
         <polyline points=\"{}\" fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"2.5\" stroke-linejoin=\"round\"/>\n\
         <circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"#1f5fa8\"/>\n",
        ROOM.top,
        SIZE.1 - ROOM.bottom,
        x + 5.0,
        ROOM.top + if index.is_multiple_of(2) { 12.0 } else { 28.0 },
        first.phase,
        points.join(" ")
    )
}
