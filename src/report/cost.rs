//! The bill on one screen, all of its lines, and the same for spreadsheets and scripts.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use super::columns::columns;
use super::json::{FORMAT_VERSION, pretty};
use super::look::{Ink, Look, wrap};
use super::plan::{head, paragraph, ranked};
use crate::architecture::Architecture;
use crate::block::{Basis, Gap, Kind, LineItem};
use crate::cost::{Estimate, Mover, Range, Saving};
use crate::units::{Usd, number, percent};
use crate::workload::assumption;

/// The JSON schema of [`json`]; `scalectl schema cost` prints it.
pub const SCHEMA: &str = include_str!("../../schemas/cost.schema.json");

/// A bill with all that belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct Bill<'a> {
    /// What it is the bill of.
    pub architecture: &'a Architecture,
    /// The lines.
    pub estimate: &'a Estimate,
    /// How far it may be off.
    pub range: &'a Range,
    /// What commitments would save.
    pub savings: &'a [Saving],
    /// The oldest and the newest day of a price's source.
    pub dates: Option<(&'a str, &'a str)>,
    /// Whose prices count, when not those of the architecture's own regions.
    pub price_region: Option<&'a str>,
}

/// Kinds of cost, with the words for them.
const KINDS: [(Kind, &str); 6] = [
    (Kind::Compute, "compute"),
    (Kind::Data, "databases and caches"),
    (Kind::Storage, "storage"),
    (Kind::Transfer, "data transfer"),
    (Kind::Requests, "requests"),
    (Kind::Operations, "operations"),
];

/// What no line is made for; see `docs/bill.md`.
const NOT_COUNTED: &str = "support, taxes, builds, your own images, and what the app calls at others";

/// Columns from which on a line of the bill needs no second one.
const WIDE: usize = 110;

/// How many of the assumptions that move the bill are named.
const MOVERS: usize = 4;

/// The bill, a line for each component; `again` are the flags that lead to it.
pub fn bill(bill: &Bill, again: &str, look: &Look) -> String {
    let mut text = opening(bill, look);
    text.push('\n');
    text.push_str(&by_component(bill, look));
    text.push('\n');
    text.push_str(&closing(bill, look));
    text.push_str(&paragraph("Lines", &format!("scalectl cost {again} --detail"), look));
    text
}

/// The bill with every line and its arithmetic.
pub fn detail(bill: &Bill, look: &Look) -> String {
    let mut text = opening(bill, look);
    for piece in ranked(&bill.architecture.pieces) {
        let name = piece.component.name();
        let lines: Vec<&LineItem> = bill.estimate.lines.iter().filter(|line| line.component == name).collect();
        if lines.is_empty() {
            continue;
        }
        let sum: Usd = lines.iter().map(|line| line.month).sum();
        text.push_str(&format!("\n{}\n", look.ink(Ink::Strong, &format!("{}: {sum}", piece.component.label()))));
        let several = bill.architecture.regions.len() > 1;
        let rows: Vec<Vec<String>> = lines.iter().map(|line| row(line, several)).collect();
        text.push_str(&columns(&["", "", "", ""], &rows, &if look.width < WIDE { [11, 24, 20] } else { [11, 44, 34] }, 2, look));
    }
    text.push('\n');
    text.push_str(&closing(bill, look));
    text
}

fn row(line: &LineItem, several: bool) -> Vec<String> {
    let mark = if line.estimated { "~" } else { "" };
    let place = if several { format!(" ({})", line.place) } else { String::new() };
    vec![format!("{:>10}", format!("{mark}{}", amount(line.month))), format!("{}{place}", line.what), priced(line), line.why.clone()]
}

/// `1,460 hour at 0.0168`, and how much of it is free.
fn priced(line: &LineItem) -> String {
    let free = if line.free.is_zero() { String::new() } else { format!(", {} free", quantity(line.free)) };
    format!("{} {} at {}{free}", quantity(line.quantity), line.unit, line.unit_price.amount().round_sf(5).unwrap_or_default().normalize())
}

fn quantity(amount: Decimal) -> String {
    number(amount.to_f64().unwrap_or(f64::MAX))
}

/// An amount in columns of USD, without the word.
pub fn amount(usd: Usd) -> String {
    usd.to_string().trim_end_matches(" USD").to_owned()
}

/// A sum for a line of text: whole USD from a hundred on, because cents of an estimate say nothing there.
pub fn rounded(usd: Usd) -> String {
    if usd.amount() < Decimal::ONE_HUNDRED { amount(usd) } else { number(usd.amount().round().to_f64().unwrap_or(f64::MAX)) }
}

fn opening(bill: &Bill, look: &Look) -> String {
    let mut text = head(bill.architecture, look).lines().take(1).collect::<String>();
    text.push('\n');
    text.push_str(&verdict(&sentence(bill.estimate, bill.range), look));
    for Gap { component, what, problem, .. } in &bill.estimate.gaps {
        let words = format!("{component}: {what} has no price and is in no sum: {problem}");
        text.push_str(&paragraph("Unknown", &words, look));
    }
    text
}

