//! What machines and what stands around them cost: hosts, groups, tasks, disks, addresses.

use cfn::Node;
use rust_decimal::Decimal;

use super::ground::{Place, Placed, above, decimal, sustained};
use super::list::Books;

/// Metrics that detailed monitoring sends for each machine.
const DETAILED: u64 = 7;

/// What the agent measures: memory, and each disk.
const AGENT: u64 = 2;

/// A host that stands alone.
pub fn host(books: &mut Books, place: &Place, host: &Placed) {
    let class = host.text("InstanceType");
    books.hours(&format!("ec2.{class}"), 1);
    books.line("ebs.gp3.storage", gibibytes(host.list("BlockDeviceMappings")));
    if host.at("Monitoring") == Some(&Node::Bool(true)) {
        books.tiered(place.region, "cloudwatch.metric", DETAILED);
    }
    let volumes = place.of("AWS::EC2::VolumeAttachment").filter(|one| one.component() == host.component()).count() as u64;
    books.tiered(place.region, "cloudwatch.metric", AGENT + volumes);
}

fn gibibytes(disks: &[Node]) -> Decimal {
    disks.iter().filter_map(|disk| disk.get("Ebs")?.get("VolumeSize")?.as_int()).map(Decimal::from).sum()
}

/// How many machines of a group there are, and at which price.
struct Group {
    class: String,
    least: f64,
    /// More at busy hours, on average.
    more: f64,
    /// Of the least: those that are on demand.
    on_demand: Decimal,
    spot: Decimal,
    /// Whether what comes at busy hours is Spot.
    more_is_spot: bool,
}

pub fn group(books: &mut Books, place: &Place, group: &Placed) {
    let template = template_of(place, group);
    let read = read(place, group, template);
    let key = format!("ec2.{}", read.class);
    books.hours(&key, read.on_demand);
    books.spot_hours(&key, read.spot);
    if read.more_is_spot {
        books.spot_hours(&key, decimal(read.more))
    } else {
        books.hours(&key, decimal(read.more))
    }
    let disk = gibibytes(template.list("LaunchTemplateData/BlockDeviceMappings"));
    books.line("ebs.gp3.storage", disk * decimal(read.least));
    books.line("ebs.gp3.storage", disk * decimal(read.more));
    let machines = decimal(read.least) + decimal(read.more);
    if template.at("LaunchTemplateData/Monitoring/Enabled") == Some(&Node::Bool(true)) {
        books.tiered(place.region, "cloudwatch.metric", machines * Decimal::from(DETAILED));
    }
    let mut measured = false;
    if let Some(script) = template.at("LaunchTemplateData/UserData") {
        script.walk(&mut |node| measured |= node.as_str().is_some_and(|text| text.contains("amazon-cloudwatch-agent")));
    }
    if measured {
        books.tiered(place.region, "cloudwatch.metric", AGENT);
    }
}

fn template_of<'a, 'b>(place: &'b Place<'a>, group: &Placed) -> &'b Placed<'a> {
    let plain = group.at("LaunchTemplate/LaunchTemplateId");
    let mixed = || group.at("MixedInstancesPolicy/LaunchTemplate/LaunchTemplateSpecification/LaunchTemplateId");
    place.led_to(plain.or_else(mixed).unwrap_or_else(|| panic!("{} has no launch template", group.id)))
}

fn read(place: &Place, group: &Placed, template: &Placed) -> Group {
    let least = group.number("MinSize");
    let mix = group.at("MixedInstancesPolicy/InstancesDistribution");
    let first = group.at("MixedInstancesPolicy/LaunchTemplate/Overrides/0/InstanceType").and_then(Node::as_str);
    let class = first.unwrap_or_else(|| template.text("LaunchTemplateData/InstanceType")).to_owned();
    let more = more(place, group, &class, least);
    let Some(mix) = mix else {
        return Group { class, least, more, on_demand: decimal(least), spot: Decimal::ZERO, more_is_spot: false };
    };
    let whole = |name: &str| mix.get(name).and_then(Node::as_int).map(Decimal::from).unwrap_or_default();
    let (base, percent) = (whole("OnDemandBaseCapacity"), whole("OnDemandPercentageAboveBaseCapacity"));
    let others = decimal(least) - base;
    let on_demand = others * percent / Decimal::ONE_HUNDRED;
    Group { class, least, more, on_demand: base + on_demand, spot: others - on_demand, more_is_spot: true }
}

/// Machines beyond the least, on average of the day.
fn more(place: &Place, group: &Placed, class: &str, least: f64) -> f64 {
    // A group of a fixed size has no policy; hosts of containers carry the tasks of the peak at the least.
    let policies = place.of("AWS::AutoScaling::ScalingPolicy").filter(|one| one.component() == group.component()).count();
    if policies == 0 {
        return 0.0;
    }
    let (load, a) = (place.load, &place.load.assumptions);
    let zones = group.list("VPCZoneIdentifier").len() as f64;
    let carries = if group.component() == "workers" {
        // A job takes a processor for as long as a function's call is billed, and there is one for so many requests.
        sustained(class) * a.utilisation_target_app() / (a.messages_per_request() * a.function_milliseconds() / 1_000.0)
    } else {
        // What is left without one zone carries the load.
        let loss = if zones > 1.0 { zones / (zones - 1.0) } else { 1.0 };
        sustained(class) * a.requests_per_vcpu() * a.utilisation_target_app() / 0.60 / loss
    };
    let here = 1.0 / place.regions() as f64;
    above(load.requests_mean.get() * here, a.peak_factor(), least * carries) / carries
}

/// The tasks of a service on Fargate that always run.
pub fn tasks(books: &mut Books, place: &Place, service: &Placed) {
    let task = place.led_to(service.at("TaskDefinition").unwrap_or_else(|| panic!("{} has no task", service.id)));
    if !task.list("RequiresCompatibilities").iter().any(|one| one.as_str() == Some("FARGATE")) {
        return;
    }
    let mine = |target: &&Placed| {
        let mut found = false;
        if let Some(id) = target.at("ResourceId") {
            id.walk(&mut |node| found |= node.as_str().is_some_and(|text| text.contains(&format!("${{{}.Name}}", service.id))));
        }
        found
    };
    let least = place.of("AWS::ApplicationAutoScaling::ScalableTarget").find(mine).map_or(1.0, |target| target.number("MinCapacity"));
    books.hours("fargate.arm64.vcpu", decimal(least * task.number("Cpu") / 1_024.0));
    books.hours("fargate.arm64.gb", decimal(least * task.number("Memory") / 1_024.0));
}
