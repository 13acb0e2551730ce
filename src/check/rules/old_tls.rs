//! TLS older than 1.2, or an HTTPS listener without a certificate.

use crate::check::balancing::LISTENER;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "old-tls",
    severity: Severity::Error,
    what: "connections are made with TLS 1.2 or later, and whoever listens for TLS has a certificate",
    why: "TLS 1.0 and 1.1 are withdrawn and break every audit; a listener without certificate is refused.",
    link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        match item.kind {
            LISTENER => {
                let tls = matches!(item.text("Protocol"), Some("HTTPS" | "TLS"));
                if tls && !item.has("Certificates") && !item.raw.properties.contains_key("Certificates") {
                    found.at(item, "Protocol", "it listens for TLS without a certificate; set Certificates");
                }
                let policy = item.text("SslPolicy");
                if let Some(policy) = policy.filter(|policy| !policy.contains("TLS13-1-2") && !policy.contains("TLS13-1-3") && !policy.contains("TLS-1-2") && !policy.contains("FS-1-2")) {
                    found.at(item, "SslPolicy", format!("{policy} lets TLS 1.0 or 1.1 in; use ELBSecurityPolicy-TLS13-1-2-2021-06"));
                } else if tls && policy.is_none() && !item.has("SslPolicy") {
                    found.at(item, "Protocol", "without SslPolicy it takes ELBSecurityPolicy-2016-08, which lets TLS 1.0 in; use ELBSecurityPolicy-TLS13-1-2-2021-06");
                }
            }
            "AWS::CloudFront::Distribution" => {
                let path = "DistributionConfig/ViewerCertificate";
                let own = ["AcmCertificateArn", "IamCertificateId"].iter().any(|key| item.has(&format!("{path}/{key}")));
                let version = item.get(&format!("{path}/MinimumProtocolVersion"));
                if own && version.is_none_or(|version| version.as_str().is_some_and(|text| !text.starts_with("TLSv1.2") && !text.starts_with("TLSv1.3"))) {
                    found.at(item, path, "its viewers may use TLS below 1.2; set MinimumProtocolVersion: TLSv1.2_2021");
                }
                if item.has("DistributionConfig/Aliases/*") && (item.flag(&format!("{path}/CloudFrontDefaultCertificate")) == Some(true) || !item.has(path)) {
                    found.at(item, "DistributionConfig/Aliases", "it has names of its own but CloudFront's own certificate, which does not cover them; set AcmCertificateArn");
                }
                for old in item.all("DistributionConfig/Origins/*/CustomOriginConfig/OriginSSLProtocols/*").iter().filter_map(|node| node.as_str()) {
                    if matches!(old, "SSLv3" | "TLSv1" | "TLSv1.1") {
                        found.at(item, "DistributionConfig/Origins", format!("its origin may be called with {old}; leave TLSv1.2 alone in OriginSSLProtocols"));
                    }
                }
                let behaviours = ["DistributionConfig/DefaultCacheBehavior", "DistributionConfig/CacheBehaviors/*"];
                if behaviours.iter().any(|path| item.all(&format!("{path}/ViewerProtocolPolicy")).iter().any(|node| node.as_str() == Some("allow-all"))) {
                    found.at(item, "DistributionConfig", "ViewerProtocolPolicy allow-all serves plain HTTP; use redirect-to-https");
                }
            }
            "AWS::ApiGateway::DomainName" if item.text("SecurityPolicy") == Some("TLS_1_0") => {
                found.at(item, "SecurityPolicy", "TLS_1_0 is too old; use TLS_1_2");
            }
            _ => {}
        }
    }
}
