//! Bills that were worked by hand, line by line, from the prices quoted with them (`bills/*.yaml`): the program comes to the same cent.
//!
//! Three things are held: the quoted price is the list's, so that a changed price is seen here; the arithmetic written down is right; and the
//! program's lines and their sum are what the arithmetic says.

use std::str::FromStr;

use indexmap::IndexMap;
use rust_decimal::{Decimal, RoundingStrategy};
use scalectl::catalog::{Catalog, Prices};
use scalectl::component::{Basis, Bill, Commitment, Kind, about};
use scalectl::units::{Region, Usd};
use serde::{Deserialize, Deserializer};

use crate::tree;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    service: String,
    page: String,
    bills: Vec<Worked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Worked {
    name: String,
    /// Whose example the quantities are.
    figures: String,
    region: String,
    /// By line of the list, with ` at <place>` where that is not the region.
    prices: IndexMap<String, Exact>,
    #[serde(default)]
    discounts: IndexMap<String, Exact>,
    lines: Vec<Line>,
    /// `2 × 730 = 1460`; `, so 119.14` behind what is a line's amount.
    worked: Vec<String>,
    usd: Exact,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    bill: Way,
    key: String,
    place: Option<String>,
    count: Option<Exact>,
    quantity: Option<Exact>,
    discount: Option<String>,
}

/// The ways in which components ask the bill for a line.
#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Way {
    Machines,
    ByLoad,
    Discounted,
    Standing,
    Usage,
    At,
    Tiered,
}

/// A decimal read from its text.
struct Exact(Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exact, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str(&text).map(Exact).map_err(serde::de::Error::custom)
    }
}

fn sheets() -> Vec<(String, Sheet)> {
    let files = tree::files("tests/it/bills", "yaml");
    files
        .into_iter()
        .map(|file| (file.clone(), serde_saphyr::from_str(&tree::read(&file)).unwrap_or_else(|why| panic!("{file}: {why}"))))
        .collect()
}

/// Asks the program for the lines of a bill.
fn made<'a>(worked: &Worked, prices: &'a Prices, region: &'a Region) -> Bill<'a> {
    let mut bill = Bill::new(prices, region, false);
    for line in &worked.lines {
        let amount =
            line.count.as_ref().or(line.quantity.as_ref()).unwrap_or_else(|| panic!("{}: {} of how many?", worked.name, line.key)).0;
        let what = about(line.key.clone(), &line.key, Kind::Requests, "worked by hand");
        let place = line.place.as_deref();
        let asked = match line.bill {
            Way::Machines => bill.machines(amount, what, Some(Commitment::ComputeSavingsPlan)),
            Way::ByLoad => bill.machines_by_load(amount, what),
            Way::Discounted => bill.discounted(Basis::Usage, amount, what, line.discount.as_deref().expect("which discount")),
            Way::Standing => bill.standing(amount, what),
            Way::Usage => bill.usage(amount, what),
            Way::At => bill.at(place.expect("at which place"), Basis::Usage, amount, what),
            Way::Tiered => bill.tiered(place, Basis::Usage, amount, what),
        };
        asked.unwrap_or_else(|missing| panic!("{}: {missing}", worked.name));
    }
    bill
}

/// The value of `2 × (730 − 1.5) ÷ 4`: products before sums, from left to right.
fn value(text: &str) -> Decimal {
    let mut reader = Reader { rest: text.trim() };
    let value = reader.sum();
    assert!(reader.rest.is_empty(), "`{text}`: what is `{}`?", reader.rest);
    value
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn takes(&mut self, sign: char) -> bool {
        let Some(rest) = self.rest.strip_prefix(sign) else { return false };
        self.rest = rest.trim_start();
        true
    }

    fn sum(&mut self) -> Decimal {
        let mut value = self.product();
        loop {
            if self.takes('+') {
                value += self.product();
            } else if self.takes('−') {
                value -= self.product();
            } else {
                return value;
            }
        }
    }

    fn product(&mut self) -> Decimal {
        let mut value = self.factor();
        loop {
            if self.takes('×') {
                value *= self.factor();
            } else if self.takes('÷') {
                value /= self.factor();
            } else {
                return value;
            }
        }
    }

    fn factor(&mut self) -> Decimal {
        if self.takes('(') {
            let value = self.sum();
            assert!(self.takes(')'), "a bracket is open before `{}`", self.rest);
            return value;
        }
        let end = self.rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        number.parse().unwrap_or_else(|_| panic!("`{number}{rest}` begins with no number"))
    }
}

