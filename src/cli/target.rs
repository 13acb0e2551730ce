//! What is to be built: which phase, for how many users, under which assumptions.

use std::path::PathBuf;

use super::config::{self, Naming, Written};
use super::exit::{Exit, Stop};
use super::screen::Screen;
use super::{Global, config::region_of_environment};
use crate::architecture::Architecture;
use crate::catalog::Catalog;
use crate::phase::{self, Phase};
use crate::planner::{self, PlanError};
use crate::report::error;
use crate::settings::{self, Problems, Settings, rule};
use crate::units::{Users, UsersError};
use crate::workload::{self, AssumptionError, Assumptions, PROFILE_NAMES, Profile};

/// Flags that say what is to be built.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Target {
    /// Monthly active users: 500000, 500_000, 500k, 10M
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub users: Option<String>,
    /// Phase, whatever the number of users says: prelaunch, launch, 10, 1k, 10k, 500k, 10m
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub phase: Option<String>,
    /// How busy users are: light, normal or heavy (20, 50 or 200 requests of an active user on a day) [settings: workload]
    #[arg(long, value_name = "USE", allow_hyphen_values = true)]
    pub workload: Option<String>,
    /// Replace an assumption, such as peak_factor=4 or session_ttl_hours=24h; may be repeated (scalectl explain assumptions)
    #[arg(long, value_name = "ID=VALUE")]
    pub assume: Vec<String>,
    /// A price list of your own, in the form of data/prices.yaml
    #[arg(long, value_name = "FILE")]
    pub prices: Option<PathBuf>,
    #[command(flatten)]
    pub naming: Naming,
}

/// Where the default for the region comes from when neither flag nor file names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// The same everywhere: what is printed depends on nothing but flags and file.
    Fixed,
    /// The AWS SDK's environment variables, as the AWS CLI does.
    Environment,
}

/// Flags, file and tables put together.
pub struct Ground {
    pub catalog: Catalog,
    pub settings: Settings,
    pub assumptions: Assumptions,
}

impl Target {
    /// Reads what the decision stands on.
    pub fn ground(&self, global: &Global, screen: &Screen, home: Home) -> Result<Ground, Stop> {
        self.ground_of(config::written(global)?, screen, home)
    }

    /// Reads what the decision stands on, with this settings file in place of the user's own.
    pub fn ground_of(&self, written: Option<Written>, screen: &Screen, home: Home) -> Result<Ground, Stop> {
        let catalog = self.catalog()?;
        let fallback = if home == Home::Environment { region_of_environment() } else { None };
        let settings = config::laid_over(&self.naming, written, &catalog, fallback.as_deref(), screen)?;
        let assumptions = self.assumptions(&settings)?;
        Ok(Ground { catalog, settings, assumptions })
    }

