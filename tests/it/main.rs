//! The one integration binary: a file per feature, and the pieces that several features share.
//!
//! Shared: `python` (the judges' virtual environment), `finding` (what they say, and the exceptions), `tree` (the project's own files),
//! `ministack` (a cloud on this machine), `program` (running scalectl), `chance` (random numbers that are the same in every run).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::disallowed_methods)]
#![allow(missing_docs)]

mod chance;
mod data_services;
mod data_stores;
mod finding;
mod ministack;

mod program;
mod python;
mod tree;

mod async_work;
mod bad_input;
mod bad_templates;
mod bills;
mod capacity;
mod cdk;
mod compute;
mod cost;
mod database_host;
mod deploy;
mod deploy_trouble;
mod diff;
mod diff_fate;
mod diff_fuzz;
mod diff_git;
mod diff_security;
mod diff_truth;
mod diff_words;
mod edge;
mod eject;
mod front;
mod functions;
mod guards;
mod guards_paths;
mod harness;
mod identity;
mod init_ci;
mod lint;
mod load;
mod load_told;
mod mutations;
mod optimiser;
mod overrides;
mod own_secrets;
mod plan;
mod presence;
mod render;
mod renderer;
mod reviewed;
mod rules;
mod settings;
mod simulation;
mod stores;
mod systems;
mod template_bill;
