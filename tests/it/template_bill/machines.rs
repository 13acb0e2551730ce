//! What machines and what stands around them cost: hosts, groups, tasks, disks, addresses.

use cfn::Node;
use rust_decimal::Decimal;

use super::ground::{Place, Placed, above, decimal, memory, sustained};
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
    /// Which part is Spot, of all but the base.
    spot_part: Decimal,
}

pub fn group(books: &mut Books, place: &Place, group: &Placed) {
    let template = template_of(place, group);
    let read = read(place, group, template);
    let key = format!("ec2.{}", read.class);
    books.hours(&key, read.on_demand);
    books.spot_hours(&key, read.spot);
    let more = decimal(read.more);
    books.spot_hours(&key, more * read.spot_part);
    books.hours(&key, more * (Decimal::ONE - read.spot_part));
    let disk = gibibytes(template.list("LaunchTemplateData/BlockDeviceMappings"));
    books.line("ebs.gp3.storage", disk * decimal(read.least));
    books.line("ebs.gp3.storage", disk * decimal(read.more));
    if template.at("LaunchTemplateData/Monitoring/Enabled") == Some(&Node::Bool(true)) {
        books.tiered(place.region, "cloudwatch.metric", decimal(read.least) * Decimal::from(DETAILED));
        books.tiered(place.region, "cloudwatch.metric", decimal(read.more) * Decimal::from(DETAILED));
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
        return Group { class, least, more, on_demand: decimal(least), spot: Decimal::ZERO, spot_part: Decimal::ZERO };
    };
    let whole = |name: &str| mix.get(name).and_then(Node::as_int).map(Decimal::from).unwrap_or_default();
    let (base, percent) = (whole("OnDemandBaseCapacity"), whole("OnDemandPercentageAboveBaseCapacity"));
    let others = decimal(least) - base;
    let spot_part = Decimal::ONE - percent / Decimal::ONE_HUNDRED;
    let spot = others * spot_part;
    Group { class, least, more, on_demand: base + others - spot, spot, spot_part }
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
    // A machine keeps as many processors busy as it has workers, for which it needs memory.
    let workers = (memory(class) - a.system_memory_bytes()) / a.app_memory_bytes_per_vcpu();
    let busy = sustained(class).min(workers);
    let carries = if group.component() == "workers" {
        // A job takes a processor for as long as a function's call is billed, and there is one for so many requests.
        busy * a.utilisation_target_app() / (a.messages_per_request() * a.function_milliseconds() / 1_000.0)
    } else {
        // What is left without one zone carries the load.
        let loss = if zones > 1.0 { zones / (zones - 1.0) } else { 1.0 };
        busy * a.requests_per_vcpu() * a.utilisation_target_app() / 0.60 / loss
    };
    let here = 1.0 / place.regions() as f64;
    above(load.requests_mean.get() * here, a.peak_factor(), least * carries) / carries
}

/// The tasks of all services on Fargate that always run.
pub fn tasks(books: &mut Books, place: &Place, services: &[&Placed]) {
    let (mut processors, mut gigabytes) = (0.0, 0.0);
    for service in services {
        let task = place.led_to(service.at("TaskDefinition").unwrap_or_else(|| panic!("{} has no task", service.id)));
        if task.list("RequiresCompatibilities").iter().any(|one| one.as_str() == Some("FARGATE")) {
            let least = least(place, service);
            processors += least * task.number("Cpu") / 1_024.0;
            gigabytes += least * task.number("Memory") / 1_024.0;
        }
    }
    books.hours("fargate.arm64.vcpu", decimal(processors));
    books.hours("fargate.arm64.gb", decimal(gigabytes));
}

/// Figures of a service that Container Insights keeps.
const INSIGHTS: u64 = 60;

/// What a cluster has watched of its services.
pub fn insights(books: &mut Books, place: &Place, cluster: &Placed) {
    let asked = |setting: &&Node| setting.get("Name").and_then(Node::as_str) == Some("containerInsights");
    let how = cluster.list("ClusterSettings").iter().find(asked).and_then(|setting| setting.get("Value")?.as_str());
    match how {
        Some("enhanced") => books.line("ecs.container_insights.enhanced", place.of("AWS::ECS::Service").count() as u64 * INSIGHTS),
        Some("disabled") | None => {}
        Some(other) => panic!("say what Container Insights costs when it is {other}"),
    }
}

/// The fewest tasks that a service scales in to.
fn least(place: &Place, service: &Placed) -> f64 {
    let name = format!("${{{}.Name}}", service.id);
    let scales = |target: &&Placed| {
        let mut found = false;
        if let Some(id) = target.at("ResourceId") {
            id.walk(&mut |node| found |= node.as_str().is_some_and(|text| text.contains(&name)));
        }
        found
    };
    let target = place.of("AWS::ApplicationAutoScaling::ScalableTarget").find(scales);
    target.unwrap_or_else(|| panic!("{} does not scale", service.id)).number("MinCapacity")
}
