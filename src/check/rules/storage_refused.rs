//! Storage that AWS would refuse: IOPS that are missing, too many, or not for this type; sizes below the least.

use cfn::Node;

use crate::check::graph::below;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "storage-refused",
    severity: Severity::Error,
    what: "a volume's type, size, IOPS and throughput go together as EBS and RDS take them",
    why: "io1 and io2 without IOPS, IOPS on gp2, or a disk below the least size are refused when the volume is made.",
    link: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html",
    run,
};

/// A disk as it is written, wherever.
struct Disk<'a> {
    kind: Option<&'a str>,
    size: Option<i64>,
    iops: Option<i64>,
    has_iops: bool,
    throughput: Option<i64>,
}

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        match item.kind {
            "AWS::EC2::Volume" => {
                let disk = disk(&item.properties, "VolumeType", "Size", "Iops", "Throughput");
                of_ebs(item, "", &disk, found);
            }
            "AWS::EC2::Instance" => mappings(item, "BlockDeviceMappings", found),
            "AWS::EC2::LaunchTemplate" => mappings(item, "LaunchTemplateData/BlockDeviceMappings", found),
            "AWS::RDS::DBInstance" if !item.has("DBClusterIdentifier") => of_rds(item, found),
            "AWS::RDS::DBCluster" => {
                let aurora = item.text("Engine").unwrap_or_default().starts_with("aurora");
                let kind = item.text("StorageType").unwrap_or_default();
                if !aurora && matches!(kind, "io1" | "io2") && !item.has("Iops") {
                    found.at(item, "Iops", format!("StorageType {kind} needs Iops; set 1,000 or more"));
                }
                if aurora && !kind.is_empty() && !matches!(kind, "aurora" | "aurora-iopt1") {
                    found.at(item, "StorageType", format!("Aurora's StorageType is aurora or aurora-iopt1, not {kind}"));
                }
            }
            "AWS::DynamoDB::Table" => of_table(item, found),
            _ => {}
        }
    }
}

fn disk<'a>(node: &'a Node, kind: &str, size: &str, iops: &str, throughput: &str) -> Disk<'a> {
    let first = |path: &str| below(node, path).into_iter().next();
    let number = |path: &str| match first(path)? {
        Node::Int(number) => Some(*number),
        Node::Str(text) => text.parse().ok(),
        _ => None,
    };
    Disk {
        kind: first(kind).and_then(Node::as_str),
        size: number(size),
        iops: number(iops),
        has_iops: first(iops).is_some(),
        throughput: number(throughput),
    }
}

fn mappings(item: &Item, path: &str, found: &mut Found) {
    for (index, mapping) in item.list(path) {
        let Some(ebs) = mapping.get("Ebs") else { continue };
        of_ebs(item, &format!("{path}/{index}/Ebs/"), &disk(ebs, "VolumeType", "VolumeSize", "Iops", "Throughput"), found);
    }
}

/// Limits of EBS, from the page of the rule's link (July 2026: gp3 reaches 80,000 IOPS and 2,000 MiB/s).
fn of_ebs(item: &Item, at: &str, disk: &Disk, found: &mut Found) {
    let kind = disk.kind.unwrap_or("gp2");
    let (least, most, iops): (i64, i64, Option<(i64, i64)>) = match kind {
        "gp3" => (1, 65_536, Some((3_000, 80_000))),
        "io1" => (4, 16_384, Some((100, 64_000))),
        "io2" => (4, 65_536, Some((100, 256_000))),
        "gp2" => (1, 16_384, None),
        "st1" | "sc1" => (125, 16_384, None),
        "standard" => (1, 1_024, None),
        _ => return,
    };
    let name = |property: &str| format!("{at}{property}");
    if matches!(kind, "io1" | "io2") && !disk.has_iops {
        found.at(item, &name("Iops"), format!("a volume of type {kind} needs Iops; set 100 or more, or take gp3"));
    }
    match (disk.iops, iops) {
        (Some(given), None) => found.at(item, &name("Iops"), format!("{kind} takes no Iops ({given}); its IOPS follow its size; gp3 takes them")),
        (Some(given), Some((low, high))) if !(low..=high).contains(&given) => {
            found.at(item, &name("Iops"), format!("{kind} takes {low} to {high} IOPS, not {given}"));
        }
        _ => {}
    }
    if let Some(size) = disk.size {
        if !(least..=most).contains(&size) {
            let property = if at.is_empty() { "Size" } else { "VolumeSize" };
            found.at(item, &name(property), format!("{kind} has {least} to {most} GiB, not {size}"));
        }
        let ratio = match kind {
            "gp3" => 500,
            "io1" => 50,
            "io2" => 1_000,
            _ => i64::MAX,
        };
        if let Some(given) = disk.iops.filter(|given| kind != "gp3" || *given > 3_000)
            && given > size.saturating_mul(ratio)
        {
            found.at(item, &name("Iops"), format!("{kind} takes at most {ratio} IOPS for each GiB: {given} on {size} GiB is too much"));
        }
    }
    match disk.throughput {
        Some(given) if kind != "gp3" => found.at(item, &name("Throughput"), format!("only gp3 takes Throughput ({given}), {kind} does not")),
        Some(given) if !(125..=2_000).contains(&given) => {
            found.at(item, &name("Throughput"), format!("gp3 takes a Throughput of 125 to 2,000 MiB/s, not {given}"));
        }
        Some(given) if given * 4 > disk.iops.unwrap_or(3_000) => {
            let iops = disk.iops.unwrap_or(3_000);
            found.at(item, &name("Throughput"), format!("gp3 takes 0.25 MiB/s for each IOPS: {given} MiB/s needs {} IOPS, not {iops}", given * 4));
        }
        _ => {}
    }
}

