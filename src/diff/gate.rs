//! What must not pass: conditions on a difference, and what of it breaks them.

use rust_decimal::Decimal;

use super::unseen::opaque;
use super::{Action, Difference, Figures, SetDifference};

/// A condition under which a pipeline stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Anything is, or may be, replaced; deleted and made anew under another name or in another stack, too. A new revision, as every change of a
    /// task definition is, takes nothing away and does not count.
    Replace,
    /// Data are lost, snapshotted or left behind, and nobody accepted it.
    DataFate,
    /// The bill grows by more than so many percent.
    CostPercent(Decimal),
    /// The bill grows by more than so many USD a month.
    CostUsd(Decimal),
    /// `check` finds something in the new templates that it did not find in the old ones.
    Findings,
}

/// Why a condition is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{given}\" is no condition; there are: replace, data-fate, cost>10% (or cost>50 for USD a month), findings")]
pub struct GateError {
    /// What was given.
    pub given: String,
}

impl std::str::FromStr for Gate {
    type Err = GateError;

    fn from_str(text: &str) -> Result<Gate, GateError> {
        let wrong = || GateError { given: text.to_owned() };
        let word = text.trim().to_ascii_lowercase();
        match word.as_str() {
            "replace" => return Ok(Gate::Replace),
            "data-fate" => return Ok(Gate::DataFate),
            "findings" => return Ok(Gate::Findings),
            _ => {}
        }
        let limit = word.strip_prefix("cost>").ok_or_else(wrong)?.trim();
        let amount = |text: &str| text.trim().parse::<Decimal>().ok().filter(|amount| !amount.is_sign_negative()).ok_or_else(wrong);
        match limit.strip_suffix('%') {
            Some(percent) => Ok(Gate::CostPercent(amount(percent)?)),
            None => Ok(Gate::CostUsd(amount(limit)?)),
        }
    }
}

impl std::fmt::Display for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Gate::Replace => f.write_str("replace"),
            Gate::DataFate => f.write_str("data-fate"),
            Gate::CostPercent(percent) => write!(f, "cost>{percent}%"),
            Gate::CostUsd(amount) => write!(f, "cost>{amount}"),
            Gate::Findings => f.write_str("findings"),
        }
    }
}

/// Something that breaks a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Which condition.
    pub gate: Gate,
    /// The set; empty when there is one.
    pub set: String,
    /// The resource, where it is about one.
    pub id: Option<String>,
    /// What, in a sentence without its subject.
    pub what: String,
}

/// Everything that breaks these conditions. What is not known breaks them too: a bill that cannot be compared is not within its limit.
pub fn breaches(difference: &Difference, gates: &[Gate], accepted: &[String]) -> Vec<Breach> {
    let mut all = Vec::new();
    for gate in gates {
        for set in &difference.sets {
            let breach = |id: Option<&str>, what: String| Breach { gate: *gate, set: set.name.clone(), id: id.map(str::to_owned), what };
            match gate {
                Gate::Replace => {
                    for (_, resource) in set.resources() {
                        let what = match &resource.action {
                            Action::Replaced if resource.revised() => continue,
                            Action::Replaced => "is replaced".to_owned(),
                            Action::MayBeReplaced => "may be replaced".to_owned(),
                            Action::Renamed { from } => format!("was {from}, which is deleted and made anew under this name"),
                            Action::Moved { stack, from } => format!("was {from} of stack {stack}, which is deleted and made anew here"),
                            _ => continue,
                        };
                        all.push(breach(Some(&resource.id), what));
                    }
                    all.extend(
                        set.unread().map(|file| breach(None, format!("{file} cannot be read, so it is not known what is replaced"))),
                    );
                }
                Gate::DataFate => {
                    for (_, resource, data) in set.fates() {
                        if data.fate.needs_consent() && !accepted.iter().any(|id| id == resource.old_id()) {
                            let may = if data.sure { "" } else { " perhaps" };
                            all.push(breach(Some(resource.old_id()), format!("{}{may}", data.fate.word())));
                        }
                    }
                    all.extend(
                        set.unread().map(|file| breach(None, format!("{file} cannot be read, so it is not known what happens to data"))),
                    );
                    // What stays where it is and changes inside may lose what it holds, and nothing here tells.
                    for (_, resource) in set.resources().filter(|(_, resource)| resource.action == Action::Changed) {
                        if opaque(&resource.resource_type) && !accepted.contains(&resource.id) {
                            all.push(breach(Some(&resource.id), "changes, and what happens to data inside of it is not seen".to_owned()));
                        }
                    }
                }
                Gate::CostPercent(_) | Gate::CostUsd(_) => all.extend(cost(set, *gate).map(|what| breach(None, what))),
                Gate::Findings => {
                    let found = set
                        .findings
                        .iter()
                        .map(|finding| breach(finding.resource.as_deref(), format!("{}: {}", finding.rule.id, finding.message)));
                    all.extend(found);
                }
            }
        }
    }
    all
}

fn cost(set: &SetDifference, gate: Gate) -> Option<String> {
    if set.is_empty() {
        return None;
    }
    let unpriced = |figures: &Option<Figures>| figures.as_ref().map_or(0, |figures| figures.unpriced);
    let (old, new) = (unpriced(&set.figures.0), unpriced(&set.figures.1));
    let (old, new) = match set.months() {
        Some(_) if old != new => return Some(format!("{old} and {new} things have no price, so the bills cannot be compared")),
        Some((old, new)) => (old.amount(), new.amount()),
        None if set.overrides_differ() => {
            return Some("the bills cannot be compared: what is overridden differs, and no plan prices it".to_owned());
        }
        None => return Some("the bill of one side is not known: no plan stands behind its templates".to_owned()),
    };
    let most = match gate {
        Gate::CostPercent(percent) => old * percent / Decimal::ONE_HUNDRED,
        Gate::CostUsd(amount) => amount,
        _ => return None,
    };
    (new - old > most).then(|| format!("the bill grows from {} to {} USD a month", old.round_dp(2), new.round_dp(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_as_they_are_written() {
        for word in ["replace", "data-fate", "cost>10%", "cost>12.5%", "cost>50", "findings"] {
            assert_eq!(word.parse::<Gate>().unwrap().to_string(), word);
        }
        for wrong in ["", "cost", "cost>", "cost>-1%", "cost>x", "danger", "cost<10%"] {
            assert!(wrong.parse::<Gate>().is_err(), "{wrong}");
        }
    }
}
