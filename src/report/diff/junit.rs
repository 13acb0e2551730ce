//! A difference as a test report: a suite for each set, a case for each danger, a failure for what breaks a condition.

use super::Shown;
use super::safe::xml;
use super::value::name;
use super::words;
use crate::diff::{Breach, Gate, ResourceDifference, SetDifference, StackDifference};
use crate::fate::Fate;

/// One case.
struct Case {
    class: String,
    name: String,
    failures: Vec<String>,
    said: String,
}

/// The report.
pub fn junit(shown: &Shown) -> String {
    let suites: Vec<(String, Vec<Case>)> = shown.difference.sets.iter().map(|set| (label(shown, set), cases(shown, set))).collect();
    let (tests, failures) = suites.iter().map(|(_, cases)| sums(cases)).fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"scalectl diff\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n"
    );
    for (label, cases) in &suites {
        let (tests, failures) = sums(cases);
        text.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">\n",
            xml(label)
        ));
        cases.iter().for_each(|case| text.push_str(&element(case)));
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn label(shown: &Shown, set: &SetDifference) -> String {
    if set.name.is_empty() { format!("{} → {}", name(&shown.difference.from), name(&shown.difference.to)) } else { name(&set.name) }
}

fn sums(cases: &[Case]) -> (usize, usize) {
    (cases.len(), cases.iter().filter(|case| !case.failures.is_empty()).count())
}

fn element(case: &Case) -> String {
    let mut text = format!("    <testcase classname=\"{}\" name=\"{}\">\n", xml(&case.class), xml(&case.name));
    // A case may fail once, so several reasons are told together.
    if let Some(first) = case.failures.first() {
        text.push_str(&format!("      <failure message=\"{}\">{}</failure>\n", xml(first), xml(&case.failures.join("; "))));
    }
    if !case.said.is_empty() {
        text.push_str(&format!("      <system-out>{}</system-out>\n", xml(&case.said)));
    }
    text.push_str("    </testcase>\n");
    text
}

fn cases(shown: &Shown, set: &SetDifference) -> Vec<Case> {
    let breaches: Vec<&Breach> = shown.breaches.iter().filter(|breach| breach.set == set.name).collect();
    let mut told = vec![false; breaches.len()];
    let mut cases = Vec::new();
    for (stack, resource) in set.resources() {
        for gate in [Gate::DataFate, Gate::Replace] {
            let Some(said) = said(gate, resource) else { continue };
            let id = if gate == Gate::DataFate { resource.old_id() } else { &resource.id };
            let mut failures = Vec::new();
            // Two stacks may name a resource alike; each breach fails one case.
            let broken = breaches
                .iter()
                .zip(told.iter_mut())
                .find(|(breach, told)| !**told && breach.gate == gate && breach.id.as_deref() == Some(id));
            if let Some((breach, told)) = broken {
                *told = true;
                failures.push(words::breach(breach));
            }
            cases.push(Case { class: class(set, stack), name: format!("{gate} {}", name(id)), failures, said });
        }
    }
    for (breach, _) in breaches.iter().zip(&told).filter(|(_, told)| !**told) {
        let about = breach.id.as_deref().map_or_else(String::new, |id| format!(" {}", name(id)));
        cases.push(Case {
            class: if set.name.is_empty() { "set".to_owned() } else { name(&set.name) },
            name: format!("{}{about}", breach.gate),
            failures: vec![words::breach(breach)],
            said: String::new(),
        });
    }
    if cases.is_empty() {
        let class = if set.name.is_empty() { "set".to_owned() } else { name(&set.name) };
        cases.push(Case { class, name: "no danger".to_owned(), failures: Vec::new(), said: words::totals(&set.counts()) });
    }
    cases
}

/// What a case tells of a resource; none where the condition has nothing to do with it.
fn said(gate: Gate, resource: &ResourceDifference) -> Option<String> {
    match gate {
        Gate::DataFate => {
            let data = resource.data.as_ref().filter(|data| data.fate > Fate::Keep)?;
            Some(format!("{} · data: {}", words::verb(resource, false), words::data(data)))
        }
        Gate::Replace if resource.replaced() => Some(format!("{}: {}", words::verb(resource, false), words::reasons(resource))),
        _ => None,
    }
}

fn class(set: &SetDifference, stack: &StackDifference) -> String {
    if set.name.is_empty() { name(&stack.name) } else { format!("{}.{}", name(&set.name), name(&stack.name)) }
}
