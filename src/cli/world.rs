//! The way to AWS: flags as the AWS CLI has them, Ctrl-C, and which stacks belong to an app and environment.

use std::time::Duration;

use super::exit::{Exit, Stop};
use crate::aws::{Aws, Connection, Interrupt};
use crate::catalog::Catalog;
use crate::component::Layer;
use crate::deploy::{Key, Options, Outcome, Unit};
use crate::render::EDGE_REGION;
use crate::settings::Settings;

/// Flags of every command that talks to AWS.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct World {
    /// Profile of the AWS CLI's configuration [env: AWS_PROFILE]
    #[arg(long, value_name = "NAME", help_heading = "AWS")]
    profile: Option<String>,
    /// Another endpoint for every AWS service [env: AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL", help_heading = "AWS")]
    endpoint_url: Option<String>,
}

/// Time between two looks at a stack, in milliseconds; for tests and for people in a hurry.
const POLL: &str = "SCALECTL_POLL_MS";

impl World {
    /// Connects, finds out who asks, and does the work. The first Ctrl-C asks the work to stop, the second stops the program.
    pub fn enter<T>(&self, region: &str, work: impl AsyncFnOnce(&Aws, &str, &Interrupt) -> Result<T, Stop>) -> Result<T, Stop> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Stop::error)?;
        let interrupt = Interrupt::default();
        let raise = interrupt.clone();
        // Listening happens on a thread of its own, because a question blocks the one that works.
        let listener = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Stop::error)?;
        std::thread::spawn(move || {
            listener.block_on(async {
                while tokio::signal::ctrl_c().await.is_ok() {
                    if raise.raised() {
                        std::process::exit(i32::from(Exit::Interrupted.code()));
                    }
                    raise.raise();
                }
            });
        });
        let connection = Connection {
            profile: self.profile.clone(),
            region: Some(region.to_owned()),
            endpoint_url: self.endpoint_url.clone(),
            interrupt: interrupt.clone(),
        };
        runtime.block_on(async {
            let aws = Aws::connect(connection).await;
            let caller = aws.caller().await.map_err(Stop::error)?;
            work(&aws, &caller.account, &interrupt).await
        })
    }
}

/// Ctrl-C at the question is an interruption and not an answer.
pub fn unless_interrupted(ended: Outcome, interrupt: &Interrupt) -> Result<Outcome, Stop> {
    match ended {
        Outcome::Declined(_) if interrupt.raised() => {
            Err(Stop { exit: Exit::Interrupted, message: "interrupted before anything was changed".to_owned() })
        }
        ended => Ok(ended),
    }
}

/// Options of a run, with the poll interval of the environment and a name of its own.
pub fn options(timeout: Option<Duration>) -> Result<Options, Stop> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let mut options = Options::new(format!("scalectl-{}-{}", now.as_millis(), std::process::id()));
    options.timeout = timeout;
    if let Ok(poll) = std::env::var(POLL) {
        let millis: u64 = poll.parse().map_err(|_| Stop::usage(format!("{POLL} is \"{poll}\"; it takes milliseconds, such as 500")))?;
        options.poll = Duration::from_millis(millis);
    }
    Ok(options)
}

/// Every stack that this app and environment may have, lowest layer first, as units that know nothing but their names.
pub fn family(settings: &Settings, catalog: &Catalog) -> Vec<Unit> {
    let mut regions = vec![settings.region.clone()];
    regions.extend(settings.further_regions.iter().cloned());
    if settings.further_regions.is_empty() {
        // The region that the planner suggests when the settings name none.
        regions.extend(catalog.region(&settings.region).ok().map(|region| region.second.to_string()));
    }
    let mut units: Vec<Unit> = Vec::new();
    for layer in Layer::ALL {
        for region in &regions {
            let region = if layer == Layer::Edge { EDGE_REGION } else { region };
            let stack = format!("{}-{}", settings.prefix(), layer.word());
            if !units.iter().any(|unit| unit.stack == stack && unit.region == region) {
                units.push(Unit { stack, region: region.to_owned(), layer: layer.word().to_owned(), ..Unit::default() });
            }
        }
    }
    units
}

/// The keys of units.
pub fn keys(units: &[Unit]) -> Vec<Key> {
    units.iter().map(Unit::key).collect()
}

/// A time such as `45m`, `2h`, `90s` or seconds alone.
pub fn time(text: &str) -> Result<Duration, String> {
    let right = || format!("\"{text}\" is not a time; write it like 45m, 2h or 90s");
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let factor = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(right()),
    };
    let seconds: u64 = number.parse().map_err(|_| right())?;
    seconds.checked_mul(factor).filter(|seconds| *seconds > 0).map(Duration::from_secs).ok_or_else(right)
}
