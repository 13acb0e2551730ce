//! From a number of users to the AWS architecture that carries them.
//!
//! Every decision is made once, by a pure function, and becomes a value that can be printed, compared and tested. The modules below stand in the
//! order of their floors, ground floor first: a module names only modules above it in this list.

pub mod digest;
pub mod jobs;
pub mod units;

pub mod catalog;
pub mod settings;
pub mod workload;

pub mod block;
pub mod recipe;

pub mod component;

pub mod phase;

pub mod architecture;

pub mod gather;

pub mod estimate;

pub mod planner;

pub mod render;

pub mod cost;

pub mod headroom;

pub mod availability;

pub mod judgement;

pub mod check;

pub mod fate;

pub mod diff;

pub mod deploy;

pub mod report;

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "aws")]
pub mod cli;
