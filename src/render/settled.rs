//! Settings that hold for every resource of a kind, whichever component put it: how long logs are kept.

use cfn::Node;

use crate::component::{Layers, Site};

/// What CloudFormation calls a log group.
const LOG_GROUP: &str = "AWS::Logs::LogGroup";

/// Gives every log group the retention that the user asked for; without one each keeps its component's.
pub fn settle(site: &Site, layers: &mut Layers) {
    let Some(days) = site.settings.log_retention_days else { return };
    for placed in layers.placed.iter_mut().filter(|placed| placed.resource.resource_type == LOG_GROUP) {
        placed.resource.properties.insert("RetentionInDays".to_owned(), Node::Int(i64::from(days)));
    }
}
