//! scalectl.

pub mod deploy;
