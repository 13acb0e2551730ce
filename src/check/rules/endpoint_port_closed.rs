//! An interface endpoint that lets nobody in on port 443.

use crate::check::permits::{self, Held, Reach, called};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "endpoint-port-closed",
    severity: Severity::Error,
    what: "an interface endpoint's security groups let callers in on port 443",
    why: "With private DNS every call to that AWS service in the VPC goes to the endpoint, and is dropped there: worse than having none.",
    link: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let permits = permits::all(graph);
    for endpoint in graph.of_type("AWS::EC2::VPCEndpoint") {
        // A provider of one's own may serve any port.
        let of_aws = endpoint.get("ServiceName").and_then(|name| graph.text(name)).is_some_and(|name| name.starts_with("com.amazonaws."));
        if endpoint.text("VpcEndpointType") != Some("Interface") || !of_aws {
            continue;
        }
        let held = permits::held(graph, endpoint);
        if permits::reach(graph, &permits, &Held::default(), &[], &held, 443) == Reach::NobodyIn {
            let names = held.groups.iter().map(|name| called(name)).collect::<Vec<_>>().join(", ");
            found.at(endpoint, "SecurityGroupIds", format!("{names} lets nobody in on port 443, which every call to the service uses; add an ingress rule"));
        }
    }
}
