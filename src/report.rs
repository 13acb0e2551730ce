//! All words and pictures: views turn values into text. Width, colour and glyphs are given, never looked up here.

pub mod columns;
pub mod detail;
pub mod eject;
pub mod error;
pub mod explain;
pub mod findings;
pub mod json;
pub mod load;
pub mod look;
pub mod markdown;
pub mod outcome;
pub mod overridden;
pub mod phases;
pub mod plan;
pub mod progress;
pub mod review;
pub mod stale;
pub mod status;