/// Half away from zero, as the page on the bill says.
fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Checks one line of arithmetic; gives the amount in cents where it is one of the bill's.
fn amount(name: &str, line: &str) -> Option<Decimal> {
    let (sum, result) = line.split_once(" = ").unwrap_or_else(|| panic!("{name}: `{line}` has no result"));
    let (exact, rounded) = result.split_once(", so ").map_or((result, None), |(exact, rounded)| (exact, Some(rounded)));
    let exact = value(exact);
    assert_eq!(value(sum), exact, "{name}: {line}");
    let rounded: Decimal = rounded?.parse().unwrap();
    assert_eq!(cents(exact), rounded, "{name}: {line}");
    Some(rounded)
}

#[test]
fn every_quoted_price_and_discount_is_the_lists() {
    let catalog = Catalog::builtin().unwrap();
    let prices = catalog.prices().unwrap();
    let mut wrong = Vec::new();
    for (file, sheet) in sheets() {
        for worked in &sheet.bills {
            for (line, quoted) in &worked.prices {
                let (key, place) = line.split_once(" at ").unwrap_or((line, &worked.region));
                match prices.price_at(key, place) {
                    Ok(price) if price.usd == Usd::new(quoted.0) => {}
                    Ok(price) => wrong.push(format!(
                        "{file}, {}: {key} in {place} is quoted at {}, the list says {}",
                        worked.name,
                        quoted.0,
                        price.usd.amount()
                    )),
                    Err(missing) => wrong.push(format!("{file}, {}: {missing}", worked.name)),
                }
            }
            for (id, quoted) in &worked.discounts {
                let listed = prices.discount(id).map(|discount| discount.fraction);
                if listed != Some(quoted.0) {
                    wrong.push(format!("{file}, {}: {id} is quoted at {}, the list says {listed:?}", worked.name, quoted.0));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "work these bills anew:\n{}", wrong.join("\n"));
}

#[test]
fn the_program_comes_to_the_cent_that_the_arithmetic_comes_to() {
    let catalog = Catalog::builtin().unwrap();
    let prices = catalog.prices().unwrap();
    let mut count = 0;
    for (_, sheet) in sheets() {
        for worked in &sheet.bills {
            let name = format!("{}: {}", sheet.service, worked.name);
            let amounts: Vec<Decimal> = worked.worked.iter().filter_map(|line| amount(&name, line)).collect();
            assert_eq!(amounts.iter().sum::<Decimal>(), worked.usd.0, "{name}");

            let region = catalog.region(&worked.region).unwrap();
            let bill = made(worked, prices, &region.region);
            let lines: Vec<Decimal> = bill.lines.iter().map(|line| line.month.amount()).collect();
            assert_eq!(lines, amounts, "{name}: the program's lines against the arithmetic's");
            assert_eq!(bill.lines.iter().map(|line| line.month).sum::<Usd>(), Usd::new(worked.usd.0), "{name}");
            count += 1;
        }
    }
    assert!(count >= 30, "only {count} bills are worked by hand");
}

/// A price that no bill quotes could be read wrongly without being seen; and a bill whose prices are not used proves nothing.
#[test]
fn every_bill_quotes_what_it_uses_and_names_its_page() {
    for (file, sheet) in sheets() {
        assert!(sheet.page.starts_with("https://aws.amazon.com/"), "{file}: {}", sheet.page);
        for worked in &sheet.bills {
            let name = format!("{file}, {}", worked.name);
            assert!(!worked.figures.is_empty(), "{name}: whose figures?");
            let used = |key: &str| worked.lines.iter().any(|line| key == line.key || key.starts_with(&format!("{}.tier", line.key)));
            for quoted in worked.prices.keys() {
                let (key, place) = quoted.split_once(" at ").map_or((quoted.as_str(), None), |(key, place)| (key, Some(place)));
                assert!(used(key), "{name} quotes {key} and does not use it");
                if let Some(place) = place {
                    assert!(
                        worked.lines.iter().any(|line| line.place.as_deref() == Some(place)),
                        "{name} quotes {place} and bills nothing there"
                    );
                }
            }
            for line in &worked.lines {
                let quoted = |key: &str| key == line.key || (line.bill == Way::Tiered && key.starts_with(&format!("{}.tier", line.key)));
                assert!(
                    worked.prices.keys().any(|key| quoted(key.split(' ').next().unwrap_or_default())),
                    "{name} does not quote {}",
                    line.key
                );
            }
        }
    }
}

#[test]
fn the_arithmetic_is_read_as_it_is_written() {
    assert_eq!(value("2 × (730 − 30) ÷ 4 + 1.5"), Decimal::from_str("351.5").unwrap());
    assert_eq!(amount("half", "0.5 × 0.01 = 0.005, so 0.01"), Some(Decimal::from_str("0.01").unwrap()));
    assert_eq!(amount("a step", "1 + 2 = 3"), None);
    assert!(std::panic::catch_unwind(|| amount("wrong", "2 × 2 = 5")).is_err() && std::panic::catch_unwind(|| value("2 2")).is_err());
}
