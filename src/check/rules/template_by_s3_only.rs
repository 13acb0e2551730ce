//! A template that does not fit into a request.

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
///
/// Only texts are measured: our own stacks are judged before they are written, and `scalectl deploy` and the ejected script put large ones into a
/// bucket themselves.
pub const RULE: Rule = Rule {
    id: "template-by-s3-only",
    severity: Severity::Info,
    what: "whoever deploys a template of more than 51,200 bytes does it by way of a bucket",
    why: "CloudFormation takes 51,200 bytes with a request and 1 MB from S3: without a bucket the deployment ends with a validation error.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
    run,
};

/// What a request carries.
const IN_REQUEST: usize = 51_200;

fn run(graph: &Graph, found: &mut Found) {
    for (index, file) in graph.set.files.iter().enumerate() {
        if let Some(bytes) = file.bytes.filter(|bytes| *bytes > IN_REQUEST) {
            let message = format!("{bytes} bytes are more than the {IN_REQUEST} of a request; deploy with --s3-bucket, or split the template");
            found.of_file(index, "", message);
        }
    }
}
