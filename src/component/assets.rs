//! Static files: a bucket that only content delivery reads, copied to every further region.

mod bill;

use cfn::policy::{self, Document, Statement};
use cfn::resource::s3::{self, bucket as model};
use cfn::resource::iam;
use cfn::{Id, Resource, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Component, Driver, Grant, Layer, Layers, Offers, Origin, Reason, Recovery, Reliance, Request, Role, Site, Size, Unplaceable, Variable,
    Way,
};
use crate::recipe::{bucket, front};
use crate::workload::Load;

/// It has no settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The sized bucket.
#[derive(Debug)]
pub struct Assets {
    regions: usize,
}

/// Object storage has no size to choose.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Assets, Vec<Reason>), Unplaceable> {
    let all = request.load.static_requests_peak;
    let left = request.load.static_requests_after_cdn();
    let mut reasons = vec![Reason::new(
        Driver::Throughput,
        format!("keeps {all} static requests at peak off the servers; content delivery answers them and asks the bucket {left}"),
    )];
    if request.regions > 1 {
        reasons.push(Reason::new(Driver::Availability, "a copy in the other region; it is served when the first does not answer"));
    }
    reasons.extend(bill::alternative(request));
    Ok((Assets { regions: request.regions }, reasons))
}

/// Days that overwritten and deleted files can be had back: longer than a bad release goes unnoticed.
const OLD_DAYS: i64 = 30;

/// Where the files stand, in URLs and in the bucket's keys alike.
const PATH: &str = "/assets/*";

fn leading() -> Id<s3::Bucket> {
    Id::new("AssetsBucket")
}

fn copy() -> Id<s3::Bucket> {
    Id::new("AssetsCopyBucket")
}

/// The name is fixed from the first phase on, because replication and its role name the buckets of other regions.
fn bucket_name(site: &Site, region: &str) -> Val<String> {
    Val::sub(format!("{}-${{AWS::AccountId}}-{region}", site.name("assets")))
}

/// The ARN by name: the role must not refer to the bucket, which refers to the role.
fn arn(site: &Site, region: &str, objects: &str) -> Val<String> {
    Val::sub(format!("arn:${{AWS::Partition}}:s3:::{}-${{AWS::AccountId}}-{region}{objects}", site.name("assets")))
}

/// The regions that hold a copy.
fn further<'a>(site: &'a Site) -> impl Iterator<Item = &'a str> {
    site.regions.iter().skip(1).map(|region| region.region.code())
}

