//! scalectl.

pub mod settings;
