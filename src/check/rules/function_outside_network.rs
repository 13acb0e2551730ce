//! A function that is told an address inside a VPC and does not run in one.

use crate::check::clients;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "function-outside-network",
    severity: Severity::Error,
    what: "a function that names a database's, cache's or internal balancer's endpoint runs inside the VPC",
    why: "A function without VpcConfig runs in a network of AWS's own, from where no private address of a VPC is reached.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for client in clients::all(graph).into_iter().filter(|client| client.item.kind.ends_with("::Function") && !client.inside) {
        if client.item.has("VpcConfig") {
            continue;
        }
        for need in &client.needs {
            if need.item.flag("PubliclyAccessible") == Some(true) || need.item.has("PubliclyAccessible") && need.item.flag("PubliclyAccessible").is_none() {
                continue;
            }
            // Instances of a cluster may be public although the cluster says nothing.
            let public = graph.of_type("AWS::RDS::DBInstance").any(|instance| {
                instance.flag("PubliclyAccessible") != Some(false)
                    && instance.has("PubliclyAccessible")
                    && instance.get("DBClusterIdentifier").and_then(|id| graph.target(id)).is_some_and(|cluster| std::ptr::eq(cluster, need.item))
            });
            if !public {
                let message = format!("it is told to call {} ({}), which has an address inside a VPC; give the function a VpcConfig there", need.item.id, need.attribute);
                found.at(client.item, "", message);
            }
        }
    }
}
