//! `scalectl status`: what stands at AWS, and what goes on there.

use std::time::Duration;

use super::Global;
use super::config::{self, Naming};
use super::exit::{Exit, Stop};
use super::progress::{Question, Watcher};
use super::screen::{self, Screen};
use super::world::{self, World};
use crate::catalog::Catalog;
use crate::deploy;
use crate::report::outcome::{self, Act};
use crate::report::status as words;

/// Arguments of `status`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    naming: Naming,
    #[command(flatten)]
    world: World,
    /// Stay until nothing goes on any more
    #[arg(long)]
    follow: bool,
    /// Stop following after this time (45m, 2h)
    #[arg(long, value_name = "TIME", value_parser = world::time, requires = "follow")]
    timeout: Option<Duration>,
    /// Text for people or JSON for scripts
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Looks, and with `--follow` watches first.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let catalog = Catalog::builtin().map_err(Stop::error)?;
    let settings = config::settings(&args.naming, global, &catalog, config::region_of_environment().as_deref(), screen)?;
    let units = world::family(&settings, &catalog);
    let options = world::options(args.timeout)?;
    let (followed, statuses) = args.world.enter(&settings.region, async |aws, _, interrupt| {
        let mut followed = None;
        if args.follow {
            let mut watcher = Watcher::new(screen, Question::Yes, interrupt);
            let ended = deploy::follow(aws, &units, &options, &mut watcher).await;
            watcher.end();
            followed = Some(ended.map_err(Stop::error)?);
        }
        let statuses = deploy::status(aws, &world::keys(&units)).await.map_err(Stop::error)?;
        Ok((followed, statuses))
    })?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    match args.format {
        Format::Text => screen.view(&words::status(&settings.prefix(), &statuses, now, &screen.out))?,
        Format::Json => screen::data(&words::json(&settings.prefix(), &statuses))?,
    }
    Ok(match followed {
        Some(ended) if ended.exit_code() != 0 => {
            screen.note(&outcome::outcome(&ended, Act::Deploy, &screen.err));
            Exit::of(ended.exit_code())
        }
        _ => Exit::Done,
    })
}
