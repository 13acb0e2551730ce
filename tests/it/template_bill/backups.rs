//! What copies cost that AWS Backup makes itself: those of the day and of the month, here and in a second region.

use cfn::Node;
use rust_decimal::Decimal;

use super::ground::{Place, Placed, decimal, gigabytes};
use super::list::Books;

/// How long the copies of a rule are kept, by the rule's name.
fn days(plan: &Placed, name: &str) -> Decimal {
    let rules = plan.list("BackupPlan/BackupPlanRule").iter();
    let rule = rules
        .filter(|rule| rule.get("RuleName").and_then(Node::as_str) == Some(name))
        .find_map(|rule| rule.get("Lifecycle")?.get("DeleteAfterDays")?.as_int());
    Decimal::from(rule.unwrap_or_default())
}

/// One whole copy, what changes while the daily ones are kept, and what has changed from one monthly copy to the next.
pub fn plan(books: &mut Books, place: &Place, plan: &Placed) {
    let changed = decimal(place.load.assumptions.changed_share_per_day());
    let months = (days(plan, "monthly") / Decimal::from(30)).floor();
    let copies = Decimal::ONE + changed * days(plan, "daily") + months * (changed * Decimal::from(30)).min(Decimal::ONE);
    let stored = gigabytes(place.load.stored_bytes.0);
    let key = if place.has("AWS::RDS::DBCluster") {
        "aurora.backup"
    } else if place.has("AWS::RDS::DBInstance") {
        "rds.backup"
    } else {
        "ebs.snapshot"
    };
    books.line(key, stored * copies);
    let copied = plan.list("BackupPlan/BackupPlanRule").iter().any(|rule| rule.get("CopyActions").is_some());
    if copied {
        let second = place.architecture.regions[1].region.code();
        books.line_at(second, key, stored * copies, Decimal::ONE);
        books.line("dt.inter_region_out", stored * changed * Decimal::from(730) / Decimal::from(24));
    }
}
