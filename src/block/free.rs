//! What an account has free of charge each month, whoever in it uses it first.

use indexmap::IndexMap;
use rust_decimal::Decimal;

/// Free each month and account for as long as the account lives, by the line of the price list (of tiers their common part), in the line's unit.
/// What is free for an account's first year only is not here: a bill that rises after a year by itself would not be told before.
///
/// Sources: notes of `data/prices.yaml` and its lines `*.free.*`; AWS pricing pages of CloudWatch, DynamoDB, KMS, SNS, Step Functions and X-Ray.
const FREE: [(&str, Decimal); 17] = [
    ("cloudfront.data_out", Decimal::from_parts(1_024, 0, 0, false, 0)),
    ("cloudfront.requests.https", Decimal::from_parts(10, 0, 0, false, 0)),
    ("cloudfront.functions.invocations", Decimal::from_parts(2, 0, 0, false, 0)),
    ("cloudwatch.alarm", Decimal::from_parts(10, 0, 0, false, 0)),
    ("cloudwatch.dashboard", Decimal::from_parts(3, 0, 0, false, 0)),
    ("cloudwatch.logs.ingest", Decimal::from_parts(5, 0, 0, false, 0)),
    ("cloudwatch.logs.storage", Decimal::from_parts(5, 0, 0, false, 0)),
    ("cloudwatch.metric", Decimal::from_parts(10, 0, 0, false, 0)),
    ("dt.internet_out", Decimal::from_parts(100, 0, 0, false, 0)),
    ("dynamodb.storage", Decimal::from_parts(25, 0, 0, false, 0)),
    ("kms.requests", Decimal::from_parts(2, 0, 0, false, 0)),
    ("lambda.arm64.gb_second", Decimal::from_parts(400_000, 0, 0, false, 0)),
    ("lambda.requests", Decimal::from_parts(1, 0, 0, false, 0)),
    ("sns.publish", Decimal::from_parts(1, 0, 0, false, 0)),
    ("sqs.standard", Decimal::from_parts(1, 0, 0, false, 0)),
    ("stepfunctions.standard", Decimal::from_parts(4, 0, 0, false, 0)),
    ("xray.traces", Decimal::from_parts(1, 0, 0, false, 1)),
];

/// What is left of the allowances while a bill is made.
#[derive(Debug, Clone)]
pub struct Allowances(IndexMap<&'static str, Decimal>);

impl Default for Allowances {
    fn default() -> Self {
        Allowances(FREE.into_iter().collect())
    }
}

impl Allowances {
    /// Takes what is left of a line's allowance, at most `quantity`, in the line's unit.
    pub fn take(&mut self, key: &str, quantity: Decimal) -> Decimal {
        let Some(left) = self.0.get_mut(key) else { return Decimal::ZERO };
        let taken = (*left).min(quantity).max(Decimal::ZERO);
        *left -= taken;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{Basis, Bill, Kind, about};
    use crate::catalog::Catalog;

    #[test]
    fn an_allowance_is_used_up_once_by_all_together() {
        let mut free = Allowances::default();
        assert_eq!(free.take("cloudwatch.alarm", Decimal::from(7)), Decimal::from(7));
        assert_eq!(free.take("cloudwatch.alarm", Decimal::from(7)), Decimal::from(3));
        assert_eq!(free.take("cloudwatch.alarm", Decimal::from(7)), Decimal::ZERO);
        assert_eq!(free.take("alb.hour", Decimal::from(7)), Decimal::ZERO, "nobody has balancers for nothing");
    }

    #[test]
    fn what_is_free_of_tiers_is_counted_in_the_billed_unit_and_not_in_single_requests() {
        let catalog = Catalog::builtin().unwrap();
        let region = "us-east-1".parse().unwrap();
        let mut bill = Bill::new(catalog.prices().unwrap(), &region, false);
        bill.free = Allowances([("apigw.http", Decimal::ONE)].into_iter().collect());
        let calls = about("API, calls", "apigw.http", Kind::Requests, "3 M");
        bill.tiered(None, Basis::Usage, Decimal::from(3_000_000), calls).unwrap();
        let line = &bill.lines[0];
        // Two of three million at 1.00 USD.
        assert_eq!((line.quantity, line.free, line.month), (Decimal::from(3), Decimal::ONE, "2".parse().unwrap()));
    }
}
