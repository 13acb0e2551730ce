//! scalectl.

pub mod deploy;
#[cfg(feature = "aws")]
pub mod aws;
