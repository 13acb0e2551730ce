//! The code of an AWS region.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A region code such as `us-east-1`, of the right shape; whether it exists and has figures is what the catalogue knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Region(String);

impl Region {
    /// The code, e.g. `eu-central-1`.
    pub fn code(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Region {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// A text that cannot be a region code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a region code; one looks like us-east-1 or eu-central-1 (lower case, no zone letter at the end)")]
pub struct RegionError(String);

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Region, RegionError> {
        let parts: Vec<&str> = text.split('-').collect();
        let word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
        let sound = match parts.as_slice() {
            [words @ .., number] => {
                (2..=3).contains(&words.len())
                    && words.iter().all(word)
                    && matches!(number.as_bytes(), [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'])
            }
            [] => false,
        };
        if sound { Ok(Region(text.to_owned())) } else { Err(RegionError(text.to_owned())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_of_the_right_shape_are_regions() {
        for code in ["us-east-1", "ap-southeast-7", "us-gov-west-1", "mx-central-1"] {
            assert_eq!(code.parse::<Region>().unwrap().code(), code);
        }
        for text in ["", "us-east", "us-east-1a", "US-EAST-1", "us_east_1", "us-east-0", "-east-1", "us east-1", "us-east-1\n"] {
            let error = text.parse::<Region>().unwrap_err().to_string();
            assert!(error.contains("looks like us-east-1"), "{error}");
        }
    }
}