fn of_rds(item: &Item, found: &mut Found) {
    let engine = item.text("Engine").unwrap_or_default();
    if engine.starts_with("aurora") {
        return;
    }
    let kind = item.text("StorageType").unwrap_or_default();
    let size = item.int("AllocatedStorage");
    if matches!(kind, "io1" | "io2") && !item.has("Iops") {
        found.at(item, "Iops", format!("StorageType {kind} needs Iops; set 1,000 or more"));
    }
    if kind == "gp2" && item.has("Iops") {
        found.at(item, "Iops", "StorageType gp2 takes no Iops; take gp3 or io2, or leave Iops out");
    }
    let least = if matches!(kind, "io1" | "io2") { 100 } else { 20 };
    let sql_server = engine.starts_with("sqlserver");
    if let Some(size) = size.filter(|size| !sql_server && *size < if kind == "standard" { 5 } else { least }) {
        found.at(item, "AllocatedStorage", format!("{} has {least} GiB or more, not {size}", if kind.is_empty() { "gp2" } else { kind }));
    }
    let threshold = if engine.starts_with("oracle") { 200 } else { 400 };
    if kind == "gp3" && !sql_server && size.is_some_and(|size| size < threshold) {
        for property in ["Iops", "StorageThroughput"].into_iter().filter(|property| item.has(property)) {
            found.at(item, property, format!("gp3 below {threshold} GiB has 3,000 IOPS and 125 MiB/s; {property} is taken from {threshold} GiB on"));
        }
    }
    if let (Some(size), Some(most)) = (size, item.int("MaxAllocatedStorage"))
        && most <= size
    {
        found.at(item, "MaxAllocatedStorage", format!("storage grows up to MaxAllocatedStorage ({most}), which must exceed AllocatedStorage ({size})"));
    }
}

fn of_table(item: &Item, found: &mut Found) {
    let on_demand = item.text("BillingMode") == Some("PAY_PER_REQUEST");
    let throughput = item.has("ProvisionedThroughput");
    if on_demand && throughput {
        found.at(item, "ProvisionedThroughput", "a table paid by the request takes no ProvisionedThroughput; leave one of the two out");
    }
    if !on_demand && !throughput && (item.text("BillingMode") == Some("PROVISIONED") || !item.has("BillingMode")) {
        found.at(item, "ProvisionedThroughput", "a provisioned table needs ProvisionedThroughput; set it, or BillingMode: PAY_PER_REQUEST");
    }
    let defined: Vec<&str> = item.all("AttributeDefinitions/*/AttributeName").into_iter().filter_map(Node::as_str).collect();
    let mut used: Vec<&str> = Vec::new();
    for path in ["KeySchema/*/AttributeName", "GlobalSecondaryIndexes/*/KeySchema/*/AttributeName", "LocalSecondaryIndexes/*/KeySchema/*/AttributeName"] {
        used.extend(item.all(path).into_iter().filter_map(Node::as_str));
    }
    for name in used.iter().filter(|name| !defined.contains(name)) {
        found.at(item, "AttributeDefinitions", format!("the key \"{name}\" is not among AttributeDefinitions; define its type there"));
    }
    for name in defined.iter().filter(|name| !used.contains(name)) {
        found.at(item, "AttributeDefinitions", format!("\"{name}\" is defined and no key uses it; DynamoDB refuses that"));
    }
}
