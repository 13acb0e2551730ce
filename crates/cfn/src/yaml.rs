//! YAML in and out; the only module that knows the YAML library.
//!
//! **Reading** builds on the event parser of `serde-saphyr` (its `granit_parser`), because serde hands on neither places nor tags.
//! CloudFormation reads YAML 1.1 without aliases, hash merges and timestamps (AWS, "Template formats"), and so does this reader, save
//! that it expands aliases within a bound, since AWS's own packaging command does:
//! - `yes`, `no`, `on`, `off` and `true`, `false` are booleans, as YAML 1.1 and cfn-lint have it;
//! - a number is one only in its plain decimal form; `010`, `1_000`, `12:30:45`, `0x1F`, `1e3`, `2012-10-17` stay the text that was written,
//!   so that no account ID loses its zero, and so does a whole number beyond 64 bits;
//! - `!Name x` becomes `{"Fn::Name": x}` (`Ref` and `Condition` without the `Fn::`), and its scalar is text always.
//!
//! **Writing** is done by hand. `serde-saphyr`'s emitter was tried: it has short tags, blocks under tags and safe scalars, but it quotes
//! keys such as `Fn::Sub`, leaves invisible characters (zero width, right-to-left) as they are and keeps trailing blanks in blocks,
//! which editors strip. Templates are reviewed as text and compared byte by byte, so their look should not move with a library either.
//! The tests prove that this reader and serde-saphyr's own (YAML 1.2) read back each scalar as it was; PyYAML (1.1) was checked likewise.

mod plain;
mod read;
mod scalar;
mod write;

pub(crate) use plain::float;
pub use read::{parse, parse_with};
pub(crate) use scalar::is_visible;
pub use write::{write, write_with_header};
