//! `scalectl cost`: the bill of a plan, or the curve of bills over the number of users.

use super::Global;
use super::exit::{Exit, Stop};
use super::screen::{self, Screen};
use super::target::{Ground, Home, Target};
use crate::catalog::{Catalog, UnknownRegion};
use crate::cost::{self, Options};
use crate::report::{cost as words, curve as picture, error};
use crate::units::{Region, Users, UsersError};

/// Arguments of `cost`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "A curve: scalectl cost --from 0 --to 10M --format svg > curve.svg")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Every line with its arithmetic
    #[arg(long)]
    detail: bool,
    /// Take the prices of another region, where the list lacks your own
    #[arg(long, value_name = "REGION")]
    price_region: Option<String>,
    /// Show the bill although a price is missing, and say what is missing
    #[arg(long)]
    allow_unpriced: bool,
    /// The curve from this number of users on
    #[arg(long, value_name = "N", requires = "to", conflicts_with_all = ["users", "phase", "detail"], allow_hyphen_values = true)]
    from: Option<String>,
    /// The curve up to this number of users
    #[arg(long, value_name = "N", requires = "from", allow_hyphen_values = true)]
    to: Option<String>,
    /// About how many points the curve has, 2 to 2,000 [default: 30 as text, else 200]
    #[arg(long, value_name = "N", requires = "from", value_parser = clap::value_parser!(u16).range(2..=2_000))]
    points: Option<u16>,
    /// Text for people, Markdown for a review, CSV for a spreadsheet, JSON for scripts (scalectl schema cost, scalectl schema curve); SVG for a curve
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
    Markdown,
    Svg,
}

/// Points of a curve that fit a screen, and points of one that is drawn.
const POINTS: (usize, usize) = (30, 200);

/// Computes and prints.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let args = &stand_in(args, screen)?;
    match (&args.from, &args.to) {
        (Some(from), Some(to)) => curve(args, (from, to), global, screen),
        _ => bill(args, global, screen),
    }
}

/// A region of AWS's that the tables lack has no bill of its own: another one's stands in when it is named, and is offered when it is not.
fn stand_in(args: &Args, screen: &Screen) -> Result<Args, Stop> {
    let mut args = args.clone();
    let Some(code) = args.target.naming.region.clone() else { return Ok(args) };
    let catalog = Catalog::builtin().map_err(Stop::error)?;
    if let Err(lacking @ UnknownRegion::NoFigures { .. }) = catalog.region(&code) {
        let Some(other) = args.price_region.clone() else {
            return Err(Stop::usage(format!(
                "--region: {lacking}\n  the bill with the prices of one of them: --price-region {}",
                catalog.regions()[0].region
            )));
        };
        let words = format!("{code} has no prices here; the app is planned as in {other}, whose prices stand in");
        screen.note(&error::warning(&words, &screen.err));
        args.target.naming.region = Some(other);
    }
    Ok(args)
}

fn bill(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    if args.format == Format::Svg {
        return Err(Stop::usage("an SVG shows a curve: give --from and --to, such as --from 0 --to 10M"));
    }
    let (ground, architecture) = args.target.decide(global, screen, Home::Fixed)?;
    let options = options(args, &ground)?;
    let estimate = cost::estimate(&architecture, &ground.catalog, &options).map_err(|error| missing(error, &ground))?;
    let range = cost::range(&architecture, &ground.catalog, &Options { allow_unpriced: true, ..options.clone() }).map_err(Stop::error)?;
    let prices = ground.catalog.prices().map_err(Stop::error)?;
    let savings = cost::savings(&estimate, prices);
    let bill = words::Bill {
        architecture: &architecture,
        estimate: &estimate,
        range: &range,
        savings: &savings,
        dates: prices.dates(),
        price_region: args.price_region.as_deref(),
    };
    let again = args.target.again(&architecture, global);
    match args.format {
        Format::Text if args.detail => screen.view(&words::detail(&bill, &screen.out))?,
        Format::Text => screen.view(&words::bill(&bill, &again, &screen.out))?,
        Format::Json => screen::data(&words::json(&bill))?,
        Format::Csv => screen::data(&words::csv(&estimate))?,
        Format::Markdown | Format::Svg => screen::data(&words::markdown(&bill))?,
    }
    Ok(Exit::Done)
}

fn curve(args: &Args, (from, to): (&str, &str), global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    if args.format == Format::Markdown {
        return Err(Stop::usage("a curve is shown as text, csv, json or svg"));
    }
    let ground = args.target.ground(global, screen, Home::Fixed)?;
    let users = |flag: &str, text: &str| text.parse::<Users>().map_err(|error: UsersError| Stop::usage(format!("{flag}: {error}")));
    let (from, to) = (users("--from", from)?, users("--to", to)?);
    if from > to {
        return Err(Stop::usage(format!("--from {from} is more than --to {to}: turn them round")));
    }
    let points = args.points.map_or(if args.format == Format::Text { POINTS.0 } else { POINTS.1 }, usize::from);
    let options = options(args, &ground)?;
    let curve = cost::curve((from, to), points, &ground.settings, &ground.assumptions, &ground.catalog, &options);
    let curve = curve.map_err(|error| missing(error, &ground))?;
    let region = args.price_region.as_deref().unwrap_or(&ground.settings.region);
    match args.format {
        Format::Text | Format::Markdown => screen.view(&picture::table(&curve, region, &screen.out))?,
        Format::Json => screen::data(&picture::json(&curve, region))?,
        Format::Csv => screen::data(&picture::csv(&curve))?,
        Format::Svg => screen::data(&picture::svg(&curve, region))?,
    }
    Ok(Exit::Done)
}

fn options(args: &Args, ground: &Ground) -> Result<Options, Stop> {
    let price_region = args.price_region.as_deref().map(|code| region(code, ground)).transpose()?;
    Ok(Options { price_region, allow_unpriced: args.allow_unpriced })
}

/// A region that the list has prices for.
fn region(code: &str, ground: &Ground) -> Result<Region, Stop> {
    let facts = ground.catalog.region(code).map_err(|error| Stop::usage(format!("--price-region: {error}")))?;
    Ok(facts.region.clone())
}

/// A missing price, with the regions whose prices could stand in.
fn missing(error: cost::CostError, ground: &Ground) -> Stop {
    let regions: Vec<&str> = ground.catalog.regions().iter().map(|facts| facts.region.code()).collect();
    match error {
        cost::CostError::Estimate(_) => {
            Stop::error(format!("{error}\n  or take another region's prices: --price-region, one of {}", regions.join(", ")))
        }
        _ => Stop::error(error),
    }
}
