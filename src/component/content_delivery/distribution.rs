//! The distribution: where requests for which path go, and how.

use cfn::resource::certificatemanager;
use cfn::resource::cloudfront::{self, distribution as model};
use cfn::{Id, Val};

use super::policies::Policies;
use crate::component::{FrontDoor, Layer, Layers, Offers, Origin, Site};
use crate::recipe::front;

/// The origin of everything that no path rule takes.
const APP: &str = "app";

/// AWS's own policy that hands everything the viewer sent to the origin, the host included (CloudFront developer guide, "Use managed origin
/// request policies", `AllViewer`). The host is what the app writes its links and cookies for, and the balancer's certificate names it.
const ALL_VIEWER: &str = "216adef6-5c7f-47e4-b989-5492eafa07d3";

/// The moments at which the function for pages runs: before the cache is asked, and before the answer leaves.
const MOMENTS: [&str; 2] = ["viewer-request", "viewer-response"];

/// Seconds that the edge keeps a connection to the balancer open: less than the balancer does.
const KEEP_ALIVE: i64 = 60;
/// Seconds that the app has for an answer.
const ANSWER: i64 = 30;
/// What makes a copy answer for a bucket: it failed. A missing file is missing in the copy, too.
const FAILED: [i64; 4] = [500, 502, 503, 504];

/// The distribution.
pub fn model(
    site: &Site,
    offers: &Offers,
    door: &FrontDoor,
    policies: &Policies,
    price_class: model::PriceClass,
    layers: &mut Layers,
) -> cloudfront::Distribution {
    let mut by_default = model::DefaultCacheBehavior::new(APP, model::ViewerProtocolPolicy::RedirectToHttps)
        .allowed_methods(["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"])
        .cached_methods(["GET", "HEAD"])
        .compress(true)
        .cache_policy_id(policies.pages.reference())
        .origin_request_policy_id(policies.page_requests.as_ref().map_or(ALL_VIEWER.into(), |policy| policy.reference()))
        .response_headers_policy_id(policies.page_headers.reference());
    if let Some(function) = &offers.page_function {
        let at = |moment: &str| model::FunctionAssociation::new().event_type(moment).function_arn(function.function_arn());
        by_default = by_default.function_associations(MOMENTS.map(at));
    }
    let mut origins = vec![app(site, door)];
    let mut groups = Vec::new();
    let mut behaviors = Vec::new();
    for origin in &offers.origins {
        origins.push(bucket(origin.name.to_owned(), origin.bucket.regional_domain_name(), policies));
        let mut target = origin.name.to_owned();
        if let Some(copy) = &origin.copy {
            let second = format!("{}-copy", origin.name);
            origins.push(bucket(second.clone(), copy.regional_domain_name(), policies));
            target = format!("{}-or-copy", origin.name);
            groups.push(group(&target, origin.name, &second));
        }
        behaviors.push(files(origin, target, policies));
    }
    let mut config = model::DistributionConfig::new(by_default, true)
        .comment(format!("{} {}", site.settings.app, site.settings.environment))
        .http_version(model::HttpVersion::Http2and3)
        .ipv6_enabled(true)
        .price_class(price_class)
        .origins(origins)
        .cache_behaviors(behaviors);
    if let Some(acl) = &offers.edge_acl {
        config = config.web_acl_id(acl.arn());
    }
    if !groups.is_empty() {
        config = config.origin_groups(model::OriginGroups::new(i64::try_from(groups.len()).unwrap_or_default()).items(groups));
    }
    config = match front::public_name(site.settings) {
        Some(name) => {
            let certificate: Id<certificatemanager::Certificate> = Id::new("DistributionCertificate");
            let why = "Proves to users that they reached us; renewed by itself";
            layers.put(Layer::Edge, &certificate, why, name.certificate(name.domain, &[]));
            let own = model::ViewerCertificate::new()
                .acm_certificate_arn(certificate.reference())
                .ssl_support_method(model::SslSupportMethod::SniOnly)
                .minimum_protocol_version(model::MinimumProtocolVersion::Tlsv1_2_2021);
            config.aliases([name.domain]).viewer_certificate(own)
        }
        None => config.viewer_certificate(model::ViewerCertificate::new().cloud_front_default_certificate(true)),
    };
    cloudfront::Distribution::new(config)
}

/// The load balancer. With a name of our own by HTTPS, under the name that its certificate proves; without one there is no certificate for
/// the balancer, and HTTP is all it speaks. Which region's balancer is decided by that name: a group of origins, which tries a second one when
/// the first fails, takes no requests that write.
fn app(site: &Site, door: &FrontDoor) -> model::Origin {
    let (name, protocol): (Val<String>, &str) = match front::public_name(site.settings) {
        Some(public) if door.https => (public.origin().into(), "https-only"),
        _ => (door.balancer.dns_name(), "http-only"),
    };
    let config = model::CustomOriginConfig::new(protocol)
        .http_port(80)
        .https_port(443)
        .origin_ssl_protocols(["TLSv1.2"])
        .origin_keepalive_timeout(KEEP_ALIVE)
        .origin_read_timeout(ANSWER);
    model::Origin::new(name, APP)
        .custom_origin_config(config)
        .origin_custom_headers([model::OriginCustomHeader::new(front::ORIGIN_HEADER, front::origin_token(site))])
}

fn bucket(id: String, domain: Val<String>, policies: &Policies) -> model::Origin {
    model::Origin::new(domain, id)
        .origin_access_control_id(policies.access.id())
        // Empty, because requests are signed by the access control and not by the older identity; CloudFront wants the field all the same.
        .s3_origin_config(model::S3OriginConfig::new().origin_access_identity(""))
}

fn group(id: &str, first: &str, second: &str) -> model::OriginGroup {
    let codes = model::StatusCodes::new(FAILED.to_vec(), i64::try_from(FAILED.len()).unwrap_or_default());
    let members = [model::OriginGroupMember::new(first), model::OriginGroupMember::new(second)];
    model::OriginGroup::new(model::OriginGroupFailoverCriteria::new(codes), id, model::OriginGroupMembers::new(members, 2))
}

/// Reading alone: a group of origins takes no other methods, and a bucket of static files needs none.
fn files(origin: &Origin, target: String, policies: &Policies) -> model::CacheBehavior {
    model::CacheBehavior::new(origin.path, target, model::ViewerProtocolPolicy::RedirectToHttps)
        .allowed_methods(["GET", "HEAD"])
        .cached_methods(["GET", "HEAD"])
        .compress(true)
        .cache_policy_id(policies.files.reference())
        .response_headers_policy_id(policies.file_headers.reference())
}
