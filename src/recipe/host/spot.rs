//! Groups of machines of several types, some of them Spot: spare capacity at less than half the price, which AWS may take back.

use cfn::Id;
use cfn::resource::autoscaling::auto_scaling_group::{self as group, InstancesDistribution, LaunchTemplate, LaunchTemplateOverrides};
use cfn::resource::ec2;

use super::{fleet, newest};
use crate::block::{Request, Unplaceable};
use crate::catalog::sizing::{Needs, Rejection};
use crate::catalog::{Catalog, Class};

/// How many types a group chooses from at the most: the more, the likelier is one with capacity to spare.
const TYPES: usize = 6;

/// Types that cost more than this many times the first are not worth what Spot saves (Spot is some 55 % below the price on demand, `data/prices.yaml`).
const DEAREST: f64 = 3.0;

/// Which machines a group takes, and how many of them it may lose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mix {
    /// `t4g.small` and those that can stand in for it, cheapest first.
    pub classes: Vec<String>,
    /// Machines that are always on demand.
    pub base: u64,
    /// Of the others, how many in a hundred are Spot.
    pub spot_percent: u32,
}

/// The class that was chosen with the cheapest others that have as much of everything, one of each family first, because a family runs short
/// together.
///
/// # Errors
/// When the catalogue does not know the class any more.
pub fn mix(
    component: &'static str,
    request: &Request,
    families: &[&str],
    class: &str,
    base: u64,
    spot_percent: u32,
) -> Result<Mix, Unplaceable> {
    let chosen = find(request.catalog, class).ok_or_else(|| Unplaceable { component, problem: format!("no class is called {class}") })?;
    let needs = Needs { vcpu: chosen.sustained_vcpu(), memory: chosen.usable_memory(), connections: 0 };
    let choice = fleet::class(component, request, families, &needs)?;
    let affordable = choice.hourly.amount() * rust_decimal::Decimal::from_f64_retain(DEAREST).unwrap_or_default();
    let mut others: Vec<_> = choice
        .rejected
        .iter()
        .filter_map(|(class, why)| match why {
            Rejection::Dearer { hourly, .. } if hourly.amount() <= affordable => Some((hourly.amount(), *class)),
            _ => None,
        })
        .collect();
    others.push((choice.hourly.amount(), choice.class));
    others.retain(|(_, class)| class.name != chosen.name);
    others.sort_by_key(|(hourly, class)| (*hourly, class.name.clone()));
    let mut classes = vec![chosen];
    for first_of_family in [true, false] {
        for (_, class) in &others {
            let known = classes.iter().any(|taken| taken.name == class.name);
            let family_known = classes.iter().any(|taken| taken.family == class.family);
            if classes.len() < TYPES && !known && !(first_of_family && family_known) {
                classes.push(class);
            }
        }
    }
    Ok(Mix { classes: classes.into_iter().map(|class| class.name.clone()).collect(), base, spot_percent })
}

fn find<'a>(catalog: &'a Catalog, name: &str) -> Option<&'a Class> {
    catalog.classes_of(crate::catalog::Offering::Ec2.service()).find(|class| class.name == name)
}

impl Mix {
    /// `2 on demand, 75 % of the others on Spot, of t4g.small, t4g.medium or c7g.medium`.
    pub fn words(&self) -> String {
        let (last, others) = self.classes.split_last().map(|(last, others)| (last.as_str(), others.join(", "))).unwrap_or_default();
        let types = if others.is_empty() { last.to_owned() } else { format!("{others} or {last}") };
        let spot = if self.spot_percent >= 100 { "all others".to_owned() } else { format!("{} % of the others", self.spot_percent) };
        format!("{} on demand, {spot} on Spot, of {types}", self.base)
    }

    /// The group's policy: what is on demand is of the first type that can be had, Spot comes from where it is least likely to be taken back.
    pub fn policy(&self, template: &Id<ec2::LaunchTemplate>) -> group::MixedInstancesPolicy {
        let types: Vec<_> = self.classes.iter().map(|class| LaunchTemplateOverrides::new().instance_type(class)).collect();
        let distribution = InstancesDistribution::new()
            .on_demand_allocation_strategy("prioritized")
            .on_demand_base_capacity(i64::try_from(self.base).unwrap_or(i64::MAX))
            .on_demand_percentage_above_base_capacity(100 - i64::from(self.spot_percent.min(100)))
            .spot_allocation_strategy("capacity-optimized-prioritized");
        group::MixedInstancesPolicy::new(LaunchTemplate::new(newest(template)).overrides(types)).instances_distribution(distribution)
    }
}
