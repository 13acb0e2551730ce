//! The two questions that every component asks: how many, and which class.

use std::fmt;

use super::{Catalog, Class, Offering, Prices};
use crate::units::{Bytes, Region, Usd, number, whole};

/// How many units carry `load` when each carries `per_unit_capacity` at full tilt and is to be filled to `target_utilisation` (0 to 1).
///
/// 0 for no load; the caller adds what availability asks for. A capacity that is already measured at the target is passed with a target of 1.
/// A capacity or target of zero can carry nothing, which gives `u64::MAX`.
pub fn count_for(load: f64, per_unit_capacity: f64, target_utilisation: f64) -> u64 {
    if load.is_nan() || load <= 0.0 {
        return 0;
    }
    let capacity = per_unit_capacity * target_utilisation;
    if capacity > 0.0 { whole(load / capacity) } else { u64::MAX }
}

/// What a machine must have.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Needs {
    /// vCPUs kept busy; a burstable class counts with its baseline only.
    pub vcpu: f64,
    /// Memory; of a cache node what data may fill.
    pub memory: Bytes,
    /// PostgreSQL connections; 0 where they do not matter.
    pub connections: u64,
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} vCPU and {}", number(self.vcpu), self.memory.binary())?;
        if self.connections > 0 {
            write!(f, " and {} connections", crate::units::thousands(self.connections))?;
        }
        Ok(())
    }
}

/// Why a class was not taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rejection {
    /// Not enough lasting CPU.
    Vcpu {
        /// What it sustains.
        has: f64,
        /// What is needed.
        needs: f64,
    },
    /// Not enough memory.
    Memory {
        /// What it has.
        has: Bytes,
        /// What is needed.
        needs: Bytes,
    },
    /// Not enough connections.
    Connections {
        /// Its `max_connections`.
        has: u64,
        /// What is needed.
        needs: u64,
    },
    /// No price in the region: not offered there as far as we know.
    NotOffered,
    /// It would do, but costs at least as much.
    Dearer {
        /// Its price per hour.
        hourly: Usd,
        /// The price of the class taken.
        taken: Usd,
    },
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejection::Vcpu { has, needs } => write!(f, "sustains {} vCPU, {} needed", number(*has), number(*needs)),
            // Where both round to the same, the unit below tells them apart.
            Rejection::Memory { has, needs } if has.binary().to_string() == needs.binary().to_string() => {
                let mib = |bytes: &Bytes| crate::units::thousands(bytes.0.div_ceil(Bytes::MIB));
                write!(f, "{} MiB usable, {} MiB needed", mib(has), mib(needs))
            }
            Rejection::Memory { has, needs } => write!(f, "{} usable, {} needed", has.binary(), needs.binary()),
            Rejection::Connections { has, needs } => {
                write!(f, "{} connections, {} needed", crate::units::thousands(*has), crate::units::thousands(*needs))
            }
            Rejection::NotOffered => write!(f, "no price in this region, so not offered there as far as we know"),
            Rejection::Dearer { hourly, taken } => write!(f, "would do, but costs {} an hour against {}", exact(*hourly), exact(*taken)),
        }
    }
}

/// Hourly prices differ in the fourth decimal, which a display in cents would hide.
fn exact(usd: Usd) -> String {
    format!("{} USD", usd.amount().normalize())
}

/// The class taken, and every other one with the reason against it.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice<'a> {
    /// The cheapest that fits.
    pub class: &'a Class,
    /// Its price for an hour.
    pub hourly: Usd,
    /// Whether that price is an estimate.
    pub estimated: bool,
    /// All others, in the order of families and sizes.
    pub rejected: Vec<(&'a Class, Rejection)>,
}

/// No class carries the needs.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("no class of {families} in {region} has {needs}; {hint}")]
pub struct NoClass {
    /// The families looked at.
    pub families: String,
    /// The region.
    pub region: Region,
    /// What was needed.
    pub needs: Needs,
    /// What comes nearest, or that there is nothing.
    pub hint: String,
}

/// The classes of some families in a region, each with what an hour costs; prices are looked up once, however often a class is chosen.
#[derive(Debug)]
pub struct Market<'a> {
    families: String,
    region: &'a Region,
    classes: Vec<(&'a Class, Option<(Usd, bool)>)>,
}

