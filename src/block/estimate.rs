//! A bill as a value: lines that add up to the cent, and what could not be priced.

use rust_decimal::Decimal;

use super::{Basis, Gap, Kind, LineItem};
use crate::units::{Usd, Users};

/// The bill of a month, in cents that add up.
#[derive(Debug, Clone, Default)]
pub struct Estimate {
    /// Whose number of users it is for.
    pub users: Users,
    /// All lines, in the order of regions and components.
    pub lines: Vec<LineItem>,
    /// What has no price: its cost is unknown and not in any sum.
    pub gaps: Vec<Gap>,
}

impl Estimate {
    /// The sum of all lines.
    pub fn total(&self) -> Usd {
        self.lines.iter().map(|line| line.month).sum()
    }

    /// The sum of what stands, or of what is used.
    pub fn of(&self, basis: Basis) -> Usd {
        self.lines.iter().filter(|line| line.basis == basis).map(|line| line.month).sum()
    }

    /// The sum of one kind of cost.
    pub fn of_kind(&self, kind: Kind) -> Usd {
        self.lines.iter().filter(|line| line.kind == kind).map(|line| line.month).sum()
    }

    /// The sum of lines that rest on estimated prices.
    pub fn estimated(&self) -> Usd {
        self.lines.iter().filter(|line| line.estimated).map(|line| line.month).sum()
    }

    /// The part of the total that rests on estimated prices, 0 to 1.
    pub fn estimated_share(&self) -> Decimal {
        self.estimated().amount().checked_div(self.total().amount()).unwrap_or_default()
    }

    /// The total for a thousand users; none without users.
    pub fn per_thousand(&self) -> Option<Usd> {
        let users = Decimal::from(self.users.0);
        self.total().amount().checked_mul(Decimal::ONE_THOUSAND)?.checked_div(users).map(Usd::new)
    }
}
