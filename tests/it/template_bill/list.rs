//! The price list read anew, apart from the program's own reader: exact decimals, tiers, what is free, and the lines of a bill.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, RoundingStrategy};

use crate::tree;

/// One line of `data/prices.yaml`.
pub struct Entry {
    unit: String,
    from: Decimal,
    to: Option<Decimal>,
    usd: BTreeMap<String, Decimal>,
}

/// The list, by key.
pub struct List {
    prices: BTreeMap<String, Entry>,
    /// The part of the price that Spot saves.
    pub spot: Decimal,
}

/// Published prices are also written like `1.66667e-05`.
fn number(text: &str) -> Decimal {
    let text = text.trim();
    Decimal::from_scientific(text).or_else(|_| text.parse()).unwrap_or_else(|_| panic!("`{text}` is no number"))
}

/// What stands behind `name: ` in a flow map, up to the comma, or up to the bracket where it is a map itself.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let at = text.find(&format!("{{{name}: ")).or_else(|| text.find(&format!(" {name}: ")))? + name.len() + 3;
    let rest = &text[at..];
    match rest.strip_prefix('{') {
        Some(inside) => inside.split('}').next(),
        None => rest.split([',', '}']).next(),
    }
}

impl List {
    pub fn read() -> List {
        let text = tree::read("data/prices.yaml");
        let (head, body) = text.split_once("\nprices:\n").unwrap();
        let spot = head
            .lines()
            .find_map(|line| line.trim().strip_prefix("spot.ec2.typical: "))
            .and_then(|line| field(line, "fraction"))
            .map(number);
        let lines = body.lines().filter(|line| line.starts_with("  ") && !line.trim_start().starts_with('#'));
        let prices = lines.map(|line| {
            let (key, text) = line.trim().split_once(": ").unwrap();
            let places = field(text, "usd").unwrap().split(',').map(|pair| {
                let (place, usd) = pair.split_once(':').unwrap();
                (place.trim().to_owned(), number(usd))
            });
            let bound = |name| field(text, name).map(number);
            let entry = Entry {
                unit: field(text, "unit").unwrap().to_owned(),
                from: bound("from").unwrap_or_default(),
                to: bound("to"),
                usd: places.collect(),
            };
            (key.to_owned(), entry)
        });
        List { prices: prices.collect(), spot: spot.unwrap() }
    }

    /// The price in a place; a price without places is everywhere the same; what is known of us-east-1 only stands in elsewhere.
    pub fn price(&self, key: &str, place: &str) -> Decimal {
        let entry = &self.prices[key];
        let found = [place, "global", "us-east-1"].into_iter().find_map(|place| entry.usd.get(place));
        *found.unwrap_or_else(|| panic!("the price list has no {key} in {place}"))
    }

    pub fn has(&self, key: &str) -> bool {
        self.prices.contains_key(key)
    }

    fn tiers(&self, prefix: &str) -> Vec<&Entry> {
        (1..).map_while(|tier| self.prices.get(&format!("{prefix}.tier{tier}"))).collect()
    }

    /// A quantity of what the tiers' bounds count. A later tier without a price in the place costs what the one before it does, the first without one
    /// is an error; the last is open.
    pub fn tiered(&self, prefix: &str, place: &str, quantity: Decimal) -> Decimal {
        let tiers = self.tiers(prefix);
        let mut price = None;
        let mut sum = Decimal::ZERO;
        for (index, tier) in tiers.iter().enumerate() {
            price = tier.usd.get(place).or(tier.usd.get("global")).copied().or(price);
            let upper = if index + 1 == tiers.len() { None } else { tier.to };
            let end = upper.map_or(quantity, |to| to.min(quantity));
            let inside = (end - tier.from).max(Decimal::ZERO);
            sum += inside / self.bundle(prefix) * price.unwrap_or_else(|| panic!("the price list has no {prefix} in {place}"));
        }
        sum
    }

    /// How many of what is counted one price is for.
    pub fn bundle(&self, prefix: &str) -> Decimal {
        let first = self.tiers(prefix).first().copied().unwrap_or_else(|| panic!("{prefix} has no tiers"));
        Decimal::from(if first.unit.starts_with("1M-") { 1_000_000 } else { 1 })
    }
}

/// What an account has free each month, for as long as it lives, in the unit of the price. By the pages of AWS on prices: CloudFront 1 TB, 10 M requests,
/// 2 M runs of functions; CloudWatch 10 metrics, 10 alarms, 3 dashboards, 5 GB of logs; data transfer 100 GB; DynamoDB 25 GB; KMS 20,000 uses; Lambda
/// 1 M calls, 400,000 GB-seconds; SNS and SQS 1 M; Step Functions 4,000 transitions; X-Ray 100,000 traces.
const FREE: [(&str, &str); 17] = [
    ("cloudfront.data_out", "1024"),
    ("cloudfront.requests.https", "10"),
    ("cloudfront.functions.invocations", "2"),
    ("cloudwatch.alarm", "10"),
    ("cloudwatch.dashboard", "3"),
    ("cloudwatch.logs.ingest", "5"),
    ("cloudwatch.logs.storage", "5"),
    ("cloudwatch.metric", "10"),
    ("dt.internet_out", "100"),
    ("dynamodb.storage", "25"),
    ("kms.requests", "2"),
    ("lambda.arm64.gb_second", "400000"),
    ("lambda.requests", "1"),
    ("sns.publish", "1"),
    ("sqs.standard", "1"),
    ("stepfunctions.standard", "4"),
    ("xray.traces", "0.1"),
];