    /// The tables, with the user's prices where a file is named.
    fn catalog(&self) -> Result<Catalog, Stop> {
        let catalog = Catalog::builtin().map_err(Stop::error)?;
        let Some(file) = &self.prices else { return Ok(catalog) };
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).map_err(|e| Stop::error(format!("the price list {name} cannot be read: {e}")))?;
        catalog.with_prices(&name, text).map_err(Stop::error)
    }

    /// The defaults, over them the profile of use, over it what the file assumes, over all what the flags assume.
    fn assumptions(&self, settings: &Settings) -> Result<Assumptions, Stop> {
        let profile = match (&self.workload, &settings.workload) {
            (Some(name), _) => Some(profile(name)?),
            (None, Some(name)) => Profile::find(name),
            (None, None) => None,
        };
        let given = |id: &str| {
            let id = workload::canonical(id);
            self.assume.iter().filter_map(|flag| flag.split_once('=')).any(|(name, _)| workload::canonical(name.trim()) == id)
        };
        let in_file = |id: &str, error: AssumptionError| Stop::error(Problems(vec![settings.problem("assume", id, error.to_string())]));
        for (id, value) in &settings.assume {
            Assumptions::default().set(&format!("{id}={value}")).map_err(|error| in_file(id, error))?;
        }
        let of_file = settings.assume.iter().filter(|(id, _)| !given(id)).map(|(id, value)| format!("{id}={value}"));
        let all: Vec<String> = of_file.chain(self.assume.iter().cloned()).collect();
        Assumptions::under(profile, &all).map_err(|error| {
            // Only what the file alone says is a mistake of the file.
            let about = error.about();
            let of_file = about.iter().copied().rfind(|id| settings.assume.contains_key(*id));
            match of_file {
                Some(id) if !about.iter().any(|id| given(id)) && self.workload.is_none() => in_file(id, error),
                _ => Stop::usage(error),
            }
        })
    }

    /// Decides; a warning goes to stderr.
    pub fn architecture(&self, global: &Global, screen: &Screen, home: Home) -> Result<Architecture, Stop> {
        Ok(self.decide(global, screen, home)?.1)
    }

    /// Decides, and gives what the decision stands on.
    pub fn decide(&self, global: &Global, screen: &Screen, home: Home) -> Result<(Ground, Architecture), Stop> {
        let ground = self.ground(global, screen, home)?;
        let (phase, users) = self.choose(&ground.settings, screen)?;
        let architecture = ground.plan(phase, users)?;
        Ok((ground, architecture))
    }

    /// The flags that lead to this architecture again, for the commands that a plan suggests.
    pub fn again(&self, architecture: &Architecture, global: &Global) -> String {
        let (phase, users) = (&architecture.phase, architecture.users);
        let mut flags = format!("--phase {}", phase.id);
        if users.0 != phase.from {
            flags.push_str(&format!(" --users {}", users.0));
        }
        let naming = &self.naming;
        for (flag, value) in [("--app", &naming.app), ("--environment", &naming.environment), ("--region", &naming.region)] {
            if let Some(value) = value {
                flags.push_str(&format!(" {flag} {value}"));
            }
        }
        if let Some(workload) = &self.workload {
            flags.push_str(&format!(" --workload {}", workload.trim().to_ascii_lowercase()));
        }
        for assume in &self.assume {
            flags.push_str(&format!(" --assume {}", quoted(assume)));
        }
        if let Some(prices) = &self.prices {
            flags.push_str(&format!(" --prices {}", prices.display()));
        }
        if let Some(config) = &global.config {
            flags.push_str(&format!(" --config {}", config.display()));
        }
        flags
    }

    /// The phase and the number of users. A flag wins over the whole file: `--phase` alone is not sized for the file's users.
    pub fn choose(&self, settings: &Settings, screen: &Screen) -> Result<(Phase, Users), Stop> {
        let (users, phase) = match (&self.users, &self.phase) {
            (None, None) => (settings.users.as_deref(), settings.phase.as_deref()),
            (users, phase) => (users.as_deref(), phase.as_deref()),
        };
        let source = if self.users.is_some() { "--users" } else { "users in the settings file" };
        let users: Option<Users> = users.map(str::parse).transpose().map_err(|e: UsersError| Stop::usage(format!("{source}: {e}")))?;
        let named = phase.map(find).transpose()?;
        match (users, named) {
            (None, None) => Err(Stop::usage(
                "how far to build? give a number of monthly active users, or a phase:\n  --users 10000\n  --phase 10k\n\
                 or set one of them in scalectl.yaml; scalectl phases shows the road",
            )),
            (None, Some(phase)) => {
                let users = Users(phase.from);
                Ok((phase, users))
            }
            (Some(users), None) => Ok((phase::for_users(users).map_err(Stop::error)?, users)),
            (Some(users), Some(phase)) => {
                let natural = phase::for_users(users).map_err(Stop::error)?;
                if natural.id != phase.id {
                    let text = format!("{users} users belong to phase {}; phase {} is sized for them as you ask", natural.id, phase.id);
                    screen.note(&error::warning(&text, &screen.err));
                }
                Ok((phase, users))
            }
        }
    }
}

impl Ground {
    /// Decides the architecture of a phase.
    pub fn plan(&self, phase: Phase, users: Users) -> Result<Architecture, Stop> {
        if let Some(message) = settings::conflict(self.settings.cache_engine, &phase.id) {
            return Err(Stop::error(Problems(vec![self.settings.problem("cache", "memcached", message)])));
        }
        planner::plan(phase.clone(), users, &self.settings, &self.assumptions, &self.catalog).map_err(|error| match &error {
            PlanError::Hosting(refused) => Stop::error(Problems(vec![self.settings.problem("database", "hosting", refused.to_string())])),
            PlanError::Unplaceable(_) => Stop::error(format!("{error}{}", self.carries(&phase, users))),
            _ => Stop::error(error),
        })
    }

    /// How far the phase goes and what breaks there, when it is the number of users that is too much for it.
    fn carries(&self, phase: &Phase, users: Users) -> String {
        let Some((most, breaks)) = planner::carries(phase, &self.settings, &self.assumptions, &self.catalog) else { return String::new() };
        if most >= users {
            return String::new();
        }
        let way = match phase::after(&phase.id) {
            Some((next, from)) => format!("phase {next} is for {from} users on"),
            None => "no later phase carries more: divide the app into several, or change what it assumes (--assume)".to_owned(),
        };
        format!("\n  phase {} carries up to {most} users under these assumptions; with one more: {breaks}\n  {way}", phase.id)
    }
}

/// A profile of use by its name in any case.
fn profile(name: &str) -> Result<Profile, Stop> {
    Profile::find(name).ok_or_else(|| {
        let near = rule::suggestion(name.trim(), PROFILE_NAMES);
        Stop::usage(format!("no workload is called \"{name}\"{near}\n  workloads: {}", PROFILE_NAMES.join(", ")))
    })
}

/// A word for the shell: in quotes when it has a blank in it, such as `dau_share = 20 %`.
fn quoted(word: &str) -> String {
    if word.chars().any(char::is_whitespace) { format!("'{}'", word.replace('\'', "'\\''")) } else { word.to_owned() }
}

/// A phase by its id in any case.
pub fn find(id: &str) -> Result<Phase, Stop> {
    let known = phase::IDS.iter().any(|known| known.eq_ignore_ascii_case(id.trim()));
    if !known {
        let near = rule::suggestion(id, phase::IDS);
        return Err(Stop { exit: Exit::Usage, message: format!("no phase is called \"{id}\"{near}\n  phases: {}", phase::IDS.join(", ")) });
    }
    phase::find(id).map_err(Stop::error)
}
