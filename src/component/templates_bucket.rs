//! Where templates wait that are too large for a request: CloudFormation takes 51,200 bytes from a request and a megabyte from a bucket.
//!
//! It stands in the lowest stack, so that it is there before the first large one is deployed.

use cfn::{Id, Resource};
use serde::Deserialize;

use crate::component::{Component, Driver, Layer, Layers, Offers, Reason, Request, Site, Size, Unplaceable};
use crate::recipe::bucket;

/// What a phase file says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The bucket for large templates.
#[derive(Debug)]
pub struct TemplatesBucket;

/// Days that a template is kept after its deployment; CloudFormation keeps its own copy.
const DAYS: i64 = 30;

/// Nothing of it depends on the load.
///
/// # Errors
/// None.
pub fn size(_settings: &Settings, _request: &Request) -> Result<(TemplatesBucket, Vec<Reason>), Unplaceable> {
    let reason = Reason::new(Driver::Phase, "a request carries 51,200 bytes of a template; larger ones go through a bucket");
    Ok((TemplatesBucket, vec![reason]))
}

impl Component for TemplatesBucket {
    fn name(&self) -> &'static str {
        "templates_bucket"
    }

    fn label(&self) -> &'static str {
        "Templates"
    }

    fn size(&self) -> Size {
        Size { note: "S3, kept a month".to_owned(), ..Size::default() }
    }

    fn offers(&self, _site: &Site) -> Offers {
        Offers::default()
    }

    fn resources(&self, _site: &Site, _offers: &Offers, layers: &mut Layers) {
        let id: Id<cfn::resource::s3::Bucket> = Id::new("TemplatesBucket");
        let model = Resource::new(bucket::expiring(bucket::closed(), DAYS)).retain();
        layers.put(Layer::Network, &id, "Templates over 51,200 bytes reach CloudFormation through it", model);
        bucket::policy(layers, Layer::Network, &id, "Templates travel by TLS only", Vec::new());
        layers.tell(Layer::Network, "TemplatesBucket", id.reference(), "The bucket that large templates are sent through");
    }
}
