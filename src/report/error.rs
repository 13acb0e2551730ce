//! How a failure is told: what happened first, then what to do.

use super::look::{Ink, Look};

/// `error: …`, with the further lines of the message below it.
pub fn error(message: &str, look: &Look) -> String {
    look.finish(&format!("{} {}\n", look.ink(Ink::Danger, "error:"), message.trim_end()))
}

/// `warning: …`.
pub fn warning(message: &str, look: &Look) -> String {
    look.finish(&format!("{} {}\n", look.ink(Ink::Warning, "warning:"), message.trim_end()))
}
