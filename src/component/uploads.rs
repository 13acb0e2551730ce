//! Files that users upload, and the function that makes thumbnails of pictures among them.

mod bill;
mod bucket;

use cfn::policy::Statement;
use cfn::resource::events::rule::{DeadLetterConfig, RetryPolicy, Target};
use cfn::resource::{events, lambda, s3, sqs};
use cfn::{Id, Node, Val};
use serde::Deserialize;

use crate::catalog::MissingPrice;
use crate::component::{
    Bill, Ceiling, Component, Driver, Grant, Layer, Layers, Metric, Offers, Reason, Recovery, Reliance, Request, Role, Site, Size, Unplaceable,
    Variable, Way,
};
use crate::recipe::{self, queue, watch};
use crate::units::Bytes;
use crate::workload::Load;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The bucket, with what is expected in it.
#[derive(Debug)]
pub struct Uploads {
    expected: Bytes,
    /// Thumbnails in the making at the peak and in the stress case, in one region.
    needs: (f64, f64),
}

/// Bucket and function are paid by what is stored and done; the load says how much that will be.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, request: &Request) -> Result<(Uploads, Vec<Reason>), Unplaceable> {
    let load = request.load;
    let each = Bytes::from_f64(load.assumptions.object_bytes_per_user());
    let text = format!("{} users with {each} of files each; that is {}, and a bucket has no end", load.users, load.object_bytes);
    let mut reasons = vec![Reason::new(Driver::Storage, text)];
    reasons.extend(bill::alternative(request));
    Ok((Uploads { expected: load.object_bytes, needs: bill::needs(request) }, reasons))
}

/// The function.
const SOURCE: &str = include_str!("uploads/thumbnail.py");
/// Seconds until it is stopped: the largest picture that it takes (32 MiB of pixels) was measured at about 40 s on one vCPU.
const TIMEOUT: i64 = 180;
/// MB of memory: as much as comes with one whole vCPU; a picture of 32 MiB needs a tenth of it.
const MEMORY: i64 = 1_769;
/// Times that an event is handed over before it is given up, and seconds after which it is too old.
const ATTEMPTS: i64 = 10;
const MOST_AGE: i64 = 3_600;
/// What the app uploads stands under this prefix; thumbnails do not, so that none is made of a thumbnail.
const PREFIX: &str = "uploads/";

fn bucket() -> Id<s3::Bucket> {
    Id::new("UploadsBucket")
}

fn function() -> Id<lambda::Function> {
    Id::new("ThumbnailFunction")
}

fn dead_letters() -> Id<sqs::Queue> {
    Id::new("ThumbnailDeadLetterQueue")
}

/// Objects of the bucket whose keys match.
fn objects(keys: &str) -> Val<String> {
    Val::sub(format!("${{{}.Arn}}/{keys}", bucket().name()))
}

/// What reading and writing takes of the key that encrypts the bucket.
const USE_KEY: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey"];

fn put_function(layers: &mut Layers) {
    let (id, dead) = (function(), dead_letters());
    let function = recipe::Function {
        id: id.name(),
        layer: Layer::Async,
        why: "Makes a thumbnail of each uploaded picture, away from the users' requests",
        source: SOURCE,
        timeout: TIMEOUT,
        memory: MEMORY,
        environment: vec![("BUCKET", bucket().reference())],
        statements: vec![
            Statement::allow(["s3:GetObject"]).on(objects("uploads/*")).on(objects("thumbnails/*")).sid("ReadPictures"),
            Statement::allow(["s3:PutObject"]).on(objects("thumbnails/*")).sid("WriteThumbnails"),
            // Without it S3 says "forbidden" instead of "not there".
            Statement::allow(["s3:ListBucket"]).on(bucket().arn()).sid("SeeWhatIsMissing"),
            Statement::allow(USE_KEY).on(recipe::data_key().arn()).sid("UseKey"),
        ],
        failures: Some(&dead),
        // Nothing behind it needs protection: it calls only S3.
        most: None,
    };
    recipe::function(layers, function);
}

fn put_rule(layers: &mut Layers) {
    let rule: Id<events::Rule> = Id::new("UploadsRule");
    let dead = dead_letters();
    let why = "Uploads whose thumbnail could not be made are not forgotten";
    let sends = queue::sends("events.amazonaws.com", &dead, rule.arn());
    queue::put_dead_letters(layers, Layer::Async, &dead, why, vec![sends]);
    let named = Node::map([("name", Node::list([bucket().reference().into_node()]))]);
    let keys = Node::map([("key", Node::list([Node::map([("prefix", PREFIX)])]))]);
    let pattern = Node::map([
        ("source", Node::list(["aws.s3"])),
        ("detail-type", Node::list(["Object Created"])),
        ("detail", Node::map([("bucket", named), ("object", keys)])),
    ]);
    let target = Target::new(function().arn(), "thumbnail")
        .retry_policy(RetryPolicy::new().maximum_retry_attempts(ATTEMPTS).maximum_event_age_in_seconds(MOST_AGE))
        .dead_letter_config(DeadLetterConfig::new().arn(dead.arn()));
    let model = events::Rule::new().description("Uploads become thumbnails").event_pattern(pattern).targets([target]);
    layers.put(Layer::Async, &rule, "Tells the function of each upload; the bucket need not know who listens", model);
    let permission: Id<lambda::Permission> = Id::new("ThumbnailPermission");
    let model =
        lambda::Permission::new("lambda:InvokeFunction", function().reference(), "events.amazonaws.com").source_arn(rule.arn());
    layers.put(Layer::Async, &permission, "This rule may call the function", model);
}

impl Component for Uploads {
    fn name(&self) -> &'static str {
        "uploads"
    }

    fn label(&self) -> &'static str {
        "Uploads"
    }

    fn size(&self) -> Size {
        Size { note: format!("S3 for {}, thumbnails on demand", self.expected), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        let grant = |name, actions, resources| Grant { name, roles: &[Role::App, Role::Worker], actions, resources };
        Offers {
            variables: vec![Variable::new("UPLOADS_BUCKET", bucket().reference())],
            grants: vec![
                grant("UseUploads", vec!["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], vec![objects("uploads/*")]),
                grant("UseThumbnails", vec!["s3:DeleteObject", "s3:GetObject"], vec![objects("thumbnails/*")]),
                grant("ListUploads", vec!["s3:ListBucket"], vec![bucket().arn()]),
                grant("UseUploadsKey", USE_KEY.to_vec(), vec![recipe::data_key().arn()]),
            ],
            ..Offers::default()
        }
    }

    fn resources(&self, site: &Site, offers: &Offers, layers: &mut Layers) {
        bucket::put(site, offers, layers);
        put_rule(layers);
        put_function(layers);
    }

    fn metrics(&self, _site: &Site) -> Vec<Metric> {
        let mut metrics = watch::function(&function(), None);
        metrics.push(watch::dead_letters(&dead_letters()));
        metrics
    }

    fn line_items(&self, site: &Site, offers: &Offers, load: &Load, bill: &mut Bill) -> Result<(), MissingPrice> {
        self.lines(site, offers, load, bill)
    }

    fn ceilings(&self, site: &Site) -> Vec<Ceiling> {
        self.limits(site)
    }

    fn reliances(&self, _site: &Site) -> Vec<Reliance> {
        vec![Reliance::new("S3 for uploads", "s3", Way::Aside), Reliance::new("Lambda for thumbnails", "lambda", Way::Aside)]
    }

    fn recoveries(&self, _site: &Site) -> Vec<Recovery> {
        bill::recoveries()
    }
}
