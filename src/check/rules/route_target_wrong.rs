//! A route that leads nowhere, or through something of another kind than it says.

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "route-target-wrong",
    severity: Severity::Error,
    what: "a route names exactly one target, and one of the kind that its property is for",
    why: "EC2 refuses the route, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html",
    run,
};

const TARGETS: &[(&str, &[&str])] = &[
    ("CarrierGatewayId", &["AWS::EC2::CarrierGateway"]),
    ("CoreNetworkArn", &["AWS::NetworkManager::CoreNetwork"]),
    ("EgressOnlyInternetGatewayId", &["AWS::EC2::EgressOnlyInternetGateway"]),
    ("GatewayId", &["AWS::EC2::InternetGateway", "AWS::EC2::VPNGateway", "AWS::EC2::VPCGatewayAttachment"]),
    ("InstanceId", &["AWS::EC2::Instance"]),
    ("LocalGatewayId", &[]),
    ("NatGatewayId", &["AWS::EC2::NatGateway"]),
    ("NetworkInterfaceId", &["AWS::EC2::NetworkInterface", "AWS::EC2::Instance"]),
    ("TransitGatewayId", &["AWS::EC2::TransitGateway", "AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"]),
    ("VpcEndpointId", &["AWS::EC2::VPCEndpoint", "AWS::NetworkFirewall::Firewall"]),
    ("VpcPeeringConnectionId", &["AWS::EC2::VPCPeeringConnection"]),
];

fn run(graph: &Graph, found: &mut Found) {
    for route in graph.of_type("AWS::EC2::Route") {
        let named: Vec<_> = TARGETS.iter().filter(|(key, _)| route.has(key)).collect();
        if named.is_empty() && !route.raw.properties.keys().any(|key| TARGETS.iter().any(|(name, _)| name == key)) {
            found.at(route, "", "it names no target, so it leads nowhere; set GatewayId, NatGatewayId or another");
        }
        for (key, kinds) in named {
            for target in route.all(key).into_iter().filter_map(|node| graph.target(node)) {
                if target.kind.starts_with("AWS::EC2::") && !kinds.is_empty() && !kinds.contains(&target.kind) {
                    let right = TARGETS.iter().find(|(_, kinds)| kinds.first() == Some(&target.kind)).map_or("another property", |(key, _)| key);
                    found.at(route, key, format!("{} is an {}, which goes into {right}", target.id, target.kind));
                }
            }
        }
    }
}
