//! `scalectl explain`: what an id means.

use super::exit::{Exit, Stop, TABLE};
use super::screen::Screen;
use super::target;
use crate::report::{explain as words, findings};
use crate::settings::rule;
use crate::workload::{LEDGER, assumption};
use crate::{check, component, phase};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An assumption, a component, a rule or a phase; or one of the lists: assumptions, components, rules, phases, exit-codes
    #[arg(value_name = "ID", allow_hyphen_values = true)]
    id: Option<String>,
}

/// The lists that can be asked for by name.
const LISTS: [&str; 5] = ["assumptions", "components", "rules", "phases", "exit-codes"];

/// Explains one thing, or says what can be explained.
pub fn run(args: &Args, screen: &Screen) -> Result<Exit, Stop> {
    let look = &screen.out;
    let Some(id) = args.id.as_deref().map(str::trim) else {
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
        _ => match assumption(&word) {
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

/// The components with a sentence on each.
fn blocks() -> Vec<(&'static str, &'static str)> {
    component::BLOCKS.iter().copied().zip(component::ABOUT.iter().copied()).collect()
}