/// One line as this side works it out.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub component: String,
    pub place: String,
    pub key: String,
    pub quantity: Decimal,
    pub month: Decimal,
}

/// The lines so far, and what is left of what is free.
pub struct Books<'a> {
    pub list: &'a List,
    pub lines: Vec<Line>,
    /// What the list has no price for.
    pub gaps: BTreeSet<String>,
    /// Whose lines these are.
    pub component: String,
    /// The region whose prices count.
    pub place: String,
    free: BTreeMap<&'static str, Decimal>,
}

impl<'a> Books<'a> {
    pub fn open(list: &'a List) -> Books<'a> {
        let free = FREE.iter().map(|(key, much)| (*key, number(much))).collect();
        Books { list, lines: Vec::new(), gaps: BTreeSet::new(), component: String::new(), place: String::new(), free }
    }

    /// What is left of the free quantity, at most `quantity`, is used up.
    fn gratis(&mut self, key: &str, quantity: Decimal) -> Decimal {
        let Some(left) = self.free.get_mut(key) else { return Decimal::ZERO };
        let taken = quantity.min(*left);
        *left -= taken;
        taken
    }

    /// A quantity in the price's unit.
    pub fn line(&mut self, key: &str, quantity: impl Into<Decimal>) {
        let place = self.place.clone();
        self.line_at(&place, key, quantity.into(), Decimal::ONE);
    }

    /// Machines and the like through a month of 730 hours.
    pub fn hours(&mut self, key: &str, count: impl Into<Decimal>) {
        self.line(key, count.into() * Decimal::from(730));
    }

    /// Machines through a month, of which Spot costs only a part.
    pub fn spot_hours(&mut self, key: &str, count: Decimal) {
        let (place, part) = (self.place.clone(), Decimal::ONE - self.list.spot);
        self.line_at(&place, key, count * Decimal::from(730), part);
    }

    pub fn line_at(&mut self, place: &str, key: &str, quantity: Decimal, part: Decimal) {
        if !self.list.has(key) {
            self.gaps.insert(key.to_owned());
            return;
        }
        let free = self.gratis(key, quantity);
        let usd = self.list.price(key, place) * part * (quantity - free);
        self.put(place, key, quantity, usd);
    }

    /// A quantity of what the tiers' bounds count.
    pub fn tiered(&mut self, place: &str, prefix: &str, quantity: impl Into<Decimal>) {
        let quantity = quantity.into();
        let bundle = self.list.bundle(prefix);
        let free = self.gratis(prefix, quantity / bundle) * bundle;
        let usd = self.list.tiered(prefix, place, quantity - free);
        self.put(place, prefix, quantity / bundle, usd);
    }

    fn put(&mut self, place: &str, key: &str, quantity: Decimal, usd: Decimal) {
        if quantity.is_zero() {
            return;
        }
        assert!(quantity > Decimal::ZERO, "{}: {quantity} of {key}", self.component);
        // Half away from zero.
        let month = usd.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        self.lines.push(Line { component: self.component.clone(), place: place.to_owned(), key: key.to_owned(), quantity, month });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiered(prefix: &str, place: &str, quantity: i64) -> String {
        List::read().tiered(prefix, place, Decimal::from(quantity)).normalize().to_string()
    }

    #[test]
    fn the_list_is_read_anew_as_it_is_written() {
        let list = List::read();
        assert_eq!(list.price("ec2.t4g.small", "eu-central-1").to_string(), "0.0192");
        assert_eq!(list.price("lambda.arm64.gb_second.tier1", "us-east-1").to_string(), "0.0000133334");
        assert_eq!(list.price("route53.zone", "eu-west-1"), Decimal::new(5, 1), "global serves every place");
        assert_eq!(list.price("xray.traces", "eu-west-1"), Decimal::from(5), "us-east-1 stands in");
        assert_eq!(list.spot.to_string(), "0.55");
        assert!(list.prices.len() > 300);
    }

    /// 10,240 × 0.09 + 40,960 × 0.085 + 102,400 × 0.07 + 46,300 × 0.05.
    #[test]
    fn each_part_of_a_quantity_has_its_tiers_price() {
        assert_eq!(tiered("dt.internet_out", "us-east-1", 199_900), "13886.2");
        assert_eq!(tiered("dt.internet_out", "us-east-1", 10_240), "921.6");
        assert_eq!(tiered("dt.internet_out", "us-east-1", 10_241), "921.685");
        assert_eq!(tiered("apigw.http", "us-east-1", 450_000_000), "435");
        assert_eq!(
            tiered("cloudfront.data_out", "edge-europe", 20_480),
            "1740.8",
            "the first tier's price goes on where there is no other"
        );
    }

    #[test]
    fn what_is_free_is_free_once() {
        let list = List::read();
        let mut books = Books::open(&list);
        books.place = "us-east-1".to_owned();
        for (alarms, usd) in [(7, "0"), (7, "0.40"), (7, "0.70")] {
            books.line("cloudwatch.alarm", alarms);
            assert_eq!(books.lines.last().unwrap().month, number(usd));
        }
    }
}
