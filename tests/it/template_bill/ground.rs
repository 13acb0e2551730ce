//! What the walk stands on: resources of one region with readers of their properties, the load in decimals, and machines by the load's curve.

use cfn::{Node, Resource};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use scalectl::architecture::Architecture;
use scalectl::component::Layer;
use scalectl::render::Stack;
use scalectl::workload::Load;

/// Seconds in a month of 730 hours.
pub const MONTH: f64 = 730.0 * 3_600.0;

/// Bytes in a gigabyte as AWS bills it.
pub const GB: f64 = 1_073_741_824.0;

pub fn decimal(amount: f64) -> Decimal {
    Decimal::from_f64(amount.max(0.0)).unwrap_or_else(|| panic!("{amount} is too large"))
}

/// Bytes as billed gigabytes, divided exactly.
pub fn gigabytes(bytes: u64) -> Decimal {
    Decimal::from(bytes) / Decimal::from(1_u64 << 30)
}

/// The same of bytes that are reckoned in decimals.
pub fn gb(bytes: Decimal) -> Decimal {
    bytes / Decimal::from(1_u64 << 30)
}

/// An assumption by its name.
pub fn assumed(place: &Place, id: &str) -> Decimal {
    decimal(place.load.assumptions.value(id).unwrap_or_else(|| panic!("nothing is assumed of {id}")))
}

/// Millions.
pub fn millions(count: u64) -> Decimal {
    Decimal::from(count) / Decimal::from(1_000_000)
}

/// Whole things that cover an amount; a part in a million millions is noise of binary fractions.
pub fn whole(amount: f64) -> u64 {
    let nearest = amount.round();
    if (amount - nearest).abs() <= amount.max(1.0) * 1e-12 { nearest as u64 } else { amount.ceil() as u64 }
}

/// A resource where it stands.
pub struct Placed<'a> {
    pub id: &'a str,
    pub resource: &'a Resource,
}

impl<'a> Placed<'a> {
    pub fn component(&self) -> &'a str {
        let scalectl = self.resource.metadata.get("scalectl").and_then(|node| node.get("component")).and_then(Node::as_str);
        scalectl.unwrap_or_else(|| panic!("{} does not say whose it is", self.id))
    }

    pub fn kind(&self) -> &'a str {
        &self.resource.resource_type
    }

    /// A property by its path, `InstancesDistribution/OnDemandBaseCapacity`, `Overrides/0/InstanceType`.
    pub fn at(&self, path: &str) -> Option<&'a Node> {
        let mut steps = path.split('/');
        let node = self.resource.properties.get(steps.next().unwrap_or_default())?;
        steps.try_fold(node, |node, step| step.parse::<usize>().map_or_else(|_| node.get(step), |index| node.as_list()?.get(index)))
    }

    pub fn text(&self, path: &str) -> &'a str {
        self.at(path).and_then(Node::as_str).unwrap_or_else(|| panic!("{} has no text at {path}", self.id))
    }

    /// A number, whether it is written as one or as text.
    pub fn number(&self, path: &str) -> f64 {
        self.maybe(path).unwrap_or_else(|| panic!("{} has no number at {path}", self.id))
    }

    pub fn maybe(&self, path: &str) -> Option<f64> {
        match self.at(path)? {
            Node::Int(number) => Some(*number as f64),
            Node::Float(number) => Some(*number),
            Node::Str(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Whether it is a table with a replica in this region, whichever template it stands in.
    fn replicated_to(&self, region: &str) -> bool {
        self.list("Replicas").iter().any(|one| one.get("Region").and_then(Node::as_str) == Some(region))
    }

    pub fn list(&self, path: &str) -> &'a [Node] {
        self.at(path).and_then(Node::as_list).unwrap_or_default()
    }
}

/// One region of an architecture with the resources that are billed there.
pub struct Place<'a> {
    pub architecture: &'a Architecture,
    pub load: &'a Load,
    pub region: &'a str,
    /// Whether it leads: what is global is billed here.
    pub leads: bool,
    pub resources: Vec<Placed<'a>>,
}

impl<'a> Place<'a> {
    /// The places of the architecture in order. A stack in a region that the architecture does not stand in (content delivery's, in us-east-1) is billed
    /// where the architecture leads, and so is all that the edge has.
    pub fn all(architecture: &'a Architecture, stacks: &'a [Stack]) -> Vec<Place<'a>> {
        let regions: Vec<&str> = architecture.regions.iter().map(|region| region.region.code()).collect();
        let home = |stack: &Stack| match stack.key.layer {
            Layer::Edge => 0,
            _ => regions.iter().position(|region| *region == stack.key.region).unwrap_or(0),
        };
        let places = regions.iter().enumerate().map(|(index, region)| {
            let placed = |stack: &'a Stack| stack.template.resources.iter().map(|(id, resource)| Placed { id, resource });
            let here = stacks.iter().filter(|stack| home(stack) == index).flat_map(placed);
            // A global table stands in one template and is billed in each region that has a replica.
            let elsewhere = stacks.iter().filter(|stack| home(stack) != index).flat_map(placed).filter(|one| one.replicated_to(region));
            let resources = here.chain(elsewhere).collect();
            Place { architecture, load: &architecture.load, region, leads: index == 0, resources }
        });
        places.collect()
    }

    pub fn regions(&self) -> u64 {
        self.architecture.regions.len() as u64
    }

    /// The part of the load that this region has.
    pub fn part(&self, whole: Decimal) -> Decimal {
        whole / Decimal::from(self.regions())
    }

    pub fn of(&self, kind: &str) -> impl Iterator<Item = &Placed<'a>> {
        self.resources.iter().filter(move |one| one.kind() == kind)
    }

    pub fn has(&self, kind: &str) -> bool {
        self.of(kind).next().is_some()
    }

    pub fn has_component(&self, name: &str) -> bool {
        self.architecture.phase.components.iter().any(|block| block.name() == name)
    }

    /// The resource that `{"Ref": id}` or `{"Fn::GetAtt": [id, …]}` leads to, in this region.
    pub fn led_to(&self, node: &Node) -> &Placed<'a> {
        let (_, target) = node.intrinsic().unwrap_or_else(|| panic!("{node:?} leads nowhere"));
        let id = target.as_str().or_else(|| target.as_list()?.first()?.as_str()).unwrap_or_default();
        self.resources.iter().find(|one| one.id == id).unwrap_or_else(|| panic!("there is no {id}"))
    }

    /// Requests of a month that this region answers.
    pub fn requests(&self) -> Decimal {
        self.part(Decimal::from(self.load.requests_month))
    }

    /// Content delivery stands in front, wherever its stack is.
    pub fn delivered(&self) -> bool {
        self.has_component("content_delivery")
    }

    pub fn cached(&self) -> bool {
        self.has_component("cache")
    }
}

