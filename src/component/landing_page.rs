//! The landing page: a static page on Amplify Hosting, as long as there is nothing else to show.

use cfn::resource::amplify::app::{CustomRule, Platform};
use cfn::resource::amplify::branch::{EnvironmentVariable, Stage};
use cfn::resource::amplify::domain::SubDomainSetting;
use cfn::resource::amplify::{App, Branch, Domain};
use cfn::{Id, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Component, Driver, Kind, Layer, Layers, Offers, Reason, Reliance, Request, Site, Size, Unplaceable, Way, about,
};
use crate::recipe::quantity::{gigabytes, of_region};
use crate::units::decimal;
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The page.
#[derive(Debug)]
pub struct LandingPage {}

/// Amplify serves from AWS's edge locations and is paid by the byte.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(LandingPage, Vec<Reason>), Unplaceable> {
    let text = "a static page costs nothing while nobody looks at it; it is served from every edge location when many do";
    let mut reasons = vec![Reason::new(Driver::Cost, text)];
    reasons.extend(alternative(request));
    Ok((LandingPage {}, reasons))
}

/// The smallest host that could serve it.
const HOST: &str = "ec2.t4g.nano";

/// The same page on a host of its own.
fn alternative(request: &Request) -> Option<Reason> {
    let (prices, region) = (request.catalog.prices().ok()?, &request.region.region);
    let host = prices.monthly(HOST, region).ok()? + prices.monthly("public_ipv4.hour", region).ok()?;
    let served = prices.price("amplify.served", region).ok()?.usd;
    let text = format!("a t4g.nano with an address: {} a month before anybody looks; Amplify asks {served} per GB", host.to_cents());
    Some(Reason::instead(Driver::Cost, text))
}

/// The branch that is served.
const BRANCH: &str = "main";

/// Paths without a file's ending belong to the page itself: it decides what they show (Amplify Hosting user guide, "Redirects for single page
/// web apps").
const PAGE_PATHS: &str =
    r"</^[^.]+$|\.(?!(css|gif|ico|jpg|jpeg|js|json|map|png|svg|ttf|txt|webmanifest|webp|woff|woff2|xml)$)([^.]+$)/>";

fn page() -> Id<App> {
    Id::new("LandingPage")
}

/// `https://main.…amplifyapp.com`.
fn own_address() -> Val<String> {
    Val::sub(format!("https://{BRANCH}.${{{}.DefaultDomain}}", page().name()))
}

/// What the browser may do with the page. It may call our API, whose name is known only after this app: hence any API of the region.
fn headers() -> Val<String> {
    let api = "https://*.execute-api.${AWS::Region}.${AWS::URLSuffix}";
    let content = format!(
        "default-src 'self'; connect-src 'self' {api}; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
         base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    );
    let headers = [
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ("Content-Security-Policy", content.as_str()),
    ];
    let mut text = "customHeaders:\n  - pattern: '**'\n    headers:\n".to_owned();
    for (key, value) in headers {
        text.push_str(&format!("      - key: {key}\n        value: \"{value}\"\n"));
    }
    Val::sub(text)
}

fn put_page(site: &Site, layers: &mut Layers) {
    let mut rules = Vec::new();
    if let Some(domain) = &site.settings.domain {
        rules.push(CustomRule::new(format!("https://www.{domain}"), format!("https://{domain}")).status("301"));
    }
    rules.push(CustomRule::new(PAGE_PATHS, "/index.html").status("200"));
    let model = App::new(site.name("landing")).platform(Platform::Web).custom_rules(rules).custom_headers(headers());
    layers.put(Layer::Site, &page(), "People can read about the app before it runs, at no standing cost", model);
}

fn put_branch(offers: &Offers, layers: &mut Layers) -> Id<Branch> {
    let branch: Id<Branch> = Id::new("LandingPageBranch");
    let mut model = Branch::new(page().app_id(), BRANCH).stage(Stage::Production).enable_auto_build(false);
    if let Some(api) = &offers.api {
        // On the branch and not on the app: the API names the app as the origin of its callers.
        model = model.environment_variables([EnvironmentVariable::new("API_URL", api.api_endpoint())]);
    }
    layers.put(Layer::Site, &branch, "What is served, and where a build of the page finds the API", model);
    branch
}

fn put_domain(domain: &str, branch: &Id<Branch>, layers: &mut Layers) {
    let id: Id<Domain> = Id::new("LandingPageDomain");
    let places = ["", "www"].map(|prefix| SubDomainSetting::new(branch.branch_name(), prefix));
    let model = Domain::new(page().app_id(), domain, places);
    layers.put(Layer::Site, &id, "The page answers under the app's own name, with a certificate", model);
    let about = "Record that proves the domain to be yours; Amplify writes it by itself when the zone is in this account's Route 53";
    layers.tell(Layer::Site, "LandingPageCertificateRecord", id.certificate_record(), about);
}

impl Component for LandingPage {
    fn name(&self) -> &'static str {
        "landing_page"
    }

    fn label(&self) -> &'static str {
        "Landing page"
    }

    fn size(&self) -> Size {
        Size { note: "Amplify, on demand".to_owned(), ..Size::default() }
    }

    fn offers(&self, site: &Site) -> Offers {
        let mut origins = vec![own_address()];
        if let Some(domain) = &site.settings.domain {
            origins.push(format!("https://{domain}").into());
        }
        Offers { site_origins: origins, ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        put_page(site, layers);
        let branch = put_branch(offers, layers);
        let address = match &site.settings.domain {
            Some(domain) => {
                put_domain(domain, &branch, layers);
                format!("https://{domain}").into()
            }
            None => own_address(),
        };
        layers.tell_address(Layer::Site, "AppUrl", address, "Where the landing page is");
        let about = "Amplify app without a repository: upload the built page by `aws amplify create-deployment --app-id ... --branch-name main`, \
                     then `aws amplify start-deployment`";
        layers.tell(Layer::Site, "LandingPageId", page().app_id(), about);
    }

    fn line_items(&self, site: &Site, _offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        let sent = of_region(site, load.static_bytes_month.billed_gb());
        let why = format!("{} of static files a month", load.static_bytes_month);
        bill.usage(sent, about("Landing page, bytes to the internet", "amplify.served", Kind::Transfer, why))?;
        let page = load.assumptions.static_bytes_per_page();
        let stored = about("Landing page, stored", "amplify.stored", Kind::Storage, format!("one page of {} B", crate::units::number(page)));
        bill.standing(gigabytes(decimal(page)), stored)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new("Amplify Hosting", "amplify", Way::Edge)]
    }
}
