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
}