impl<'a> Market<'a> {
    /// The classes of the given families (with their prefix: `t4g`, `db.r8g`, `cache.r7g`). Of several offerings one each is bought together, and a
    /// class that lacks the price of one of them is not offered.
    pub fn new(catalog: &'a Catalog, prices: &Prices, region: &'a Region, offerings: &[Offering], families: &[&str]) -> Market<'a> {
        let Some(first) = offerings.first() else { return Market { families: String::new(), region, classes: Vec::new() } };
        let price = |class: &Class| {
            offerings.iter().try_fold((Usd::ZERO, false), |(usd, estimated), offering| {
                let price = prices.price(&offering.key(class), region).ok()?;
                Some((usd + price.usd, estimated || price.estimated))
            })
        };
        let classes = catalog.classes_of(first.service()).filter(|class| families.contains(&class.family.as_str()));
        Market { families: families.join(", "), region, classes: classes.map(|class| (class, price(class))).collect() }
    }

    /// The same without the classes that do not do for a reason of their own.
    #[must_use]
    pub fn only(mut self, does: impl Fn(&Class) -> bool) -> Market<'a> {
        self.classes.retain(|(class, _)| does(class));
        self
    }

    /// The classes that are offered, family by family, each from small to large, with what an hour costs.
    pub fn offered(&self) -> impl Iterator<Item = (&'a Class, Usd)> + '_ {
        self.classes.iter().filter_map(|(class, price)| price.map(|(usd, _)| (*class, usd)))
    }

    /// The cheapest class that meets the needs; of two at one price the one with more memory.
    ///
    /// # Errors
    /// When no class does.
    pub fn cheapest(&self, needs: &Needs) -> Result<Choice<'a>, NoClass> {
        let mut fitting = Vec::new();
        let mut rejected = Vec::new();
        for (class, price) in &self.classes {
            match (price, unmet(class, needs)) {
                (None, _) => rejected.push((*class, Rejection::NotOffered)),
                (Some(_), Some(rejection)) => rejected.push((*class, rejection)),
                (Some((usd, estimated)), None) => fitting.push((*class, *usd, *estimated)),
            }
        }
        fitting.sort_by_key(|(class, usd, _)| (*usd, std::cmp::Reverse(class.memory)));
        let mut fitting = fitting.into_iter();
        let Some((class, hourly, estimated)) = fitting.next() else {
            let (families, region) = (self.families.clone(), self.region.clone());
            return Err(NoClass { families, region, needs: *needs, hint: largest(&rejected) });
        };
        rejected.extend(fitting.map(|(other, dearer, _)| (other, Rejection::Dearer { hourly: dearer, taken: hourly })));
        rejected.sort_by(|(a, _), (b, _)| (&a.family, a.vcpu, a.memory).cmp(&(&b.family, b.vcpu, b.memory)));
        Ok(Choice { class, hourly, estimated, rejected })
    }

    /// What an hour of the cheapest class that meets the needs costs; none where none does.
    pub fn least(&self, needs: &Needs) -> Option<Usd> {
        self.offered().filter(|(class, _)| unmet(class, needs).is_none()).map(|(_, usd)| usd).min()
    }

    /// The nearest class to the one chosen: the dearest of those that cost less, with what it lacks; where it is the cheapest of all, the next dearer.
    pub fn nearest(&self, choice: &Choice<'a>) -> Option<(&'a Class, Rejection)> {
        let priced =
            || self.offered().filter_map(|(class, usd)| Some((usd, choice.rejected.iter().find(|(other, _)| other.name == class.name)?)));
        let below = priced().filter(|(usd, _)| *usd < choice.hourly).max_by_key(|(usd, (class, _))| (*usd, class.memory));
        let found = below.or_else(|| priced().filter(|(usd, _)| *usd > choice.hourly).min_by_key(|(usd, _)| *usd));
        found.map(|(_, (class, why))| (*class, *why))
    }
}

/// The cheapest class of the given families (with their prefix: `t4g`, `db.r8g`, `cache.r7g`) that meets the needs in a region; of two
/// at one price the one with more memory.
pub fn cheapest_class<'a>(
    catalog: &'a Catalog,
    prices: &Prices,
    region: &'a Region,
    offering: Offering,
    families: &[&str],
    needs: &Needs,
) -> Result<Choice<'a>, NoClass> {
    Market::new(catalog, prices, region, &[offering], families).cheapest(needs)
}

/// The first need that a class does not meet, if any.
pub fn unmet(class: &Class, needs: &Needs) -> Option<Rejection> {
    let memory = class.usable_memory();
    // Rounding noise of a computed need must not cost the next larger class.
    if class.sustained_vcpu() < needs.vcpu * (1.0 - 1e-9) {
        return Some(Rejection::Vcpu { has: class.sustained_vcpu(), needs: needs.vcpu });
    }
    if memory < needs.memory {
        return Some(Rejection::Memory { has: memory, needs: needs.memory });
    }
    let connections = class.max_connections();
    (connections < needs.connections).then_some(Rejection::Connections { has: connections, needs: needs.connections })
}

fn largest(rejected: &[(&Class, Rejection)]) -> String {
    let offered = rejected.iter().filter(|(_, why)| *why != Rejection::NotOffered);
    match offered.max_by_key(|(class, _)| (class.memory, class.vcpu)) {
        Some((class, why)) => format!("the largest, {}: {why}", class.name),
        None => "there is none with a price there".to_owned(),
    }
}
