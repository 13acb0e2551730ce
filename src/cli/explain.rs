//! `scalectl explain`: what an id means.

use super::Global;
use super::exit::{Exit, Stop, TABLE};
use super::screen::{self, Screen};
use super::target::{self, Home, Target};
use crate::report::{explain as words, findings, load as arithmetic};
use crate::settings::rule;
use crate::workload::{self, LEDGER, assumption};
use crate::{check, component, phase};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An assumption, a component, a rule or a phase; one of the lists: assumptions, components, rules, phases, exit-codes; or load
    #[arg(value_name = "ID", allow_hyphen_values = true)]
    id: Option<String>,
    #[command(flatten)]
    target: Target,
    /// Text for people, JSON for scripts (scalectl schema load); for load only, as are the flags that say what is to be built
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// The id that stands for the chain of arithmetic.
const LOAD: &str = "load";

/// The lists that can be asked for by name.
const LISTS: [&str; 7] = ["assumptions", "components", "rules", "phases", "bill", "diff", "exit-codes"];

/// Explains one thing, or says what can be explained.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let look = &screen.out;
    let id = args.id.as_deref().map(str::trim);
    if id.is_some_and(|id| id.eq_ignore_ascii_case(LOAD)) {
        return load(args, global, screen);
    }
    if args.asks_for_load() {
        let id = id.map_or_else(String::new, |id| format!(", not to \"{id}\""));
        return Err(Stop::usage(format!("these flags belong to load{id}:\n  scalectl explain load --users 500000")));
    }
    let Some(id) = id else {
        screen.view(&words::topics(&LISTS, look))?;
        return Ok(Exit::Done);
    };
    let word = id.to_ascii_lowercase().replace('-', "_");
    let phases = || phase::all().map_err(Stop::error);
    let text = match word.as_str() {
        "assumptions" | "assumption" => words::assumptions(LEDGER, look),
        "components" | "component" => words::components(&blocks(), &phases()?, look),
        "phases" | "phase" => crate::report::phases::road(&phases()?, &super::phases::bills(&phases()?)?, look),
        "exit_codes" | "exit_code" => {
            let rows: Vec<(u8, &str)> = TABLE.iter().map(|(_, code, text)| (*code, *text)).collect();
            words::exit_codes(&rows, look)
        }
        "rules" | "rule" => findings::rules(look),
        "bill" => words::BILL.to_owned(),
        "diff" => words::DIFF.to_owned(),
        _ => match assumption(workload::canonical(&word)) {
            Some(entry) => words::assumption(entry, look),
            None if component::BLOCKS.contains(&word.as_str()) => {
                let about = blocks().into_iter().find(|(block, _)| *block == word).map_or("", |(_, about)| about);
                words::component(&word, about, &phases()?, look)
            }
            None if check::rule(&word.replace('_', "-")).is_some() => {
                check::rule(&word.replace('_', "-")).map(|rule| findings::rule(rule, look)).unwrap_or_default()
            }
            None if phase::IDS.iter().any(|known| known.eq_ignore_ascii_case(id)) => {
                crate::report::phases::one(&target::find(id)?, &phases()?, look)
            }
            None => {
                let known: Vec<&str> = LISTS
                    .into_iter()
                    .chain([LOAD])
                    .chain(LEDGER.iter().map(|entry| entry.id))
                    .chain(component::BLOCKS.iter().copied())
                    .chain(check::RULES.iter().map(|rule| rule.id))
                    .chain(phase::IDS)
                    .collect();
                let near = rule::suggestion(&word, known.iter().copied());
                return Err(Stop::usage(format!("nothing is called \"{id}\"{near}\n  lists: {}", LISTS.join(", "))));
            }
        },
    };
    screen.view(&text)?;
    Ok(Exit::Done)
}

impl Args {
    /// Whether a flag was given that only the load takes.
    fn asks_for_load(&self) -> bool {
        let Target { users, phase, assume, workload, naming, prices } = &self.target;
        let texts = [users, phase, workload, &naming.app, &naming.environment, &naming.region];
        self.format.is_some() || !assume.is_empty() || prices.is_some() || texts.into_iter().any(Option::is_some)
    }
}

/// The chain of arithmetic for a number of users.
fn load(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let ground = args.target.ground(global, screen, Home::Fixed)?;
    let told = |flag: &Option<String>, setting: &Option<String>| flag.is_some() || setting.is_some();
    if !told(&args.target.users, &ground.settings.users) && !told(&args.target.phase, &ground.settings.phase) {
        return Err(Stop::usage(
            "the load of how many users? give the number of monthly active users:\n  scalectl explain load --users 500000\n\
             or set users in scalectl.yaml",
        ));
    }
    let (phase, users) = args.target.choose(&ground.settings, screen)?;
    let load = workload::load(users, &ground.assumptions);
    match args.format.unwrap_or(Format::Text) {
        Format::Text => screen.view(&arithmetic::text(&load, &phase.id, &screen.out))?,
        Format::Json => screen::data(&arithmetic::json(&load, &phase.id))?,
    }
    Ok(Exit::Done)
}

/// The components with a sentence on each.
fn blocks() -> Vec<(&'static str, &'static str)> {
    component::BLOCKS.iter().copied().zip(component::ABOUT.iter().copied()).collect()
}
