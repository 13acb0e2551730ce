//! Templates and their text: what is written reads back the same, what others wrote is read, and what is no template is refused.

#![allow(clippy::disallowed_methods)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, missing_docs)]

mod arbitrary;
mod fixtures;
mod look;
mod reading;
mod refusals;
mod round_trip;
mod template;