/// What matters most, below the title.
pub fn verdict(sentence: &str, look: &Look) -> String {
    let lines = wrap(sentence, look.width.saturating_sub(2));
    lines.iter().map(|line| format!("  {}\n", look.ink(Ink::Strong, line))).collect()
}

/// `1,840 USD a month (1,310 to 2,900) · 3.68 per 1,000 users · 4 % of it rests on estimated prices`.
pub fn sentence(estimate: &Estimate, range: &Range) -> String {
    let mut parts = vec![format!("{} USD a month ({} to {})", rounded(estimate.total()), rounded(range.low), rounded(range.high))];
    if let Some(per) = estimate.per_thousand().filter(|_| estimate.users.0 >= 1_000) {
        parts.push(format!("{} per 1,000 users", amount(per.to_cents())));
    }
    if let Some(share) = estimate.estimated_share().to_f64().filter(|share| *share > 0.0) {
        parts.push(format!("{} of it rests on estimated prices", percent((share * 100.0).ceil() / 100.0)));
    }
    match estimate.gaps.len() {
        0 => {}
        1 => parts.push("1 thing has no price and is not in it".to_owned()),
        several => parts.push(format!("{several} things have no price and are not in it")),
    }
    parts.join(" · ")
}

fn by_component(bill: &Bill, look: &Look) -> String {
    let mut rows: Vec<(Usd, Vec<String>)> = Vec::new();
    for piece in &bill.architecture.pieces {
        let lines: Vec<&LineItem> = bill.estimate.lines.iter().filter(|line| line.component == piece.component.name()).collect();
        let Some(most) = lines.iter().max_by_key(|line| line.month) else { continue };
        let sum = |basis: Basis| lines.iter().filter(|line| line.basis == basis).map(|line| line.month).sum::<Usd>();
        let (stands, used) = (sum(Basis::Standing), sum(Basis::Usage));
        if stands + used > Usd::ZERO {
            rows.push((stands + used, cells(piece.component.label(), stands, used, &most.what)));
        }
    }
    rows.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
    let (stands, used) = (bill.estimate.of(Basis::Standing), bill.estimate.of(Basis::Usage));
    let mut rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
    rows.push(cells("Total", stands, used, ""));
    columns(&["COMPONENT", "     MONTH", "    STANDS", "      USED", "MOST OF IT"], &rows, &[18, 12, 12, 12], 2, look)
}

fn cells(label: &str, stands: Usd, used: Usd, most: &str) -> Vec<String> {
    let right = |usd: Usd| format!("{:>10}", amount(usd));
    vec![label.to_owned(), right(stands + used), right(stands), right(used), most.to_owned()]
}

fn closing(bill: &Bill, look: &Look) -> String {
    let estimate = bill.estimate;
    let kinds = KINDS.into_iter().map(|(kind, word)| (estimate.of_kind(kind), word)).filter(|(sum, _)| *sum > Usd::ZERO);
    let kinds: Vec<String> = kinds.map(|(sum, word)| format!("{word} {}", rounded(sum))).collect();
    let mut text = paragraph("By kind", &kinds.join(" · "), look);
    for saving in bill.savings {
        let mark = if saving.estimated { ", an estimate" } else { "" };
        let words = format!("{} of {} saves {} USD a month{mark}", saving.what, rounded(saving.on), rounded(saving.month));
        text.push_str(&paragraph("Commit", &words, look));
    }
    if let Some(words) = movers(&bill.range.movers) {
        text.push_str(&paragraph("Moved by", &words, look));
    }
    if !estimate.estimated().amount().is_zero() {
        let words = format!(
            "{} USD rest on prices without a published source for the place; their lines are marked ~",
            rounded(estimate.estimated())
        );
        text.push_str(&paragraph("Estimated", &words, look));
    }
    text.push_str(&paragraph("Without", NOT_COUNTED, look));
    if let Some((oldest, newest)) = bill.dates {
        let whose = bill.price_region.map_or_else(String::new, |region| format!(" of {region}"));
        text.push_str(&paragraph("Prices", &format!("on demand, list{whose}, before tax, published {oldest} to {newest}"), look));
    }
    text
}

/// The assumptions that move the bill most, with their usual range and what it does.
fn movers(movers: &[Mover]) -> Option<String> {
    let words: Vec<String> = movers
        .iter()
        .take(MOVERS)
        .filter_map(|mover| {
            let entry = assumption(mover.assumption)?;
            let (from, to) = (entry.unit.format(entry.typical.0), entry.unit.format(entry.typical.1));
            Some(format!("{} ({from} to {to}): {} to {}", mover.assumption, rounded(mover.low), rounded(mover.high)))
        })
        .collect();
    (!words.is_empty()).then(|| words.join(" · "))
}

