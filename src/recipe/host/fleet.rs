//! How many machines of which class carry a load, and what the loss of a zone may do to it.

use crate::block::{Request, Unplaceable};
use crate::catalog::sizing::{Choice, Needs, cheapest_class};
use crate::catalog::{Class, Offering};
use crate::units::{Bytes, Usd, number, whole};

/// General-purpose and compute-optimised families for whoever runs the app, all arm64.
pub const APP_FAMILIES: &[&str] = &["t4g", "m7g", "c7g", "m8g", "c8g"];

/// More machines than this in one zone are harder to run than larger ones.
const MOST_PER_ZONE: u64 = 40;

/// A group of machines.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// `t4g.small`.
    pub class: String,
    /// How many carry the load.
    pub count: u64,
    /// How many would carry the load if nothing ever failed.
    pub alone: u64,
    /// vCPUs that one machine sustains.
    pub sustained: f64,
    /// CPU utilisation in percent that one machine may show for hours: the baseline of a burstable class, else the target.
    pub target: f64,
    /// What the loss of a zone may do.
    pub loss: Loss,
}

/// What one machine must have, from the vCPUs that it is to keep busy.
pub type MemoryOf<'a> = &'a dyn Fn(f64) -> Bytes;

/// What the loss of a zone may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Nothing: those that are left carry the load.
    Carried,
    /// Work waits until there are machines again.
    Delayed,
}

/// The cheapest class that meets the needs in the region of the first stacks.
///
/// # Errors
/// When no class of the families does; the error says what is missing.
pub fn class<'a>(component: &'static str, request: &Request<'a>, families: &[&str], needs: &Needs) -> Result<Choice<'a>, Unplaceable> {
    let unplaceable = |problem: String| Unplaceable { component, problem };
    let prices = request.catalog.prices().map_err(|error| unplaceable(error.to_string()))?;
    cheapest_class(request.catalog, prices, &request.region.region, Offering::Ec2, families, needs)
        .map_err(|error| unplaceable(error.to_string()))
}

/// The cheapest count and class that keep `vcpus` busy, the same number in each zone.
///
/// # Errors
/// When no class of the families carries its part.
pub fn fleet(
    component: &'static str,
    request: &Request,
    families: &[&str],
    vcpus: f64,
    loss: Loss,
    memory: MemoryOf,
) -> Result<Fleet, Unplaceable> {
    let zones = u64::try_from(request.zones).unwrap_or(1).max(1);
    let mut best: Option<(Usd, u64, &Class)> = None;
    let mut last = None;
    for per_zone in 1..=MOST_PER_ZONE {
        let count = per_zone * zones;
        let share = vcpus / survivors(count, zones, loss);
        match class(component, request, families, &Needs { vcpu: share, memory: memory(share), connections: 0 }) {
            Ok(choice) => {
                let cost = choice.hourly.times(count);
                if best.as_ref().is_none_or(|(least, _, _)| cost < *least) {
                    best = Some((cost, count, choice.class));
                }
            }
            Err(error) => last = Some(error),
        }
    }
    match (best, last) {
        (Some((_, count, class)), _) => Ok(Fleet::new(request, class, count, vcpus, loss)),
        (None, Some(error)) => Err(error),
        (None, None) => Err(Unplaceable { component, problem: "no number of machines was tried".to_owned() }),
    }
}

/// How many of `count` machines must do when one zone is gone; in a single zone there is nothing to lose but all.
fn survivors(count: u64, zones: u64, loss: Loss) -> f64 {
    let lost = if zones > 1 && loss == Loss::Carried { count.div_ceil(zones) } else { 0 };
    (count - lost) as f64
}

impl Fleet {
    fn new(request: &Request, class: &Class, count: u64, vcpus: f64, loss: Loss) -> Fleet {
        let sustained = class.sustained_vcpu();
        let target = class.baseline_percent.map_or(request.assumptions.utilisation_target_app() * 100.0, f64::from);
        Fleet { class: class.name.clone(), count, alone: whole(vcpus / sustained).max(1), sustained, target, loss }
    }

    /// How many carry another load; a whole number in each zone.
    pub fn count_for(&self, vcpus: f64, zones: usize) -> u64 {
        let zones = u64::try_from(zones).unwrap_or(1).max(1);
        let needed = if zones > 1 && self.loss == Loss::Carried {
            vcpus / self.sustained * zones as f64 / (zones - 1) as f64
        } else {
            vcpus / self.sustained
        };
        whole(needed).max(1).div_ceil(zones) * zones
    }

    /// `2 × t4g.small sustain 0.4 vCPU each`.
    pub fn words(&self) -> String {
        format!("{} × {} sustain {} vCPU each", self.count, self.class, number(self.sustained))
    }
}

/// `two zones`, as people say it.
pub fn zones_in_words(zones: usize) -> String {
    match zones {
        1 => "one zone".to_owned(),
        2 => "two zones".to_owned(),
        3 => "three zones".to_owned(),
        more => format!("{more} zones"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet(loss: Loss) -> Fleet {
        Fleet { class: "c7g.large".to_owned(), count: 2, alone: 1, sustained: 2.0, target: 60.0, loss }
    }

    #[test]
    fn what_is_left_without_one_zone_carries_the_load() {
        assert_eq!(fleet(Loss::Carried).count_for(2.0, 2), 2);
        assert_eq!(fleet(Loss::Carried).count_for(2.1, 2), 4);
        assert_eq!(fleet(Loss::Carried).count_for(8.0, 3), 6);
        assert_eq!(fleet(Loss::Delayed).count_for(4.0, 2), 2);
        assert_eq!(fleet(Loss::Carried).count_for(0.0, 3), 3);
    }

    #[test]
    fn the_survivors_are_counted_after_the_fullest_zone_is_gone() {
        assert_eq!(whole(survivors(4, 2, Loss::Carried)), 2);
        assert_eq!(whole(survivors(9, 3, Loss::Carried)), 6);
        assert_eq!(whole(survivors(4, 2, Loss::Delayed)), 4);
        assert_eq!(whole(survivors(1, 1, Loss::Carried)), 1);
    }
}
