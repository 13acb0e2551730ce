//! What the edge keeps and for how long, and which headers every answer carries.

use cfn::Id;
use cfn::resource::cloudfront::{self, cache_policy, origin_access_control, origin_request_policy, response_headers_policy as headers};

use crate::component::{Layer, Layers, Offers, Site};
use crate::recipe::front;

/// The policies of a distribution.
#[derive(Debug)]
pub struct Policies {
    /// Pages: kept only as long as the app says, and not for long.
    pub pages: Id<cloudfront::CachePolicy>,
    /// Static files: kept for a year, because a new release has new names.
    pub files: Id<cloudfront::CachePolicy>,
    /// What the app is told of requests for pages; none: what the viewer said, and nothing else.
    pub page_requests: Option<Id<cloudfront::OriginRequestPolicy>>,
    /// Headers of pages.
    pub page_headers: Id<cloudfront::ResponseHeadersPolicy>,
    /// Headers of static files.
    pub file_headers: Id<cloudfront::ResponseHeadersPolicy>,
    /// How the edge signs what it asks of buckets.
    pub access: Id<cloudfront::OriginAccessControl>,
}

/// Seconds in a year: how long names with a hash in them are kept, and browsers remember to come by HTTPS.
const YEAR: i64 = 31_536_000;
/// The longest that the edge keeps a page, whatever the app says, so that a mistake heals by itself within a minute.
const MINUTE: i64 = 60;

/// What a page may do when the app says nothing itself: be framed only by the app, load no plugins, and keep its own base address. Scripts
/// and styles are not limited, because only the app knows which it needs.
const CONTENT_POLICY: &str = "frame-ancestors 'self'; base-uri 'self'; object-src 'none'";

/// Puts them.
pub fn put(site: &Site, offers: &Offers, layers: &mut Layers) -> Policies {
    let personal = offers.page_function.is_some();
    let policies = Policies {
        pages: Id::new("PageCachePolicy"),
        files: Id::new("FileCachePolicy"),
        page_requests: personal.then(|| Id::new("PageRequestPolicy")),
        page_headers: Id::new("PageHeadersPolicy"),
        file_headers: Id::new("FileHeadersPolicy"),
        access: Id::new("OriginAccessControl"),
    };
    layers.put(Layer::Edge, &policies.pages, "A page is kept only when the app says so, and for a minute at most", pages(site, personal));
    layers.put(Layer::Edge, &policies.files, "A static file is asked for once: its name changes when it does", files(site));
    if let Some(id) = &policies.page_requests {
        layers.put(Layer::Edge, id, "The app, and the function before it, are told the country that a request comes from", requests(site));
    }
    let page = headers::ResponseHeadersPolicyConfig::new(site.name("pages")).security_headers_config(security(true));
    let why = "Browsers come by HTTPS only, guess no types and frame no page of ours";
    layers.put(Layer::Edge, &policies.page_headers, why, cloudfront::ResponseHeadersPolicy::new(page));
    let keep = headers::CustomHeader::new("Cache-Control", false, format!("public, max-age={YEAR}, immutable"));
    let file = headers::ResponseHeadersPolicyConfig::new(site.name("files"))
        .security_headers_config(security(false))
        .custom_headers_config(headers::CustomHeadersConfig::new([keep]));
    let why = "Browsers keep static files, too, unless a file says otherwise";
    layers.put(Layer::Edge, &policies.file_headers, why, cloudfront::ResponseHeadersPolicy::new(file));
    let signed = origin_access_control::OriginAccessControlConfig::new(site.name("files"), "s3", "always", "sigv4");
    let why = "Buckets stay closed: they answer only what our content delivery has signed";
    layers.put(Layer::Edge, &policies.access, why, cloudfront::OriginAccessControl::new(signed));
    policies
}

/// Whatever makes two users' pages differ is part of the key: cookies, authorization, host and query. So one user's page is never
/// another's, even when an app forgets to say `private`.
///
/// What the function for pages has decided is part of it, too.
fn pages(site: &Site, personal: bool) -> cloudfront::CachePolicy {
    let mut varying = vec!["Accept", "Accept-Language", "Authorization", "Host", "Origin"];
    if personal {
        varying.extend(front::PAGE_HEADERS);
    }
    let key = cache_policy::ParametersInCacheKeyAndForwardedToOrigin::new(
        cache_policy::CookiesConfig::new("all"),
        true,
        cache_policy::HeadersConfig::new("whitelist").headers(varying),
        cache_policy::QueryStringsConfig::new("all"),
    );
    let config = cache_policy::CachePolicyConfig::new(0, MINUTE, 0, site.name("pages"), key.enable_accept_encoding_brotli(true));
    cloudfront::CachePolicy::new(config)
}

/// Everything that the viewer said, and the country, which the edge knows: only a policy makes it look that up.
fn requests(site: &Site) -> cloudfront::OriginRequestPolicy {
    let config = origin_request_policy::OriginRequestPolicyConfig::new(
        origin_request_policy::CookiesConfig::new("all"),
        origin_request_policy::HeadersConfig::new("allViewerAndWhitelistCloudFront").headers(["CloudFront-Viewer-Country"]),
        site.name("pages"),
        origin_request_policy::QueryStringsConfig::new("all"),
    );
    cloudfront::OriginRequestPolicy::new(config)
}

fn files(site: &Site) -> cloudfront::CachePolicy {
    let key = cache_policy::ParametersInCacheKeyAndForwardedToOrigin::new(
        cache_policy::CookiesConfig::new("none"),
        true,
        cache_policy::HeadersConfig::new("none"),
        cache_policy::QueryStringsConfig::new("none"),
    );
    let config = cache_policy::CachePolicyConfig::new(YEAR, YEAR, 0, site.name("files"), key.enable_accept_encoding_brotli(true));
    cloudfront::CachePolicy::new(config)
}

/// Headers that make browsers careful; what the app says itself wins.
fn security(page: bool) -> headers::SecurityHeadersConfig {
    let common = headers::SecurityHeadersConfig::new()
        .strict_transport_security(headers::StrictTransportSecurity::new(YEAR, false))
        .content_type_options(headers::ContentTypeOptions::new(false))
        .referrer_policy(headers::ReferrerPolicy::new(false, "strict-origin-when-cross-origin"));
    if !page {
        return common;
    }
    common
        .frame_options(headers::FrameOptions::new("SAMEORIGIN", false))
        .content_security_policy(headers::ContentSecurityPolicy::new(CONTENT_POLICY, false))
}