/// The lines for a spreadsheet.
pub fn csv(estimate: &Estimate) -> String {
    let mut text = "component,place,what,key,kind,basis,quantity,free,unit,unit_price_usd,month_usd,estimated,why\n".to_owned();
    for line in &estimate.lines {
        let cells = [
            line.component.to_owned(),
            line.place.clone(),
            line.what.clone(),
            line.key.clone(),
            word(&line.kind),
            word(&line.basis),
            line.quantity.normalize().to_string(),
            line.free.normalize().to_string(),
            line.unit.clone(),
            line.unit_price.amount().normalize().to_string(),
            format!("{:.2}", line.month.amount()),
            line.estimated.to_string(),
            line.why.clone(),
        ];
        text.push_str(&super::csv_row(&cells));
    }
    text
}

/// A variant's name as JSON has it.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The bill for a review: one table, and every line folded away.
pub fn markdown(bill: &Bill) -> String {
    let wide = Look { width: 10_000, ..Look::PLAIN };
    let title = head(bill.architecture, &wide).lines().next().unwrap_or_default().to_owned();
    let mut text = format!(
        "### scalectl: {title}\n\n**{}**\n\n| component | month | stands | used |\n|---|--:|--:|--:|\n",
        sentence(bill.estimate, bill.range)
    );
    for piece in ranked(&bill.architecture.pieces) {
        let of = |basis: Basis| {
            let lines = bill.estimate.lines.iter().filter(|line| line.component == piece.component.name() && line.basis == basis);
            lines.map(|line| line.month).sum::<Usd>()
        };
        let (stands, used) = (of(Basis::Standing), of(Basis::Usage));
        if stands + used > Usd::ZERO {
            text.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                piece.component.label(),
                amount(stands + used),
                amount(stands),
                amount(used)
            ));
        }
    }
    text.push_str("\n<details><summary>Every line</summary>\n\n| component | what | quantity | month | why |\n|---|---|---|--:|---|\n");
    for line in &bill.estimate.lines {
        let mark = if line.estimated { "~" } else { "" };
        let cells = [line.component, &line.what, &priced(line), &format!("{mark}{}", amount(line.month)), &line.why]
            .map(|cell| cell.replace('|', "\\|"));
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text.push_str("\n</details>\n");
    text
}

/// The sums of a bill, for scripts; a plan has them too.
#[derive(Debug, Serialize)]
pub struct SumsView {
    month_usd: Decimal,
    low_usd: Decimal,
    high_usd: Decimal,
    standing_usd: Decimal,
    usage_usd: Decimal,
    estimated_usd: Decimal,
    per_thousand_users_usd: Option<Decimal>,
    unpriced: usize,
}

/// The sums of a bill.
pub fn sums(estimate: &Estimate, range: &Range) -> SumsView {
    SumsView {
        month_usd: estimate.total().amount(),
        low_usd: range.low.amount(),
        high_usd: range.high.amount(),
        standing_usd: estimate.of(Basis::Standing).amount(),
        usage_usd: estimate.of(Basis::Usage).amount(),
        estimated_usd: estimate.estimated().amount(),
        per_thousand_users_usd: estimate.per_thousand().map(|usd| usd.amount().round_dp(4)),
        unpriced: estimate.gaps.len(),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    app: &'a str,
    environment: &'a str,
    users: u64,
    phase: &'a str,
    regions: Vec<String>,
    price_region: Option<&'a str>,
    prices_from: Option<&'a str>,
    prices_to: Option<&'a str>,
    #[serde(flatten)]
    sums: SumsView,
    lines: &'a [LineItem],
    unpriced_lines: &'a [Gap],
    movers: Vec<MoverView>,
    savings: Vec<SavingView<'a>>,
}

#[derive(Serialize)]
struct MoverView {
    assumption: &'static str,
    low_usd: Decimal,
    high_usd: Decimal,
}

#[derive(Serialize)]
struct SavingView<'a> {
    what: &'a str,
    on_usd: Decimal,
    month_usd: Decimal,
    source: &'a str,
    estimated: bool,
}

/// The bill for scripts.
pub fn json(bill: &Bill) -> String {
    let Bill { architecture, estimate, range, savings, .. } = bill;
    let movers = range.movers.iter();
    pretty(&Document {
        format_version: FORMAT_VERSION,
        app: &architecture.settings.app,
        environment: &architecture.settings.environment,
        users: architecture.users.0,
        phase: &architecture.phase.id,
        regions: architecture.regions.iter().map(|region| region.region.to_string()).collect(),
        price_region: bill.price_region,
        prices_from: bill.dates.map(|(oldest, _)| oldest),
        prices_to: bill.dates.map(|(_, newest)| newest),
        sums: sums(estimate, range),
        lines: &estimate.lines,
        unpriced_lines: &estimate.gaps,
        movers: movers
            .map(|mover| MoverView { assumption: mover.assumption, low_usd: mover.low.amount(), high_usd: mover.high.amount() })
            .collect(),
        savings: savings
            .iter()
            .map(|saving| SavingView {
                what: &saving.what,
                on_usd: saving.on.amount(),
                month_usd: saving.month.amount(),
                source: &saving.source,
                estimated: saving.estimated,
            })
            .collect(),
    })
}
