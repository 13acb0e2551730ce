//! An internet gateway that is attached to nothing, and routes that are made before it is.

use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "gateway-attachment-missing",
    severity: Severity::Error,
    what: "an internet gateway is attached to its VPC, and whatever needs it waits for the attachment",
    why: "A route to a gateway that is not attached yet fails, and so does an Elastic IP or a NAT gateway in that VPC; whether it works is then a race that is lost on some days.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html#gatewayattachment",
    run,
};

const ATTACHMENT: &str = "AWS::EC2::VPCGatewayAttachment";

fn run(graph: &Graph, found: &mut Found) {
    let attachment = |gateway: &Item| {
        let leads = |one: &&Item| one.get("InternetGatewayId").and_then(|id| graph.target(id)).is_some_and(|to| std::ptr::eq(to, gateway));
        graph.of_type(ATTACHMENT).find(leads)
    };
    for gateway in graph.of_type("AWS::EC2::InternetGateway") {
        if attachment(gateway).is_none() {
            found.at(gateway, "", "no AWS::EC2::VPCGatewayAttachment attaches this gateway to a VPC, so nothing reaches the internet through it");
        }
    }
    for route in graph.of_type("AWS::EC2::Route") {
        let Some(gateway) = route.get("GatewayId").and_then(|id| graph.target(id)) else { continue };
        let Some(attachment) = attachment(gateway) else { continue };
        let same_file = attachment.file == route.file;
        if same_file && !route.raw.depends_on.contains(&attachment.id) && !graph.mentioned(&route.properties).iter().any(|one| std::ptr::eq(*one, attachment)) {
            found.beside(route, "DependsOn", format!("the route may be made before {} is; add DependsOn: {}", attachment.id, attachment.id));
        }
    }
    late(graph, found);
}

/// What has a public address fails or works by chance when it is made before its VPC's gateway is attached.
fn late(graph: &Graph, found: &mut Found) {
    let gates: Vec<&Item> = graph.of_type(ATTACHMENT).filter(|one| one.has("InternetGatewayId")).collect();
    for item in &graph.items {
        let Some(gate) = gates.iter().find(|gate| gate.file == item.file) else { continue };
        let needs = match item.kind {
            "AWS::EC2::NatGateway" => item.text("ConnectivityType") != Some("private"),
            "AWS::EC2::EIPAssociation" => true,
            "AWS::EC2::EIP" => item.has("InstanceId"),
            "AWS::ElasticLoadBalancingV2::LoadBalancer" => item.text("Scheme") != Some("internal") && item.get("Scheme").is_none_or(|scheme| scheme.as_str().is_some()),
            _ => false,
        };
        // Only where the VPC is made here, too: in one that exists the gateway may be attached already.
        let own = gate.get("VpcId").is_some_and(|vpc| graph.target(vpc).is_some());
        if needs && own && !graph.waits(item, gate) {
            found.beside(item, "DependsOn", format!("it may be made before {} attaches the internet gateway; add DependsOn: {}", gate.id, gate.id));
        }
    }
}
