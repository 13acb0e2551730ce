//! What a deployment is about to do, before anybody says yes: danger first.

use super::look::{Ink, Look, wrap};
use super::stale::plural;
use crate::deploy::{Action, Change, DataFate, Fate, Intent, Policy, Replacement, Review};

/// Most changed resources that are named one by one; more are counted.
const NAMED: usize = 6;

/// All stacks: what happens to data first, then replacements, then a line a stack.
pub fn review(reviews: &[Review], look: &Look) -> String {
    let mut text = String::new();
    for fate in reviews.iter().flat_map(|review| &review.fates) {
        text.push_str(&format!("{} {}\n", look.ink(Ink::Danger, "!"), fate_words(fate)));
    }
    for review in reviews {
        for change in changes(review).iter().filter(|change| replaced(change)) {
            let causes: Vec<&str> =
                change.causes.iter().filter(|cause| cause.recreation != "Never").map(|cause| cause.property.as_str()).collect();
            let why = if causes.is_empty() { String::new() } else { format!(" ({} changes)", causes.join(", ")) };
            let word = if change.replacement == Replacement::Always { "is replaced" } else { "may be replaced" };
            text.push_str(&format!("{} {} {word}{why}\n", look.ink(Ink::Warning, "±"), change.id));
        }
    }
    let reset: Vec<&str> =
        reviews.iter().flat_map(changes).filter(|change| resets_weights(change)).map(|change| change.id.as_str()).collect();
    if !reset.is_empty() {
        let said = format!(
            "{} {}: the weights go back to what the template says, all requests to the blue tasks. Where the running release is green, requests \
             fail until that service is released once more; look at the rule's target groups first",
            reset.join(", "),
            if reset.len() == 1 { "changes" } else { "change" }
        );
        for (index, line) in wrap(&said, look.width.saturating_sub(2)).iter().enumerate() {
            text.push_str(&format!("{} {line}\n", if index == 0 { look.ink(Ink::Danger, "!") } else { " ".to_owned() }));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let width = reviews.iter().map(|review| review.key.stack.chars().count()).max().unwrap_or(0);
    let regions: std::collections::BTreeSet<&str> = reviews.iter().map(|review| review.key.region.as_str()).collect();
    for review in reviews {
        let region = if regions.len() > 1 { format!("{:<16}", review.key.region) } else { String::new() };
        let words = wrap(&intent(review), look.width.saturating_sub(width + 6 + region.len()));
        for (index, line) in words.iter().enumerate() {
            let head = if index == 0 { format!("{:<width$}  {region}", review.key.stack) } else { " ".repeat(width + 2 + region.len()) };
            text.push_str(&format!("  {head}{line}\n"));
        }
    }
    let (added, changed, replaced, removed) = totals(reviews);
    text.push_str(&format!("  + {added} added · ~ {changed} changed · ± {replaced} replaced · - {removed} removed\n"));
    text
}

/// What happens to the data of one resource, in a sentence.
pub fn fate_words(fate: &DataFate) -> String {
    let meets = |policy: Policy| match policy {
        Policy::Delete => "the old one and its data are deleted",
        Policy::Snapshot => "the old one is deleted after a snapshot",
        Policy::Retain => "the old one stays at AWS, outside of any stack and still billed",
    };
    let what = match fate.fate {
        Fate::Deleted => "is deleted with its data".to_owned(),
        Fate::Snapshotted => "is deleted after a snapshot; the running app loses it".to_owned(),
        Fate::Retained => "leaves the app; it stays at AWS, outside of any stack and still billed".to_owned(),
        Fate::Replaced(policy) => format!("is replaced by an empty one; {}", meets(policy)),
        Fate::MayBeReplaced(policy) => format!("may be replaced by an empty one; {}", meets(policy)),
    };
    let why = if fate.why.is_empty() { String::new() } else { format!(" · it serves: {}", fate.why) };
    let causes = if fate.causes.is_empty() { String::new() } else { format!(" · because of {}", fate.causes.join(", ")) };
    let way = match &fate.way {
        Some((way, to)) => format!(" · its data move {} → {} ({}): {}", way.words, to.join(", "), way.pause, way.steps),
        None => String::new(),
    };
    format!("{} ({}, {}) {what}{way}{causes}{why}", fate.id, fate.resource_type, fate.key.stack)
}

/// The refusal of a deployment that would take data away, with the flags (`flag`) that accept it.
pub fn refusal(fates: &[DataFate], flag: &str, look: &Look) -> String {
    let mut text = String::new();
    for fate in fates {
        for (index, line) in wrap(&fate_words(fate), look.width.saturating_sub(4)).iter().enumerate() {
            text.push_str(&format!("  {} {line}\n", if index == 0 { look.ink(Ink::Danger, "!") } else { " ".to_owned() }));
        }
    }
    let flags: Vec<String> = fates.iter().map(|fate| format!("{flag} {}", fate.id)).collect();
    text.push_str(&format!("  nothing was changed in these stacks · if this is what you want, add:\n    {}\n", flags.join(" ")));
    text
}

fn changes(review: &Review) -> &[Change] {
    match &review.intent {
        Intent::Create(changes) | Intent::Update(changes) => changes,
        Intent::Delete { .. } | Intent::Nothing | Intent::Later { .. } => &[],
    }
}

fn replaced(change: &Change) -> bool {
    change.action == Action::Modify && change.replacement != Replacement::Never
}

/// Whether a change sets the weights of a rule that releases move: the rules of services, which lead to a blue and a green group.
fn resets_weights(change: &Change) -> bool {
    let rule = change.resource_type == "AWS::ElasticLoadBalancingV2::ListenerRule";
    let changed = change.action == Action::Modify && change.replacement == Replacement::Never;
    rule && changed && (change.id.ends_with("ServiceRule") || change.id.ends_with("ServiceInternalRule"))
}

fn intent(review: &Review) -> String {
    match &review.intent {
        Intent::Create(changes) => format!("new: {} {}", changes.len(), plural(changes.len(), "resource")),
        Intent::Update(changes) => update(changes),
        Intent::Delete { resources } => format!("deleted with its {resources} {}", plural(*resources, "resource")),
        Intent::Nothing => "no changes".to_owned(),
        Intent::Later { create, resources, waits_for } => {
            let names: Vec<&str> = waits_for.iter().map(|key| key.stack.as_str()).collect();
            let what =
                if *create { format!("new: {resources} {}", plural(*resources, "resource")) } else { "changes are known later".to_owned() };
            format!("{what}; waits for outputs of {}", names.join(", "))
        }
    }
}

fn update(changes: &[Change]) -> String {
    let named = |mark: &str, wanted: &dyn Fn(&Change) -> bool| {
        let ids: Vec<&str> = changes.iter().filter(|change| wanted(change)).map(|change| change.id.as_str()).collect();
        if ids.is_empty() {
            return None;
        }
        let more = if ids.len() > NAMED { format!(" and {} more", ids.len() - NAMED) } else { String::new() };
        Some(format!("{mark} {}{more}", ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ")))
    };
    let parts = [
        named("-", &|change| change.action == Action::Remove),
        named("±", &replaced),
        named("+", &|change| matches!(change.action, Action::Add | Action::Import)),
        named("~", &|change| {
            change.action != Action::Remove && !matches!(change.action, Action::Add | Action::Import) && !replaced(change)
        }),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Added, changed, replaced, removed; what waits for its turn counts as added when it is new.
fn totals(reviews: &[Review]) -> (usize, usize, usize, usize) {
    let mut totals = (0, 0, 0, 0);
    for review in reviews {
        if let Intent::Later { create: true, resources, .. } = review.intent {
            totals.0 += resources;
        }
        if let Intent::Delete { resources } = review.intent {
            totals.3 += resources;
        }
        for change in changes(review) {
            match change.action {
                Action::Add | Action::Import => totals.0 += 1,
                Action::Remove => totals.3 += 1,
                Action::Modify if replaced(change) => totals.2 += 1,
                _ => totals.1 += 1,
            }
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::Key;

    fn modified(id: &str, replacement: Replacement) -> Change {
        Change {
            action: Action::Modify,
            id: id.to_owned(),
            physical: None,
            resource_type: "AWS::ElasticLoadBalancingV2::ListenerRule".to_owned(),
            replacement,
            policy: None,
            causes: Vec::new(),
        }
    }

    fn said(changes: Vec<Change>) -> String {
        let review = Review { key: Key::new("shop-prod-app", "us-east-1"), intent: Intent::Update(changes), fates: Vec::new() };
        review_text(&[review])
    }

    fn review_text(reviews: &[Review]) -> String {
        review(reviews, &Look { width: 400, colour: false, unicode: true })
    }

    #[test]
    fn a_changed_rule_of_a_service_warns_of_its_weights() {
        let text = said(vec![modified("OrdersServiceRule", Replacement::Never), modified("WebServiceInternalRule", Replacement::Never)]);
        assert!(text.starts_with("! OrdersServiceRule, WebServiceInternalRule change: the weights go back"), "{text}");
    }

    #[test]
    fn other_rules_have_no_weights_to_lose() {
        let text = said(vec![modified("SignupRule", Replacement::Never), modified("WebRule", Replacement::Never)]);
        assert!(!text.contains("weights"), "{text}");
    }
}
