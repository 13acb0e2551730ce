//! scalectl: from a number of users to the AWS architecture that carries them.
//!
//! The modules stand from ground floor to roof; a module names only those above it in this file. Blank lines keep the formatter from sorting them.

pub mod units;

pub mod workload;

pub mod catalog;
