//! `scalectl destroy`: takes an environment down and leaves its data, unless told otherwise by name.

use std::time::Duration;

use super::Global;
use super::config::{self, Naming};
use super::exit::{Exit, Stop};
use super::progress::{Question, Watcher};
use super::screen::Screen;
use super::world::{self, World};
use crate::catalog::Catalog;
use crate::deploy;
use crate::report::outcome::{self, Act};

/// Arguments of `destroy`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    naming: Naming,
    #[command(flatten)]
    world: World,
    /// Do not ask; the name must then be given with --environment-name
    #[arg(short, long, requires = "environment_name")]
    yes: bool,
    /// The environment's name, once more, so that the wrong one is not taken down
    #[arg(long, value_name = "NAME")]
    environment_name: Option<String>,
    /// Delete the data of this resource where nothing protects it; may be repeated
    #[arg(long, value_name = "LOGICAL_ID")]
    delete_data: Vec<String>,
    /// Stop waiting after this time (45m, 2h); the deletion goes on at AWS
    #[arg(long, value_name = "TIME", value_parser = world::time)]
    timeout: Option<Duration>,
}

/// Deletes the stacks that exist, last one first.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let catalog = Catalog::builtin().map_err(Stop::error)?;
    let settings = config::settings(&args.naming, global, &catalog, config::region_of_environment().as_deref(), screen)?;
    if let Some(name) = args.environment_name.as_ref().filter(|name| **name != settings.environment) {
        return Err(Stop::usage(format!(
            "--environment-name is \"{name}\", and the environment is \"{}\"; nothing was touched",
            settings.environment
        )));
    }
    let mut options = world::options(args.timeout)?;
    options.yes = args.yes;
    options.accept_data_fate = args.delete_data.iter().cloned().collect();
    let units = world::family(&settings, &catalog);
    let ended = args.world.enter(&settings.region, async |aws, account, interrupt| {
        screen.note(&format!("{} · {} · account {account}: everything is taken down\n\n", settings.prefix(), settings.region));
        let mut watcher = Watcher::new(screen, Question::Name(settings.environment.clone()), interrupt);
        let ended = deploy::destroy(aws, &units, &options, &mut watcher).await;
        watcher.end();
        ended.map_err(Stop::error).and_then(|ended| world::unless_interrupted(ended, interrupt))
    })?;
    screen.note(&outcome::outcome(&ended, Act::Destroy, &screen.err));
    Ok(Exit::of(ended.exit_code()))
}
