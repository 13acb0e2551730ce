//! `scalectl schema`: JSON schemas, for editors and for scripts that read JSON output.

use super::exit::{Exit, Stop};
use super::screen;
use crate::{report, settings};

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which schema
    #[arg(default_value = "settings")]
    of: Of,
}

/// What a schema is of.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Of {
    /// scalectl.yaml
    Settings,
    /// The output of plan --format json
    Plan,
    /// The output of check --format json
    Check,
    /// The output of cost --format json
    Cost,
    /// The output of cost --from --to --format json
    Curve,
    /// The output of headroom --format json
    Headroom,
    /// The output of explain load --format json
    Load,
    /// The output of diff --format json
    Diff,
    /// The output of diff --matrix --format json
    Matrix,
}

/// Prints a schema.
pub fn run(args: &Args) -> Result<Exit, Stop> {
    screen::data(match args.of {
        Of::Settings => settings::SCHEMA,
        Of::Plan => report::json::SCHEMA,
        Of::Check => report::findings::SCHEMA,
        Of::Cost => report::cost::SCHEMA,
        Of::Curve => report::curve::SCHEMA,
        Of::Headroom => report::headroom::SCHEMA,
        Of::Load => report::load::SCHEMA,
        Of::Diff => report::diff::SCHEMA,
        Of::Matrix => report::diff::MATRIX_SCHEMA,
    })?;
    Ok(Exit::Done)
}
