//! What content delivery and load balancers must agree on: public names, certificates, and the header that only the two know.

use cfn::resource::certificatemanager::{self, certificate};

use crate::block::Site;
use crate::settings::Settings;

/// The app's own name in DNS, when the user has given both parts of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicName<'a> {
    /// `shop.example.com`.
    pub domain: &'a str,
    /// The Route 53 zone that holds it.
    pub zone: &'a str,
}

/// The app's own name; none without a zone, because then no certificate can be validated and no record written.
pub fn public_name(settings: &Settings) -> Option<PublicName<'_>> {
    Some(PublicName { domain: settings.domain.as_deref()?, zone: settings.hosted_zone_id.as_deref()? })
}

impl PublicName<'_> {
    /// The name by which CloudFront reaches the load balancer: its certificate must name it, and that of AWS's own name cannot be had.
    pub fn origin(&self) -> String {
        format!("origin.{}", self.domain)
    }

    /// A certificate for these names, all in the zone: validated, and renewed for ever, by records that ACM writes there.
    pub fn certificate(&self, name: &str, others: &[&str]) -> certificatemanager::Certificate {
        let records = std::iter::once(name).chain(others.iter().copied());
        let records: Vec<_> = records.map(|name| certificate::DomainValidationOption::new(name).hosted_zone_id(self.zone)).collect();
        let certificate = certificatemanager::Certificate::new(name).validation_method("DNS").domain_validation_options(records);
        if others.is_empty() { certificate } else { certificate.subject_alternative_names(others.to_vec()) }
    }
}

/// Where the edge layer is deployed, and where AWS keeps the metrics of CloudFront, of its firewall, and of Route 53's health checks.
pub const EDGE_REGION: &str = "us-east-1";

/// What a metric of the edge says of its region: nothing where the app is at home there, too.
pub fn edge_metrics(site: &Site) -> Option<&'static str> {
    (site.region.region.code() != EDGE_REGION).then_some(EDGE_REGION)
}

/// What the function for pages tells the app: the group of an experiment, and the country whose page is wanted.
pub const PAGE_HEADERS: [&str; 2] = ["X-Experiment-Group", "X-Viewer-Country"];

/// The header by which a load balancer knows that a request came through our distribution and not through somebody else's.
pub const ORIGIN_HEADER: &str = "X-Origin-Verify";

/// The name of the header's secret: fixed, because stacks of several regions resolve it by name.
pub fn origin_secret_name(site: &Site) -> String {
    format!("{}/origin", site.settings.prefix())
}

/// The header's value, resolved by CloudFormation when a stack is deployed; no template ever holds it.
pub fn origin_token(site: &Site) -> String {
    format!("{{{{resolve:secretsmanager:{}:SecretString:token}}}}", origin_secret_name(site))
}

/// `us-west-2` as part of a logical ID: `UsWest2`.
pub fn camel(region: &str) -> String {
    region
        .split('-')
        .map(|word| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect::<String>())
        .collect()
}
