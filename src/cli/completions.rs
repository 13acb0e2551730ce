//! `scalectl completions`: words for the shell's Tab key.

use clap::CommandFactory;

use super::exit::{Exit, Stop};
use super::{Cli, screen};

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

/// Prints the completion script.
pub fn run(args: &Args) -> Result<Exit, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "scalectl", &mut script);
    screen::data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