/// vCPUs of a Graviton size without its family's prefix, `r8g.2xlarge` (EC2 user guide, instance types).
pub fn vcpus(class: &str) -> f64 {
    let (family, size) = class.rsplit_once('.').unwrap_or_else(|| panic!("{class} is no class"));
    match size {
        "nano" | "micro" | "small" => 2.0,
        "medium" if family.contains("t4g") => 2.0,
        "medium" => 1.0,
        "large" => 2.0,
        "xlarge" => 4.0,
        _ => size
            .strip_suffix("xlarge")
            .and_then(|times| times.parse::<f64>().ok())
            .map_or_else(|| panic!("{class} has how many vCPUs?"), |times| times * 4.0),
    }
}

/// vCPUs that a class sustains for hours: all of them, or a burstable class's baseline (EC2 user guide, burstable performance instances).
pub fn sustained(class: &str) -> f64 {
    let baseline = match class.strip_prefix("t4g.") {
        None => 1.0,
        Some("nano") => 0.05,
        Some("micro") => 0.10,
        Some("small" | "medium") => 0.20,
        Some("large") => 0.30,
        Some(_) => 0.40,
    };
    vcpus(class) * baseline
}

/// Bytes of memory of a Graviton size: by vCPU in each family but the burstable one, where it doubles with the size (EC2 user guide, instance types).
pub fn memory(class: &str) -> f64 {
    let gib = match class.split_once('.') {
        Some(("t4g", size)) => match size {
            "nano" => 0.5,
            "micro" => 1.0,
            "small" => 2.0,
            "medium" => 4.0,
            _ => vcpus(class) * 4.0,
        },
        Some((family, _)) => match family.chars().next() {
            Some('c') => vcpus(class) * 2.0,
            Some('m') => vcpus(class) * 4.0,
            Some('r') => vcpus(class) * 8.0,
            _ => panic!("{class} has how much memory?"),
        },
        None => panic!("{class} is no class"),
    };
    gib * GB
}

/// The mean of what lies above a level, when over the day the load falls from its peak P by a power of time: L(t) = P (1 − t)^(p − 1), whose mean is P ÷ p.
///
/// With u = 1 − t it lies above the level for u in (e, 1], e = (level ÷ P)^(1 ÷ (p − 1)). There ∫ P u^(p−1) du = P (1 − e^p) ÷ p, less level × (1 − e).
pub fn above(mean: f64, p: f64, level: f64) -> f64 {
    let peak = mean * p;
    if level >= peak {
        return 0.0;
    }
    if p <= 1.0 {
        return mean - level;
    }
    let edge = (level / peak).powf((p - 1.0).recip());
    peak / p * (1.0 - edge.powf(p)) - level * (1.0 - edge)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The curve's own area is its mean, and what lies above a level is what a sum of a million strips says.
    #[test]
    fn what_lies_above_a_level_is_the_area_under_the_curve() {
        for (mean, p) in [(1.157, 3.0), (57.87, 2.0), (1157.4, 4.5)] {
            let peak = mean * p;
            for level in [0.0, 0.1 * peak, mean, 0.9 * peak] {
                let strips = 1_000_000;
                let strip = |index: i32| (peak * (1.0 - (f64::from(index) + 0.5) / f64::from(strips)).powf(p - 1.0) - level).max(0.0);
                let sum = (0..strips).map(strip).sum::<f64>() / f64::from(strips);
                let closed = above(mean, p, level);
                assert!((sum - closed).abs() < 1e-5 * mean, "mean {mean}, p {p}, level {level}: {sum} against {closed}");
            }
            assert!((above(mean, p, 0.0) - mean).abs() < 1e-12 * mean && above(mean, p, peak) == 0.0);
        }
        assert!((above(10.0, 1.0, 4.0) - 6.0).abs() < 1e-12, "a flat load lies above the level all day");
    }

    #[test]
    fn classes_have_the_processors_that_their_names_say() {
        for (class, all, lasting) in
            [("t4g.small", 2.0, 0.4), ("t4g.xlarge", 4.0, 1.6), ("m7g.medium", 1.0, 1.0), ("c8g.2xlarge", 8.0, 8.0)]
        {
            assert!((vcpus(class) - all).abs() < 1e-12 && (sustained(class) - lasting).abs() < 1e-12, "{class}");
        }
        assert!((vcpus("db.r8g.12xlarge") - 48.0).abs() < 1e-12);
    }
}
