//! A certificate or firewall of CloudFront outside us-east-1.

use cfn::Node;

use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "edge-thing-elsewhere",
    severity: Severity::Error,
    what: "what CloudFront uses, its certificate and its web ACL, is in us-east-1, and the web ACL has the scope CLOUDFRONT",
    why: "CloudFront takes both from us-east-1 only, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html",
    run,
};

const HOME: &str = "us-east-1";

fn run(graph: &Graph, found: &mut Found) {
    for distribution in graph.of_type("AWS::CloudFront::Distribution") {
        for (path, what) in [("DistributionConfig/ViewerCertificate/AcmCertificateArn", "certificate"), ("DistributionConfig/WebACLId", "web ACL")] {
            for node in distribution.all(path) {
                if let Some(region) = region(graph, node).filter(|region| region != HOME) {
                    found.at(distribution, path, format!("its {what} is in {region}; CloudFront takes one of {HOME} only"));
                }
                if let Some(acl) = graph.target(node).filter(|acl| acl.text("Scope") == Some("REGIONAL")) {
                    found.at(distribution, path, format!("{} has the scope REGIONAL; a web ACL for CloudFront has the scope CLOUDFRONT", acl.id));
                }
            }
        }
    }
    for acl in graph.of_type("AWS::WAFv2::WebACL").filter(|acl| acl.text("Scope") == Some("CLOUDFRONT")) {
        if let Some(region) = graph.region(acl).filter(|region| *region != HOME) {
            found.at(acl, "Scope", format!("a web ACL with the scope CLOUDFRONT is made in {HOME} only, not in {region}"));
        }
    }
    for joined in graph.of_type("AWS::WAFv2::WebACLAssociation") {
        let acl = joined.get("WebACLArn").and_then(|arn| graph.target(arn));
        if let Some(acl) = acl.filter(|acl| acl.text("Scope") == Some("CLOUDFRONT")) {
            found.at(joined, "WebACLArn", format!("{} has the scope CLOUDFRONT; what is associated here needs REGIONAL", acl.id));
        }
    }
}

/// Where something is: from its ARN, or from the file that makes it.
fn region(graph: &Graph, node: &Node) -> Option<String> {
    if let Some(item) = graph.target(node) {
        return of_item(graph, item);
    }
    let text = node.as_str().map(str::to_owned).or_else(|| graph.text(node))?;
    let region = text.strip_prefix("arn:")?.split(':').nth(2)?.to_owned();
    (!region.is_empty() && !region.contains('$')).then_some(region)
}

fn of_item(graph: &Graph, item: &Item) -> Option<String> {
    graph.region(item).map(str::to_owned)
}
