//! What becomes reachable, or readable, by everybody: addresses, schemes, public access, and what answers without asking who calls.

use cfn::Node;

use super::sight::{Both, Made, Span};
use super::{Exposure, ExposureKind, listed, told};
use crate::check::Item;
use crate::check::simplify::plain;

/// One way in which a resource is public.
struct Opening {
    kind: &'static str,
    /// Below its properties.
    path: &'static str,
    /// The values that make it public; `!` before one: every other value does.
    open: &'static [&'static str],
    /// Whether it is public where nothing is written.
    absent: bool,
    /// What then is to be said.
    what: &'static str,
}

const fn opening(kind: &'static str, path: &'static str, open: &'static [&'static str], absent: bool, what: &'static str) -> Opening {
    Opening { kind, path, open, absent, what }
}

const TRUE: &[&str] = &["true"];
const ADDRESS: &str = "has a public address";
const WITHOUT: &str = "answers without asking who calls";

/// Every way in which a property makes a resource public. What holds where nothing is written is what each type's page of CloudFormation's
/// template reference says.
const OPENINGS: &[Opening] = &[
    opening("AWS::RDS::DBInstance", "PubliclyAccessible", TRUE, false, ADDRESS),
    opening("AWS::RDS::DBCluster", "PubliclyAccessible", TRUE, false, ADDRESS),
    opening("AWS::Neptune::DBInstance", "PubliclyAccessible", TRUE, false, ADDRESS),
    opening("AWS::DMS::ReplicationInstance", "PubliclyAccessible", TRUE, true, ADDRESS),
    opening("AWS::Redshift::Cluster", "PubliclyAccessible", TRUE, false, ADDRESS),
    opening("AWS::RedshiftServerless::Workgroup", "PubliclyAccessible", TRUE, false, ADDRESS),
    opening("AWS::AmazonMQ::Broker", "PubliclyAccessible", TRUE, false, ADDRESS),
    opening("AWS::MSK::Cluster", "BrokerNodeGroupInfo/ConnectivityInfo/PublicAccess/Type", &["SERVICE_PROVIDED_EIPS"], false, ADDRESS),
    opening("AWS::EC2::Instance", "NetworkInterfaces/*/AssociatePublicIpAddress", TRUE, false, ADDRESS),
    opening(
        "AWS::EC2::LaunchTemplate",
        "LaunchTemplateData/NetworkInterfaces/*/AssociatePublicIpAddress",
        TRUE,
        false,
        "gives its machines public addresses",
    ),
    opening("AWS::AutoScaling::LaunchConfiguration", "AssociatePublicIpAddress", TRUE, false, "gives its machines public addresses"),
    opening(
        "AWS::ECS::Service",
        "NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp",
        &["ENABLED"],
        false,
        "gives its tasks public addresses",
    ),
    opening("AWS::EC2::Subnet", "MapPublicIpOnLaunch", TRUE, false, "gives what starts in it a public address"),
    opening("AWS::ElasticLoadBalancingV2::LoadBalancer", "Scheme", &["internet-facing"], true, "faces the internet"),
    opening("AWS::ElasticLoadBalancing::LoadBalancer", "Scheme", &["internet-facing"], true, "faces the internet"),
    opening("AWS::EKS::Cluster", "ResourcesVpcConfig/EndpointPublicAccess", TRUE, true, "its API server answers the internet"),
    opening("AWS::EKS::Cluster", "ResourcesVpcConfig/PublicAccessCidrs/*", &["0.0.0.0/0"], true, "its API server asks no caller's address"),
    opening("AWS::SageMaker::NotebookInstance", "DirectInternetAccess", &["Enabled"], true, "reaches the internet past the VPC"),
    opening("AWS::Transfer::Server", "EndpointType", &["PUBLIC"], true, "answers the internet"),
    opening("AWS::Lambda::Url", "AuthType", &["NONE"], false, "its address answers without asking who calls"),
    opening("AWS::ApiGateway::Method", "AuthorizationType", &["NONE"], true, WITHOUT),
    opening("AWS::ApiGatewayV2::Route", "AuthorizationType", &["NONE"], true, WITHOUT),
    opening("AWS::AppSync::GraphQLApi", "AuthenticationType", &["API_KEY"], false, "asks callers for no more than a key"),
    opening("AWS::Cognito::IdentityPool", "AllowUnauthenticatedIdentities", TRUE, false, "gives credentials to whoever asks"),
    opening(
        "AWS::S3::Bucket",
        "AccessControl",
        &["PublicRead", "PublicReadWrite", "AuthenticatedRead"],
        false,
        "its objects may be read by everybody",
    ),
    opening(
        "AWS::ImageBuilder::DistributionConfiguration",
        "Distributions/*/AmiDistributionConfiguration/LaunchPermissionConfiguration/UserGroups/*",
        &["all"],
        false,
        "everybody may start its images",
    ),
    opening("AWS::CloudFront::Distribution", "DistributionConfig/Enabled", TRUE, false, "answers the internet"),
    opening("AWS::ApiGateway::RestApi", "EndpointConfiguration/Types/*", &["!PRIVATE"], true, "answers the internet"),
    opening("AWS::ApiGatewayV2::Api", "DisableExecuteApiEndpoint", &["false"], true, "answers the internet"),
];