/// Content delivery reads the objects and nothing else. Any distribution of this account: the bucket stands in a lower stack than the one
/// distribution, and must not refer up to it (CloudFront developer guide, "Restrict access to an Amazon S3 origin").
fn read_by_distributions(id: &Id<s3::Bucket>) -> Statement {
    Statement::allow(["s3:GetObject"])
        .principal_service("cloudfront.amazonaws.com")
        .on(bucket::objects(id))
        .when("StringEquals", "aws:SourceAccount", Val::reference("AWS::AccountId"))
        .when("ArnLike", "aws:SourceArn", Val::sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*"))
        .sid("ReadByContentDelivery")
}

/// A rule for each copy: everything, deletions included, within minutes.
fn replication(role: &Id<iam::Role>, site: &Site) -> model::ReplicationConfiguration {
    let rule = |(index, region): (usize, &str)| {
        let deletions = model::DeleteMarkerReplication::new().status(model::IntelligentTieringConfigurationStatus::Enabled);
        model::ReplicationRule::new(
            model::ReplicationDestination::new(copy().in_region(region).arn()),
            model::IntelligentTieringConfigurationStatus::Enabled,
        )
        .id(region)
        .priority(i64::try_from(index).unwrap_or_default() + 1)
        .filter(model::ReplicationRuleFilter::new().prefix(""))
        .delete_marker_replication(deletions)
    };
    model::ReplicationConfiguration::new(role.arn(), further(site).enumerate().map(rule).collect::<Vec<_>>())
}

/// The role by which S3 copies (S3 user guide, "Setting up permissions for live replication").
fn replication_role(site: &Site, layers: &mut Layers) -> Id<iam::Role> {
    let id: Id<iam::Role> = Id::new("AssetsReplicationRole");
    let here = site.region.region.code();
    let find = Statement::allow(["s3:GetReplicationConfiguration", "s3:ListBucket"]).on(arn(site, here, "")).sid("FindObjects");
    let read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"];
    let read = Statement::allow(read).on(arn(site, here, "/*")).sid("ReadObjects");
    let copies = further(site).map(|region| arn(site, region, "/*"));
    let write = Statement::allow(["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]).on_each(copies).sid("WriteCopies");
    let statements = Document::of([find, read, write]);
    let role = iam::Role::new(policy::assumable_by("s3.amazonaws.com")).policies([iam::role::Policy::new(statements, "access")]);
    layers.put(Layer::Data, &id, "S3 copies the static files to the further regions and may do nothing else", role);
    id
}

impl Component for Assets {
    fn name(&self) -> &'static str {
        "assets"
    }

    fn label(&self) -> &'static str {
        "Static files"
    }

    fn size(&self) -> Size {
        let note = if self.regions > 1 { format!("S3, copied to {} regions", self.regions) } else { "S3".to_owned() };
        Size { count: None, class: None, note }
    }

    fn offers(&self, site: &Site) -> Offers {
        let lead = site.regions.first().map_or(site.region.region.code(), |region| region.region.code());
        let bucket = if site.leads() { leading() } else { leading().in_region(lead) };
        let url = front::public_name(site.settings).map_or("/assets".to_owned(), |name| format!("https://{}/assets", name.domain));
        let second = further(site).next();
        let origin = Origin { name: "assets", path: PATH, bucket, copy: second.map(|region| copy().in_region(region)) };
        // The app writes to the leading region's bucket wherever it runs: copies go one way.
        let variables = vec![
            Variable::new("ASSETS_BUCKET", bucket_name(site, lead)),
            Variable::new("ASSETS_URL", url),
        ];
        let write = Grant {
            name: "WriteAssets",
            roles: &[Role::App],
            actions: vec!["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            resources: vec![arn(site, lead, "/assets/*")],
        };
        let list = Grant { name: "ListAssets", roles: &[Role::App], actions: vec!["s3:ListBucket"], resources: vec![arn(site, lead, "")] };
        Offers { origins: vec![origin], variables, grants: vec![write, list], ..Offers::default() }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        let code = site.region.region.code();
        let model = bucket::versioned(bucket::closed(), OLD_DAYS).bucket_name(bucket_name(site, code));
        let only = "Only content delivery reads the files, and only with TLS";
        if !site.leads() {
            // Below the leading region's data stack, which replicates to it and therefore waits for it.
            let id = copy();
            layers.put(Layer::Site, &id, "The static files survive the loss of the leading region", Resource::new(model).retain());
            bucket::policy(layers, Layer::Site, &id, only, vec![read_by_distributions(&id)]);
            return;
        }
        let id = leading();
        let model = bucket::logged(model, "assets", offers.balancer_logs.as_ref().map(|logs| &logs.bucket));
        let model = if further(site).next().is_some() {
            let role = replication_role(site, layers);
            model.replication_configuration(replication(&role, site))
        } else {
            model
        };
        layers.put(Layer::Data, &id, "Holds style sheets, scripts and images, so that no server has to send them", Resource::new(model).retain());
        bucket::policy(layers, Layer::Data, &id, only, vec![read_by_distributions(&id)]);
        layers.tell(Layer::Data, "AssetsBucketName", id.reference(), "Where a release puts its static files, under assets/");
    }

    fn line_items(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        bill::lines(site, offers, load, bill)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        // Pages are answered without it, and the edge holds most files.
        let copies = if self.regions > 1 { 2 } else { 1 };
        vec![Reliance { copies, ..Reliance::new("S3 for static files", "s3", Way::Aside) }]
    }

    fn recoveries(&self, _site: &Site) -> Vec<Recovery> {
        bill::recoveries(self.regions)
    }
}
