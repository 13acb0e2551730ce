//! A difference in words: what people, scripts, pull requests, code hosts and test reports get of real phases and of hostile templates.

use scalectl::catalog::Catalog;
use scalectl::diff::{self, Difference, Side, SideSet};
use scalectl::report::diff::{self as words, Shown};
use scalectl::report::look::Look;
use scalectl::settings::Settings;
use scalectl::{phase, render};

use crate::identity::architecture;

/// A phase sized for its first user, as a side with its figures.
pub fn side(id: &str) -> Side {
    let architecture = architecture(id, phase::find(id).unwrap().from, &Settings::default());
    let stacks = render::stacks(&architecture).unwrap();
    let mut set = SideSet::of_stacks(id, &architecture, stacks);
    set.figures = Some(diff::figures(&architecture, &Catalog::builtin().unwrap()).unwrap());
    Side { name: id.to_owned(), sets: vec![set] }
}

fn between(from: &str, to: &str) -> Difference {
    diff::difference(&side(from), &side(to))
}

fn wide(width: usize) -> Look {
    Look { width, ..Look::PLAIN }
}

#[test]
fn look() {
    let d = between(&std::env::var("FROM").unwrap(), &std::env::var("TO").unwrap());
    let shown = Shown { difference: &d, breaches: &[], accepted: &[] };
    let width = std::env::var("WIDTH").unwrap().parse().unwrap();
    print!("{}", words::text(&shown, std::env::var("DETAIL").is_ok(), &wide(width)));
}
