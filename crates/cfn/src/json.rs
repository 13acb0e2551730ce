//! JSON in and out.
//!
//! Read by hand rather than through serde: serde gives no places, and with `arbitrary_precision` switched on anywhere in the build, its
//! numbers arrive as maps. The tests compare this reader with serde_json.

mod read;
mod write;

pub use read::{parse, parse_with};
pub use write::{minified, write};
