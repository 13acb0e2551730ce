//! A step of the road beside a plan: what changes and what happens to the data, a sentence each.

use serde::Serialize;

use super::danger::{Danger, dangers};
use super::json::{self, CountsView};
use super::{Shown, words};
use crate::diff::Difference;

/// A step for scripts; `scalectl diff --format json` has the whole of it.
#[derive(Debug, Serialize)]
pub struct StepView<'a> {
    from: &'a str,
    to: &'a str,
    #[serde(flatten)]
    counts: CountsView,
    data: Vec<FateView<'a>>,
}

#[derive(Debug, Serialize)]
struct FateView<'a> {
    resources: Vec<&'a str>,
    r#type: &'a str,
    fate: &'static str,
    sure: bool,
    needs_consent: bool,
    words: String,
}

/// What happens to data, the worst first.
fn of_data(difference: &Difference) -> Vec<Danger<'_>> {
    let shown = Shown { difference, breaches: &[], accepted: &[] };
    let mut all = dangers(&shown);
    all.retain(|danger| danger.data.is_some());
    all
}

/// What changes.
pub fn changes(difference: &Difference) -> String {
    if difference.is_empty() {
        return format!("nothing from {}", difference.from);
    }
    format!("from {}: {}", difference.from, words::totals(&difference.counts()))
}

/// The command that shows all of it.
pub fn command(difference: &Difference) -> String {
    format!("scalectl diff {} {}", difference.from, difference.to)
}

/// What happens to the data.
pub fn data(difference: &Difference) -> String {
    let sentences: Vec<String> = of_data(difference).iter().map(Danger::sentence).collect();
    if sentences.is_empty() { "all of it stays where it is".to_owned() } else { sentences.join("; ") }
}

/// Both, for scripts.
pub fn view<'a>(difference: &'a Difference) -> StepView<'a> {
    let fate = |danger: Danger<'a>| {
        let (data, first) = (danger.data?, danger.first()?);
        Some(FateView {
            resources: danger.resources.iter().map(|resource| resource.old_id()).collect(),
            r#type: first.old_type.as_deref().unwrap_or(&first.resource_type),
            fate: data.fate.word(),
            sure: data.sure,
            needs_consent: data.fate.needs_consent(),
            words: words::data(data),
        })
    };
    StepView {
        from: &difference.from,
        to: &difference.to,
        counts: json::counts(&difference.counts()),
        data: of_data(difference).into_iter().filter_map(fate).collect(),
    }
}
