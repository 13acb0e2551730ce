//! Tasks and machines that have to fetch what they run, and have no way to where it is.

use crate::check::balancing::{SCALED, SERVICE, is_fargate};
use crate::check::permits::{launched, subnets_of};
use crate::check::subnets::{self, Way, way};
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "no-way-to-the-internet",
    severity: Severity::Error,
    what: "Fargate tasks, and instances with a public address or a start script, reach what they fetch: through NAT, a public address and an internet gateway, or endpoints",
    why: "Tasks stay in PENDING until the image cannot be pulled; instances come up without what their start script installs.",
    link: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for service in graph.of_type(SERVICE).filter(|service| is_fargate(service)) {
        let base = "NetworkConfiguration/AwsvpcConfiguration";
        let open = service.has(&format!("{base}/AssignPublicIp")) && service.text(&format!("{base}/AssignPublicIp")).is_none();
        let public = open || service.text(&format!("{base}/AssignPublicIp")) == Some("ENABLED");
        judge(graph, found, service, service, public, &format!("{base}/Subnets"), "tasks cannot pull their image");
    }
    for scaled in graph.of_type(SCALED) {
        let Some(template) = launched(graph, scaled) else { continue };
        let public = template.all("LaunchTemplateData/NetworkInterfaces/*/AssociatePublicIpAddress").iter().any(|flag| flag.as_str() != Some("false") && **flag != cfn::Node::Bool(false));
        if fetches(graph, template.get("LaunchTemplateData/UserData").or_else(|| template.get("UserData"))) {
            judge(graph, found, scaled, scaled, public, "VPCZoneIdentifier", "its start script cannot fetch what it installs");
        }
    }
    for instance in graph.of_type("AWS::EC2::Instance") {
        let fixed = graph.items.iter().filter(|item| matches!(item.kind, "AWS::EC2::EIP" | "AWS::EC2::EIPAssociation"));
        let address = fixed.into_iter().any(|one| one.get("InstanceId").is_some_and(|id| subnets::is(graph, id, instance)));
        let asked = instance.all("NetworkInterfaces/*/AssociatePublicIpAddress").iter().any(|flag| **flag == cfn::Node::Bool(true) || flag.as_str() == Some("true"));
        let nowhere = subnets_of(graph, instance).into_iter().find(|node| matches!(way(graph, node), Way::Nowhere | Way::Nat));
        if let (true, Some(node)) = (address || asked, nowhere) {
            let name = graph.target(node).map_or("?", |subnet| subnet.id.as_str());
            found.at(instance, "", format!("it has a public address, but its subnet {name} has no route to an internet gateway; nobody reaches it there"));
        } else if fetches(graph, instance.get("UserData")) {
            judge(graph, found, instance, instance, address || asked, "SubnetId", "its start script cannot fetch what it installs");
        }
    }
}

fn judge(graph: &Graph, found: &mut Found, item: &Item, of: &Item, public: bool, path: &str, what: &str) {
    for node in subnets_of(graph, of) {
        let Some(subnet) = graph.target(node) else { continue };
        let gives = subnet.flag("MapPublicIpOnLaunch") == Some(true) && item.kind != SERVICE;
        let message = match way(graph, node) {
            Way::Nowhere if !endpoints(graph, subnet, item.kind != SERVICE) => format!("{} has no route to the internet and its VPC no endpoints for it: {what}; add a NAT gateway or endpoints", subnet.id),
            Way::Internet if !public && !gives && !endpoints(graph, subnet, item.kind != SERVICE) && item.kind == SERVICE => {
                format!("{} leads to an internet gateway, but tasks get no public address (AssignPublicIp): {what}", subnet.id)
            }
            _ => continue,
        };
        let path = if item.has(path) { path } else { "" };
        found.at(item, path, message);
    }
}

/// Whether a start script installs or downloads something from outside AWS.
fn fetches(graph: &Graph, script: Option<&cfn::Node>) -> bool {
    let body = match script.and_then(cfn::Node::intrinsic) {
        Some(("Fn::Base64", body)) => Some(body),
        _ => script,
    };
    let Some(text) = body.and_then(|body| graph.text(body)) else { return false };
    ["yum install", "yum -y", "dnf install", "dnf -y", "dnf -q", "apt-get", "pip install", "npm install", "docker pull", "docker run", "curl http", "wget http"].iter().any(|word| text.contains(word))
}

/// Whether the subnet's VPC has interface endpoints for images: what it fetches may come through them.
fn endpoints(graph: &Graph, subnet: &Item, packages: bool) -> bool {
    graph.of_type("AWS::EC2::VPCEndpoint").any(|one| {
        let near = one.get("VpcId").is_none_or(|id| subnet.get("VpcId").is_some_and(|own| subnets::identity(graph, id) == subnets::identity(graph, own)));
        let images = one.get("ServiceName").and_then(|name| graph.text(name)).is_none_or(|name| name.contains(".ecr.") || name.ends_with(".s3"));
        // A gateway endpoint alone, for the layers in S3, brings no image; Amazon Linux has its packages in S3, though.
        near && images && (packages || one.text("VpcEndpointType") == Some("Interface"))
    })
}
