//! `scalectl deploy`: makes AWS agree with the plan.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Global;
use super::config;
use super::exit::{Exit, Stop};
use super::progress::{Question, Watcher};
use super::render::{self, Format};
use super::screen::Screen;
use super::stacks;
use super::target::{Home, Target};
use super::world::{self, World};
use crate::architecture::Architecture;
use crate::catalog::Catalog;
use crate::deploy::{self, OutputValue};
use crate::render::Stack;
use crate::report::outcome::{self, Act};
use crate::report::stale;
use crate::settings::rule;

/// Arguments of `deploy`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The answer's codes: scalectl explain exit-codes\nSCALECTL_POLL_MS sets the time between two looks at a stack (2000)."
)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    world: World,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Deploy only if the templates are, to the byte, those in DIR/<phase>; otherwise stop before AWS is asked anything, and exit 5
    #[arg(long, value_name = "DIR")]
    reviewed: Option<PathBuf>,
    /// Accept what happens to the data of this resource; may be repeated
    #[arg(long, value_name = "LOGICAL_ID")]
    accept_data_fate: Vec<String>,
    /// S3 bucket for templates over 51,200 bytes [settings: template_bucket]
    #[arg(long, value_name = "BUCKET")]
    template_bucket: Option<String>,
    /// Machine image for new hosts, instead of the newest Amazon Linux
    #[arg(long, value_name = "AMI")]
    image_id: Option<String>,
    /// Give scaling groups the newest image; hosts that hold data keep theirs
    #[arg(long)]
    refresh_images: bool,
    /// Stop waiting after this time (45m, 2h); the deployment goes on at AWS
    #[arg(long, value_name = "TIME", value_parser = world::time)]
    timeout: Option<Duration>,
}

/// Plans, renders, deploys, and prints what stands then.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let architecture = args.target.architecture(global, screen, Home::Environment)?;
    let stacks = stacks::stacks(&architecture, screen)?;
    stacks::warn(&stacks, screen);
    if let Some(dir) = &args.reviewed {
        reviewed(dir, args, &architecture, &stacks, screen)?;
    }
    let settings = &architecture.settings;
    let units = deploy::units(&stacks, settings);
    let mut options = world::options(args.timeout)?;
    options.yes = args.yes;
    options.accept_data_fate = args.accept_data_fate.iter().cloned().collect();
    options.image_id = args.image_id.as_deref().map(image).transpose()?;
    options.refresh_images = args.refresh_images;
    options.template_bucket = args.template_bucket.clone().or_else(|| settings.template_bucket.clone());
    if let Some(bucket) = &args.template_bucket {
        rule::bucket(bucket).map_err(|message| Stop::usage(format!("--template-bucket: {message}")))?;
    }
    options.family = world::keys(&world::family(settings, &Catalog::builtin().map_err(Stop::error)?));
    let head = format!("{} · {} · phase {}", settings.prefix(), settings.region, architecture.phase.id);
    let ended = args.world.enter(&settings.region, async |aws, account, interrupt| {
        screen.note(&format!("{head} · account {account}\n\n"));
        let mut watcher = Watcher::new(screen, Question::Yes, interrupt);
        let ended = deploy::deploy(aws, &units, &options, &mut watcher).await;
        watcher.end();
        ended.map_err(Stop::error).and_then(|ended| world::unless_interrupted(ended, interrupt))
    })?;
    screen.note(&outcome::outcome(&ended, Act::Deploy, &screen.err));
    let exit = Exit::of(ended.exit_code());
    if exit == Exit::Done {
        // What only passes from stack to stack has no words of its own; `outputs --all` shows it.
        let told = ended.report().stacks.iter().flat_map(|stack| &stack.outputs).filter(|output| !output.about.is_empty());
        let outputs: Vec<OutputValue> = told.cloned().collect();
        screen.view(&outcome::outputs(&outputs))?;
    }
    Ok(exit)
}

/// Stops unless the folder of reviewed templates holds these stacks and nothing else of ours. Reviewed JSON is compared with JSON.
fn reviewed(dir: &Path, args: &Args, architecture: &Architecture, stacks: &[Stack], screen: &Screen) -> Result<(), Stop> {
    let yaml = render::files_of(architecture, stacks, Format::Yaml);
    let mut wanted = yaml.len();
    let mut differences = render::differences(dir, &yaml)?;
    let json = render::files_of(architecture, stacks, Format::Json);
    let there = |files: &[render::Rendered]| files.iter().any(|file| dir.join(&file.path).exists());
    if !there(&yaml) && there(&json) {
        wanted = json.len();
        differences = render::differences(dir, &json)?;
    }
    if differences.is_empty() {
        return Ok(());
    }
    let settings = &architecture.settings;
    let phase = &architecture.phase.id;
    screen.view(&stale::diff(&differences, &screen.out))?;
    // render does not look at the environment, so that it writes the same everywhere.
    let environment = match config::region_of_environment() {
        Some(region) if args.target.naming.region.is_none() && region == settings.region => {
            "\n  the environment says AWS_REGION; the settings file must name the region for render to know it"
        }
        _ => "",
    };
    let remedy = format!(
        "nothing was deployed: {} in {} at phase {phase} is not what was reviewed{environment}\n  \
         write the templates with scalectl render -o {}, have the change reviewed, and deploy again",
        settings.prefix(),
        settings.region,
        dir.display()
    );
    screen.note(&stale::summary(&differences, wanted, &dir.display().to_string(), &remedy, &screen.err));
    Err(Stop::quiet(Exit::Stale))
}

fn image(id: &str) -> Result<String, Stop> {
    let digits = id.strip_prefix("ami-").unwrap_or_default();
    if matches!(digits.len(), 8 | 17) && digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(id.to_owned());
    }
    Err(Stop::usage(format!("--image-id \"{id}\" is not the id of a machine image such as ami-0123456789abcdef0")))
}
