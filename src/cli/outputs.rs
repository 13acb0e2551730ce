//! `scalectl outputs`: what a person needs of what stands, the address first.

use super::Global;
use super::config::{self, Naming};
use super::exit::{Exit, Stop};
use super::screen::{self, Screen};
use super::world::{self, World};
use crate::catalog::Catalog;
use crate::deploy::{self, OutputValue, Stacks};
use crate::report::{outcome, status as words};

/// Arguments of `outputs`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    naming: Naming,
    #[command(flatten)]
    world: World,
    /// Also the outputs that only pass from stack to stack
    #[arg(long)]
    all: bool,
    /// Text for people or JSON for scripts
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Reads the outputs of the stacks that exist.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let catalog = Catalog::builtin().map_err(Stop::error)?;
    let settings = config::settings(&args.naming, global, &catalog, config::region_of_environment().as_deref(), screen)?;
    let keys = world::keys(&world::family(&settings, &catalog));
    let (found, outputs) = args.world.enter(&settings.region, async |aws, _, _| {
        let mut outputs = Vec::new();
        let statuses = deploy::status(aws, &keys).await.map_err(Stop::error)?;
        let standing: Vec<_> = statuses.into_iter().filter(|status| status.status.is_some()).collect();
        for status in &standing {
            if status.outputs.is_empty() {
                continue;
            }
            let template = aws.template(&status.key).await.map_err(|trouble| Stop::error(format!("{}: {trouble}", status.key)))?;
            outputs.extend(described(&template, &status.outputs, args.all));
        }
        Ok((!standing.is_empty(), outputs))
    })?;
    if !found {
        return Err(Stop::error(format!("nothing of {} stands in {}; build it with: scalectl deploy", settings.prefix(), settings.region)));
    }
    match args.format {
        Format::Text => screen.view(&outcome::outputs(&outputs))?,
        Format::Json => screen::data(&words::outputs_json(&outputs))?,
    }
    Ok(Exit::Done)
}

/// The outputs with the words of the deployed template; those without words only pass values between stacks.
fn described(template: &str, outputs: &[(String, String)], all: bool) -> Vec<OutputValue> {
    let document = cfn::syntax::parse(template).ok();
    let about = |name: &str| {
        let outputs = document.as_ref()?.root.get("Outputs")?;
        outputs.get(name)?.get("Description")?.as_str().map(str::to_owned)
    };
    let value = |(name, value): &(String, String)| {
        let about = about(name);
        let address = value.starts_with("http://") || value.starts_with("https://");
        (all || about.is_some()).then(|| OutputValue {
            name: name.clone(),
            value: value.clone(),
            about: about.unwrap_or_default(),
            address,
        })
    };
    outputs.iter().filter_map(value).collect()
}
