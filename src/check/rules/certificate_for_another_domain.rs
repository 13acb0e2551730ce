//! A certificate that does not cover the names it is used for.

use cfn::Node;

use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "certificate-for-another-domain",
    severity: Severity::Error,
    what: "a certificate that is made here covers the names of the distribution or API domain that uses it",
    why: "CloudFront and API Gateway refuse a name that the certificate does not cover, and browsers warn of it.",
    link: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html",
    run,
};

/// The type, where it names its certificate, and where its own names.
const USES: &[(&str, &str, &str)] = &[
    ("AWS::CloudFront::Distribution", "DistributionConfig/ViewerCertificate/AcmCertificateArn", "DistributionConfig/Aliases/*"),
    ("AWS::ApiGateway::DomainName", "CertificateArn", "DomainName"),
    ("AWS::ApiGateway::DomainName", "RegionalCertificateArn", "DomainName"),
    ("AWS::ApiGatewayV2::DomainName", "DomainNameConfigurations/*/CertificateArn", "DomainName"),
];

fn run(graph: &Graph, found: &mut Found) {
    for (kind, by, names) in USES {
        for item in graph.of_type(kind) {
            for certificate in item.all(by).into_iter().filter_map(|arn| graph.target(arn)).filter(|one| one.kind == "AWS::CertificateManager::Certificate") {
                let Some(covered) = covered(certificate) else { continue };
                for name in item.all(names).into_iter().filter_map(Node::as_str) {
                    if !covered.iter().any(|pattern| covers(pattern, name)) {
                        let message = format!("{name} is not covered by {}, which is for {}; add it to SubjectAlternativeNames", certificate.id, covered.join(", "));
                        found.at(item, names.trim_end_matches("/*"), message);
                    }
                }
            }
        }
    }
}

/// The names on a certificate; none when one of them is not known.
fn covered(certificate: &Item) -> Option<Vec<String>> {
    let nodes = certificate.all("DomainName").into_iter().chain(certificate.all("SubjectAlternativeNames/*"));
    nodes.map(|node| node.as_str().map(str::to_lowercase)).collect()
}

/// Whether a name of a certificate, `*.example.com`, stands for this one: the star is one label.
fn covers(pattern: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    pattern == name || pattern.strip_prefix("*.").is_some_and(|domain| name.split_once('.').is_some_and(|(_, rest)| rest == domain))
}