/// Everything that becomes public by its own properties.
pub fn opened(both: &Both) -> Vec<Exposure> {
    let mut found = Vec::new();
    for item in both.new.items() {
        for opening in OPENINGS.iter().filter(|one| one.kind == item.kind) {
            // A browser's preflight carries no credentials.
            if opening.what == WITHOUT && (item.text("HttpMethod") == Some("OPTIONS") || item.text("RouteKey").is_some_and(preflight)) {
                continue;
            }
            let Some(sure) = opens(both, item, opening) else { continue };
            found.push(told(ExposureKind::Public, &both.new, item, opening.what.to_owned(), sure));
        }
        found.extend(blocks_loosened(both, item));
        found.extend(domain(both, item));
    }
    found
}

fn preflight(route: &str) -> bool {
    route.starts_with("OPTIONS ")
}

/// Whether a resource becomes public in this way: none when it does not, or was, else whether it surely does.
fn opens(both: &Both, item: &Item, opening: &Opening) -> Option<bool> {
    let measure = |node: &Node| {
        let word = plain(node)?;
        let is = |open: &&str| match open.strip_prefix('!') {
            Some(closed) => !word.eq_ignore_ascii_case(closed),
            None => word.eq_ignore_ascii_case(open),
        };
        Some(i64::from(!opening.open.iter().any(is)))
    };
    let absent = i64::from(!opening.absent);
    let now = Span::of(item, opening.path, absent, Span::FLAG, &measure);
    let made = both.new.made(item);
    let was = match both.before(item) {
        // A condition that kept the old one from being made kept it closed.
        Some(old) if both.old.made(old) >= made => Span::of(old, opening.path, absent, Span::FLAG, &measure),
        _ => Span::at(1),
    };
    now.less_than(was).map(|sure| sure && made == Made::Yes)
}

/// What a bucket no longer refuses. A bucket that says nothing is closed by AWS; taking the property away takes the block away.
fn blocks_loosened(both: &Both, item: &Item) -> Option<Exposure> {
    const BLOCKS: &str = "PublicAccessBlockConfiguration";
    const KEYS: [&str; 4] = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    if item.kind != "AWS::S3::Bucket" {
        return None;
    }
    let flag = |node: &Node| plain(node).and_then(|word| word.parse::<bool>().ok()).map(i64::from);
    let old = both.before(item);
    let (had, has) = (old.is_some_and(|old| old.has(BLOCKS)), item.has(BLOCKS));
    if had && !has {
        return Some(told(ExposureKind::Public, &both.new, item, "its block on public access is taken away".to_owned(), true));
    }
    let loosened: Vec<(String, bool)> = KEYS
        .iter()
        .filter_map(|key| {
            let path = format!("{BLOCKS}/{key}");
            let closed = Span::at(1);
            let was = old.filter(|_| had).map_or(closed, |old| Span::of(old, &path, 0, Span::FLAG, &flag));
            let is = if has { Span::of(item, &path, 0, Span::FLAG, &flag) } else { closed };
            is.less_than(was).map(|sure| ((*key).to_owned(), sure))
        })
        .collect();
    let sure = loosened.iter().any(|(_, sure)| *sure);
    let names: Vec<String> = loosened.into_iter().map(|(name, _)| name).collect();
    let what =
        if names.len() == KEYS.len() { "nothing blocks public access to it".to_owned() } else { format!("{} is off", listed(&names)) };
    (!names.is_empty()).then(|| told(ExposureKind::Public, &both.new, item, what, sure))
}

/// A search domain outside of a VPC.
fn domain(both: &Both, item: &Item) -> Option<Exposure> {
    let search = ["AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain"].contains(&item.kind);
    let inside = |item: &Item| item.has("VPCOptions/SubnetIds");
    let was = both.before(item).is_some_and(|old| !inside(old));
    (search && !inside(item) && !was).then(|| {
        let sure = item.properties.get("VPCOptions").is_none();
        told(ExposureKind::Public, &both.new, item, "stands outside of the VPC and answers the internet".to_owned(), sure)
    })
}
