//! The bill over the number of users: as a table, for spreadsheets, for scripts, and as a picture.

mod svg;

use rust_decimal::Decimal;
use serde::Serialize;

pub use svg::svg;

use super::columns::columns;
use super::cost::{amount, rounded};
use super::json::{FORMAT_VERSION, pretty};
use super::look::{Ink, Look};
use crate::cost::{Curve, Point};
use crate::units::Usd;

/// The JSON schema of [`json`]; `scalectl schema curve` prints it.
pub const SCHEMA: &str = include_str!("../../schemas/curve.schema.json");

/// The points, a line each; where a phase begins, what the step costs.
pub fn table(curve: &Curve, region: &str, look: &Look) -> String {
    let mut rows = Vec::new();
    let mut before: Option<&Point> = None;
    for point in &curve.points {
        let step = before.filter(|before| before.phase != point.phase).map_or_else(String::new, |before| step(before, point));
        rows.push(match &point.bill {
            Ok(sums) => vec![
                format!("{:>13}", point.users.to_string()),
                point.phase.clone(),
                format!("{:>14}", amount(sums.month)),
                format!("{:>13}", amount(sums.standing)),
                format!("{:>13}", amount(sums.usage)),
                format!("{:>11}", sums.per_thousand.map_or_else(String::new, |usd| amount(usd.to_cents()))),
                step,
            ],
            Err(problem) => {
                let none = || "–".to_owned();
                vec![format!("{:>13}", point.users.to_string()), point.phase.clone(), none(), none(), none(), none(), problem.clone()]
            }
        });
        before = Some(point);
    }
    let heads = ["        USERS", "PHASE", "     USD/MONTH", "       STANDS", "         USED", "  PER 1,000", ""];
    let mut text = format!("{}\n", look.ink(Ink::Strong, &format!("What a month costs, by monthly users · {region}")));
    text.push_str(&columns(&heads, &rows, &[], 0, look));
    text.push_str("\nFor a spreadsheet: --format csv      As a picture: --format svg > curve.svg\n");
    text
}

/// What the first user of a phase costs more than the last of the one before.
fn step(before: &Point, point: &Point) -> String {
    match (&before.bill, &point.bill) {
        (Ok(old), Ok(new)) if new.month >= old.month => format!("+{} by the step", rounded(new.month - old.month)),
        (Ok(old), Ok(new)) => format!("-{} by the step", rounded(old.month - new.month)),
        _ => String::new(),
    }
}

/// The points for a spreadsheet; an unknown bill is an empty cell, never zero.
pub fn csv(curve: &Curve) -> String {
    let mut text = "users,phase,month_usd,standing_usd,usage_usd,estimated_usd,per_thousand_users_usd,unpriced,problem\n".to_owned();
    for point in &curve.points {
        let cents = |usd: Usd| format!("{:.2}", usd.amount());
        let cells = match &point.bill {
            Ok(sums) => [
                point.users.0.to_string(),
                point.phase.clone(),
                cents(sums.month),
                cents(sums.standing),
                cents(sums.usage),
                cents(sums.estimated),
                sums.per_thousand.map_or_else(String::new, |usd| usd.amount().round_dp(4).to_string()),
                sums.gaps.to_string(),
                String::new(),
            ],
            Err(problem) => {
                let none = String::new;
                [point.users.0.to_string(), point.phase.clone(), none(), none(), none(), none(), none(), none(), problem.clone()]
            }
        };
        text.push_str(&super::csv_row(&cells));
    }
    text
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    region: &'a str,
    points: Vec<PointView<'a>>,
}

#[derive(Serialize)]
struct PointView<'a> {
    users: u64,
    phase: &'a str,
    month_usd: Option<Decimal>,
    standing_usd: Option<Decimal>,
    usage_usd: Option<Decimal>,
    estimated_usd: Option<Decimal>,
    per_thousand_users_usd: Option<Decimal>,
    unpriced: Option<usize>,
    problem: Option<&'a str>,
}

/// The points for scripts.
pub fn json(curve: &Curve, region: &str) -> String {
    let points = curve.points.iter().map(|point| {
        let sums = point.bill.as_ref().ok();
        PointView {
            users: point.users.0,
            phase: &point.phase,
            month_usd: sums.map(|sums| sums.month.amount()),
            standing_usd: sums.map(|sums| sums.standing.amount()),
            usage_usd: sums.map(|sums| sums.usage.amount()),
            estimated_usd: sums.map(|sums| sums.estimated.amount()),
            per_thousand_users_usd: sums.and_then(|sums| sums.per_thousand).map(|usd| usd.amount().round_dp(4)),
            unpriced: sums.map(|sums| sums.gaps),
            problem: point.bill.as_ref().err().map(String::as_str),
        }
    });
    pretty(&Document { format_version: FORMAT_VERSION, region, points: points.collect() })
}
