//! How a template travels: in the request, without white space, or through a bucket.

use super::change::Given;
use super::error::DeployError;
use super::outcome::Options;
use super::unit::Unit;

/// What a request carries, in bytes (CloudFormation quotas, "Template body size in a request").
const IN_REQUEST: usize = 51_200;
/// What CloudFormation takes at all, in bytes (same page, "Template body size in an Amazon S3 object": 1 MB).
const AT_ALL: usize = 1_000_000;

/// The text to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carriage<'a> {
    /// In the request.
    Request(&'a str),
    /// Through the bucket of this name.
    Bucket(&'a str, &'a str),
}

/// How the template of a unit travels.
///
/// # Errors
/// It is too large, or too large for a request while there is no bucket: neither `own`, that of the app, nor one that the user named,
/// which goes first.
pub fn carriage<'a>(unit: &'a Unit, options: &'a Options, own: Option<&'a str>) -> Result<Carriage<'a>, DeployError> {
    let short = if unit.minified.is_empty() { &unit.template } else { &unit.minified };
    if unit.template.len() <= IN_REQUEST {
        return Ok(Carriage::Request(&unit.template));
    }
    let bytes = short.len();
    match options.template_bucket.as_deref().or(own) {
        _ if bytes > AT_ALL => Err(DeployError::TooLarge { key: unit.key(), bytes }),
        _ if bytes <= IN_REQUEST => Ok(Carriage::Request(short)),
        Some(bucket) => Ok(Carriage::Bucket(bucket, short)),
        None => Err(DeployError::NeedsBucket { key: unit.key(), bytes }),
    }
}

/// Whether the template is too large for a request even without white space.
pub fn needs_bucket(template: &str, minified: &str) -> bool {
    template.len() > IN_REQUEST && minified.len() > IN_REQUEST
}

/// A short fingerprint of what a change set is made of: the same wish has the same name. (FNV-1a, 64 bits.)
pub fn fingerprint(template: &str, given: &[(String, Given)], tags: &[(String, String)]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut feed = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    feed(template);
    for (name, value) in given {
        feed(name);
        match value {
            Given::Value(value) => feed(value),
            Given::Previous => feed("\u{1}"),
        }
    }
    for (name, value) in tags {
        feed(name);
        feed(value);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_template_travels_without_white_space_then_through_the_bucket_and_else_says_what_to_do() {
        let mut options = Options::new("t");
        let sized = |template: usize, minified: usize| Unit {
            stack: "s".into(),
            region: "r".into(),
            template: "x".repeat(template),
            minified: "y".repeat(minified),
            ..Unit::default()
        };
        assert!(matches!(carriage(&sized(51_200, 9), &options, None), Ok(Carriage::Request(text)) if text.starts_with('x')));
        assert!(matches!(carriage(&sized(51_201, 51_200), &options, Some("own")), Ok(Carriage::Request(text)) if text.starts_with('y')));
        let error = carriage(&sized(60_000, 51_201), &options, None).unwrap_err();
        assert!(error.to_string().contains("--template-bucket"), "{error}");
        assert!(matches!(carriage(&sized(60_000, 51_201), &options, Some("own")), Ok(Carriage::Bucket("own", _))));
        options.template_bucket = Some("b".into());
        assert!(matches!(carriage(&sized(60_000, 51_201), &options, Some("own")), Ok(Carriage::Bucket("b", _))), "the user's word wins");
        assert!(matches!(carriage(&sized(2_000_000, 1_000_001), &options, None), Err(DeployError::TooLarge { .. })));
    }
}
