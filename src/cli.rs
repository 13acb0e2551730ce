//! The command line: arguments in, one verb's work, words and an exit code out. Only this floor prints and touches files and environment.

#![allow(clippy::disallowed_methods)]

mod check;
mod completions;
mod config;
mod cost;
mod deploy;
mod destroy;
mod diff;
mod eject;
mod exit;
mod explain;
mod files;
mod headroom;
mod init;
mod outputs;
mod phases;
mod plan;
mod progress;
mod render;
mod schema;
mod screen;
mod stacks;
mod status;
mod target;
mod templates;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::report::error;
use exit::{Exit, Stop};
use screen::{Screen, When};

/// The settings file that is read when there is one and no other is named.
const CONFIG: &str = "scalectl.yaml";

/// From a number of users to the AWS architecture that carries them: plan it, write its CloudFormation, deploy it.
#[derive(Debug, Parser)]
#[command(
    name = "scalectl",
    version,
    max_term_width = 100,
    after_help = "Start with: scalectl plan --users 10000\nExit codes: scalectl explain exit-codes"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

/// Flags of every command.
#[derive(Debug, clap::Args)]
struct Global {
    /// Settings file [default: scalectl.yaml, when there is one]
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Use colour; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    color: When,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a commented scalectl.yaml to start from; ci: write the pipeline for GitHub or GitLab
    Init(init::Args),
    /// Show the road: the phases, from which number of users, and what each adds
    Phases(phases::Args),
    /// Decide: load, phase, components with size and reason
    Plan(plan::Args),
    /// The bill: line by line, with its range, or its curve over the number of users
    Cost(cost::Args),
    /// How far it carries: what saturates first, and which quotas to raise before
    Headroom(headroom::Args),
    /// Write the CloudFormation templates
    Render(render::Args),
    /// Judge templates, ours or anybody's: reachability, zones, data, identity, code, limits
    Check(check::Args),
    /// Compare two states: phases, folders, git revisions, what is deployed; what is replaced, and what happens to the data
    Diff(diff::Args),
    /// Write everything that the AWS CLI needs to deploy without scalectl
    Eject(eject::Args),
    /// Build it at AWS: change sets, a question, progress, addresses
    Deploy(deploy::Args),
    /// Show what stands at AWS
    Status(status::Args),
    /// Take it down; data is kept unless named
    Destroy(destroy::Args),
    /// Show the outputs of what stands, the address first
    Outputs(outputs::Args),
    /// Explain an assumption, a component, a rule, a phase, or exit-codes; explain load shows the arithmetic
    Explain(explain::Args),
    /// Print a completion script for the shell
    Completions(completions::Args),
    /// Print the JSON schema of the settings file or of plan's output
    Schema(schema::Args),
}

/// Runs the program.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // clap says it on the right stream; a closed pipe is no reason to fail.
            let _ = e.print();
            return ExitCode::from(if e.use_stderr() { Exit::Usage.code() } else { Exit::Done.code() });
        }
    };
    let screen = Screen::new(cli.global.color);
    let exit = match verb(&cli, &screen) {
        Ok(exit) => exit,
        Err(Stop { exit, message }) => {
            if !message.is_empty() {
                screen.note(&error::error(&message, &screen.err));
            }
            exit
        }
    };
    ExitCode::from(exit.code())
}

fn verb(cli: &Cli, screen: &Screen) -> Result<Exit, Stop> {
    let global = &cli.global;
    match &cli.command {
        Command::Init(args) => init::run(args, global, screen),
        Command::Phases(args) => phases::run(args, screen),
        Command::Plan(args) => plan::run(args, global, screen),
        Command::Cost(args) => cost::run(args, global, screen),
        Command::Headroom(args) => headroom::run(args, global, screen),
        Command::Render(args) => render::run(args, global, screen),
        Command::Check(args) => check::run(args, global, screen),
        Command::Diff(args) => diff::run(args, global, screen),
        Command::Eject(args) => eject::run(args, global, screen),
        Command::Deploy(args) => deploy::run(args, global, screen),
        Command::Status(args) => status::run(args, global, screen),
        Command::Destroy(args) => destroy::run(args, global, screen),
        Command::Outputs(args) => outputs::run(args, global, screen),
        Command::Explain(args) => explain::run(args, global, screen),
        Command::Completions(args) => completions::run(args),
        Command::Schema(args) => schema::run(args),
    }
}
