//! Settings for one run: flags first, then the settings file, then the defaults.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::exit::Stop;
use super::screen::Screen;
use super::{CONFIG, Global};
use crate::catalog::Catalog;
use crate::check::RULES;
use crate::phase;
use crate::report::error;
use crate::settings::{self, Known, MAX_BYTES, Problems, Settings, rule};
use crate::workload::{PROFILE_NAMES, names};

/// Flags that say which app, environment and region are meant.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Naming {
    /// Name of the application [settings: app]
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
    /// Name of the environment [settings: environment]
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// The home region [settings: region]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
}

/// Reads the settings file, when there is one, and lays the flags over it. `fallback` is the region when neither names one.
pub fn settings(naming: &Naming, global: &Global, catalog: &Catalog, fallback: Option<&str>, screen: &Screen) -> Result<Settings, Stop> {
    laid_over(naming, written(global)?, catalog, fallback, screen)
}

/// The settings of a file as it is written, with the flags over them.
pub fn laid_over(
    naming: &Naming,
    written: Option<Written>,
    catalog: &Catalog,
    fallback: Option<&str>,
    screen: &Screen,
) -> Result<Settings, Stop> {
    let regions: Vec<&str> = catalog.regions().iter().map(|region| region.region.code()).collect();
    let assumptions: Vec<&str> = names().collect();
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let known = Known { regions: &regions, assumptions: &assumptions, phases: &phase::IDS, rules: &rules, workloads: &PROFILE_NAMES };
    let (mut settings, names_region) = match written {
        Some(Written { name, bytes }) => {
            let settings = settings::read(&name, &bytes, &known).map_err(Stop::error)?;
            if settings::blank(&String::from_utf8_lossy(&bytes)) {
                screen.note(&error::warning(&format!("{name} sets nothing: the defaults apply"), &screen.err));
            }
            let names_region = String::from_utf8_lossy(&bytes).lines().any(|line| line.starts_with("region"));
            (settings, names_region)
        }
        None => (Settings::default(), false),
    };
    let named = |result: Result<(), String>| result.map_err(Stop::usage);
    if let Some(app) = &naming.app {
        named(rule::name("app", app, rule::MAX_PREFIX))?;
        settings.app.clone_from(app);
    }
    if let Some(environment) = &naming.environment {
        named(rule::name("environment", environment, rule::MAX_PREFIX))?;
        settings.environment.clone_from(environment);
    }
    named(rule::prefix(&settings.app, &settings.environment))?;
    let region = naming.region.as_deref().or(if names_region { None } else { fallback });
    if let Some(region) = region {
        named(rule::region(region, &regions))?;
        region.clone_into(&mut settings.region);
    }
    Ok(settings)
}

/// The region of the AWS SDK's environment variables, for commands that talk to AWS.
pub fn region_of_environment() -> Option<String> {
    ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().filter_map(|name| std::env::var(name).ok()).find(|region| !region.is_empty())
}

/// A settings file as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// How the user calls it.
    pub name: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// The settings file; nothing when none is named and none is there.
pub fn written(global: &Global) -> Result<Option<Written>, Stop> {
    let path: PathBuf = match &global.config {
        Some(path) => path.clone(),
        None if Path::new(CONFIG).exists() => PathBuf::from(CONFIG),
        None => return Ok(None),
    };
    let name = path.display().to_string();
    let unreadable = |e: std::io::Error| Stop::error(format!("{name} cannot be read: {e}"));
    let meta = fs::metadata(&path).map_err(unreadable)?;
    if meta.is_dir() {
        return Err(Stop::error(format!("{name} is a directory; --config takes a file")));
    }
    if meta.len() > MAX_BYTES {
        return Err(Stop::error(Problems(vec![settings::too_large(&name, meta.len())])));
    }
    // A device or a pipe has no length to look at first.
    let mut bytes = Vec::new();
    fs::File::open(&path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if read > MAX_BYTES {
        return Err(Stop::error(Problems(vec![settings::too_large(&name, read)])));
    }
    Ok(Some(Written { name, bytes }))
}
