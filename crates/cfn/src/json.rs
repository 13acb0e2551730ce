//! JSON in and out.
//!
//! Read by hand rather than through serde_json, which gives no places, rounds the last digit of a fraction unless `float_roundtrip` is
//! switched on, and hands numbers on as maps once anything in the build switches on `arbitrary_precision`. The tests compare the two.

mod read;
mod write;

pub use read::{parse, parse_with};
pub use write::{minified, write};
